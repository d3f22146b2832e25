from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.pricing import black, greeks
from tests import strategies as some
from tests.builders import golden

BOTH = np.array([+1.0, -1.0])  # call, put
CASES = golden("pricing/greeks")["case"]
alive = st.floats(0.01, 3.0)  # years
moving = st.floats(0.05, 3.0)  # volatility


def terms(*values: float) -> tuple[np.ndarray, ...]:
    return tuple(np.full(2, value) for value in values)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["source"])
def test_agrees_with_published_values(case: dict[str, Any]) -> None:
    growth = np.exp(case["rate"] * case["tau"])
    at = terms(case["spot"] * growth, case["strike"], case["tau"], case["vol"])
    ours = {
        "delta": greeks.delta(*at, BOTH)[0],
        "gamma": greeks.gamma(*at)[0] * growth,
        "vega": greeks.vega(*at)[0] / growth,
    }
    for name, value in ours.items():
        assert value == pytest.approx(case[name], abs=case[f"{name}_printed_to"])


@given(some.forwards, st.floats(0.5, 2.0), alive, moving)
def test_each_is_a_slope_of_the_price(
    forward: float, moneyness: float, tau: float, vol: float
) -> None:
    strike = forward * moneyness
    at = terms(forward, strike, tau, vol)
    step = 1e-4 * forward
    up, down = (
        black.price(*terms(forward + side * step, strike, tau, vol), BOTH) for side in (1, -1)
    )
    middle = black.price(*at, BOTH)
    size = 1 / (vol * np.sqrt(tau)) + 1
    assert greeks.delta(*at, BOTH) == pytest.approx((up - down) / (2 * step), abs=1e-6 * size**2)
    gamma = (up - 2 * middle + down) / step**2
    assert greeks.gamma(*at) * forward == pytest.approx(
        gamma * forward, rel=1e-3, abs=1e-4 * size**3
    )
    up, down = (
        black.price(*terms(forward, strike, tau, vol + side * 1e-5), BOTH) for side in (1, -1)
    )
    vega = (up - down) / 2e-5
    assert greeks.vega(*at) / forward == pytest.approx(vega / forward, abs=1e-6 * size)


@given(some.forwards, some.moneyness, some.taus, some.vols)
def test_delta_of_a_call_and_a_put_differ_by_one(
    forward: float, moneyness: float, tau: float, vol: float
) -> None:
    call, put = greeks.delta(*terms(forward, forward * moneyness, tau, vol), BOTH)
    assert call - put == pytest.approx(1.0, abs=1e-14)


@given(some.forwards, some.moneyness, some.taus, some.vols)
def test_a_day_never_takes_more_than_the_whole_value(
    forward: float, moneyness: float, tau: float, vol: float
) -> None:
    at = terms(forward, forward * moneyness, tau, vol)
    lost = -greeks.theta(*at, BOTH) / greeks.DAYS
    assert (lost >= 0).all()
    rounding = 1 + 4e-16  # theta is a year's: times 365, and divided again here
    assert (lost <= black.price(*at, BOTH) * rounding).all()


def test_theta_is_the_decay_of_a_day_when_there_is_time() -> None:
    at = terms(70_000.0, 72_000.0, 0.25, 0.6)
    later = terms(70_000.0, 72_000.0, 0.25 - 1e-6, 0.6)
    slope = (black.price(*later, BOTH) - black.price(*at, BOTH)) / 1e-6
    assert greeks.theta(*at, BOTH) == pytest.approx(slope, rel=1e-4)


def test_on_the_last_day_theta_counts_the_remaining_life() -> None:
    at = terms(70_000.0, 70_000.0, 0.25 / 365, 0.6)
    plain = 70_000 * 0.6 / (2 * np.sqrt(0.25 / 365)) / np.sqrt(2 * np.pi)
    assert -greeks.theta(*at, BOTH) == pytest.approx(0.25 * plain, rel=1e-3)


@pytest.mark.parametrize(("tau", "vol"), [(0.0, 0.6), (0.5, 0.0)])
def test_what_cannot_move_has_only_a_delta(tau: float, vol: float) -> None:
    for forward, call, put in ((80.0, 1.0, 0.0), (60.0, 0.0, -1.0)):
        at = terms(forward, 70.0, tau, vol)
        assert greeks.delta(*at, BOTH).tolist() == [call, put]
        assert greeks.gamma(*at).tolist() == [0.0, 0.0]
        assert greeks.vega(*at).tolist() == [0.0, 0.0]
        assert greeks.theta(*at, BOTH).tolist() == [0.0, 0.0]
