"""The tree of accounts under real keys and a real mouse."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.builders import account
from tests.ui.desktop.grids import DARK, LIGHT, listed, session, settle
from tests.ui.desktop.stand_ins import desk
from ui.desktop.models.accounts import NODE, Node
from ui.desktop.panels.accounts import AccountsPanel

pytestmark = pytest.mark.window

KEY = Qt.Key
ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[AccountsPanel]:
    accounts = (
        replace(desk(), group="Vol desk"),
        replace(account("Carry", {"BTC-PERPETUAL": 5_000.0}, {"BTC": 1.0}), group="Vol desk"),
        account("Cold", {}, {"BTC": 1.0}),
    )
    with session(*accounts, groups=("Vol desk", "Treasury")) as made:
        made.show_market(listed())
        shown = AccountsPanel(made, DARK)
        qtbot.addWidget(shown)
        shown.resize(248, 500)
        shown.show()
        qtbot.waitExposed(shown)
        settle(qtbot, made)
        yield shown


def names(panel: AccountsPanel) -> list[str]:
    return [each.name for each in panel.session.accounts.values()]


def choose(panel: AccountsPanel, key: str, *, is_group: bool = False, x: int = 60) -> None:
    rect = panel.tree.visualRect(panel.model.index_of(key, is_group=is_group))
    at = QPoint(x, rect.center().y())
    QTest.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=at)


def editor(panel: AccountsPanel) -> QLineEdit:
    found = panel.tree.indexWidget(panel.tree.currentIndex())
    assert isinstance(found, QLineEdit), "no editor is open"
    return found


def is_editing(panel: AccountsPanel) -> bool:
    return isinstance(panel.tree.indexWidget(panel.tree.currentIndex()), QLineEdit)


def name(panel: AccountsPanel, qtbot: QtBot, text: str) -> None:
    """Type a name and Enter; Qt takes it one turn of the event loop later."""
    QTest.keyClicks(editor(panel), text)
    QTest.keyClick(editor(panel), KEY.Key_Return)
    qtbot.waitUntil(lambda: not is_editing(panel))


def test_a_click_shows_an_account(panel: AccountsPanel) -> None:
    choose(panel, "carry")
    assert panel.session.current.name == "Carry"
    QTest.keyClick(panel.tree, KEY.Key_Up)
    assert panel.session.current.name == "Desk"


def test_every_account_gets_its_figures(panel: AccountsPanel, qtbot: QtBot) -> None:
    def figures() -> list[str]:
        nodes = [panel.model.index_of(key).data(NODE) for key in panel.session.accounts]
        return [node.usage_text for node in nodes if isinstance(node, Node)]

    qtbot.waitUntil(lambda: "-" not in figures(), timeout=20_000)
    assert all(each.endswith(" %") for each in figures())


def test_a_new_account_is_named_at_once_and_undone(panel: AccountsPanel, qtbot: QtBot) -> None:
    QTest.mouseClick(panel.new_button, Qt.MouseButton.LeftButton)
    name(panel, qtbot, "Alt gamma")
    current = panel.session.current
    assert (current.name, current.group, current.venue) == ("Alt gamma", "Vol desk", "deribit")
    assert current.model == "deribit/cross-portfolio"
    panel.session.undo.undo()
    panel.session.undo.undo()
    assert names(panel) == ["Desk", "Carry", "Cold"]


def test_f2_renames_and_escape_does_not(panel: AccountsPanel, qtbot: QtBot) -> None:
    choose(panel, "carry")
    QTest.keyClick(panel.tree, KEY.Key_F2)
    name(panel, qtbot, "Basis carry")
    assert panel.session.accounts["carry"].name == "Basis carry"
    QTest.keyClick(panel.tree, KEY.Key_F2)
    QTest.keyClicks(editor(panel), "x")
    QTest.keyClick(editor(panel), KEY.Key_Escape)
    qtbot.waitUntil(lambda: not is_editing(panel))
    assert panel.session.accounts["carry"].name == "Basis carry"


def test_figures_that_arrive_do_not_disturb_a_name(panel: AccountsPanel, qtbot: QtBot) -> None:
    choose(panel, "carry")
    QTest.keyClick(panel.tree, KEY.Key_F2)
    QTest.keyClicks(editor(panel), "Half a na")
    with qtbot.waitSignal(panel.session.reports_changed, timeout=20_000):
        panel.session.show_market(listed(0.9))
    assert editor(panel).text() == "Half a na"
    name(panel, qtbot, "me")
    qtbot.waitUntil(lambda: panel.model.index_of("carry").data() == "Half a name")


def test_delete_can_be_undone(panel: AccountsPanel) -> None:
    choose(panel, "carry")
    QTest.keyClick(panel.tree, KEY.Key_Delete)
    assert names(panel) == ["Desk", "Cold"]
    panel.session.undo.undo()
    assert names(panel) == ["Desk", "Carry", "Cold"]
    assert panel.session.accounts["carry"].holdings.positions


def test_ctrl_d_duplicates(panel: AccountsPanel) -> None:
    choose(panel, "desk")
    QTest.keyClick(panel.tree, KEY.Key_D, CONTROL)
    assert names(panel)[:2] == ["Desk", "Desk copy"]
    assert panel.session.current.name == "Desk copy"


def test_alt_and_an_arrow_move_an_account(panel: AccountsPanel) -> None:
    choose(panel, "carry")
    QTest.keyClick(panel.tree, KEY.Key_Up, ALT)
    assert names(panel) == ["Carry", "Desk", "Cold"]
    assert panel.tree.currentIndex().data() == "Carry"
    QTest.keyClick(panel.tree, KEY.Key_Down, ALT)
    assert names(panel) == ["Desk", "Carry", "Cold"]


def test_the_menu_moves_an_account_to_a_group(panel: AccountsPanel) -> None:
    choose(panel, "cold")
    menu = panel.line_menu()
    groups = next(each.menu() for each in menu.actions() if each.menu() is not None)
    next(each for each in groups.actions() if each.data() == "Treasury").trigger()
    assert panel.session.accounts["cold"].group == "Treasury"


def test_a_dropped_account_joins_the_group(panel: AccountsPanel) -> None:
    mime = panel.model.mimeData([panel.model.index_of("cold")])
    target = panel.model.index_of("Treasury", is_group=True)
    panel.model.dropMimeData(mime, Qt.DropAction.MoveAction, -1, -1, target)
    assert panel.session.accounts["cold"].group == "Treasury"
    panel.session.undo.undo()
    assert panel.session.accounts["cold"].group == ""


def test_a_group_is_made_named_folded_and_dissolved(panel: AccountsPanel, qtbot: QtBot) -> None:
    panel.new_group()
    name(panel, qtbot, "Research")
    assert panel.session.groups == ("Vol desk", "Treasury", "Research")
    index = panel.model.index_of("Vol desk", is_group=True)
    choose(panel, "Vol desk", is_group=True, x=12)
    assert not panel.tree.isExpanded(index)
    panel.session.recompute()
    assert not panel.tree.isExpanded(panel.model.index_of("Vol desk", is_group=True))
    choose(panel, "Vol desk", is_group=True, x=12)
    choose(panel, "Vol desk", is_group=True)
    QTest.keyClick(panel.tree, KEY.Key_Delete)
    assert "Vol desk" not in panel.session.groups
    assert panel.session.accounts["desk"].group == ""


def test_every_control_has_a_name_and_both_themes_paint(panel: AccountsPanel) -> None:
    for widget in (panel, panel.tree, panel.new_button, panel.import_button):
        assert widget.accessibleName()
    for width in (248, 180):
        for theme in (DARK, LIGHT):
            panel.resize(width, 500)
            panel.set_theme(theme)
            assert not panel.grab().isNull()


def test_import_is_asked_of_the_window(panel: AccountsPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.import_asked):
        QTest.mouseClick(panel.import_button, Qt.MouseButton.LeftButton)
