"""Books of OKX: options need the user's volatility moves, so portfolio books have none here."""

from collections.abc import Mapping
from functools import cache

from riskcore.market import MarketSnapshot
from tests.riskcore.margin.samples.sample import Sample
from tests.riskcore.margin.venues.plain import plain_market

PORTFOLIO: Mapping[str, float] = {
    "BTC-USDT-SWAP": 100.0,
    "BTC-USDC-SWAP": 10_000.0,
    "BTC-USD-SWAP": 700.0,
    "BTC-USDT-260327": 100.0,
    "BTC-USD-260626": 700.0,
    "ETH-USDT-SWAP": 10.0,
    "ETH-USD-260327": 200.0,
    "LTC-USDT-SWAP": 10.0,
}
SINGLE: Mapping[str, float] = {
    "BTC-USDT-SWAP": 0.1,  # a hundred times 50 of them stay within the tier that is known
    "ETH-USDT-SWAP": 0.1,
    "BTC-USD-260327-60000-P": 100.0,
    "BTC-USD-260327-90000-C": 100.0,
    "ETH-USD-260327-2000-C": 10.0,
}
BALANCES: Mapping[str, float] = {"BTC": 5.0, "ETH": 20.0, "USDT": 100_000.0}


@cache
def contracts() -> MarketSnapshot:
    """Perpetuals and dated futures of every settlement."""
    return plain_market("okx", *PORTFOLIO)


@cache
def with_options() -> MarketSnapshot:
    """The perpetuals whose tier is known, and options."""
    return plain_market("okx", *SINGLE)


SAMPLES: Mapping[str, Sample] = {
    "okx/portfolio": Sample("okx", contracts, PORTFOLIO, BALANCES),
    "okx/multi-currency": Sample("okx", with_options, SINGLE, BALANCES, leverage=10.0),
}
