"""ui/desktop/crash.py."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from ui.desktop.crash import CrashReport

pytestmark = pytest.mark.window


@pytest.fixture
def crash(qtbot: QtBot, tmp_path: Path) -> Iterator[CrashReport]:
    made = CrashReport(tmp_path / "crashes")
    before = sys.excepthook, threading.excepthook
    made.install()
    yield made
    made.remove()
    assert (sys.excepthook, threading.excepthook) == before
    for box in boxes():
        box.close()


def boxes() -> list[QMessageBox]:
    return [
        each
        for each in QApplication.topLevelWidgets()
        if isinstance(each, QMessageBox) and each.isVisible()
    ]


def fail() -> None:
    try:
        divmod(1, 0)
    except ZeroDivisionError:
        sys.excepthook(*sys.exc_info())


def test_a_mistake_of_the_program_is_one_sentence_and_a_report(
    qtbot: QtBot, crash: CrashReport, tmp_path: Path
) -> None:
    fail()
    qtbot.waitUntil(lambda: len(boxes()) == 1)
    assert "ZeroDivisionError: " in boxes()[0].text()
    report = next((tmp_path / "crashes").glob("crash-*.txt")).read_text()
    assert "Traceback" in report
    assert "test_crash.py" in report


def test_the_same_mistake_is_shown_once(qtbot: QtBot, crash: CrashReport) -> None:
    for _ in range(5):
        fail()
    qtbot.wait(50)
    assert len(boxes()) == 1


def test_a_mistake_on_another_thread_is_shown_too(qtbot: QtBot, crash: CrashReport) -> None:
    thread = threading.Thread(target=divmod, args=(1, 0))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(boxes()) == 1)


def test_a_folder_that_cannot_be_written_changes_nothing_else(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    made = CrashReport(tmp_path / "file" / "crashes")
    made.install()
    fail()
    qtbot.waitUntil(lambda: len(boxes()) == 1)
    made.remove()
    boxes()[0].close()
