"""The models of this venue."""

from riskcore.margin.venues.binance.options import BinanceOptions
from riskcore.margin.venues.binance.portfolio import BinancePortfolio
from riskcore.margin.venues.binance.usdm import BinanceCross, BinanceIsolated

MODELS = (BinanceCross, BinanceIsolated, BinancePortfolio, BinanceOptions)
