"""Dederi's instrument names, both ways, with lots and ticks.

Grammar: `ETH-10JAN24` is a dated future and `ETH-10JAN24-2200-C` an option; everything is linear,
counts coins and settles in USDC. There are no perpetuals. The future's name stands in
wiki.dederi.io; that of options, the currency and the hour of expiry (08:00 UTC) are our reading.
"""

import re
from dataclasses import replace

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Spot
from riskcore.naming.terms import MONTHS, dated, ending, is_a_balance

VENUE = "dederi"
EXPIRY_HOUR = 8
SETTLEMENT = "USDC"
COINS = ("BTC", "ETH")

_NAME = re.compile(
    r"(?P<base>[A-Z][A-Z0-9]{0,11})-(?:"
    r"(?P<day>[0-9]{2})(?P<month>[A-Z]{3})(?P<year>[0-9]{2})"
    r"(?:-(?P<strike>[0-9]+(?:\.[0-9]+)?)-(?P<right>[CP]))?)"
)
_HINT = "write it like ETH-10JAN24 or ETH-10JAN24-2200-C"


def parse(name: str) -> Instrument:
    """The instrument a Dederi name stands for. Raises InstrumentError."""
    found = _NAME.fullmatch(name)
    if found is None or found["month"] not in (None, *MONTHS):
        raise InstrumentError(f"{name!r} is not a Dederi instrument name; {_HINT}")
    base = found["base"]
    if base not in COINS:
        raise InstrumentError(f"Dederi lists no {base} contracts; it lists {' and '.join(COINS)}")
    terms = (VENUE, name, base, "USD", SETTLEMENT)
    return dated(terms, found, EXPIRY_HOUR)


def spell(instrument: Instrument) -> str:
    """The name Dederi gives an instrument with these terms."""
    match instrument:
        case Future() | Option():
            return f"{instrument.base}-{ending(instrument, digits=2)}"
        case _:
            raise InstrumentError(f"Dederi lists nothing like {instrument.name}; {_HINT}")


def equivalent(instrument: Instrument) -> Instrument:
    """Dederi's instrument nearest to one of another venue, settled in USDC.

    Raises InstrumentError for a spot holding and for a perpetual.
    """
    if isinstance(instrument, Spot):
        raise is_a_balance("Dederi", instrument)
    if isinstance(instrument, Perpetual):
        raise InstrumentError(
            f"Dederi lists no perpetuals; futures of {instrument.base} have an expiry, like "
            f"{instrument.base}-25DEC26"
        )
    return parse(spell(replace(instrument, quote="USD", settlement=SETTLEMENT)))


def lot(instrument: Instrument) -> float:
    """The smallest change of a position, in coins. 0.001 is assumed for BTC, 0.01 for ETH."""
    return 0.001 if instrument.base == "BTC" else 0.01


def tick(instrument: Instrument, price: float) -> float:  # noqa: ARG001, one step at every level
    """The price step. Our assumption."""
    return (5.0 if isinstance(instrument, Option) else 1.0) if instrument.base == "BTC" else 0.1
