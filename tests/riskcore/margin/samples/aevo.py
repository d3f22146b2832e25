"""Books of Aevo: the largest moves are known of ETH alone."""

from collections.abc import Mapping
from functools import cache

from riskcore.market import MarketSnapshot
from tests.riskcore.margin.samples.sample import Sample
from tests.riskcore.margin.venues.plain import plain_market

UNITS: Mapping[str, float] = {
    "ETH-PERP": 10.0,
    "ETH-27FEB26-2000-C": 10.0,
    "ETH-27MAR26-1800-P": 10.0,
    "ETH-26JUN26-2500-C": 10.0,
}
BALANCES: Mapping[str, float] = {"USDC": 100_000.0, "ETH": 10.0}


@cache
def priced() -> MarketSnapshot:
    """Futures at the index, options at 60 % volatility."""
    return plain_market("aevo", *UNITS)


SAMPLES: Mapping[str, Sample] = {
    "aevo/portfolio": Sample(
        "aevo",
        priced,
        UNITS,
        BALANCES,
    ),
}
