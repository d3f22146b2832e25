import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Right, Spot, is_inverse
from riskcore.naming import binance, deribit, okx

FOLDER = "07_binance_api_and_tiers"
DAY = datetime(2026, 12, 25, 8, tzinfo=UTC)
NAMED: dict[str, Instrument] = {
    "BTCUSDT": Perpetual("binance", "BTCUSDT", "BTC", "USDT", "USDT"),
    "ETHUSDC": Perpetual("binance", "ETHUSDC", "ETH", "USDC", "USDC"),
    "1000SHIBUSDT": Perpetual("binance", "1000SHIBUSDT", "1000SHIB", "USDT", "USDT"),
    "BTCUSDT_261225": Future("binance", "BTCUSDT_261225", "BTC", "USDT", "USDT", DAY),
    "BTCUSD_PERP": Perpetual("binance", "BTCUSD_PERP", "BTC", "USD", "BTC", 100.0),
    "ETHUSD_PERP": Perpetual("binance", "ETHUSD_PERP", "ETH", "USD", "ETH", 10.0),
    "ETHUSD_261225": Future("binance", "ETHUSD_261225", "ETH", "USD", "ETH", DAY, 10.0),
    "BTC-261225-60000-C": Option(
        "binance", "BTC-261225-60000-C", "BTC", "USDT", "USDT", DAY, 60_000.0, Right.CALL
    ),
    "XRP-261225-0.086-P": Option(
        "binance", "XRP-261225-0.086-P", "XRP", "USDT", "USDT", DAY, 0.086, Right.PUT
    ),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_name_says_the_terms(name: str) -> None:
    assert binance.parse(name) == NAMED[name]
    assert binance.spell(NAMED[name]) == name


@given(st.text(max_size=24))
def test_any_text_is_a_contract_or_refused(text: str) -> None:
    try:
        found = binance.parse(text)
    except InstrumentError:
        return
    assert binance.spell(found) == text


@given(
    st.from_regex(r"[A-Z0-9]{2,8}", fullmatch=True),
    st.dates(datetime(2020, 1, 1).date(), datetime(2049, 1, 1).date()),  # noqa: DTZ001
    st.integers(1, 10**7),
    st.sampled_from("CP"),
)
def test_names_go_both_ways(coin: str, day: object, strike: int, right: str) -> None:
    written = f"{day:%y%m%d}"
    price = f"{strike / 1000:.3f}".rstrip("0").rstrip(".")
    names = [f"{coin}USDT", f"{coin}USDC_{written}", f"{coin}USD_PERP", f"{coin}USD_{written}"]
    for name in (*names, f"{coin}-{written}-{price}-{right}"):
        if coin in ("USDT", "USDC"):
            continue
        found = binance.parse(name)
        assert (found.base, binance.spell(found)) == (coin, name)


@pytest.mark.parametrize(
    "name",
    ["", "BTC", "btcusdt", "BTCBUSD", "BTCUSDT_26122", "BTCUSD", "BTCUSDT_261325", "USDTUSDT",
     "BTC-261225-060000-C", "BTC-261225-60000-X", "BTC-261225-0-C", "BTC-PERPETUAL"],
)  # fmt: skip
def test_what_is_no_name_is_refused_with_the_name(name: str) -> None:
    with pytest.raises(InstrumentError) as refused:
        binance.parse(name)
    assert name in str(refused.value)


def test_coin_margined_contracts_are_inverse() -> None:
    assert is_inverse(binance.parse("BTCUSD_PERP"))
    assert not is_inverse(binance.parse("BTCUSDT"))


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("BTC-PERPETUAL", "BTCUSD_PERP"),
        ("SOL_USDC-PERPETUAL", "SOLUSDC"),
        ("BTC-25DEC26", "BTCUSD_261225"),
        ("BTC_USDC-25DEC26", "BTCUSDT_261225"),
        ("BTC-25DEC26-60000-P", "BTC-261225-60000-P"),
        ("ETH_USDC-25DEC26-2000-C", "ETH-261225-2000-C"),
    ],
)
def test_nearest_contract(source: str, name: str) -> None:
    assert binance.equivalent(deribit.parse(source)).name == name


def test_nearest_contract_of_one_in_usdt() -> None:
    assert binance.equivalent(okx.parse("BTC-USDT-SWAP")).name == "BTCUSDT"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (Spot("okx", "BTC-USDT", "BTC", "USDT"), "keeps BTC as a balance"),
        (Perpetual("okx", "SHIB-USDT-SWAP", "SHIB", "USDT", "USDT"), "lists SHIB by the thousand"),
    ],
)
def test_what_has_no_equivalent_says_why(source: Instrument, said: str) -> None:
    with pytest.raises(InstrumentError, match=said):
        binance.equivalent(source)


def test_lots_and_ticks() -> None:
    assert binance.lot(binance.parse("BTCUSDT")) == 0.001
    assert binance.lot(binance.parse("BTCUSD_PERP")) == 1.0
    assert binance.lot(binance.parse("BTC-261225-60000-C")) == 0.01
    assert binance.tick(binance.parse("ETHUSDT"), 2_000.0) == 0.01
    assert binance.tick(binance.parse("BTC-261225-60000-C"), 900.0) == 0.01


@pytest.mark.shared
def test_recorded_contracts_have_the_terms_their_names_say(shared_data: Path) -> None:
    checked = 0
    for file in ("BINANCE_FUTURES.0.gz", "BINANCE_DELIVERY.0.gz"):
        path = shared_data / FOLDER / "cryptofeed_recording_2021-07" / file
        text = gzip.decompress(path.read_bytes()).decode()
        place = text.index('"symbols":') + len('"symbols":')
        symbols, _ = json.JSONDecoder().raw_decode(text[place:])
        for row in symbols:
            if row["quoteAsset"] not in ("USDT", "USD") or row["contractType"] == "":
                continue
            if not row["symbol"].startswith(row["baseAsset"]):
                continue  # indices such as DEFIUSDT have a base of their own
            found = binance.parse(row["symbol"])
            assert found.base == row["baseAsset"]
            assert found.settlement == row["marginAsset"]
            if "contractSize" in row:
                assert found.multiplier == row["contractSize"]
            if isinstance(found, Future):
                assert found.expiry.timestamp() * 1000 == row["deliveryDate"]
            checked += 1
    assert checked > 100


@pytest.mark.parametrize(
    ("wallet", "deribit_name", "name"),
    [
        ("usdm", "BTC-PERPETUAL", "BTCUSDT"),
        ("usdm", "BTC-27MAR26", "BTCUSDT_260327"),
        ("portfolio", "BTC-PERPETUAL", "BTCUSD_PERP"),
        ("options", "BTC-27MAR26-60000-C", "BTC-260327-60000-C"),
    ],
)
def test_a_wallet_holds_its_own_contracts(wallet: str, deribit_name: str, name: str) -> None:
    assert binance.in_wallet(wallet, deribit.parse(deribit_name)).name == name


@pytest.mark.parametrize(
    ("wallet", "name", "reason"),
    [
        ("usdm", "BTC-27MAR26-60000-C", "USD-M wallet holds no options"),
        ("options", "BTC-PERPETUAL", "options wallet holds options only"),
        ("usdm", "BTC_USDC", "as a balance"),
    ],
)
def test_a_wallet_refuses_what_it_cannot_hold(wallet: str, name: str, reason: str) -> None:
    with pytest.raises(InstrumentError, match=reason):
        binance.in_wallet(wallet, deribit.parse(name))
