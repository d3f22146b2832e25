"""Books of dYdX."""

from collections.abc import Mapping
from functools import cache

import numpy as np

from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import dydx
from riskcore.universe import Universe
from tests.builders import INDEX, NOON
from tests.riskcore.margin.samples.sample import Sample

UNITS: Mapping[str, float] = {"BTC-USD": 1.0, "ETH-USD": 10.0, "STRK-USD": 1_000.0}


@cache
def priced() -> MarketSnapshot:
    """Perpetuals at their index, with an open interest."""
    instruments = tuple(dydx.parse(name) for name in UNITS)
    return snapshot(
        NOON,
        Universe(instruments),
        {**INDEX, "STRK": 1.75},
        mark=np.array([70_000.0, 2_000.0, 1.75]),
        open_interest=np.array([1_000.0, 10_000.0, 1e6]),
    )


SAMPLES: Mapping[str, Sample] = {"dydx/cross": Sample("dydx", priced, UNITS, {"USDC": 1e6})}
