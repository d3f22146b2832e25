"""What one unit of every instrument gains in every scenario."""

from dataclasses import dataclass, field

import numpy as np

from riskcore.arrays import F64, locked
from riskcore.errors import MarketError
from riskcore.market import MarketSnapshot
from riskcore.scenarios import ScenarioSet
from riskcore.universe import Universe


@dataclass(frozen=True, slots=True, eq=False)
class RiskArray:
    """Value of one long unit of each instrument in each scenario.

    value   (I, S)  settlement currency per unit of quantity
    profit  (I, S)  value less the unmoved value; column 0 is zero

    A model converts to its pool's currency, at the scenario's own index or at today's: that is a
    rule of the venue. Raises MarketError when a value is not finite, by the instrument's name.
    """

    scenarios: ScenarioSet
    value: F64
    profit: F64 = field(init=False)

    def __post_init__(self) -> None:
        universe = self.scenarios.universe
        expected = (len(universe), len(self.scenarios))
        if self.value.shape != expected:
            raise MarketError(f"the risk array is {self.value.shape}, expected {expected}")
        finite = np.isfinite(self.value)
        if not finite.all():
            row = int(np.argwhere(~finite)[0, 0])
            raise MarketError(f"{universe.instruments[row].name} has no finite value in a scenario")
        object.__setattr__(self, "profit", locked(self.value - self.value[:, :1]))
        locked(self.value)


@dataclass(frozen=True, slots=True, eq=False)
class Greeks:
    """Sensitivities of one long unit, (I,) each, in the desk's plain convention.

    delta   coins per unit (options: Black; futures: multiplier x size in coins at the mark)
    gamma   change of delta per 1 of quote currency in the forward
    vega    quote currency per 1.00 of volatility
    theta   quote currency per year, negative for a decaying long option
    """

    delta: F64
    gamma: F64
    vega: F64
    theta: F64


@dataclass(frozen=True, slots=True, eq=False)
class Risk:
    """What a model may look at: everything on one universe and one instant."""

    market: MarketSnapshot
    array: RiskArray
    greeks: Greeks

    @property
    def universe(self) -> Universe:
        """The instruments, the same in every part."""
        return self.market.universe

    @property
    def scenarios(self) -> ScenarioSet:
        """The columns of the array."""
        return self.array.scenarios
