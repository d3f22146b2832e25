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
    """What of a requirement is no position's: orders, add-ons, rounding, each term once."""
    amounts = defaultdict(list)
    for line in tree.walk():
        if not line.parts and line.rule is not Rule.POSITION:
            amounts[line.term].append(line.amount)
    totals = {term: fsum(each) for term, each in amounts.items()}
    return tuple(Component(term, amount) for term, amount in totals.items() if amount)
