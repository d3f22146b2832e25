"""The models of this venue."""

from riskcore.margin.venues.deribit.portfolio import DeribitCrossPortfolio, DeribitPortfolio
from riskcore.margin.venues.deribit.standard import DeribitCrossStandard, DeribitStandard

MODELS = (DeribitStandard, DeribitCrossStandard, DeribitPortfolio, DeribitCrossPortfolio)
