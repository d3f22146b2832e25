"""Volatility from a venue's surface, against the published cases."""

from datetime import UTC, datetime
from math import exp, log, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import MarketError
from riskcore.oracles import Surface
from riskcore.pricing import svi
from tests.builders import golden

EXPIRY = datetime(2026, 3, 27, 8, tzinfo=UTC)
CASES = golden("pricing/svi")["case"]
CURVED = Surface("derive", "BTC", EXPIRY, 0.01, 0.01, -0.04, 0.03, 0.05, 2_000.0, 0.03)


def surface(case: dict[str, Any]) -> Surface:
    shape = [case[key] for key in ("a", "b", "rho", "m", "sigma", "fwd", "tau")]
    return Surface("derive", "BTC", EXPIRY, *shape)


def at(found: Surface, strike: float, forward: float = 1.0, tau: float = 1.0) -> float:
    return float(svi.vol(found, np.array([strike]), forward, tau)[0])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_published_case(case: dict[str, Any]) -> None:
    assert at(surface(case), case["strike"]) == pytest.approx(case["vol"], abs=case["within"])


@pytest.mark.parametrize("case", [each for each in CASES if "k" in each], ids=lambda c: c["name"])
def test_beyond_the_wings_volatility_is_that_of_their_end(case: dict[str, Any]) -> None:
    end = case["fwd"] * exp(case["k"])
    assert at(surface(case), case["strike"]) == pytest.approx(at(surface(case), end), abs=2e-6)
    assert abs(case["k"]) == pytest.approx(
        4 * sqrt(case["a"] + case["b"] * case["sigma"]), abs=1e-6
    )


def test_forward_and_time_of_the_market_count_where_the_surface_has_none() -> None:
    bare = Surface("derive", "BTC", EXPIRY, 0.01, 0.01, -0.04, 0.03, 0.05)
    assert at(bare, 2_100.0, 2_000.0, 0.03) == pytest.approx(at(CURVED, 2_100.0))
    assert at(CURVED, 2_100.0, 9.0, 9.0) == at(CURVED, 2_100.0)


def test_an_expiry_that_has_come_counts_as_one_second() -> None:
    bare = Surface("derive", "BTC", EXPIRY, 0.01, 0.01, -0.04, 0.03, 0.05)
    assert at(bare, 2_000.0, 2_000.0, 0.0) > 100


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((-0.1, 0.01, 0.0, 0.0, 0.05), "negative variance: a . b sigma is"),
        ((0.0001, 0.01, -1.5, 0.0, 0.001), "negative variance at a strike"),
    ],
)
def test_a_negative_variance_is_refused(shape: tuple[float, ...], said: str) -> None:
    with pytest.raises(MarketError, match=said):
        at(Surface("derive", "BTC", EXPIRY, *shape), 1.04)


def test_a_surface_without_a_forward_is_refused_by_name() -> None:
    bare = Surface("derive", "BTC", EXPIRY, 0.01, 0.01, -0.04, 0.03, 0.05)
    with pytest.raises(MarketError, match="the derive surface of BTC 27 Mar 2026 has no forward"):
        at(bare, 2_000.0, 0.0)


@given(st.lists(st.floats(100.0, 50_000.0), min_size=1, max_size=20))
def test_many_strikes_are_each_what_one_is(strikes: list[float]) -> None:
    together = svi.vol(CURVED, np.array(strikes), 1.0, 1.0)
    assert together.tolist() == pytest.approx([at(CURVED, each) for each in strikes], rel=1e-12)


@given(st.floats(1_000.0, 4_000.0))
def test_variance_is_the_printed_formula(strike: float) -> None:
    wing = 4 * sqrt(0.01 + 0.01 * 0.05)
    k = min(max(log(strike / 2_000.0), -wing), wing)
    w = 0.01 + 0.01 * (-0.04 * (k - 0.03) + sqrt((k - 0.03) ** 2 + 0.05**2))
    assert at(CURVED, strike) == pytest.approx(sqrt(w / 0.03), rel=1e-12)


def test_total_variance_is_capped_at_144() -> None:
    flat = Surface("derive", "BTC", EXPIRY, 150.0, 0.0, 0.0, 0.0, 0.05, 2_000.0, 0.25)
    assert at(flat, 2_000.0) == pytest.approx(12 / 0.5)
