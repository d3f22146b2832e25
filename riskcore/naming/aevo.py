"""Aevo's instrument names, both ways, with lots and ticks.

Grammar: `ETH-PERP` is a perpetual and `ETH-30JUN23-1600-C` an option; everything is linear, counts
coins and settles in USDC. Options expire at 08:00 UTC. There are no dated futures.
Source: api-docs.aevo.xyz, GET /markets.
"""

import re
from dataclasses import replace

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Spot
from riskcore.naming.terms import MONTHS, dated, ending, is_a_balance, no_dated_futures

VENUE = "aevo"
EXPIRY_HOUR = 8
SETTLEMENT = "USDC"
COINS = ("BTC", "ETH")  # with options

_NAME = re.compile(
    r"(?P<base>[A-Z][A-Z0-9]{0,11})-(?:(?P<perpetual>PERP)|"
    r"(?P<day>[0-9]{2})(?P<month>[A-Z]{3})(?P<year>[0-9]{2})"
    r"-(?P<strike>[0-9]+(?:\.[0-9]+)?)-(?P<right>[CP]))"
)
_HINT = "write it like ETH-PERP or ETH-30JUN23-1600-C"


def parse(name: str) -> Instrument:
    """The instrument an Aevo name stands for. Raises InstrumentError."""
    found = _NAME.fullmatch(name)
    if found is None or found["month"] not in (None, *MONTHS):
        raise InstrumentError(f"{name!r} is not an Aevo instrument name; {_HINT}")
    base = found["base"]
    terms = (VENUE, name, base, "USD", SETTLEMENT)
    if found["perpetual"]:
        return Perpetual(*terms)
    if base not in COINS:
        raise InstrumentError(f"Aevo lists no options on {base}; it lists {' and '.join(COINS)}")
    return dated(terms, found, EXPIRY_HOUR)


def spell(instrument: Instrument) -> str:
    """The name Aevo gives an instrument with these terms."""
    match instrument:
        case Option():
            return f"{instrument.base}-{ending(instrument, digits=2)}"
        case Perpetual():
            return f"{instrument.base}-PERP"
        case _:
            raise InstrumentError(f"Aevo lists nothing like {instrument.name}; {_HINT}")


def equivalent(instrument: Instrument) -> Instrument:
    """Aevo's instrument nearest to one of another venue, settled in USDC.

    Raises InstrumentError for a spot holding and for a dated future.
    """
    if isinstance(instrument, Spot):
        raise is_a_balance("Aevo", instrument)
    if isinstance(instrument, Future):
        raise no_dated_futures("Aevo", instrument, f"{instrument.base}-PERP")
    return parse(spell(replace(instrument, quote="USD", settlement=SETTLEMENT)))


def lot(instrument: Instrument) -> float:
    """The smallest change of a position, in coins: amount_step of GET /markets; 0.01 assumed."""
    return 0.1 if isinstance(instrument, Option) and instrument.base == "ETH" else 0.01


def tick(instrument: Instrument, price: float) -> float:  # noqa: ARG001, one step at every level
    """The price step. Source: price_step of GET /markets, as far as seen."""
    return 1.0 if instrument.base == "BTC" else 0.05
