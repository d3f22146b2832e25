"""The whole program on a database of its own, and a hand on its keys and its mouse."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QTabBar, QWidget
from pytestqt.qtbot import QtBot

import main
from riskcore.query import ModelResult
from storage.database.engine import open_database
from storage.database.saved import Workspaces
from tests.ui.desktop import grids
from ui.desktop import app, saved_window
from ui.desktop.dialogs.command_search import CommandSearch
from ui.desktop.grid_panel import GridPanel
from ui.desktop.main_window import WINDOW, MainWindow
from ui.desktop.saved_window import SavedWindow
from ui.desktop.session import Session

KEY = Qt.Key
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
SIZE = QSize(1680, 1050)
WAIT = 20_000  # milliseconds


class Program:
    """An open window, used as a person uses it."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot, self.window = qtbot, window

    @property
    def session(self) -> Session:
        return self.window.session

    @property
    def result(self) -> ModelResult:
        """The figures on the screen."""
        return self.session.report.results[0]

    def panel(self, name: str) -> QWidget:
        return self.window.docks.panels[name]

    # Keys and mouse.

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
        """A key, wherever the focus is; an editor of a tree takes its Enter an event later."""
        for _ in range(times):
            QTest.keyClick(self._focus(), key, modifier)
            QApplication.processEvents()

    def write(self, text: str) -> None:
        """Letters, wherever the focus is."""
        for letter in text:
            QTest.keyClick(self._focus(), letter)

    def _focus(self) -> QWidget:
        self.qtbot.waitUntil(self._is_active, timeout=WAIT)
        return QApplication.focusWidget() or self.window

    def _is_active(self) -> bool:
        """Whether keys arrive; without a window manager a closed dialog gives them to nobody."""
        active = QApplication.activeWindow()
        if active is not None and active.isVisible():
            return True
        self.window.activateWindow()
        return False

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        assert widget.isVisible(), f"{widget.accessibleName()} is not there to be clicked"
        QTest.mouseClick(widget, LEFT, NONE, widget.rect().center() if at is None else at)

    def pick(self, menu: QMenu, text: str) -> None:
        """An entry of a menu that is open."""
        self.qtbot.waitUntil(menu.isVisible, timeout=WAIT)
        entry = next(each for each in menu.actions() if text in each.text())
        QTest.mouseClick(menu, LEFT, NONE, menu.actionGeometry(entry).center())

    def click_tab(self, title: str) -> None:
        """A tab of the docks."""
        for tabs in self.window.findChildren(QTabBar):
            for at in range(tabs.count()):
                if tabs.tabText(at) == title and tabs.isVisible():
                    QTest.mouseClick(tabs, LEFT, NONE, tabs.tabRect(at).center())
                    return
        raise AssertionError(f"no tab is called {title}")

    def command(self, letters: str) -> None:
        """Run a command by a few letters."""
        self.press(KEY.Key_K, CONTROL)
        self.qtbot.waitUntil(lambda: len(shown(CommandSearch)) == 1, timeout=WAIT)
        (search,) = shown(CommandSearch)
        QTest.keyClicks(search.field, letters)
        QTest.keyClick(search.field, KEY.Key_Return)

    def enter(self, region: str, text: str) -> None:
        """Type a line into the last row of a grid."""
        panel = self.grid(region)
        row = panel.model.row_of("entry")
        panel.view.scrollTo(panel.model.index(row, 0))
        grids.click(panel.view, row, 0)
        grids.typing(panel.view, text, KEY.Key_Return)

    def set_cell(self, region: str, name: str, column: str, text: str) -> None:
        """Click into a cell and type over what stands there."""
        panel = self.grid(region)
        at = next(at for at, each in enumerate(panel.model.columns) if each.name == column)
        row = grids.row_of(panel, name)
        panel.view.scrollTo(panel.model.index(row, at))
        grids.click(panel.view, row, at)
        grids.typing(panel.view, text, KEY.Key_Return)

    def grid(self, region: str) -> GridPanel:
        panel = self.panel(region)
        assert isinstance(panel, GridPanel)
        return panel

    # Waiting.

    def settle(self) -> None:
        """Wait until every figure is that of the newest accounts in the newest market."""
        session, player = self.session, self.window.player

        def is_settled() -> bool:
            return not session.is_computing and player.step == player._asked

        self.qtbot.waitUntil(is_settled, timeout=WAIT)

    def rest(self) -> None:
        """Stop the market where it is."""
        if self.window.player.is_playing:
            self.press(KEY.Key_Space, CONTROL)
        self.settle()

    # What is read on the screen.

    def tile(self, title: str) -> str:
        """A figure of the summary strip."""
        tiles = self.panel("summary").tiles
        return next(each.reading.value for each in tiles if each.reading.title == title)

    def said(self) -> str:
        """The sentence at the bottom."""
        return self.window.status.sentence.text()


@contextmanager
def program(
    qtbot: QtBot, database: Path, size: QSize | None = SIZE, **saved: object
) -> Iterator[Program]:
    """The program as `make run` opens it.

    saved  how the window was left before, without the hints; nothing said: as the database has it
    """
    if saved:
        state = saved_window.encode(replace(SavedWindow(), hints_seen=True, **saved))
        with open_database(database) as prepared:
            Workspaces(prepared.sessions).save(WINDOW, state)
    with main.opened(database) as services:
        app.application([], services.resources)
        window = app.open_window(services)
        if size is not None:
            window.resize(size)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        window.begin()
        try:
            qtbot.waitUntil(lambda: window.session.report is not None, timeout=WAIT)
            yield Program(qtbot, window)
        finally:
            window.close()
            window.deleteLater()
    assert not list((database.parent / "crashes").glob("crash*")), "the program made a mistake"


def shown(kind: type) -> list:
    """The windows and dialogs of a kind that are on the screen."""
    return [
        each
        for each in QApplication.topLevelWidgets()
        if isinstance(each, kind) and each.isVisible()
    ]


def sentence(text: str) -> str:
    """A text, once it is known to be one sentence for a person."""
    assert text
    assert "Traceback" not in text
    assert "Error" not in text
    assert "\n" not in text.strip()
    return text
