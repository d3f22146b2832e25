"""Margin against spot."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.ui.desktop.desk import Desk, curve, look, report
from ui.desktop.panels.spot import SpotPanel

pytestmark = pytest.mark.window


@pytest.fixture
def desk(qtbot) -> Desk:
    return Desk()


@pytest.fixture
def panel(desk, qtbot) -> SpotPanel:
    made = SpotPanel(desk, look())
    qtbot.addWidget(made)
    made.resize(560, 320)
    made.show()
    qtbot.waitUntil(lambda: made.frame.chart is not None)
    return made


def legend(panel: SpotPanel) -> dict[str, str]:
    return {entry.name: entry.value for entry in panel.frame.legend.entries}


def test_until_the_curve_is_there_a_sentence_says_so(panel) -> None:
    assert panel.frame.sentence.text() == "The curve is being computed."
    assert panel.frame.stack.currentWidget() is panel.frame.sentence


def test_amounts_of_another_currency_than_the_display_name_it(panel, desk) -> None:
    desk.curve_changed.emit(curve())
    assert "equity" in legend(panel)
    desk.unit = "BTC"
    desk.unit_changed.emit("BTC")
    assert "equity, USD" in legend(panel)


def test_an_account_that_is_refused_waits_for_no_curve(panel, desk) -> None:
    desk.refusal = "BTC-PERPETUAL has no mark price in this market"
    desk.refused.emit(desk.refusal)
    assert panel.frame.sentence.text() == "This account cannot be computed in this market."


def test_the_lines_pass_through_the_curves_own_points(panel, desk) -> None:
    shown = curve()
    desk.curve_changed.emit(shown)
    for name in ("equity", "initial", "maintenance"):
        x, y = panel.frame.chart._curves[name].getData()
        assert np.array_equal(x, shown.move)
        assert np.array_equal(y, getattr(shown, name))


def test_both_levels_are_written_with_price_and_move(panel, desk) -> None:
    desk.curve_changed.emit(curve())
    assert panel.frame.chart.level_words() == (
        "liquidation 49,243 (-23.2 %)",
        "liquidation 88,869 (+38.6 %)",
    )


def test_a_level_of_another_pool_names_it(panel, desk) -> None:
    desk.curve_changed.emit(curve(pool_up="BTC"))
    assert panel.frame.chart.level_words() == (
        "liquidation 49,243 (-23.2 %)",
        "liquidation of the BTC pool 88,869 (+38.6 %)",
    )


def test_words_at_a_level_become_fewer_before_the_edge_cuts_them(panel, desk, qtbot) -> None:
    panel.resize(900, 320)
    found = replace(curve(-0.046, 0.045), pool_down="BTCUSDT_261225", pool_up="ETHUSDC")
    desk.curve_changed.emit(found)
    chart = panel.frame.chart
    whole = "liquidation of the BTCUSDT_261225 pool"
    qtbot.waitUntil(lambda: chart.level_words()[0].startswith(whole))
    panel.resize(360, 320)

    def are_seen() -> bool:
        view = chart.box.sceneBoundingRect()
        shown = [each.mapRectToScene(each.boundingRect()) for each in chart._words]
        return all(view.left() <= one.left() and one.right() <= view.right() for one in shown)

    qtbot.waitUntil(are_seen)
    assert whole not in chart.level_words()[0]
    panel.resize(900, 320)
    qtbot.waitUntil(lambda: chart.level_words()[0].startswith(whole))


def test_a_level_outside_the_axis_or_absent_is_not_drawn(panel, desk) -> None:
    desk.curve_changed.emit(curve(-0.9, None))
    assert panel.frame.chart.level_words() == ()


def test_the_zone_beyond_a_level_is_shaded(panel, desk) -> None:
    desk.curve_changed.emit(curve())
    down, up = panel.frame.chart.zones()
    assert down == pytest.approx((-0.4, -0.232))
    assert up == pytest.approx((0.386, 0.4))


def test_a_trigger_reached_already_shades_where_maintenance_takes_up_equity(panel, desk) -> None:
    move = np.array([-0.4, -0.2, 0.0, 0.2, 0.4])
    equity = np.array([0.0, 100.0, 100.0, 150.0, 50.0])
    reached = replace(
        curve(0.0, 0.0), move=move, equity=equity, maintenance=np.full(5, 110.0), initial=None
    )
    desk.curve_changed.emit(reached)
    assert panel.frame.chart.level_words() == ("liquidation reached",)
    below, above = panel.frame.chart.zones()
    assert below == pytest.approx((-0.4, 0.04))
    assert above == pytest.approx((0.28, 0.4))
    desk.curve_changed.emit(curve(None, None))
    assert panel.frame.chart.zones() == ()


def test_what_is_seen_follows_the_price_while_the_curve_is_older(panel, desk) -> None:
    desk.curve_changed.emit(curve())
    desk.answer(replace(report(), index={**report().index, "BTC": 60_000.0}))
    assert legend(panel)["BTC"] == "60,000"
    assert panel.frame.chart.level_words() == (
        "liquidation 49,243 (-17.9 %)",
        "liquidation 88,869 (+48.1 %)",
    )
    ticks = [words for _, words in panel.frame.chart._bottom._tickLevels[0]]
    assert "60.0k\n0 %" in ticks


def test_the_axis_is_in_the_price_of_the_main_underlying_and_per_cent(panel, desk) -> None:
    desk.curve_changed.emit(curve())
    ticks = dict(panel.frame.chart._bottom._tickLevels[0])
    assert ticks[0.0] == "64.1k\n0 %"


def test_a_model_without_initial_margin_has_no_line_for_it(panel, desk) -> None:
    desk.curve_changed.emit(replace(curve(), initial=None))
    assert "initial margin" not in legend(panel)
    assert panel.frame.chart._curves["initial"].getData()[0].size == 0
    assert panel.frame.model.rowCount() == 0


def test_the_legend_says_today_and_then_the_crosshair(panel, desk, qtbot) -> None:
    shown = curve()
    desk.curve_changed.emit(shown)
    assert legend(panel)["BTC"] == "64,119"
    assert legend(panel)["equity"] == f"{shown.equity[40]:,.0f}"
    chart = panel.frame.chart
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert legend(panel)["BTC"] == f"{64_119 * 1.39:,.0f} (+39.0 %)"
    assert legend(panel)["equity"] == f"{shown.equity[79]:,.0f}"


def test_another_account_does_not_keep_the_curve(panel, desk) -> None:
    desk.curve_changed.emit(curve())
    desk.current_changed.emit("other")
    assert panel.frame.stack.currentWidget() is panel.frame.sentence


def test_the_table_twin_has_a_row_for_every_point(panel, desk, qtbot) -> None:
    desk.curve_changed.emit(curve())
    qtbot.mouseClick(panel.frame.toggle, Qt.MouseButton.LeftButton)
    model = panel.frame.table.model()
    assert model.rowCount() == 81
    assert [model.headerData(each, Qt.Orientation.Horizontal) for each in range(5)] == [
        "Move",
        "BTC price",
        "Equity, USD",
        "Initial margin, USD",
        "Maintenance margin, USD",
    ]
    assert model.index(40, 2).data() == "1,193,200"
