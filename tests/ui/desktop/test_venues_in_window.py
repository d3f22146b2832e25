"""Another venue's model chosen in the whole window, by keys and mouse."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QSize
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QTabBar

from riskcore.naming import directory
from tests.ui.desktop.whole import CONTROL, KEY, LEFT, NONE, SHIFT, WAIT, program
from ui.desktop.dialogs.help_viewer import HelpViewer

pytestmark = pytest.mark.window


@pytest.fixture
def here(qtbot, tmp_path):
    with program(qtbot, tmp_path / "book.db", is_paused=True) as made:
        made.settle()
        yield made


def venues(here):
    """The panel, once it has an answer for the account on the screen."""
    panel = here.panel("venues")
    here.qtbot.waitUntil(lambda: panel.model.rowCount() > 0, timeout=WAIT)
    return panel


def go_to(here, model: str) -> None:
    """Select a model with the arrow keys."""
    panel = venues(here)
    here.press(KEY.Key_E, CONTROL | SHIFT)
    here.qtbot.waitUntil(panel.view.hasFocus, timeout=WAIT)
    row = panel.model.row_of(model)
    assert row >= 0
    here.press(KEY.Key_Home)
    here.press(KEY.Key_Down, times=row)
    assert panel.view.currentIndex().row() == row


def is_computed_with(here, model: str) -> bool:
    report = here.session.report
    return report is not None and report.results[0].model == model


def test_a_model_is_chosen_with_enter_and_undone(here) -> None:
    before = here.session.current
    other = next(
        each.model for each in venues(here).model.lines if not (each.is_own or each.refuses)
    )
    go_to(here, other)
    here.press(KEY.Key_Return)
    here.qtbot.waitUntil(lambda: is_computed_with(here, other), timeout=WAIT)
    assert here.session.current == replace(before, model=other)
    here.qtbot.waitUntil(
        lambda: venues(here).model.lines[venues(here).model.row_of(other)].is_own, timeout=WAIT
    )
    here.press(KEY.Key_Z, CONTROL)
    here.qtbot.waitUntil(lambda: is_computed_with(here, before.model), timeout=WAIT)
    assert here.session.current == before


def test_a_double_click_chooses_and_the_summary_shows_what_the_list_showed(here) -> None:
    panel = venues(here)
    row = next(
        row for row, each in enumerate(panel.model.lines) if not (each.is_own or each.refuses)
    )
    line = panel.model.lines[row]
    panel.view.scrollTo(panel.model.index(row))
    at = panel.view.visualRect(panel.model.index(row)).center()
    QTest.mouseClick(panel.view.viewport(), LEFT, NONE, at)
    QTest.mouseDClick(panel.view.viewport(), LEFT, NONE, at)
    here.qtbot.waitUntil(lambda: is_computed_with(here, line.model), timeout=WAIT)
    if len(here.result.pools) == 1:
        assert here.tile("Initial margin") == line.amount


def test_a_model_that_refuses_shows_no_figures_of_the_one_before(here) -> None:
    refused = next(each.model for each in venues(here).model.lines if each.refuses)
    here.session.set_model(here.session.current.key, refused)
    here.qtbot.waitUntil(lambda: here.session.report is None, timeout=WAIT)
    here.settle()
    assert here.tile("Initial margin") == "-"
    assert here.tile("Liquidation") == "-"
    assert here.panel("explain").model.rowCount() == 0
    title = here.session.model_title(refused)
    assert here.window.top.model.accessibleName() == f"Model: {title}"
    here.press(KEY.Key_Z, CONTROL)
    here.qtbot.waitUntil(lambda: here.tile("Initial margin") != "-", timeout=WAIT)


def test_an_edit_is_followed(here) -> None:
    panel = venues(here)
    before = panel.model.lines
    here.set_cell("positions", "BTC-PERPETUAL", "quantity", "-9000000")
    here.qtbot.waitUntil(lambda: panel.model.lines != before, timeout=WAIT)
    here.qtbot.waitUntil(lambda: not panel.delegate.is_faded, timeout=WAIT)


def test_help_is_about_the_panel(here) -> None:
    venues(here)
    here.press(KEY.Key_E, CONTROL | SHIFT)
    here.press(KEY.Key_F1)
    here.qtbot.waitUntil(lambda: bool(here.window.findChildren(HelpViewer)), timeout=WAIT)
    (viewer,) = here.window.findChildren(HelpViewer)
    here.qtbot.waitUntil(lambda: "same book under every model" in text_of(viewer), timeout=WAIT)
    viewer.close()


def text_of(viewer: HelpViewer) -> str:
    return viewer.text.toPlainText().replace("\n", " ")


def test_the_top_bar_offers_every_model_by_venue(here) -> None:
    chip = here.window.top.model
    chip.menu.aboutToShow.emit()
    library = here.session.services.library
    flat = [each.data() for each in chip.menu.actions() if each.data()]
    submenus = {each.title(): each for each in chip.menu.findChildren(QMenu)}
    offered = set(flat)
    for name in library.names():
        venue = name.partition("/")[0]
        if venue != "deribit":
            menu = submenus[directory.title(venue)]
            offered |= {each.data() for each in menu.actions()}
    assert offered == set(library.names())


def test_at_1280_it_is_a_tab_beside_explain(qtbot, tmp_path) -> None:
    with program(qtbot, tmp_path / "book.db", QSize(1280, 900), is_paused=True) as here:
        docks = here.window.docks.docks
        qtbot.waitUntil(
            lambda: docks["venues"] in here.window.tabifiedDockWidgets(docks["explain"])
        )
        qtbot.waitUntil(
            lambda: any(
                tabs.isVisible() and "Venues" in [tabs.tabText(at) for at in range(tabs.count())]
                for tabs in here.window.findChildren(QTabBar)
            ),
            timeout=WAIT,
        )
        here.click_tab("Venues")
        panel = venues(here)
        assert panel.isVisible()
        qtbot.waitUntil(lambda: abs(docks["venues"].width() - 320) <= 8)
        assert not panel.view.horizontalScrollBar().isVisible()


def test_in_a_narrow_window_an_edge_button_shows_it(qtbot, tmp_path) -> None:
    with program(qtbot, tmp_path / "book.db", QSize(1000, 800), is_paused=True) as here:
        assert here.panel("venues").isHidden() or not here.panel("venues").isVisible()
        button = next(
            each for bar in here.window.edges for each in bar.buttons if each.text() == "Venues"
        )
        here.click(button)
        qtbot.waitUntil(lambda: here.panel("venues").isVisible(), timeout=WAIT)
        assert venues(here).model.rowCount() > 0


def test_a_hidden_dock_costs_nothing(here, monkeypatch) -> None:
    venues(here)
    here.window.docks.docks["venues"].close()
    here.qtbot.waitUntil(lambda: not here.panel("venues").isVisible())
    asked = []
    calculator = here.session._comparisons._calculator
    monkeypatch.setattr(calculator, "ask", lambda *inputs: asked.append(inputs))
    here.press(KEY.Key_F5)
    here.settle()
    assert asked == []


def test_every_mapped_name_leads_to_the_line_it_stands_for(here) -> None:
    foreign = next(
        (
            each.model
            for each in venues(here).model.lines
            if not each.refuses and each.model.partition("/")[0] not in ("deribit", "house")
        ),
        None,
    )
    if foreign is None:
        pytest.skip("no other venue's model can hold the demo book")
    here.session.set_model(here.session.current.key, foreign)
    here.qtbot.waitUntil(lambda: is_computed_with(here, foreign), timeout=WAIT)
    line = next(each for each in here.result.lines if each.mapped)
    assert here.session.held_as(line.mapped) == line.position.instrument.name
    here.panel("explain").instrument_chosen.emit(line.mapped)
    view = here.grid("positions").view
    here.qtbot.waitUntil(
        lambda: (
            here.grid("positions").model.index(view.currentIndex().row(), 0).data()
            == line.position.instrument.name
        )
    )
