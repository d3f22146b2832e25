"""What holds for every test: no screen unless one is asked for, and nothing left running."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A run that decides about a change looks at the same examples each time; others keep searching.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # the window tests in Xvfb say xcb

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
GRACE = 2.0  # seconds a thread that was told to end may take


@pytest.fixture(autouse=True)
def _no_thread_is_left_behind() -> Iterator[None]:
    """A test that starts a thread also ends it."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + GRACE
    left = _started_since(before)
    while left and time.monotonic() < deadline:
        time.sleep(0.01)
        left = _started_since(before)
    assert not left, f"threads left running: {[thread.name for thread in left]}"


def _started_since(before: set[threading.Thread]) -> list[threading.Thread]:
    return [
        thread
        for thread in threading.enumerate()
        if thread not in before and thread.is_alive() and not thread.name.startswith("Dummy")
    ]


@pytest.fixture(autouse=True)
def _no_timer_is_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """A window test that starts a timer also stops it, when its widgets outlive the test."""
    yield
    if request.node.get_closest_marker("window") is None:
        return
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    if app is None:
        return
    active = [timer for timer in app.findChildren(QTimer) if timer.isActive()]
    for widget in QApplication.topLevelWidgets():
        active += [timer for timer in widget.findChildren(QTimer) if timer.isActive()]
    names = [timer.objectName() or repr(timer.parent()) for timer in active]
    assert not active, f"timers left running: {names}"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of recorded markets; without it the test is skipped."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the recorded markets stand in ../shared/data, which is not here")
    return SHARED_DATA


def pytest_sessionfinish() -> None:
    """The offscreen platform crashes at exit over a clipboard that holds what Python made."""
    if "PySide6.QtWidgets" in sys.modules:
        from PySide6.QtWidgets import QApplication

        if QApplication.instance() is not None:
            QApplication.clipboard().clear()
