"""What stands around every chart: its legend, its table twin, its export."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from riskcore.errors import Refusal
from ui.desktop.chart_export import copy_numbers, save_numbers, save_picture
from ui.desktop.models.series import Numbers, NumbersModel
from ui.desktop.plots.legend import Legend
from ui.desktop.theme import Theme, row_height

MARGIN = 8


class ChartFrame(QWidget):
    """A chart or the table of its numbers, above one bar with the legend and the switches."""

    refused = Signal(str)

    def __init__(
        self,
        name: str,
        theme: Theme,
        numbers: Callable[[], Numbers],
        parent: QWidget | None = None,
        *,
        newest_first: bool = False,
    ) -> None:
        super().__init__(parent)
        self._numbers = numbers
        self._chart: QWidget | None = None
        self.setAccessibleName(name)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.legend = Legend(theme)
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setContentsMargins(24, 8, 24, 8)
        self.model = NumbersModel(self, newest_first=newest_first)
        self.table = self._build_table(name)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.sentence)
        self.stack.addWidget(self.table)
        self.toggle = QToolButton()
        self.toggle.setText(self.tr("Table"))
        self.toggle.setCheckable(True)
        self.toggle.setAutoRaise(True)
        self.toggle.setToolTip(self.tr("Show the numbers of this chart"))
        self.toggle.setAccessibleName(self.tr("{0} as a table").format(name))
        self.toggle.toggled.connect(self._switch)
        self.bar = QHBoxLayout()
        self.bar.setContentsMargins(MARGIN, 0, MARGIN, 2)
        self.bar.setSpacing(6)
        self.bar.addWidget(self.legend, 1)
        self.bar.addWidget(self.toggle)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.stack, 1)
        page.addLayout(self.bar)
        self._build_menu()
        self.set_theme(theme)

    def _build_table(self, name: str) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setAccessibleName(self.tr("Numbers of {0}").format(name))
        table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setFrameShape(QTableView.Shape.NoFrame)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        return table

    def _build_menu(self) -> None:
        self.save_action = QAction(self.tr("Save picture…"), self)
        self.save_action.triggered.connect(self.ask_picture)
        self.save_numbers_action = QAction(self.tr("Save numbers…"), self)
        self.save_numbers_action.triggered.connect(self.ask_numbers)
        self.copy_action = QAction(self.tr("Copy table"), self)
        self.copy_action.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self.copy_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.copy_action.triggered.connect(self.copy)
        self.addActions([self.save_action, self.save_numbers_action, self.copy_action])
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._open_menu)

    @property
    def chart(self) -> QWidget | None:
        """The chart, once it was placed."""
        return self._chart

    def place(self, chart: QWidget) -> None:
        """Put the chart in. Panels do so when they are first shown."""
        self._chart = chart
        chart.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        chart.customContextMenuRequested.connect(self._open_menu)
        self.stack.addWidget(chart)
        self._switch()

    def say(self, sentence: str) -> None:
        """Show a sentence in place of the chart; an empty one brings the chart back."""
        if sentence != self.sentence.text():
            self.sentence.setText(sentence)
            self._switch()

    def refresh(self) -> None:
        """The numbers changed: the table takes them up if it is seen."""
        if not self.toggle.isChecked():
            return
        titles = self.model.titles()
        self.model.show(self._numbers())
        if self.model.titles() != titles:
            self._fit_heads()

    def _fit_heads(self) -> None:
        """No column narrower than its title; what does not fit is scrolled to."""
        header = self.table.horizontalHeader()
        widest = max(map(header.fontMetrics().horizontalAdvance, self.model.titles()), default=0)
        header.setMinimumSectionSize(widest + 2 * MARGIN + 4)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.legend.set_theme(theme)
        self.table.setFont(theme.figures(12))
        self.table.horizontalHeader().setFont(theme.words(12))
        metrics = self.table.fontMetrics()
        self.table.verticalHeader().setDefaultSectionSize(row_height(metrics) - 2)
        self._fit_heads()

    def copy(self) -> None:
        """Copy the selected rows of the table, else all numbers."""
        if not self.toggle.isChecked():
            copy_numbers(self._numbers())
            return
        chosen = self.table.selectionModel().selectedRows()
        rows = sorted(self.model.place(index.row()) for index in chosen)
        copy_numbers(self.model.numbers, rows or None)

    def ask_picture(self) -> None:
        """Ask where to and write what is seen as PNG or SVG."""
        self._ask(self.tr("Save picture"), "png", self.tr("Pictures (*.png *.svg)"))

    def ask_numbers(self) -> None:
        """Ask where to and write the numbers as CSV."""
        self._ask(self.tr("Save numbers"), "csv", self.tr("Comma-separated (*.csv)"))

    def save(self, path: Path) -> None:
        """Write the numbers for .csv, else the picture. Raises Refusal when it cannot."""
        if path.suffix.lower() == ".csv":
            save_numbers(self._numbers(), path)
        else:
            save_picture(self, path)

    def _ask(self, title: str, ending: str, kinds: str) -> None:
        name = self.accessibleName().lower().replace(" ", "-")
        chosen, _ = QFileDialog.getSaveFileName(self, title, f"{name}.{ending}", kinds)
        if not chosen:
            return
        path = Path(chosen)
        try:
            self.save(path if path.suffix else path.with_suffix(f".{ending}"))
        except Refusal as refusal:
            self.refused.emit(str(refusal))

    def _switch(self) -> None:
        self.refresh()
        if self.sentence.text() or self._chart is None:
            self.stack.setCurrentWidget(self.sentence)
        else:
            self.stack.setCurrentWidget(self.table if self.toggle.isChecked() else self._chart)

    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.actions())
        source = self.sender()
        at = source.mapToGlobal(place) if isinstance(source, QWidget) else place
        menu.popup(at)
