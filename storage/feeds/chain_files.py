"""Recorded option chains: one CSV of every option of a moment, futures in two tables beside them.

The options' mark, volatility and forward come from one call per coin; `index_price` from calls in
the minutes after it, so the median per coin is the index. Dated futures are
`snapshot_term_mark_price`, of the same instant as the options; `term_mark_price_final` is a later
trade and never used. Perpetuals are the nearer end of a one-minute candle.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from math import isnan
from pathlib import Path

from riskcore.errors import InstrumentError, RiskcoreError
from riskcore.instruments import Option
from riskcore.market import MarketSnapshot
from riskcore.time import instant
from storage.errors import StorageError
from storage.feeds.board import Board, Columns
from storage.feeds.step import Step
from storage.files import table

VENUE = "deribit"
MARKS = {"instrument_name", "implied_volatility", "underlying", "mark_price", "index_price"}
PERPETUALS = "perpetual_futures_prices.csv"
DATED = "term_futures_marks.csv"
CANDLE = "perpetual marks are ends of 1-minute candles, up to 58 s off"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = {
    "mark": "mark_price",
    "bid": "bid_price",
    "ask": "ask_price",
    "forward": "underlying",
    "vol": "implied_volatility",
    "open_interest": "open_interest",
}


@dataclass(frozen=True, slots=True)
class Futures:
    """Prices of perpetuals and dated futures by the millisecond of their chain."""

    perpetuals: Mapping[int, Mapping[str, tuple[float, float]]]  # price, seconds off
    dated: Mapping[int, Mapping[str, float]]
    last: datetime | None  # the last instant that has any


@dataclass(slots=True)
class Beside:
    """The futures tables of a folder, read when the first chain asks."""

    folder: Path
    _read: Futures | None = field(default=None, init=False)

    def futures(self) -> Futures:
        """Every price in the tables. Raises StorageError for a malformed row."""
        if self._read is None:
            self._read = _futures(_find(self.folder, PERPETUALS), _find(self.folder, DATED))
        return self._read


def step(path: Path, start: Sequence[Sequence[str]], beside: Beside, board: Board) -> Step:
    """The step a chain file is, by its first lines. Raises StorageError without an instant."""
    header, *rows = start
    place = header.index("timestamp")
    if not rows or len(rows[0]) <= place:
        raise StorageError(f"{path.name}, line 2: a row with a timestamp is expected")
    as_of = _instant(path.name, rows[0][place])
    return Step(as_of, path.name, partial(_snapshot, path, beside, board))


def _snapshot(path: Path, beside: Beside, board: Board, usdc: float | None) -> MarketSnapshot:
    read = table.read(path)
    if not len(read):
        raise StorageError(f"{path.name} has no rows under its header")
    names, stamps = read.column("instrument_name"), read.column("timestamp")
    as_of = _instant(path.name, stamps[0])
    seen: set[str] = set()
    for row, name in enumerate(names):
        if name in seen:
            raise read.refusal(row, f"{name} stands twice")
        if stamps[row] != stamps[0]:
            raise read.refusal(row, f"its timestamp {stamps[row]!r} is not that of line 2")
        seen.add(name)
        try:
            instrument = board.instrument(name)
        except InstrumentError as error:
            raise read.refusal(row, str(error)) from None
        if not isinstance(instrument, Option):
            raise read.refusal(row, f"{name} is not an option")
    values = {key: read.numbers(column) for key, column in _COLUMNS.items()}
    for key in ("mark", "forward", "vol"):
        for row, value in enumerate(values[key]):
            if isnan(value):
                raise read.refusal(row, f"{_COLUMNS[key]} is empty")
    columns = Columns()
    columns.add(names, values)
    index: dict[str, list[float]] = {}
    for coin, price in zip(read.column("currency"), read.numbers("index_price"), strict=True):
        if price > 0:
            index.setdefault(coin, []).append(price)
    notes, without = _add_futures(columns, as_of, beside.futures())
    return board.snapshot(
        as_of, columns, index, usdc, source=path.name, notes=notes, without_futures=without
    )


def _add_futures(
    columns: Columns, as_of: datetime, futures: Futures
) -> tuple[tuple[str, ...], str]:
    """The futures of this instant into the columns; notes, and why there are none."""
    key = (as_of - _EPOCH) // timedelta(milliseconds=1)
    perpetuals, dated = futures.perpetuals.get(key, {}), futures.dated.get(key, {})
    seconds = as_of.timestamp()
    columns.add(
        list(perpetuals),
        {
            "mark": [price for price, _ in perpetuals.values()],
            # A candle may end after the chain: how far off it is counts as its age.
            "quoted_at": [seconds - off for _, off in perpetuals.values()],
        },
    )
    columns.add(list(dated), {"mark": list(dated.values())})
    if perpetuals:
        return (CANDLE,), ""
    if futures.last is None:
        without = (
            f"no prices of perpetuals and dated futures lie beside it ({PERPETUALS}.gz, {DATED}.gz)"
        )
    elif as_of > futures.last:
        day = f"{futures.last.day} {futures.last:%b %Y}"
        without = f"snapshots after {day} have no perpetual or dated price"
    else:
        without = "this snapshot has no perpetual or dated price"
    return (without,), without


def _futures(perpetuals: Path | None, dated: Path | None) -> Futures:
    candles: dict[int, dict[str, tuple[float, float]]] = {}
    marks: dict[int, dict[str, float]] = {}
    if perpetuals is not None:
        read = table.read(perpetuals)
        columns = zip(
            read.column("snapshot_timestamp_ms"),
            read.column("instrument_name"),
            read.numbers("perp_futures_mark_price"),
            read.numbers("candle_price_gap_seconds"),
            strict=True,
        )
        for row, (stamp, name, price, off) in enumerate(columns):
            if price > 0:
                candles.setdefault(_stamp(read, row, stamp), {})[name] = (price, off)
    if dated is not None:
        read = table.read(dated)
        pairs = zip(
            read.column("snapshot_timestamp_ms"),
            read.column("futures_instrument_name"),
            read.numbers("snapshot_term_mark_price"),
            strict=True,
        )
        for row, (stamp, name, price) in enumerate(pairs):
            if price > 0:
                marks.setdefault(_stamp(read, row, stamp), {})[name] = price
    last = max((*candles, *marks), default=None)
    at = None if last is None else _EPOCH + timedelta(milliseconds=last + 1)
    return Futures(candles, marks, at)


def _stamp(read: table.Table, row: int, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise read.refusal(row, f"snapshot_timestamp_ms is {text!r}; milliseconds are expected")
    return int(text)


def _find(folder: Path, name: str) -> Path | None:
    """The file of this name, packed or plain, if there is one."""
    found = (folder / f"{name}.gz", folder / name)
    return next((path for path in found if path.is_file()), None)


def _instant(name: str, text: str) -> datetime:
    try:
        return instant(text)
    except RiskcoreError as error:
        raise StorageError(f"{name}, line 2: {error}") from None
