"""Every position by itself under standard margin: what the account would post without netting."""

import numpy as np

from riskcore.arrays import F64
from riskcore.errors import Unsupported
from riskcore.holdings import Holdings
from riskcore.margin.venues.deribit.bound import Parameters
from riskcore.margin.venues.deribit.charges import charge
from riskcore.risk_array import Risk


def isolated(parameters: Parameters, holdings: Holdings, risk: Risk, *, pooled: bool) -> F64 | None:
    """Standard initial margin of each position, (P,), in its settlement currency or in USD."""
    market, amounts = risk.market, np.zeros(len(holdings.positions))
    for place, position in enumerate(holdings.positions):
        row = risk.universe.row(position.instrument)
        try:
            one = charge(parameters, market, row, position.quantity)
        except Unsupported:
            return None
        price = market.usd(position.instrument.settlement) if pooled else 1.0
        amounts[place] = one.initial * price
    return amounts
