"""Scanning risk: what netting sets lose in each scenario, and in which the most."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from riskcore.arrays import F64, Ints, locked
from riskcore.margin.requirement import Component, Rule, total


@dataclass(frozen=True, slots=True, eq=False)
class NettingSets:
    """What is summed before anything that is not linear. Axis K: what can be held.

    sets     (N,)    names
    member   (K,)    the set each row belongs to
    profit   (K, S)  of one unit, pool currency
    """

    sets: tuple[str, ...]
    member: Ints
    profit: F64
    rows: tuple[Ints, ...] = field(init=False, repr=False)  # (N,) the rows of each set

    def __post_init__(self) -> None:
        rows = tuple(np.flatnonzero(self.member == place) for place in range(len(self.sets)))
        object.__setattr__(self, "rows", rows)
        locked(self.member)
        locked(self.profit)

    def total(self, quantity: F64) -> F64:
        """Profit of each set in each scenario: quantity (B, K) -> (B, N, S)."""
        books, scenarios = len(quantity), self.profit.shape[1]
        profit = np.zeros((books, len(self.sets), scenarios))
        for place, rows in enumerate(self.rows):
            profit[:, place] = quantity[:, rows] @ self.profit[rows]
        return profit


def towards_zero(profit: F64, damper: F64) -> F64:
    """Each profit moved towards zero by a damper, never across it."""
    damped: F64 = np.sign(profit) * np.maximum(np.abs(profit) - damper, 0.0)
    return damped


def offset_gains(profit: F64, share: F64, largest: F64) -> F64:
    """Gains reduced to the share that may meet losses, and to the largest that may; losses whole.

    profit   (..., N, S)
    share    (N,)         of a gain
    largest  (N,)         pool currency
    """
    gains = np.minimum(profit * share[:, np.newaxis], largest[:, np.newaxis])
    return np.where(profit > 0, gains, profit)


def worst_scenario(
    term: str,
    losses: Sequence[tuple[str, float]],
    scenario: str,
    *,
    beside: tuple[Component, ...] = (),
    considered: tuple[Component, ...] = (),
    source: str = "",
) -> Component:
    """The loss of the chosen scenario: a line of each instrument, and what is no position's.

    losses  name of an instrument (or label of a position) and what it loses there, pool currency
    """
    parts = [Component(name, loss, Rule.POSITION) for name, loss in losses]
    if not (parts or beside):
        return Component(term, 0.0, because=scenario, source=source)
    return total(
        term,
        *parts,
        *beside,
        rule=Rule.WORST,
        because=scenario,
        considered=considered,
        source=source,
    )
