"""Books of Thalex."""

from collections.abc import Mapping
from functools import cache

from riskcore.market import MarketSnapshot
from tests.riskcore.margin.samples.sample import Sample
from tests.riskcore.margin.venues.plain import plain_market

UNITS: Mapping[str, float] = {
    "BTC-PERPETUAL": 1.0,
    "BTC-27MAR26": 1.0,
    "BTC-27FEB26-60000-P": 1.0,
    "BTC-27MAR26-90000-C": 1.0,
    "ETH-PERPETUAL": 10.0,
    "ETH-27MAR26-2000-C": 10.0,
}
BALANCES: Mapping[str, float] = {"USDT": 100_000.0, "BTC": 2.0, "ETH": 10.0}


@cache
def priced() -> MarketSnapshot:
    """Futures at the index, options at 60 % volatility."""
    return plain_market("thalex", *UNITS)


SAMPLES: Mapping[str, Sample] = {
    "thalex/portfolio": Sample(
        "thalex",
        priced,
        UNITS,
        BALANCES,
    ),
}
