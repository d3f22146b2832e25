"""Rates and leverage that depend on size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.margin.tiers import incremented, leverage

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
