"""The models of this venue."""

from riskcore.margin.venues.okx.multi import OkxMultiCurrency
from riskcore.margin.venues.okx.portfolio import OkxPortfolio

MODELS = (OkxMultiCurrency, OkxPortfolio)
