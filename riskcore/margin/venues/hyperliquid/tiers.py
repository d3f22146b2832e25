"""The margin table of a coin, and the price at which a position is liquidated.

rate(n)      = 1 / (2 max leverage of tier n)
maintenance  = value x rate(n) - deduction(n), without jumps from tier to tier
liquidation  : equity + size (P' - P) = |size| P' rate(n) - deduction(n), the tier being that at P'
Source: hyperliquid.gitbook.io, margin tiers and liquidations (liq_price = price - side x
margin_available / size / (1 - l side), l of the tier at the liquidation price).
"""

from dataclasses import dataclass
from typing import Self

from riskcore.margin.tiers import deductions, row_of
from riskcore.margin.venues.hyperliquid.parameters import Table

SOURCE = "hyperliquid.gitbook.io, margin tiers"


@dataclass(frozen=True, slots=True)
class Tiers:
    """A margin table, its columns by tier, (T,) each.

    lower      USDC of position value above which the tier begins
    leverage   highest leverage there
    rate       maintenance margin over value
    deduction  USDC taken off it
    whole      whether all tiers of the coin were read
    """

    lower: tuple[float, ...]
    leverage: tuple[float, ...]
    rate: tuple[float, ...]
    deduction: tuple[float, ...]
    whole: bool

    @classmethod
    def of(cls, table: Table, share: float) -> Self:
        """The table with maintenance as a share of the initial rate at max leverage."""
        steps = table.steps or ()
        lower = (0.0, *(each.lower for each in steps))
        leverage = (table.max_leverage, *(each.max_leverage for each in steps))
        rate = tuple(share / each for each in leverage)
        whole = table.steps is not None
        return cls(lower, leverage, rate, deductions(lower, rate), whole)

    def row(self, value: float) -> int:
        """The tier of a position's value."""
        return row_of(value, self.lower)

    def maintenance(self, value: float) -> float:
        """The maintenance margin of a position's value."""
        row = self.row(value)
        return value * self.rate[row] - self.deduction[row]

    def liquidation_price(self, size: float, mark: float, equity: float) -> float | None:
        """The mark at which equity is the maintenance margin of this position alone.

        size    coins, short negative
        equity  USDC at the mark, less what other positions need
        None where no price above 0 liquidates it.
        """
        if size == 0:
            return None
        side, coins = (1.0 if size > 0 else -1.0), abs(size)
        raw = equity - size * mark
        ends = (*self.lower[1:], float("inf"))
        for lower, end, rate, less in zip(self.lower, ends, self.rate, self.deduction, strict=True):
            price = -(raw + less) / (coins * (side - rate))
            if price > 0 and lower < coins * price <= end:
                return price
        return None
