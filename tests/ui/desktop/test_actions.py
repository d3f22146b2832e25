"""ui/desktop/actions.py."""

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence

from tests.ui.desktop.stand_ins import RESOURCES
from ui.desktop import actions
from ui.desktop.actions import ACTIONS, Action
from ui.desktop.panels.positions import PositionsPanel


def test_no_two_actions_have_the_same_id() -> None:
    assert [name for name, count in Counter(each.id for each in ACTIONS).items() if count > 1] == []


def test_no_two_actions_have_the_same_key() -> None:
    keys = Counter(QKeySequence(key).toString() for each in ACTIONS for key in each.shortcuts)
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("action", ACTIONS, ids=lambda each: each.id)
def test_every_key_is_one_that_can_be_pressed(action: Action) -> None:
    for key in action.shortcuts:
        assert QKeySequence(key).toString() != ""


@pytest.mark.parametrize(
    "key",
    ["F2", "Ins", "Del", "Space", "Alt+Up", "Alt+Down", "Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+C",
     "Ctrl+V", "Ctrl+F", "Ctrl+K", "Ctrl+E", "Ctrl+O", "Ctrl+S", "F5", "F1", "Ctrl+?", "Ctrl+1",
     "Ctrl+9"],
)  # fmt: skip
def test_the_keys_that_the_guide_promises_do_something(key: str) -> None:
    assert any(key in each.shortcuts for each in ACTIONS)


def test_every_action_is_in_a_menu() -> None:
    assert {each.menu for each in ACTIONS} == set(actions.MENUS)


def test_the_page_of_keys_names_every_key() -> None:
    page = (RESOURCES / "docs" / "keyboard.md").read_text(encoding="utf-8")
    rows = [line.split(" | ")[0].strip("| ·") for line in page.splitlines() if line.startswith("|")]
    named = {key for row in rows for key in row.split(", ")}
    keys = {key for each in ACTIONS if each.slot != "workspaces.open" for key in each.shortcuts}
    assert keys <= named


def test_every_action_of_a_panel_is_answered_by_the_positions() -> None:
    for each in ACTIONS:
        if each.in_panel:
            assert callable(getattr(PositionsPanel, each.slot))
