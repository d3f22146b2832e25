"""What both portfolio models of Derive do alike; the rules: portfolio.py and portfolio_2.py."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import fsum
from typing import Any, ClassVar, Self

from riskcore.arrays import F64
from riskcore.holdings import Holdings
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import Schema, Selection
from riskcore.margin.plain import IsolatesNothing
from riskcore.margin.requirement import Requirement
from riskcore.margin.venues.derive.oracle import Expiry, Oracle
from riskcore.margin.venues.derive.portfolio_account import (
    Pledge,
    Sharing,
    equity,
    refuse_unsupported,
    shared_out,
)
from riskcore.margin.venues.derive.portfolio_book import Book, Discounts
from riskcore.margin.venues.derive.portfolio_grid import scenario_set
from riskcore.margin.venues.derive.portfolio_manager import (
    Charges,
    Managers,
    Margined,
    book,
    managers,
    requirement,
    stand_alone,
)
from riskcore.market import MarketSnapshot
from riskcore.risk_array import Risk
from riskcore.scenarios import ScenarioSet
from riskcore.universe import Universe


@dataclass(frozen=True, slots=True)
class PortfolioModel(IsolatesNothing):
    """A portfolio manager of each underlying, and one pool in USDC over them."""

    name: ClassVar[str]
    title: ClassVar[str]
    families: ClassVar[tuple[str, ...]]
    schema: ClassVar[Schema]
    row: ClassVar[type[Any]]  # parameters of one underlying

    parameters: Managers
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters."""
        return cls(managers(selection, cls.row), selection.calibration)

    @abstractmethod
    def takes(self, underlying: str, coin: str) -> bool:
        """Whether a manager takes a coin beside cash."""

    @abstractmethod
    def discounts(self, terms: Any, expiry: Expiry) -> Discounts:
        """The discounts of an expiry."""

    @abstractmethod
    def charges(self, terms: Any, stable: float) -> Charges:
        """What a position alone is charged beside and for its worst loss."""

    @abstractmethod
    def margined(
        self, held: Book, terms: Any, pledges: tuple[Pledge, ...], stable: float
    ) -> Margined:
        """The lines of one manager."""

    def scenarios(self, universe: Universe, market: MarketSnapshot) -> ScenarioSet:
        """Derive's marks, the basis moves and the managers' scenarios."""
        return scenario_set(universe, market, self.parameters.rows, self.parameters.tables)

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement in USDC."""
        refuse_unsupported(holdings, risk, self.parameters.underlyings)
        oracle = Oracle(risk.market)
        sharing = self._shared(holdings, oracle)
        margined: dict[str, Margined] = {}
        marks: dict[str, float] = {}
        for each, terms in self._books(sharing, risk, oracle):
            pledges = sharing.pledges.get(each.coin, ())
            margined[each.coin] = self.margined(each, terms, pledges, sharing.stable)
            names = [one.instrument.name for one in each.options]
            marks |= dict(zip(names, each.marks.tolist(), strict=True))
        worth = equity(sharing, marks, oracle)
        return (requirement(worth, margined, sharing, holdings, oracle, self.parameters),)

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position alone, (P,)."""
        oracle = Oracle(risk.market)
        sharing = self._shared(replace(holdings, balances={}), oracle)
        books = [
            (each, self.charges(terms, sharing.stable))
            for each, terms in self._books(sharing, risk, oracle)
        ]
        return stand_alone(holdings, books)

    def collateral_alone(self, holdings: Holdings, risk: Risk) -> Mapping[str, float]:
        """What each coin needs alone for moving with spot and for its oracle, without haircut."""
        oracle = Oracle(risk.market)
        sharing = self._shared(holdings, oracle)
        found = {}
        for each, terms in self._books(replace(sharing, positions={}), risk, oracle):
            for pledge in sharing.pledges.get(each.coin, ()):
                lines = self.margined(each, terms, (pledge,), sharing.stable).initial
                counted = [line.amount for line in lines if line.term != "collateral_haircut"]
                if any(counted):
                    found[pledge.asset] = fsum(counted)
        return found

    def _shared(self, holdings: Holdings, oracle: Oracle) -> Sharing:
        return shared_out(holdings, oracle, self.parameters.underlyings, self.takes)

    def _books(self, sharing: Sharing, risk: Risk, oracle: Oracle) -> Iterator[tuple[Book, Any]]:
        for coin in sharing.managers:
            terms, scenarios = self.parameters.rows[coin], self.parameters.tables[coin]
            held = sharing.positions.get(coin, ())
            yield book(coin, held, risk, oracle, terms, scenarios, self.discounts), terms
