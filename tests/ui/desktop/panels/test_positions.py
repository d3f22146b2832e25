"""The positions grid under real keys and a real mouse."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLineEdit
from pytestqt.qtbot import QtBot

from riskcore.holdings import Account
from tests.builders import account
from tests.ui.desktop.grids import (
    DARK,
    LIGHT,
    LISTED,
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
from tests.ui.desktop.stand_ins import desk
from ui.desktop.dialogs.pasted_rows import PastedRows
from ui.desktop.models.cells import Kind
from ui.desktop.panels.positions import PositionsPanel

pytestmark = [
    pytest.mark.window,
    # Said by the offscreen platform of every popup, harmless.
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]

PUT, CALL = "BTC-27FEB26-60000-P", "BTC-27FEB26-80000-C"
QUANTITY = 1
KEY = Qt.Key
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[PositionsPanel]:
    with session(desk(), account("Empty")) as made:
        made.show_market(listed())
        shown = PositionsPanel(made, DARK)
        qtbot.addWidget(shown)
        shown.resize(1060, 480)
        shown.show()
        qtbot.waitExposed(shown)
        settle(qtbot, made)
        yield shown


def held(panel: PositionsPanel) -> dict[str, float]:
    current = panel.session.current
    assert isinstance(current, Account)
    return {each.instrument.name: each.quantity for each in current.holdings.positions}


def choose(panel: PositionsPanel, name: str, column: int = 0) -> None:
    click(panel.view, row_of(panel, name), column)


def test_an_edited_quantity_is_computed_and_undo_gives_the_identical_figure(
    panel: PositionsPanel, qtbot: QtBot
) -> None:
    made = panel.session
    before = texts(panel, "share")
    amount = made.report.results[0].pools[0].requirement.headline.amount
    choose(panel, PUT, QUANTITY)
    typing(panel.view, "-25", KEY.Key_Return)
    assert held(panel)[PUT] == -25
    assert made.undo.undoText() == f"{PUT}: quantity -25.0"
    settle(qtbot, made)
    assert texts(panel, "share")["Account"] != before["Account"]
    made.undo.undo()
    settle(qtbot, made)
    assert made.report.results[0].pools[0].requirement.headline.amount == amount
    assert texts(panel, "share") == before


def test_typing_a_position_adds_it(panel: PositionsPanel, qtbot: QtBot) -> None:
    click(panel.view, len(panel.model.rows) - 1, 0)
    typing(panel.view, "btc-27feb26-70000-c 10 0.05", KEY.Key_Return)
    assert held(panel)["BTC-27FEB26-70000-C"] == 10
    assert not panel.view.is_editing
    assert panel.session.undo.count() == 1
    current = panel.view.currentIndex()
    assert panel.model.rows[current.row()].kind is Kind.ENTRY  # ready for the next one
    settle(qtbot, panel.session)
    assert texts(panel, "alone")["BTC-27FEB26-70000-C"] not in ("-", "…")


def test_a_name_is_completed_with_enter(panel: PositionsPanel) -> None:
    QTest.keyClick(panel.view, KEY.Key_Insert)
    typing(panel.view, "60500-p")
    popup = QApplication.activePopupWidget()
    assert popup is not None
    QTest.keyClick(popup, KEY.Key_Return)
    assert editor(panel.view).text() == "BTC-27FEB26-60500-P "
    typing(panel.view, "-10", KEY.Key_Return)
    assert held(panel)["BTC-27FEB26-60500-P"] == -10


def test_text_in_a_number_cell_is_refused_there_and_nothing_is_lost(panel: PositionsPanel) -> None:
    before = held(panel)
    choose(panel, PUT, QUANTITY)
    typing(panel.view, "-2x", KEY.Key_Return)
    assert panel.view.is_editing
    assert editor(panel.view).text() == "-2x"
    assert panel.message.isVisible()
    assert panel.message.text() == ("“-2x” is not a quantity; write it like -120, 0.5 or 1,250,000")
    assert held(panel) == before
    typing(panel.view, "", KEY.Key_Backspace, KEY.Key_Return)
    assert not panel.message.isVisible()
    assert held(panel)[PUT] == -2


def test_leaving_a_refused_editor_keeps_it_open(panel: PositionsPanel) -> None:
    choose(panel, PUT, QUANTITY)
    typing(panel.view, "-2x")
    panel.count.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    panel.count.setFocus()
    assert panel.view.is_editing
    assert editor(panel.view).text() == "-2x"


def test_escape_cancels_an_edit(panel: PositionsPanel) -> None:
    choose(panel, PUT, QUANTITY)
    typing(panel.view, "9", KEY.Key_Escape)
    assert not panel.view.is_editing
    assert panel.session.undo.count() == 0


def test_f2_and_double_click_open_the_editor_and_tab_goes_on_to_the_entry_price(
    panel: PositionsPanel,
) -> None:
    choose(panel, PUT)
    QTest.keyClick(panel.view, KEY.Key_F2)
    assert editor(panel.view).text() == "5"
    typing(panel.view, "7", KEY.Key_Tab)
    assert held(panel)[PUT] == 7
    assert panel.view.currentIndex().column() == panel.model.column("entry")
    typing(panel.view, "0.041", KEY.Key_Return)
    position = next(
        each for each in panel.session.current.holdings.positions if each.instrument.name == PUT
    )
    assert position.entry_price == 0.041
    row = row_of(panel, CALL)
    at = panel.view.visualRect(panel.model.index(row, QUANTITY)).center()
    QTest.mouseDClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert editor(panel.view).text() == "-5"
    typing(panel.view, "", KEY.Key_Escape)


def test_pasting_two_hundred_positions_is_one_step(panel: PositionsPanel, qtbot: QtBot) -> None:
    options = [name for name in LISTED if name.count("-") == 3][:200]
    copy(
        "Instrument\tQuantity\tEntry\n"
        + "".join(f"{name}\t{at + 1}\t0.05\n" for at, name in enumerate(options))
    )
    before = held(panel)
    QTest.keyClick(panel.view, KEY.Key_V, CONTROL)
    now = held(panel)
    assert all(now[name] == at + 1 for at, name in enumerate(options))
    assert panel.session.undo.count() == 1
    settle(qtbot, panel.session)
    assert panel.model.line_count()[1] == len(now)
    panel.session.undo.undo()
    assert held(panel) == before


def test_a_ragged_paste_shows_why_rows_are_refused_and_takes_none_of_them(
    panel: PositionsPanel, qtbot: QtBot
) -> None:
    copy(
        f"{LISTED[5]}\t10\n"
        "BTC-27FEB26-61000-P\n"
        "BTC-27FEB26-61500-P\tmany\t0.05\n"
        "DOGE-PERPETUAL\t5\n"
        "BTC-27FEB26-61250-P\t5\n"
    )
    before = held(panel)
    QTest.keyClick(panel.view, KEY.Key_V, CONTROL)
    preview = panel.findChild(PastedRows)
    assert preview is not None
    assert [preview.table.item(row, 0).text() for row in range(4)] == ["2", "3", "4", "5"]
    sentences = [preview.table.item(row, 2).text() for row in range(4)]
    assert all(sentences)
    assert "not quoted in this market" in sentences[-1]
    assert held(panel) == before
    with qtbot.waitSignal(preview.finished):
        preview.buttons.button(QDialogButtonBox.StandardButton.Cancel).click()
    assert held(panel) == before


def test_the_good_rows_of_a_ragged_paste_are_taken_on_a_wish(
    panel: PositionsPanel, qtbot: QtBot
) -> None:
    copy(f"{LISTED[5]}\t10\nnonsense\t5\n")
    QTest.keyClick(panel.view, KEY.Key_V, CONTROL)
    preview = panel.findChild(PastedRows)
    assert preview is not None
    with qtbot.waitSignal(preview.finished):
        QTest.keyClick(preview, KEY.Key_Return)
    assert held(panel)[LISTED[5]] == 10
    assert panel.session.undo.count() == 1


def test_figures_are_pasted_down_a_column(panel: PositionsPanel) -> None:
    names = [row.cells[0].text for row in panel.model.rows if row.kind is Kind.LINE]
    choose(panel, names[0], QUANTITY)
    copy("1\n2\n3\n")
    QTest.keyClick(panel.view, KEY.Key_V, CONTROL)
    assert [held(panel)[name] for name in names] == [1, 2, 3]
    assert panel.session.undo.count() == 1
    copy("1\n2\n3\n4\n")
    QTest.keyClick(panel.view, KEY.Key_V, CONTROL)
    assert panel.message.text() == "4 figures were copied, and only 3 lines stand from here on."
    assert panel.session.undo.count() == 1


def test_an_empty_clipboard_says_so(panel: PositionsPanel) -> None:
    QApplication.clipboard().setMimeData(QMimeData())
    QTest.keyClick(panel.view, KEY.Key_V, CONTROL)
    assert "holds no text" in panel.message.text()


def test_copied_lines_paste_back_as_they_were(panel: PositionsPanel) -> None:
    before = held(panel)
    panel.view.selectAll()
    QTest.keyClick(panel.view, KEY.Key_C, CONTROL)
    lines = copied().splitlines()
    assert lines[0].startswith("Instrument\tQuantity\tEntry\tMark")
    assert len(lines) == 4
    QTest.keyClick(panel.view, KEY.Key_Delete)
    assert held(panel) == {}
    QTest.keyClick(panel.view, KEY.Key_V, CONTROL)
    assert held(panel) == before


def test_delete_removes_and_undo_brings_back(panel: PositionsPanel) -> None:
    before = held(panel)
    choose(panel, PUT)
    QTest.keyClick(panel.view, KEY.Key_Delete)
    assert PUT not in held(panel)
    assert panel.session.undo.undoText() == f"Remove {PUT}"
    assert panel.chosen_keys()  # the neighbour is selected
    panel.session.undo.undo()
    assert held(panel) == before


def test_space_and_the_tick_box_leave_a_position_out(panel: PositionsPanel, qtbot: QtBot) -> None:
    whole = texts(panel, "share")["Account"]
    choose(panel, PUT)
    QTest.keyClick(panel.view, KEY.Key_Space)
    assert len(panel.session.current.excluded) == 1
    settle(qtbot, panel.session)
    assert texts(panel, "share")["Account"] != whole
    assert texts(panel, "share")[PUT] == "-"
    click(panel.view, row_of(panel, PUT), 0, x=13)
    assert not panel.session.current.excluded
    assert panel.session.undo.count() == 2


def test_nudges_move_one_lot_and_merge(panel: PositionsPanel) -> None:
    choose(panel, PUT, QUANTITY)
    for _ in range(3):
        QTest.keyClick(panel.view, KEY.Key_Up, ALT)
    assert held(panel)[PUT] == 5.3
    QTest.keyClick(panel.view, KEY.Key_Down, ALT)
    assert held(panel)[PUT] == 5.2
    assert panel.session.undo.count() == 1
    panel.session.undo.undo()
    assert held(panel)[PUT] == 5


def test_the_selection_stays_with_its_line(panel: PositionsPanel, qtbot: QtBot) -> None:
    choose(panel, CALL, QUANTITY)
    panel.session.show_market(listed(0.9))
    qtbot.waitUntil(lambda: panel.session.report.index["BTC"] < 70_000, timeout=20_000)
    click(panel.view, len(panel.model.rows) - 1, 0)
    choose(panel, CALL, QUANTITY)
    copy("BTC-27FEB26-40000-P\t5\n")
    QTest.keyClick(panel.view, KEY.Key_V, CONTROL)
    current = panel.view.currentIndex()
    assert panel.model.rows[current.row()].cells[0].text == CALL
    assert current.column() == QUANTITY


def test_ticks_do_not_disturb_what_is_being_typed(panel: PositionsPanel, qtbot: QtBot) -> None:
    choose(panel, CALL, QUANTITY)
    typing(panel.view, "-1")
    panel.session.show_market(listed(0.9))
    qtbot.waitUntil(lambda: panel.session.report.index["BTC"] < 70_000, timeout=20_000)
    assert editor(panel.view).text() == "-1"
    typing(panel.view, "7", KEY.Key_Return)
    assert held(panel)[CALL] == -17


def test_ctrl_f_filters_and_escape_shows_all(panel: PositionsPanel) -> None:
    panel.view.setFocus()
    QTest.keyClick(panel.view, KEY.Key_F, CONTROL)
    first = panel.filters.edits[0]
    assert first.isVisible()
    QTest.keyClicks(first, "*-P")
    assert panel.model.line_count() == (1, 3)
    assert panel.count.text() == "1 of 3 lines"
    QTest.keyClicks(panel.filters.edits[QUANTITY], ">x")
    assert "is not a number to compare with" in panel.message.text()
    QTest.keyClick(first, KEY.Key_Escape)
    assert panel.model.line_count() == (3, 3)
    assert not panel.filters.isVisible()


def test_a_click_on_the_header_sorts_and_the_third_gives_the_reading_order(
    panel: PositionsPanel,
) -> None:
    panel.toggle_grouping()
    header = panel.view.horizontalHeader()
    at = header.sectionViewportPosition(QUANTITY) + 20
    orders = []
    for _ in range(3):
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at, 10))
        orders.append([row.cells[0].text for row in panel.model.rows if row.kind is Kind.LINE])
    assert orders[0] == [CALL, PUT, "BTC-PERPETUAL"]
    assert orders[1] == orders[0][::-1]
    assert orders[2] == ["BTC-PERPETUAL", PUT, CALL]


@pytest.mark.parametrize("width", [1060, 760, 520, 330])
def test_columns_give_way_in_order_and_the_margins_stay(panel: PositionsPanel, width: int) -> None:
    panel.resize(width, 480)
    names = [
        column.name
        for at, column in enumerate(panel.model.columns)
        if not panel.view.isColumnHidden(at)
    ]
    assert {"instrument", "quantity", "alone", "share"} <= set(names)
    order = ["gamma", "theta", "vega", "vol", "entry"]
    gone = [name for name in order if name not in names]
    assert gone == order[: len(gone)]


def test_a_column_can_be_hidden_by_the_menu(panel: PositionsPanel) -> None:
    menu = panel.view.fit.menu()
    actions = {action.data(): action for action in menu.actions() if action.data()}
    assert not actions["share"].isEnabled()
    actions["mark"].trigger()
    assert panel.view.isColumnHidden(panel.model.column("mark"))


def test_explain_selects_an_instrument_even_in_a_folded_group(panel: PositionsPanel) -> None:
    choose(panel, "BTC · 27 Feb 2026 · F 70,000 · 21.8 d")
    QTest.keyClick(panel.view, KEY.Key_Return)
    assert not any(row.cells[0].text == CALL for row in panel.model.rows)
    assert panel.select_instrument(CALL)
    assert panel.model.rows[panel.view.currentIndex().row()].cells[0].text == CALL
    assert not panel.select_instrument("ETH-PERPETUAL")


@pytest.mark.parametrize("key", [KEY.Key_F5, KEY.Key_F1, KEY.Key_K])
def test_keys_of_the_window_pass_through(panel: PositionsPanel, key: Qt.Key) -> None:
    control = CONTROL if key == KEY.Key_K else Qt.KeyboardModifier.NoModifier
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, control)
    event.ignore()
    panel.view.event(event)
    assert not event.isAccepted()


@pytest.mark.parametrize("key", [KEY.Key_Delete, KEY.Key_Space, KEY.Key_F2])
def test_keys_of_the_grid_are_not_taken_by_the_window(panel: PositionsPanel, key: Qt.Key) -> None:
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    panel.view.event(event)
    assert event.isAccepted()


def test_what_is_typed_is_taken_when_another_account_is_shown(
    panel: PositionsPanel, qtbot: QtBot
) -> None:
    choose(panel, PUT, QUANTITY)
    typing(panel.view, "-7")
    panel.session.select("empty")
    assert [row.kind for row in panel.model.rows] == [Kind.ENTRY]

    def quantity() -> float:
        found = panel.session.accounts["desk"].holdings.positions
        return next(each.quantity for each in found if each.instrument.name == PUT)

    qtbot.waitUntil(lambda: quantity() == -7)
    assert panel.session.current.key == "empty"


def test_undo_that_shows_another_account_does_not_meet_an_open_editor(
    panel: PositionsPanel, qtbot: QtBot
) -> None:
    made = panel.session
    made.select("empty")
    QTest.keyClick(panel.view, KEY.Key_Insert)
    typing(panel.view, "BTC-PERPETUAL 50", KEY.Key_Return)
    made.select("desk")
    choose(panel, PUT, QUANTITY)
    typing(panel.view, "-7")
    made.undo.undo()  # as from the menu, with the editor still open
    assert made.current.key == "empty"
    assert held(panel) == {}
    qtbot.waitUntil(lambda: made.undo.count() == 1 and not made.undo.canRedo())
    positions = made.accounts["desk"].holdings.positions
    assert {each.instrument.name: each.quantity for each in positions}[PUT] == -7


def test_a_click_elsewhere_takes_what_was_typed_or_keeps_it(panel: PositionsPanel) -> None:
    choose(panel, PUT, QUANTITY)
    typing(panel.view, "-7")
    choose(panel, CALL, QUANTITY)
    assert held(panel)[PUT] == -7
    typing(panel.view, "-2x")
    choose(panel, PUT, QUANTITY)
    assert editor(panel.view).text() == "-2x"
    assert "is not a quantity" in panel.message.text()
    assert not panel.select_instrument(PUT)
    typing(panel.view, "", KEY.Key_Escape)


def test_why_nothing_is_computed_stands_below_the_grid(panel: PositionsPanel, qtbot: QtBot) -> None:
    panel.session.show_market(listed().restricted(listed().universe.instruments[:2]))
    qtbot.waitUntil(lambda: "has no mark price" in panel.message.text(), timeout=20_000)
    assert all(row.is_faded for row in panel.model.rows if row.kind is Kind.LINE)
    panel.session.show_market(listed())
    qtbot.waitUntil(lambda: not panel.message.isVisible(), timeout=20_000)


def test_another_account_shows_its_own_lines(panel: PositionsPanel) -> None:
    panel.session.select("empty")
    assert [row.kind for row in panel.model.rows] == [Kind.ENTRY]
    assert panel.count.text() == "0 lines"


def test_no_figure_is_cut(panel: PositionsPanel) -> None:
    for theme in (DARK, LIGHT):
        panel.set_theme(theme)
        metrics = QFontMetrics(theme.figures(12))
        for at, column in enumerate(panel.model.columns):
            if not column.is_figure or panel.view.isColumnHidden(at):
                continue
            room = panel.view.columnWidth(at) - 16
            for row in panel.model.rows:
                assert metrics.horizontalAdvance(row.cells[at].text) <= room


def test_every_control_has_a_name(panel: PositionsPanel) -> None:
    for widget in (panel, panel.view, *panel.filters.edits, panel.count, panel.message):
        assert widget.accessibleName()
    QTest.keyClick(panel.view, KEY.Key_Insert)
    assert isinstance(editor(panel.view), QLineEdit)
    assert editor(panel.view).accessibleName()
    typing(panel.view, "", KEY.Key_Escape)
