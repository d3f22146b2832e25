"""Books of Derive: perpetuals and options on two coins, with the oracles that price them."""

from collections.abc import Mapping
from functools import cache

import numpy as np

from riskcore.instruments import Instrument, Option
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import derive
from riskcore.oracles import Feed, Oracles, Surface
from riskcore.universe import universe
from tests.builders import NOON
from tests.riskcore.margin.samples.sample import Sample

SPOT: Mapping[str, float] = {"BTC": 70_000.0, "ETH": 2_000.0}
UNITS: Mapping[str, float] = {
    "ETH-PERP": 10.0,
    "ETH-20260227-2000-C": 10.0,
    "ETH-20260227-1800-P": 10.0,
    "ETH-20260227-2400-C": 10.0,
    "ETH-20260626-1500-P": 10.0,
    "ETH-20260626-3000-C": 10.0,
    "BTC-PERP": 0.3,
    "BTC-20260227-60000-P": 0.3,
    "BTC-20260227-80000-C": 0.3,
}
BALANCES: Mapping[str, float] = {"USDC": 200_000.0, "ETH": 20.0, "USDT": 10_000.0}


@cache
def priced() -> MarketSnapshot:
    """Perpetuals at the index, options on a smile, every oracle trusted."""
    instruments = universe(derive.parse(name) for name in UNITS)
    feeds = [Feed("derive", "USDC", "stable", 1.0)]
    surfaces = []
    for coin, price in {**SPOT, "USDT": 1.0}.items():
        feeds.append(Feed("derive", coin, "spot", price, confidence=1.0))
    for coin, price in SPOT.items():
        feeds.append(Feed("derive", coin, "perp", price, confidence=1.0))
        options = [each for each in instruments.instruments if isinstance(each, Option)]
        for expiry in sorted({each.expiry for each in options if each.base == coin}):
            feeds += [
                Feed("derive", coin, "forward", 1.01 * price, expiry=expiry, confidence=1.0),
                Feed("derive", coin, "rate", 0.04, expiry=expiry, confidence=1.0),
            ]
            years = (expiry - NOON).days / 365
            surfaces.append(
                Surface(
                    "derive", coin, expiry, 0.3 * years, 0.1 * years, -0.2, 0.0, 0.2,
                    1.01 * price, years, 1.0,
                )
            )  # fmt: skip
    rows = [_quote(each) for each in instruments.instruments]
    mark, forward, vol = np.array(rows).T
    return snapshot(
        NOON,
        instruments,
        {**SPOT, "USDC": 1.0, "USDT": 1.0},
        oracles=Oracles(tuple(surfaces), tuple(feeds)),
        mark=mark,
        forward=forward,
        vol=vol,
    )


def _quote(instrument: Instrument) -> tuple[float, float, float]:
    """Mark, forward and volatility."""
    spot = SPOT[instrument.base]
    if not isinstance(instrument, Option):
        return spot, np.nan, np.nan
    inside = max(instrument.right.sign * (spot - instrument.strike), 0.0)
    return inside + 0.02 * spot, 1.01 * spot, 0.6


SAMPLES: Mapping[str, Sample] = {
    f"derive/{model}": Sample("derive", priced, UNITS, BALANCES)
    for model in ("standard", "portfolio", "portfolio-2")
}
