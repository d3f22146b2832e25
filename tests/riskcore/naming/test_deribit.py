import csv
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Right, Spot, is_inverse
from riskcore.naming import deribit
from tests import strategies as some

CHAINS = "01_deribit_chain_snapshots_2026"
MARCH = datetime(2026, 3, 27, 8, tzinfo=UTC)
NAMED: dict[str, Instrument] = {
    "BTC-PERPETUAL": Perpetual("deribit", "BTC-PERPETUAL", "BTC", "USD", "BTC"),
    "ETH-27MAR26": Future("deribit", "ETH-27MAR26", "ETH", "USD", "ETH", MARCH),
    "BTC-3SEP21": Future(
        "deribit", "BTC-3SEP21", "BTC", "USD", "BTC", datetime(2021, 9, 3, 8, tzinfo=UTC)
    ),
    "BTC-27MAR26-60000-P": Option(
        "deribit", "BTC-27MAR26-60000-P", "BTC", "USD", "BTC", MARCH, 60_000.0, Right.PUT
    ),
    "SOL_USDC-PERPETUAL": Perpetual("deribit", "SOL_USDC-PERPETUAL", "SOL", "USDC", "USDC"),
    "BTC_USDC-27MAR26": Future("deribit", "BTC_USDC-27MAR26", "BTC", "USDC", "USDC", MARCH),
    "XRP_USDC-27MAR26-2d55-C": Option(
        "deribit", "XRP_USDC-27MAR26-2d55-C", "XRP", "USDC", "USDC", MARCH, 2.55, Right.CALL
    ),
    "BTC_USDC": Spot("deribit", "BTC_USDC", "BTC", "USDC"),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_name_says_the_terms(name: str) -> None:
    assert deribit.parse(name) == NAMED[name]
    assert deribit.spell(NAMED[name]) == name


@given(some.instruments())
def test_every_instrument_is_found_again_by_its_name(instrument: Instrument) -> None:
    assert deribit.parse(deribit.spell(instrument)) == instrument


def test_contracts_without_a_quote_currency_are_inverse() -> None:
    assert is_inverse(deribit.parse("BTC-PERPETUAL"))
    assert not is_inverse(deribit.parse("BTC_USDC-PERPETUAL"))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "BTC",
        "btc-perpetual",
        " BTC-PERPETUAL",
        "BTC-PERPETUAL\n",
        "BTC-27MAR26-60000",
        "BTC-27MAR26-60000-X",
        "BTC-27MAR26--60000-P",
        "BTC-27MAR2026-60000-P",
        "BTC-07MAR26",
        "BTC-27MRZ26",
        "BTC-30FEB26",
        "BTC-27MAR26-0-C",
        "BTC-27MAR26-6e4-C",
        "SOL-PERPETUAL",
        "BTC_XYZ-PERPETUAL",
        "BTC-USDT-SWAP",
    ],
)
def test_what_is_no_name_is_refused_with_the_name(name: str) -> None:
    with pytest.raises(InstrumentError) as refused:
        deribit.parse(name)
    assert name.strip() in str(refused.value)


@given(st.text(max_size=30))
def test_any_text_is_an_instrument_or_refused(text: str) -> None:
    try:
        found = deribit.parse(text)
    except InstrumentError:
        return
    assert deribit.spell(found) == text


@pytest.mark.parametrize(
    ("name", "lot"),
    [
        ("BTC-PERPETUAL", 10.0),
        ("ETH-27MAR26", 1.0),
        ("BTC-27MAR26-60000-P", 0.1),
        ("ETH-27MAR26-2000-P", 1.0),
        ("BTC_USDC-27MAR26", 0.0001),
        ("BTC_USDC-27MAR26-60000-P", 0.01),
        ("ETH_USDC-27MAR26-2000-P", 0.1),
        ("SOL_USDC-27MAR26-250-C", 10.0),
    ],
)
def test_lots_are_those_of_the_contract_specification(name: str, lot: float) -> None:
    assert deribit.lot(deribit.parse(name)) == lot


@pytest.mark.parametrize(
    ("name", "price", "tick"),
    [
        ("BTC-PERPETUAL", 70_000.0, 0.5),
        ("BTC-27MAR26", 70_000.0, 2.5),
        ("BTC-27MAR26-60000-P", 0.005, 0.0001),
        ("BTC-27MAR26-60000-P", 0.0051, 0.0005),
        ("BTC_USDC-27MAR26", 70_000.0, 2.5),
        ("BTC_USDC-27MAR26-60000-P", 1_000.0, 5.0),
        ("BTC_USDC-27MAR26-60000-P", 1_005.0, 20.0),
        ("ETH_USDC-27MAR26-2000-P", 50.0, 0.2),
        ("ETH_USDC-27MAR26-2000-P", 50.2, 1.0),
        ("SOL_USDC-27MAR26-250-C", 10.0, 0.1),
        ("BTC_USDC", 70_000.0, 0.01),
    ],
)
def test_ticks_are_those_of_the_contract_specification(
    name: str, price: float, tick: float
) -> None:
    assert deribit.tick(deribit.parse(name), price) == tick


@pytest.mark.shared
def test_every_recorded_option_and_future_is_spelled_as_it_was(shared_data: Path) -> None:
    options = 0
    for file in sorted((shared_data / CHAINS).glob("deribit_options_snapshot_*.csv.gz")):
        for row in _rows(file):
            options += 1
            found = deribit.parse(row["instrument_name"])
            assert isinstance(found, Option)
            assert deribit.spell(found) == row["instrument_name"]
            assert found.strike == float(row["strike"])
            assert found.right.value == row["option_type"]
            assert found.expiry.isoformat() == row["expiry_datetime"]
    assert options == 161_850
    futures = _rows(shared_data / CHAINS / "term_futures_marks.csv.gz")
    names = {row["futures_instrument_name"] for row in futures}
    assert {deribit.spell(deribit.parse(name)) for name in names} == names


@pytest.mark.shared
def test_lots_ticks_and_expiries_are_those_recorded_in_2026(shared_data: Path) -> None:
    recorded = _recorded_instruments(shared_data)
    assert len(recorded) == 4_732
    for terms in recorded:
        found = deribit.parse(terms["instrument_name"])
        assert deribit.lot(found) == float(terms["min_trade_amount"]), found.name
        assert deribit.tick(found, 0.0) == float(terms["tick_size"]), found.name
        for step in terms.get("tick_size_steps") or ():
            assert deribit.tick(found, step["above_price"]) == terms["tick_size"], found.name
            assert deribit.tick(found, step["above_price"] * 1.01) == step["tick_size"], found.name
        if isinstance(found, Option | Future):
            assert found.expiry.timestamp() * 1_000 == float(terms["expiration_timestamp"])


def _recorded_instruments(shared_data: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for file in sorted((shared_data / "03_deribit_full_tickers_2026-01").glob("*_raw.csv.gz")):
        found += _rows(file)
    messages = shared_data / "04_deribit_api_messages" / "maksm05_recorded_2026-05"
    for file in sorted(messages.glob("deribit_get_instruments_*.json.gz")):
        document = json.loads(gzip.decompress(file.read_bytes()))
        found += document["result"] if isinstance(document, dict) else document
    return found


def _rows(file: Path) -> list[dict[str, str]]:
    with gzip.open(file, "rt", newline="") as text:
        return list(csv.DictReader(text))
