"""What stands around every chart."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMenu

from tests.ui.desktop.desk import look
from ui.desktop.models.series import Column, Numbers
from ui.desktop.plots.frame import ChartFrame

pytestmark = pytest.mark.window
NUMBERS = Numbers((Column("Usage", np.array([0.5, 0.25])),))


@pytest.fixture
def frame(qtbot) -> ChartFrame:
    made = ChartFrame("Margin usage", look(), lambda: NUMBERS)
    qtbot.addWidget(made)
    made.resize(400, 200)
    made.place(QLabel("chart"))
    made.show()
    return made


def answer(monkeypatch, path: Path | str) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given: (str(path), ""))


def test_the_table_is_one_click_away_and_back(frame, qtbot) -> None:
    qtbot.mouseClick(frame.toggle, Qt.MouseButton.LeftButton)
    assert frame.stack.currentWidget() is frame.table
    assert frame.model.rowCount() == 2
    qtbot.mouseClick(frame.toggle, Qt.MouseButton.LeftButton)
    assert frame.stack.currentWidget() is frame.chart


def test_a_sentence_takes_the_place_of_chart_and_table(frame, qtbot) -> None:
    frame.say("No history yet.")
    assert frame.stack.currentWidget() is frame.sentence
    frame.say("")
    assert frame.stack.currentWidget() is frame.chart


def test_a_picture_and_the_numbers_are_saved_where_the_user_says(frame, monkeypatch, tmp_path):
    answer(monkeypatch, tmp_path / "usage")
    frame.save_action.trigger()
    assert not QImage(str(tmp_path / "usage.png")).isNull()
    frame.save_numbers_action.trigger()
    assert (tmp_path / "usage.csv").read_text(encoding="utf-8") == "Usage\n0.5\n0.25\n"


def test_a_dialog_that_is_cancelled_writes_nothing(frame, monkeypatch, tmp_path) -> None:
    answer(monkeypatch, "")
    frame.save_action.trigger()
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_told_in_a_sentence(frame, qtbot, monkeypatch, tmp_path):
    answer(monkeypatch, tmp_path / "nowhere" / "usage.csv")
    with qtbot.waitSignal(frame.refused) as refused:
        frame.save_numbers_action.trigger()
    assert "could not be written" in refused.args[0]


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_chart_offers_its_actions_on_the_context_menu(frame, qtbot) -> None:
    place = QPoint(10, 10)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, frame.chart.mapToGlobal(place))
    QApplication.sendEvent(frame.chart, event)
    menu = next(iter(frame.findChildren(QMenu)))
    assert [action.text() for action in menu.actions()] == [
        "Save picture…",
        "Save numbers…",
        "Copy table",
    ]
    menu.close()


def test_copying_without_a_selection_takes_every_row(frame) -> None:
    frame.copy_action.trigger()
    assert QGuiApplication.clipboard().text() == "Usage\n0.5\n0.25\n"


def test_switch_and_table_say_whose_they_are(frame) -> None:
    assert frame.toggle.accessibleName() == "Margin usage as a table"
    assert frame.table.accessibleName() == "Numbers of Margin usage"


def test_no_title_of_the_table_is_cut(frame, qtbot) -> None:
    frame.resize(60, 200)
    qtbot.mouseClick(frame.toggle, Qt.MouseButton.LeftButton)
    header = frame.table.horizontalHeader()
    assert header.sectionSize(0) >= header.fontMetrics().horizontalAdvance("Usage") + 16
