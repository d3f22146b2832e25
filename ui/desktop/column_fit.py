"""How wide the columns of a grid are, and which of them are shown."""

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import QMenu, QTableView

from ui.desktop.cell_delegate import FIGURE_SIZE, INDENT, PADDING
from ui.desktop.models.cells import GridModel
from ui.desktop.theme import Theme


class ColumnFit(QObject):
    """Gives every column the room of its longest figure.

    Where the columns do not fit, those that give way are hidden, in their order. What remains is
    spread evenly. A width or a choice of the user's stays.
    """

    fitted = Signal()  # columns are wider, narrower, hidden or shown

    def __init__(self, view: QTableView, model: GridModel, theme: Theme) -> None:
        super().__init__(view)
        self._view, self._model = view, model
        self._hidden: set[str] = set()
        self._widths: dict[str, int] = {}
        self._longest: list[int] = []
        self._is_fitting = False
        self._set_metrics(theme)
        header = view.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._choose)
        header.sectionResized.connect(self._remember_width)
        model.dataChanged.connect(self.measure)
        model.modelReset.connect(self.measure)
        model.headerDataChanged.connect(self.fit)

    def set_theme(self, theme: Theme) -> None:
        """Measure with these fonts from now on."""
        self._set_metrics(theme)
        self._longest = []
        self.measure()
        self.fit()

    def measure(self) -> None:
        """Widen columns whose figures have become longer; never narrow them while they move."""
        longest = [
            max((len(row.cells[at].text) for row in self._model.rows), default=0)
            if column.is_figure
            else 0
            for at, column in enumerate(self._model.columns)
        ]
        if self._longest:
            longest = [max(pair) for pair in zip(longest, self._longest, strict=True)]
        if longest != self._longest:
            self._longest = longest
            self.fit()

    def fit(self) -> None:
        """Share the room there is."""
        columns = self._model.columns
        needed = {
            at: self._needed(at) for at, each in enumerate(columns) if each.name not in self._hidden
        }
        room = self._view.viewport().width()
        giving = sorted(
            (at for at in needed if columns[at].gives_way), key=lambda at: columns[at].gives_way
        )
        while giving and sum(needed.values()) > room:
            needed.pop(giving.pop(0))
        self._set_widths(needed, max(room - sum(needed.values()), 0))
        self.fitted.emit()

    def menu(self) -> QMenu:
        """A tick for every column; the fixed ones cannot be hidden."""
        menu = QMenu(self.tr("Columns"), self._view)
        for column in self._model.columns:
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(column.name not in self._hidden)
            action.setEnabled(not column.is_fixed)
            action.setData(column.name)
        menu.addSeparator()
        menu.addAction(self.tr("Automatic widths"))
        menu.triggered.connect(self._take)
        return menu

    def _set_metrics(self, theme: Theme) -> None:
        self._header = QFontMetrics(theme.words(12))
        self._words, self._figures = (
            QFontMetrics(theme.words()),
            QFontMetrics(theme.figures(FIGURE_SIZE)),
        )

    def _needed(self, at: int) -> int:
        column = self._model.columns[at]
        if column.name in self._widths:
            return self._widths[column.name]
        header = self._header.horizontalAdvance(self._model.header_text(at)) + 2 * PADDING
        metrics = self._figures if column.is_figure else self._words
        longest = self._longest[at] if at < len(self._longest) else 0
        content = max(
            metrics.horizontalAdvance(column.sample), longest * metrics.horizontalAdvance("0")
        )
        return max(header, content + (INDENT if at == 0 else PADDING) + PADDING)

    def _set_widths(self, needed: dict[int, int], spare: int) -> None:
        """What is to spare goes to all columns alike, the rest of the division to the first."""
        free = [at for at in needed if self._model.columns[at].name not in self._widths]
        share, rest = divmod(spare, len(free)) if free else (0, 0)
        self._is_fitting = True
        for at in range(len(self._model.columns)):
            self._view.setColumnHidden(at, at not in needed)
            if at in needed:
                more = (share if at in free else 0) + (rest if free[:1] == [at] else 0)
                self._view.setColumnWidth(at, needed[at] + more)
        self._is_fitting = False

    def _remember_width(self, at: int, _old: int, new: int) -> None:
        if not self._is_fitting and new > 0:
            self._widths[self._model.columns[at].name] = new
            self.fitted.emit()

    def _choose(self, at: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._view.horizontalHeader().mapToGlobal(at))

    def _take(self, action: QAction) -> None:
        if name := action.data():
            self._hidden ^= {name}
        else:
            self._widths.clear()
        self.fit()
