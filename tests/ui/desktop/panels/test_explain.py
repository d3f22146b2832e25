"""The requirement's tree, opened and read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QFontMetrics, QGuiApplication

from riskcore.margin.requirement import Component, Figure, total
from tests.builders import NOON
from tests.ui.desktop.desk import Desk, look, report, requirement
from ui.desktop.panels.explain import ExplainPanel, Tree

pytestmark = pytest.mark.window


@pytest.fixture
def desk(qtbot) -> Desk:
    made = Desk()
    made.report = report()
    return made


@pytest.fixture
def plain(qapp) -> Iterator[None]:
    """Widgets as Qt draws them, also after a whole window has styled the application."""
    sheet, font = qapp.styleSheet(), qapp.font()
    qapp.setStyleSheet("")
    qapp.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))
    yield
    qapp.setFont(font)
    qapp.setStyleSheet(sheet)


@pytest.fixture
def panel(desk, qtbot, plain) -> ExplainPanel:
    made = ExplainPanel(desk, look())
    qtbot.addWidget(made)
    made.resize(380, 480)
    made.show()
    return made


def is_open(panel: ExplainPanel, term: str) -> bool:
    return panel.view.isExpanded(panel.model.find_term(term))


def click(panel: ExplainPanel, qtbot, term: str) -> None:
    panel.view.scrollTo(panel.model.find_term(term))
    place = panel.view.visualRect(panel.model.find_term(term)).center()
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_the_heading_asks_why_the_figure_is_what_it_is(panel, desk) -> None:
    assert panel.heading.text() == "Why 731,420?"
    desk.unit = "BTC"
    desk.unit_changed.emit("BTC")
    assert panel.heading.text() == "Why 11.4072?"


def test_without_a_report_there_is_nothing_to_explain(panel) -> None:
    panel.show_report(None)
    assert panel.heading.text() == "Why?"
    assert panel.model.rowCount() == 0


def test_the_way_to_the_worst_scenario_is_open_at_first(panel) -> None:
    assert is_open(panel, "initial_margin")
    assert is_open(panel, "scanning_risk")
    assert not is_open(panel, "roll_shock")


def test_what_was_opened_stays_open_through_refreshes_of_any_shape(panel, desk, qtbot) -> None:
    panel.view.setCurrentIndex(panel.model.find_term("roll_shock"))
    qtbot.keyClick(panel.view, Qt.Key.Key_Right)
    panel.view.setCurrentIndex(panel.model.find_term("scanning_risk"))
    qtbot.keyClick(panel.view, Qt.Key.Key_Left)
    desk.answer(report(1.1))
    assert is_open(panel, "roll_shock")
    assert not is_open(panel, "scanning_risk")
    panel.model.show(Component("initial_margin", 0.0))
    desk.answer(report(1.2))
    assert is_open(panel, "roll_shock")
    assert not is_open(panel, "scanning_risk")


def test_the_selected_line_stays_selected_while_prices_stream(panel, desk, qtbot) -> None:
    click(panel, qtbot, "BTC-PERPETUAL")
    for scale in (1.01, 1.02, 1.03):
        desk.answer(report(scale))
    line = panel.model.line(panel.view.currentIndex())
    assert line.component.term == "BTC-PERPETUAL"
    assert panel.model.amount(line) == "-68,907"


def test_a_click_on_an_instrument_chooses_it_and_one_on_a_term_does_not(panel, qtbot) -> None:
    with qtbot.waitSignal(panel.instrument_chosen) as chosen:
        click(panel, qtbot, "BTC-PERPETUAL")
    assert chosen.args == ["BTC-PERPETUAL"]
    with qtbot.assertNotEmitted(panel.instrument_chosen):
        click(panel, qtbot, "roll_shock")


def test_the_three_trees_are_switched_by_their_buttons(panel, qtbot) -> None:
    qtbot.mouseClick(panel.buttons[Tree.MAINTENANCE], Qt.MouseButton.LeftButton)
    assert panel.heading.text() == "Why 585,136?"
    qtbot.mouseClick(panel.buttons[Tree.EQUITY], Qt.MouseButton.LeftButton)
    assert panel.heading.text() == "Why 1,193,200?"
    assert panel.model.line(panel.model.index(0, 0)).component.term == "equity"


def test_it_opens_on_a_term_wherever_it_stands(panel) -> None:
    panel.show_term("equity")
    assert panel.buttons[Tree.EQUITY].isChecked()
    panel.show_term("expiry_delta")
    assert panel.buttons[Tree.INITIAL].isChecked()
    assert is_open(panel, "roll_shock")
    assert panel.model.line(panel.view.currentIndex()).component.term == "expiry_delta"


def test_a_term_that_stands_nowhere_changes_nothing(panel) -> None:
    panel.show_term("equity")
    panel.show_term("unheard_of")
    assert panel.buttons[Tree.EQUITY].isChecked()


def test_without_initial_margin_the_maintenance_margin_is_explained(panel, desk) -> None:
    desk.answer(report(1.0, requirement(initial=False)))
    assert panel.heading.text() == "Why 585,136?"
    assert not panel.buttons[Tree.INITIAL].isEnabled()


def test_the_chosen_tree_is_back_after_a_model_without_initial_margin(panel, desk) -> None:
    desk.answer(report(1.0, requirement(initial=False)))
    assert panel.buttons[Tree.MAINTENANCE].isChecked()
    desk.answer(report())
    assert panel.buttons[Tree.INITIAL].isChecked()
    assert panel.heading.text() == "Why 731,420?"


def test_without_a_report_there_are_no_pools_to_choose(panel, desk) -> None:
    desk.answer(report(1.0, requirement(), requirement(pool="BTC")))
    assert panel.pools.isVisible()
    desk.report_changed.emit(None)
    assert not panel.pools.isVisible()


def test_of_several_pools_the_nearest_is_explained_until_another_is_chosen(panel, desk, qtbot):
    pools = (requirement(0.8, "BTC"), requirement(1.0, "ETH"))
    desk.answer(report(1.0, *pools))
    assert panel.pools.isVisible()
    assert panel.heading.text() == "Why 731,420?"
    qtbot.keyClick(panel.pools, Qt.Key.Key_Down)
    panel.pools.activated.emit(1)
    assert panel.pools.currentText() == "BTC pool"
    desk.answer(report(1.0, *pools))
    assert panel.heading.text() == "Why 593,774?"


def test_copy_takes_the_whole_tree_with_full_precision(panel, qtbot) -> None:
    panel.view.setFocus()
    panel.copy_action.trigger()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "Initial margin\tΣ\t731420.0"
    assert any(line.startswith("        BTC-PERPETUAL\t\t-66900.0") for line in lines)


def test_small_requirements_are_written_in_cents(panel, desk) -> None:
    small = replace(requirement(), initial=Component("initial_margin", 731.426))
    desk.answer(report(1.0, small))
    assert panel.heading.text() == "Why 731.43?"


def test_amounts_fit_their_column(panel) -> None:
    metrics = QFontMetrics(panel.delegate._figures)
    amounts = [panel.model.amount(line) for line in panel.model.lines()]
    widest = max(metrics.horizontalAdvance(text) for text in amounts)
    assert panel.view.columnWidth(2) >= widest


@pytest.mark.parametrize(
    ("width", "heading", "button"),
    [
        (400, "Why 731,420?", "Maintenance"),
        (280, "Why 731,420?", "Maint."),
        (240, "731,420", "Maint."),
    ],
)
def test_words_get_shorter_before_any_is_cut(panel, qtbot, width, heading, button) -> None:
    panel.resize(width, 480)
    assert panel.heading.text() == heading
    assert panel.buttons[Tree.MAINTENANCE].text() == button
    qtbot.wait(1)
    assert panel.heading.width() >= panel.heading.sizeHint().width()
    for each in panel.buttons.values():
        assert each.width() >= each.sizeHint().width()


def test_the_venues_account_fields_are_one_click_away(panel, desk, qtbot) -> None:
    assert not panel.toggle.isVisible()
    figures = (Figure("available_funds", 461_780.0, "USD"),)
    desk.answer(report(1.0, replace(requirement(), figures=figures)))
    qtbot.mouseClick(panel.toggle, Qt.MouseButton.LeftButton)
    assert panel.pages.currentWidget() is panel.fields
    row = [panel.fields_model.index(0, column).data() for column in range(2)]
    assert row == ["Available funds", "461,780.00 USD"]
    panel.copy()
    assert QGuiApplication.clipboard().text().splitlines()[1] == "Available funds\t461780\tUSD"
    panel.show_term("equity")
    assert panel.pages.currentWidget() is panel.view


def test_a_tree_of_an_older_market_says_so(panel, desk) -> None:
    desk.refusal = "BTC has no index price in this market"
    desk.market = SimpleNamespace(as_of=NOON + timedelta(minutes=5))
    desk.refused.emit(desk.refusal)
    assert panel.hint.text() == "stale 5 min"
    desk.market = SimpleNamespace(as_of=NOON - timedelta(days=200))
    desk.refused.emit(desk.refusal)
    assert panel.hint.text() == "stale", "an age of 0 s would be read as current"


def test_selection_and_scroll_stay_when_a_line_comes_or_goes(panel, desk, qtbot) -> None:
    panel.view.expandAll()
    panel.resize(380, 200)
    qtbot.wait(1)
    click(panel, qtbot, "BTC-PERPETUAL")
    height = panel.view.verticalScrollBar().value()
    assert height > 0
    for rounding in (0.001, None):
        margin = requirement().initial
        if rounding:
            margin = total("initial_margin", *margin.parts, Component("rounding", rounding))
        desk.answer(report(1.0, replace(requirement(), initial=margin)))
        line = panel.model.line(panel.view.currentIndex())
        assert line.component.term == "BTC-PERPETUAL"
        assert panel.view.selectionModel().isRowSelected(
            line.row, panel.view.currentIndex().parent()
        )
        assert panel.view.verticalScrollBar().value() == height
