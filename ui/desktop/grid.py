"""A table of prepared cells with the keys of a spreadsheet."""

from collections.abc import Hashable

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QTableView, QWidget

from ui.desktop.cell_delegate import INDENT, CellDelegate
from ui.desktop.column_fit import ColumnFit
from ui.desktop.models.cells import GridModel, Kind
from ui.desktop.theme import Theme, row_height

SIGNS = "0123456789+-.−"  # what begins a number
COPY, PASTE = QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.Paste


class GridView(QTableView):
    """Shows a GridModel. It asks for edits; who owns it makes them."""

    remove_asked = Signal()
    tick_asked = Signal(list)  # keys
    nudge_asked = Signal(int)  # lots
    copy_asked = Signal()
    paste_asked = Signal()
    filter_asked = Signal()

    def __init__(self, model: GridModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = model
        self._theme = theme
        self._kept: tuple[list[Hashable], Hashable, int] = ([], None, 0)
        self._spans: list[int] = []
        self.cells = CellDelegate(theme, self)
        self.setItemDelegate(self.cells)
        self.setModel(model)
        self.fit = ColumnFit(self, model, theme)
        self._set_up()
        self.set_theme(theme)
        self.cells.moved_on.connect(self._edit_next)
        model.modelAboutToBeReset.connect(self._keep_place)
        model.modelReset.connect(self._restore_place)
        model.dataChanged.connect(self._span)

    def _set_up(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)  # Tab leaves the grid; the arrows move in it
        rows, header = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        header.setSortIndicatorShown(False)  # the style draws its arrow over right-aligned words

    def set_theme(self, theme: Theme) -> None:
        """Paint in these colours and fonts from now on."""
        self._theme = theme
        self.cells.set_theme(theme)
        self.horizontalHeader().setFont(theme.words(12))
        height = row_height(QFontMetrics(theme.words()))
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        self.horizontalHeader().setFixedHeight(height)
        self.fit.set_theme(theme)
        self.viewport().update()

    # What is chosen.

    @property
    def is_editing(self) -> bool:
        """Whether something is being typed into a cell."""
        return self.cells.is_open

    def chosen(self) -> list[int]:
        """The selected rows from the top."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def choose(self, key: Hashable, column: int = 0) -> bool:
        """Select the row of a key and scroll to it, unless something is being typed."""
        row = self._grid.row_of(key)
        if row < 0 or self.is_editing:
            return False
        index = self._grid.index(row, column)
        self.setCurrentIndex(index)
        self.selectRow(row)
        self.scrollTo(index)
        return True

    def edit_cell(self, row: int, column: int, text: str = "") -> bool:
        """Open an editor in a cell, with text in place of what stands there."""
        is_row = 0 <= row < len(self._grid.rows)
        if self.is_editing or not is_row or not self._grid.is_editable(row, column):
            return False
        index = self._grid.index(row, column)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        self.edit(index)
        editor = self.indexWidget(index)
        if not isinstance(editor, QLineEdit):
            return False
        if text:
            editor.clear()
            editor.insert(text)
            editor.textEdited.emit(text)
        return True

    def begin_entry(self, text: str = "") -> None:
        """Open the line in which a new row is typed."""
        row = self._grid.row_of("entry")
        if row >= 0:
            self.setFocus()
            self.edit_cell(row, 0, text)

    # Keys and mouse.

    def event(self, event: QEvent) -> bool:
        """Keys that mean something here are not taken by an action of the window."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._means_something(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def _means_something(self, event: QKeyEvent) -> bool:
        if event.matches(COPY) or event.matches(PASTE):
            return True
        alone = event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        keys = Qt.Key
        if alone == Qt.KeyboardModifier.AltModifier:
            return event.key() in (keys.Key_Up, keys.Key_Down)
        if alone == Qt.KeyboardModifier.ControlModifier:
            return event.key() == keys.Key_F
        named = (keys.Key_F2, keys.Key_Insert, keys.Key_Delete, keys.Key_Space, keys.Key_Escape)
        is_character = bool(event.text()) and event.text().isprintable()
        return not alone.value and (event.key() in named or is_character)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._take_key(event):
            super().keyPressEvent(event)

    def _take_key(self, event: QKeyEvent) -> bool:
        """Whether the key meant something."""
        if event.matches(COPY):
            self.copy_asked.emit()
            return True
        if event.matches(PASTE):
            self.paste_asked.emit()
            return True
        key, modifiers = event.key(), event.modifiers()
        if modifiers & Qt.KeyboardModifier.AltModifier:
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self.nudge_asked.emit(1 if key == Qt.Key.Key_Up else -1)
                return True
            return False
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            if key == Qt.Key.Key_F:
                self.filter_asked.emit()
                return True
            return False
        return self._take_plain_key(event)

    def _take_plain_key(self, event: QKeyEvent) -> bool:
        current = self.currentIndex()
        kind = self._grid.rows[current.row()].kind if current.isValid() else None
        match event.key():
            case Qt.Key.Key_Insert:
                self.begin_entry()
            case Qt.Key.Key_Delete:
                self.remove_asked.emit()
            case Qt.Key.Key_Space if kind is not Kind.ENTRY:
                self.tick_asked.emit([self._grid.rows[row].key for row in self.chosen()])
            case Qt.Key.Key_F2 | Qt.Key.Key_Return | Qt.Key.Key_Enter if current.isValid():
                self.open_or_fold(current)
            case _:
                return self._begin_typing(event.text(), kind)
        return True

    def open_or_fold(self, current: QModelIndex) -> None:
        """Open an editor in a cell, or beside it where nothing can be typed; fold a group."""
        row = self._grid.rows[current.row()]
        if row.kind is Kind.GROUP:
            self._grid.fold(row.group)
            return
        editable = [
            at
            for at in range(len(self._grid.columns))
            if self._grid.is_editable(current.row(), at) and not self.isColumnHidden(at)
        ]
        if editable:
            at = current.column() if current.column() in editable else editable[0]
            self.edit_cell(current.row(), at)

    def _begin_typing(self, text: str, kind: Kind | None) -> bool:
        current = self.currentIndex()
        if not text or not text.isprintable() or not current.isValid():
            return False
        if kind is Kind.ENTRY:
            self.edit_cell(current.row(), 0, text)
            return True
        if text in SIGNS and self._grid.is_editable(current.row(), current.column()):
            self.edit_cell(current.row(), current.column(), text)
            return True
        return text in SIGNS

    def _edit_next(self) -> None:
        """Open the next editable cell of the row that an editor has just left."""
        current = self.currentIndex()
        for column in range(current.column() + 1, len(self._grid.columns)):
            if not self.isColumnHidden(column) and self.edit_cell(current.row(), column):
                return

    def mousePressEvent(self, event: QMouseEvent) -> None:
        editor = self.indexWidget(self.currentIndex())
        if self.is_editing and not self.cells.commit(editor):  # refused, and not thrown away
            editor.setFocus()
            return
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            row = self._grid.rows[index.row()]
            is_sign = event.position().x() < self.columnViewportPosition(0) + INDENT
            if is_sign and index.column() == 0 and row.is_ticked is not None:
                self.setCurrentIndex(index)
                self.tick_asked.emit([row.key])
                return
            if is_sign and row.kind is Kind.GROUP:
                self._grid.fold(row.group)
                return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            if self._grid.rows[index.row()].kind is Kind.GROUP:
                self.open_or_fold(index)
            else:
                self.edit_cell(index.row(), index.column())

    # Columns.

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit.fit()

    def _span(self) -> None:
        """Let the words of a row that has no figures beside them run on."""
        spans = [
            1
            if row.kind in (Kind.LINE, Kind.HYPOTHETICAL)
            else next((at for at, cell in enumerate(row.cells) if at and cell.text), len(row.cells))
            for row in self._grid.rows
        ]
        if spans == self._spans:
            return
        self._spans = spans
        self.clearSpans()
        for row, span in enumerate(spans):
            if span > 1:
                self.setSpan(row, 0, 1, span)

    # What stays across a change of the rows.

    def _keep_place(self) -> None:
        rows = self._grid.rows
        current = self.currentIndex()
        key = rows[current.row()].key if current.isValid() else None
        self._kept = ([rows[row].key for row in self.chosen()], key, max(current.column(), 0))

    def _restore_place(self) -> None:
        chosen, current, column = self._kept
        self._spans = []
        self._span()
        selection = self.selectionModel()
        flags = selection.SelectionFlag
        row = self._grid.row_of(current) if current is not None else -1
        if row >= 0:
            index = self._grid.index(row, column)
            selection.setCurrentIndex(index, flags.NoUpdate)
        for key in chosen:
            row = self._grid.row_of(key)
            if row >= 0:
                selection.select(self._grid.index(row, 0), flags.Select | flags.Rows)
