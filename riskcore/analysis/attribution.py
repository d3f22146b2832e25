"""Whose margin it is: the requirement split by position."""

from collections import defaultdict
from math import fsum

from riskcore.margin.requirement import Component, Rule


def euler(tree: Component) -> dict[str, float]:
    """The Euler share of each instrument in a requirement, by name, in its currency.

    In the chosen scenario and under the chosen alternatives every step of a requirement is linear
    in the positions, so each leaf that names an instrument is its share. With `others` the shares
    add up to the requirement.
    """
    leaves = defaultdict(list)
    for line in tree.walk():
        if line.rule is Rule.POSITION:
            leaves[line.term].append(line.amount)
    return {name: fsum(amounts) for name, amounts in leaves.items()}


def others(tree: Component) -> tuple[Component, ...]:
    """What of a requirement is no position's: collateral, orders, add-ons, rounding, each once.

    A line without a position anywhere below it stands for everything under it.
    """
    amounts: dict[str, list[float]] = defaultdict(list)
    for part in tree.parts or (tree,):
        _gather(part, amounts)
    totals = {term: fsum(each) for term, each in amounts.items()}
    return tuple(Component(term, amount) for term, amount in totals.items() if amount)


def _gather(line: Component, amounts: dict[str, list[float]]) -> None:
    if line.rule is Rule.POSITION:
        return
    if all(each.rule is not Rule.POSITION for each in line.walk()):
        amounts[line.term].append(line.amount)
        return
    for part in line.parts:
        _gather(part, amounts)
