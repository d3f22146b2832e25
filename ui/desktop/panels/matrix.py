"""What the book gains or loses in every scenario of its margin model."""

import numpy as np
from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from riskcore.margin.requirement import LossTable
from riskcore.query import PoolResult, Report
from ui.desktop import formats
from ui.desktop.models.matrix import (
    Grid,
    Profits,
    coins,
    grid,
    head,
    positions_at,
    profits,
    scenario_words,
    set_title,
)
from ui.desktop.models.series import Column, Numbers, NumbersModel
from ui.desktop.plots.frame import ChartFrame
from ui.desktop.plots.legend import Entry, stale_entries
from ui.desktop.plots.matrix_grid import Board, Cell, MatrixGrid
from ui.desktop.session import Session
from ui.desktop.staleness import stale_seconds
from ui.desktop.theme import Theme, row_height

THOUSANDS = 10_000.0  # from here on the cells count in thousands
LIST_WIDTH = 270
NOTHING = 1e-9  # of a cell's amount: the last digits of a sum


class MatrixPanel(QWidget):
    """Price moves across, volatility down, the worst cell outlined; a click lists the positions."""

    instrument_chosen = Signal(str)

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._report: Report | None = None
        self._table = LossTable()
        self._grid = Grid()
        self._factor, self._currency = 1.0, "USD"
        name = self.tr("Scenario losses")
        self.setAccessibleName(name)
        self.frame = ChartFrame(name, theme, self.numbers, self)
        self.frame.refused.connect(session.refused)
        self.sets = QComboBox()
        self.sets.setAccessibleName(self.tr("Which underlyings the matrix adds up"))
        self.sets.addItem(self.tr("all underlyings"), "")
        self.sets.activated.connect(self._choose_set)
        self.sets.hide()
        self.frame.bar.insertWidget(1, self.sets)
        self.matrix = MatrixGrid(theme)
        self.matrix.chosen.connect(self._list_positions)
        self.frame.place(self.matrix)
        page = QHBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(1)
        page.addWidget(self.frame, 1)
        page.addWidget(self._build_list())
        session.report_changed.connect(self.show_report)
        session.current_changed.connect(self._follow)
        session.unit_changed.connect(self._write)
        session.refused.connect(self._write)
        self.set_theme(theme)
        self.show_report(session.report)

    def _build_list(self) -> QWidget:
        self.heading = QLabel()
        self.heading.setWordWrap(True)
        close = QToolButton()
        close.setText("✕")
        close.setAutoRaise(True)
        close.setAccessibleName(self.tr("Close the list of positions"))
        close.clicked.connect(self._close_list)
        self.positions_model = NumbersModel(self)
        self.positions = QTableView()
        self.positions.setModel(self.positions_model)
        self.positions.setAccessibleName(self.tr("Profit of each position in the chosen scenario"))
        self.positions.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.positions.setShowGrid(False)
        self.positions.setTabKeyNavigation(False)
        self.positions.setFrameShape(QTableView.Shape.NoFrame)
        self.positions.verticalHeader().hide()
        self.positions.horizontalHeader().hide()
        self.positions.activated.connect(self._choose_instrument)
        top = QHBoxLayout()
        top.setContentsMargins(8, 2, 2, 0)
        top.addWidget(self.heading, 1)
        top.addWidget(close)
        self.side = QWidget()
        self.side.setAutoFillBackground(True)
        self.side.setBackgroundRole(QPalette.ColorRole.Base)
        self.side.setFixedWidth(LIST_WIDTH)
        page = QVBoxLayout(self.side)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(top)
        page.addWidget(self.positions, 1)
        self.side.hide()
        return self.side

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.frame.set_theme(theme)
        self.matrix.set_theme(theme)
        self.heading.setFont(theme.words(12))
        self.positions.setFont(theme.figures(12))
        height = row_height(self.positions.fontMetrics()) - 4
        self.positions.verticalHeader().setDefaultSectionSize(height)

    def show_report(self, report: Report | None) -> None:
        """Show the scenarios of the pool nearest its trigger."""
        self._report = report
        self._write()

    def numbers(self) -> Numbers:
        """Every scenario of every netting set, in the display currency."""
        table = self._table
        columns: list[Column] = [
            Column(self.tr("Scenario"), table.label),
            Column(self.tr("Table"), table.group),
        ]
        for name, row in zip(table.sets, table.profit, strict=True):
            scaled = [each * self._factor for each in row]
            columns.append(
                _money_column(f"{set_title(name)}, {self._currency}", scaled, self._currency)
            )
        if len(table.sets) > 1:
            added = [each * self._factor for each in profits(table).profit]
            title = self.tr("all, {0}").format(self._currency)
            columns.append(_money_column(title, added, self._currency))
        return Numbers(tuple(columns))

    def _follow(self, _key: str = "") -> None:
        self.matrix.choose(None)
        self.show_report(self._session.report)

    def _pool(self) -> PoolResult | None:
        if self._report is None or not self._report.results:
            return None
        return self._report.results[0].nearest

    def _write(self, *_: object) -> None:
        pool = self._pool()
        self._table = LossTable() if pool is None else pool.requirement.losses
        self._grid = grid(self._table)
        self._offer(self._table.sets)
        if pool is None or self._report is None:
            self.frame.say(self.tr("No requirement has been computed yet."))
            self.frame.legend.show_entries(())
            self._close_list()
            return
        currency = pool.requirement.currency
        unit = self._session.unit
        factor, self._currency = formats.in_unit(1.0, currency, unit, self._report.index)
        self._factor = 1.0 if factor is None else factor
        title = self._report.results[0].title
        if self._grid.empty:
            self.frame.say(
                self.tr("{0} looks at no scenarios: each position has its own rate.").format(title)
            )
            self.frame.legend.show_entries(())
            self._close_list()
            return
        if not any(any(row) for row in self._table.profit):
            self.frame.say(self.tr("Nothing is held that a scenario moves."))
            self.frame.legend.show_entries(())
            self._close_list()
            return
        self.frame.say("")
        chosen = profits(self._table, str(self.sets.currentData() or ""))
        self.matrix.show_board(self._board(chosen))
        self.frame.legend.show_entries(self._entries(chosen))
        self.frame.refresh()
        cell = self.matrix.marked
        self._list_positions(-1 if cell is None else cell.scenario)

    def _offer(self, sets: tuple[str, ...]) -> None:
        known = tuple(self.sets.itemData(row) for row in range(1, self.sets.count()))
        if known == sets:
            return
        chosen = self.sets.currentData()
        while self.sets.count() > 1:
            self.sets.removeItem(1)
        for name in sets:
            self.sets.addItem(set_title(name), name)
        self.sets.setCurrentIndex(max(self.sets.findData(chosen), 0))
        self.sets.setVisible(len(sets) > 1)

    def _choose_set(self, _row: int) -> None:
        self._write()

    def _board(self, chosen: Profits) -> Board:
        table, layout = self._table, self._grid
        amounts = [each * self._factor for each in chosen.profit]
        standard = [scenario for _, scenario in layout.scenario] or list(layout.extended)
        largest = max((abs(amounts[each]) for each in standard), default=0.0)
        worst = dict(chosen.worst)
        thousands = largest >= THOUSANDS

        def cell(scenario: int) -> Cell:
            amount = amounts[scenario]
            names = worst.get(scenario, ())
            words = f"{table.label[scenario]}: {self._exact(amount)}"
            if names:
                words += self.tr("\nworst for {0}").format(", ".join(names))
            if scenario in layout.extended:
                words += self.tr("\nbefore the venue dampens it")
            share = min(max(amount / largest, -1.0), 1.0) if largest else 0.0
            return Cell(scenario, self._text(amount, thousands), share, words, bool(names))

        far, name = len(layout.vols), str(self.sets.currentData() or "")
        first: dict[int, int] = {}  # of each column; not every row has them all
        for (_, column), scenario in layout.scenario:
            first.setdefault(column, scenario)
        across = [first[column] for column in sorted(first)]
        cells = [(place, cell(scenario)) for place, scenario in layout.scenario]
        cells += [((far, at), cell(each)) for at, each in enumerate(layout.extended)]
        return Board(
            tuple(head(table, each, name) for each in across),
            layout.vols,
            tuple(cells),
            tuple(head(table, each, name) for each in layout.extended),
            self.tr("extended") if layout.extended else "",
            "" if name else " / ".join(coins(table)),
        )

    def _entries(self, chosen: Profits) -> tuple[Entry, ...]:
        thousands = abs(chosen.together * self._factor) >= THOUSANDS
        entries = stale_entries(self.tr("stale"), stale_seconds(self._session, self._report))
        entries += [
            Entry(
                self.tr("{0} worst {1}").format(
                    name, scenario_words(self._table.label[scenario], name)
                ),
                name,
                self._text(amount * self._factor, thousands),
            )
            if amount < 0
            else Entry(self.tr("{0} loses nowhere").format(name), name, "0")
            for name, scenario, amount in chosen.losses
        ]
        if len(entries) > 1:
            together = self._text(chosen.together * self._factor, thousands)
            entries.append(Entry(self.tr("each at its own worst"), self.tr("together"), together))
        entries.append(Entry(self._currency, self._currency, ""))
        if self._is_damped():
            words = self.tr("extended: before dampening")
            entries.append(Entry(words, self.tr("undamped"), ""))
        return tuple(entries)

    def _is_damped(self) -> bool:
        """Whether an extended move loses more than the scenario that counts, and yet does not."""
        return any(
            row[each] < row[worst]
            for row, worst in zip(self._table.profit, self._table.worst, strict=True)
            for each in self._grid.extended
        )

    def _text(self, amount: float, thousands: bool) -> str:
        if thousands:
            return f"{formats.fixed(amount / 1000, sign=True)}k"
        return formats.money(amount, self._currency, sign=True)

    def _exact(self, amount: float) -> str:
        return f"{formats.money(amount, self._currency, sign=True)} {self._currency}"

    def _list_positions(self, scenario: int) -> None:
        seen = scenario >= 0 and bool(self._table.positions)
        self.side.setVisible(seen)
        if not seen:
            return
        held, rest = positions_at(self._table, scenario, str(self.sets.currentData() or ""))
        rows = [(name, amount * self._factor) for name, amount in held]
        together = sum(amount for _, amount in rows) + rest * self._factor
        if abs(rest) > abs(together) * NOTHING:
            rows.append((self.tr("collateral"), rest * self._factor))
        rows.append((self.tr("together, {0}").format(self._currency), together))
        self.heading.setText(self._table.label[scenario])
        self.positions_model.show(
            Numbers(
                (
                    Column(self.tr("Position"), tuple(name for name, _ in rows)),
                    _money_column(self._currency, [amount for _, amount in rows], self._currency),
                )
            )
        )
        header = self.positions.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)

    def _close_list(self) -> None:
        self.matrix.choose(None)
        self.side.hide()

    def _choose_instrument(self, index: QModelIndex) -> None:
        name = index.siblingAtColumn(0).data(Qt.ItemDataRole.DisplayRole)
        if name in dict(self._table.positions):
            self.instrument_chosen.emit(str(name))


def _money_column(title: str, amounts: list[float], currency: str) -> Column:
    def written(amount: float) -> str:
        return formats.money(amount, currency, sign=True)

    return Column(title, np.array(amounts), written)
