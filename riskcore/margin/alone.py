"""Every position alone under the same model."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from riskcore.arrays import F64
from riskcore.holdings import Holdings
from riskcore.margin.requirement import Requirement
from riskcore.risk_array import Risk


def each_alone(
    requirement: Callable[[Holdings, Risk], tuple[Requirement, ...]],
    holdings: Holdings,
    risk: Risk,
) -> F64:
    """Headline margin of each position without any other, collateral and orders, (P,).

    requirement  of an account that holds one position, under the account's own settings
    """
    alone = np.zeros(len(holdings.positions))
    for row, position in enumerate(holdings.positions):
        single = replace(holdings, positions=(position,), balances={}, orders=())
        alone[row] = sum(each.headline.amount for each in requirement(single, risk))
    return alone
