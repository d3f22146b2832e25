"""A start that is refused says so in a window of its own, where one can be seen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

import main
from storage.database.engine import open_database
from storage.errors import InUse
from ui.desktop import start_refused

ROOT = Path(__file__).parents[3]
MISTAKE = 2  # the exit status of a user's mistake

pytestmark = pytest.mark.window


@pytest.fixture
def boxes(monkeypatch: pytest.MonkeyPatch) -> list[QMessageBox]:
    """The message windows that would have been shown, wherever the tests run."""
    found: list[QMessageBox] = []

    def read(box: QMessageBox) -> None:
        found.append(box)

    monkeypatch.setattr(QMessageBox, "exec", read)
    return found


def test_a_second_copy_shows_its_sentence_and_refuses(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, boxes: list[QMessageBox]
) -> None:
    monkeypatch.setattr(start_refused, "UNSEEN", ())
    monkeypatch.setattr(main, "has_display", lambda environment: True)
    path = tmp_path / "desk.db"
    with open_database(path), pytest.raises(InUse):
        main.run(["--database", str(path)])
    (box,) = boxes
    assert "desk.db is open in another copy of the program" in box.text()
    assert box.windowTitle() == "Counterpoise does not start"


def test_nothing_is_shown_where_nobody_could_close_it(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, boxes: list[QMessageBox]
) -> None:
    monkeypatch.setattr(start_refused.QGuiApplication, "platformName", lambda: "offscreen")
    start_refused.show("It is in use.", ["main.py"], ROOT / "resources")
    assert boxes == []


def test_a_command_shows_no_window(tmp_path: Path, boxes: list[QMessageBox]) -> None:
    path = tmp_path / "desk.db"
    book = ROOT / "tests" / "data" / "crash_book.json"
    with open_database(path), pytest.raises(InUse):
        main.run(["--database", str(path), "import", str(book)])
    assert boxes == []


def test_without_a_screen_a_refused_start_ends_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    with open_database(path):
        done = subprocess.run(
            [sys.executable, str(ROOT / "main.py"), "--database", str(path)],
            env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == MISTAKE
    assert done.stderr.count("\n") == 1
