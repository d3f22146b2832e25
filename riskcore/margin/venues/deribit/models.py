"""The models of this venue."""

from riskcore.margin.venues.deribit.portfolio import DeribitCrossPortfolio, DeribitPortfolio

MODELS = (DeribitPortfolio, DeribitCrossPortfolio)
