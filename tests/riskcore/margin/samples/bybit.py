"""Books of Bybit."""

from collections.abc import Mapping
from functools import cache

import numpy as np

from riskcore.instruments import Option
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import bybit
from riskcore.pricing import black
from riskcore.universe import Universe
from tests.builders import INDEX, NOON
from tests.riskcore.margin.samples.sample import Sample

UNITS: Mapping[str, float] = {
    "BTCUSDT": 1.0,
    "BTCUSD": 70_000.0,
    "BTCPERP": 1.0,
    "BTCUSDT-27MAR26": 1.0,
    "ETHUSDT": 30.0,
    "BTC-27FEB26-60000-P-USDT": 1.0,
    "BTC-27MAR26-90000-C-USDT": 1.0,
    "BTC-6FEB26-70000-C": 1.0,
    "ETH-27FEB26-2000-C-USDT": 30.0,
}
BALANCES: Mapping[str, float] = {"USDT": 100_000.0, "BTC": 2.0, "ETH": 50.0}


@cache
def priced() -> MarketSnapshot:
    """Futures a little off the index, options by Black at 60 % volatility."""
    listed = Universe(tuple(bybit.parse(name) for name in UNITS))
    tau = listed.tau(NOON.timestamp())
    mark = np.array([1.001 * INDEX[each.base] for each in listed.instruments])
    forward, vol = np.full(len(listed), np.nan), np.full(len(listed), np.nan)
    for row, each in enumerate(listed.instruments):
        if isinstance(each, Option):
            forward[row], vol[row] = mark[row], 0.6
            terms = (forward[[row]], listed.strike[[row]], tau[[row]], vol[[row]])
            mark[row] = black.price(*terms, listed.sign[[row]])[0]
    index = {**INDEX, "USDT": 0.9999}
    return snapshot(NOON, listed, index, mark=mark, forward=forward, vol=vol)


SAMPLES: Mapping[str, Sample] = {
    "bybit/cross": Sample("bybit", priced, UNITS, BALANCES),
    "bybit/portfolio": Sample("bybit", priced, UNITS, BALANCES),
}
