"""BitMEX's names, both ways."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Perpetual
from riskcore.naming import bitmex, deribit


@pytest.mark.parametrize(
    ("name", "base", "settlement", "multiplier"),
    [("XBTUSD", "BTC", "BTC", 1.0), ("XBTUSDT", "BTC", "USDT", 1e-6),
     ("ETHUSDT", "ETH", "USDT", 1e-5)],
)  # fmt: skip
def test_perpetual(name: str, base: str, settlement: str, multiplier: float) -> None:
    found = bitmex.parse(name)
    assert isinstance(found, Perpetual)
    assert (found.base, found.settlement, found.multiplier) == (base, settlement, multiplier)


def test_future_expires_on_the_last_friday_at_noon() -> None:
    found = bitmex.parse("XBTZ26")
    assert isinstance(found, Future)
    assert found.expiry == datetime(2026, 12, 25, 12, tzinfo=UTC)
    assert found.settlement == "BTC"


@given(
    st.sampled_from(sorted(bitmex.CONTRACT)),
    st.sampled_from(("", *bitmex.MONTHS)),
    st.integers(20, 40),
)
def test_names_go_both_ways(coin: str, month: str, year: int) -> None:
    root = "XBT" if coin == "BTC" else coin
    names = [f"{root}USDT"] + ([f"{root}USDT{month}{year}"] if month else [])
    names += [f"XBT{month}{year}"] if month else ["XBTUSD"]
    for name in names:
        assert bitmex.spell(bitmex.parse(name)) == name


@pytest.mark.parametrize("name", ["ETHUSD", "XBT", "XBT-PERP", "PEPEUSDT", "XBTA26"])
def test_what_is_no_contract_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(InstrumentError, match=name):
        bitmex.parse(name)


@pytest.mark.parametrize(
    ("deribit_name", "name"),
    [("BTC-PERPETUAL", "XBTUSD"), ("BTC-27MAR26", "XBTH26"), ("ETH-PERPETUAL", "ETHUSDT"),
     ("BTC_USDC-PERPETUAL", "XBTUSDT")],
)  # fmt: skip
def test_nearest_contract(deribit_name: str, name: str) -> None:
    assert bitmex.equivalent(deribit.parse(deribit_name)).name == name


@pytest.mark.parametrize("name", ["BTC-27MAR26-60000-C", "BTC-13MAR26", "BTC_USDC"])
def test_what_it_lists_nothing_like_is_refused(name: str) -> None:
    with pytest.raises(InstrumentError):
        bitmex.equivalent(deribit.parse(name))
