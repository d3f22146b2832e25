"""The numbers behind a chart, as columns: for its table twin, its CSV and its copy."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from riskcore.arrays import F64
from riskcore.query import Sample
from riskcore.time import iso

Index = QModelIndex | QPersistentModelIndex
HIGHEST = 20.0  # the tallest usage axis: what is beyond 2,000 % is drawn at its upper end


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a chart's numbers: how a cell looks on the screen, and when it is copied."""

    title: str
    cells: F64 | Sequence[str]
    written: Callable[[Any], str] = str
    exact: Callable[[Any], str] = field(default=lambda cell: _exact(cell))  # noqa: PLW0108, defined below


@dataclass(frozen=True, slots=True)
class Numbers:
    """A chart's numbers, one column beside the other, all of one length."""

    columns: tuple[Column, ...] = ()

    @property
    def length(self) -> int:
        """How many rows there are."""
        return len(self.columns[0].cells) if self.columns else 0

    def text(self, rows: Sequence[int] | None = None) -> str:
        """Tab-separated with full precision, for a spreadsheet; all rows or these."""
        return self._joined("excel-tab", range(self.length) if rows is None else rows)

    def csv(self) -> str:
        """Comma-separated with full precision."""
        return self._joined("excel", range(self.length))

    def _joined(self, dialect: str, rows: Sequence[int]) -> str:
        page = io.StringIO()
        writer = csv.writer(page, dialect=dialect, lineterminator="\n")
        writer.writerow([column.title for column in self.columns])
        for row in rows:
            writer.writerow([column.exact(column.cells[row]) for column in self.columns])
        return page.getvalue()


def _exact(cell: float | str) -> str:
    if isinstance(cell, str):
        return cell
    return "" if np.isnan(cell) else repr(float(cell))


class NumbersModel(QAbstractTableModel):
    """A chart's numbers for a table view; the newest row may stand first."""

    def __init__(self, parent: QObject | None = None, *, newest_first: bool = False) -> None:
        super().__init__(parent)
        self._numbers = Numbers()
        self._newest_first = newest_first

    @property
    def numbers(self) -> Numbers:
        """What is shown."""
        return self._numbers

    def titles(self) -> list[str]:
        """What stands above the columns."""
        return [column.title for column in self._numbers.columns]

    def show(self, numbers: Numbers) -> None:
        """Show other numbers; a selection stays when only cells or rows at the end changed."""
        same = self.titles() == [column.title for column in numbers.columns]
        if same and numbers.length == self._numbers.length:
            self._numbers = numbers
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            if last.isValid():
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self._numbers = numbers
        self.endResetModel()

    def place(self, row: int) -> int:
        """Where a row of the view stands in the columns."""
        return self._numbers.length - 1 - row if self._newest_first else row

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, as Qt declares it
        """One row for each point."""
        return 0 if parent.isValid() else self._numbers.length

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One column for each line of the chart."""
        return 0 if parent.isValid() else len(self._numbers.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell as written; its full precision in the tooltip."""
        if not index.isValid():
            return None
        column = self._numbers.columns[index.column()]
        cell = column.cells[self.place(index.row())]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.written(cell)
            case Qt.ItemDataRole.ToolTipRole:
                return column.exact(cell) or "-"
            case Qt.ItemDataRole.TextAlignmentRole:
                side = (
                    Qt.AlignmentFlag.AlignLeft
                    if isinstance(cell, str)
                    else Qt.AlignmentFlag.AlignRight
                )
                return side | Qt.AlignmentFlag.AlignVCenter
            case _:
                return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """The columns' titles."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole and section < len(self._numbers.columns):
            return self._numbers.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


@dataclass(frozen=True, slots=True, eq=False)
class UsageSeries:
    """Margin usage of one account over time; infinite where equity is gone.

    NaN where nothing is required of no equity.

    time                              (T,)  seconds since 1970 UTC, ascending
    initial, maintenance, alone       (T,)  of equity; initial NaN where a model has none
    trigger                           (T,)  initial usage at which the venue would act there
    joined                            (T,)  whether a line runs on to the next point
    """

    time: F64
    initial: F64
    maintenance: F64
    alone: F64
    trigger: F64
    joined: F64

    def since(self, seconds: float | None) -> "UsageSeries":
        """The points of the last so many seconds, with the one before them; None means all."""
        if seconds is None or not self.time.size:
            return self
        first = int(np.searchsorted(self.time, self.time[-1] - seconds))
        part = slice(max(first - 1, 0), None)
        columns = ("time", "initial", "maintenance", "alone", "trigger", "joined")
        return UsageSeries(*(getattr(self, name)[part] for name in columns))


class UsageHistory:
    """Usage of one account, taken up point by point, so that a tick costs one point."""

    def __init__(self) -> None:
        self._columns = np.empty((6, 256))
        self._size = 0
        self._first = 0.0  # where the samples now begin
        self._last: Sample | None = None

    def take(self, samples: Sequence[Sample]) -> None:
        """Take up what is new in a history that grows at its end; start over if it is another."""
        start = samples[0].as_of.timestamp() if samples else 0.0
        known = self._known(samples)
        if known == 0 or start < self._first:
            self._size, self._last, known = 0, None, 0
        self._first = start
        for each in samples[known:]:
            self._add(each)

    def _known(self, samples: Sequence[Sample]) -> int:
        """How many of the samples were taken up before: those up to the last one seen."""
        for place in range(len(samples), max(len(samples) - 64, 0), -1):
            if samples[place - 1] is self._last:
                return place
        return 0

    def _add(self, each: Sample) -> None:
        if self._size == self._columns.shape[1]:
            self._columns = np.hstack([self._columns, np.empty_like(self._columns)])
        if self._last is not None and self._last.model != each.model:
            self._columns[5, self._size - 1] = 0.0
        initial = np.nan if each.initial is None else _of_equity(each.initial, each.equity)
        maintenance = _of_equity(each.maintenance, each.equity)
        headline = maintenance if np.isnan(initial) else initial
        acts = headline / each.trigger if each.trigger > 0 and np.isfinite(headline) else np.nan
        alone = _of_equity(each.stand_alone_sum, each.equity)
        time = each.as_of.timestamp()
        self._columns[:, self._size] = (time, initial, maintenance, alone, acts, 1.0)
        self._size += 1
        self._last = each

    def series(self) -> UsageSeries:
        """Everything taken up, in order of time."""
        columns = self._columns[:, : self._size]
        if self._size > 1 and np.any(np.diff(columns[0]) < 0):
            columns = columns[:, np.argsort(columns[0], kind="stable")]
        columns = columns[:, np.searchsorted(columns[0], self._first) :]
        return UsageSeries(*columns.copy())


def _of_equity(required: float, equity: float) -> float:
    if equity > 0:
        return required / equity
    return float("inf") if required else float("nan")  # nothing of nothing is no usage


def nice_top(largest: float) -> float:
    """The upper end of a usage axis that holds a value: 150 % and then growing in round steps."""
    for top in (1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 5.0, 7.5, 10.0, 15.0):
        if largest <= top * 0.98:
            return top
    return HIGHEST


def written_instant(seconds: float) -> str:
    """A UTC instant to the second."""
    return iso(datetime.fromtimestamp(round(seconds), UTC)).replace("T", " ").removesuffix("Z")
