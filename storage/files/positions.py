"""A list of positions as a desk pastes it: rows of instrument, quantity and entry price.

Tabs, semicolons, commas or blanks part the cells, in that order of preference. A first line that
names an instrument column is a header, and its words say which column is which; without one the
order is instrument, quantity, entry price. Every row has its fate: what cannot be read is refused
with a sentence, and the others are taken. How numbers are read stands in numbers.py.
"""

import csv
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from riskcore.errors import HoldingsError, InstrumentError
from riskcore.holdings import MarginMode, Position, Side
from riskcore.instruments import Future, Instrument, Perpetual
from riskcore.journal import ImportedPositions, RowFate
from riskcore.naming import directory
from storage.files.numbers import Decimal, notation, number, plain

MAX_TEXT = 5_000_000  # characters
MAX_ROWS = 20_000
SHOWN = 200  # characters of a row that its fate keeps
ORDER = ("instrument", "quantity", "entry price")  # of columns without a header
WORDS: Mapping[str, tuple[str, ...]] = {  # column -> what a header may call it, best first
    "instrument": ("instrument", "instrument name", "symbol", "contract", "market", "product"),
    "quantity": ("quantity", "size", "amount", "qty", "position size", "net quantity", "position"),
    "direction": ("direction", "side", "buy/sell", "long/short"),
    "entry price": (
        "entry price",
        "entry",
        "average price",
        "avg price",
        "avg. price",
        "average entry price",
        "avg entry price",
        "open price",
        "price",
    ),
    "settlement price": ("settlement price",),  # a venue's own lists: of futures only
    "settled price": ("settled price",),
    "position side": ("position side",),
    "margin mode": ("margin mode",),
    "leverage": ("position leverage",),
    "isolated margin": ("isolated margin",),
    "accrued funding": ("accrued funding",),
    "venue": ("venue",),
}
TEXTS = ("instrument", "direction", "position side", "margin mode", "venue")
LONG = ("buy", "long", "b", "l")
SHORT = ("sell", "short", "s")
EITHER = ("", "net", "zero")  # the quantity's own sign says it
ABSENT = ("", "-", "n/a", "none", "null")  # an entry price that is not known

Word = TypeVar("Word", Side, MarginMode)


@dataclass(frozen=True, slots=True)
class _Row:
    line: int  # 1 is the first of the text
    text: str
    cells: tuple[str, ...]  # none when its quotes do not close


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which column is what, how many a row has, and how its numbers are written."""

    places: Mapping[str, int]
    width: int
    header: bool
    decimal: Decimal


class _RowError(Exception):
    """Why one row is refused."""


def read_positions(text: str, venue: str) -> ImportedPositions:
    """The positions in a list, and what became of every row.

    Raises InstrumentError for a venue whose names are not known.
    """
    parse = directory.of(venue).parse
    if len(text) > MAX_TEXT:
        return _nothing(1, text, f"the list has more than {MAX_TEXT:,} characters; split it")
    rows = _rows(text.removeprefix("\ufeff"))
    if len(rows) > MAX_ROWS:
        return _nothing(1, text, f"the list has more than {MAX_ROWS:,} rows; split it")
    if not rows:
        return ImportedPositions((), ())
    header = _header(rows[0])
    if header and "quantity" not in header:
        words = ", ".join(WORDS["quantity"][:4])
        return _nothing(
            rows[0].line, rows[0].text, f"the header has no column of quantities; name one {words}"
        )
    body = rows[1:] if header else rows
    layout = _layout(header, body, len(rows[0].cells))
    taken: dict[tuple[str, str, str, str], tuple[int, Position]] = {}
    fates = []
    for row in body:
        try:
            _refuse_venue(row, layout, venue)
            position = _position(row, layout, parse)
            _refuse_second(position, taken)
            taken[position.key] = (row.line, position)
        except _RowError as refused:
            fates.append(RowFate(row.line, row.text[:SHOWN], str(refused)))
        else:
            fates.append(RowFate(row.line, row.text[:SHOWN]))
    return ImportedPositions(tuple(each for _, each in taken.values()), tuple(fates))


def _refuse_venue(row: _Row, layout: _Layout, venue: str) -> None:
    place = layout.places.get("venue", len(row.cells))
    if place < len(row.cells) and row.cells[place].lower() not in ("", venue):
        raise _RowError(
            f"it is a position at {row.cells[place]!r}, and this account is at {venue!r}"
        )


def _refuse_second(
    position: Position, taken: Mapping[tuple[str, str, str, str], tuple[int, Position]]
) -> None:
    if position.key in taken:
        line, _ = taken[position.key]
        raise _RowError(
            f"{position.instrument.name} stands in row {line} already; "
            "write both quantities as one row"
        )


def _nothing(line: int, text: str, why: str) -> ImportedPositions:
    """The answer when a list is refused as a whole."""
    return ImportedPositions((), (RowFate(line, text[:SHOWN], why),))


def _rows(text: str) -> list[_Row]:
    """Every line that is not blank, parted into cells."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip(" \t;,\u00a0")]
    mark = _delimiter([line for _, line in filled])
    return [_Row(number, line, _cells(line, mark)) for number, line in filled]


