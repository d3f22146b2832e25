"""Positions to and from files on disk, as a spreadsheet opens them."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from riskcore.holdings import Position
from riskcore.journal import ImportedPositions
from storage.files import packed
from storage.files.book_files import replace_text
from storage.files.numbers import number
from storage.files.positions import MAX_TEXT, read_positions

HEADER = (
    "instrument",
    "quantity",
    "entry_price",
    "settled_price",
    "position_side",
    "margin_mode",
    "position_leverage",
    "isolated_margin",
    "accrued_funding",
    "venue",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read_position_file(path: Path, venue: str) -> ImportedPositions:
    """The positions in a CSV file. Raises StorageError when it cannot be read."""
    return read_positions(packed.text(path, MAX_TEXT), venue)


def write_position_file(path: Path, positions: Sequence[Position]) -> None:
    """These positions as CSV, in place of what stood there. Raises StorageError."""
    replace_text(path, position_text(positions))


def position_text(positions: Sequence[Position]) -> str:
    """Positions as CSV text, numbers in full precision with a decimal point."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    for each in positions:
        row = (
            each.instrument.name,
            _figure(each.quantity),
            _figure(each.entry_price),
            _figure(each.settled_price),
            each.side.value,
            each.margin_mode.value,
            _figure(each.leverage),
            _figure(each.isolated_margin),
            _figure(each.accrued_funding),
            each.instrument.venue,
        )
        writer.writerow([safe(cell) for cell in row])
    return out.getvalue()


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: what begins like one becomes text."""
    return f"'{cell}" if cell.startswith(FORMULA) and number(cell) is None else cell


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if value == int(value) and abs(value) < 1e15 else repr(value)
