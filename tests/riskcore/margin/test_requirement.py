"""A requirement that carries its own addition."""

from math import inf

import pytest

from riskcore.margin.requirement import (
    Component,
    Requirement,
    Rule,
    Trigger,
    larger_of,
    scaled,
    total,
    usage,
)

A, B = Component("a", 2.0), Component("b", 3.0)


def test_line_is_the_sum_of_its_parts() -> None:
    line = total("sum", A, B, because="both")
    assert line.amount == 5.0
    assert line.rule is Rule.SUM
    assert [each.term for each in line.walk()] == ["sum", "a", "b"]


def test_line_that_is_not_the_sum_of_its_parts_cannot_be_built() -> None:
    with pytest.raises(AssertionError, match=r"sum: 6\.0 is not the sum 5\.0 of its parts"):
        Component("sum", 6.0, Rule.SUM, parts=(A, B))


def test_larger_alternative_is_the_only_part_and_the_other_was_considered() -> None:
    line = larger_of("larger", A, B)
    assert (line.amount, line.parts, line.considered) == (3.0, (B,), (A,))


def test_tied_alternatives_go_to_the_first() -> None:
    other = Component("c", 2.0)
    assert larger_of("larger", A, other).parts == (A,)


def test_considered_lines_are_not_walked() -> None:
    assert [each.term for each in larger_of("larger", A, B).walk()] == ["larger", "b"]


def test_factor_is_shown_as_a_base_and_a_signed_change() -> None:
    line = scaled("scaled", B, 0.8, name="factor")
    assert line.amount == pytest.approx(2.4)
    assert [(each.term, each.amount) for each in line.parts] == [
        ("b", 3.0),
        ("factor", pytest.approx(-0.6)),
    ]


@pytest.mark.parametrize(
    ("required", "equity", "expected"),
    [(0.0, 0.0, 0.0), (0.0, -1.0, 0.0), (1.0, 4.0, 0.25), (1.0, 0.0, inf), (1.0, -1.0, inf)],
)
def test_usage_is_infinite_without_equity(required: float, equity: float, expected: float) -> None:
    assert usage(required, equity) == expected


@pytest.mark.parametrize(
    ("figure", "above", "reached"),
    [(0.99, True, False), (1.0, True, True), (1.0, False, True), (1.01, False, False)],
)
def test_trigger_acts_at_its_level(figure: float, *, above: bool, reached: bool) -> None:
    assert Trigger("usage", figure, 1.0, above).reached is reached


def requirement(initial: Component | None) -> Requirement:
    equity = Component("equity", 10.0)
    return Requirement("USD", "USD", equity, initial, A, Trigger("usage", 0.2, 1.0), "exact")


def test_headline_is_initial_margin_or_maintenance_margin_without_one() -> None:
    assert requirement(B).headline is B
    assert requirement(None).headline is A
    assert requirement(B).excess == 7.0
    assert requirement(B).initial_usage == 0.3
    assert requirement(None).initial_usage is None
    assert requirement(B).maintenance_usage == 0.2
