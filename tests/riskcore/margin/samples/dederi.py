"""Books of Dederi: options need the volatility moves of the user."""

from collections.abc import Mapping
from functools import cache

from riskcore.market import MarketSnapshot
from tests.riskcore.margin.samples.sample import Sample
from tests.riskcore.margin.venues.plain import plain_market

UNITS: Mapping[str, float] = {
    "BTC-27MAR26": 1.0,
    "BTC-26JUN26": 1.0,
    "ETH-27MAR26": 10.0,
    "ETH-25SEP26": 10.0,
}
BALANCES: Mapping[str, float] = {"USDC": 100_000.0}


@cache
def priced() -> MarketSnapshot:
    """Futures at the index, options at 60 % volatility."""
    return plain_market("dederi", *UNITS)


SAMPLES: Mapping[str, Sample] = {
    "dederi/portfolio": Sample(
        "dederi",
        priced,
        UNITS,
        BALANCES,
    ),
}
