"""The edge of a narrow window: buttons for the docks that stand behind it."""

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QMainWindow, QToolBar, QWidget

from ui.desktop.theme import Theme


class EdgeButton(QAbstractButton):
    """The title of a dock, written upwards; pressed while the dock is shown."""

    def __init__(self, dock: QDockWidget, width: int, theme: Theme) -> None:
        super().__init__()
        self._dock, self._width, self._theme = dock, width, theme
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setText(dock.windowTitle())
        self.setAccessibleName(self.tr("Show or hide {0}").format(dock.windowTitle()))
        self.setToolTip(self.accessibleName())
        self.toggled.connect(dock.setVisible)
        self.clicked.connect(self._widen_soon)
        dock.visibilityChanged.connect(self._follow)
        self.setChecked(not dock.isHidden())

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """As long as the title."""
        metrics = self.fontMetrics()
        return QSize(metrics.height() + 10, metrics.horizontalAdvance(self.text()) + 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The title, turned."""
        painter = QPainter(self)
        if self.isChecked() or self.underMouse():
            painter.fillRect(self.rect(), self._theme.color("selection"))
        painter.setPen(self._theme.color("accent" if self.hasFocus() else "text"))
        painter.translate(0, self.height())
        painter.rotate(-90)
        painter.drawText(
            0, 0, self.height(), self.width(), Qt.AlignmentFlag.AlignCenter, self.text()
        )

    def _widen_soon(self, shown: bool) -> None:
        """A dock that the user opens is as wide as it is made for."""
        if shown:
            QTimer.singleShot(0, self, self._widen)

    def _widen(self) -> None:
        window = self._dock.parent()
        if isinstance(window, QMainWindow) and not self._dock.isFloating():
            window.resizeDocks([self._dock], [self._width], Qt.Orientation.Horizontal)

    def _follow(self, _visible: bool) -> None:
        self.blockSignals(True)
        self.setChecked(not self._dock.isHidden())
        self.blockSignals(False)
        self.update()


class EdgeBar(QToolBar):
    """The buttons of one edge."""

    def __init__(
        self,
        name: str,
        docks: list[QDockWidget],
        width: int,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, parent)
        self.setObjectName(name)
        self.setAccessibleName(name)
        self.setMovable(False)
        self.setFloatable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.toggleViewAction().setVisible(False)
        self.buttons = [EdgeButton(dock, width, theme) for dock in docks]
        for button in self.buttons:
            self.addWidget(button)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        for button in self.buttons:
            button.set_theme(theme)
