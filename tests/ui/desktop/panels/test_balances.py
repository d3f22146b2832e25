"""The balances grid under real keys and a real mouse."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QTabWidget
from pytestqt.qtbot import QtBot

from riskcore.holdings import Balance
from tests.builders import account
from tests.ui.desktop.grids import (
    DARK,
    click,
    copied,
    copy,
    editor,
    listed,
    row_of,
    session,
    settle,
    texts,
    typing,
)
from ui.desktop import edits
from ui.desktop.dialogs.pasted_rows import PastedRows
from ui.desktop.panels.balances import BalancesPanel

pytestmark = [
    pytest.mark.window,
    # Said by the offscreen platform of every popup, harmless.
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]

KEY = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
HELD = {"BTC-PERPETUAL": 100_000.0}


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[BalancesPanel]:
    desk = account("Desk", HELD, {"BTC": 2.0, "USDC": 5_000.0, "USDE": 1_000.0})
    with session(desk) as made:
        made.show_market(listed())
        shown = BalancesPanel(made, DARK)
        qtbot.addWidget(shown)
        shown.resize(1060, 300)
        shown.show()
        qtbot.waitExposed(shown)
        settle(qtbot, made)
        yield shown


def balances(panel: BalancesPanel) -> dict[str, Balance]:
    current = panel.session.current
    assert current is not None
    return dict(current.holdings.balances)


def column(panel: BalancesPanel, name: str) -> int:
    return next(at for at, each in enumerate(panel.model.columns) if each.name == name)


def test_a_row_shows_what_counts_of_a_currency(panel: BalancesPanel) -> None:
    assert texts(panel, "balance")["BTC"] == "2.0000"
    assert texts(panel, "price")["BTC"] == "70,000"
    assert texts(panel, "worth")["BTC"] == "140,000"
    assert texts(panel, "haircut") == {
        "BTC": "0.0", "USDC": "0.0", "USDE": "5.0", "Account": "",
        "type or paste a balance…": "",
    }  # fmt: skip
    assert texts(panel, "value")["USDE"] == "950"
    assert texts(panel, "value")["Account"] == "145,950"


def test_an_edited_balance_is_one_step_and_changes_the_equity(
    panel: BalancesPanel, qtbot: QtBot
) -> None:
    click(panel.view, row_of(panel, "BTC"), column(panel, "balance"))
    typing(panel.view, "3", KEY.Key_Return)
    assert balances(panel)["BTC"].amount == 3
    qtbot.waitUntil(lambda: texts(panel, "worth")["BTC"] == "210,000", timeout=20_000)
    panel.session.undo.undo()
    assert balances(panel)["BTC"].amount == 2


def test_tab_goes_on_to_borrowed_and_a_negative_one_is_refused(panel: BalancesPanel) -> None:
    click(panel.view, row_of(panel, "USDC"), column(panel, "balance"))
    typing(panel.view, "6000", KEY.Key_Tab)
    typing(panel.view, "", KEY.Key_Delete)
    typing(panel.view, "-5", KEY.Key_Return)
    assert panel.view.is_editing
    assert "must be a number, not negative" in panel.message.text()
    typing(panel.view, "", KEY.Key_Escape)
    assert balances(panel)["USDC"] == Balance(6_000.0)


def test_a_typed_balance_is_added_and_a_second_of_it_refused(panel: BalancesPanel) -> None:
    QTest.keyClick(panel.view, KEY.Key_Insert)
    typing(panel.view, "eth 4.5", KEY.Key_Return)
    assert balances(panel)["ETH"].amount == 4.5
    typing(panel.view, "eth 4.5", KEY.Key_Return)
    assert editor(panel.view).text() == "eth 4.5"
    assert panel.message.text() == "ETH is already held, 4.5; change its balance there."
    typing(panel.view, "", KEY.Key_Escape)


def test_delete_removes_and_undo_brings_back(panel: BalancesPanel) -> None:
    click(panel.view, row_of(panel, "USDC"), 0)
    QTest.keyClick(panel.view, KEY.Key_Delete)
    assert "USDC" not in balances(panel)
    panel.session.undo.undo()
    assert balances(panel)["USDC"].amount == 5_000


def test_the_tick_box_says_what_counts_as_collateral(panel: BalancesPanel) -> None:
    click(panel.view, row_of(panel, "USDC"), 0, x=13)
    settings = panel.session.current.holdings.settings
    assert settings.collateral_enabled == ("BTC", "USDE")
    row = panel.model.rows[row_of(panel, "USDC")]
    assert (row.is_ticked, row.note) == (False, "does not count as collateral")
    panel.view.choose("USDC")
    QTest.keyClick(panel.view, KEY.Key_Space)
    assert panel.session.current.holdings.settings.collateral_enabled is None


def test_the_position_mode_is_one_step(panel: BalancesPanel) -> None:
    panel.mode.setFocus()
    QTest.keyClick(panel.mode, KEY.Key_Down)
    assert panel.session.current.holdings.settings.position_mode == "hedge"
    panel.session.undo.undo()
    assert panel.mode.currentIndex() == 0


def test_a_pasted_list_replaces_balances_in_one_step(panel: BalancesPanel) -> None:
    copy("Currency\tBalance\nBTC\t7\nETH\t1\n")
    QTest.keyClick(panel.view, KEY.Key_V, CONTROL)
    assert {name: each.amount for name, each in balances(panel).items()} == {
        "BTC": 7, "ETH": 1, "USDC": 5_000, "USDE": 1_000,
    }  # fmt: skip
    assert panel.session.undo.count() == 1


def test_a_ragged_list_is_refused_by_row(panel: BalancesPanel) -> None:
    copy("BTC\t7\nETH\nDOGE\t5\n")
    QTest.keyClick(panel.view, KEY.Key_V, CONTROL)
    preview = panel.findChild(PastedRows)
    assert preview is not None
    assert [preview.table.item(row, 0).text() for row in range(2)] == ["2", "3"]
    preview.reject()
    assert balances(panel)["BTC"].amount == 2


def test_copied_balances_carry_every_digit(panel: BalancesPanel) -> None:
    panel.view.selectAll()
    QTest.keyClick(panel.view, KEY.Key_C, CONTROL)
    assert copied().splitlines()[1].startswith("BTC\t2\t0\t0\t70000\t")


def test_a_grid_behind_another_tab_catches_up_when_it_is_shown(
    panel: BalancesPanel, qtbot: QtBot
) -> None:
    tabs = QTabWidget()
    qtbot.addWidget(tabs)
    tabs.addTab(QLabel("in front"), "front")
    tabs.addTab(panel, "balances")
    tabs.show()
    desk = panel.session.current
    assert desk is not None
    panel.session.edit(edits.with_balance(desk, "BTC", Balance(7.0)), "behind")
    settle(qtbot, panel.session)
    assert texts(panel, "balance")["BTC"] == "2.0000"
    tabs.setCurrentIndex(1)
    assert texts(panel, "balance")["BTC"] == "7.0000"
    assert texts(panel, "worth")["BTC"] == "490,000"
    tabs.removeTab(1)
    panel.setParent(None)  # it outlives the tabs
