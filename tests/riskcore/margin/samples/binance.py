"""Books of Binance."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from riskcore.market import MarketSnapshot
from tests.riskcore.margin.samples.sample import Sample
from tests.riskcore.margin.venues.binance.desk import market

LINEAR: Mapping[str, float] = {
    "BTCUSDT": 1.0,
    "ETHUSDT": 20.0,
    "SOLUSDT": 300.0,
    "BTCUSDT_261225": 0.5,
    "ETHUSDC": 10.0,
}
INVERSE: Mapping[str, float] = {"BTCUSD_PERP": 500.0, "ETHUSD_PERP": 2_000.0}
OPTIONS: Mapping[str, float] = {
    "BTC-261225-60000-P": 1.0,
    "BTC-261225-90000-C": 1.0,
    "ETH-261225-2000-C": 10.0,
}
PRICE = {"BTC": 70_000.0, "ETH": 2_000.0, "SOL": 120.0}
MARK = {"BTC-261225-60000-P": 2_100.0, "BTC-261225-90000-C": 1_400.0, "ETH-261225-2000-C": 160.0}


@cache
def priced() -> MarketSnapshot:
    """Futures at the index, options at 60 % volatility."""
    mark = {name: PRICE[name[:3]] for name in (*LINEAR, *INVERSE)}
    return market({**mark, **MARK}, {"BNB": 600.0, **PRICE})


CROSS = Sample("binance", priced, LINEAR, {"USDT": 500_000.0, "USDC": 100_000.0, "BNB": 10.0})
SAMPLES: Mapping[str, Sample] = {
    "binance/usdm-cross": replace(CROSS, leverage=10.0),
    "binance/usdm-isolated": replace(CROSS, leverage=5.0, isolated=20_000.0),
    "binance/portfolio": replace(
        CROSS, units={**LINEAR, **INVERSE}, balances={"USDT": 500_000.0, "BTC": 3.0, "BNB": 10.0}
    ),
    "binance/options": Sample("binance", priced, OPTIONS, {"USDT": 500_000.0}),
}
