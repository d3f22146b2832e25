"""What is typed above a column."""

import pytest

from ui.desktop.models.cells import Cell
from ui.desktop.models.filters import parse
from ui.desktop.typed import TypedError


@pytest.mark.parametrize(
    ("text", "value", "matches"),
    [
        (">0", 1.0, True),
        (">0", 0.0, False),
        (">=0", 0.0, True),
        ("<-1k", -1_500.0, True),
        ("= 5", 5.0, True),
        ("-5..5", -5.0, True),
        ("-5..5", 5.1, False),
        (">0", None, False),
    ],
)
def test_comparisons_look_at_the_value(text: str, value: float | None, matches: bool) -> None:
    wanted = parse(text)
    assert wanted is not None
    assert wanted(Cell("shown", value=value)) is matches


@pytest.mark.parametrize(
    ("text", "matches"), [("btc*-p", True), ("feb 60000", True), ("eth", False), ("btc?27*", True)]
)
def test_words_and_wildcards_look_at_the_text(text: str, matches: bool) -> None:
    wanted = parse(text)
    assert wanted is not None
    assert wanted(Cell("BTC-27FEB26-60000-P")) is matches


def test_nothing_typed_filters_nothing() -> None:
    assert parse("  ") is None


def test_a_comparison_with_no_number_is_refused() -> None:
    with pytest.raises(TypedError, match="is not a number to compare with"):
        parse(">abc")
