"""The orders grid under real keys and a real mouse."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from riskcore.holdings import Order
from tests.builders import account, instrument
from tests.ui.desktop.grids import (
    DARK,
    click,
    copy,
    editor,
    listed,
    row_of,
    session,
    settle,
    texts,
    typing,
)
from ui.desktop.dialogs.pasted_rows import PastedRows
from ui.desktop.panels.orders import OrdersPanel

pytestmark = [
    pytest.mark.window,
    # Said by the offscreen platform of every popup, harmless.
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]

KEY = Qt.Key
ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
BUY = Order(instrument("BTC-PERPETUAL"), 250_000.0, 56_000.0)
REDUCE = Order(instrument("BTC-27FEB26-60000-P"), -2.0, 0.05, reduce_only=True)


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[OrdersPanel]:
    held = {"BTC-PERPETUAL": 100_000.0, "BTC-27FEB26-60000-P": 5.0}
    desk = account("Desk", held, {"BTC": 3.0})
    desk = replace(desk, holdings=replace(desk.holdings, orders=(BUY, REDUCE)))
    with session(desk) as made:
        made.show_market(listed())
        shown = OrdersPanel(made, DARK)
        qtbot.addWidget(shown)
        shown.resize(900, 300)
        shown.show()
        qtbot.waitExposed(shown)
        settle(qtbot, made)
        yield shown


def orders(panel: OrdersPanel) -> tuple[Order, ...]:
    current = panel.session.current
    assert current is not None
    return current.holdings.orders


def column(panel: OrdersPanel, name: str) -> int:
    return next(at for at, each in enumerate(panel.model.columns) if each.name == name)


def test_each_order_shows_the_margin_it_adds(panel: OrdersPanel) -> None:
    shown = texts(panel, "margin")
    pool = panel.session.report.results[0].pools[0]
    whole = sum(each.amount for each in pool.other_shares if each.term == "open_orders_margin")
    assert shown["BTC-PERPETUAL"] == shown["All orders"] == f"{whole * pool.usd:,.0f}"
    assert shown["BTC-27FEB26-60000-P"] == "0"
    row = panel.model.rows[row_of(panel, "BTC-27FEB26-60000-P")]
    assert row.warning == "It can only reduce a position."
    assert texts(panel, "distance")["BTC-PERPETUAL"] == "-20.0"


def test_side_quantity_and_price_are_edited_in_place(panel: OrdersPanel) -> None:
    row = row_of(panel, "BTC-PERPETUAL")
    click(panel.view, row, column(panel, "side"))
    QTest.keyClick(panel.view, KEY.Key_F2)
    typing(panel.view, "sell", KEY.Key_Tab)
    typing(panel.view, "120k", KEY.Key_Tab)
    typing(panel.view, "81000", KEY.Key_Return)
    assert orders(panel)[0] == Order(BUY.instrument, -120_000.0, 81_000.0)
    assert panel.session.undo.count() == 3
    for _ in range(3):
        panel.session.undo.undo()
    assert orders(panel) == (BUY, REDUCE)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("side", "hold", "“hold” is no side; write buy or sell"),
        ("quantity", "0", "an order needs a quantity other than 0"),
        ("price", "-1", "-1 is negative; a price is 0 or more"),
        ("reduce", "perhaps", "write yes or no, not “perhaps”"),
    ],
)
def test_a_bad_value_is_refused_at_the_cell(
    panel: OrdersPanel, name: str, text: str, sentence: str
) -> None:
    click(panel.view, row_of(panel, "BTC-PERPETUAL"), column(panel, name))
    QTest.keyClick(panel.view, KEY.Key_F2)
    typing(panel.view, text, KEY.Key_Return)
    assert editor(panel.view).text() == text
    assert sentence in panel.message.text()
    typing(panel.view, "", KEY.Key_Escape)
    assert orders(panel) == (BUY, REDUCE)


def test_a_typed_order_is_added(panel: OrdersPanel) -> None:
    QTest.keyClick(panel.view, KEY.Key_Insert)
    typing(panel.view, "sell btc-27feb26-70000-c 5 0.06", KEY.Key_Return)
    assert orders(panel)[-1] == Order(instrument("BTC-27FEB26-70000-C"), -5.0, 0.06)


def test_keys_remove_nudge_and_change_reduce_only(panel: OrdersPanel) -> None:
    click(panel.view, row_of(panel, "BTC-PERPETUAL"), 0)
    QTest.keyClick(panel.view, KEY.Key_Up, ALT)
    QTest.keyClick(panel.view, KEY.Key_Up, ALT)
    assert orders(panel)[0].quantity == 250_020
    assert panel.session.undo.count() == 1
    QTest.keyClick(panel.view, KEY.Key_Space)
    assert orders(panel)[0].reduce_only
    QTest.keyClick(panel.view, KEY.Key_Delete)
    assert orders(panel) == (REDUCE,)


def test_pasted_orders_are_one_step_and_bad_rows_are_told(panel: OrdersPanel) -> None:
    copy("buy\tBTC-27FEB26-70000-C\t5\t0.05\nsell\tBTC-27FEB26-60000-P\t1\t0.03\n")
    QTest.keyClick(panel.view, KEY.Key_V, CONTROL)
    assert len(orders(panel)) == 4
    assert panel.session.undo.count() == 1
    copy("buy\tBTC-27FEB26-70000-C\t5\n")
    QTest.keyClick(panel.view, KEY.Key_V, CONTROL)
    preview = panel.findChild(PastedRows)
    assert preview is not None
    assert "write side, instrument, quantity and price" in preview.table.item(0, 2).text()
    preview.reject()
    assert len(orders(panel)) == 4
