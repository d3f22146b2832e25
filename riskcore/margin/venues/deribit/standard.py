"""Deribit standard margin: segregated by currency (S:SM) or in one pool (X:SM).

Every position is margined alone and the margins add up: no hedge nets with an option. Equity is
counted without the value of options. Sources: see charges.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from riskcore.arrays import F64
from riskcore.holdings import Holdings
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import ANY, Schema, Selection
from riskcore.margin.plain import MovesNothing
from riskcore.margin.requirement import Component, Figure, Requirement, Trigger, total, usage
from riskcore.margin.venues.deribit import doubts, figures, isolated
from riskcore.margin.venues.deribit.account import Summary, refuse_unsupported, summaries, used
from riskcore.margin.venues.deribit.bound import Parameters, parameters
from riskcore.margin.venues.deribit.charges import SOURCE, Charge, charge
from riskcore.margin.venues.deribit.collateral import haircut_lines, pooled_equity
from riskcore.margin.venues.deribit.figures import Required
from riskcore.margin.venues.deribit.orders import open_orders
from riskcore.margin.venues.deribit.parameters import (
    CollateralRow,
    OptionRow,
    Pooling,
    Rules,
    StandardRow,
)
from riskcore.margin.venues.deribit.split import later, of_currency
from riskcore.risk_array import Risk
from riskcore.universe import USD

SCHEMA: Schema = {
    "pooling": (Pooling,),
    "rules": (Rules,),
    ANY: (StandardRow, OptionRow, CollateralRow),
}
EMPTY_POOL = "USDC"  # shown for an account that holds nothing


@dataclass(frozen=True, slots=True)
class _Standard(MovesNothing):
    """What both standard models share."""

    name: ClassVar[str]
    title: ClassVar[str]
    pooled: ClassVar[bool]
    families: ClassVar[tuple[str, ...]] = (
        "deribit/standard",
        "deribit/collateral",
        "deribit/rules",
    )
    schema: ClassVar[Schema] = SCHEMA

    parameters: Parameters
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters."""
        return cls(parameters(selection, portfolio=False), selection.calibration)

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement for each currency, or one in USD."""
        refuse_unsupported(holdings, self.parameters, risk, self.name)
        accounts = summaries(holdings, risk)
        if self.pooled:
            return (StandardPool(self.parameters, holdings, risk, None, accounts).requirement(),)
        return tuple(
            StandardPool(
                self.parameters,
                of_currency(holdings, currency),
                risk,
                currency,
                {currency: accounts.get(currency, Summary(currency))},
            ).requirement()
            for currency in used(holdings) or (EMPTY_POOL,)
        )

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Standard initial margin of each position, (P,)."""
        market = risk.market
        amounts = np.zeros(len(holdings.positions))
        for place, position in enumerate(holdings.positions):
            row = risk.universe.row(position.instrument)
            price = market.usd(position.instrument.settlement) if self.pooled else 1.0
            amounts[place] = charge(self.parameters, market, row, position.quantity).initial * price
        return amounts

    def isolated(self, holdings: Holdings, risk: Risk) -> F64 | None:
        """The same: standard margin nets nothing."""
        return isolated.isolated(self.parameters, holdings, risk, pooled=self.pooled)


@dataclass(frozen=True, slots=True)
class DeribitStandard(_Standard):
    """Segregated standard margin: every currency its own pool."""

    name: ClassVar[str] = "deribit/standard"
    title: ClassVar[str] = "Deribit standard"
    pooled: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class DeribitCrossStandard(_Standard):
    """Cross standard margin: one pool in USD."""

    name: ClassVar[str] = "deribit/cross-standard"
    title: ClassVar[str] = "Deribit cross standard"
    pooled: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, eq=False)
class StandardPool:
    """One pool of an account under standard margin.

    currency  of a segregated pool; None for the pool of a cross account, counted in USD
    """

    parameters: Parameters
    holdings: Holdings
    risk: Risk
    currency: str | None
    accounts: Mapping[str, Summary]

    def requirement(self) -> Requirement:
        """What the pool must post."""
        name = self.currency or USD
        equity = self._equity()
        charges = self._charges(self.holdings)
        haircut = haircut_lines(
            self.parameters, self.accounts, self.risk.market, pooled=self.currency is None
        )
        orders = open_orders(self.parameters, self.risk.market, self.holdings, self.currency)
        initial = _sum("initial_margin", charges, orders, haircut["initial"], maintenance=False)
        maintenance = _sum(
            "maintenance_margin", charges, None, haircut["maintenance"], maintenance=True
        )
        return Requirement(
            pool=name,
            currency=name,
            equity=equity,
            initial=initial,
            maintenance=maintenance,
            trigger=Trigger("maintenance usage", usage(maintenance.amount, equity.amount), 1.0),
            label=doubts.standard_label(
                self.parameters,
                self.holdings,
                [each.doubt for _, each, _ in charges],
                self.accounts if self.currency is None else {},
                self.risk.market.as_of,
            ),
            notes=self._notes(),
            figures=self._figures(equity.amount, initial.amount, maintenance.amount),
        )

    def _notes(self) -> tuple[str, ...]:
        notes = doubts.account_notes(self.holdings, self.accounts)
        if self.currency is not None:
            return notes
        return (*doubts.haircut_notes(self.parameters, self.accounts), *notes)

    def _equity(self) -> Component:
        if self.currency is not None:
            return self.accounts[self.currency].component("equity", with_options=False)
        return pooled_equity(self.accounts, self.risk.market, with_options=False)

    def _charges(self, holdings: Holdings) -> list[tuple[str, Charge, float]]:
        """Instrument, its charge, and the price that takes it to the pool's currency."""
        market = self.risk.market
        return [
            (
                position.instrument.name,
                charge(
                    self.parameters,
                    market,
                    self.risk.universe.row(position.instrument),
                    position.quantity,
                ),
                1.0 if self.currency else market.usd(position.instrument.settlement),
            )
            for position in holdings.positions
        ]

    def _figures(
        self, margin_balance: float, initial: float, maintenance: float
    ) -> tuple[Figure, ...]:
        market = self.risk.market
        kept = later(self.holdings)
        gone = summaries(kept, self.risk)
        projected = {name: gone.get(name, Summary(name)) for name in self.accounts}
        charges = self._charges(kept)
        haircut = haircut_lines(
            self.parameters, self.accounts, market, pooled=self.currency is None
        )
        orders = open_orders(self.parameters, market, kept, self.currency)
        required = Required(
            initial,
            maintenance,
            _sum("initial_margin", charges, orders, haircut["initial"], maintenance=False).amount,
            _sum("initial_margin", charges, None, haircut["maintenance"], maintenance=True).amount,
            self.parameters.pooling.close_out_factor,
        )
        if self.currency is not None:
            own = self.accounts[self.currency]
            return figures.segregated(own, projected[self.currency], margin_balance, required)
        return figures.pooled(self.accounts, projected, market, margin_balance, required)


def _sum(
    term: str,
    charges: list[tuple[str, Charge, float]],
    orders: Component | None,
    haircut: Component | None,
    *,
    maintenance: bool,
) -> Component:
    lines = [
        each.component(name, maintenance=maintenance, price=price) for name, each, price in charges
    ]
    because = "every position alone: standard margin nets nothing"
    positions = total("positions_margin", *lines, because=because, source=SOURCE)
    parts = (each for each in (positions, orders, haircut) if each is not None)
    return total(term, *parts, source=SOURCE)
