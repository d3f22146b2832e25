"""Every position alone under the same model."""

from collections.abc import Callable
from dataclasses import replace
from math import fsum

import numpy as np

from riskcore.arrays import F64
from riskcore.holdings import Holdings
from riskcore.margin.requirement import Component, Requirement
from riskcore.risk_array import Risk

# What an account needs for what it owns, owes and has ordered: no other position makes it less.
NEVER_NETTED = (
    "open_orders_margin",
    "collateral_haircut",
    "currency_haircut",
    "token_charge",
    "borrowing_margin",
    "borrow_initial",
    "min_borrow_offset",
    "borrowed_value",
)


def each_alone(
    requirement: Callable[[Holdings, Risk], tuple[Requirement, ...]],
    holdings: Holdings,
    risk: Risk,
) -> F64:
    """Headline margin of each position without any other, collateral and orders, (P,).

    What never nets is left out: it stands once beside the positions.

    requirement  of an account that holds one position, under the account's own settings
    """
    alone = np.zeros(len(holdings.positions))
    for row, position in enumerate(holdings.positions):
        single = replace(holdings, positions=(position,), balances={}, orders=())
        alone[row] = fsum(netting(each.headline) for each in requirement(single, risk))
    return alone


def netting(headline: Component) -> float:
    """A requirement without what never nets."""
    return headline.amount - fsum(
        each.amount for each in headline.parts if each.term in NEVER_NETTED
    )
