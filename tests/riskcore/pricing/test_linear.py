from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.pricing import linear
from riskcore.universe import universe
from tests import builders

PAYOFFS = builders.golden("pricing/payoffs")


def value(price: float, multiplier: float, inverse: bool) -> float:
    return float(linear.value(np.array(price), np.array(multiplier), np.array(inverse)))


@pytest.mark.parametrize("case", PAYOFFS["future"], ids=lambda case: case["source"])
def test_profit_of_a_future_is_what_was_published(case: dict[str, Any]) -> None:
    of = universe([builders.instrument(case["name"])])
    values = linear.value(np.array([case["entry"], case["exit"]]), of.multiplier, of.is_inverse)
    profit = case["quantity"] * (values[1] - values[0])
    assert profit == pytest.approx(case["profit"], abs=case["printed_to"])


@pytest.mark.parametrize("case", PAYOFFS["size"], ids=lambda case: case["source"])
def test_size_of_an_inverse_contract_in_coins_uses_its_own_mark(case: dict[str, Any]) -> None:
    of = universe([builders.instrument(case["name"])])
    coins = case["quantity"] * linear.delta(np.array([case["mark"]]), of.multiplier, of.is_inverse)
    assert coins[0] == pytest.approx(case["coins"], abs=case["printed_to"])


@given(st.floats(100, 1e6), st.floats(0.1, 10))
def test_an_inverse_contract_gains_in_dollars_what_a_linear_one_of_its_coins_gains(
    entry: float, move: float
) -> None:
    leave = entry * move
    coins = value(leave, 1.0, True) - value(entry, 1.0, True)
    dollars = value(leave, 1 / entry, False) - value(entry, 1 / entry, False)
    assert coins * leave == pytest.approx(dollars, rel=1e-9, abs=1e-9)


@given(st.floats(100, 1e6))
def test_delta_in_dollars_of_an_inverse_contract_is_its_notional(mark: float) -> None:
    coins = linear.delta(np.array(mark), np.array(10.0), np.array(True))
    assert coins * mark == pytest.approx(10.0, rel=1e-14)
