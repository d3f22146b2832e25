"""A replay plays what was recorded, in order, and refuses what it cannot vouch for."""

import gzip
import json
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskcore.errors import MarketError, Refusal
from riskcore.naming import deribit
from storage.errors import StorageError
from storage.feeds.replay import open_replay
from storage.files.book_files import write_book
from tests.builders import account, market

SHARED = Path(__file__).parents[3].parent / "shared" / "data"
CHAINS = SHARED / "01_deribit_chain_snapshots_2026"
TICKERS = SHARED / "03_deribit_full_tickers_2026-01"
SUMMARIES = SHARED / "04_deribit_api_messages" / "maksm05_recorded_2026-05"
recorded = pytest.mark.skipif(not CHAINS.is_dir(), reason="the recorded markets are not here")

HEADER = (
    "timestamp,instrument_name,underlying,implied_volatility,mark_price,bid_price,ask_price,"
    "open_interest,currency,index_price\n"
)
STAMP = "2026-02-05T15:51:32.535650+00:00"
ROWS = (
    f"{STAMP},BTC-27FEB26-60000-P,67952.5,0.7694,0.0267,0.026,0.027,12,BTC,67900\n"
    f"{STAMP},BTC-27FEB26-70000-C,67952.5,0.6,0.03,,0.031,0,BTC,68000\n"
    f"{STAMP},ETH-27FEB26-2000-P,1970,0.8,0.05,0.049,0.051,3,ETH,1965\n"
)
PERPETUALS = (
    "snapshot_timestamp_ms,instrument_name,perp_futures_mark_price,candle_price_gap_seconds\n"
    "1770306692535,BTC-PERPETUAL,67951.0,27.465\n"
)
DATED = (
    "snapshot_timestamp_ms,futures_instrument_name,snapshot_term_mark_price,term_mark_price_final\n"
    "1770306692535,BTC-27FEB26,67960.0,99999\n"
)


def chain(folder, rows=ROWS, name="chain.csv", header=HEADER):
    path = folder / name
    path.write_text(header + rows)
    return path


def price(snapshot, name, column="mark"):
    return getattr(snapshot, column)[snapshot.universe.row(deribit.parse(name))]


def test_a_chain_is_told_by_its_content_and_joined_with_its_futures(tmp_path):
    path = chain(tmp_path)
    (tmp_path / "perpetual_futures_prices.csv").write_text(PERPETUALS)
    (tmp_path / "term_futures_marks.csv.gz").write_bytes(gzip.compress(DATED.encode()))
    replay = open_replay(path)
    assert (replay.name, replay.kind) == ("Snapshot 5 Feb 2026 15:51", "snapshot")
    snapshot = replay.snapshot(0)
    assert snapshot.as_of == replay.instants[0] == datetime(2026, 2, 5, 15, 51, 32, 535650, UTC)
    assert dict(snapshot.index) == {"BTC": 67_950, "ETH": 1965, "USDC": 1, "USD": 1}
    assert price(snapshot, "BTC-PERPETUAL") == 67_951
    assert price(snapshot, "BTC-27FEB26") == 67_960
    assert price(snapshot, "BTC-27FEB26-60000-P", "vol") == 0.7694
    assert price(snapshot, "BTC-27FEB26-60000-P", "forward") == 67_952.5
    assert np.isnan(price(snapshot, "BTC-27FEB26-70000-C", "bid"))
    assert snapshot.ages()[snapshot.universe.row(deribit.parse("BTC-PERPETUAL"))] == pytest.approx(
        27.465
    )
    assert snapshot.notes == (
        "perpetual marks are ends of 1-minute candles, up to 58 s off",
        "USDC counts as 1 USD: the recording has no index of it",
    )
    assert not replay.synthetic


def test_usdc_is_one_only_by_the_switch(tmp_path):
    path = chain(tmp_path)
    assert "USDC" not in open_replay(path, usdc=None).snapshot(0).index
    assert open_replay(path, usdc=0.998).snapshot(0).usd("USDC") == 0.998


def test_a_chain_without_futures_refuses_a_book_that_holds_one(tmp_path):
    snapshot = open_replay(chain(tmp_path)).snapshot(0)
    with pytest.raises(MarketError, match="BTC-PERPETUAL has no mark price in this market: no pri"):
        snapshot.restricted([deribit.parse("BTC-PERPETUAL")])
    with pytest.raises(MarketError, match=r"90000-C has no mark price in this market$"):
        snapshot.restricted([deribit.parse("BTC-27FEB26-90000-C")])


