import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from riskcore.pricing import black
from tests import strategies as some
from tests.builders import golden

BOTH = np.array([+1.0, -1.0])  # call, put
CASES = golden("pricing/black")["case"]


def price(forward: float, strike: float, tau: float, vol: float) -> np.ndarray:
    """Call and put."""
    return black.price(*(np.array([each]) for each in (forward, strike, tau, vol)), BOTH)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["source"])
def test_agrees_with_published_values(case: dict[str, Any]) -> None:
    ours = case["discount"] * price(case["forward"], case["strike"], case["tau"], case["vol"])
    for value, right in zip(ours, ("call", "put"), strict=True):
        if right in case:
            assert value == pytest.approx(case[right], abs=case["printed_to"])


@given(some.forwards, some.moneyness, some.taus, some.vols)
def test_put_call_parity(forward: float, moneyness: float, tau: float, vol: float) -> None:
    strike = forward * moneyness
    call, put = price(forward, strike, tau, vol)
    assert call - put == pytest.approx(forward - strike, abs=1e-14 * (forward + strike))


@given(some.forwards, some.moneyness, some.taus, some.vols)
def test_value_lies_between_exercise_now_and_its_limit(
    forward: float, moneyness: float, tau: float, vol: float
) -> None:
    strike = forward * moneyness
    call, put = price(forward, strike, tau, vol)
    assert max(forward - strike, 0.0) <= call <= forward * (1 + 1e-14)
    assert max(strike - forward, 0.0) <= put <= strike * (1 + 1e-14)


@given(some.forwards, some.moneyness, some.taus, some.vols, st.floats(1.0, 2.0))
def test_value_rises_with_volatility_and_with_time(
    forward: float, moneyness: float, tau: float, vol: float, factor: float
) -> None:
    strike = forward * moneyness
    slack = 1e-14 * (forward + strike)
    now = price(forward, strike, tau, vol)
    assert (price(forward, strike, tau, vol * factor) >= now - slack).all()
    assert (price(forward, strike, tau * factor, vol) >= now - slack).all()


@given(some.forwards, some.moneyness, some.taus, some.vols, st.floats(1.0, 2.0))
def test_a_call_rises_and_a_put_falls_with_the_forward(
    forward: float, moneyness: float, tau: float, vol: float, factor: float
) -> None:
    strike = forward * moneyness
    slack = 1e-14 * (forward * factor + strike)
    call, put = price(forward, strike, tau, vol)
    dearer_call, cheaper_put = price(forward * factor, strike, tau, vol)
    assert dearer_call >= call - slack
    assert cheaper_put <= put + slack


@given(some.forwards, some.moneyness, some.taus, some.vols)
def test_no_strike_in_the_middle_is_dearer_than_its_neighbours_together(
    forward: float, moneyness: float, tau: float, vol: float
) -> None:
    strike = forward * moneyness
    low, middle, high = (price(forward, strike * x, tau, vol) for x in (0.9, 1.0, 1.1))
    assert (low + high - 2 * middle >= -1e-13 * (forward + strike)).all()


@pytest.mark.parametrize(("tau", "vol"), [(0.0, 0.6), (0.5, 0.0), (0.0, 0.0), (2e-313, 0.5)])
def test_what_cannot_move_is_worth_exercise_now_exactly(tau: float, vol: float) -> None:
    for forward in (50_000.0, 70_000.0, 70_000.000_001, 0.0):
        call, put = price(forward, 70_000.0, tau, vol)
        assert call == max(forward - 70_000.0, 0.0)
        assert put == max(70_000.0 - forward, 0.0)


def test_a_boundless_volatility_reaches_the_limit_and_no_more() -> None:
    call, put = price(60_000.0, 80_000.0, 1.0, 1e200)
    assert call == pytest.approx(60_000.0, rel=1e-14)
    assert put == pytest.approx(80_000.0, rel=1e-14)


def test_agrees_with_the_formula_written_out_to_1e_14() -> None:
    draw = np.random.default_rng(20260205)
    size = 200_000
    moneyness = np.exp(draw.uniform(-2.3, 2.3, size))
    vol = np.exp(draw.uniform(np.log(1e-4), np.log(3), size))
    sign = draw.choice(BOTH, size)
    d1 = np.log(1 / moneyness) / vol + vol / 2
    written_out = sign * (ndtr(sign * d1) - moneyness * ndtr(sign * (d1 - vol)))
    ours = black.price(np.ones(size), moneyness, np.ones(size), vol, sign)
    assert (np.abs(ours - written_out) / np.maximum(1, moneyness)).max() < 1e-14


def test_blocks_leave_no_seam() -> None:
    forward = np.linspace(1, 3, 3 * black.BLOCK + 17)
    ones = np.ones_like(forward)
    together = black.price(forward, ones, ones, ones, ones)
    one_by_one = [black.price(*([x] for x in (f, 1, 1, 1, 1)))[0] for f in forward[::97]]
    assert together[::97].tolist() == one_by_one


def test_columns_are_broadcast_against_rows() -> None:
    strike = np.array([[90.0], [110.0]])
    forward = np.array([[80.0, 100.0, 120.0]])
    value = black.price(forward, strike, np.array([[0.5]]), np.array([[0.4]]), np.array([[1.0]]))
    assert value.shape == (2, 3)
    assert value[1, 2] == price(120.0, 110.0, 0.5, 0.4)[0]


def test_no_options_have_no_values() -> None:
    nothing = np.empty(0)
    assert black.price(nothing, nothing, nothing, nothing, nothing).shape == (0,)


def test_pricing_starts_without_scipy() -> None:
    script = "import sys, riskcore.repricing; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
