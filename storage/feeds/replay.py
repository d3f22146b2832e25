"""Recorded markets played in order: a folder or a single file, told apart by what is in it.

Read are Deribit option chains with their futures tables, tickers, book summaries as the API sends
them, and book files with a market; each plain or gzip. A step is one recorded moment; between two
nothing is interpolated.
"""

import codecs
import csv
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from riskcore.book_document import FORMAT
from riskcore.errors import MarketError
from riskcore.market import MarketSnapshot
from storage.errors import StorageError
from storage.feeds import chain_files, summary_files, ticker_files
from storage.feeds.board import Board
from storage.feeds.chain_files import VENUE, Beside
from storage.feeds.step import Step
from storage.files import packed
from storage.files.book_files import read_book

MAX_FILES = 20_000
PROBE = 8_192  # bytes of a CSV that tell what it is
READABLE = (
    "option chains, tickers or book summaries of Deribit, as CSV or JSON, plain or gzip, "
    "or a book file with a market"
)


class Replay:
    """A recording as a feed.

    skipped  files of the folder that are no part of it, each with the reason
    """

    def __init__(self, steps: Sequence[Step], usdc: float | None, skipped: tuple[str, ...]) -> None:
        self._steps = tuple(sorted(steps, key=lambda each: (each.as_of, each.file)))
        self._usdc = usdc
        self.skipped = skipped
        self.instants: tuple[datetime, ...] = tuple(each.as_of for each in self._steps)
        self.synthetic = any(each.synthetic for each in self._steps)

    @property
    def kind(self) -> str:
        """What it plays: one moment is a snapshot."""
        return "replay" if len(self._steps) > 1 else "snapshot"

    @property
    def name(self) -> str:
        """Its days, as the screen calls it."""
        first, last = self.instants[0], self.instants[-1]
        if len(self._steps) == 1:
            return f"Snapshot {_day(first)} {first:%H:%M}"
        if first.date() == last.date():
            return f"Replay {_day(first)}"
        return f"Replay {_day(first)} – {_day(last)}"

    def __len__(self) -> int:
        return len(self._steps)

    def file(self, step: int) -> str:
        """The file or files a step is read from."""
        return self._steps[step].file

    def snapshot(self, step: int) -> MarketSnapshot:
        """The market at a step, read now. Raises StorageError or MarketError."""
        if not 0 <= step < len(self._steps):
            raise MarketError(f"{self.name} has steps 0 to {len(self) - 1}, not {step}")
        return self._steps[step].read(self._usdc)


def open_replay(path: Path, usdc: float | None = 1.0) -> Replay:
    """The recording in a folder or file.

    usdc  index of USDC where the recording has none; None leaves it out
    Raises StorageError when there is nothing to play.
    """
    found = _Found(Board(VENUE), Beside(path if path.is_dir() else path.parent))
    skipped = []
    for each in _files(path) if path.is_dir() else [path]:
        try:
            found.take(each)
        except _NotRecorded as error:
            skipped.append(f"{each.name}: {error}")
    steps = found.steps(alone=not path.is_dir())
    if not steps:
        why = f"{path.name} holds nothing to play" if path.is_dir() else skipped[0]
        raise StorageError(f"{why}; readable are {READABLE}")
    return Replay(steps, usdc, tuple(skipped))


class _NotRecorded(Exception):
    """Why a file is no part of a recording."""


class _Found:
    """The steps of a recording while its files are looked at."""

    def __init__(self, board: Board, beside: Beside) -> None:
        self._board = board
        self._beside = beside
        self._steps: list[Step] = []
        self._polls: dict[str, list[Path]] = {}
        self._calls: list[summary_files.Call] = []

    def take(self, path: Path) -> None:
        """Find what a file is. Raises _NotRecorded when it is nothing that can be played."""
        start = packed.beginning(path, PROBE).removeprefix(codecs.BOM_UTF8)
        if start.lstrip()[:1] in (b"{", b"["):
            self._take_json(path)
        else:
            self._take_table(path, start)

    def steps(self, alone: bool) -> list[Step]:
        """Every step. A ticker file opened alone brings its other half with it."""
        polls = list(self._polls.values())
        if alone:
            polls = [_both_halves(paths[0]) for paths in polls]
        return (
            self._steps
            + [ticker_files.step(sorted(paths), self._board) for paths in polls]
            + summary_files.steps(self._calls, self._board)
        )

    def _take_json(self, path: Path) -> None:
        raw = packed.unpacked(path)
        if summary_files.recognised(raw):
            self._calls.append(summary_files.call(path))
        elif FORMAT.encode() in raw:
            market = read_book(path).market
            if market is None:
                raise _NotRecorded("this book has no market")
            step = Step(market.as_of, path.name, lambda _: market, market.synthetic)
            self._steps.append(step)
        else:
            raise _NotRecorded("this JSON is neither a book summary nor a book file")

    def _take_table(self, path: Path, start: bytes) -> None:
        lines = start.decode("utf-8", errors="ignore").splitlines()
        try:
            rows = list(csv.reader(lines[:2]))
        except csv.Error:
            rows = []
        header = set(rows[0]) if rows else set()
        if header >= chain_files.MARKS and "timestamp" in header:
            self._steps.append(chain_files.step(path, rows, self._beside, self._board))
        elif header >= ticker_files.OPTION_MARKS or header >= ticker_files.FUTURE_MARKS:
            self._polls.setdefault(ticker_files.stem(path), []).append(path)
        else:
            raise _NotRecorded("its first line is no header of a recording")


def _both_halves(path: Path) -> list[Path]:
    """The two files of one poll, as far as they lie in one folder."""
    names = {path.name, path.name.replace("options", "futures")}
    names.add(path.name.replace("futures", "options"))
    return [each for name in names if (each := path.with_name(name)).is_file()]


def _files(folder: Path) -> list[Path]:
    try:
        found = sorted(each for each in folder.iterdir() if each.is_file())
    except OSError as error:
        raise StorageError(f"{folder} cannot be read: {error.strerror or error}") from None
    if len(found) > MAX_FILES:
        raise StorageError(f"{folder} holds {len(found):,} files; at most {MAX_FILES:,} are played")
    return found


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"
