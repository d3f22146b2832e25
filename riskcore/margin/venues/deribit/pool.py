"""The requirement of one pool under portfolio margin."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from riskcore.arrays import F64
from riskcore.holdings import Holdings
from riskcore.margin.requirement import (
    Component,
    Figure,
    LossTable,
    Requirement,
    Trigger,
    scaled,
    total,
    usage,
)
from riskcore.margin.venues.deribit import doubts, figures, grid
from riskcore.margin.venues.deribit.account import Summary, own_equity, summaries
from riskcore.margin.venues.deribit.assembly import risk_matrix
from riskcore.margin.venues.deribit.bound import Parameters
from riskcore.margin.venues.deribit.collateral import haircut_lines, pooled_equity, stressed
from riskcore.margin.venues.deribit.figures import Required
from riskcore.margin.venues.deribit.matrix import DECIMALS, RiskMatrix
from riskcore.margin.venues.deribit.orders import open_orders
from riskcore.margin.venues.deribit.split import later
from riskcore.margin.venues.deribit.tree import Scan, risk_matrix_margin, rounded
from riskcore.risk_array import Risk
from riskcore.universe import USD

SOURCE = "docs.deribit.com, private/pme/simulate"


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """One pool of an account: what is held in it, its currencies and its risk matrix.

    currency  of a segregated pool; None for the pool of a cross account, counted in USD
    accounts  the currencies in the pool
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
        matrix = self._matrix()
        quantity = self._book(matrix, self.holdings)
        labels = grid.labels(self.parameters, tuple(dict.fromkeys(matrix.underlyings)))
        offset = self.parameters.portfolio_rules.offset
        own = self._own(matrix)
        margin, scan = risk_matrix_margin(matrix, quantity, own, labels, offset)
        haircut = self._haircut()
        orders = open_orders(self.parameters, self.risk.market, self.holdings, self.currency)
        initial = rounded(
            "initial_margin",
            *(each for each in (margin, orders, haircut["initial"]) if each is not None),
            because="rounded to 9 decimals",
            source=SOURCE,
        )
        maintenance = self._maintenance(margin, haircut["maintenance"])
        kept = later(self.holdings)
        required = self._required(matrix, kept, initial.amount, maintenance.amount)
        return Requirement(
            pool=name,
            currency=name,
            equity=equity,
            initial=initial,
            maintenance=maintenance,
            trigger=Trigger("maintenance usage", usage(maintenance.amount, equity.amount), 1.0),
            label=doubts.portfolio_label(
                self.parameters,
                self.holdings,
                matrix,
                quantity,
                scan,
                self.accounts,
                self.risk,
            ),
            notes=doubts.portfolio_notes(self.parameters, self.holdings, matrix, self.accounts),
            worst_scenario=scan.words,
            figures=self._figures(equity.amount, required, kept),
            losses=_losses(matrix, quantity, own, labels, scan, self.risk),
        )

    def _equity(self) -> Component:
        if self.currency is not None:
            return self.accounts[self.currency].component("equity", with_options=True)
        return pooled_equity(self.accounts, self.risk.market, with_options=True)

    def _matrix(self) -> RiskMatrix:
        if self.currency is not None:
            return risk_matrix(self.parameters, self.risk, self.currency, (), pooled=False)
        coins = stressed(self.parameters, self.accounts)
        return risk_matrix(self.parameters, self.risk, USD, coins, pooled=True)

    def _book(self, matrix: RiskMatrix, holdings: Holdings) -> F64:
        places = {name: row for row, name in enumerate(matrix.names[: matrix.instruments])}
        quantity = np.zeros(len(matrix.names))
        for position in holdings.positions:
            quantity[places[position.instrument.name]] += position.quantity
        for row in range(matrix.instruments, len(matrix.names)):
            quantity[row] = self.accounts[matrix.names[row]].equity
        return quantity

    def _own(self, matrix: RiskMatrix) -> F64:
        """What each position itself adds to the equity of its coin, (K,)."""
        market, rows = self.risk.market, self.risk.universe.rows
        places = {name: row for row, name in enumerate(matrix.names[: matrix.instruments])}
        own = np.zeros(len(matrix.names))
        for position in self.holdings.positions:
            mark = float(market.mark[rows[position.instrument]])
            own[places[position.instrument.name]] += own_equity(position, mark)
        return own

    def _haircut(self) -> dict[str, Component | None]:
        market = self.risk.market
        pooled = self.currency is None
        return haircut_lines(self.parameters, self.accounts, market, pooled=pooled)

    def _maintenance(self, margin: Component, haircut: Component | None) -> Component:
        factor = self._factor
        because = f"{factor:g} of the risk matrix margin; orders do not count"
        term = "maintenance_margin" if haircut is None else "positions_maintenance"
        line = scaled(
            term, margin, factor, name="maintenance_factor", because=because, source=SOURCE
        )
        return line if haircut is None else total("maintenance_margin", line, haircut)

    @property
    def _factor(self) -> float:
        return self.parameters.general.mm_factor

    def _required(
        self, matrix: RiskMatrix, kept: Holdings, initial: float, maintenance: float
    ) -> Required:
        factor = self.parameters.pooling.close_out_factor
        if kept is self.holdings:  # nothing goes
            return Required(initial, maintenance, initial, maintenance, factor)
        margin = float(matrix.margin(self._book(matrix, kept)[np.newaxis])[0])
        orders = open_orders(self.parameters, self.risk.market, kept, self.currency)
        haircut = {term: each.amount if each else 0.0 for term, each in self._haircut().items()}
        beside = (orders.amount if orders else 0.0) + haircut["initial"]
        projected = round(margin + beside, DECIMALS)
        remaining = self._factor * margin + haircut["maintenance"]
        return Required(initial, maintenance, projected, remaining, factor)

    def _figures(
        self, margin_balance: float, required: Required, kept: Holdings
    ) -> tuple[Figure, ...]:
        left = summaries(kept, self.risk)
        projected = {name: left.get(name, Summary(name)) for name in self.accounts}
        if self.currency is not None:
            own = self.accounts[self.currency]
            return figures.segregated(own, projected[self.currency], margin_balance, required)
        return figures.pooled(self.accounts, projected, self.risk.market, margin_balance, required)


def _losses(
    matrix: RiskMatrix, quantity: F64, own: F64, labels: tuple[str, ...], scan: Scan, risk: Risk
) -> LossTable:
    """Deribit's pre-aggregated vectors by set, and its initial vectors by instrument.

    In a cross pool an instrument's vector has what its own value gains with the coin.
    """
    held = [row for row in np.flatnonzero(quantity).tolist() if row < matrix.instruments]
    moved = quantity[:, np.newaxis] * matrix.nets.profit + matrix.own_profit(own)
    profits = moved[held].tolist()
    moves = matrix.moves[0] if len(matrix.moves) else risk.scenarios.move
    return LossTable(
        sets=matrix.nets.sets,
        label=labels,
        move=tuple(moves.tolist()),
        group=risk.scenarios.group,
        profit=tuple(map(tuple, matrix.nets.total(quantity[np.newaxis])[0].tolist())),
        worst=scan.columns,
        positions=tuple(
            (matrix.names[row], tuple(profit)) for row, profit in zip(held, profits, strict=True)
        ),
    )
