"""ui/desktop/main_window.py."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QTabBar,
    QToolButton,
)
from pytestqt.qtbot import QtBot

import main
from riskcore.holdings import Position
from riskcore.market import MarketSnapshot
from tests.builders import NOON, account, instrument, market
from tests.ui.desktop.grids import settle, typing
from tests.ui.desktop.stand_ins import MemoryAccounts, desk, noon, services
from ui.desktop import app, saved_window
from ui.desktop.actions import ACTIONS
from ui.desktop.dialogs.command_search import CommandSearch
from ui.desktop.dialogs.help_viewer import HelpViewer
from ui.desktop.dialogs.hints import Hints
from ui.desktop.dialogs.key_sheet import KeySheet
from ui.desktop.docks import LEFT, NARROW, RIGHT
from ui.desktop.main_window import WINDOW, MainWindow
from ui.desktop.ports import Services
from ui.desktop.saved_window import SavedWindow
from ui.desktop.still import Still

pytestmark = pytest.mark.window

KEY = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
SIZES = (QSize(1680, 1050), QSize(1280, 900), QSize(1120, 700))


class Hour(Still):
    """The same market twice, an hour apart."""

    def __init__(self) -> None:
        super().__init__("Hour", noon())

    @property
    def instants(self) -> tuple[datetime, ...]:
        return NOON, NOON + timedelta(hours=1)


Open = Callable[..., MainWindow]


@pytest.fixture
def open_window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens windows as the program does, and closes them after the test."""
    opened = []
    give_up = QMessageBox.StandardButton.Close  # a test that failed must not wait for an answer
    monkeypatch.setattr(QMessageBox, "question", lambda *_, **__: give_up)

    def make(given: Services | None = None, size: QSize = SIZES[0], **saved: object) -> MainWindow:
        given = given or services(MemoryAccounts({each.key: each for each in (desk(), desk("B"))}))
        if saved:
            state = replace(SavedWindow(), hints_seen=True, **saved)
            given.workspaces.save(WINDOW, saved_window.encode(state))
        app.application([], given.resources)
        window = app.open_window(given)
        opened.append(window)
        window.resize(size)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        window.begin()
        qtbot.waitUntil(lambda: window.session.report is not None, timeout=10_000)
        return window

    yield make
    for window in opened:
        window.close()
        window.deleteLater()


@pytest.fixture
def window(open_window: Open) -> MainWindow:
    return open_window(speed=60)


