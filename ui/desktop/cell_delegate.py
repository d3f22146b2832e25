"""Paints the cells of a grid from prepared texts, and edits them in place."""

from contextlib import suppress

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetrics, QKeyEvent, QPainter, QPolygon
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from riskcore.errors import Refusal
from ui.desktop.completion import Completion
from ui.desktop.models.cells import Cell, Edit, GridModel, Kind, Row
from ui.desktop.theme import ROLES, Theme

Index = QModelIndex | QPersistentModelIndex

PADDING = 8  # between a figure and the edge of its column
FIGURE_SIZE = 12  # pixels at 100 %
TICK = 12  # side of the tick box
INDENT = PADDING + TICK + 7  # where names begin in a grid with tick boxes
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
SELECTED = QStyle.StateFlag.State_Selected
FOCUSED = QStyle.StateFlag.State_HasFocus
_WHOLE_WINDOW = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)


class CellDelegate(QStyledItemDelegate):
    """Figures right-aligned in equal widths; words elided, figures never."""

    refused = Signal(str)  # a sentence; empty: what was refused is gone
    moved_on = Signal()  # Tab left an editor

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.completion: Completion | None = None
        self._open = QPersistentModelIndex()
        self._initial = ""
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Paint in these colours and fonts from now on."""
        self._ink = {role: theme.color(role) for role in ROLES}
        self._tried = theme.mixed("accent", 0.08)
        self._figures = theme.figures(FIGURE_SIZE)
        self._words = theme.words()
        self._bold_words = theme.words(weight=QFont.Weight.DemiBold)
        self._bold_figures = theme.figures(FIGURE_SIZE, weight=QFont.Weight.DemiBold)
        self._tried_words, self._tried_figures = QFont(self._words), QFont(self._figures)
        for font in (self._tried_words, self._tried_figures):
            font.setItalic(True)
        self._notes = theme.words(12)
        self._note_metrics = QFontMetrics(self._notes)

    # Painting.

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, GridModel)
        at = index.column()
        row = model.rows[index.row()]
        cell, rect = row.cells[at], option.rect
        state = option.state
        if state & SELECTED:
            painter.fillRect(rect, self._ink["selection"])
        elif row.kind is Kind.HYPOTHETICAL:
            painter.fillRect(rect, self._tried)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, self._ink["line"])
        if not model.columns[at].is_figure:
            self._paint_words(painter, rect, row, cell, is_first=at == 0)
        elif cell.text:
            painter.setFont(self._font(row.kind, is_figure=True))
            painter.setPen(self._tone(row, cell))
            painter.drawText(rect.adjusted(PADDING, 0, -PADDING, -1), RIGHT, cell.text)
        if state & FOCUSED:
            painter.setPen(self._ink["accent"])
            painter.drawRect(rect.adjusted(0, 0, -1, -2))

    def _paint_words(
        self, painter: QPainter, rect: QRect, row: Row, cell: Cell, *, is_first: bool
    ) -> None:
        left = rect.left() + PADDING
        if is_first:
            left = self._paint_sign(painter, rect, row)
        font = self._font(row.kind, is_figure=False)
        painter.setFont(font)
        painter.setPen(self._tone(row, cell))
        space = rect.adjusted(0, 0, -PADDING, -1)
        space.setLeft(left)
        metrics = painter.fontMetrics()
        text = metrics.elidedText(cell.text, Qt.TextElideMode.ElideRight, space.width())
        painter.drawText(space, LEFT, text)
        if row.note and is_first:
            space.setLeft(left + metrics.horizontalAdvance(text) + PADDING)
            if space.width() < 3 * PADDING:
                return
            painter.setFont(self._notes)
            painter.setPen(self._ink["mute"])
            note = self._note_metrics.elidedText(
                row.note, Qt.TextElideMode.ElideRight, space.width()
            )
            painter.drawText(space, LEFT, note)

    def _paint_sign(self, painter: QPainter, rect: QRect, row: Row) -> int:
        """The tick box, the triangle of a group or the plus of a trial; where the words begin."""
        left, middle = rect.left() + PADDING, rect.center().y()
        if row.is_ticked is not None:
            self._paint_tick(painter, QRect(left, middle - TICK // 2, TICK, TICK), row.is_ticked)
        elif row.kind is Kind.GROUP:
            shape = ((1, -2), (9, -2), (5, 3)) if row.is_open else ((3, -4), (3, 4), (8, 0))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._ink["dim"])
            painter.drawPolygon(QPolygon([QPoint(left + x, middle + y) for x, y in shape]))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            return left + TICK + 2
        elif row.kind is Kind.HYPOTHETICAL:
            painter.setPen(self._ink["accent"])
            painter.setFont(self._words)
            painter.drawText(left + 2, middle + 5, "+")
        else:
            return left
        return rect.left() + INDENT

    def _paint_tick(self, painter: QPainter, box: QRect, is_ticked: bool) -> None:
        painter.setPen(self._ink["mute"])
        painter.drawRect(box.adjusted(0, 0, -1, -1))
        if is_ticked:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = painter.pen()
            pen.setColor(self._ink["accent"])
            pen.setWidthF(1.6)
            painter.setPen(pen)
            corner = box.topLeft()
            painter.drawPolyline([corner + QPoint(*at) for at in ((2, 6), (5, 8), (9, 3))])
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _font(self, kind: Kind, *, is_figure: bool) -> QFont:
        match kind:
            case Kind.TOTAL:
                return self._bold_figures if is_figure else self._bold_words
            case Kind.HYPOTHETICAL:
                return self._tried_figures if is_figure else self._tried_words
            case _:
                return self._figures if is_figure else self._words

    def _tone(self, row: Row, cell: Cell) -> QColor:
        if row.is_faded:
            return self._ink["mute"]
        if row.kind is Kind.HYPOTHETICAL and cell.tone == "text":
            return self._ink["accent"]
        return self._ink[cell.tone]

    # Editing.

    @property
    def is_open(self) -> bool:
        """Whether an editor is open."""
        return self._open.isValid()

    def finish(self, editor: QWidget | None) -> Edit | None:
        """Close an editor without asking for its edit; the edit, if it can be made."""
        index = self._open
        if not isinstance(editor, QLineEdit) or not index.isValid():
            return None
        model, text = index.model(), editor.text()
        assert isinstance(model, GridModel)
        edit = None
        if text.strip() != self._initial.strip():
            with suppress(Refusal):
                edit = model.typed(index.row(), index.column(), text)
        self._close(editor)
        return edit

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        model = index.model()
        assert isinstance(model, GridModel)
        column, kind = model.columns[index.column()], model.rows[index.row()].kind
        editor = QLineEdit(parent)
        editor.setFont(self._figures)
        editor.setFrame(False)
        editor.setAlignment(
            Qt.AlignmentFlag.AlignRight if column.is_figure else Qt.AlignmentFlag.AlignLeft
        )
        editor.setAccessibleName(model.prompt if kind is Kind.ENTRY else column.title)
        editor.setPlaceholderText(model.prompt if kind is Kind.ENTRY else "")
        if kind is Kind.ENTRY and self.completion is not None:
            self.completion.attach(editor)
        model.hold(True)
        self._open = QPersistentModelIndex(index)
        self._initial = model.editable_text(index.row(), index.column())
        editor.setText(self._initial)
        editor.selectAll()
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Nothing: what is being typed outlives a refresh of the figures."""

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Nothing: `commit` hands over what was typed, and only when it can be taken."""

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, _index: Index
    ) -> None:
        editor.setGeometry(option.rect)

    def destroyEditor(self, editor: QWidget, index: Index) -> None:
        self._open = QPersistentModelIndex()
        super().destroyEditor(editor, index)
        model = index.model()
        if isinstance(model, GridModel):
            model.hold(False)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        if not isinstance(editor, QLineEdit):
            return super().eventFilter(editor, event)
        match event:
            case QKeyEvent() if event.type() == QEvent.Type.KeyPress:
                return self._take_key(editor, event)
            case QKeyEvent() if event.type() == QEvent.Type.ShortcutOverride:
                if event.key() == Qt.Key.Key_Escape:
                    event.accept()
                return False
            case QFocusEvent() if event.lostFocus() and event.reason() not in _WHOLE_WINDOW:
                self.commit(editor)
                return False
        return False

    def _take_key(self, editor: QLineEdit, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.commit(editor)
            case Qt.Key.Key_Tab | Qt.Key.Key_Backtab:
                if self.commit(editor):
                    self.moved_on.emit()
            case Qt.Key.Key_Escape:
                self._close(editor)
            case _:
                return False
        return True

    def commit(self, editor: QWidget) -> bool:
        """Whether the editor could close: what was typed is taken, or nothing was."""
        index = self._open
        if not isinstance(editor, QLineEdit) or not index.isValid():
            return True
        model, text = index.model(), editor.text()
        assert isinstance(model, GridModel)
        if text.strip() == self._initial.strip():
            self._close(editor)
            return True
        try:
            edit = model.typed(index.row(), index.column(), text)
        except Refusal as refusal:
            self._show_refusal(editor, str(refusal))
            return False
        self._close(editor)
        if edit is not None:
            model.edited.emit(edit)
        return True

    def _close(self, editor: QLineEdit) -> None:
        self._open = QPersistentModelIndex()
        self.refused.emit("")
        self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)

    def _show_refusal(self, editor: QLineEdit, sentence: str) -> None:
        editor.setToolTip(sentence)
        editor.setAccessibleDescription(sentence)
        editor.setStyleSheet(f"border: 1px solid {self._ink['loss'].name()}")
        self.refused.emit(sentence)
