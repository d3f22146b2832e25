"""What coins count as collateral, by published figures: flat, by quantity, by value, owed."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.margin.collateral import (
    counted,
    counted_by_quantity,
    counted_by_value,
    currency_value,
)

# OKX, token X, announcement of Apr 2025: units, and the rate of each slice.
UNITS, UNIT_RATES = (120e6, 200e6, 250e6), (0.85, 0.79, 0.76)
# Binance, cross margin, proof-of-solvency repository of 25 May 2026: USD of BTC.
USD, USD_RATES = (30e6, 50e6, 100e6, 200e6), (1.0, 0.98, 0.95, 0.90)
amounts = st.floats(-1e9, 1e9)
rates = st.floats(0, 1)


@pytest.mark.parametrize(
    ("amount", "price", "rate", "expected"),
    [
        (0.06, 40_000.0, 0.95, 2_280.0),  # Binance portfolio margin: BTC counts 95 %
        (-0.06, 40_000.0, 0.95, -2_400.0),  # min(E x P x rate, E x P): a debt counts whole
        (2.0, 60_000.0, 0.85, 102_000.0),  # Bybit: BTC 0.85 in the sample of Feb 2025
        (0.0, 60_000.0, 0.85, 0.0),
    ],
)
def test_flat_rate(amount: float, price: float, rate: float, expected: float) -> None:
    assert counted(amount, price, rate) == pytest.approx(expected)


def test_negative_equity_counts_whole_as_okx_prints_it() -> None:
    """OKX position builder, Jan 2025: -78,589.37 USDT at 0.99954 is -78,553.21889 USD."""
    for found in (
        counted(-78_589.37, 0.99954, 0.98),
        counted_by_quantity(-78_589.37, 0.99954, UNITS, UNIT_RATES),
        counted_by_value(-78_589.37, 0.99954, USD, USD_RATES),
    ):
        assert found == pytest.approx(-78_553.21889, abs=5e-6)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (100e6, 85e6),
        (120e6, 102e6),
        (220e6, 102e6 + 0.79 * 80e6 + 0.76 * 20e6),
        (300e6, 102e6 + 0.79 * 80e6 + 0.76 * 50e6),  # what lies beyond counts nothing
    ],
)
def test_slices_of_quantity(amount: float, expected: float) -> None:
    assert counted_by_quantity(amount, 1.0, UNITS, UNIT_RATES) == pytest.approx(expected)
    assert counted_by_quantity(amount, 3.0, UNITS, UNIT_RATES) == pytest.approx(3 * expected)


@pytest.mark.parametrize(
    ("coins", "expected"),
    [(200.0, 20e6), (400.0, 30e6 + 0.98 * 10e6), (800.0, 30e6 + 19.6e6 + 0.95 * 30e6)],
)
def test_slices_of_value(coins: float, expected: float) -> None:
    assert counted_by_value(coins, 100_000.0, USD, USD_RATES) == pytest.approx(expected)


@given(amounts, st.floats(0, 1e5), rates)
def test_a_haircut_never_adds(amount: float, price: float, rate: float) -> None:
    assert counted(amount, price, rate) <= amount * price
    one_slice = counted_by_quantity(amount, price, (inf,), (rate,))
    assert one_slice == pytest.approx(counted(amount, price, rate), rel=1e-9, abs=1e-6)


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_falling_rates_make_more_coins_worth_less_each(one: float, other: float) -> None:
    def worth(amount: float) -> float:
        return counted_by_quantity(amount, 1.0, UNITS, UNIT_RATES)

    assert worth(one + other) <= worth(one) + worth(other) + 1e-3


def test_line_of_a_currency_shows_what_the_haircut_takes_off() -> None:
    line = currency_value("BTC", 2_400.0, 2_280.0, "BTC at 95 %")
    assert line.amount == pytest.approx(2_280.0)
    assert [each.term for each in line.parts] == ["collateral_value", "currency_haircut"]
    assert line.parts[1].amount == pytest.approx(-120.0)
    assert line.parts[1].because == "BTC at 95 %"
    whole = currency_value("USDC", 100.0, 100.0)
    assert [each.term for each in whole.parts] == ["collateral_value"]
    assert whole.because == "USDC"
