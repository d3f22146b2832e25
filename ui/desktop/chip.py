"""A button that names what is chosen: a caption, the choice, what is worth knowing of it."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from ui.desktop.theme import Theme

GAP, SIDE, ARROW = 7, 10, 12
LEAST = 8  # characters of the choice that are always shown


class Chip(QAbstractButton):
    """Caption, choice and a note in one row; the menu opens below it."""

    def __init__(self, caption: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._caption, self._choice, self._note = caption, "", ""
        self._note_role = "dim"
        self._theme = theme
        self._level = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.menu = QMenu(self)
        self.clicked.connect(self.open_menu)
        self.show_choice("")

    def show_choice(self, choice: str, note: str = "", role: str = "dim") -> None:
        """Name what is chosen."""
        if (choice, note, role) == (self._choice, self._note, self._note_role):
            return
        self._choice, self._note, self._note_role = choice, note, role
        self.setAccessibleName(f"{self._caption}: {choice} {note}".strip())
        self.setToolTip(f"{choice}\n{note}".strip())
        self.updateGeometry()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self._theme = theme
        self.update()

    def shorten(self, level: int) -> None:
        """Leave out the caption (1), and the note too (2): they are in the tooltip."""
        if level != self._level:
            self._level = level
            self.updateGeometry()
            self.update()

    def open_menu(self) -> None:
        """Offer the choices below the chip."""
        self.menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def sizeHint(self) -> QSize:
        """Everything in one row."""
        parts = self._parts()
        width = sum(QFontMetrics(font).horizontalAdvance(text) + GAP for text, font, _ in parts)
        return QSize(2 * SIDE + width + ARROW, self.fontMetrics().height() + 14)

    def minimumSizeHint(self) -> QSize:
        """A few characters of the choice."""
        return QSize(
            2 * SIDE + LEAST * self.fontMetrics().averageCharWidth() + ARROW,
            self.sizeHint().height(),
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The box, the row of texts and the arrow."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = "accent" if self.hasFocus() else "mute" if self.underMouse() else "line"
        painter.setPen(QPen(self._theme.color(edge)))
        painter.setBrush(self._theme.color("raised"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        room = self.width() - 2 * SIDE - ARROW
        parts = self._parts()
        widths = [QFontMetrics(font).horizontalAdvance(text) + GAP for text, font, _ in parts]
        left = SIDE
        for (text, font, role), width in zip(parts, widths, strict=True):
            painter.setFont(font)
            painter.setPen(self._theme.color(role))
            space = min(width - GAP + 2, room - (left - SIDE))  # 2: advances are rounded
            shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, space)
            painter.drawText(
                QRect(left, 0, space + 1, self.height()), Qt.AlignmentFlag.AlignVCenter, shown
            )
            left += width
        painter.setPen(QPen(self._theme.color("dim"), 1.25))
        tip = QPoint(self.width() - SIDE - 3, self.height() // 2 + 2)
        painter.drawPolyline([tip + QPoint(-4, -4), tip, tip + QPoint(4, -4)])

    def _parts(self) -> list[tuple[str, QFont, str]]:
        strong = QFont(self.font())
        strong.setWeight(QFont.Weight.DemiBold)
        small = QFont(self.font())
        small.setPixelSize(max(self.font().pixelSize() - 1, 9))
        parts = [(self._choice, strong, "text")]
        if self._level < 1:
            parts.insert(0, (self._caption, small, "dim"))
        if self._note and self._level < 2:
            parts.append((self._note, small, self._note_role))
        return parts
