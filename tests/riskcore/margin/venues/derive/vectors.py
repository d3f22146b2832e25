"""Recorded vectors of Derive's contracts: ../shared/vectors/derive, not part of the project."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import trunc
from typing import Any

from tests.verification.case import RECORDED, Checked

FOLDER = RECORDED / "vectors" / "derive"
REPOSITORY = "derivexyz/v2-core"
ABSENT = "the recorded vectors in ../shared/vectors/derive are absent"


def suite(name: str) -> list[dict[str, Any]]:
    """The cases of one file; none where the vectors are not recorded."""
    path = FOLDER / f"{name}.json"
    if not path.is_file():
        return []
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cases"]
    return found


def source(case: Mapping[str, Any]) -> str:
    """Where a case was published."""
    return f"{REPOSITORY}, {case['source']}"


def number(text: str) -> float:
    """A decimal text as a float."""
    return float(Decimal(text))


def numbers(tree: Any) -> Any:
    """The same with every decimal text as a float."""
    if isinstance(tree, Mapping):
        return {key: numbers(each) for key, each in tree.items()}
    if isinstance(tree, list):
        return [numbers(each) for each in tree]
    try:
        return number(tree) if isinstance(tree, str) else tree
    except ArithmeticError:
        return tree


def compared(case: Mapping[str, Any], found: Mapping[str, float]) -> Iterator[Checked]:
    """Every expected figure of a case beside the one found, at the case's own tolerance."""
    for field, expected in case["expected"].items():
        yield one(field, expected, found[field], case["tolerance"][field])


def one(field: str, expected: str, found: float, tolerance: Mapping[str, str]) -> Checked:
    """One figure at its tolerance; in floating point 1e-14 of it is allowed besides."""
    published, value = number(expected), float(tolerance.get("value", 0))
    slack = 1e-14 * abs(published)
    match tolerance["kind"]:
        case "abs":
            return Checked(field, published, found, value + slack)
        case "rel":
            return Checked(field, published, found, value * abs(published) + slack or 1e-18)
        case "rel_or_abs_if_tiny":
            tiny = min(abs(published), abs(found)) < float(tolerance["tiny_below"])
            return Checked(
                field, published, found, (value if tiny else value * abs(published)) + slack
            )
        case "trunc_toward_zero_integer":
            moved = (
                found - float(tolerance["float_slack"]),
                found + float(tolerance["float_slack"]),
            )
            whole = [float(trunc(each)) for each in moved]
            return Checked(field, published, min(whole, key=lambda n: abs(n - published)), 0.0)
        case "floor_at":
            steps = (abs(found) + slack) // value
            return Checked(field, published, steps * value * (1 if found >= 0 else -1), value / 1e6)
        case kind:
            raise ValueError(f"{field}: no tolerance of kind {kind}")
