import numpy as np
import pytest
from hypothesis import given

from riskcore.errors import InstrumentError
from riskcore.instruments import Option, Spot, is_inverse
from riskcore.universe import USD, Universe, universe
from tests import strategies as some
from tests.builders import NOON, instrument


@given(some.universes())
def test_columns_repeat_the_terms_of_their_rows(of: Universe) -> None:
    for row, each in enumerate(of.instruments):
        assert of.row(each) == row
        assert of.currencies[of.base[row]] == each.base
        assert of.currencies[of.quote[row]] == each.quote
        assert of.currencies[of.settlement[row]] == each.settlement
        assert of.is_option[row] == isinstance(each, Option)
        assert of.is_spot[row] == isinstance(each, Spot)
        assert of.is_inverse[row] == is_inverse(each)
        assert of.multiplier[row] == each.multiplier
        assert np.isnan(of.strike[row]) == (not isinstance(each, Option))
        if isinstance(each, Option):
            assert of.strike[row] == each.strike
            assert of.sign[row] == each.right.sign
            assert of.expiry[row] == each.expiry.timestamp()
    assert USD in of.currencies
    assert list(of.currencies) == sorted(set(of.currencies))


@given(some.universes())
def test_columns_cannot_be_written_to(of: Universe) -> None:
    with pytest.raises(ValueError, match="read-only"):
        of.strike[0] = 1.0


def test_an_instrument_given_twice_stands_once() -> None:
    btc = instrument("BTC-PERPETUAL")
    assert len(universe([btc, btc])) == 1
    with pytest.raises(InstrumentError, match="BTC-PERPETUAL stands twice"):
        Universe((btc, btc))


def test_an_instrument_that_is_not_here_is_named() -> None:
    with pytest.raises(InstrumentError, match="ETH-PERPETUAL is not quoted in this market"):
        universe([instrument("BTC-PERPETUAL")]).row(instrument("ETH-PERPETUAL"))


def test_time_to_expiry_is_in_years_of_365_days_and_never_negative() -> None:
    of = universe([instrument("BTC-5FEB27"), instrument("BTC-4FEB26"), instrument("BTC-PERPETUAL")])
    perpetual, past, future = of.tau(NOON.timestamp())
    assert np.isnan(perpetual)
    assert past == 0.0
    assert future == (365 - 4 / 24) / 365
