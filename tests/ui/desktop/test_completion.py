"""Names are offered while one is typed."""

from ui.desktop.completion import matches

NAMES = ("BTC-PERPETUAL", "BTC-27FEB26-60000-P", "ETH-PERPETUAL", "BTC_USDC-PERPETUAL")


def test_names_that_begin_with_the_text_come_before_those_that_contain_it() -> None:
    assert matches("btc", ("XBTC", *NAMES))[-1] == "XBTC"
    assert matches("perp", NAMES) == ["BTC-PERPETUAL", "ETH-PERPETUAL", "BTC_USDC-PERPETUAL"]


def test_nothing_typed_offers_nothing() -> None:
    assert matches("", NAMES) == []
