"""Books of Hyperliquid."""

from collections.abc import Mapping
from functools import cache

import numpy as np

from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import hyperliquid
from riskcore.universe import Universe
from tests.builders import NOON
from tests.riskcore.margin.samples.sample import Sample

INDEX: Mapping[str, float] = {
    "USDC": 1.0,
    "BTC": 70_000.0,
    "ETH": 2_000.0,
    "SOL": 90.0,
    "HYPE": 40.0,
    "PENGU": 0.01,
}
UNITS: Mapping[str, float] = {
    "BTC": 1.0,
    "ETH": 30.0,
    "SOL": 20_000.0,  # fifty of these lie in the second tier
    "HYPE": 1_000.0,
    "PENGU": 1e6,
}
BALANCES: Mapping[str, float] = {"USDC": 100_000.0, "BTC": 1.0, "HYPE": 500.0}


@cache
def priced() -> MarketSnapshot:
    """Perpetuals a little off their index."""
    instruments = tuple(hyperliquid.parse(name) for name in UNITS)
    marks = np.array([1.001 * INDEX[each.base] for each in instruments])
    return snapshot(NOON, Universe(instruments), INDEX, mark=marks)


SAMPLES: Mapping[str, Sample] = {
    "hyperliquid/cross": Sample("hyperliquid", priced, UNITS, BALANCES),
    "hyperliquid/isolated": Sample("hyperliquid", priced, UNITS, BALANCES, isolated=50_000.0),
    "hyperliquid/portfolio": Sample("hyperliquid", priced, UNITS, BALANCES, leverage=5.0),
}
