"""Deribit portfolio margin: segregated by currency (S:PM) or in one pool (X:PM).

initial = round(round(worst case, 9) + roll shock + delta shock + open orders + haircuts, 9);
maintenance = 0.8 x the same without orders and haircuts, not rounded.
Source: docs.deribit.com, private/pme/simulate; support.deribit.com 25944756247837.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from riskcore.arrays import F64
from riskcore.holdings import Holdings
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import ANY, Schema, Selection
from riskcore.margin.requirement import Requirement
from riskcore.margin.venues.deribit import grid, isolated
from riskcore.margin.venues.deribit.account import (
    Summary,
    own_equity,
    refuse_unsupported,
    summaries,
    used,
)
from riskcore.margin.venues.deribit.assembly import risk_matrix
from riskcore.margin.venues.deribit.bound import Parameters, parameters
from riskcore.margin.venues.deribit.collateral import stressed
from riskcore.margin.venues.deribit.matrix import RiskMatrix
from riskcore.margin.venues.deribit.parameters import (
    UNDERLYING,
    General,
    Pooling,
    PortfolioRules,
    Rules,
)
from riskcore.margin.venues.deribit.pool import Pool
from riskcore.margin.venues.deribit.split import of_currency
from riskcore.market import MarketSnapshot
from riskcore.risk_array import Risk
from riskcore.scenarios import ScenarioSet
from riskcore.universe import USD, Universe

SCHEMA: Schema = {
    "general": (General,),
    "pooling": (Pooling,),
    "rules": (Rules, PortfolioRules),
    ANY: UNDERLYING,
}
EMPTY_POOL = "USDC"  # shown for an account that holds nothing


@dataclass(frozen=True, slots=True)
class _Portfolio:
    """What both portfolio models share."""

    name: ClassVar[str]
    title: ClassVar[str]
    pooled: ClassVar[bool]
    families: ClassVar[tuple[str, ...]] = (
        "deribit/portfolio",
        "deribit/standard",
        "deribit/collateral",
        "deribit/rules",
        "deribit/portfolio-rules",
    )
    schema: ClassVar[Schema] = SCHEMA

    parameters: Parameters
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters."""
        return cls(parameters(selection, portfolio=True), selection.calibration)

    def scenarios(self, universe: Universe, market: MarketSnapshot) -> ScenarioSet:
        """Nine price moves by three volatilities, and the extended table."""
        return grid.grid(self.parameters, universe, market)

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement for each currency, or one in USD."""
        refuse_unsupported(holdings, self.parameters, risk, self.name)
        accounts = summaries(holdings, risk)
        if self.pooled:
            return (Pool(self.parameters, holdings, risk, None, accounts).requirement(),)
        return tuple(
            Pool(
                self.parameters,
                of_currency(holdings, currency),
                risk,
                currency,
                {currency: accounts.get(currency, Summary(currency))},
            ).requirement()
            for currency in used(holdings) or (EMPTY_POOL,)
        )

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Risk matrix margin of each position alone, with its own equity and no other, (P,)."""
        alone = np.zeros(len(holdings.positions))
        for matrix in self._matrices(holdings, risk):
            rows, books = self._books(matrix, holdings, risk)
            alone[rows] = matrix.margin(books)
        return alone

    def collateral_alone(self, holdings: Holdings, risk: Risk) -> Mapping[str, float]:
        """Risk matrix margin of the cash in each coin that a cross pool moves with its index."""
        if not self.pooled:
            return {}
        accounts = summaries(replace(holdings, positions=(), orders=()), risk)
        coins = stressed(self.parameters, accounts)
        matrix = risk_matrix(self.parameters, risk, USD, coins, pooled=True)
        cash = np.zeros((len(coins), len(matrix.names)))
        for book, coin in enumerate(coins):
            cash[book, matrix.instruments + book] = accounts[coin].equity
        return dict(zip(coins, matrix.margin(cash).tolist(), strict=True))

    def isolated(self, holdings: Holdings, risk: Risk) -> F64 | None:
        """Standard initial margin of each position, (P,); None where its rule is not known."""
        return isolated.isolated(self.parameters, holdings, risk, pooled=self.pooled)

    def _matrices(self, holdings: Holdings, risk: Risk) -> Iterator[RiskMatrix]:
        settled = sorted({each.instrument.settlement for each in holdings.positions})
        if not self.pooled:
            for name in settled:
                yield risk_matrix(self.parameters, risk, name, (), pooled=False)
        elif settled:
            impact = self.parameters.collateral
            coins = [name for name in settled if impact(name).equity_side_impact != "none"]
            yield risk_matrix(self.parameters, risk, USD, coins, pooled=True)

    def _books(self, matrix: RiskMatrix, holdings: Holdings, risk: Risk) -> tuple[list[int], F64]:
        """The positions of a pool, as rows of the holdings, and a book of each, (B, K)."""
        places = {name: row for row, name in enumerate(matrix.names[: matrix.instruments])}
        rows = [
            row
            for row, each in enumerate(holdings.positions)
            if self.pooled or each.instrument.settlement == matrix.currency
        ]
        books = np.zeros((len(rows), len(matrix.names)))
        for book, row in enumerate(rows):
            position = holdings.positions[row]
            place = places[position.instrument.name]
            books[book, place] = position.quantity
            home = matrix.home[place]
            if home >= 0:
                mark = float(risk.market.mark[risk.universe.rows[position.instrument]])
                books[book, home] = own_equity(position, mark)
        return rows, books


@dataclass(frozen=True, slots=True)
class DeribitPortfolio(_Portfolio):
    """Segregated portfolio margin: every currency its own pool."""

    name: ClassVar[str] = "deribit/portfolio"
    title: ClassVar[str] = "Deribit portfolio"
    pooled: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class DeribitCrossPortfolio(_Portfolio):
    """Cross portfolio margin: one pool in USD, collateral moves with its index."""

    name: ClassVar[str] = "deribit/cross-portfolio"
    title: ClassVar[str] = "Deribit cross portfolio"
    pooled: ClassVar[bool] = True
