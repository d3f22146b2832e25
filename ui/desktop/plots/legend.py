"""The lines of a chart with their present values, in one row beneath it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui.desktop import formats
from ui.desktop.theme import Theme

MARK = 16.0  # width of the mark before a name
GAP = 14.0  # between entries


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a chart: its name, a shorter one, its value, and how it is drawn."""

    name: str
    short: str
    value: str
    role: str = ""  # colour; empty for words without a mark
    style: Qt.PenStyle = Qt.PenStyle.SolidLine


def stale_entries(word: str, seconds: float | None) -> list[Entry]:
    """The mark of a chart that is behind the market, with its age; nothing when it is current.

    Figures of a market later than the one refused have no age.
    """
    if seconds is None:
        return []
    if seconds <= 0:
        return [Entry("", "", word, "caution")]
    return [Entry(word, word, formats.age(seconds), "caution")]


class Legend(QWidget):
    """Entries side by side. Names get shorter, then go, before a value would be cut.

    An entry without a value is a remark: it goes as a name does.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entries: tuple[Entry, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Legend"))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What stands in it now."""
        return self._entries

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.update()

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Put these entries in place of the last ones."""
        if tuple(entries) == self._entries:
            return
        self._entries = tuple(entries)
        words = "; ".join(f"{each.name} {each.value}".strip() for each in entries)
        self.setAccessibleDescription(words)
        self.updateGeometry()
        self.update()

    def written(self) -> tuple[str, ...]:
        """The names as they fit: the last ones get shorter first, and then go."""
        names = [each.name for each in self._entries]
        for shorter in ([each.short for each in self._entries], [""] * len(names)):
            for place in reversed(range(len(names))):
                if self._width(names) <= self.width():
                    return tuple(names)
                names[place] = shorter[place]
        return tuple(names)

    def minimumSizeHint(self) -> QSize:
        """Room for the values without their names."""
        width = self._width(tuple("" for _ in self._entries))
        return QSize(round(width + 0.5), self._height())

    def sizeHint(self) -> QSize:
        """Room for the full names."""
        width = self._width(tuple(each.name for each in self._entries))
        return QSize(round(width + 0.5), self._height())

    def _height(self) -> int:
        return round(QFontMetricsF(self._theme.words(12)).height()) + 8

    def _width(self, names: Sequence[str]) -> float:
        words = QFontMetricsF(self._theme.words(12))
        figures = QFontMetricsF(self._theme.figures(12))
        width = 0.0
        for each, name in zip(self._entries, names, strict=True):
            width += MARK if each.role else 0.0
            width += words.horizontalAdvance(f"{name} " if name else "")
            width += figures.horizontalAdvance(each.value)
            width += GAP if name or each.value else 0.0
        return width

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Mark, name and value of each entry."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words, figures = self._theme.words(12), self._theme.figures(12)
        left, middle = 0.0, self.height() / 2
        for each, name in zip(self._entries, self.written(), strict=True):
            if each.role:
                self._paint_mark(painter, each, left, middle)
                left += MARK
            for text, font, role in (
                (f"{name} " if name else "", words, "dim"),
                (each.value, figures, "text"),
            ):
                width = QFontMetricsF(font).horizontalAdvance(text)
                painter.setFont(font)
                painter.setPen(self._theme.color(role))
                place = QRectF(left, 0, width + 2, self.height())
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
                left += width
            left += GAP if name or each.value else 0.0

    def _paint_mark(self, painter: QPainter, entry: Entry, left: float, middle: float) -> None:
        colour = self._theme.color(entry.role)
        if entry.style is Qt.PenStyle.SolidLine:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(left + 5, middle), 3.5, 3.5)
            return
        painter.setPen(QPen(colour, 1.2, entry.style))
        painter.drawLine(QPointF(left, middle), QPointF(left + 11, middle))

    def event(self, event: QEvent) -> bool:
        """The full names as a tooltip, when they do not fit."""
        if isinstance(event, QHelpEvent):
            full = tuple(each.name for each in self._entries)
            text = self.accessibleDescription() if self.written() != full else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)
