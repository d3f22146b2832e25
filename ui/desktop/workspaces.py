"""Arrangements of the docks under names, opened by Ctrl and a number."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QInputDialog, QMainWindow

from ui.desktop import saved_window
from ui.desktop.docks import Docks
from ui.desktop.saved_window import LAYOUT, Workspace
from ui.desktop.session import Session

PREFIX = "workspace/"  # of its name in the store
NUMBERS = range(1, 10)


class Workspaces(QObject):
    """Nine places for an arrangement."""

    said = Signal(str)
    changed = Signal()

    def __init__(self, window: QMainWindow, docks: Docks, session: Session) -> None:
        super().__init__(window)
        self._window, self._docks, self._session = window, docks, session
        self.kept: dict[int, Workspace] = {}
        store = session.services.workspaces
        for name in store.names():
            if name.startswith(PREFIX):
                found = saved_window.workspace(store.load(name))
                if found is not None:
                    self.kept[found.number] = found

    def open(self, number: int | str) -> None:
        """Put the docks where they stood when this workspace was saved."""
        found = self.kept.get(int(number))
        if found is None:
            self.said.emit(
                self.tr("Workspace {0} is empty; Ctrl+Shift+S saves this arrangement").format(
                    number
                )
            )
        elif self._docks.restore(found.state):
            self.said.emit(self.tr("Workspace {0}: {1}").format(number, found.name))

    def ask_and_save(self) -> None:
        """Ask for a place and a name, and keep this arrangement there."""
        places = [self._called(number) for number in NUMBERS]
        free = next((number for number in NUMBERS if number not in self.kept), 1)
        place, accepted = QInputDialog.getItem(
            self._window,
            self.tr("Save workspace"),
            self.tr("Open it with Ctrl and"),
            places,
            free - 1,
            editable=False,
        )
        if not accepted:
            return
        number = places.index(place) + 1
        known = self.kept.get(number)
        name, accepted = QInputDialog.getText(
            self._window,
            self.tr("Save workspace"),
            self.tr("Its name"),
            text=known.name if known else self.tr("Workspace {0}").format(number),
        )
        if accepted and name.strip():
            self.save(number, name.strip())

    def save(self, number: int, name: str) -> None:
        """Keep this arrangement."""
        made = Workspace(number, name, bytes(self._window.saveState(LAYOUT).data()))
        self.kept[number] = made
        self._session.keep(f"{PREFIX}{number}", saved_window.encode(made))
        self.said.emit(self.tr("Saved as workspace {0}: {1}").format(number, name))
        self.changed.emit()

    def _called(self, number: int) -> str:
        found = self.kept.get(number)
        return f"{number}  {found.name if found else self.tr('(empty)')}"