def _delimiter(lines: Sequence[str]) -> str:
    """What parts the cells; a blank when nothing else does."""
    for mark in "\t;":
        if any(mark in line for line in lines):
            return mark
    firsts = [line.split(",")[0].strip() for line in lines if "," in line]
    return "," if firsts and not any(" " in each for each in firsts[1:] or firsts) else " "


def _cells(line: str, mark: str) -> tuple[str, ...]:
    if mark == " ":
        return tuple(line.split())
    try:
        (cells,) = csv.reader([line], delimiter=mark, skipinitialspace=True, strict=True)
    except csv.Error:
        return ()
    return tuple(cell.strip() for cell in cells)


def _header(row: _Row) -> dict[str, int]:
    """The place of every column a header names; empty when the row is no header."""
    words = [" ".join(plain(cell).lower().replace("_", " ").split()) for cell in row.cells]
    if not set(words) & set(WORDS["instrument"]):
        return {}
    return {
        column: words.index(found)
        for column, names in WORDS.items()
        if (found := next((name for name in names if name in words), None))
    }


def _layout(header: Mapping[str, int], body: Sequence[_Row], width: int) -> _Layout:
    places = header
    if not header:
        places = {column: place for place, column in enumerate(ORDER)}
        widths = Counter(_filled(row.cells) for row in body)
        likely = [each for each, _ in widths.most_common() if each in (2, len(ORDER))]
        width = likely[0] if likely else len(ORDER)
    numeric = [
        place for column, place in places.items() if column not in ("instrument", "direction")
    ]
    cells = (row.cells[place] for row in body for place in numeric if place < len(row.cells))
    return _Layout(places, width, bool(header), notation(cells))


def _filled(cells: Sequence[str]) -> int:
    """How many cells a row has, without empty ones beyond the third."""
    count = len(cells)
    while count > len(ORDER) and not cells[count - 1]:
        count -= 1
    return count


def _position(row: _Row, layout: _Layout, parse: Callable[[str], Instrument]) -> Position:
    if not row.cells:
        raise _RowError("its quotation marks do not close; write the cell without them")
    beyond = row.cells[layout.width :]
    if len(row.cells) < layout.width or any(beyond):
        expected = (
            f"the header has {layout.width}"
            if layout.header
            else f"{layout.width} are expected ({', '.join(ORDER[: layout.width])})"
        )
        raise _RowError(f"it has {len(row.cells)} cells where {expected}")
    instrument = _instrument(row.cells[layout.places["instrument"]], parse)
    quantity = _amount("quantity", row, layout)
    if quantity is None:
        raise _RowError("its quantity is empty; a number other than 0 is expected")
    settled = _amount("settled price", row, layout)
    if settled is None and isinstance(instrument, Perpetual | Future):
        settled = _amount("settlement price", row, layout)
    try:
        return Position(
            instrument,
            _signed(quantity, row, layout),
            entry_price=_amount("entry price", row, layout),
            settled_price=settled,
            side=_word("position side", row, layout, Side.NET),
            margin_mode=_word("margin mode", row, layout, MarginMode.CROSS),
            leverage=_amount("leverage", row, layout),
            isolated_margin=_amount("isolated margin", row, layout),
            accrued_funding=_amount("accrued funding", row, layout) or 0.0,
        )
    except HoldingsError as error:
        raise _RowError(str(error)) from None


def _instrument(cell: str, parse: Callable[[str], Instrument]) -> Instrument:
    name = plain(cell).removeprefix("'")
    if not name:
        raise _RowError("its instrument is empty; a name of the venue is expected")
    try:
        return parse(name)
    except InstrumentError as error:
        try:
            return parse(name.upper())
        except InstrumentError:
            raise _RowError(str(error)) from None


def _amount(column: str, row: _Row, layout: _Layout) -> float | None:
    """The number in a column of a row; None when there is no such column or it is empty."""
    place = layout.places.get(column)
    if place is None or place >= layout.width:
        return None
    cell = row.cells[place]
    if plain(cell).lower() in ABSENT:
        return None
    value = number(cell, layout.decimal)
    if value is not None:
        return value
    if number(cell) is not None:
        raise _RowError(
            f"its {column} {cell!r} may mean two numbers, as other rows use both decimal marks; "
            "write it without grouping"
        )
    raise _RowError(f"its {column} is {cell!r}; a number is expected, like -120 or 66020.5")


def _word(column: str, row: _Row, layout: _Layout, usual: Word) -> Word:
    """The word in a column of a row; the usual one when there is none."""
    place = layout.places.get(column)
    text = "" if place is None else plain(row.cells[place]).lower()
    known = type(usual)
    if not text:
        return usual
    if text not in list(known):
        raise _RowError(f"its {column} is {text!r}; {' or '.join(known)} is known")
    return known(text)


def _signed(quantity: float, row: _Row, layout: _Layout) -> float:
    """The quantity with the sign its direction says."""
    if quantity == 0:
        raise _RowError("its quantity is 0; leave the row out or correct the number")
    place = layout.places.get("direction")
    if place is None:
        return quantity
    word = plain(row.cells[place]).lower()
    if word in EITHER:
        return quantity
    if word not in LONG + SHORT:
        raise _RowError(f"its direction is {row.cells[place]!r}; buy, sell, long or short is known")
    if word in SHORT:
        return -abs(quantity)
    if quantity < 0:
        raise _RowError(f"its direction is {word!r} but its quantity {quantity:g} is negative")
    return quantity
