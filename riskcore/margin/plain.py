"""What models say again that do not have a part of the protocol: mixins without fields."""

from collections.abc import Mapping
from typing import Protocol

from riskcore.arrays import F64
from riskcore.holdings import Holdings
from riskcore.market import MarketSnapshot
from riskcore.risk_array import Risk
from riskcore.scenarios import ScenarioSet, unmoved
from riskcore.universe import Universe


class _StandsAlone(Protocol):
    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64: ...


class MovesNoCollateral:
    """A model whose scenarios leave collateral where it is."""

    __slots__ = ()

    def collateral_alone(
        self,
        holdings: Holdings,  # noqa: ARG002, as the protocol has it
        risk: Risk,  # noqa: ARG002
    ) -> Mapping[str, float]:
        """Nothing."""
        return {}


class MovesNothing(MovesNoCollateral):
    """A model without scenarios: only today's prices count."""

    __slots__ = ()

    def scenarios(self, universe: Universe, market: MarketSnapshot) -> ScenarioSet:
        """The unmoved market alone."""
        return unmoved(universe, market.vol)


class NetsNothing:
    """A model whose positions are margined one by one."""

    __slots__ = ()

    def isolated(self: _StandsAlone, holdings: Holdings, risk: Risk) -> F64 | None:
        """The same as alone, (P,)."""
        return self.stand_alone(holdings, risk)


class IsolatesNothing:
    """A model of a venue that has no isolated or standard rule, or none that is known."""

    __slots__ = ()

    def isolated(
        self,
        holdings: Holdings,  # noqa: ARG002, as the protocol has it
        risk: Risk,  # noqa: ARG002
    ) -> F64 | None:
        """None."""
        return None
