"""Hyperliquid's names."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Right, Spot
from riskcore.naming import deribit, hyperliquid

NAMED: dict[str, Instrument] = {
    "BTC": Perpetual("hyperliquid", "BTC", "BTC", "USDC", "USDC"),
    "kPEPE": Perpetual("hyperliquid", "kPEPE", "kPEPE", "USDC", "USDC"),
    "xyz:NVDA": Perpetual("hyperliquid", "xyz:NVDA", "xyz:NVDA", "USDC", "USDC"),
    "HYPE/USDC": Spot("hyperliquid", "HYPE/USDC", "HYPE", "USDC"),
}
COINS = st.from_regex(r"\A(?:[a-z]{3}:)?k?[A-Z][A-Z0-9]{1,7}\Z")


@pytest.mark.parametrize("name", NAMED)
def test_a_name_says_the_terms(name: str) -> None:
    assert hyperliquid.parse(name) == NAMED[name]
    assert hyperliquid.spell(NAMED[name]) == name


@given(COINS, st.sampled_from([None, "USDC", "USDH"]))
def test_every_instrument_is_found_again_by_its_name(coin: str, quote: str | None) -> None:
    name = coin if quote is None else f"{coin}/{quote}"
    found = hyperliquid.parse(name)
    assert hyperliquid.spell(found) == name
    assert found.base == coin


@pytest.mark.parametrize("name", ["", "btc", "BTC-PERP", "BTC-27MAR26", " BTC", "BTC\n", "/USDC"])
def test_what_is_no_name_is_refused_with_the_name(name: str) -> None:
    with pytest.raises(InstrumentError) as refused:
        hyperliquid.parse(name)
    assert repr(name) in str(refused.value)


def test_nearest_is_the_perpetual_of_the_coin() -> None:
    for name in ("BTC-PERPETUAL", "BTC_USDC-PERPETUAL", "BTC-27MAR26"):
        assert hyperliquid.equivalent(deribit.parse(name)) == NAMED["BTC"]
    thousand = Perpetual("bybit", "1000PEPEUSDT", "1000PEPE", "USDT", "USDT")
    assert hyperliquid.equivalent(thousand) == NAMED["kPEPE"]


def test_what_is_not_listed_is_refused_with_the_reason() -> None:
    with pytest.raises(InstrumentError, match="Hyperliquid lists no options"):
        hyperliquid.equivalent(deribit.parse("BTC-27MAR26-60000-C"))
    with pytest.raises(InstrumentError, match="keeps BTC as a balance"):
        hyperliquid.equivalent(deribit.parse("BTC_USDC"))


def test_lots_and_ticks() -> None:
    bitcoin, hype = hyperliquid.parse("BTC"), hyperliquid.parse("HYPE")
    assert hyperliquid.lot(bitcoin) == pytest.approx(1e-5)
    assert hyperliquid.lot(hyperliquid.parse("NEW")) == 1
    assert hyperliquid.tick(bitcoin, 70_000.0) == pytest.approx(1.0)
    assert hyperliquid.tick(bitcoin, 170_000.0) == pytest.approx(1.0)
    assert hyperliquid.tick(hype, 40.0) == pytest.approx(0.001)
    assert hyperliquid.tick(hype, 0.1) == pytest.approx(0.0001)


def test_terms_of_another_kind_are_not_confused() -> None:
    expiry = datetime(2026, 3, 27, 8, tzinfo=UTC)
    dated = Future("deribit", "ETH-27MAR26", "ETH", "USD", "ETH", expiry)
    assert hyperliquid.equivalent(dated).name == "ETH"
    option = Option("x", "x", "ETH", "USD", "ETH", expiry, 1.0, Right.PUT)
    with pytest.raises(InstrumentError):
        hyperliquid.equivalent(option)
