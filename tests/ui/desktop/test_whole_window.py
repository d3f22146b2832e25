"""The whole program, used by keys and mouse alone: a first start, a day of work, the next start."""

from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.desktop import grids
from tests.ui.desktop.whole import CONTROL, KEY, SHIFT, WAIT, Program, program
from ui.desktop.dialogs.hints import Hints

pytestmark = pytest.mark.window

PUT = "BTC-30OCT26-66000-P"


def test_the_first_start_plays_the_demo_and_its_hints_come_once(
    qtbot: QtBot, tmp_path: Path
) -> None:
    database = tmp_path / "counterpoise.db"
    with program(qtbot, database) as first:
        window = first.window
        assert window.player.is_playing
        assert window.top.feed.badge.isVisible()
        assert window.top.feed.badge.text() == "synthetic"
        assert first.session.current.name == "BTC-ETH"
        assert "%" in first.tile("Initial usage")
        step = window.player.step
        qtbot.waitUntil(lambda: window.player.step > step, timeout=WAIT)
        qtbot.waitUntil(lambda: window.findChild(Hints) is not None, timeout=WAIT)
        hints = window.findChild(Hints)
        first.click(hints.next_button)
        first.click(hints.next_button)
        assert hints.count.text() == "3 of 3"
        first.click(hints.next_button)
        assert not hints.isVisible()
        first.press(KEY.Key_Q, CONTROL)
        assert not window.isVisible()
    with program(qtbot, database) as second:
        QTest.qWait(1_800)
        assert second.window.findChild(Hints) is None
        assert second.session.current.name == "BTC-ETH"


def test_a_day_of_work_is_undone_to_the_last_bit_and_found_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    database = tmp_path / "counterpoise.db"
    with program(qtbot, database, speed=1) as here:
        here.rest()
        at_first = dict(here.session.accounts)
        first, figures_at_first = here.session.current.key, here.session.report.results

        add_an_account(here)
        type_a_position(here)
        paste_two_hundred(here)
        edit_undo_redo(here)
        undo_all(here)
        assert dict(here.session.accounts) == at_first
        assert here.session.reports[first].results == figures_at_first
        redo_all(here)

        here.press(KEY.Key_L, CONTROL | SHIFT)
        here.click(here.window.docks.docks["matrix"].titleBarWidget().close_button)
        here.press(KEY.Key_Right, CONTROL, times=3)
        here.settle()
        left = dict(here.session.accounts)
        figures = here.session.report.results
        here.press(KEY.Key_Q, CONTROL)
    with program(qtbot, database) as again:
        again.settle()
        assert dict(again.session.accounts) == left
        assert again.session.current.name == "Paste desk"
        assert len(again.session.current.holdings.positions) == 201
        assert again.window.look.name == "light"
        assert again.window.docks.docks["matrix"].isHidden()
        assert again.window.player.step == 3
        assert again.window.player.speed == 1
        assert again.session.report.results == figures


def add_an_account(here: Program) -> None:
    """By its key and a typed name; then a balance on the tab beside the positions."""
    here.press(KEY.Key_N, CONTROL)
    here.write("Paste desk")
    here.press(KEY.Key_Return)
    here.qtbot.waitUntil(lambda: here.session.current.name == "Paste desk", timeout=WAIT)
    assert here.session.current.group == "Vol desk"
    here.click_tab("Balances")
    here.enter("balances", "BTC 400")
    here.enter("balances", "USDC 5,000,000")
    assert here.session.current.holdings.balances["BTC"].amount == 400
    here.click_tab("Positions")
    here.settle()


def type_a_position(here: Program) -> None:
    """A few letters, the completed name, a quantity."""
    panel = here.grid("positions")
    row = panel.model.row_of("entry")
    grids.click(panel.view, row, 0)
    grids.typing(panel.view, "66000-p")
    offered = QApplication.activePopupWidget()
    assert offered is not None
    names = [offered.model().index(at, 0).data() for at in range(offered.model().rowCount())]
    QTest.keyClick(offered, KEY.Key_Down)
    for _ in range(names.index(PUT) - 1):
        QTest.keyClick(offered, KEY.Key_Down)
    QTest.keyClick(offered, KEY.Key_Return)
    assert grids.editor(panel.view).text() == f"{PUT} "
    grids.typing(panel.view, "-20", KEY.Key_Return)
    here.settle()
    assert held(here) == {PUT: -20.0}


def paste_two_hundred(here: Program) -> None:
    """Cells of a spreadsheet, taken as one step."""
    names = [
        each.name
        for each in here.session.market.universe.instruments
        if each.name.startswith(("BTC-", "ETH-")) and each.name != PUT
    ]
    pasted = {name: float((at % 7 - 3) or 4) for at, name in enumerate(names[:200])}
    rows = ["Instrument\tQuantity\tEntry price"]
    rows += [f"{name}\t{quantity:g}\t" for name, quantity in pasted.items()]
    grids.copy("\r\n".join(rows) + "\r\n")
    steps = here.session.undo.count()
    here.press(KEY.Key_V, CONTROL)
    here.settle()
    assert held(here) == {PUT: -20.0} | pasted
    assert here.session.undo.count() == steps + 1
    assert here.grid("positions").count.text() == "201 lines"
    assert not here.session.refusal


def edit_undo_redo(here: Program) -> None:
    """A quantity changes the requirement, and undo gives the identical figures back."""
    before, screen = here.session.report.results, margin_shown(here)
    here.set_cell("positions", PUT, "quantity", "-260")
    here.settle()
    after, changed = here.session.report.results, margin_shown(here)
    assert held(here)[PUT] == -260
    assert after != before
    assert changed != screen
    here.press(KEY.Key_Z, CONTROL)
    here.settle()
    assert here.session.report.results == before
    assert margin_shown(here) == screen
    assert f"Undone: {PUT}: quantity" in here.said()
    here.press(KEY.Key_Z, CONTROL | SHIFT)
    here.settle()
    assert here.session.report.results == after
    assert margin_shown(here) == changed


def undo_all(here: Program) -> None:
    undo = here.window.menus.actions["edit.undo"]
    while undo.isEnabled():
        here.press(KEY.Key_Z, CONTROL)
    here.settle()


def redo_all(here: Program) -> None:
    redo = here.window.menus.actions["edit.redo"]
    while redo.isEnabled():
        here.press(KEY.Key_Z, CONTROL | SHIFT)
    here.settle()


def margin_shown(here: Program) -> str:
    """The requirement as the summary shows it, which is what Explain explains."""
    shown = here.tile("Initial margin")
    assert shown in here.panel("explain").heading.text()
    return shown


def held(here: Program) -> dict[str, float]:
    """Quantities of the account on the screen."""
    positions = here.session.current.holdings.positions
    return {each.instrument.name: each.quantity for each in positions}
