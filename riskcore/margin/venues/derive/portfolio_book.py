"""What one of Derive's portfolio managers sees of an account, and what it gains in every scenario.

The value of a whole expiry decides its static discount, so profit is not a sum over positions:
    expiry      value x discount(sign of the value) - value at Derive's marks
    skew        minus the size of that, so that expiries never offset there
    scenario    weight x (sum over expiries + perpetual x (shock - 1) + coins x (shock - 1))
    basis       sum over expiries of min(value spot up - value, value spot down - value, 0)
                x (add factor + mult factor x years)
    worst       the least of basis and all scenarios
Source: derivexyz/v2-core, src/risk-managers, PMRMLib.sol and PMRMLib_2.sol.
"""

from dataclasses import dataclass

import numpy as np

from riskcore.arrays import F64, Ints
from riskcore.holdings import Position
from riskcore.margin.venues.derive.oracle import Expiry, Value
from riskcore.margin.venues.derive.portfolio_grid import (
    BASIS_DOWN,
    BASIS_UP,
    FIRST,
    MARKS,
    Table,
)


@dataclass(frozen=True, slots=True)
class Discounts:
    """Factors of one expiry.

    market    on what options pay: on marks and on every shocked value
    positive  static, on the shocked value of an expiry that is worth something
    negative  static, on one that is owed
    """

    market: float
    positive: float
    negative: float


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """The positions of one underlying under its manager. K options, E expiries, S scenarios.

    options   by position of the account
    amount    (K,)         coins
    value     (K, 1+2+S)   USD per coin: Derive's mark, spot up, spot down, scenarios
    member    (K,)         the expiry of each
    strikes   (K,)         a number of each pair of expiry and strike
    positive, negative     (E,)  static discounts
    basis     (E,)         add factor + mult factor x years
    perpetual coins of the perpetual
    price     of it, and its confidence; full without one
    """

    coin: str
    spot: Value
    options: tuple[Position, ...]
    amount: F64
    value: F64
    member: Ints
    strikes: Ints
    expiries: tuple[Expiry, ...]
    positive: F64
    negative: F64
    basis: F64
    table: Table
    future: Position | None
    price: Value

    @property
    def perpetual(self) -> float:
        """Coins of the perpetual."""
        return 0.0 if self.future is None else coins(self.future)

    @property
    def marks(self) -> F64:
        """Derive's mark of each option, USD per coin, (K,)."""
        return self.value[:, 0]

    def totals(self, amount: F64) -> F64:
        """Value of each expiry of books of options: (B, K) -> (B, E, 1+2+S)."""
        worth = np.zeros((len(amount), len(self.expiries), self.value.shape[1]))
        for place in range(len(self.expiries)):
            rows = np.flatnonzero(self.member == place)
            worth[:, place] = amount[:, rows] @ self.value[rows]
        return worth

    def basis_profit(self, totals: F64) -> F64:
        """The basis contingency of each expiry, never positive: (B, E, ...) -> (B, E)."""
        up = totals[:, :, BASIS_UP - MARKS] - totals[:, :, 0]
        down = totals[:, :, BASIS_DOWN - MARKS] - totals[:, :, 0]
        lost: F64 = np.minimum(np.minimum(up, down), 0.0) * self.basis
        return lost

    def discount(self, totals: F64) -> F64:
        """The static discount of each expiry in each scenario: (B, E, ...) -> (B, E, S)."""
        shocked = totals[:, :, FIRST - MARKS :]
        return np.where(shocked >= 0, self.positive[:, np.newaxis], self.negative[:, np.newaxis])

    def expiry_profit(self, totals: F64) -> F64:
        """Profit of each expiry in each scenario, before weights: (B, E, ...) -> (B, E, S)."""
        profit = totals[:, :, FIRST - MARKS :] * self.discount(totals) - totals[:, :, :1]
        return np.where(self.table.skew, -np.abs(profit), profit)

    def profit(self, totals: F64, perpetual: F64, moving: F64) -> F64:
        """Profit in each scenario, weighted, (B, S).

        perpetual  (B,)  coins
        moving     (B,)  value of the coins that move with spot
        """
        linear = (perpetual * self.price.value + moving)[:, np.newaxis] * (self.table.spot - 1.0)
        together: F64 = (self.expiry_profit(totals).sum(axis=1) + linear) * self.table.weight
        return together

    def worst(self, totals: F64, perpetual: F64, moving: F64) -> F64:
        """The least of the basis contingency and all scenarios, never positive, (B,)."""
        basis = self.basis_profit(totals).sum(axis=1)
        least: F64 = np.minimum(basis, self.profit(totals, perpetual, moving).min(axis=1))
        return least

    def naked(self, amount: F64) -> F64:
        """Coins sold short and not bought back at the same strike: (B, K) -> (B,).

        A call and a put of one strike cancel: net them, and count what is short.
        """
        pairs = int(self.strikes.max(initial=-1)) + 1
        net = np.zeros((len(amount), pairs))
        for place, pair in enumerate(self.strikes.tolist()):
            net[:, pair] += amount[:, place]
        short: F64 = np.maximum(-net, 0.0).sum(axis=1)
        return short

    @property
    def trust(self) -> float:
        """The confidence in spot, and in the perpetual where one is held."""
        return min(self.spot.confidence, self.price.confidence)


def coins(position: Position) -> float:
    """The size of a position, coins."""
    return position.quantity * position.instrument.multiplier
