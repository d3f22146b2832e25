"""Books of Delta Exchange."""

from collections.abc import Mapping
from functools import cache

from riskcore.market import MarketSnapshot
from tests.riskcore.margin.samples.sample import Sample
from tests.riskcore.margin.venues.plain import plain_market

UNITS: Mapping[str, float] = {
    "BTCUSD": 1_000.0,
    "C-BTC-80000-270326": 1_000.0,
    "P-BTC-60000-270226": 1_000.0,
    "ETHUSD": 100.0,
    "P-ETH-1800-270326": 100.0,
}
BALANCES: Mapping[str, float] = {"USD": 100_000.0}


@cache
def priced() -> MarketSnapshot:
    """Futures at the index, options at 60 % volatility."""
    return plain_market("delta", *UNITS)


SAMPLES: Mapping[str, Sample] = {
    "delta/portfolio": Sample(
        "delta",
        priced,
        UNITS,
        BALANCES,
        exempt={
            "maintenance_within_initial": "what closing pays is taken off both margins, so options "
            "bought make them negative",
        },
    ),
}