def press(window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    """Press a key where the focus is; without a window manager a popup may have taken it away."""
    if QApplication.activeWindow() is None:
        window.activateWindow()
        QTest.qWaitForWindowActive(window)
    QTest.keyClick(QApplication.focusWidget() or window, key, modifier)


def visible(kind: type) -> list:
    return [
        each
        for each in QApplication.topLevelWidgets()
        if isinstance(each, kind) and each.isVisible()
    ]


def test_the_first_start_opens_the_demo_with_its_hints_and_nothing_to_configure(
    qtbot: QtBot, open_window: Open
) -> None:
    store = MemoryAccounts()
    window = open_window(services(store, demo=(desk("Demo"),)))
    assert window.session.current.name == "Demo"
    qtbot.waitUntil(lambda: window.findChild(Hints) is not None, timeout=5_000)
    hints = window.findChild(Hints)
    for _ in range(3):
        QTest.mouseClick(hints.next_button, Qt.MouseButton.LeftButton)
    window.close()
    assert list(store.kept) == [window.session.current.key]
    assert saved_window.saved_window(window.session.services.workspaces.load(WINDOW)).hints_seen


def test_any_command_is_run_by_a_few_letters(qtbot: QtBot, window: MainWindow) -> None:
    press(window, KEY.Key_K, CONTROL)
    search = visible(CommandSearch)[0]
    QTest.keyClicks(search.field, "light col")
    QTest.keyClick(search.field, KEY.Key_Return)
    assert window.look.name == "light"
    assert window.menus.actions["view.light"].isChecked()


def test_every_action_has_its_slot(window: MainWindow) -> None:
    for action in ACTIONS:
        if not action.in_panel:
            assert callable(attrgetter(action.slot)(window))


def test_f1_explains_the_panel_in_focus_and_twice_shows_the_keys(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.docks.show("summary")
    press(window, KEY.Key_F1)
    viewer = visible(HelpViewer)[0]
    assert "Summary" in viewer.windowTitle()
    QTest.keyClick(viewer, KEY.Key_F1)
    assert len(visible(KeySheet)) == 1
    visible(KeySheet)[0].close()
    viewer.close()


def test_undo_and_redo_have_the_keys_of_every_program(qtbot: QtBot, window: MainWindow) -> None:
    before = window.session.current
    after = before.holdings.with_position(Position(instrument("BTC-PERPETUAL"), 7.0))
    window.session.edit(replace(before, holdings=after), "Seven")
    press(window, KEY.Key_Z, CONTROL)
    assert window.session.current == before
    press(window, KEY.Key_Z, CONTROL | SHIFT)
    assert window.session.current.holdings == after


def test_the_window_comes_back_as_it_was_left(qtbot: QtBot, open_window: Open) -> None:
    first = open_window(speed=300)
    given = first.session.services
    first.session.select("b")
    first.session.set_unit("BTC")
    first.set_light()
    first.docks.docks["matrix"].close()
    first.close()
    second = open_window(given)
    assert second.session.current.key == "b"
    assert (second.session.unit, second.look.name, second.player.speed) == ("BTC", "light", 300)


def test_a_replay_that_was_paused_stays_paused(qtbot: QtBot, open_window: Open) -> None:
    first = open_window(services(demo_feed=Hour()))
    given = first.session.services
    assert first.player.is_playing
    first.player.pause()
    first.close()
    second = open_window(given)
    assert not second.player.is_playing
    second.player.play()
    second.close()
    assert open_window(given).player.is_playing


@pytest.mark.parametrize("size", SIZES)
def test_no_hint_covers_the_margins_of_the_grid(
    qtbot: QtBot, open_window: Open, size: QSize
) -> None:
    window = open_window(size=size, speed=60)
    qtbot.wait(200)
    window.guide.show_hints()
    hints = window.findChild(Hints)
    view = window.docks.panels["positions"].view
    model = view.model()
    for _ in range(3):
        for name in ("alone", "share"):
            cell = view.visualRect(model.index(1, model.column(name)))
            column = QRect(cell.left(), 0, cell.width(), view.viewport().height())
            column.translate(view.viewport().mapTo(window, QPoint(0, 0)))
            assert not hints.geometry().intersects(column)
        assert window.rect().contains(hints.geometry())
        hints.advance()


def test_escape_closes_the_hints_wherever_the_focus_is(qtbot: QtBot, window: MainWindow) -> None:
    for name in ("accounts", "positions", "explain"):
        window.guide.show_hints()
        window.docks.show(name)
        press(window, KEY.Key_Escape)
        qtbot.waitUntil(lambda: window.findChild(Hints) is None)


def test_hints_on_a_book_end_with_the_account_that_has_one(qtbot: QtBot, open_window: Open) -> None:
    empty = account("Empty")
    held = {each.key: each for each in (desk(), empty)}
    window = open_window(services(MemoryAccounts(held)), speed=60)
    window.guide.show_hints()
    hints = window.findChild(Hints)
    assert hints.count.text() == "1 of 3"
    window.session.select(empty.key)
    assert hints.count.text() == "3 of 3"


def test_a_workspace_brings_back_its_arrangement(qtbot: QtBot, window: MainWindow) -> None:
    window.docks.docks["explain"].hide()
    window.workspaces.save(3, "No explanations")
    press(window, KEY.Key_0, CONTROL)
    assert not window.docks.docks["explain"].isHidden()
    press(window, KEY.Key_3, CONTROL)
    assert window.docks.docks["explain"].isHidden()
    press(window, KEY.Key_8, CONTROL)
    assert "Workspace 8 is empty" in window.status.sentence.text()


def test_every_region_can_float_close_and_return(qtbot: QtBot, window: MainWindow) -> None:
    for dock in window.docks.docks.values():
        dock.setFloating(True)
        dock.close()
    QApplication.processEvents()
    assert all(dock.isHidden() for dock in window.docks.docks.values())
    window.reset_arrangement()
    assert not any(dock.isFloating() or dock.isHidden() for dock in window.docks.docks.values())


def test_a_clicked_tab_takes_the_keys(qtbot: QtBot, window: MainWindow) -> None:
    def bar() -> QTabBar | None:
        bars = (each for each in window.findChildren(QTabBar) if each.isVisible())
        return next((each for each in bars if each.tabText(0) == "Positions"), None)

    for row, region in ((2, "orders"), (1, "balances"), (0, "positions")):
        qtbot.waitUntil(lambda: bar() is not None)  # gone for a moment while docks are laid out
        tabs = bar()
        centre = tabs.tabRect(row).center()
        qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=centre)
        qtbot.waitUntil(
            lambda region=region: window.docks.region_of(window.focusWidget()) == region
        )


def test_what_is_said_while_a_market_opens_outlives_it(window: MainWindow) -> None:
    window.status.say_busy("Opening a market")
    window.status.say_done()
    assert window.status.sentence.text() != "Opening a market"
    window.status.say_busy("Opening a market")
    window.status.say("The program was not closed the last time")
    window.status.say_done()
    assert window.status.sentence.text() == "The program was not closed the last time"


def test_a_chosen_date_of_parameters_is_said_in_the_top_bar(
    qtbot: QtBot, window: MainWindow
) -> None:
    chip = window.top.model
    qtbot.waitUntil(lambda: "2026" in chip.accessibleName())
    assert "chosen" not in chip.accessibleName()
    window.session.set_parameters_as_of(NOON)
    qtbot.waitUntil(lambda: "chosen" in chip.accessibleName())
    window.session.set_parameters_as_of(None)
    qtbot.waitUntil(lambda: "chosen" not in chip.accessibleName())


def test_a_wide_window_shows_both_plots_and_the_matrix(qtbot: QtBot, window: MainWindow) -> None:
    docks = window.docks.docks
    shown = ("accounts", "explain", "usage", "spot", "matrix")
    qtbot.waitUntil(lambda: all(docks[key].isVisible() for key in shown))
    qtbot.waitUntil(lambda: window.docks.form == "wide")
    qtbot.waitUntil(lambda: abs(docks["accounts"].width() - LEFT["wide"]) <= 6)
    qtbot.waitUntil(lambda: abs(docks["explain"].width() - RIGHT["wide"]) <= 6)
    assert docks["usage"].y() == docks["spot"].y()
    assert docks["usage"].height() >= 240


def test_a_medium_window_has_narrow_docks_and_tabs(open_window: Open) -> None:
    window = open_window(size=SIZES[1], speed=60)
    QTest.qWait(300)
    docks = window.docks.docks
    assert window.size() == SIZES[1]
    assert abs(docks["accounts"].width() - 180) <= 4
    assert abs(docks["explain"].width() - 320) <= 8
    assert docks["spot"] in window.tabifiedDockWidgets(docks["usage"])
    assert docks["matrix"] in window.tabifiedDockWidgets(docks["usage"])


def test_a_narrow_window_hides_its_sides_behind_edge_buttons(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window(size=SIZES[2], speed=60)
    QTest.qWait(300)
    assert window.docks.docks["explain"].isHidden()
    button = window.edges[1].buttons[0]
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.docks.docks["explain"].isVisible()
    qtbot.waitUntil(lambda: window.docks.docks["explain"].width() >= 0.85 * RIGHT[NARROW])


def test_in_a_very_narrow_window_one_open_side_gives_way_to_the_other(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window(size=QSize(853, 533), speed=60)
    QTest.qWait(300)
    left, right = (bar.buttons[0] for bar in window.edges)
    explain, accounts = (window.docks.docks[key] for key in ("explain", "accounts"))
    QTest.mouseClick(left, Qt.MouseButton.LeftButton)
    assert accounts.isVisible()
    QTest.mouseClick(right, Qt.MouseButton.LeftButton)
    assert explain.isVisible()
    assert accounts.isHidden()
    qtbot.waitUntil(lambda: explain.width() >= 250)
    shown = [tile for tile in window.docks.panels["summary"].tiles if tile.isVisible()]
    assert all(tile.value_width() <= tile.width() for tile in shown)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.width()}x{size.height()}")
def test_no_text_is_cut_at_any_size(open_window: Open, size: QSize) -> None:
    window = open_window(size=size, speed=60)
    QTest.qWait(400)
    cut = []
    for kind in (QLabel, QPushButton, QToolButton):
        for each in window.findChildren(kind):
            if not each.isVisible() or not each.text() or each.visibleRegion().isEmpty():
                continue
            if isinstance(each, QLabel) and each.wordWrap():
                continue
            if each.fontMetrics().horizontalAdvance(each.text()) > each.width() + 1:
                cut.append(f"{each.text()!r} in {window.docks.region_of(each) or 'the bars'}")
    assert cut == []


def test_an_edit_that_cannot_be_saved_is_said_and_closing_asks(
    qtbot: QtBot, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = MemoryAccounts({"desk": desk()})
    window = open_window(services(store))
    store.broken = "the disk is full"
    with qtbot.waitSignal(window.session.save_failed):
        window.session.rename("desk", "Renamed")
    assert "not saved: the disk is full" in window.status.save.text()
    asked = []

    def cancel(*words: object, **_: object) -> QMessageBox.StandardButton:
        asked.append(words[2])
        return QMessageBox.StandardButton.Cancel

    monkeypatch.setattr(QMessageBox, "question", cancel)
    window.close()
    assert "1 edits are not saved" in asked[0]
    assert window.isVisible()
    store.broken = ""
    with qtbot.waitSignal(window.session.saved):
        window.session.rename("desk", "Again")
    window.close()
    assert not window.isVisible()
    assert store.kept["desk"].name == "Again"


def test_a_refused_account_makes_the_status_bar_say_stale_and_why(
    qtbot: QtBot, window: MainWindow
) -> None:
    account = window.session.current
    held = account.holdings.with_position(Position(instrument("BTC-25DEC26"), 10.0))
    window.session.edit(replace(account, holdings=held), "Add")
    qtbot.waitUntil(lambda: "stale" in window.status.age.text())
    assert "BTC-25DEC26" in window.status.sentence.text()


def listed() -> MarketSnapshot:
    """A market with more than two hundred options."""
    strikes = range(20_000, 130_000, 1_000)
    options = [f"BTC-27FEB26-{strike}-{right}" for strike in strikes for right in "CP"]
    return market("BTC-PERPETUAL", "ETH-PERPETUAL", *options, as_of=NOON)


def type_into_editor(text: str) -> None:
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, KEY.Key_Return)


def test_a_day_of_work_survives_closing_and_reopening(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    """New account, typed and pasted positions, an edit, an undo; all of it in a real database."""
    quiet = services(feed_market=listed())
    with main.opened(tmp_path / "book.db") as stored:
        given = replace(stored, demo_feed=quiet.demo_feed, demo_accounts=(desk(),))
        window = open_window(given, speed=60)
        session = window.session
        press(window, KEY.Key_N, CONTROL)
        type_into_editor("Mine")
        qtbot.waitUntil(lambda: session.current.name == "Mine")
        press(window, KEY.Key_P, CONTROL | SHIFT)
        press(window, KEY.Key_Insert)
        editor = QApplication.focusWidget()
        QTest.keyClicks(editor, "BTC-PERPETUAL -100000 70000")
        QTest.keyClick(editor, KEY.Key_Return)
        assert [each.quantity for each in session.current.holdings.positions] == [-100_000]
        names = [each.name for each in listed().universe.instruments if each.name.count("-") == 3]
        mime = QMimeData()
        mime.setText("\n".join(f"{name}\t{row + 1}\t0.05" for row, name in enumerate(names[:200])))
        QApplication.clipboard().setMimeData(mime)
        grid = window.docks.panels["positions"].view
        grid.setFocus()
        QTest.keyClick(grid, KEY.Key_V, CONTROL)
        settle(qtbot, session)
        assert len(session.current.holdings.positions) == 201
        pasted = session.report
        row = next(
            row
            for row, line in enumerate(window.docks.panels["positions"].model.rows)
            if line.cells[0].value == "BTC-PERPETUAL"
        )
        model = window.docks.panels["positions"].model
        grid.setCurrentIndex(model.index(row, model.column("quantity")))
        grid.setFocus()
        typing(grid, "50000", KEY.Key_Return)
        settle(qtbot, session)
        assert session.report.results != pasted.results
        press(window, KEY.Key_Z, CONTROL)
        settle(qtbot, session)
        assert session.report.results == pasted.results
        left = session.accounts
        current = session.current
        window.close()
    with main.opened(tmp_path / "book.db") as stored:
        window = open_window(replace(stored, demo_feed=quiet.demo_feed))
        assert dict(window.session.accounts) == dict(left)
        assert window.session.current == current
        assert window.session.report.results == pasted.results
        window.close()
