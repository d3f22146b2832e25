"""Books of Drift."""

from collections.abc import Mapping
from functools import cache

import numpy as np

from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import drift
from riskcore.universe import Universe
from tests.builders import INDEX, NOON
from tests.riskcore.margin.samples.sample import Sample

UNITS: Mapping[str, float] = {"SOL-PERP": 100.0, "BTC-PERP": 1.0, "ETH-PERP": 10.0}


@cache
def priced() -> MarketSnapshot:
    """Perpetuals at their index."""
    instruments = tuple(drift.parse(name) for name in UNITS)
    index = {**INDEX, "SOL": 100.0}
    marks = np.array([index[each.base] for each in instruments])
    return snapshot(NOON, Universe(instruments), index, mark=marks)


SAMPLES: Mapping[str, Sample] = {
    "drift/cross": Sample("drift", priced, UNITS, {"USDC": 1e6, "SOL": 1_000.0, "ETH": -5.0})
}
