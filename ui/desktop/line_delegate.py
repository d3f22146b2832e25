"""How a line of the requirement's tree is drawn."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.desktop.models.explain import ExplainModel, Line
from ui.desktop.theme import Theme, row_height

SMALL = 11  # pixels of what stands dim
PAD = 6


class LineDelegate(QStyledItemDelegate):
    """Draws a line: its term, dim behind it the deciding fact and its rule's sign, its amount.

    The fact is shortened to whole clauses, and left to the tooltip where none fits; the sign gives
    way to it.
    """

    def __init__(self, model: ExplainModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.rising_is_good = False
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._words, self._figures = theme.words(12), theme.figures(12)
        self._small, self._italic = theme.words(SMALL), theme.words(12)
        self._italic.setItalic(True)
        self._strong = theme.words(12, weight=QFont.Weight.DemiBold)
        self._strong_figures = theme.figures(12, weight=QFont.Weight.DemiBold)

    def sizeHint(
        self,
        option: QStyleOptionViewItem,  # noqa: ARG002
        index: QModelIndex | QPersistentModelIndex,  # noqa: ARG002
    ) -> QSize:
        """A row of the window's height."""
        return QSize(60, row_height(QFontMetrics(self._words)) - 4)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """One cell of a line."""
        line = self._model.line(index)
        if line is None:
            return
        place: QRect = option.rect
        painter.save()
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, self._theme.color("selection"))
        match index.column():
            case 0:
                self._paint_term(painter, place, line)
            case _:
                font = self._strong_figures if line.parent is None else self._figures
                amount = self._model.amount(line)
                self._paint_text(
                    painter, place.adjusted(0, 0, -PAD, 0), amount, font, self._ink(line)
                )
        painter.restore()

    def _paint_term(self, painter: QPainter, place: QRect, line: Line) -> None:
        font = self._words if not line.losing else self._italic
        if line.parent is None:
            font = self._strong
        metrics = QFontMetrics(font)
        words = self._model.title(line)
        is_name = " " not in words  # its end, the strike, tells one instrument from the other
        title = metrics.elidedText(
            words,
            Qt.TextElideMode.ElideMiddle if is_name else Qt.TextElideMode.ElideRight,
            place.width(),
        )
        painter.setFont(font)
        painter.setPen(self._theme.color("mute" if line.losing else "text"))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, title)
        left = metrics.horizontalAdvance(title) + PAD
        rest = place.adjusted(left, 1, 0, 1)
        small = QFontMetrics(self._small)
        found = (
            text
            for text in self._model.remarks(line)
            if small.horizontalAdvance(text) <= rest.width()
        )
        remark = next(found, "")
        painter.setFont(self._small)
        painter.setPen(self._theme.color("mute"))
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, remark)
        sign = self._model.sign(line)
        free = rest.width() - small.horizontalAdvance(remark) - (PAD if remark else 0)
        if small.horizontalAdvance(sign) <= free:
            self._paint_text(painter, rest, sign, self._small, "mute")

    def _paint_text(
        self, painter: QPainter, place: QRect, text: str, font: QFont, role: str
    ) -> None:
        painter.setFont(font)
        painter.setPen(self._theme.color(role))
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _ink(self, line: Line) -> str:
        amount = line.component.amount
        if line.losing or amount == 0:
            return "mute"
        if not line.is_instrument:
            return "text"
        return "gain" if (amount > 0) is self.rising_is_good else "loss"
