"""The columns of OKX's scenarios: the cells of MR1, the extreme moves of MR6, a day for MR2.

MR1 has 21 cells: seven spot moves by volatility up, same and down. The move of volatility exists in
points and in per cent, and a cell counts the worse of both for the whole risk unit. Without the
table of volatility moves, which OKX does not publish, there are the seven spot moves alone.
Source: okx.com, notices of 25 Nov 2024 and 2 Jan 2025; reply of account/position-builder.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from riskcore.arrays import F64, Ints
from riskcore.margin.grid import Move, VolRule
from riskcore.margin.venues.okx.parameters import Group, VolatilityShock

UP, DOWN = (1.0, 2.0), (-1.0, -2.0)  # what Move.vol says: 1 in points, 2 in per cent
EXTENDED = "extended"


@dataclass(frozen=True, slots=True)
class Cells:
    """Which columns of the scenario set make up which cell.

    moves     the rows of the scenario table, without the unmoved one
    columns   (C, 2)  the two columns among which a cell takes the worse, the same twice for one
    standard  cells of MR1, the first ones; the others are MR6 twice and, with options, MR2
    """

    moves: tuple[Move, ...]
    words: tuple[str, ...]  # (C,)
    columns: Ints
    standard: int

    def chosen(self, profit: F64) -> Ints:
        """The worse column of every cell, of a unit's profits (S,): (C,)."""
        first, second = self.columns.T
        worse: Ints = np.where(profit[second] < profit[first], second, first)
        return worse


@lru_cache(maxsize=64)
def cells(group: Group, *, options: bool, shocked: bool) -> Cells:
    """The cells of a group of coins.

    options  whether there are any, and MR2 has a column
    shocked  whether the moves of their volatility are known
    """
    moves: list[Move] = []
    columns, words = [], []
    states = (("vol up", UP), ("", (0.0,)), ("vol down", DOWN)) if shocked else (("", (0.0,)),)
    steps = sorted({0.0, *group.spot_moves, *(-each for each in group.spot_moves)})
    for spot in steps:
        for state, variants in states:
            moves += [Move(spot, each) for each in variants]
            last = len(moves)
            columns.append((last - len(variants) + 1, last))
            words.append(f"{_percent(spot)}{', ' if state else ''}{state}")
    for spot in (-group.extreme_move, group.extreme_move):
        moves.append(Move(spot, group=EXTENDED))
        columns.append((len(moves), len(moves)))
        words.append(f"{_percent(spot)}, extreme")
    if options:
        moves.append(Move(0.0, days=1.0, group=EXTENDED))
        columns.append((len(moves), len(moves)))
        words.append("24 hours later")
    return Cells(tuple(moves), tuple(words), np.array(columns, np.int64), len(steps) * len(states))


def volatility(shocks: Sequence[VolatilityShock]) -> VolRule:
    """The moved volatility of options: by days to expiry, in points or in per cent."""
    ends = np.array([each.days_to for each in shocks[:-1]])
    by_row = {
        1.0: np.array([each.points_up for each in shocks]),
        2.0: np.array([each.percent_up for each in shocks]),
        -1.0: np.array([-each.points_down for each in shocks]),
        -2.0: np.array([-each.percent_down for each in shocks]),
    }

    def shocked(vol: F64, left: F64, move: F64) -> F64:
        row = np.searchsorted(ends, left[:, 0], side="left")
        moved = np.repeat(vol, move.shape[1], axis=1)
        for column, code in enumerate(move[0].tolist()):
            if code in by_row:
                by = by_row[code][row]
                whole = vol[:, 0] * by if abs(code) == 2.0 else by
                moved[:, column] = np.maximum(vol[:, 0] + whole, 0.0)
        return moved

    return shocked


def _percent(move: float) -> str:
    sign = "" if move == 0 else "−" if move < 0 else "+"
    return f"{sign}{abs(move) * 100:.6g} %"
