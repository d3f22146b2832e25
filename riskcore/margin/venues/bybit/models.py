"""The margin models of Bybit."""

from riskcore.margin.venues.bybit.cross import BybitCross
from riskcore.margin.venues.bybit.portfolio import BybitPortfolio

MODELS = (BybitCross, BybitPortfolio)
