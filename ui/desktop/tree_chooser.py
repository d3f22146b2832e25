"""Which tree of a requirement is explained, and the question it answers, in one row."""

from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton

from ui.desktop.theme import Theme

MARGINS = 20  # left and right of the row, and between heading and buttons
GAP = 2


class Tree(StrEnum):
    """Which tree of a requirement is shown."""

    INITIAL = "initial_margin"
    MAINTENANCE = "maintenance_margin"
    EQUITY = "equity"


class TreeChooser(QHBoxLayout):
    """Heading and one button for each tree; words get shorter before any is cut."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._heading = self._amount = ""
        self.heading = QLabel()
        self.heading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setContentsMargins(10, 4, 6, 2)
        self.setSpacing(GAP)
        self.addWidget(self.heading, 1)
        self.buttons = {each: self._button(each) for each in Tree}
        for button in self.buttons.values():
            self.addWidget(button)

    def _button(self, tree: Tree) -> QToolButton:
        words = {
            Tree.INITIAL: self.tr("Initial"),
            Tree.MAINTENANCE: self.tr("Maintenance"),
            Tree.EQUITY: self.tr("Equity"),
        }
        button = QToolButton()
        button.setText(words[tree])
        button.setCheckable(True)
        button.setAutoExclusive(True)
        button.setChecked(tree is Tree.INITIAL)
        button.setProperty("tree", tree.value)
        button.setAccessibleName(self.tr("Explain {0}").format(words[tree].lower()))
        button.clicked.connect(self._choose)
        return button

    def set_theme(self, theme: Theme) -> None:
        """Write in this theme's fonts."""
        self.heading.setFont(theme.words(weight=QFont.Weight.DemiBold))
        for button in self.buttons.values():
            button.setFont(theme.words(12))
            button.setMinimumWidth(QFontMetrics(button.font()).horizontalAdvance("Maint."))

    def write(self, heading: str, amount: str) -> None:
        """Put this question in place of the last one; where it is narrow, only the amount."""
        self._heading, self._amount = heading, amount

    def fit(self, width: int) -> None:
        """Use the fullest words that fit into so many pixels."""
        metrics = QFontMetrics(self.heading.font())
        for maintenance, heading in (
            (self.tr("Maintenance"), self._heading),
            (self.tr("Maint."), self._heading),
            (self.tr("Maint."), self._amount),
        ):
            self.buttons[Tree.MAINTENANCE].setText(maintenance)
            self.heading.setText(heading)
            needed = sum(each.sizeHint().width() + GAP for each in self.buttons.values())
            if metrics.horizontalAdvance(heading) + needed + MARGINS <= width:
                break

    def _choose(self) -> None:
        button = self.sender()
        if isinstance(button, QToolButton):
            self.chosen.emit(button.property("tree"))
