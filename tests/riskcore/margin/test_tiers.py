"""Rates and leverage that depend on size."""

from itertools import accumulate
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.margin.tiers import deductions, incremented, leverage, marginal, row_of

TERMS = {"top": 25.0, "lowest": 4.0, "top_until": 0.03, "decay": 0.35, "largest": 885.0}
shapes = pytest.mark.parametrize("shape", ["linear", "power"])


def test_rate_grows_by_the_increment_for_every_coin() -> None:
    assert incremented(0.02, 0.00005, 25.0) == pytest.approx(0.02125)


@shapes
def test_leverage_is_the_top_one_up_to_the_edge(shape: str) -> None:
    assert leverage(0.0, shape=shape, **TERMS) == 25.0
    assert leverage(26.55, shape=shape, **TERMS) == 25.0
    assert leverage(26.56, shape=shape, **TERMS) < 25.0


def test_linear_shape_reaches_the_lowest_at_its_share_of_the_largest_position() -> None:
    assert leverage(0.35 * 885, shape="linear", **TERMS) == pytest.approx(4.0)
    middle = (0.03 + 0.35) / 2 * 885
    assert leverage(middle, shape="linear", **TERMS) == pytest.approx(14.5)
    assert leverage(2_000.0, shape="linear", **TERMS) == 4.0


def test_power_shape_decays_with_its_exponent() -> None:
    assert leverage(4 * 26.55, shape="power", **TERMS) == pytest.approx(25 * 0.25**0.35)
    assert leverage(1e9, shape="power", **TERMS) == 4.0


def test_linear_shape_without_width_falls_at_once() -> None:
    terms = TERMS | {"decay": 0.03}
    assert leverage(26.56, shape="linear", **terms) == 4.0


@shapes
@given(st.floats(0, 2_000), st.floats(0, 2_000))
def test_leverage_never_rises_with_size(shape: str, one: float, other: float) -> None:
    small, large = sorted((one, other))
    allowed = leverage(large, shape=shape, **TERMS)
    assert 4.0 <= allowed <= leverage(small, shape=shape, **TERMS) <= 25.0


# Hyperliquid, mainnet 2025: BTC 40x up to 150 M USD, then 20x; maintenance is half of 1 / leverage.
LOWER, RATES = (0.0, 150e6), (1 / 80, 1 / 40)


@pytest.mark.parametrize(
    ("notional", "margin"), [(1e6, 12_500.0), (150e6, 1_875_000.0), (200e6, 3_125_000.0)]
)
def test_margin_of_a_tier_less_its_deduction_is_as_hyperliquid_states(
    notional: float, margin: float
) -> None:
    row = row_of(notional, LOWER)
    assert notional * RATES[row] - deductions(LOWER, RATES)[row] == pytest.approx(margin)


def test_deduction_of_a_second_tier_is_the_jump_of_its_rate() -> None:
    assert deductions(LOWER, RATES) == pytest.approx((0.0, 150e6 / 80))
    assert deductions((0.0,), (0.1,)) == (0.0,)


@pytest.mark.parametrize(
    ("amount", "row"), [(0.0, 0), (-1.0, 0), (10.0, 0), (10.1, 1), (20.0, 1), (1e9, 2)]
)
def test_a_tier_begins_beyond_its_lower_end(amount: float, row: int) -> None:
    assert row_of(amount, (0.0, 10.0, 20.0)) == row


def test_each_slice_has_its_own_rate_and_the_rest_none() -> None:
    assert marginal(25.0, (10.0, 20.0), (0.1, 0.2)) == pytest.approx(3.0)
    assert marginal(15.0, (10.0, 20.0), (0.1, 0.2)) == pytest.approx(2.0)
    assert marginal(0.0, (10.0, 20.0), (0.1, 0.2)) == 0.0
    assert marginal(1e9, (10.0, inf), (0.0, 0.2)) == pytest.approx(0.2 * (1e9 - 10))


@given(st.floats(0, 1e4), st.lists(st.floats(1, 1e3), min_size=1, max_size=6), st.data())
def test_rate_less_deduction_is_the_sum_over_slices(
    amount: float, widths: list[float], data: st.DataObject
) -> None:
    lower = [0.0, *accumulate(widths)]
    rates = [data.draw(st.floats(0, 1)) for _ in lower]
    row = row_of(amount, lower)
    found = amount * rates[row] - deductions(lower, rates)[row]
    assert found == pytest.approx(marginal(amount, [*lower[1:], inf], rates), rel=1e-9, abs=1e-6)
