"""A text that changes many times a second without laying out the window again."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

SLACK = 24  # pixels a text may become narrower before its room is given back


class Ticker(QWidget):
    """One line of text. It asks for room only when it no longer fits into what it has."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._room = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def text(self) -> str:
        """What it says."""
        return self._text

    def setText(self, text: str) -> None:
        """Say something else."""
        if text == self._text:
            return
        self._text = text
        self.setAccessibleName(text)
        self._measure()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the text."""
        return QSize(self._room, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """Room for the text."""
        return self.sizeHint()

    def changeEvent(self, event: object) -> None:
        """Measure again in another font."""
        super().changeEvent(event)  # type: ignore[arg-type]
        self._room = 0
        self._measure()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The text, in the colour of the palette's text."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(
            self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._text
        )

    def _measure(self) -> None:
        width = self.fontMetrics().horizontalAdvance(self._text) + 1 if self._text else 0
        if not self._room >= width > self._room - SLACK:
            self._room = width
            self.updateGeometry()