def test_expired_options_are_left_out(tmp_path):
    rows = ROWS + f"{STAMP},BTC-5FEB26-60000-P,67952.5,0.7,0.0001,,,0,BTC,67950\n"
    names = {each.name for each in open_replay(chain(tmp_path, rows)).snapshot(0).universe.rows}
    assert "BTC-5FEB26-60000-P" not in names
    assert len(names) == 3
    with pytest.raises(MarketError, match="expired at 05 Feb 2026 08:00 UTC, before this market"):
        open_replay(chain(tmp_path, rows)).snapshot(0).row(deribit.parse("BTC-5FEB26-60000-P"))


def test_steps_play_in_order_and_share_a_universe_while_it_is_equal(tmp_path):
    for day in (7, 5, 6):
        chain(tmp_path, ROWS.replace("02-05", f"02-{day:02d}"), f"{9 - day}.csv")
    less = ROWS.replace("02-05", "02-08").splitlines(keepends=True)
    chain(tmp_path, "".join(less[:2]), "0.csv")
    (tmp_path / "notes.txt").write_text("nothing of the kind")
    replay = open_replay(tmp_path)
    assert [moment.day for moment in replay.instants] == [5, 6, 7, 8]
    assert (replay.name, replay.kind) == ("Replay 5 Feb 2026 – 8 Feb 2026", "replay")
    first, second, fourth = (replay.snapshot(step) for step in (0, 1, 3))
    assert first.universe is second.universe
    assert len(fourth.universe) == 2
    assert replay.skipped == ("notes.txt: its first line is no header of a recording",)
    with pytest.raises(MarketError, match="has steps 0 to 3, not 4"):
        replay.snapshot(4)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("0.7694", "-0.7694", "line 2: implied_volatility is '-0.7694'"),
        ("0.7694", "nan", "line 2: implied_volatility is 'nan'"),
        ("0.7694", "", "line 2: implied_volatility is empty"),
        ("0.0267", "x", "line 2: mark_price is 'x'"),
        ("BTC-27FEB26-70000-C", "BTC-27FEB26-60000-P", "line 3: BTC-27FEB26-60000-P stands twice"),
        ("BTC-27FEB26-70000-C", "DOGE", "line 3: Deribit lists no instrument 'DOGE'"),
        ("BTC-27FEB26-70000-C", "BTC-PERPETUAL", "line 3: BTC-PERPETUAL is not an option"),
        (",0.031,", ",0.031,9,", "line 3: it has 11 cells where the header has 10"),
        (f"{STAMP},ETH", "2026-02-06T00:00:00Z,ETH", "line 4: its timestamp"),
    ],
)
def test_a_malformed_row_is_refused_by_file_and_line(tmp_path, old, new, says):
    assert old in ROWS
    replay = open_replay(chain(tmp_path, ROWS.replace(old, new, 1)))
    with pytest.raises(StorageError, match=r"^chain\.csv, ") as refused:
        replay.snapshot(0)
    assert says in str(refused.value)


def test_a_chain_without_an_instant_is_refused_when_opened(tmp_path):
    with pytest.raises(StorageError, match=r"chain\.csv, line 2: 'noon' is not an instant"):
        open_replay(chain(tmp_path, ROWS.replace(STAMP, "noon")))
    with pytest.raises(StorageError, match="line 2: a row with a timestamp is expected"):
        open_replay(chain(tmp_path, ""))


def test_nothing_to_play_is_refused_with_what_would_be(tmp_path):
    with pytest.raises(StorageError, match="holds nothing to play; readable are option chains"):
        open_replay(tmp_path)
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    with pytest.raises(StorageError, match=r"a\.csv: its first line is no header"):
        open_replay(tmp_path / "a.csv")
    with pytest.raises(StorageError, match="cannot be read: No such file"):
        open_replay(tmp_path / "b.csv")


def test_the_market_of_a_book_file_plays(tmp_path):
    path = tmp_path / "book.json"
    write_book(path, (account(),), market("BTC-PERPETUAL"))
    replay = open_replay(path)
    assert replay.name == "Snapshot 5 Feb 2026 12:00"
    assert price(replay.snapshot(0), "BTC-PERPETUAL") == 70_000
    write_book(path, (account(),))
    with pytest.raises(StorageError, match="this book has no market"):
        open_replay(path)


SUMMARY = {
    "instrument_name": "BTC-27FEB26-60000-P",
    "creation_timestamp": 1770306692000,
    "mark_price": 0.0267,
    "mark_iv": 76.94,
    "underlying_price": 67952.5,
    "bid_price": None,
    "ask_price": 0.027,
    "estimated_delivery_price": 67900.0,
}
FUTURE = {
    "instrument_name": "BTC-PERPETUAL",
    "creation_timestamp": 1770306693000,
    "mark_price": 67951.0,
    "funding_8h": -0.0001,
    "estimated_delivery_price": 67902.0,
}


def summary(folder, name, *rows):
    path = folder / name
    path.write_text(json.dumps({"jsonrpc": "2.0", "result": rows}))
    return path


