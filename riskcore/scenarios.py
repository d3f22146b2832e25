"""Moves of the market, as columns."""

from dataclasses import dataclass, field

import numpy as np

from riskcore.arrays import F64, locked
from riskcore.errors import MarketError
from riskcore.universe import Universe


@dataclass(frozen=True, slots=True, eq=False)
class ScenarioSet:
    """Market moves as columns; scenario 0 moves nothing and weighs 1.

    label    (S,)    as a reader calls it, e.g. "-16 %, vol up"
    spot     (U, S)  factor on the index of each currency of the universe, 1 is unmoved
    forward  (I, S)  factor on each instrument's forward or mark
    vol      (I, S)  shocked volatility of options, per square-root year; NaN for others
    days     (S,)    days that pass
    weight   (I, S)  share of the profit that counts; None means all of it

    Raises MarketError when a shape does not fit or scenario 0 moves something.
    """

    universe: Universe
    label: tuple[str, ...]
    spot: F64
    forward: F64
    vol: F64
    days: F64
    weight: F64 | None = None
    move: F64 = field(default_factory=lambda: np.empty(0))  # (S,) headline relative move, for plots
    group: tuple[str, ...] = ()  # (S,) e.g. "standard", "extended": which table a column belongs to

    def __post_init__(self) -> None:
        size, columns, instruments = (
            len(self.universe.currencies),
            len(self.label),
            len(self.universe),
        )
        shapes = {
            "spot": (size, columns),
            "forward": (instruments, columns),
            "vol": (instruments, columns),
            "days": (columns,),
        }
        for name, shape in shapes.items():
            array: F64 = getattr(self, name)
            if array.shape != shape:
                raise MarketError(f"the scenarios' {name} is {array.shape}, expected {shape}")
            locked(array)
        moved = bool(np.any(self.spot[:, 0] != 1) or np.any(self.forward[:, 0] != 1))
        if moved or self.days[0] != 0:
            raise MarketError("scenario 0 must be the unmoved market")

    def __len__(self) -> int:
        return len(self.label)


def unmoved(universe: Universe, vol: F64) -> ScenarioSet:
    """The set of one scenario in which nothing moves, for models without scenarios."""
    return ScenarioSet(
        universe,
        ("unmoved",),
        np.ones((len(universe.currencies), 1)),
        np.ones((len(universe), 1)),
        np.array(vol, dtype=np.float64).reshape(-1, 1).copy(),
        np.zeros(1),
        move=np.zeros(1),
        group=("standard",),
    )
