"""The bar above a dock: its title, what its panel puts beside it, float and close."""

from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFont, QResizeEvent
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
        self._has_title = True
        self.setAutoFillBackground(True)
        self.title = QLabel(dock.windowTitle())
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.float_button = self._button(self.tr("Float {0}"), self._float)
        self.close_button = self._button(self.tr("Close {0}"), dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(SIDE, 0, 4, 0)
        row.setSpacing(2)
        row.addWidget(self.title, 1)
        self._buttons = QWidget(self)
        self._buttons.setAutoFillBackground(True)
        pair = QHBoxLayout(self._buttons)
        pair.setContentsMargins(6, 0, 4, 0)
        pair.setSpacing(0)
        pair.addWidget(self.float_button)
        pair.addWidget(self.close_button)
        self._has_header = self._adopt(row, dock.widget())
        if self._has_header:
            self._buttons.hide()  # over the panel's own row, while the mouse is there
        else:
            row.addWidget(self._buttons)
        dock.windowTitleChanged.connect(self.title.setText)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        palette = self.palette()
        palette.setColor(self.backgroundRole(), theme.color("panel"))
        self.setPalette(palette)
        self._buttons.setPalette(palette)
        font = QFont(theme.words(weight=QFont.Weight.DemiBold))
        self.title.setFont(font)
        for button, name in ((self.float_button, "float"), (self.close_button, "close")):
            button.setIcon(icon(self._resources, name, theme.color("mute")))

    def _adopt(self, row: QHBoxLayout, panel: QWidget) -> bool:
        """Take a panel's own first row into this bar, so that one line says both."""
        header, page = getattr(panel, "header", None), panel.layout()
        if not isinstance(header, QHBoxLayout) or page is None:
            return False
        page.removeItem(header)
        header.setParent(None)
        header.setContentsMargins(0, 0, 0, 0)
        row.addLayout(header, 1 if hasattr(panel, "heading") else 0)
        self._has_title = not hasattr(panel, "heading")
        return True

    def fold(self, is_folded: bool) -> None:
        """Take no room: the tab says the title."""
        if is_folded != self._is_folded:
            self._is_folded = is_folded
            self._buttons.setVisible(not is_folded and not self._has_header)
            self._show_title()
            self.updateGeometry()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Offer the buttons."""
        super().enterEvent(event)
        if self._has_header and not self._is_folded:
            self._place_buttons()
            self._buttons.show()
            self._buttons.raise_()

    def leaveEvent(self, event: QEvent) -> None:
        """Take them away again."""
        super().leaveEvent(event)
        if self._has_header:
            self._buttons.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the title out before the panel's own row is cut."""
        super().resizeEvent(event)
        self._show_title()
        if self._has_header:
            self._place_buttons()

    def _place_buttons(self) -> None:
        size = self._buttons.sizeHint()
        self._buttons.setGeometry(self.width() - size.width(), 0, size.width(), self.height())

    def _show_title(self) -> None:
        row, is_shown = self.layout(), self._has_title and not self._is_folded
        header = row.itemAt(row.count() - 1) if row is not None else None
        if is_shown and self._has_header and header is not None:
            room = self.width() - SIDE - 4 - header.sizeHint().width()
            is_shown = self.title.sizeHint().width() <= room
        self.title.setVisible(is_shown)

    def sizeHint(self) -> QSize:
        """One row of text."""
        is_gone = self._is_folded and not self._has_header
        return QSize(60, 0 if is_gone else self.fontMetrics().height() + 14)

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
