"""How a model of the comparison is drawn: title, label, usage, requirement, a bar, a remark."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.desktop.models.venues import LINE, VenueLine
from ui.desktop.theme import Theme

Index = QModelIndex | QPersistentModelIndex
SIDE = 10  # left and right of a row
GAP = 4
APART = 10  # between two words of a row
BAR = 4
SMALL = 11
LONG = "Deribit cross standard"  # a title that must not be shortened
OWN = "● "  # before the account's own model
SIGNS = {"accent": "", "caution": "▲ ", "call": "▲ ", "liquidation": "■ "}
WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class VenueDelegate(QStyledItemDelegate):
    """The label gives way first, then the usage; a title that is still too long is shortened.

    Without the usage its sign is left: the colour of the bar must not say the zone alone.
    The bar is the requirement against the largest of all; its colour is the zone of the usage, and
    a sign repeats it. What refuses stands dim, with its sentence.
    """

    def __init__(self, view: QListView, theme: Theme) -> None:
        super().__init__(view)
        self._view = view
        self.is_faded = False  # what is shown is of an account or a market that is not the newest
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._words, self._figures = theme.words(12), theme.figures(12)
        self._small = theme.words(SMALL)
        self._strong = theme.words(12, weight=QFont.Weight.DemiBold)

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as its remark needs at this width."""
        line = index.data(LINE)
        if not isinstance(line, VenueLine):
            return QSize()
        high = QFontMetrics(self._words).height() + 2 * GAP + 1
        if line.share is not None:
            high += BAR + GAP
        if line.remark:
            high += self._remark_height(line) + GAP
        return QSize(60, high)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One model."""
        line = index.data(LINE)
        if not isinstance(line, VenueLine):
            return
        rect: QRect = option.rect
        theme = self._theme
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("selection"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        inside = rect.adjusted(SIDE, GAP, -SIDE, -GAP - 1)
        high = QFontMetrics(self._words).height()
        self._paint_head(painter, QRect(inside.topLeft(), QSize(inside.width(), high)), line)
        below = inside.top() + high + GAP
        if line.share is not None:
            self._paint_bar(painter, QRect(inside.left(), below, inside.width(), BAR), line)
            below += BAR + GAP
        if line.remark:
            painter.setFont(self._small)
            painter.setPen(theme.color("mute" if line.refuses or self.is_faded else "caution"))
            space = QRect(inside.left(), below, inside.width(), self._remark_height(line))
            painter.drawText(space, WRAP, line.remark)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(0, 0, -1, -2))
        painter.restore()

    def words(self, line: VenueLine, width: int) -> tuple[str, str, str]:
        """Title, label and usage as they fit beside the amount."""
        title = f"{OWN}{line.title}" if line.is_own else line.title
        usage = f"{SIGNS[self._zone(line)]}{line.usage}" if line.usage else ""
        figures, small = QFontMetrics(self._figures), QFontMetrics(self._small)
        words = QFontMetrics(self._strong if line.is_own else self._words)
        room = width - (0 if line.refuses else figures.horizontalAdvance(line.amount) + APART)
        sign = SIGNS[self._zone(line)].strip()
        for label, used in ((line.label, usage), ("", usage), ("", sign)):
            taken = words.horizontalAdvance(title)
            taken += small.horizontalAdvance(label) + APART if label else 0
            taken += figures.horizontalAdvance(used) + APART if used else 0
            if taken <= room:
                return title, label, used
        room -= figures.horizontalAdvance(sign) + APART if sign else 0
        return words.elidedText(title, Qt.TextElideMode.ElideRight, room), "", sign

    def least_width(self) -> int:
        """Room for a title, the sign of a zone and an amount, whole."""
        words, figures = QFontMetrics(self._words), QFontMetrics(self._figures)
        least = words.horizontalAdvance(LONG) + 2 * (SIDE + APART)
        return least + figures.horizontalAdvance(f"{SIGNS['liquidation'].strip()}9,999,999")

    def _paint_head(self, painter: QPainter, space: QRect, line: VenueLine) -> None:
        theme, figures = self._theme, QFontMetrics(self._figures)
        title, label, usage = self.words(line, space.width())
        middle = Qt.AlignmentFlag.AlignVCenter
        ink = "mute" if line.refuses else "dim" if self.is_faded else "text"
        strong = self._strong if line.is_own else self._words
        painter.setFont(strong)
        painter.setPen(theme.color(ink))
        painter.drawText(space, middle | Qt.AlignmentFlag.AlignLeft, title)
        if label:
            left = QFontMetrics(strong).horizontalAdvance(title) + APART
            painter.setFont(self._small)
            painter.setPen(theme.color("mute"))
            painter.drawText(space.adjusted(left, 0, 0, 0), middle, label)
        if line.refuses:
            return
        painter.setFont(self._figures)
        painter.setPen(theme.color(ink))
        right = middle | Qt.AlignmentFlag.AlignRight
        painter.drawText(space, right, line.amount)
        if usage:
            zone = self._zone(line)
            quiet = zone == "accent" or self.is_faded
            painter.setPen(theme.color("mute" if quiet else zone))
            left = figures.horizontalAdvance(line.amount) + APART
            painter.drawText(space.adjusted(0, 0, -left, 0), right, usage)

    def _paint_bar(self, painter: QPainter, bar: QRect, line: VenueLine) -> None:
        assert line.share is not None
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("line"))
        painter.drawRoundedRect(bar, BAR / 2, BAR / 2)
        if line.share > 0:
            filled = QRect(bar)
            filled.setWidth(max(round(bar.width() * min(line.share, 1.0)), BAR))
            painter.setBrush(self._theme.color("mute" if self.is_faded else self._zone(line)))
            painter.drawRoundedRect(filled, BAR / 2, BAR / 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _zone(self, line: VenueLine) -> str:
        return self._theme.zone(line.used, line.trigger)

    def _remark_height(self, line: VenueLine) -> int:
        width = max(self._view.viewport().width() - 2 * SIDE, 60)
        space = QRect(0, 0, width, 10_000)
        return QFontMetrics(self._small).boundingRect(space, WRAP, line.remark).height()
