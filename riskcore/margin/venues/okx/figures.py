"""What is told of an account besides its margins: the worst scenario, the losses, OKX's own fields.

Source: okx.com/docs-v5, account/position-builder.
"""

from collections.abc import Mapping
from math import fsum

import numpy as np

from riskcore.holdings import Holdings
from riskcore.margin.requirement import Component, Figure, LossTable
from riskcore.margin.venues.okx.unit import RiskUnit
from riskcore.margin.worth import Worth
from riskcore.naming.okx import VENUE
from riskcore.risk_array import Risk
from riskcore.universe import USD


def worst(units: list[RiskUnit], found: list[tuple[Component, int]]) -> str:
    """The scenario of the unit that needs most."""
    decided = [
        (line.amount, f"{unit.coin} {unit.cells.words[cell]}")
        for unit, (line, cell) in zip(units, found, strict=True)
        if cell >= 0
    ]
    return max(decided)[1] if decided else ""


def losses(units: list[RiskUnit], decided: list[int]) -> LossTable:
    """Every cell, before the half of MR6 is taken."""
    if not units:
        return LossTable()
    same = len({each.cells.words for each in units}) == 1
    count = len(units[0].cells.words)
    words = units[0].cells.words if same else tuple(map(str, range(1, count + 1)))
    tables = [each.table() for each in units]
    moves = [units[0].cells.moves[column - 1] for column in units[0].cells.columns[:, 0].tolist()]
    return LossTable(
        sets=tuple(each.coin for each in units),
        label=words,
        move=tuple(each.spot for each in moves),
        group=tuple(each.group for each in moves),
        profit=tuple(tuple(whole.tolist()) for _, whole in tables),
        worst=tuple(max(cell, 0) for cell in decided),
        positions=tuple(
            (name, tuple(row))
            for unit, (rows, _) in zip(units, tables, strict=True)
            for name, row in zip(unit.names, rows.tolist(), strict=True)
        ),
    )


def figures(
    holdings: Holdings,
    risk: Risk,
    accounts: Mapping[str, Worth],
    derivatives: Component,
    maintenance: Component,
    initial: Component,
    equity: Component,
    ratio: float,
) -> tuple[Figure, ...]:
    """Account fields as the position builder reports them; leverage at the general index in USD."""
    market = risk.market
    profit = fsum(each.profit * market.usd(name, VENUE) for name, each in accounts.items())
    value = fsum(
        abs(each.quantity * float(risk.greeks.delta[risk.universe.row(each.instrument)]))
        * market.usd(each.instrument.base)
        for each in holdings.positions
    )
    fields = [
        Figure("adjusted_equity", equity.amount, USD),
        Figure("okx_derivatives_mmr", derivatives.amount, USD),
        Figure("okx_mmr", maintenance.amount, USD),
        Figure("okx_imr", initial.amount, USD),
        Figure("unrealised_profit", profit, USD),
    ]
    if np.isfinite(ratio):
        fields.append(Figure("margin_ratio", ratio, ""))
    if equity.amount:
        fields.append(Figure("account_leverage", value / equity.amount, ""))
    return tuple(fields)
