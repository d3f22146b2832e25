"""The house's own models: a grid of scenarios, and losses over past days."""

from riskcore.margin.venues.house.historical import HouseHistorical
from riskcore.margin.venues.house.scenario import HouseScenario

MODELS = (HouseScenario, HouseHistorical)
