"""Recorded tickers: a CSV of options and one of futures, polled one instrument after another.

Every quote has its own instant; the market's is the last of them. Marks of options are rounded to
four decimals there, as Deribit's ticker does.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from math import nan
from pathlib import Path

from riskcore.errors import InstrumentError
from riskcore.market import MarketSnapshot
from storage.feeds.board import Board, Columns
from storage.feeds.step import Step
from storage.files import table

VENUE = "deribit"
OPTION_MARKS = {"instrument_name", "timestamp", "mark_price", "mark_iv", "underlying_price"}
FUTURE_MARKS = {"instrument_name", "timestamp", "mark_price", "funding_8h", "max_leverage"}
POLLED = "quotes were polled one by one over about a minute; each keeps its own age"
ROUNDED = "option marks are rounded to 4 decimals"
WITHOUT = "no futures file lies beside these option tickers"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = {
    "mark": "mark_price",
    "bid": "best_bid_price",
    "ask": "best_ask_price",
    "open_interest": "open_interest",
}
_SIGNED = "funding_8h"


def stem(path: Path) -> str:
    """What the two files of one poll share of their names."""
    return path.name.replace("options", "*").replace("futures", "*")


def step(paths: Sequence[Path], board: Board) -> Step:
    """The step that the files of one poll are. Raises StorageError for a malformed row."""
    stamps = [max(_seconds(read), default=0.0) for read in map(table.read, paths)]
    as_of = _EPOCH + timedelta(seconds=max(stamps))
    name = " + ".join(path.name for path in paths)
    return Step(as_of, name, partial(_snapshot, tuple(paths), as_of, name, board))


def _snapshot(
    paths: tuple[Path, ...], as_of: datetime, name: str, board: Board, usdc: float | None
) -> MarketSnapshot:
    columns, index = Columns(), dict[str, list[float]]()
    without = WITHOUT
    for path in paths:
        read = table.read(path)
        names, seen = read.column("instrument_name"), set(columns.names)
        for row, each in enumerate(names):
            if each in seen:
                raise read.refusal(row, f"{each} stands twice")
            seen.add(each)
            try:
                board.instrument(each)
            except InstrumentError as error:
                raise read.refusal(row, str(error)) from None
        values = {key: read.numbers(column) for key, column in _COLUMNS.items()}
        for key in ("bid", "ask"):  # 0 stands for no quote
            values[key] = [each or nan for each in values[key]]
        values["quoted_at"] = _seconds(read)
        if set(read.header) >= OPTION_MARKS:
            values["forward"] = read.numbers("underlying_price")
            values["vol"] = [each / 100 for each in read.numbers("mark_iv")]
        else:
            values[_SIGNED] = read.numbers(_SIGNED, signed=True)
            without = ""
        columns.add(names, values)
        for coin, price in zip(
            read.column("base_currency"), read.numbers("index_price"), strict=True
        ):
            if price > 0:
                index.setdefault(coin, []).append(price)
    notes = (POLLED, ROUNDED, *((without,) if without else ()))
    return board.snapshot(
        as_of, columns, index, usdc, source=name, notes=notes, without_futures=without
    )


def _seconds(read: table.Table) -> list[float]:
    """When each row was polled, seconds since 1970."""
    stamps = read.numbers("timestamp")
    for row, stamp in enumerate(stamps):
        if not 1e12 <= stamp < 1e14:
            raise read.refusal(row, "timestamp is not a number of milliseconds since 1970")
    return [stamp / 1000 for stamp in stamps]
