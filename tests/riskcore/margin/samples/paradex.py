"""Books of Paradex."""

from collections.abc import Mapping
from functools import cache

from riskcore.market import MarketSnapshot
from tests.riskcore.margin.samples.sample import Sample
from tests.riskcore.margin.venues.paradex.desk import AUTUMN, market

SPOT = {"BTC": 70_000.0, "ETH": 2_000.0}
UNITS: Mapping[str, float] = {
    "BTC-USD-PERP": 0.5,
    "BTC-USD-28AUG26-70000-C": 1.0,
    "BTC-USD-28AUG26-60000-P": 1.0,
    "BTC-USD-25DEC26-90000-C": 1.0,
    "ETH-USD-PERP": 10.0,
    "ETH-USD-25SEP26-2000-P": 10.0,
}
QUOTES: Mapping[str, Mapping[str, float]] = {
    "BTC-USD-PERP": {"mark": 70_035.0, "funding_8h": 0.0001, "rate": 0.02, "delta": 0.9995},
    "BTC-USD-28AUG26-70000-C": {"mark": 1_900.0, "vol": 0.5},
    "BTC-USD-28AUG26-60000-P": {"mark": 60.0, "vol": 0.6},
    "BTC-USD-25DEC26-90000-C": {"mark": 3_000.0, "vol": 0.55, "delta": 0.25},
    "ETH-USD-PERP": {"mark": 1_999.0, "funding_8h": -0.0002},
    "ETH-USD-25SEP26-2000-P": {"mark": 160.0, "vol": 0.7},
}


@cache
def priced() -> MarketSnapshot:
    """Perpetuals beside spot, options at 50 to 70 % volatility."""
    return market(QUOTES, SPOT, AUTUMN)


SAMPLES: Mapping[str, Sample] = {
    "paradex/cross": Sample("paradex", priced, UNITS, {"USDC": 1_000_000.0, "ETH": 1.0}),
    "paradex/portfolio": Sample("paradex", priced, UNITS, {"USDC": 1_000_000.0, "ETH": 1.0}),
}
