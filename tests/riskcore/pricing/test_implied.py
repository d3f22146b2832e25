import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from riskcore.errors import MarketError
from riskcore.pricing import black
from riskcore.pricing.implied import HIGHEST, LOWEST, implied_vol, require_vol
from tests import strategies as some
from tests.builders import instrument

CALL = instrument("BTC-27MAR26-70000-C")
LINEAR = instrument("BTC_USDC-27MAR26-70000-P")


@given(some.forwards, st.floats(0.5, 2.0), st.floats(0.01, 3), st.floats(0.05, 4), some.signs)
def test_gives_back_the_volatility_of_a_price(
    forward: float, moneyness: float, tau: float, vol: float, sign: float
) -> None:
    terms = [np.array([each]) for each in (forward, forward * moneyness, tau)]
    price = black.price(*terms, np.array([vol]), np.array([sign]))
    time_value = price[0] - max(sign * (forward - forward * moneyness), 0.0)
    assume(1e-6 < time_value / (forward * min(1.0, moneyness)) < 1 - 1e-6)
    found = implied_vol(price, *terms, np.array([sign]))
    assert found.vol[0] == pytest.approx(vol, rel=1e-8)


@given(some.forwards, some.moneyness, st.floats(1e-4, 5), st.floats(1e-3, 10), some.signs)
def test_whatever_is_found_gives_the_price_back(
    forward: float, moneyness: float, tau: float, vol: float, sign: float
) -> None:
    terms = [np.array([each]) for each in (forward, forward * moneyness, tau)]
    price = black.price(*terms, np.array([vol]), np.array([sign]))
    found = implied_vol(price, *terms, np.array([sign]))
    assume(not np.isnan(found.vol[0]))
    assert LOWEST <= found.vol[0] <= HIGHEST
    again = black.price(*terms, found.vol, np.array([sign]))
    assert again == pytest.approx(price, abs=1e-13 * (forward + forward * moneyness))


def test_a_price_outside_the_bracket_has_none() -> None:
    forward, strike, tau = (np.full(4, each) for each in (100.0, 90.0, 0.5))
    price = np.array([9.0, 10.0, 100.0, np.nan])  # below, at and above what can be; and no price
    found = implied_vol(price, forward, strike, tau, np.ones(4))
    assert np.isnan(found.vol).all()
    assert found.cheapest == pytest.approx(10.0)
    assert found.dearest == pytest.approx(100.0)


def test_an_expired_option_implies_none() -> None:
    one = np.ones(1)
    assert np.isnan(implied_vol(one, 100 * one, 100 * one, 0 * one, one).vol[0])
    with pytest.raises(MarketError, match="BTC-27MAR26-70000-C has expired"):
        require_vol(CALL, 0.05, 70_000.0, 0.0)


def test_a_quote_in_coins_and_one_in_dollars_imply_the_same() -> None:
    inverse = require_vol(CALL, 0.05, 70_000.0, 0.1)
    assert require_vol(LINEAR, 3_500.0, 70_000.0, 0.1) == pytest.approx(inverse, rel=1e-12)


@pytest.mark.parametrize("quote", [0.0, 1.2, float("nan")])
def test_a_refusal_names_the_option_and_the_prices_that_would_do(quote: float) -> None:
    with pytest.raises(MarketError) as refused:
        require_vol(CALL, quote, 70_000.0, 0.1)
    assert str(refused.value).startswith("BTC-27MAR26-70000-C: no volatility from 0.1% to 5,000%")
    assert "must lie between 0.000126" in str(refused.value)
    assert str(refused.value).endswith("and 1 BTC")
