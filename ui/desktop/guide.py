"""What explains the program: help pages, key sheet, the first hints, what it is."""

from collections.abc import Sequence
from time import monotonic

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox, QWidget

from ui.desktop.dialogs.about import About
from ui.desktop.dialogs.help_viewer import HelpViewer
from ui.desktop.dialogs.hints import Hints
from ui.desktop.dialogs.key_sheet import KeySheet
from ui.desktop.docks import Docks
from ui.desktop.ports import Services
from ui.desktop.theme import Theme

MOST = 8  # sentences shown at once
TWICE = 0.8  # seconds within which a second F1 asks for the key sheet


class Guide(QObject):
    """Opens each of them over the window."""

    hints_done = Signal()

    def __init__(
        self, window: QMainWindow, docks: Docks, search: QWidget, services: Services, theme: Theme
    ) -> None:
        super().__init__(window)
        self._window, self._docks, self._search = window, docks, search
        self._docs, self._services = services.resources / "docs", services
        self._theme = theme
        self._helped = 0.0
        self._viewer: HelpViewer | None = None
        self._hints: Hints | None = None

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self._theme = theme
        for part in (self._viewer, self._hints):
            if part is not None:
                part.set_theme(theme)

    def show_help(self) -> None:
        """The page on the panel in focus; asked twice, every key."""
        now = monotonic()
        is_second, self._helped = now - self._helped < TWICE, now
        if is_second:
            self.show_keys()
            return
        self.open_page(self._docks.region_of(QApplication.focusWidget()) or "positions")

    def open_page(self, name: str) -> None:
        """A page of the guide."""
        if self._viewer is None:
            self._viewer = HelpViewer(self._docs, self._theme, self._window)
            self._viewer.keys_asked.connect(self.show_keys)
        self._viewer.open_page(name)

    def show_keys(self) -> None:
        """Every key on one sheet."""
        KeySheet(self._theme, self._window).show()

    def show_about(self) -> None:
        """What this program is."""
        About(self._theme, self._services, self._window).show()

    def show_refused(self, sentences: Sequence[str]) -> None:
        """Which files of the user's parameters are left out, beside a window that works."""
        text = self.tr("These parameter files are left out; everything else is as it was.")
        box = QMessageBox(QMessageBox.Icon.Warning, self.tr("Your parameters"), text)
        box.setParent(self._window, box.windowFlags())
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setAccessibleName(box.windowTitle())
        box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.setInformativeText("\n".join(f"▲ {each}" for each in sentences[:MOST]))
        box.setWindowModality(Qt.WindowModality.NonModal)
        box.show()

    def show_hints(self) -> None:
        """The three hints of the first minute."""
        if self._hints is None:
            grid = self._docks.panels["positions"]
            self._hints = Hints(self._sentences(), self._theme, self._window, grid)
            self._hints.done.connect(self._end_hints)

    def leave_book(self) -> None:
        """The account shown holds nothing that the first hints could speak of."""
        if self._hints is not None:
            self._hints.show_last()

    def _sentences(self) -> list[tuple[QWidget, str, str]]:
        panels = self._docks.panels
        return [
            (
                panels["positions"],
                self.tr("Change a quantity"),
                self.tr(
                    "This is a demo book in a made market. Type a number over any quantity: the "
                    "requirement follows at once, and Ctrl+Z takes it back exactly."
                ),
            ),
            (
                panels["explain"],
                self.tr("Ask why"),
                self.tr(
                    "The requirement opens into its own derivation. Every line is the sum of the "
                    "lines below it, down to the instrument and the scenario."
                ),
            ),
            (
                self._search,
                self.tr("Run anything by its name"),
                self.tr(
                    "Ctrl+K finds every command by a few letters, F1 explains the panel you are "
                    "in, and F1 twice shows all keys."
                ),
            ),
        ]

    def _end_hints(self) -> None:
        self._hints = None
        self.hints_done.emit()
