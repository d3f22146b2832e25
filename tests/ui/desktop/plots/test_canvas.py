"""What every plot has in common."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication

from tests.ui.desktop.desk import look
from ui.desktop.plots.canvas import Canvas, Mark, Place

pytestmark = pytest.mark.window
X = np.linspace(0.0, 10.0, 101)


@pytest.fixture
def canvas(qtbot) -> Canvas:
    made = Canvas("Usage", look())
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.box.setRange(xRange=(0, 10), yRange=(0, 1), padding=0)
    made.points = X
    made.show()
    qtbot.waitExposed(made)
    return made


def places(y: float) -> list[Place]:
    return [Place("above", 5.0, y, (0.5, 1.0)), Place("below", 5.0, y, (0.5, 0.0))]


def settled(canvas: Canvas, mark: Mark, line: np.ndarray) -> str:
    mark.settle(places(0.5), [(X, line)], canvas.box)
    return mark._place.name


def test_words_stand_where_no_line_runs_through_them(canvas) -> None:
    mark = Mark()
    canvas.addItem(mark)
    mark.write("liquidation 49,243", canvas.theme, "liquidation")
    assert settled(canvas, mark, np.full_like(X, 0.53)) == "below"
    assert settled(canvas, mark, np.full_like(X, 0.47)) == "above"


def test_words_do_not_move_without_need(canvas) -> None:
    mark = Mark()
    canvas.addItem(mark)
    mark.write("liquidation 49,243", canvas.theme, "liquidation")
    settled(canvas, mark, np.full_like(X, 0.53))
    assert settled(canvas, mark, np.full_like(X, 0.9)) == "below"


def test_words_do_not_stand_outside(canvas) -> None:
    mark = Mark()
    canvas.addItem(mark)
    mark.write("liquidation 49,243", canvas.theme, "liquidation")
    at_the_edge = [Place("right", 10.0, 0.5, (0.0, 0.0)), Place("left", 10.0, 0.5, (1.0, 0.0))]
    mark.settle(at_the_edge, [], canvas.box)
    assert mark._place.name == "left"


def test_a_tick_at_the_end_of_an_axis_keeps_its_words(canvas, qtbot) -> None:
    canvas._left.show_ticks([(0.0001, "0"), (0.5, "50"), (0.9999, "100 %")])
    drawn: list[str] = []
    real = canvas._left.drawPicture

    def noting(painter, axis, ticks, texts) -> None:
        drawn[:] = [text for _, _, text in texts]
        real(painter, axis, ticks, texts)

    canvas._left.drawPicture = noting
    canvas.grab()
    qtbot.waitUntil(lambda: drawn == ["0", "50", "100 %"], timeout=1000)


def test_the_crosshair_stops_at_points_and_goes_with_the_mouse(canvas, qtbot) -> None:
    with qtbot.waitSignal(canvas.pointed) as pointed:
        qtbot.mouseMove(canvas.viewport(), QPoint(300, 100))
    assert pointed.args[0] in X
    with qtbot.waitSignal(canvas.pointed) as pointed:
        QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert pointed.args == [None]


def test_keys_stop_at_the_last_point_seen(canvas, qtbot) -> None:
    for _ in range(3):
        qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.cross.value() == 10.0


def test_a_line_is_of_width_one_and_cosmetic(canvas) -> None:
    pen = canvas.line("gain")
    assert (pen.width(), pen.isCosmetic()) == (1, True)


def test_another_theme_changes_ground_and_axes(canvas) -> None:
    dark = canvas.grab().toImage()
    canvas.set_theme(look("light"))
    assert canvas.grab().toImage().pixelColor(300, 5) != dark.pixelColor(300, 5)
