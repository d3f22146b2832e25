"""Derive's instrument names, both ways, with lots and ticks.

Grammar: `ETH-PERP` is a perpetual, `ETH-20260627-3500-C` an option and `ETH-USDC` the coin; `_`
stands for the decimal point of a strike. Everything is linear, counts coins and settles in USDC.
An option expires at 08:00 UTC. There are no dated futures.
Source: docs.derive.xyz, public/get_instruments; recorded instruments of 2026.
"""

import re
from dataclasses import replace

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Spot
from riskcore.naming.terms import dated, decimals, is_a_balance, letter_of, no_dated_futures

VENUE = "derive"
EXPIRY_HOUR = 8
SETTLEMENT = "USDC"
COINS = ("BTC", "ETH", "SOL", "HYPE")  # with options
STRIKE_DECIMALS = 8  # the contracts reject a finer strike

_NAME = re.compile(
    r"(?P<base>[A-Za-z][A-Za-z0-9]{0,11})-(?:(?P<perpetual>PERP)|(?P<spot>USDC)|"
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})-(?P<strike>[0-9]{1,11}(?:_[0-9]{1,8})?)-(?P<right>[CP]))"
)
_HINT = "write it like ETH-PERP or ETH-20260627-3500-C"


def parse(name: str) -> Instrument:
    """The instrument a Derive name stands for. Raises InstrumentError."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise InstrumentError(f"{name!r} is not a Derive instrument name; {_HINT}")
    base = found["base"]
    if found["spot"]:
        return Spot(VENUE, name, base, SETTLEMENT)
    if base != base.upper():
        raise InstrumentError(f"{name!r} is not a Derive instrument name; {_HINT}")
    terms = (VENUE, name, base, "USD", SETTLEMENT)
    if found["perpetual"]:
        return Perpetual(*terms)
    if base not in COINS:
        raise InstrumentError(f"Derive lists no options on {base}; it lists {', '.join(COINS)}")
    return dated(terms, found, EXPIRY_HOUR, point="_")


def spell(instrument: Instrument) -> str:
    """The name Derive gives an instrument with these terms."""
    match instrument:
        case Option():
            strike = decimals(instrument.strike, STRIKE_DECIMALS).replace(".", "_")
            day = f"{instrument.expiry:%Y%m%d}"
            return f"{instrument.base}-{day}-{strike}-{letter_of(instrument.right)}"
        case Perpetual():
            return f"{instrument.base}-PERP"
        case Spot():
            return f"{instrument.base}-{SETTLEMENT}"
        case _:
            raise InstrumentError(f"Derive lists nothing like {instrument.name}; {_HINT}")


def equivalent(instrument: Instrument) -> Instrument:
    """Derive's instrument nearest to one of another venue, settled in USDC.

    Raises InstrumentError for a spot holding and for a dated future.
    """
    if isinstance(instrument, Spot):
        raise is_a_balance("Derive", instrument)
    if isinstance(instrument, Future):
        raise no_dated_futures("Derive", instrument, f"{instrument.base}-PERP")
    return parse(spell(replace(instrument, quote="USD", settlement=SETTLEMENT)))


def lot(instrument: Instrument) -> float:
    """The smallest change of a position, in coins: amount_step as recorded of ETH; 0.01 assumed."""
    if isinstance(instrument, Perpetual):
        return {"BTC": 0.0001, "ETH": 0.001}.get(instrument.base, 0.01)
    return 0.01


def tick(instrument: Instrument, price: float) -> float:  # noqa: ARG001, one step at every level
    """The price step. Source: tick_size of ETH contracts as recorded; others assumed in scale."""
    coarse = {"BTC": 1.0, "ETH": 1.0 if isinstance(instrument, Option) else 0.01}
    if isinstance(instrument, Perpetual) and instrument.base == "BTC":
        return 0.1
    return coarse.get(instrument.base, 0.01)
