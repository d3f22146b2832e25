"""Expected shortfall and value at risk of a sample of losses."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from riskcore.margin.venues.house.tail import figures, tail

TEN = np.arange(1.0, 11.0)  # losses of 1 ... 10
samples = arrays(np.float64, 40, elements=st.floats(-1e6, 1e6))
confidences = st.floats(0.5, 0.97)


@pytest.mark.parametrize(
    ("confidence", "measure", "expected"),
    [
        (0.8, "expected_shortfall", (10 + 9) / 2),
        (0.75, "expected_shortfall", (10 + 9 + 0.5 * 8) / 2.5),
        (0.9, "expected_shortfall", 10.0),
        (0.8, "value_at_risk", 8.0),
        (0.75, "value_at_risk", 8.0),
        (0.9, "value_at_risk", 9.0),
    ],
)
def test_figure_by_hand(confidence: float, measure: str, expected: float) -> None:
    assert float(figures(TEN, confidence, measure)) == pytest.approx(expected)
    rows, shares = tail(TEN, confidence, measure)
    assert float(TEN[rows] @ shares) == pytest.approx(expected)
    assert shares.sum() == pytest.approx(1.0)


def test_first_row_of_the_tail_is_the_worst() -> None:
    rows, _ = tail(np.array([3.0, -1.0, 9.0, 5.0]), 0.5, "expected_shortfall")
    assert rows.tolist() == [2, 3]


@given(samples, samples, confidences)
def test_expected_shortfall_is_subadditive(one: Any, other: Any, confidence: float) -> None:
    def shortfall(losses: Any) -> float:
        return float(figures(losses, confidence, "expected_shortfall"))

    assert shortfall(one + other) <= shortfall(one) + shortfall(other) + 1e-6


@given(samples, confidences, st.floats(0, 1e3))
@pytest.mark.parametrize("measure", ["expected_shortfall", "value_at_risk"])
def test_figure_scales_with_the_losses(
    measure: str, one: Any, confidence: float, factor: float
) -> None:
    scaled = float(figures(factor * one, confidence, measure))
    assert scaled == pytest.approx(
        factor * float(figures(one, confidence, measure)), rel=1e-9, abs=1e-3
    )


@given(samples, confidences)
def test_value_at_risk_is_never_above_the_expected_shortfall(one: Any, confidence: float) -> None:
    at_risk = float(figures(one, confidence, "value_at_risk"))
    assert at_risk <= float(figures(one, confidence, "expected_shortfall")) + 1e-6


def test_counter_example_value_at_risk_of_two_books_exceeds_the_sum() -> None:
    """Each loses on four days of a hundred, not the same ones: at 95 % alone nothing, both 100."""
    one, other = np.zeros(100), np.zeros(100)
    one[:4] = 100.0
    other[50:54] = 100.0

    def at_risk(losses: Any) -> float:
        return float(figures(losses, 0.95, "value_at_risk"))

    assert at_risk(one) == at_risk(other) == 0.0
    assert at_risk(one + other) == 100.0


@given(arrays(np.float64, (5, 40), elements=st.floats(-1e6, 1e6)), confidences)
def test_parts_of_positions_add_up(profits: Any, confidence: float) -> None:
    losses = -profits.sum(axis=0)
    rows, shares = tail(losses, confidence, "expected_shortfall")
    parts = -profits[:, rows] @ shares
    whole = float(figures(losses, confidence, "expected_shortfall"))
    assert parts.sum() == pytest.approx(whole, rel=1e-9, abs=1e-3)
