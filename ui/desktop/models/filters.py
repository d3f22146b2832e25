"""What is typed above a column to show fewer lines: words, wildcards and comparisons."""

import operator
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Protocol

from ui.desktop import typed

Filter = Callable[["Filtered"], bool]

_COMPARISON = re.compile(r"(>=|<=|>|<|=)\s*(.+)")
_BETWEEN = re.compile(r"(.+?)\s*\.\.\s*(.+)")
_SIGNS = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
}


class Filtered(Protocol):
    """What a filter looks at."""

    @property
    def text(self) -> str:
        """As it is shown."""

    @property
    def value(self) -> float | str | None:
        """What it compares as."""


def parse(text: str) -> Filter | None:
    """The filter a text means: `>0`, `-5..5`, `BTC*-P`, else words that must occur; none for none.

    Raises TypedError when a comparison's number cannot be read.
    """
    wanted = text.strip().casefold()
    if not wanted:
        return None
    if found := _COMPARISON.fullmatch(wanted):
        return _compared(_SIGNS[found[1]], typed.number(found[2], "a number to compare with"))
    if found := _BETWEEN.fullmatch(wanted):
        low, high = (typed.number(each, "a number to compare with") for each in found.groups())
        return _between(low, high)
    if "*" in wanted or "?" in wanted:
        return _like(wanted)
    return _containing(wanted.split())


def _compared(compare: Callable[[float, float], bool], bound: float) -> Filter:
    def matches(cell: Filtered) -> bool:
        return isinstance(cell.value, int | float) and compare(cell.value, bound)

    return matches


def _between(low: float, high: float) -> Filter:
    def matches(cell: Filtered) -> bool:
        return isinstance(cell.value, int | float) and low <= cell.value <= high

    return matches


def _like(pattern: str) -> Filter:
    def matches(cell: Filtered) -> bool:
        return fnmatchcase(cell.text.casefold(), pattern)

    return matches


def _containing(words: list[str]) -> Filter:
    def matches(cell: Filtered) -> bool:
        return all(word in cell.text.casefold() for word in words)

    return matches
