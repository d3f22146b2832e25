"""The bar above a dock: its title, what its panel puts beside it, float and close."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from ui.desktop.icons import icon
from ui.desktop.theme import Theme

SIDE = 10
BUTTON = 14


class TitleBar(QWidget):
    """Title, then the panel's own note, then the buttons. Folded away while the dock is a tab."""

    def __init__(self, dock: QDockWidget, resources: Path, theme: Theme) -> None:
        super().__init__(dock)
        self._dock, self._resources = dock, resources
        self._is_folded = False
        self.setAutoFillBackground(True)
        self.title = QLabel(dock.windowTitle())
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.float_button = self._button(self.tr("Float {0}"), self._float)
        self.close_button = self._button(self.tr("Close {0}"), dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(SIDE, 0, 4, 0)
        row.setSpacing(2)
        row.addWidget(self.title, 1)
        row.addWidget(self.float_button)
        row.addWidget(self.close_button)
        dock.windowTitleChanged.connect(self.title.setText)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        palette = self.palette()
        palette.setColor(self.backgroundRole(), theme.color("panel"))
        self.setPalette(palette)
        font = QFont(theme.words(weight=QFont.Weight.DemiBold))
        self.title.setFont(font)
        for button, name in ((self.float_button, "float"), (self.close_button, "close")):
            button.setIcon(icon(self._resources, name, theme.color("mute")))

    def fold(self, is_folded: bool) -> None:
        """Take no room: the tab says the title."""
        if is_folded != self._is_folded:
            self._is_folded = is_folded
            for child in (self.title, self.float_button, self.close_button):
                child.setVisible(not is_folded)
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """One row of text."""
        return QSize(60, 0 if self._is_folded else self.fontMetrics().height() + 14)

    def minimumSizeHint(self) -> QSize:
        """As high as it is, and narrow if it must be."""
        return self.sizeHint()

    def _button(self, name: str, slot: object) -> QToolButton:
        button = QToolButton()
        button.setIconSize(QSize(BUTTON, BUTTON))
        button.setAccessibleName(name.format(self._dock.windowTitle()))
        button.setToolTip(button.accessibleName())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(slot)
        return button

    def _float(self) -> None:
        self._dock.setFloating(not self._dock.isFloating())
