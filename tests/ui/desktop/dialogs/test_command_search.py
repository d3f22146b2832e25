"""ui/desktop/dialogs/command_search.py."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.ui.desktop.stand_ins import RESOURCES
from ui.desktop import theme
from ui.desktop.dialogs.command_search import Command, CommandSearch, fit, found

TITLES = (
    "Undo",
    "Redo",
    "Open book",
    "Open the demo market",
    "Model: Deribit portfolio",
    "Recompute",
)


@pytest.fixture
def ran() -> list[str]:
    return []


@pytest.fixture
def search(qtbot: QtBot, ran: list[str]) -> Iterator[CommandSearch]:
    def command(title: str) -> Command:
        return Command(title, lambda: ran.append(title), is_enabled=title != "Redo")

    made = CommandSearch([command(title) for title in TITLES], theme.load(RESOURCES))
    made.show()
    yield made
    if isValid(made):  # running a command closes it
        made.close()


def titles(text: str) -> list[str]:
    return [each.title for each in found([Command(title, list) for title in TITLES], text)]


def test_the_beginning_of_words_comes_first() -> None:
    assert titles("op bo") == ["Open book"]
    assert titles("open")[:2] == ["Open book", "Open the demo market"]


def test_letters_need_only_stand_in_order() -> None:
    assert titles("rcmp") == ["Recompute"]
    assert titles("dbt") == ["Model: Deribit portfolio"]


def test_letters_that_are_not_there_find_nothing() -> None:
    assert titles("xyz") == []
    assert fit("Undo", "undoo") is None


def test_nothing_typed_shows_everything_in_its_order() -> None:
    assert titles("") == list(TITLES)


def test_arrows_choose_and_enter_runs(search: CommandSearch, ran: list[str]) -> None:
    QTest.keyClicks(search.field, "open")
    QTest.keyClick(search.field, Qt.Key.Key_Down)
    QTest.keyClick(search.field, Qt.Key.Key_Return)
    assert ran == ["Open the demo market"]


def test_what_cannot_be_done_now_is_not_offered(search: CommandSearch) -> None:
    assert search.list.count() == len(TITLES) - 1


def test_a_search_without_result_says_so_and_runs_nothing(
    search: CommandSearch, ran: list[str]
) -> None:
    QTest.keyClicks(search.field, "zzz")
    assert search.nothing.isVisible()
    QTest.keyClick(search.field, Qt.Key.Key_Return)
    assert ran == []
