"""Numbers as people type them: grouped, with a decimal point or comma, any minus sign.

A mark is "." or ",". With both in a number the last is the decimal. Blanks and ' always group.
A single mark is the decimal when it cannot group: not followed by exactly three digits, after a
zero alone, or after more than three digits. What is left, like 1,250 and 1.250, is read as the
other numbers of its list are written; where they decide nothing, "." is the decimal and ","
groups; where they contradict each other, it is refused.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from math import isfinite

_SIGNS = dict.fromkeys(map(ord, "−–‒‐‑﹣－"), "-") | {ord("＋"): "+"}  # noqa: RUF001
_QUOTES = dict.fromkeys(map(ord, "’ʼ＇"), "'")  # noqa: RUF001
_SHAPE = re.compile(
    r"(?P<sign>[+-]?) ?(?P<body>\d[\d.,' ]*|[.,]\d+)(?:[eE](?P<power>[+-]?\d{1,3}))?"
)
_GROUPED = re.compile(r"\d{1,3}(?P<mark>[.,' ])\d{3}(?:(?P=mark)\d{3})*")


class Decimal(StrEnum):
    """What the decimal mark of a list is."""

    POINT = "."
    COMMA = ","
    UNDECIDED = "?"  # its numbers contradict each other


def plain(text: str) -> str:
    """A text with one kind of blank, quote and hyphen, and no blanks around it."""
    signs = text.translate(_SIGNS).translate(_QUOTES)
    return " ".join(unicodedata.normalize("NFKC", signs).split())


def notation(cells: Iterable[str]) -> Decimal:
    """The decimal mark of these numbers; texts that are no numbers decide nothing."""
    found = {mark for cell in cells if (mark := _certain(cell))}
    if len(found) > 1:
        return Decimal.UNDECIDED
    return Decimal(found.pop()) if found else Decimal.POINT


def number(cell: str, decimal: Decimal = Decimal.POINT) -> float | None:
    """The number in a cell, None when there is none or it may mean two things."""
    found = _parts(cell)
    if found is None:
        return None
    sign, body, power = found
    mark = _decimal_of(body)
    if mark is None:
        if decimal is Decimal.UNDECIDED:
            return None
        mark = decimal.value
    whole, _, fraction = body.rpartition(mark) if mark and mark in body else (body, "", "")
    if not (whole.isdigit() or not whole or _GROUPED.fullmatch(whole)):
        return None
    if (fraction and not fraction.isdigit()) or not (whole or fraction):
        return None
    digits = re.sub(r"[.,' ]", "", whole) or "0"
    value = float(f"{sign}{digits}.{fraction or 0}e{power or 0}")
    return value if isfinite(value) else None


def _parts(cell: str) -> tuple[str, str, str] | None:
    """Sign, body and power of ten; (120) is -120."""
    text = plain(cell).removeprefix("'")
    inside = re.fullmatch(r"\(([^-+()]*)\)", text)
    found = _SHAPE.fullmatch(f"-{inside[1].strip()}" if inside else text)
    if found is None or not found["body"].isascii():
        return None
    return found["sign"], found["body"].rstrip(), found["power"] or ""


def _decimal_of(body: str) -> str | None:
    """The decimal mark of a number, "" when it has none, None when it may be either."""
    marks = [mark for mark in ".," if mark in body]
    if len(marks) == 2:
        return max(marks, key=body.rfind)
    if not marks:
        return ""
    mark = marks[0]
    if body.count(mark) > 1:
        return "." if mark == "," else ","
    before, _, after = body.partition(mark)
    groups = len(after) == 3 and before.isdigit() and len(before) <= 3 and before != "0"
    return None if groups else mark


def _certain(cell: str) -> str:
    """The decimal mark that a cell proves, "" when it proves none."""
    found = _parts(cell)
    if found is None or number(cell) is None:
        return ""
    return _decimal_of(found[1]) or ""
