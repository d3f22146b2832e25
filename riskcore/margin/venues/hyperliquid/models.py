"""The margin models of Hyperliquid."""

from riskcore.margin.venues.hyperliquid.cross import HyperliquidCross, HyperliquidIsolated
from riskcore.margin.venues.hyperliquid.portfolio import HyperliquidPortfolio

MODELS = (HyperliquidCross, HyperliquidIsolated, HyperliquidPortfolio)
