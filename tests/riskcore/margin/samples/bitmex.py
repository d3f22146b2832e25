"""Books of BitMEX."""

from collections.abc import Mapping
from functools import cache

import numpy as np

from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import bitmex
from riskcore.universe import Universe
from tests.builders import INDEX, NOON
from tests.riskcore.margin.samples.sample import Sample

UNITS: Mapping[str, float] = {
    "XBTUSD": 70_000.0,
    "XBTH26": 70_000.0,
    "XBTUSDT": 1e6,
    "ETHUSDT": 1e5,
}


@cache
def priced() -> MarketSnapshot:
    """Contracts at their index."""
    instruments = tuple(bitmex.parse(name) for name in UNITS)
    marks = np.array([INDEX[each.base] for each in instruments])
    return snapshot(NOON, Universe(instruments), {**INDEX, "USDT": 1.0}, mark=marks)


SAMPLES: Mapping[str, Sample] = {
    "bitmex/cross": Sample(
        "bitmex",
        priced,
        UNITS,
        {"BTC": 10.0, "USDT": 100_000.0},
    )
}
