"""Thalex's instrument names, both ways, with lots and ticks.

Grammar: `BTC-PERPETUAL`, `BTC-28MAR25` a dated future, `BTC-28MAR25-90000-C` an option; everything
is linear, counts coins and settles in USDT. A dated contract expires at 08:00 UTC.
Source: thalex.com/docs, public/instruments (names seen in its examples).
"""

import re
from dataclasses import replace

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Spot
from riskcore.naming.terms import MONTHS, dated, ending, is_a_balance

VENUE = "thalex"
EXPIRY_HOUR = 8
SETTLEMENT = "USDT"
COINS = ("BTC", "ETH")

_NAME = re.compile(
    r"(?P<base>[A-Z][A-Z0-9]{0,11})-(?:(?P<perpetual>PERPETUAL)|"
    r"(?P<day>[0-9]{2})(?P<month>[A-Z]{3})(?P<year>[0-9]{2})"
    r"(?:-(?P<strike>[0-9]+(?:\.[0-9]+)?)-(?P<right>[CP]))?)"
)
_HINT = "write it like BTC-PERPETUAL, BTC-28MAR25 or BTC-28MAR25-90000-C"


def parse(name: str) -> Instrument:
    """The instrument a Thalex name stands for. Raises InstrumentError."""
    found = _NAME.fullmatch(name)
    if found is None or found["month"] not in (None, *MONTHS):
        raise InstrumentError(f"{name!r} is not a Thalex instrument name; {_HINT}")
    base = found["base"]
    if base not in COINS:
        raise InstrumentError(f"Thalex lists no {base} contracts; it lists {' and '.join(COINS)}")
    terms = (VENUE, name, base, "USD", SETTLEMENT)
    if found["perpetual"]:
        return Perpetual(*terms)
    return dated(terms, found, EXPIRY_HOUR)


def spell(instrument: Instrument) -> str:
    """The name Thalex gives an instrument with these terms."""
    match instrument:
        case Perpetual():
            return f"{instrument.base}-PERPETUAL"
        case Future() | Option():
            return f"{instrument.base}-{ending(instrument, digits=2)}"
        case _:
            raise InstrumentError(f"Thalex lists nothing like {instrument.name}; {_HINT}")


def equivalent(instrument: Instrument) -> Instrument:
    """Thalex's instrument nearest to one of another venue, settled in USDT.

    Raises InstrumentError for a spot holding.
    """
    if isinstance(instrument, Spot):
        raise is_a_balance("Thalex", instrument)
    return parse(spell(replace(instrument, quote="USD", settlement=SETTLEMENT)))


def lot(instrument: Instrument) -> float:
    """The smallest change of a position, in coins. 0.001 is assumed for BTC, 0.01 for ETH."""
    return 0.001 if instrument.base == "BTC" else 0.01


def tick(instrument: Instrument, price: float) -> float:  # noqa: ARG001, one step at every level
    """The price step. Our assumption."""
    return (5.0 if isinstance(instrument, Option) else 1.0) if instrument.base == "BTC" else 0.1
