"""What every margin model offers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from riskcore.arrays import F64
from riskcore.holdings import Holdings
from riskcore.margin.requirement import Requirement
from riskcore.market import MarketSnapshot
from riskcore.risk_array import Risk
from riskcore.scenarios import ScenarioSet
from riskcore.universe import Universe


@dataclass(frozen=True, slots=True)
class Calibration:
    """Which parameters a model was bound to, and where they come from."""

    dated: datetime | None = None  # of the newest set used
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # observed, inherited and later keys, each with its date
    overrides: tuple[str, ...] = ()  # keys the user replaced


class MarginModel(Protocol):
    """A venue's margin rules bound to dated parameters. Frozen and hashable."""

    @property
    def name(self) -> str:
        """`<venue>/<model>`."""

    @property
    def title(self) -> str:
        """As a desk calls it, e.g. "Deribit cross portfolio"."""

    @property
    def calibration(self) -> Calibration:
        """Dates, sources and overrides of the parameters."""

    def scenarios(self, universe: Universe, market: MarketSnapshot) -> ScenarioSet:
        """The market moves the model looks at. Raises Unsupported or MarketError."""

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement for each pool of collateral.

        Raises Unsupported for a holding the rules do not cover, MarketError for a missing price.
        """

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Headline margin of each position alone, without collateral and orders.

        (P,) in the order of holdings.positions, each in the currency of its pool.
        """

    def collateral_alone(self, holdings: Holdings, risk: Risk) -> Mapping[str, float]:
        """What each coin of collateral would need alone, in its pool's currency, by currency.

        Empty where the model's scenarios do not move collateral.
        """

    def isolated(self, holdings: Holdings, risk: Risk) -> F64 | None:
        """Headline margin of each position under the venue's isolated or standard rule.

        (P,) in the order of holdings.positions, each in its pool's currency; None without a rule.
        """
