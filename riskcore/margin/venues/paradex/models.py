"""The models of this venue."""

from riskcore.margin.venues.paradex.cross import ParadexCross
from riskcore.margin.venues.paradex.portfolio import ParadexPortfolio

MODELS = (ParadexCross, ParadexPortfolio)
