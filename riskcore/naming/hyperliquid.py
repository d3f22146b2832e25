"""Hyperliquid's names, both ways, with lots and ticks.

Grammar: a perpetual is called by its coin alone (`BTC`, `kPEPE`: a thousand PEPE), one of a
builder's exchange by `xyz:NVDA`; spot is `HYPE/USDC`. A position counts coins. Perpetuals settle in
USDC; there are no dated futures and no options.
Source: hyperliquid.gitbook.io, asset ids, tick and lot size; names as in clearinghouseState.
"""

import re
from math import floor, log10

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Spot
from riskcore.naming.terms import is_a_balance

VENUE = "hyperliquid"
CASH = "USDC"
DECIMALS = {"BTC": 5, "ETH": 4, "SOL": 2, "HYPE": 2, "XRP": 0, "DOGE": 0, "NEAR": 1}  # szDecimals
FIGURES = 5  # significant figures of a price
PLACES = 6  # decimals of a perpetual's price together with its szDecimals

_COIN = r"(?:[a-z][a-z0-9]{1,5}:)?k?[A-Z0-9][A-Z0-9]{0,11}"
_NAME = re.compile(rf"(?P<base>{_COIN})(?:/(?P<quote>[A-Z][A-Z0-9]{{2,5}}))?")
_HINT = "write it like BTC, kPEPE or HYPE/USDC"


def parse(name: str) -> Instrument:
    """The instrument a Hyperliquid name stands for. Raises InstrumentError."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise InstrumentError(f"{name!r} is not a Hyperliquid name; {_HINT}")
    base, quote = found["base"], found["quote"]
    if quote is not None:
        return Spot(VENUE, name, base, quote)
    return Perpetual(VENUE, name, base, CASH, CASH)


def spell(instrument: Instrument) -> str:
    """The name Hyperliquid gives an instrument with these terms."""
    if isinstance(instrument, Spot):
        return f"{instrument.base}/{instrument.quote}"
    return instrument.base


def equivalent(instrument: Instrument) -> Instrument:
    """Hyperliquid's nearest: the perpetual of the coin, for a dated future as well.

    Raises InstrumentError for an option and for a spot holding.
    """
    base = instrument.base
    match instrument:
        case Option():
            raise InstrumentError("Hyperliquid lists no options")
        case Spot():
            raise is_a_balance("Hyperliquid", instrument)
        case Perpetual() | Future():
            thousand = base.startswith("1000") and base[4:].isalpha()
            return parse(f"k{base[4:]}" if thousand else base)


def lot(instrument: Instrument) -> float:
    """The smallest change of a position, in coins: szDecimals, 1 of a coin not recorded."""
    return float(10 ** -DECIMALS.get(instrument.base, 0))


def tick(instrument: Instrument, price: float) -> float:
    """The price step at a price level: five significant figures, whole dollars above 100,000."""
    decimals = DECIMALS.get(instrument.base, 0)
    coarsest = 1.0
    if price <= 0:
        return float(10.0 ** (decimals - PLACES))
    step = 10.0 ** (floor(log10(price)) - FIGURES + 1)
    return min(max(step, 10.0 ** (decimals - PLACES)), coarsest)
