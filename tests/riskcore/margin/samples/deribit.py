"""Books of Deribit."""

from collections.abc import Mapping
from functools import cache

from riskcore.market import MarketSnapshot
from tests.builders import market
from tests.riskcore.margin.samples.sample import Sample

UNITS: Mapping[str, float] = {
    "BTC-7FEB26-70000-P": 1.0,
    "BTC-27FEB26-60000-P": 1.0,
    "BTC-27MAR26-90000-C": 1.0,
    "BTC-PERPETUAL": 70_000.0,
    "BTC-27MAR26": 70_000.0,
    "ETH-27FEB26-2000-C": 1.0,
    "ETH-26JUN26-1500-P": 1.0,
    "ETH-PERPETUAL": 2_000.0,
    "ETH_USDC-PERPETUAL": 1.0,
    "BTC_USDC-27MAR26-65000-P": 1.0,
    "BTC_USDC-27MAR26": 1.0,
}
BALANCES: Mapping[str, float] = {"BTC": 10.0, "ETH": 100.0, "USDC": 100_000.0}
MODELS = ("standard", "cross-standard", "portfolio", "cross-portfolio")


@cache
def priced() -> MarketSnapshot:
    """Futures at the index, options at 60 % volatility."""
    return market(*UNITS)


SAMPLES: Mapping[str, Sample] = {
    f"deribit/{model}": Sample("deribit", priced, UNITS, BALANCES) for model in MODELS
}
