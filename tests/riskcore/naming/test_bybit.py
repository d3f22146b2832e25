"""Bybit's names."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Right, Spot
from riskcore.naming import bybit, deribit

MARCH = datetime(2026, 3, 27, 8, tzinfo=UTC)
NAMED: dict[str, Instrument] = {
    "BTCUSDT": Perpetual("bybit", "BTCUSDT", "BTC", "USDT", "USDT"),
    "1000PEPEUSDT": Perpetual("bybit", "1000PEPEUSDT", "1000PEPE", "USDT", "USDT"),
    "ETHPERP": Perpetual("bybit", "ETHPERP", "ETH", "USDC", "USDC"),
    "BTCUSD": Perpetual("bybit", "BTCUSD", "BTC", "USD", "BTC"),
    "BTCUSDH26": Future("bybit", "BTCUSDH26", "BTC", "USD", "BTC", MARCH),
    "BTCUSDT-03JUL26": Future(
        "bybit", "BTCUSDT-03JUL26", "BTC", "USDT", "USDT", datetime(2026, 7, 3, 8, tzinfo=UTC)
    ),
    "BTC-27MAR26": Future("bybit", "BTC-27MAR26", "BTC", "USDC", "USDC", MARCH),
    "BTC-6JAN23-17500-C": Option(
        "bybit",
        "BTC-6JAN23-17500-C",
        "BTC",
        "USDC",
        "USDC",
        datetime(2023, 1, 6, 8, tzinfo=UTC),
        17_500.0,
        Right.CALL,
    ),
    "MNT-27MAR26-0.56-P-USDT": Option(
        "bybit", "MNT-27MAR26-0.56-P-USDT", "MNT", "USDT", "USDT", MARCH, 0.56, Right.PUT
    ),
    "BTC/USDT": Spot("bybit", "BTC/USDT", "BTC", "USDT"),
}
DAYS = st.dates(date(2021, 1, 1), date(2098, 12, 31)).map(
    lambda each: datetime(each.year, each.month, each.day, 8, tzinfo=UTC)
)
COINS = st.sampled_from(["BTC", "ETH", "SOL", "1000PEPE", "A", "XUSD", "ZZ9"])


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    """A linear contract or an option of any coin."""
    base, cash = draw(COINS), draw(st.sampled_from(["USDT", "USDC"]))
    kind = draw(st.sampled_from(["perpetual", "inverse", "future", "option"]))
    terms = ("bybit", "", base, cash, cash)
    made: Instrument
    if kind == "perpetual":
        made = Perpetual(*terms)
    elif kind == "inverse":
        made = Perpetual("bybit", "", base, "USD", base)
    elif kind == "future":
        made = Future(*terms, draw(DAYS))
    else:
        strike = draw(st.floats(0.01, 1e6).map(lambda each: round(each, 4)))
        made = Option(*terms, draw(DAYS), strike, draw(st.sampled_from(list(Right))))
    return bybit.parse(bybit.spell(made))


@pytest.mark.parametrize("name", NAMED)
def test_a_name_says_the_terms(name: str) -> None:
    assert bybit.parse(name) == NAMED[name]
    assert bybit.spell(NAMED[name]) == name


@given(instruments())
def test_every_instrument_is_found_again_by_its_name(instrument: Instrument) -> None:
    assert bybit.parse(bybit.spell(instrument)) == instrument
    assert bybit.equivalent(NAMED["BTCUSDT"]) == NAMED["BTCUSDT"]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "btcusdt",
        "BTCUSDT ",
        "BTCUSDC",
        "BTCUSDT-3JUL26",
        "BTC-06JAN23-17500-C",
        "BTC-30FEB26-1-C",
        "BTC-27MRZ26-1-C",
        "BTC-27MAR26-60000-X",
        "BTCUSDX26",
        "BTC-27MAR26-60000.0-C",
    ],
)
def test_what_is_no_name_is_refused_with_the_name(name: str) -> None:
    with pytest.raises(InstrumentError) as refused:
        bybit.parse(name)
    assert repr(name) in str(refused.value)


@pytest.mark.parametrize(
    ("other", "own"),
    [
        ("BTC-PERPETUAL", "BTCUSD"),
        ("BTC_USDC-PERPETUAL", "BTCPERP"),
        ("XRP_USDC-PERPETUAL", "XRPUSDT"),
        ("BTC-27MAR26", "BTCUSDH26"),
        ("BTC-27FEB26", "BTCUSDT-27FEB26"),
        ("BTC_USDC-27FEB26", "BTC-27FEB26"),
        ("BTC-27MAR26-60000-P", "BTC-27MAR26-60000-P-USDT"),
    ],
)
def test_nearest_contract(other: str, own: str) -> None:
    assert bybit.equivalent(deribit.parse(other)).name == own


def test_a_thousand_of_a_coin_is_one_contract_of_bybit() -> None:
    thousand = Perpetual("hyperliquid", "kPEPE", "kPEPE", "USDC", "USDC")
    assert bybit.equivalent(thousand).name == "1000PEPEUSDT"


def test_what_is_not_listed_is_refused_with_the_reason() -> None:
    with pytest.raises(InstrumentError, match="lists no options on PAXG"):
        bybit.equivalent(deribit.parse("PAXG_USDC-27MAR26-4000-C"))
    with pytest.raises(InstrumentError, match="keeps BTC as a balance"):
        bybit.equivalent(deribit.parse("BTC_USDC"))


def test_lots_and_ticks() -> None:
    assert bybit.lot(NAMED["BTCUSDT"]) == 0.001
    assert bybit.lot(NAMED["BTCUSD"]) == 1
    assert bybit.lot(bybit.parse("BTC-27MAR26-70000-P-USDT")) == 0.01
    assert bybit.tick(bybit.parse("BTC-27MAR26-70000-P-USDT"), 100.0) == 5
    assert bybit.tick(NAMED["BTCUSDT"], 70_000.0) == 0.1


@pytest.mark.shared
def test_recorded_names_are_spelt_as_the_venue_spells_them(shared_data: Path) -> None:
    pattern = re.compile(r'"(?:symbol|symbols)": ?"([A-Z0-9][A-Z0-9.-]+)"')
    names = {
        name
        for path in (shared_data / "06_bybit_api_messages").rglob("*.json")
        for name in pattern.findall(path.read_text("utf-8"))
        if name.startswith(("BTC", "ETH", "SOL", "XRP"))
    }
    assert len(names) > 15
    for name in names:
        assert bybit.spell(bybit.parse(name)) == name
