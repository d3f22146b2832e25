import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from riskcore.pricing import normal
from tests.builders import golden

TABLE = golden("pricing/normal")
POINTS = np.linspace(-45, 45, 90_001)


@pytest.mark.parametrize(("x", "probability"), TABLE["probability"].items())
def test_agrees_with_the_printed_table(x: str, probability: float) -> None:
    ours = normal.cumulative(np.array([float(x)]))[0]
    assert ours == pytest.approx(probability, abs=2 * TABLE["printed_to"])


def test_probability_agrees_with_the_error_function_to_the_last_digits() -> None:
    truth = np.array([0.5 * math.erfc(-x / math.sqrt(2)) for x in POINTS])
    assert np.abs(normal.cumulative(POINTS) - truth).max() < 1e-15
    assert np.abs(normal.cumulative(POINTS) - ndtr(POINTS)).max() < 1e-15


def test_far_tails_keep_their_size() -> None:
    near = POINTS[(POINTS < -1) & (POINTS > -30)]
    assert normal.cumulative(near) == pytest.approx(ndtr(near), rel=2e-4)
    assert normal.cumulative(near[near > -7]) == pytest.approx(ndtr(near[near > -7]), rel=1e-11)


def test_probability_never_falls() -> None:
    assert (np.diff(normal.cumulative(POINTS)) >= 0).all()


@given(st.floats(-60, 60))
def test_both_tails_add_up_to_one(x: float) -> None:
    below, above = normal.cumulative(np.array([x, -x]))
    assert below + above == pytest.approx(1.0, abs=1e-15)


def test_half_lies_on_each_side_exactly() -> None:
    assert normal.cumulative(np.zeros(1))[0] == 0.5


def test_infinities_are_certain() -> None:
    assert normal.cumulative(np.array([-np.inf, np.inf])).tolist() == [0.0, 1.0]
    assert normal.density(np.array([-np.inf, np.inf])).tolist() == [0.0, 0.0]


def test_density_is_the_slope_of_the_probability() -> None:
    x, step = np.linspace(-6, 6, 1_001), 1e-5
    slope = (normal.cumulative(x + step) - normal.cumulative(x - step)) / (2 * step)
    assert normal.density(x) == pytest.approx(slope, abs=1e-9)
