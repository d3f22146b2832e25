"""Whose margin it is: the requirement split by position."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum

from riskcore.margin.requirement import Component, Rule


@dataclass(frozen=True, slots=True)
class Split:
    """A requirement by position, and what of it is no position's. Together they add up to it.

    shares  Euler share of each instrument, by name, in the requirement's currency
    others  collateral, orders, add-ons, rounding, each term once; a line without a position
            anywhere below it stands for everything under it
    """

    shares: Mapping[str, float]
    others: tuple[Component, ...]


def split(tree: Component) -> Split:
    """The split of a requirement.

    In the chosen scenario and under the chosen alternatives every step of a requirement is linear
    in the positions, so each leaf that names an instrument is its share.
    """
    shares: dict[str, list[float]] = defaultdict(list)
    others: dict[str, list[float]] = defaultdict(list)
    if not _gathered(tree, shares, others):
        for part in tree.parts or (tree,):
            others[part.term].append(part.amount)
    totals = {term: fsum(amounts) for term, amounts in others.items()}
    return Split(
        {name: fsum(amounts) for name, amounts in shares.items()},
        tuple(Component(term, amount) for term, amount in totals.items() if amount),
    )


def _gathered(
    line: Component, shares: dict[str, list[float]], others: dict[str, list[float]]
) -> bool:
    """Whether a position stands at or below a line; what stands beside one is gathered."""
    if line.rule is Rule.POSITION:
        shares[line.term].append(line.amount)
        return True
    found = [_gathered(part, shares, others) for part in line.parts]
    if not any(found):
        return False
    for part, is_position in zip(line.parts, found, strict=True):
        if not is_position:
            others[part.term].append(part.amount)
    return True
