from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Right, is_inverse, sort_key
from tests import strategies as some
from tests.builders import instrument

EXPIRY = datetime(2026, 3, 27, 8, tzinfo=UTC)


def option(strike: float = 70_000.0, expiry: datetime = EXPIRY, multiplier: float = 1.0) -> Option:
    return Option("deribit", "O", "BTC", "USD", "BTC", expiry, strike, Right.CALL, multiplier)


@pytest.mark.parametrize("strike", [0.0, -1.0, float("nan"), float("inf")])
def test_a_strike_is_a_positive_number(strike: float) -> None:
    with pytest.raises(InstrumentError, match=r"its strike .* is not a positive number"):
        option(strike=strike)


@pytest.mark.parametrize("multiplier", [0.0, -1.0, float("nan"), float("inf")])
def test_a_multiplier_is_a_positive_number(multiplier: float) -> None:
    with pytest.raises(InstrumentError, match="its multiplier"):
        option(multiplier=multiplier)
    with pytest.raises(InstrumentError, match="its multiplier"):
        Perpetual("deribit", "P", "BTC", "USD", "BTC", multiplier)
    with pytest.raises(InstrumentError, match="its multiplier"):
        Future("deribit", "F", "BTC", "USD", "BTC", EXPIRY, multiplier)


@pytest.mark.parametrize(
    "expiry", [EXPIRY.replace(tzinfo=None), EXPIRY.astimezone(timezone(timedelta(hours=1)))]
)
def test_an_expiry_is_in_utc(expiry: datetime) -> None:
    with pytest.raises(InstrumentError, match="is not in UTC"):
        option(expiry=expiry)
    with pytest.raises(InstrumentError, match="is not in UTC"):
        Future("deribit", "F", "BTC", "USD", "BTC", expiry)


def test_a_contract_is_inverse_when_it_settles_in_its_own_coin() -> None:
    assert is_inverse(instrument("ETH-27MAR26-2000-C"))
    assert not is_inverse(instrument("ETH_USDC-27MAR26-2000-C"))
    assert not is_inverse(instrument("ETH_USDC"))


def test_a_right_knows_its_sign() -> None:
    assert (Right.CALL.sign, Right.PUT.sign) == (1.0, -1.0)


@given(st.lists(some.instruments(), min_size=2))
def test_reading_order_is_the_same_wherever_one_starts(found: list[Instrument]) -> None:
    backwards = found[::-1]
    assert sorted(found, key=sort_key) == sorted(backwards, key=sort_key)


def test_a_book_reads_by_coin_then_expiry_then_strike() -> None:
    names = [
        "BTC-PERPETUAL",
        "BTC-27FEB26",
        "BTC-27FEB26-60000-C",
        "BTC-27FEB26-60000-P",
        "BTC-27FEB26-70000-C",
        "BTC-27MAR26-50000-C",
        "ETH-PERPETUAL",
    ]
    shuffled = sorted(map(instrument, sorted(names)), key=sort_key)
    assert [each.name for each in shuffled] == names
