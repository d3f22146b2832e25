"""The models of this venue."""

from riskcore.margin.venues.derive.portfolio import DerivePortfolio
from riskcore.margin.venues.derive.portfolio_2 import DerivePortfolio2
from riskcore.margin.venues.derive.standard import DeriveStandard

MODELS = (DeriveStandard, DerivePortfolio, DerivePortfolio2)
