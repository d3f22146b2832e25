"""The table of actions as Qt actions, menus and commands."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from ui.desktop.actions import ACTIONS, MENUS, VIEW, Action
from ui.desktop.dialogs.command_search import Command


class Menus(QObject):
    """One QAction for each line of the table; `run` is called with it when it is triggered."""

    def __init__(self, window: QWidget, run: Callable[[Action], None]) -> None:
        super().__init__(window)
        self._run = run
        self.actions: dict[str, QAction] = {}
        self.all = QMenu(window)
        self.menus = {title: QMenu(self._plain(title), self.all) for title in MENUS}
        for title, menu in self.menus.items():
            menu.setTitle(title)
            self.all.addMenu(menu)
        for action in ACTIONS:
            self._add(window, action)

    def trigger(self, identity: str) -> None:
        """Do what this action does."""
        self.actions[identity].trigger()

    def add_panels(self, actions: list[QAction]) -> None:
        """List the panels, to be shown and hidden."""
        menu = QMenu(self.tr("Panels"), self.all)
        menu.addActions(actions)
        view = self.menus[VIEW]
        view.insertMenu(self.actions["workspace.save"], menu)
        view.insertSeparator(menu.menuAction())

    def commands(self) -> list[Command]:
        """Every action as a command of the search."""
        found = []
        for action in ACTIONS:
            made = self.actions[action.id]
            if made.isVisible():
                title = made.text().partition("\t")[0].rstrip("…")
                found.append(
                    Command(title, made.trigger, ", ".join(action.shortcuts), made.isEnabled())
                )
        return found

    def _add(self, window: QWidget, action: Action) -> None:
        text = action.title.format(action.argument)
        made = QAction(text, window)
        made.setObjectName(action.id)
        made.setData(action)
        made.setCheckable(action.checkable)
        if action.in_panel:
            # Only shown: the panel answers the key itself, and an editor that is open keeps it.
            made.setText(f"{text}\t{action.shortcut}")
        else:
            made.setShortcuts([QKeySequence(key) for key in action.shortcuts])
            window.addAction(made)
        made.triggered.connect(self._triggered)
        menu = self.menus[action.menu]
        if action.separated:
            menu.addSeparator()
        menu.addAction(made)
        self.actions[action.id] = made

    def _triggered(self) -> None:
        made = self.sender()
        if isinstance(made, QAction):
            self._run(made.data())

    @staticmethod
    def _plain(title: str) -> str:
        return title.replace("&", "")
