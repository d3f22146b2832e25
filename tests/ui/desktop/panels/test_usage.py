"""Margin usage over time, while it streams."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication

from tests.ui.desktop.desk import RESOURCES, Desk, look, report, samples
from ui.desktop.panels.usage import UsagePanel

pytestmark = pytest.mark.window


@pytest.fixture
def desk(qtbot) -> Desk:
    return Desk()


@pytest.fixture
def panel(desk, qtbot):
    made = UsagePanel(desk, look())
    qtbot.addWidget(made)
    made.resize(560, 320)
    made.show()
    qtbot.waitUntil(lambda: made.frame.chart is not None)
    return made


def curve_of(panel: UsagePanel, name: str) -> tuple[np.ndarray, np.ndarray]:
    return panel.frame.chart._curves[name].getData()


def legend(panel: UsagePanel) -> list[tuple[str, str]]:
    return [(entry.name, entry.value) for entry in panel.frame.legend.entries]


def test_a_panel_does_not_load_the_plotting_library_before_it_is_seen() -> None:
    code = (
        "import sys, ui.desktop.panels.usage, ui.desktop.panels.spot, ui.desktop.panels.matrix;"
        "print('pyqtgraph' in sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=RESOURCES.parent,
        check=True,
    )
    assert found.stdout.strip() == "False"


def test_without_history_a_sentence_stands_in_place_of_the_chart(panel) -> None:
    assert panel.frame.stack.currentWidget() is panel.frame.sentence
    assert panel.frame.sentence.text() == "No history yet: it begins with the first market."


def test_the_lines_are_the_usages_of_the_samples(panel, desk) -> None:
    points = samples(600)
    desk.record(points)
    time, initial = curve_of(panel, "initial")
    assert time[-1] == points[-1].as_of.timestamp()
    assert initial[-1] == pytest.approx(points[-1].initial / points[-1].equity)
    assert panel.frame.stack.currentWidget() is panel.frame.chart
    assert [name for name, _ in legend(panel)] == [
        "initial usage",
        "maintenance usage",
        "stand-alone sum",
    ]


def test_the_trigger_lies_where_maintenance_meets_equity(panel, desk) -> None:
    desk.answer(report())
    desk.record(samples(60))
    assert panel.frame.chart.trigger_level() == pytest.approx(1.25)
    assert panel.frame.chart._words.toPlainText() == "trigger: maintenance = equity"


def test_the_axis_holds_the_largest_line_and_not_less_than_150_percent(panel, desk) -> None:
    desk.record([replace(each, stand_alone_sum=0.0) for each in samples(60)])
    assert panel.frame.chart.value_range() == (0.0, 1.5)
    desk.record([replace(each, stand_alone_sum=2.8 * each.equity) for each in samples(61)])
    panel._follow()
    assert panel.frame.chart.value_range() == (0.0, 3.0)


def test_usage_without_equity_is_drawn_at_the_upper_end_and_written_as_infinite(panel, desk):
    points = samples(60)
    desk.record([*points[:-1], replace(points[-1], equity=-1.0)])
    top = panel.frame.chart.value_range()[1]
    assert curve_of(panel, "initial")[1][-1] == top
    assert dict(legend(panel))["initial usage"] == "∞ %"


def test_usage_of_an_account_without_equity_that_needs_none_is_absent(panel, desk):
    (point,) = samples(1)
    empty = replace(point, equity=0.0, initial=0.0, maintenance=0.0, stand_alone_sum=0.0)
    desk.record([empty])
    assert {text for _, text in legend(panel)} == {"-"}
    assert panel.numbers().columns[1].written(panel.numbers().columns[1].cells[0]) == "-"


@pytest.mark.parametrize(("row", "seconds"), [(0, 900.0), (1, 3600.0), (2, 21600.0)])
def test_the_window_is_as_long_as_chosen_and_ends_now(panel, desk, qtbot, row, seconds) -> None:
    desk.record(samples(600))
    panel.windows.setFocus()
    panel.windows.setCurrentIndex(row)
    low, high = panel.frame.chart.box.viewRange()[0]
    assert high == pytest.approx(desk.history[-1].as_of.timestamp())
    assert high - low == pytest.approx(seconds)


def test_keys_choose_the_window(panel, desk, qtbot) -> None:
    desk.record(samples(600))
    qtbot.keyClick(panel.windows, Qt.Key.Key_End)
    low, high = panel.frame.chart.box.viewRange()[0]
    assert high - low == pytest.approx(599.0)


def test_a_stream_is_drawn_at_most_four_times_a_second(panel, desk, qtbot) -> None:
    drawn: list[int] = []
    real = panel.frame.chart.show_series
    panel.frame.chart.show_series = lambda *given: (drawn.append(1), real(*given))
    points = samples(200)
    for place in range(150, 200):
        desk.record(points[:place])
        qtbot.wait(10)
    assert 2 <= len(drawn) <= 5


def test_the_newest_sample_is_drawn_even_when_it_came_too_soon(panel, desk, qtbot) -> None:
    points = samples(200)
    desk.record(points[:100])
    desk.record(points)
    end = points[-1].as_of.timestamp()
    qtbot.waitUntil(lambda: curve_of(panel, "initial")[0][-1] == end, timeout=1000)


def test_the_range_is_fixed_while_values_stream(panel, desk) -> None:
    desk.record(samples(100))
    assert panel.frame.chart.box.state["autoRange"] == [False, False]


def test_every_line_is_drawn_with_the_fast_pen(panel, desk) -> None:
    for curve in panel.frame.chart._curves.values():
        pen = curve.opts["pen"]
        assert (pen.width(), pen.isCosmetic()) == (1, True)


def test_the_mouse_shows_the_values_at_its_instant(panel, desk, qtbot) -> None:
    points = samples(600)
    desk.record(points)
    chart = panel.frame.chart
    at = points[-100].as_of.timestamp()
    spot = chart.mapFromScene(chart.box.mapViewToScene(chart.box.viewRect().center()))
    qtbot.mouseMove(chart.viewport(), QPoint(spot.x(), spot.y()))
    qtbot.waitUntil(chart.cross.isVisible)
    chart.point_at(at)
    expected = points[-100].initial / points[-100].equity * 100
    assert legend(panel)[0][0] == "at"
    assert dict(legend(panel))["initial usage"] == f"{expected:.1f} %"


def test_arrow_keys_move_the_crosshair_and_escape_takes_it_away(panel, desk, qtbot) -> None:
    points = samples(600)
    desk.record(points)
    chart = panel.frame.chart
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.cross.value() == points[-2].as_of.timestamp()
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert not chart.cross.isVisible()
    assert legend(panel)[0][0] == "initial usage"


def test_the_table_twin_shows_the_same_numbers_newest_first(panel, desk, qtbot) -> None:
    points = samples(50)
    desk.record(points)
    qtbot.mouseClick(panel.frame.toggle, Qt.MouseButton.LeftButton)
    assert panel.frame.stack.currentWidget() is panel.frame.table
    model = panel.frame.table.model()
    assert model.rowCount() == 50
    assert model.index(0, 0).data() == "2026-02-05 12:00:00"
    usage = points[-1].initial / points[-1].equity * 100
    assert model.index(0, 1).data() == f"{usage:.1f} %"


def test_the_table_is_copied_whole_or_by_selected_rows(panel, desk, qtbot) -> None:
    desk.record(samples(50))
    qtbot.mouseClick(panel.frame.toggle, Qt.MouseButton.LeftButton)
    panel.frame.table.setFocus()
    qtbot.keyClick(panel.frame.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    panel.frame.copy()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 51
    panel.frame.table.selectRow(0)
    panel.frame.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("2026-02-05 12:00:00\t")


def test_wheel_zoom_holds_until_home(panel, desk, qtbot) -> None:
    desk.record(samples(600))
    chart = panel.frame.chart
    chart.box.scaleBy(x=0.5)
    chart.box.sigRangeChangedManually.emit([True, False])
    panel._follow()
    low, high = chart.box.viewRange()[0]
    assert high - low == pytest.approx(450.0)
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    low, high = chart.box.viewRange()[0]
    assert high - low == pytest.approx(900.0)
