"""Deribit's book summaries as its API sends them: JSON with a list `result`, one file a call.

A whole chain comes in a few calls, one per coin and kind, so files of nearly one moment that name
different instruments are one step.
"""

from codecs import BOM_UTF8
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from math import isfinite, nan
from pathlib import Path

import msgspec

from riskcore.market import MarketSnapshot
from storage.errors import StorageError
from storage.feeds.board import Board, Columns
from storage.feeds.step import Step
from storage.files import packed

VENUE = "deribit"
MARKS = {"instrument_name", "creation_timestamp", "mark_price", "estimated_delivery_price"}
MAX_ROWS = 100_000
TOGETHER = 60_000  # milliseconds between calls of one step
ESTIMATED = "index is the median of the estimated delivery prices"
WITHOUT = "no book summary of futures lies beside it"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Row(msgspec.Struct, frozen=True):
    instrument_name: str
    creation_timestamp: int
    mark_price: float | None = None
    bid_price: float | None = None
    ask_price: float | None = None
    underlying_price: float | None = None
    mark_iv: float | None = None
    open_interest: float | None = None
    funding_8h: float | None = None
    estimated_delivery_price: float | None = None


class _Answer(msgspec.Struct, frozen=True):
    result: list[_Row]


class _Probe(msgspec.Struct, frozen=True):
    result: list[dict[str, msgspec.Raw]] = []


@dataclass(frozen=True, slots=True)
class Call:
    """One file: when it was asked, and what it names."""

    path: Path
    stamp: int  # milliseconds
    names: frozenset[str]


def recognised(raw: bytes) -> bool:
    """Whether a JSON text is a book summary."""
    try:
        found = msgspec.json.decode(raw.removeprefix(BOM_UTF8), type=_Probe).result
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return bool(found) and found[0].keys() >= MARKS


def call(path: Path) -> Call:
    """What a file holds. Raises StorageError for a malformed row."""
    rows = _rows(path)
    stamp = max(row.creation_timestamp for row in rows)
    if not 10**12 <= stamp < 10**14:
        raise StorageError(f"{path.name}: creation_timestamp {stamp} is not in milliseconds")
    return Call(path, stamp, frozenset(row.instrument_name for row in rows))


def steps(calls: Sequence[Call], board: Board) -> list[Step]:
    """The steps these files are."""
    groups: list[list[Call]] = []
    for each in sorted(calls, key=lambda call: (call.stamp, call.path.name)):
        last = groups[-1] if groups else []
        near = bool(last) and each.stamp - last[0].stamp <= TOGETHER
        if near and not any(each.names & other.names for other in last):
            last.append(each)
        else:
            groups.append([each])
    return [_step(group, board) for group in groups]


def _step(group: Sequence[Call], board: Board) -> Step:
    as_of = _EPOCH + timedelta(milliseconds=max(each.stamp for each in group))
    paths = tuple(each.path for each in group)
    name = " + ".join(path.name for path in paths)
    return Step(as_of, name, partial(_snapshot, paths, as_of, name, board))


def _snapshot(
    paths: tuple[Path, ...], as_of: datetime, name: str, board: Board, usdc: float | None
) -> MarketSnapshot:
    columns, index = Columns(), dict[str, list[float]]()
    left_out, futures = 0, 0
    for path in paths:
        rows = _rows(path)
        known = [row for row in rows if board.known(row.instrument_name)]
        left_out += len(rows) - len(known)
        columns.add(
            [row.instrument_name for row in known],
            {
                "mark": [_value(row.mark_price) for row in known],
                "bid": [_value(row.bid_price) or nan for row in known],
                "ask": [_value(row.ask_price) or nan for row in known],
                "forward": [
                    _value(row.underlying_price) if row.mark_iv is not None else nan
                    for row in known
                ],
                "vol": [_value(row.mark_iv) / 100 for row in known],
                "open_interest": [_value(row.open_interest) for row in known],
                "funding_8h": [_value(row.funding_8h) for row in known],
                "quoted_at": [row.creation_timestamp / 1000 for row in known],
            },
        )
        for row in known:
            futures += row.mark_iv is None
            if row.estimated_delivery_price:
                coin = board.instrument(row.instrument_name).base
                index.setdefault(coin, []).append(row.estimated_delivery_price)
    without = "" if futures else WITHOUT
    spread = f"{left_out} combinations or unknown instruments were left out"
    notes = (ESTIMATED, *((without,) if without else ()), *((spread,) if left_out else ()))
    return board.snapshot(
        as_of, columns, index, usdc, source=name, notes=notes, without_futures=without
    )


def _rows(path: Path) -> list[_Row]:
    try:
        raw = packed.unpacked(path).removeprefix(BOM_UTF8)
        rows = msgspec.json.decode(raw, type=_Answer).result
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise StorageError(f"{path.name}: {error}") from None
    if not 0 < len(rows) <= MAX_ROWS:
        raise StorageError(f"{path.name} has {len(rows):,} rows; 1 to {MAX_ROWS:,} are read")
    seen: set[str] = set()
    for number, row in enumerate(rows):
        place = f"{path.name}: result[{number}]"
        if row.instrument_name in seen:
            raise StorageError(f"{place}: {row.instrument_name} stands twice")
        seen.add(row.instrument_name)
        for key in _Row.__struct_fields__[2:]:
            value = getattr(row, key)
            good = value is None or (isfinite(value) and (value >= 0 or key == "funding_8h"))
            if not good:
                raise StorageError(f"{place}.{key}: {value} is not a price or size")
    return rows


def _value(number: float | None) -> float:
    return nan if number is None else number
