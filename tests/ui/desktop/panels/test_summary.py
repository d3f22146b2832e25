"""The summary strip, clicked and read as a person does."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF

from riskcore.margin.requirement import Component, Figure, Trigger
from tests.builders import NOON
from tests.ui.desktop.desk import Desk, curve, look, report, requirement
from ui.desktop.panels.summary import SummaryPanel
from ui.desktop.plots.tile import LABEL, PAD

pytestmark = pytest.mark.window
EQUITY, INITIAL, MAINTENANCE, USAGE, AVAILABLE, NETTING, LIQUIDATION = range(7)


@pytest.fixture
def desk(qtbot) -> Desk:
    return Desk()


@pytest.fixture
def panel(desk, qtbot) -> SummaryPanel:
    made = SummaryPanel(desk, look())
    qtbot.addWidget(made)
    made.resize(1060, made.sizeHint().height())
    made.show()
    return made


def values(panel: SummaryPanel) -> list[str]:
    return [tile.reading.value + tile.reading.tail for tile in panel.tiles]


def test_before_the_first_report_every_figure_is_absent(panel) -> None:
    assert values(panel) == ["-"] * 7


def test_the_figures_are_those_of_the_report(panel, desk) -> None:
    desk.answer(report())
    desk.curve_changed.emit(curve())
    assert values(panel) == [
        "1,193,200",
        "731,420",
        "585,136",
        "61.3 %",
        "461,780",
        "929,090",
        "-23.2 % / +38.6 %",
    ]
    assert panel.tiles[INITIAL].note() == "worst -14 %, vol up"
    assert panel.tiles[LIQUIDATION].note() == "BTC 49,243 / 88,869"


def test_figures_follow_the_display_currency(panel, desk) -> None:
    desk.answer(report())
    desk.unit = "BTC"
    desk.unit_changed.emit("BTC")
    assert values(panel)[EQUITY] == "18.6091"


def test_a_click_asks_for_the_explanation_of_that_figure(panel, desk, qtbot) -> None:
    desk.answer(report())
    for place, term in (
        (EQUITY, "equity"),
        (USAGE, "initial_margin"),
        (LIQUIDATION, "maintenance_margin"),
    ):
        with qtbot.waitSignal(panel.explain_asked) as asked:
            qtbot.mouseClick(panel.tiles[place], Qt.MouseButton.LeftButton)
        assert asked.args == [term]


def test_tab_and_space_reach_every_figure(panel, desk, qtbot) -> None:
    desk.answer(report())
    panel.activateWindow()
    panel.tiles[0].setFocus()
    qtbot.waitUntil(panel.tiles[0].hasFocus)
    qtbot.keyClick(panel.tiles[0], Qt.Key.Key_Tab)
    assert panel.tiles[1].hasFocus()
    with qtbot.waitSignal(panel.explain_asked):
        qtbot.keyClick(panel.tiles[1], Qt.Key.Key_Space)


def test_another_account_forgets_the_curve_of_the_last(panel, desk) -> None:
    desk.answer(report())
    desk.curve_changed.emit(curve())
    desk.current_changed.emit("other")
    assert values(panel)[LIQUIDATION] == "-"


@pytest.mark.parametrize(
    ("down", "up", "text"),
    [(None, None, "none"), (-0.1, None, "-10.0 % / none"), (None, 0.2, "none / +20.0 %")],
)
def test_a_level_that_is_not_crossed_is_none(panel, desk, down, up, text) -> None:
    desk.answer(report())
    desk.curve_changed.emit(curve(down, up))
    assert values(panel)[LIQUIDATION] == text


def test_a_level_is_seen_from_the_price_now_not_from_that_of_its_curve(panel, desk) -> None:
    desk.answer(report())
    desk.curve_changed.emit(curve())
    moved = {**report().index, "BTC": 60_000.0}
    desk.answer(replace(report(), index=moved))
    assert values(panel)[LIQUIDATION] == "-17.9 % / +48.1 %"
    assert panel.tiles[LIQUIDATION].note() == "BTC 49,243 / 88,869"


def test_a_level_of_another_pool_names_it(panel, desk) -> None:
    desk.answer(report())
    desk.curve_changed.emit(curve(pool_up="BTC"))
    reading = panel.tiles[LIQUIDATION].reading
    assert reading.notes[0].endswith(", above: of the BTC pool")
    assert reading.full.endswith("\nabove: of the BTC pool")
    desk.curve_changed.emit(curve())
    assert "pool" not in panel.tiles[LIQUIDATION].reading.full


def test_a_trigger_that_is_met_says_so(panel, desk) -> None:
    met = replace(requirement(), trigger=Trigger("maintenance usage", 1.2, 1.0))
    desk.answer(report(1.0, met))
    tile = panel.tiles[LIQUIDATION]
    assert (tile.reading.value, tile.reading.role) == ("reached", "liquidation")
    assert panel.tiles[USAGE].reading.role == "liquidation"


def test_usage_of_no_equity_is_absent_and_negative_equity_is_said(panel, desk) -> None:
    nothing = Component("margin", 0.0)
    gone = replace(
        requirement(), equity=Component("equity", 0.0), initial=nothing, maintenance=nothing
    )
    desk.answer(report(1.0, gone))
    assert values(panel)[USAGE] == "-"
    assert panel.tiles[MAINTENANCE].reading.notes[0] == "usage - of equity"
    desk.answer(report(1.0, replace(requirement(), equity=Component("equity", -5.0))))
    assert panel.tiles[MAINTENANCE].reading.notes[0] == "equity is negative"


@pytest.mark.parametrize(("scale", "role"), [(1.0, "accent"), (1.3, "caution"), (1.7, "call")])
def test_the_usage_has_the_colour_of_its_zone(panel, desk, scale, role) -> None:
    desk.answer(report(scale))
    assert panel.tiles[USAGE].reading.role == role


def test_a_model_without_initial_margin_shows_maintenance_usage_by_name(panel, desk) -> None:
    desk.answer(report(1.0, requirement(initial=False)))
    assert values(panel)[INITIAL] == "-"
    assert panel.tiles[USAGE].reading.title == "Maintenance usage"
    assert panel.tiles[AVAILABLE].reading.notes[0] == "equity less maintenance"


def test_what_can_be_withdrawn_is_shown_where_the_venue_defines_it(panel, desk) -> None:
    figures = (Figure("available_withdrawal_funds", 400_000.0, "USD"),)
    desk.answer(report(1.0, replace(requirement(), figures=figures)))
    assert panel.tiles[AVAILABLE].reading.notes[0] == "withdrawable 400,000"


def test_of_several_pools_the_nearest_is_shown_and_named(panel, desk) -> None:
    desk.answer(report(1.0, requirement(0.5, "BTC"), requirement(1.0, "ETH")))
    assert panel.tiles[EQUITY].reading.notes[0] == "USD, ETH pool, nearest of 2"


def test_a_refused_report_leaves_stale_figures_marked_with_their_age(panel, desk) -> None:
    desk.answer(report())
    desk.market = SimpleNamespace(as_of=NOON + timedelta(seconds=35))
    desk.refusal = "BTC has no index price in this market"
    desk.refused.emit(desk.refusal)
    assert panel.tiles[EQUITY].note() == "stale 35 s"
    desk.refusal = ""
    desk.refused.emit("")
    assert panel.tiles[EQUITY].note() == "USD, before haircut"


def test_an_old_quote_makes_the_figures_stale(panel, desk) -> None:
    desk.answer(replace(report(), ages={"BTC-PERPETUAL": 180.0}))
    assert panel.tiles[EQUITY].note() == "stale 3 min"


def test_a_computation_that_takes_time_is_visible(panel, desk) -> None:
    desk.answer(report())
    desk.computing_changed.emit(True)
    assert panel.tiles[EQUITY].note() == "computing"
    desk.computing_changed.emit(False)
    assert panel.tiles[EQUITY].note() != "computing"


@pytest.mark.parametrize("width", [0, 900, 1060, 1600])
def test_no_figure_is_ever_cut(panel, desk, qtbot, width) -> None:
    desk.answer(report())
    desk.curve_changed.emit(curve())
    panel.resize(max(width, panel.minimumSizeHint().width()), panel.height())
    qtbot.wait(1)
    for tile in (each for each in panel.tiles if each.isVisible()):
        room = tile.width() - 2 * PAD
        title = QFontMetricsF(look().words(LABEL)).horizontalAdvance(tile.reading.title)
        assert tile.value_width() <= room + 1
        assert title <= room + 1


def test_a_narrow_strip_leaves_the_second_figure_to_the_tooltip(panel, desk, qtbot) -> None:
    desk.answer(report())
    desk.curve_changed.emit(curve())
    tile = panel.tiles[LIQUIDATION]
    whole = sum(each.least_width(has_tail=True) for each in panel.tiles)
    panel.resize(whole, panel.height())
    assert tile.value_width() == tile._width_of(tile.reading.tail)
    panel.resize(whole - 1, panel.height())
    assert tile.value_width() == tile._width_of("")
    assert f"{tile.reading.value}{tile.reading.tail}" in tile.toolTip()


def test_with_little_room_the_figures_that_others_imply_go_first(panel, desk) -> None:
    desk.answer(report())
    panel.resize(panel.minimumSizeHint().width(), panel.height())
    shown = [place for place, tile in enumerate(panel.tiles) if tile.isVisible()]
    assert shown == [EQUITY, INITIAL, USAGE, LIQUIDATION]
    panel.resize(1200, panel.height())
    assert all(tile.isVisible() for tile in panel.tiles)


def test_the_strip_reads_itself_out(panel, desk) -> None:
    desk.answer(report())
    assert panel.tiles[INITIAL].accessibleName() == "Initial margin: 731,420"
    assert "731420" in panel.tiles[INITIAL].toolTip()


def test_light_and_dark_paint_differently(panel, desk) -> None:
    desk.answer(report())
    dark = panel.grab().toImage()
    panel.set_theme(look("light"))
    assert panel.grab().toImage() != dark
