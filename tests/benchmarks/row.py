"""One measured figure, and how it is measured."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table of `make bench`."""

    what: str
    figure: float
    unit: str = "ms"
    bound: float | None = None  # the figure must not exceed it
    remark: str = ""

    @property
    def verdict(self) -> str:
        """Whether the bound holds; empty without one."""
        if self.bound is None:
            return ""
        return "within" if self.figure <= self.bound else "OVER"


def median_ms(function: Callable[[], object], repeats: int = 60) -> float:
    """The median of several runs, in milliseconds, after one that is not counted."""
    function()
    return statistics.median(_runs(function, repeats)) * 1_000


def _runs(function: Callable[[], object], repeats: int) -> Iterator[float]:
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        yield time.perf_counter() - start


@contextmanager
def one_core() -> Iterator[None]:
    """Everything inside runs on one core, where the system lets us choose."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
