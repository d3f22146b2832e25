"""Paints a group or an account: its name and usage, a bar, and a line of words."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPolygon
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from ui.desktop.models.accounts import NODE, Node
from ui.desktop.theme import Theme

Index = QModelIndex | QPersistentModelIndex

SIDE = 10  # left and right of a row
INDENT = 13  # of an account in a group, and of a group's name behind its triangle
GAP = 5
BAR = 4
SIGNS = {"accent": "", "caution": "▲ ", "call": "▲ ", "liquidation": "■ "}


class AccountDelegate(QStyledItemDelegate):
    """The bar is full at 100 %; its colour is that of the zone, and a sign repeats it."""

    def __init__(self, theme: Theme, tree: QTreeView) -> None:
        super().__init__(tree)
        self._tree = tree
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Paint in these colours and fonts from now on."""
        self._theme = theme
        self._words, self._small = theme.words(), theme.words(12)
        self._bold = theme.words(weight=QFont.Weight.DemiBold)
        self._figures = theme.figures(12)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        heights = (QFontMetrics(self._words).height(), QFontMetrics(self._small).height())
        return QSize(140, sum(heights) + BAR + 4 * GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        node = index.data(NODE)
        assert isinstance(node, Node)
        rect = QRect(0, option.rect.top(), self._tree.viewport().width(), option.rect.height())
        theme = self._theme
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("selection"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        left = self._left(index)
        inside = QRect(left, rect.top() + GAP, rect.right() - SIDE - left, rect.height() - 2 * GAP)
        if node.is_group:
            self._paint_triangle(painter, inside, is_open=self._tree.isExpanded(index))
        zone = theme.zone(node.usage, node.trigger)
        high = QFontMetrics(self._words).height()
        self._paint_head(painter, QRect(inside.topLeft(), QSize(inside.width(), high)), node, zone)
        bar_left = inside.left() - (INDENT if node.is_group else 0)
        bar = QRect(bar_left, inside.top() + high + GAP, inside.right() - bar_left + 1, BAR)
        self._paint_bar(painter, bar, node.usage, zone)
        below = QRect(bar_left, bar.bottom() + GAP, bar.width(), inside.bottom() - bar.bottom())
        self._paint_line(painter, below, node)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(0, 0, -1, -2))

    def _left(self, index: Index) -> int:
        node = index.data(NODE)
        return SIDE + (INDENT if index.parent().isValid() or node.is_group else 0)

    def _paint_head(self, painter: QPainter, space: QRect, node: Node, zone: str) -> None:
        theme = self._theme
        usage = f"{SIGNS[zone]}{node.usage_text}"
        painter.setFont(self._figures)
        painter.setPen(theme.color("text" if zone == "accent" else zone))
        painter.drawText(space, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, usage)
        room = space.width() - QFontMetrics(self._figures).horizontalAdvance(usage) - 2 * GAP
        font = self._bold if node.is_group else self._words
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        name = QFontMetrics(font).elidedText(node.name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(space, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_bar(self, painter: QPainter, bar: QRect, usage: float | None, zone: str) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._fill(painter, bar, self._theme.color("line"))
        if usage:
            full = QRect(bar)
            full.setWidth(max(round(bar.width() * min(usage, 1.0)), BAR))
            self._fill(painter, full, self._theme.color(zone))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _fill(self, painter: QPainter, bar: QRect, colour: QColor) -> None:
        painter.setBrush(colour)
        painter.drawRoundedRect(bar, BAR / 2, BAR / 2)

    def _paint_line(self, painter: QPainter, space: QRect, node: Node) -> None:
        """The longest wording that fits; none in a narrow dock."""
        metrics = QFontMetrics(self._small)
        lines = node.lines
        colour = "dim"
        if node.trouble:
            lines = (self.tr("▲ not computed: {0}").format(node.trouble), self.tr("▲ not computed"))
            colour = "caution"
        fitting = [each for each in lines if metrics.horizontalAdvance(each) <= space.width()]
        if fitting:
            painter.setFont(self._small)
            painter.setPen(self._theme.color(colour))
            top_left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            painter.drawText(space, top_left, fitting[0])

    def _paint_triangle(self, painter: QPainter, inside: QRect, *, is_open: bool) -> None:
        left = inside.left() - INDENT
        middle = inside.top() + QFontMetrics(self._words).height() // 2
        shape = ((0, -2), (8, -2), (4, 3)) if is_open else ((1, -4), (1, 4), (6, 0))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("dim"))
        painter.drawPolygon(QPolygon([QPoint(left + x, middle + y) for x, y in shape]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    # Renaming.

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setFont(self._words)
        editor.setAccessibleName(self.tr("Name of {0}").format(index.data()))
        return editor

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        left = self._left(index) - GAP
        room = self._tree.viewport().width() - left - GAP
        editor.setGeometry(left, option.rect.top() + 1, room, editor.sizeHint().height())
