"""What a person types is understood or refused in a sentence."""

import pytest

from riskcore.errors import InstrumentError, MarketError, Refusal
from tests.builders import market
from ui.desktop import typed
from ui.desktop.typed import TypedError

MARKET = market("BTC-PERPETUAL", "BTC-27FEB26-60000-P")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-120", -120.0),
        ("+5", 5.0),
        (".5", 0.5),
        ("1,250,000", 1_250_000.0),
        ("1 250 000", 1_250_000.0),
        ("−0.5", -0.5),
        ("1.25m", 1_250_000.0),
        ("120k", 120_000.0),
        ("1e-3", 0.001),
        ("\u00a012\u00a0500\u00a0", 12_500.0),
    ],
)
def test_numbers_are_read_as_desks_write_them(text: str, value: float) -> None:
    assert typed.number(text) == value


@pytest.mark.parametrize(
    "text", ["", "abc", "1,5", "1.250.000", "12,50", "--3", "1 2", "nan", "inf", "5%"]
)
def test_what_could_mean_two_numbers_or_none_is_refused(text: str) -> None:
    with pytest.raises(TypedError, match="is not a number"):
        typed.number(text)


def test_a_decimal_comma_is_told_to_be_a_point() -> None:
    with pytest.raises(TypedError, match="use a point for decimals"):
        typed.number("1,5")


def test_a_position_is_a_name_a_quantity_and_perhaps_a_price() -> None:
    position = typed.position("btc-27feb26-60000-p -10 0.0418", "deribit", MARKET)
    assert (position.instrument.name, position.quantity) == ("BTC-27FEB26-60000-P", -10)
    assert position.entry_price == 0.0418
    assert typed.position("+60 BTC-PERPETUAL", "deribit", MARKET).quantity == 60


def test_a_position_of_a_hedged_account_names_its_side() -> None:
    short = typed.position("short BTC-PERPETUAL 10", "deribit", MARKET)
    assert (short.quantity, short.side) == (-10, "short")
    assert typed.position("BTC-PERPETUAL 10 long", "deribit", MARKET).side == "long"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("BTC-PERPETUAL", "write a quantity after BTC-PERPETUAL"),
        ("BTC-PERPETUAL many", "“many” is not a quantity"),
        ("BTC-PERPETUAL 1 2 3", "write a quantity"),
        ("100", "name an instrument first"),
        ("BTC-PERPETUAL 10 -5", "is negative"),
        ("DOGE 5", "Deribit lists no instrument"),
    ],
)
def test_a_line_that_is_no_position_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        typed.position(text, "deribit", MARKET)


def test_an_instrument_without_a_mark_is_refused_with_its_nearest_name() -> None:
    with pytest.raises(MarketError, match=r"not quoted.*nearest name is BTC-27FEB26-60000-P"):
        typed.position("BTC-27FEB26-60500-P 1", "deribit", MARKET)


def test_the_nearest_name_of_an_option_is_the_nearest_strike() -> None:
    listed = market("BTC-27FEB26-60000-P", "BTC-27FEB26-61000-P", "BTC-27FEB26-96000-P")
    with pytest.raises(MarketError, match="nearest name is BTC-27FEB26-61000-P"):
        typed.position("BTC-27FEB26-60999-P 1", "deribit", listed)


def test_an_order_has_a_side_or_a_sign() -> None:
    bought = typed.order("buy BTC-PERPETUAL 10,000 60,000", "deribit", MARKET)
    sold = typed.order("BTC-PERPETUAL -10k @ 60000 reduce", "deribit", MARKET)
    assert (bought.quantity, bought.price, bought.reduce_only) == (10_000, 60_000, False)
    assert (sold.quantity, sold.price, sold.reduce_only) == (-10_000, 60_000, True)
    with pytest.raises(TypedError, match="write side, instrument, quantity and price"):
        typed.order("buy BTC-PERPETUAL 10", "deribit", MARKET)
    with pytest.raises(InstrumentError):
        typed.order("buy 10 20", "deribit", MARKET)


def test_a_balance_is_a_known_currency_and_up_to_three_amounts() -> None:
    currency, balance = typed.balance("usdc 250,000 0 1000", ("BTC", "USDC"))
    assert (currency, balance.amount, balance.locked) == ("USDC", 250_000, 1_000)
    with pytest.raises(TypedError, match="DOGE has no price"):
        typed.balance("DOGE 5", ("BTC",))
    with pytest.raises(TypedError, match=r"e\.g\. BTC 12\.5"):
        typed.balance("BTC", ("BTC",))
