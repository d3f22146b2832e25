"""The window in every arrangement: docks moved and brought back, sizes, themes, scales."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QInputDialog, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.desktop.measure import cut
from tests.ui.desktop.whole import CONTROL, KEY, SHIFT, WAIT, Program, program, shown
from ui.desktop.dialogs.hints import Hints

ROOT = Path(__file__).parents[3]
SIZES = (QSize(1680, 1050), QSize(1280, 900), QSize(1100, 800))
SETTLED = 350  # milliseconds until the docks follow another size
ACCOUNTS = ("Short gamma", "Covered calls", "Cold collateral", "BTC-ETH")

pytestmark = pytest.mark.window


@pytest.fixture
def here(qtbot: QtBot, tmp_path: Path) -> Iterator[Program]:
    """The program with its demo book, at rest, every curve drawn."""
    with program(qtbot, tmp_path / "counterpoise.db", speed=1) as opened:
        opened.rest()
        spot = opened.panel("spot").frame.legend
        qtbot.waitUntil(lambda: bool(spot.accessibleDescription()), timeout=WAIT)
        yield opened


def test_no_text_is_cut_in_either_theme_at_any_size(here: Program) -> None:
    found = []
    for size in SIZES:
        here.window.resize(size)
        QTest.qWait(SETTLED)
        for name in ACCOUNTS:
            here.command(f"account {name}")
            here.settle()
            assert here.session.current.name == name
            found += measured(here, f"{size.width()}, {name}")
        here.press(KEY.Key_L, CONTROL | SHIFT)
        found += measured(here, f"{size.width()}, {here.window.look.name}")
        for title in front_tabs(here.window):
            here.click_tab(title)
            found += measured(here, f"{size.width()}, {title}")
    assert not found, "\n".join(found)


def test_no_text_is_cut_at_150_percent(tmp_path: Path) -> None:
    if os.environ.get("QT_SCALE_FACTOR"):
        pytest.skip("this is the run at another scale")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-k", "any_size or dialog", str(Path(__file__))],
        check=False,
        cwd=ROOT,
        env=os.environ | {"QT_SCALE_FACTOR": "1.5"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_no_text_is_cut_in_a_dialog(here: Program) -> None:
    found = []
    for letters in ("keyboard", "margin model of", "about counterpoise", "help on the panel"):
        here.command(letters)
        QTest.qWait(50)
        opened = [each for each in shown(QWidget) if each is not here.window]
        assert opened, letters
        for each in opened:
            found += [f"{letters}: {text}" for text in cut(each)]
            each.close()
    here.press(KEY.Key_K, CONTROL)
    (search,) = shown(QDialog)
    found += cut(search)
    search.close()
    here.command("first hints")
    for _ in range(3):
        hints = here.window.findChild(Hints)
        found += cut(hints)
        here.click(hints.next_button)
    assert not found, "\n".join(found)


def test_every_dock_floats_closes_and_comes_back(here: Program) -> None:
    docks = here.window.docks.docks
    for key, dock in docks.items():
        title = dock.windowTitle()
        here.command(f"float panel {title}")
        QTest.qWait(20)
        assert dock.isFloating(), key
        assert dock.isVisible(), key
        if key != "summary":  # the strip has no title bar of its own; Ctrl+0 brings it back
            bar = dock.titleBarWidget()
            hover(bar)
            here.click(bar.float_button)
            QTest.qWait(20)
            assert not dock.isFloating(), key
        here.command(f"close panel {title}")
        assert dock.isHidden(), key
        here.command(f"go to panel {title}")
        assert dock.isVisible(), key
    here.press(KEY.Key_0, CONTROL)
    QTest.qWait(50)
    assert not any(dock.isHidden() or dock.isFloating() for dock in docks.values())
    assert measured(here, "after a reset") == []


def test_arrangements_are_kept_under_numbers(here: Program) -> None:
    docks = here.window.docks.docks
    save_workspace(here)
    here.command("close panel explain")
    here.command("close panel scenario losses")
    save_workspace(here)
    here.press(KEY.Key_1, CONTROL)
    assert docks["explain"].isVisible()
    assert docks["matrix"].isVisible()
    here.press(KEY.Key_2, CONTROL)
    assert docks["explain"].isHidden()
    assert docks["matrix"].isHidden()
    here.press(KEY.Key_7, CONTROL)
    assert "Workspace 7 is empty" in here.said()
    here.press(KEY.Key_0, CONTROL)
    assert not any(dock.isHidden() for dock in docks.values())


def test_the_focus_stays_where_it_was_through_every_size(here: Program) -> None:
    for region in ("accounts", "positions"):
        here.window.resize(SIZES[0])
        QTest.qWait(SETTLED)
        here.command(f"go to the {region}")
        for size in SIZES[1::-1]:
            here.window.resize(size)
            QTest.qWait(SETTLED)
            focused = QApplication.focusWidget()
            assert here.window.docks.region_of(focused) == region
            assert focused.isVisible()
    here.press(KEY.Key_0, CONTROL)
    assert here.window.docks.region_of(QApplication.focusWidget()) == "positions"


def hover(widget: QWidget) -> None:
    """Bring the mouse over a widget, as the window system reports it."""
    handle = widget.window().windowHandle()
    for at in (QPoint(0, 0), widget.mapTo(widget.window(), widget.rect().center())):
        QTest.mouseMove(handle, at)
        QTest.qWait(20)


def measured(here: Program, when: str) -> list[str]:
    """What is cut on the screen now. The layout follows a longer text an event later."""
    QTest.qWait(30)
    return [f"{when}: {each}" for each in cut(here.window)]


def front_tabs(window: QWidget) -> list[str]:
    """The titles of every tab that can be clicked."""
    bars = [each for each in window.findChildren(QTabBar) if each.isVisible()]
    return [tabs.tabText(at) for tabs in bars for at in range(tabs.count())]


def save_workspace(here: Program) -> None:
    """Take the place and the name that are offered."""

    def accept() -> None:
        for dialog in shown(QInputDialog):
            QTest.keyClick(dialog, KEY.Key_Return)

    answering = QTimer(here.window, interval=50)
    answering.timeout.connect(accept)
    answering.start()
    here.press(KEY.Key_S, CONTROL | SHIFT)
    answering.stop()
    assert "Saved as workspace" in here.said()
