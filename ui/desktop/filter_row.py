"""A line edit above every column of a grid: words, wildcards or comparisons show fewer lines."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from riskcore.errors import Refusal
from ui.desktop.column_fit import ColumnFit
from ui.desktop.grid import GridView
from ui.desktop.models.cells import GridModel
from ui.desktop.theme import Theme


class FilterRow(QWidget):
    """Hidden until it is asked for; closing it shows every line again."""

    refused = Signal(str)

    def __init__(self, view: GridView, model: GridModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view, self._model = view, model
        self.edits: list[QLineEdit] = []
        for at, column in enumerate(model.columns):
            edit = QLineEdit(self)
            edit.setProperty("column", at)
            edit.setClearButtonEnabled(False)
            edit.setAccessibleName(self.tr("Filter {0}").format(column.title))
            edit.setToolTip(self.tr("Words, BTC*-P, >0, -5..5"))
            edit.setPlaceholderText(">0" if column.is_figure else self.tr("BTC*-P"))
            edit.textChanged.connect(self._filter)
            edit.installEventFilter(self)
            self.edits.append(edit)
        self.hide()
        fit: ColumnFit = view.fit
        fit.fitted.connect(self._place)
        view.horizontalScrollBar().valueChanged.connect(self._place)

    def set_theme(self, theme: Theme) -> None:
        """Use these fonts from now on."""
        for edit in self.edits:
            edit.setFont(theme.words(12))
        self.setFixedHeight(self.edits[0].sizeHint().height() + 4)

    def toggle(self) -> None:
        """Open and take the focus, or close and show every line."""
        if self.isVisible():
            self.close_filters()
            return
        self.show()
        self._place()
        current = max(self._view.currentIndex().column(), 0)
        (self.edits[current] if self.edits[current].isVisible() else self.edits[0]).setFocus()

    def close_filters(self) -> None:
        """Forget every filter and give the focus back to the grid."""
        for edit in self.edits:
            edit.clear()
        self.hide()
        self.refused.emit("")
        self._view.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc closes the row, Down goes to the lines."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if event.key() == Qt.Key.Key_Escape or (control and event.key() == Qt.Key.Key_F):
                self.close_filters()
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._view.setFocus()
                return True
        return super().eventFilter(watched, event)

    def _filter(self, text: str) -> None:
        edit = self.sender()
        assert isinstance(edit, QLineEdit)
        try:
            self._model.filter_by(edit.property("column"), text)
        except Refusal as refusal:
            self.refused.emit(str(refusal))
        else:
            self.refused.emit("")

    def _place(self) -> None:
        header = self._view.horizontalHeader()
        for at, edit in enumerate(self.edits):
            edit.setVisible(not header.isSectionHidden(at))
            left, width = header.sectionViewportPosition(at), header.sectionSize(at)
            edit.setGeometry(left + 2, 2, max(width - 4, 0), self.height() - 4)
