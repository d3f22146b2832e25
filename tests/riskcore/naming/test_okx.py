"""OKX's names, both ways."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Option, Perpetual, Right, Spot
from riskcore.naming import deribit, okx

days = st.dates(datetime(2020, 1, 1).date(), datetime(2039, 12, 31).date())  # noqa: DTZ001
pairs = st.sampled_from(["BTC-USD", "ETH-USD", "BTC-USDT", "LTC-USDT", "BTC-USDC", "DOGE-USDT"])


@st.composite
def names(draw: st.DrawFn) -> str:
    pair, day = draw(pairs), f"{draw(days):%y%m%d}"
    strike = draw(st.integers(1, 200_000))
    option = f"{draw(st.sampled_from(['BTC-USD', 'ETH-USD']))}-{day}-{strike}"
    return draw(
        st.sampled_from([pair, f"{pair}-SWAP", f"{pair}-{day}", f"{option}-C", f"{option}-P"])
    )


@given(names())
def test_names_come_back(name: str) -> None:
    assert okx.spell(okx.parse(name)) == name


def test_each_kind() -> None:
    at = datetime(2026, 12, 25, 8, tzinfo=UTC)
    assert okx.parse("BTC-USDT") == Spot("okx", "BTC-USDT", "BTC", "USDT")
    linear = okx.parse("BTC-USDT-SWAP")
    assert linear == Perpetual("okx", "BTC-USDT-SWAP", "BTC", "USDT", "USDT", 0.01)
    inverse = okx.parse("ETH-USD-261225")
    assert inverse == Future("okx", "ETH-USD-261225", "ETH", "USD", "ETH", at, 10.0)
    name = "BTC-USD-261225-60000-P"
    option = okx.parse(name)
    assert option == Option("okx", name, "BTC", "USD", "BTC", at, 60_000.0, Right.PUT, 0.01)
    assert okx.parse("BTC-USD-SWAP").multiplier == 100
    assert okx.parse("LTC-USDT-SWAP").multiplier == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("BTC-PERPETUAL", "is not an OKX instrument name"),
        ("btc-usdt-swap", "is not an OKX instrument name"),
        ("BTC-EUR-SWAP", "is quoted in 'EUR'; OKX uses USD, USDT, USDC"),
        ("BTC-USDT-261225-60000-C", "OKX lists no options like"),
        ("LTC-USD-261225-60-C", "OKX lists no options like"),
        ("NEWCOIN-USDT-SWAP", "the contract size of NEWCOIN-USDT at OKX is not known"),
        ("BTC-USD-260230", "expires on a day that does not exist"),
    ],
)
def test_what_is_no_name_is_refused(name: str, said: str) -> None:
    with pytest.raises(InstrumentError, match=said):
        okx.parse(name)


@pytest.mark.parametrize(
    ("other", "mine"),
    [
        ("BTC-PERPETUAL", "BTC-USD-SWAP"),
        ("BTC-25DEC26", "BTC-USD-261225"),
        ("BTC-25DEC26-60000-P", "BTC-USD-261225-60000-P"),
        ("BTC_USDC-25DEC26-60000-P", "BTC-USD-261225-60000-P"),
        ("ETH_USDC-PERPETUAL", "ETH-USDC-SWAP"),
        ("SOL_USDC-PERPETUAL", "SOL-USDT-SWAP"),
    ],
)
def test_nearest_to_a_contract_of_deribit(other: str, mine: str) -> None:
    assert okx.equivalent(deribit.parse(other)).name == mine


def test_nothing_is_near_to_spot_and_to_options_on_other_coins() -> None:
    with pytest.raises(InstrumentError, match="OKX keeps BTC as a balance"):
        okx.equivalent(deribit.parse("BTC_USDC"))
    with pytest.raises(InstrumentError, match="OKX lists no options on SOL"):
        okx.equivalent(deribit.parse("SOL_USDC-25DEC26-90-C"))


def test_lots_and_ticks() -> None:
    assert okx.lot(okx.parse("BTC-USDT-SWAP")) == 0.01
    assert okx.lot(okx.parse("BTC-USD-SWAP")) == 1
    assert okx.lot(okx.parse("BTC-USDT")) == 1e-8
    option = okx.parse("BTC-USD-261225-60000-P")
    assert (okx.tick(option, 0.004), okx.tick(option, 0.02)) == (0.0001, 0.0005)
    assert okx.tick(okx.parse("BTC-USDT-SWAP"), 7e4) == 0.1


@pytest.mark.shared
def test_recorded_instruments_have_the_contract_sizes_known_here(shared_data: Path) -> None:
    folder = shared_data / "05_okx_api_messages"
    (path,) = folder.glob("cryptofeed_recording_*/OKX.0.*.gz")
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    replies = [json.loads(each[each.index('{"code"') :]) for each in lines if '{"code"' in each]
    seen = 0
    for row in (row for reply in replies for row in reply["data"]):
        if row["instType"] not in ("SWAP", "FUTURES"):
            continue
        try:
            instrument = okx.parse(row["instId"])
        except InstrumentError:
            continue  # a coin without a contract size here
        assert instrument.multiplier == float(row["ctVal"]), row["instId"]
        assert instrument.settlement == row["settleCcy"]
        if row["expTime"]:
            assert isinstance(instrument, Future)
            assert instrument.expiry.timestamp() * 1e3 == float(row["expTime"])
        seen += 1
    assert seen > 200
