"""A requirement's tree computed again from what stands below each line, by the line's rule."""

from collections.abc import Iterator
from math import fsum, isclose

from riskcore.margin.requirement import Component, Requirement, Rule

CLOSE = {"rel_tol": 1e-9, "abs_tol": 1e-9}


def every_line(tree: Component) -> Iterator[Component]:
    """The lines of a tree, those only considered as well."""
    yield tree
    for part in (*tree.parts, *tree.considered):
        yield from every_line(part)


def amount(line: Component) -> float:
    """The amount that a line's rule makes of the lines below it."""
    if not line.parts:
        return line.amount
    below = [amount(part) for part in line.parts]
    if line.rule is Rule.SCALED:
        base, change = below
        factor = float(line.parts[1].because.split(" × ")[0])
        assert isclose(change, (factor - 1) * base, **CLOSE), line.term
    if line.rule in (Rule.LARGER_OF, Rule.SMALLER_OF):
        assert len(below) == 1
    return fsum(below)


def check(requirement: Requirement) -> None:
    """Every line of every tree is what its rule says, and every instrument line is a leaf."""
    trees = [requirement.equity, requirement.maintenance]
    trees += [requirement.initial] if requirement.initial is not None else []
    for tree in trees:
        for line in every_line(tree):
            assert isclose(line.amount, amount(line), **CLOSE), line.term
            lost = [each.amount for each in line.considered]
            if line.rule is Rule.SMALLER_OF:
                assert all(line.amount <= each for each in lost), line.term
            else:
                assert all(line.amount >= each - 1e-9 * abs(each) for each in lost), line.term
            if line.rule is Rule.POSITION:
                assert not line.parts, line.term
            if line.rule is Rule.WORST:
                assert all(each.rule in (Rule.POSITION, Rule.AMOUNT) for each in line.parts)
