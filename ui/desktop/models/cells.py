"""Rows of prepared texts, and the item model that groups, sorts and filters them for a grid."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from riskcore.errors import Refusal
from riskcore.holdings import Account
from ui.desktop.models.filters import Filter, parse

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
PLAIN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
EDITABLE = PLAIN | Qt.ItemFlag.ItemIsEditable


class Kind(StrEnum):
    """What a row of a grid is."""

    GROUP = "group"
    LINE = "line"
    HYPOTHETICAL = "hypothetical"
    OTHER = "other"  # orders and add-ons: what is no position's
    TOTAL = "total"
    ENTRY = "entry"  # where a new line is typed


class Cell(NamedTuple):
    """One figure or word of a row."""

    text: str = ""
    tone: str = "text"  # a role of the theme
    full: str = ""  # with every digit, for tooltip and copy
    value: float | str | None = None  # what sorting and filtering compare


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what stands in its header and what a person may do in it."""

    name: str
    title: str
    tip: str = ""
    is_figure: bool = True
    is_editable: bool = False
    is_fixed: bool = False  # never hidden
    sample: str = "-1,234,567"  # the widest figure it is made for
    gives_way: int = 0  # hidden first when there is no room, 1 before 2; 0 stays


@dataclass(frozen=True, slots=True)
class Row:
    """One row, every text ready to be painted."""

    kind: Kind
    key: Hashable
    cells: tuple[Cell, ...]
    group: Hashable = None
    is_ticked: bool | None = None  # None: no tick box
    is_faded: bool = False  # its figures are old, or of a position that does not count
    is_open: bool = True  # of a group
    note: str = ""  # words after the first cell's text, dim
    warning: str = ""  # what its tooltip adds


@dataclass(frozen=True, slots=True)
class Edit:
    """An account as it would be, and how undo calls the step."""

    after: Account
    words: str
    source: str = "key"
    merge: str = ""  # consecutive steps with the same one become one


