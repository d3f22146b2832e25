"""tests/ui/desktop/measure.py: what measures must itself find what is cut."""

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.desktop.measure import cut

pytestmark = pytest.mark.window


@pytest.mark.parametrize("kind", [QLabel, QPushButton])
def test_a_text_with_too_little_room_is_found(qtbot: QtBot, kind: type) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 100)
    widget = kind("a text that needs more than forty pixels", window)
    widget.setFixedSize(40, 30)
    window.show()
    qtbot.waitExposed(window)
    assert len(cut(window)) == 1
    widget.setFixedSize(390, 30)
    assert cut(window) == []


def test_a_wrapped_text_with_too_little_height_is_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 300)
    label = QLabel("words that go on and on " * 10, window)
    label.setWordWrap(True)
    label.setFixedSize(200, 20)
    window.show()
    qtbot.waitExposed(window)
    assert len(cut(window)) == 1
    label.setFixedSize(200, 290)
    assert cut(window) == []


def test_what_is_not_on_the_screen_is_not_measured(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    tabs = QTabBar(window)
    tabs.addTab("a long title of a tab")
    tabs.setFixedWidth(10)
    tabs.hide()
    window.show()
    qtbot.waitExposed(window)
    assert cut(window) == []