def test_summaries_of_one_moment_are_one_step(tmp_path):
    summary(tmp_path, "options.json", SUMMARY, SUMMARY | {"instrument_name": "BTC-FS-27FEB26_PERP"})
    summary(tmp_path, "futures.json", FUTURE)
    summary(tmp_path, "later.json", FUTURE | {"creation_timestamp": 1770306694000})
    replay = open_replay(tmp_path)
    assert len(replay) == 2
    snapshot = replay.snapshot(0)
    assert snapshot.as_of == datetime(2026, 2, 5, 15, 51, 33, tzinfo=UTC)
    assert snapshot.usd("BTC") == 67_901
    assert price(snapshot, "BTC-27FEB26-60000-P", "vol") == pytest.approx(0.7694)
    assert price(snapshot, "BTC-PERPETUAL", "funding_8h") == -0.0001
    assert np.isnan(price(snapshot, "BTC-PERPETUAL", "forward"))
    assert "1 combinations or unknown instruments were left out" in snapshot.notes


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"mark_price": "high"}, r"options\.json: .*result\[0\]\.mark_price"),
        ({"mark_iv": -1.0}, r"options\.json: result\[0\]\.mark_iv: -1\.0 is not a price or size"),
        ({"creation_timestamp": 5}, "creation_timestamp 5 is not in milliseconds"),
    ],
)
def test_a_malformed_summary_is_refused_by_its_row(tmp_path, change, says):
    with pytest.raises(StorageError, match=says):
        open_replay(summary(tmp_path, "options.json", SUMMARY | change))


def chain_text():
    return (HEADER + ROWS).encode()


def summary_text():
    return json.dumps({"result": [SUMMARY, FUTURE]}).encode()


@pytest.mark.parametrize("text", [chain_text(), summary_text(), gzip.compress(chain_text())])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damage_ends_in_a_sentence_or_a_market_never_in_an_error_of_ours(
    text, data, tmp_path_factory
):
    place = data.draw(st.integers(0, len(text) - 1))
    gone = data.draw(st.integers(0, 40))
    put = data.draw(
        st.binary(max_size=3) | st.sampled_from((b"nan", b"-1", b"1e999", b"\xff", b"["))
    )
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(text[:place] + put + text[place + gone :])
    try:
        snapshot = open_replay(path).snapshot(0)
    except Refusal:
        return
    assert len(snapshot.mark) == len(snapshot.universe)


@recorded
@pytest.mark.shared
def test_recorded_chains_play_quickly():
    replay = open_replay(CHAINS)
    assert len(replay) == 99
    taken = []
    for step in range(30, 50):
        start = time.perf_counter()
        snapshot = replay.snapshot(step)
        taken.append(time.perf_counter() - start)
        assert snapshot.as_of == replay.instants[step]
    assert sorted(taken)[10] < 0.06


@recorded
@pytest.mark.shared
def test_recorded_futures_are_of_the_options_instant():
    replay = open_replay(CHAINS / "deribit_options_snapshot_20260205T155132Z.csv.gz")
    snapshot = replay.snapshot(0)
    assert price(snapshot, "BTC-PERPETUAL") == 67_951.0
    assert price(snapshot, "BTC-13FEB26") == 67_867.16
    assert snapshot.usd("BTC") == pytest.approx(67_900, rel=0.005)


@recorded
@pytest.mark.shared
def test_after_15_april_a_book_with_a_future_is_refused_with_that_sentence():
    snapshot = open_replay(CHAINS / "deribit_options_snapshot_20260416T215420Z.csv.gz").snapshot(0)
    sentence = "snapshots after 15 Apr 2026 have no perpetual or dated price"
    assert sentence in snapshot.notes
    with pytest.raises(MarketError, match=f"BTC-PERPETUAL has no mark .*: {sentence}"):
        snapshot.restricted([deribit.parse("BTC-PERPETUAL")])


@recorded
@pytest.mark.shared
def test_recorded_tickers_play_in_pairs():
    replay = open_replay(TICKERS)
    assert len(replay) == 7
    snapshot = replay.snapshot(1)
    assert price(snapshot, "BTC-PERPETUAL") == 95_603.82
    assert price(snapshot, "BTC-16JAN26-100000-C", "vol") == pytest.approx(0.7043)
    assert 0 <= snapshot.ages().max() < 180
    alone = open_replay(TICKERS / "BTC_20260115_options_raw.csv.gz").snapshot(0)
    assert price(alone, "BTC-PERPETUAL") == 95_603.82


@recorded
@pytest.mark.shared
def test_recorded_summaries_play():
    replay = open_replay(SUMMARIES)
    assert len(replay) == 1
    assert replay.snapshot(0).usd("BTC") == pytest.approx(76_736.4, abs=0.5)