class GridModel(QAbstractTableModel):
    """Rows in the order of the view: grouped, sorted and filtered, stable while figures move."""

    edited = Signal(object)  # Edit
    refused = Signal(str)
    arranged = Signal()  # other rows than before, or in another order

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.account: Account | None = None
        self.rows: tuple[Row, ...] = ()
        self.prompt = ""  # what the row invites to where a new line is typed
        self.filters: dict[int, Filter] = {}
        self.is_grouped = False
        self._lines: tuple[Row, ...] = ()
        self._tail: tuple[Row, ...] = ()
        self._order: tuple[Hashable, ...] = ()
        self._sorted_by: tuple[int, bool] | None = None
        self._closed: frozenset[Hashable] = frozenset()
        self._is_held = False

    # What a grid of one kind says of itself.

    def heading(self, group: Hashable, members: Sequence[Row]) -> Row:
        """The row above a group."""
        raise NotImplementedError

    def typed(self, row: int, column: int, text: str) -> "Edit | None":
        """The edit that what was typed into a cell means, none when it changes nothing.

        Raises Refusal with a sentence that says what would be accepted.
        """
        raise NotImplementedError

    # Filling and arranging.

    def place(self, lines: Iterable[Row], tail: Iterable[Row]) -> None:
        """Show these lines, in reading order, and the rows that always stand below them."""
        before = {row.key for row in self._lines}
        self._lines, self._tail = tuple(lines), tuple(tail)
        if before != {row.key for row in self._lines}:
            self._order = self._arrangement()
        self._put(self._laid_out())

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the lines by a column, inside their groups; -1 is the reading order."""
        self._sorted_by = None if column < 0 else (column, order == Qt.SortOrder.DescendingOrder)
        self._rearrange()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def filter_by(self, column: int, text: str) -> None:
        """Show only lines that match in this column. Raises Refusal for a bad comparison."""
        wanted = parse(text)
        self.filters.pop(column, None)
        if wanted is not None:
            self.filters[column] = wanted
        self._rearrange()

    def clear_filters(self) -> None:
        """Show every line again."""
        self.filters.clear()
        self._rearrange()

    def group(self, is_grouped: bool) -> None:
        """Gather the lines in groups, or not."""
        self.is_grouped = is_grouped
        self._rearrange()

    def fold(self, group: Hashable) -> None:
        """Open a closed group, close an open one."""
        self._closed ^= {group}
        self._rearrange()

    def hold(self, is_held: bool) -> None:
        """Keep the rows where they are, while something is typed into one of them."""
        self._is_held = is_held
        if not is_held:
            self._put(self._laid_out())

    def row_of(self, key: Hashable) -> int:
        """The row of a key, -1 when it is not shown."""
        return next((at for at, row in enumerate(self.rows) if row.key == key), -1)

    def lines(self) -> tuple[Row, ...]:
        """The lines that pass the filter, in the order of the view, folded groups too."""
        found = {row.key: row for row in self._lines}
        return tuple(found[key] for key in self._order)

    def line_count(self) -> tuple[int, int]:
        """Lines that pass the filter, and lines there are."""
        return len(self._order), len(self._lines)

    # Qt's protocol.

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.header_text(section)
            case Qt.ItemDataRole.ToolTipRole:
                return column.tip or None
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
        return None

    def header_text(self, section: int) -> str:
        """The title of a column, with an arrow when the lines are sorted by it."""
        title = self.columns[section].title
        if self._sorted_by is None or self._sorted_by[0] != section:
            return title
        return f"{title} {'↓' if self._sorted_by[1] else '↑'}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], self.columns[index.column()]
        cell = row.cells[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell.text
            case Qt.ItemDataRole.EditRole:
                return self.editable_text(index.row(), index.column())
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join(filter(None, (cell.full, row.warning))) or None
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{column.title}: {cell.text}" if cell.text and index.column() else cell.text
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return row.note or row.warning or None
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.CheckStateRole if not index.column() and row.is_ticked is not None:
                return Qt.CheckState.Checked if row.is_ticked else Qt.CheckState.Unchecked
        return None

    def editable_text(self, row: int, column: int) -> str:
        """The text an editor starts with."""
        found = self.rows[row]
        cell = found.cells[column]
        return "" if found.kind is Kind.ENTRY or cell.full == "-" else cell.full or cell.text

    def is_editable(self, row: int, column: int) -> bool:
        """Whether something may be typed into a cell."""
        match self.rows[row].kind:
            case Kind.LINE:
                return self.columns[column].is_editable
            case Kind.ENTRY:
                return column == 0
            case _:
                return False

    def flags(self, index: Index) -> Qt.ItemFlag:
        row, column = index.row(), index.column()
        if not index.isValid():
            return PLAIN
        flags = EDITABLE if self.is_editable(row, column) else PLAIN
        is_ticked = self.rows[row].is_ticked if column == 0 else None
        return flags if is_ticked is None else flags | Qt.ItemFlag.ItemIsUserCheckable

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        try:
            edit = self.typed(index.row(), index.column(), str(value))
        except Refusal as refusal:
            self.refused.emit(str(refusal))
            return False
        if edit is not None:
            self.edited.emit(edit)
        return True

    # Inside.

    def _rearrange(self) -> None:
        self._order = self._arrangement()
        self._put(self._laid_out())

    def _arrangement(self) -> tuple[Hashable, ...]:
        kept = [
            row
            for row in self._lines
            if all(wanted(row.cells[at]) for at, wanted in self.filters.items())
        ]
        if self._sorted_by is not None:
            column, descending = self._sorted_by
            present = [row for row in kept if row.cells[column].value is not None]
            absent = [row for row in kept if row.cells[column].value is None]
            present.sort(key=_rank(column), reverse=descending)
            kept = present + absent
        return tuple(row.key for row in kept)

    def _laid_out(self) -> tuple[Row, ...]:
        found = {row.key: row for row in self._lines}
        lines = [found[key] for key in self._order]
        if not self.is_grouped:
            return (*lines, *self._tail)
        rows: list[Row] = []
        for group in dict.fromkeys(row.group for row in self._lines):
            members = [row for row in lines if row.group == group]
            if not members:
                continue
            is_open = group not in self._closed
            rows.append(replace(self.heading(group, members), is_open=is_open))
            rows += members if is_open else ()
        return (*rows, *self._tail)

    def _put(self, rows: tuple[Row, ...]) -> None:
        if [row.key for row in rows] == [row.key for row in self.rows]:
            self._replace(rows)
            return
        if self._is_held:
            newest = {row.key: row for row in rows}
            self._replace(tuple(newest.get(row.key, row) for row in self.rows))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()
        self.arranged.emit()

    def _replace(self, rows: tuple[Row, ...]) -> None:
        """Take rows of the same keys, and announce the columns in which something is new."""
        pairs = [pair for pair in zip(self.rows, rows, strict=True) if pair[0] != pair[1]]
        self.rows = rows
        if not pairs:
            return
        last = len(self.columns) - 1
        changed = [
            at
            for at in range(last + 1)
            if any(old.cells[at] != new.cells[at] for old, new in pairs)
        ]
        if not changed or any(_face(old) != _face(new) for old, new in pairs):
            changed = [0, last]
        bottom = self.index(len(rows) - 1, changed[-1])
        self.dataChanged.emit(self.index(0, changed[0]), bottom)


def _face(row: Row) -> tuple[object, ...]:
    """What every cell of a row is painted by."""
    return (row.kind, row.is_ticked, row.is_faded, row.is_open, row.note)


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.is_figure else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _rank(column: int) -> Callable[[Row], Any]:
    def rank(row: Row) -> Any:
        value = row.cells[column].value
        return value.casefold() if isinstance(value, str) else value

    return rank
