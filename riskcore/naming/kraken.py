"""Kraken's symbols for derivatives, both ways, with lots and ticks.

Grammar: `PF_XBTUSD` is a linear perpetual, `FF_XBTUSD_261225` a linear future, `PI_XBTUSD` and
`FI_XBTUSD_261225` the inverse ones. XBT is BTC. A linear contract is one coin and settles in USD,
an inverse one is one USD and settles in the coin. Linear futures expire at 08:00 UTC, inverse ones
at 16:00 in London.
Source: support.kraken.com, contract specifications; GET /derivatives/api/v3/instruments as recorded
in 2018 and on 25 Sep 2026 (lastTradingTime of FF_XBTUSD_261225 and FI_XBTUSD_261225).
"""

import re
from dataclasses import replace
from datetime import datetime

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Spot, is_inverse
from riskcore.naming.terms import SUNDAY, instant_of_digits, is_a_balance, last_weekday

VENUE = "kraken"
INVERSE = ("BTC", "ETH", "LTC", "BCH", "XRP")
LINEAR_HOUR, LONDON_HOUR = 8, 16

_NAME = re.compile(
    r"(?P<kind>[PF])(?P<style>[FI])_(?P<coin>[A-Z0-9]{1,12})USD(?:_(?P<day>[0-9]{6}))?"
)
_HINT = "write it like PF_XBTUSD, FF_XBTUSD_261225, PI_XBTUSD or FI_XBTUSD_261225"


def parse(name: str) -> Instrument:
    """The instrument a Kraken symbol stands for. Raises InstrumentError."""
    found = _NAME.fullmatch(name)
    if found is None or (found["day"] is None) != (found["kind"] == "P"):
        raise InstrumentError(f"{name!r} is not a Kraken symbol; {_HINT}")
    coin = "BTC" if found["coin"] == "XBT" else found["coin"]
    if found["coin"] == "BTC":
        raise InstrumentError(f"{name!r} is not a Kraken symbol: BTC is written XBT there")
    inverse = found["style"] == "I"
    if inverse and coin not in INVERSE:
        raise InstrumentError(
            f"Kraken lists no inverse contracts like {name!r}; it lists those of "
            f"{', '.join(INVERSE)}"
        )
    terms = (VENUE, name, coin, "USD", coin if inverse else "USD")
    if found["day"] is None:
        return Perpetual(*terms)
    return Future(*terms, _expiry(name, found["day"], inverse=inverse))


def spell(instrument: Instrument) -> str:
    """The symbol Kraken gives an instrument with these terms. Raises InstrumentError."""
    coin = "XBT" if instrument.base == "BTC" else instrument.base
    style = "I" if is_inverse(instrument) else "F"
    match instrument:
        case Perpetual():
            return f"P{style}_{coin}USD"
        case Future():
            return f"F{style}_{coin}USD_{instrument.expiry:%y%m%d}"
        case Spot() | Option():
            raise InstrumentError(f"Kraken lists no derivative like {instrument.name}")


def equivalent(instrument: Instrument) -> Instrument:
    """Kraken's nearest: inverse contracts where they were inverse and are listed, else linear ones.

    Raises InstrumentError for options and spot.
    """
    if isinstance(instrument, Option):
        raise InstrumentError("Kraken's options are in a demo alone; their rules are not covered")
    if isinstance(instrument, Spot):
        raise is_a_balance("Kraken", instrument)
    inverse = is_inverse(instrument) and instrument.base in INVERSE
    settlement = instrument.base if inverse else "USD"
    return parse(spell(replace(instrument, quote="USD", settlement=settlement)))


def lot(instrument: Instrument) -> float:
    """The smallest change of a position: coins of a linear contract, USD of an inverse one.

    Source: contractValueTradePrecision as recorded in Sep 2026; coins not seen trade in 1.
    """
    if is_inverse(instrument):
        return 1.0
    return {"BTC": 0.0001, "ETH": 0.001, "AAVE": 0.01, "BCH": 0.01}.get(instrument.base, 1.0)


def tick(
    instrument: Instrument,
    price: float,  # noqa: ARG001, one step at every price
) -> float:
    """The price step. Source: tickSize as recorded in Sep 2026; of others by contract pages."""
    if is_inverse(instrument):
        return {"BTC": 0.5, "ETH": 0.05}.get(instrument.base, 0.01)
    return {"BTC": 1.0, "ETH": 0.1, "DOGE": 0.00001}.get(instrument.base, 0.001)


def _expiry(name: str, code: str, *, inverse: bool) -> datetime:
    if not inverse:
        return instant_of_digits(name, code, LINEAR_HOUR)
    day = instant_of_digits(name, code, 0)
    starts, ends = (last_weekday(day.year, month, SUNDAY, 0) for month in (3, 10))
    return day.replace(hour=LONDON_HOUR - (starts <= day < ends))
