"""One figure of the summary, painted so that its value is never cut."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui.desktop import formats
from ui.desktop.theme import Theme

PAD = 12  # left and right of a figure
LABEL, VALUE, NOTE = 12, 17, 11  # pixels at 100 %


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure of the strip.

    tail   a second figure behind the value, dim
    notes  the second line, the fullest wording first; the longest that fits is shown
    bar    a share drawn as a bar instead of the second line
    term   where Explain opens
    """

    title: str
    value: str
    term: str
    tail: str = ""
    notes: tuple[str, ...] = ()
    role: str = "text"
    bar: float | None = None
    full: str = ""


class Tile(QAbstractButton):
    """One figure: title, value, second line or bar. Its value is never cut."""

    asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state, self._state_role = "", ""
        self._has_tail = True
        self.reading = Reading("", formats.ABSENT, "")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._ask)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def show_reading(self, reading: Reading, state: str, role: str) -> None:
        """Show a figure; a state such as "stale 12 s" takes its second line."""
        if (reading, state, role) == (self.reading, self._state, self._state_role):
            return
        wider = len(reading.value + reading.tail) != len(self.reading.value + self.reading.tail)
        self.reading, self._state, self._state_role = reading, state, role
        note = state or next(iter(reading.notes), "")
        self.setAccessibleName(f"{reading.title}: {reading.value}{reading.tail}")
        self.setAccessibleDescription(note)
        both = f"{reading.value}{reading.tail}" if reading.tail else ""
        lines = (reading.title, both, note, reading.full)
        self.setToolTip("\n".join(each for each in lines if each))
        if wider:
            self.updateGeometry()
        self.update()

    def note(self) -> str:
        """The second line as it fits."""
        notes = (self._state,) if self._state else self.reading.notes
        metrics = QFontMetricsF(self._theme.words(NOTE))
        room = self.width() - 2 * PAD
        return next((text for text in notes if metrics.horizontalAdvance(text) <= room), "")

    def show_tail(self, shown: bool) -> None:
        """Draw the second figure, or leave it to the second line and the tooltip."""
        if shown != self._has_tail:
            self._has_tail = shown
            self.updateGeometry()
            self.update()

    def value_width(self) -> float:
        """How wide value and tail are drawn."""
        return self._width_of(self.reading.tail if self._has_tail else "")

    def least_width(self, *, has_tail: bool) -> int:
        """Pixels for the title and the value, with the tail or without it."""
        title = QFontMetricsF(self._theme.words(LABEL)).horizontalAdvance(self.reading.title)
        value = self._width_of(self.reading.tail if has_tail else "")
        return round(max(value, title) + 2 * PAD + 1)

    def minimumSizeHint(self) -> QSize:
        """Room for the whole value and title."""
        return QSize(self.least_width(has_tail=self._has_tail), self.sizeHint().height())

    def _width_of(self, tail: str) -> float:
        behind = QFontMetricsF(self._theme.figures(LABEL)).horizontalAdvance(tail)
        return self._value_metrics().horizontalAdvance(self.reading.value) + behind

    def sizeHint(self) -> QSize:
        """Three lines high."""
        words, notes = (QFontMetricsF(self._theme.words(size)) for size in (LABEL, NOTE))
        height = words.height() + self._value_metrics().height() + notes.height() + 16
        return QSize(150, round(height))

    def _value_metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self._theme.figures(VALUE))

    def _ask(self) -> None:
        self.asked.emit(self.reading.term)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Title, value, second line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, reading = self._theme, self.reading
        painter.fillRect(self.rect(), theme.color("raised" if self.underMouse() else "panel"))
        painter.fillRect(0, 0, 1, self.height(), theme.color("line"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.color("line"))
        room, top = self.width() - 2 * PAD, 7.0
        lines = (
            (reading.title, theme.words(LABEL), "dim"),
            (reading.value, theme.figures(VALUE), self._value_role()),
        )
        for text, font, role in lines:
            height = QFontMetricsF(font).height()
            painter.setFont(font)
            painter.setPen(theme.color(role))
            place = QRectF(PAD, top, room, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
            top += height
        if reading.tail and self._has_tail:
            height = self._value_metrics().height()
            left = PAD + self._value_metrics().horizontalAdvance(reading.value)
            painter.setFont(theme.figures(LABEL))
            painter.setPen(theme.color("dim"))
            place = QRectF(left, top - height + 1, self.width() - left, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, reading.tail)
        self._paint_last(painter, top + 1)
        if self.hasFocus():
            painter.setPen(theme.color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(1.5, 0.5, self.width() - 3, self.height() - 2))

    def _value_role(self) -> str:
        return "mute" if self._state_role == "caution" else self.reading.role

    def _paint_last(self, painter: QPainter, top: float) -> None:
        theme, room = self._theme, self.width() - 2 * PAD
        if self.reading.bar is not None and not self._state:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("line"))
            painter.drawRoundedRect(QRectF(PAD, top + 5, room, 5), 2.5, 2.5)
            painter.setBrush(theme.color(self._value_role()))
            share = min(max(self.reading.bar, 0.0), 1.0)
            if share > 0:
                painter.drawRoundedRect(QRectF(PAD, top + 5, max(room * share, 5), 5), 2.5, 2.5)
            return
        font = theme.words(NOTE)
        painter.setFont(font)
        painter.setPen(theme.color(self._state_role if self._state else "dim"))
        place = QRectF(PAD, top, room, QFontMetricsF(font).height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self.note())
