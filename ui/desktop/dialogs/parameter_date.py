"""Asks whose parameters are used: those of a date, or of the market's own instant."""

from datetime import datetime

from PySide6.QtWidgets import QInputDialog, QLabel, QLineEdit, QWidget

from riskcore.errors import Refusal
from riskcore.time import instant


class ParameterDate(QInputDialog):
    """A date to type; one that cannot be read leaves it open, with the reason."""

    def __init__(self, now: datetime | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen: datetime | None = now
        self._question = self.tr(
            "Use the parameters in force on (like 2026-02-05; empty: the market's own):"
        )
        self.setWindowTitle(self.tr("Parameters of a date"))
        self.setLabelText(self._question)
        self.setTextValue("" if now is None else now.date().isoformat())
        for label in self.findChildren(QLabel):
            label.setWordWrap(True)

    def accept(self) -> None:
        """Take the date, or say why it is none."""
        text = self.textValue().strip()
        try:
            self.chosen = instant(text) if text else None
        except Refusal as refusal:
            self.setLabelText(f"{self._question}\n\n▲ {refusal}")
            for line in self.findChildren(QLineEdit):
                line.selectAll()
                line.setFocus()
            return
        super().accept()
