"""How far a figure is Deribit's own: `exact`, `exact except ...` or `approximate`, and why."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import numpy as np

from riskcore.arrays import F64
from riskcore.holdings import Holdings
from riskcore.instruments import Option
from riskcore.margin.label import OTHER_DATE, OVERRIDDEN, label
from riskcore.margin.venues.deribit.account import Summary
from riskcore.margin.venues.deribit.bound import Parameters
from riskcore.margin.venues.deribit.charges import NO_TIER_END, SHAPE, keys_used
from riskcore.margin.venues.deribit.columns import EXTENDED
from riskcore.margin.venues.deribit.grid import SETTLEMENT_WINDOW
from riskcore.margin.venues.deribit.matrix import RiskMatrix
from riskcore.margin.venues.deribit.parameters import PortfolioRow
from riskcore.margin.venues.deribit.tree import Scan
from riskcore.risk_array import Risk
from riskcore.universe import USD

APPROXIMATE = (NO_TIER_END, SHAPE)
POOLING = "pooling"  # read off totals known to a thousandth
USD_LEVEL = "parameters of the usd-level row"


def portfolio_label(
    parameters: Parameters,
    holdings: Holdings,
    matrix: RiskMatrix,
    quantity: F64,
    scan: Scan,
    accounts: Mapping[str, Summary],
    risk: Risk,
) -> str:
    """The label of a pool under portfolio margin."""
    found = []
    if any(isinstance(each.instrument, Option) and each.quantity for each in holdings.positions):
        found.append("option revaluation")
    held = quantity != 0
    if (held & (matrix.grown > matrix.least)).any():
        found.append("roll shock of far expiries")
    if matrix.delta_shock(quantity[np.newaxis]).any():
        found.append("delta shock")
    if any(risk.scenarios.group[column] == EXTENDED for column in scan.columns):
        found.append("extended table")
    underlyings = [matrix.underlyings[matrix.nets.member[row]] for row in np.flatnonzero(held)]
    if matrix.currency != USD:  # the captures of cross accounts settle both
        if matrix.linear[held].any():
            found.append("USDC-linear contracts")
        if len(set(underlyings)) > 1:
            found.append("offsets between underlyings")
    elif held.any():
        found.append(POOLING)
    if any(not each.reduce_only for each in holdings.orders):
        found.append("open orders")
    if matrix.currency == USD and cross_haircuts(parameters, accounts):
        found.append("haircuts")
    left = risk.universe.expiry - risk.market.seconds
    if (left < SETTLEMENT_WINDOW).any():
        found.append("the settlement window")
    names = set(underlyings)
    if any(parameters.assumed(name) for name in names):
        found.append(USD_LEVEL)
    if parameters.of_another_date(names, PortfolioRow.__struct_fields__, risk.market.as_of):
        found.append(OTHER_DATE)
    if parameters.overridden:
        found.append(OVERRIDDEN)
    return label(found)


def standard_label(
    parameters: Parameters,
    holdings: Holdings,
    doubts: Iterable[str],
    accounts: Mapping[str, Summary],
    at: datetime,
) -> str:
    """The label of a pool under standard margin.

    doubts    of each position's charge
    accounts  the currencies of a cross pool, none of a segregated one
    at        the market's instant
    """
    found = [each for each in doubts if each]
    wide = [each for each in found if each in APPROXIMATE]
    held = [each for each in holdings.positions if each.quantity]
    if any(isinstance(each.instrument, Option) and each.quantity < 0 for each in held):
        found.append("the options' reference price")
    if any(not each.reduce_only for each in holdings.orders):
        found.append("open orders")
    if cross_haircuts(parameters, accounts):
        found.append("haircuts")
    if any(
        parameters.of_another_date([each.base], keys_used(parameters, each), at)
        for each in {one.instrument for one in held}
    ):
        found.append(OTHER_DATE)
    if parameters.overridden:
        found.append(OVERRIDDEN)
    return label(found, wide)


def portfolio_notes(
    parameters: Parameters,
    holdings: Holdings,
    matrix: RiskMatrix,
    accounts: Mapping[str, Summary],
) -> tuple[str, ...]:
    """What a reader of this pool's figures must know."""
    notes = [
        f"{name}: {', '.join(assumed)} taken from Deribit's usd-level row"
        for name in dict.fromkeys(matrix.underlyings)
        if (assumed := parameters.assumed(name))
    ]
    if matrix.currency == USD:
        notes += haircut_notes(parameters, accounts)
    return (*notes, *account_notes(holdings, accounts))


def cross_haircuts(parameters: Parameters, accounts: Mapping[str, Summary]) -> bool:
    """Whether a currency of a cross pool has a haircut, or one that is not known."""
    return any(
        parameters.collateral(name).haircut or not parameters.haircut_is_known(name)
        for name, each in accounts.items()
        if each.equity > 0
    )


def haircut_notes(parameters: Parameters, accounts: Mapping[str, Summary]) -> list[str]:
    """Which haircuts of a cross pool are not known."""
    return [
        f"the haircut of {name} is not known: none is taken"
        for name, each in accounts.items()
        if each.equity > 0 and not parameters.haircut_is_known(name)
    ]


def account_notes(holdings: Holdings, accounts: Mapping[str, Summary]) -> tuple[str, ...]:
    """What of the account's own figures is missing or left out."""
    notes = [
        f"{name} has no entry and no settled price: its open profit counts as 0"
        for each in accounts.values()
        for name in each.unpriced
    ]
    enabled = holdings.settings.collateral_enabled
    if enabled is not None:
        notes += [
            f"the balance of {name} is switched off as collateral and counts as 0"
            for name in accounts
            if name in holdings.balances and name not in enabled
        ]
    return tuple(notes)
