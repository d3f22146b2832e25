"""The account under every model, ranked and chosen by keys and mouse."""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from riskcore.analysis.comparison import Comparison, Standing
from riskcore.analysis.mapping import Mapped
from riskcore.holdings import Holdings
from riskcore.margin.requirement import Trigger
from tests.builders import INDEX, NOON, market
from tests.ui.desktop.desk import look, requirement
from ui.desktop.models.venues import LINE
from ui.desktop.panels.venues import PATIENCE, VenuesPanel
from ui.desktop.venue_delegate import SIDE

pytestmark = pytest.mark.window
KEY = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier


class Floor(QObject):
    """The part of a session that the panel uses."""

    comparison_changed = Signal(object, object)
    comparison_refused = Signal(str)
    current_changed = Signal(str)
    holdings_changed = Signal(str)
    unit_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.current = SimpleNamespace(key="desk", model="deribit/cross-portfolio")
        self.market = SimpleNamespace(index=INDEX)
        self.unit = "USD"
        self.watched: list[bool] = []
        self.chosen: list[tuple[str, str]] = []

    def watch_models(self, is_watched: bool) -> None:
        self.watched.append(is_watched)

    def set_model(self, key: str, model: str) -> None:
        self.chosen.append((key, model))
        self.current = SimpleNamespace(key=key, model=model)
        self.holdings_changed.emit(key)


def standing(model: str, title: str, required: float, usage: float = 0.5, **more) -> Standing:
    view = Mapped(Holdings(), market(), (), more.pop("notes", ()), more.pop("unmapped", ()))
    return Standing(model, title, required, usage, pools=(requirement(),), view=view, **more)


def compared(*changes: Standing) -> Comparison:
    new = {each.model: each for each in changes}
    listed = (
        standing("derive/pm2", "Derive PM2", 500_000.0, notes=("9 of 9 positions",)),
        standing("deribit/cross-portfolio", "Deribit cross portfolio", 731_420.0, 0.61),
        standing("okx/portfolio", "OKX portfolio", 846_700.0, 1.2, has_initial=False),
        standing("hyperliquid/cross", "Hyperliquid cross", 20_000.0,
                 unmapped=("A: Hyperliquid lists no options", "B: Hyperliquid lists no options")),
        Standing("kraken/cross", "Kraken cross", refusal="Kraken lists none of what is held"),
    )  # fmt: skip
    return Comparison("desk", tuple(new.get(each.model, each) for each in listed))


@pytest.fixture
def floor(qtbot) -> Floor:
    return Floor()


@pytest.fixture
def panel(floor, qtbot) -> Iterator[VenuesPanel]:
    made = VenuesPanel(floor, look())
    qtbot.addWidget(made)
    made.resize(372, 420)
    made.show()
    qtbot.waitExposed(made)
    floor.comparison_changed.emit(compared(), NOON)
    yield made
    made.hide()


def titles(panel: VenuesPanel) -> list[str]:
    return [panel.model.index(row).data() for row in range(panel.model.rowCount())]


def place(panel: VenuesPanel, row: int):
    index = panel.model.index(row)
    panel.view.scrollTo(index)
    return panel.view.visualRect(index).center()


def click(panel: VenuesPanel, row: int, *, twice: bool = False) -> None:
    port = panel.view.viewport()
    QTest.mouseClick(port, Qt.MouseButton.LeftButton, NONE, place(panel, row))
    if twice:
        QTest.mouseDClick(port, Qt.MouseButton.LeftButton, NONE, place(panel, row))


def test_the_models_stand_as_they_are_ranked(panel) -> None:
    assert titles(panel) == [
        "Derive PM2", "Deribit cross portfolio", "OKX portfolio", "Hyperliquid cross",
        "Kraken cross",
    ]  # fmt: skip
    lines = panel.model.lines
    assert [each.amount for each in lines] == ["500,000", "731,420", "846,700", "20,000", "-"]
    assert lines[2].share == 1.0
    assert lines[0].share == pytest.approx(500_000 / 846_700)
    assert [each.is_own for each in lines] == [False, True, False, False, False]
    assert lines[3].remark == "without 2 lines: Hyperliquid lists no options"
    assert lines[4].refuses
    assert lines[4].remark == "Kraken lists none of what is held"


def test_a_trigger_that_is_reached_is_drawn_as_liquidation(panel, floor) -> None:
    reached = replace(requirement(), trigger=Trigger("margin ratio", 0.9, 1.0, above=False))
    lost = replace(standing("okx/portfolio", "OKX portfolio", 846_700.0, 0.5), pools=(reached,))
    floor.comparison_changed.emit(compared(lost), NOON)
    line = panel.model.lines[2]
    assert panel.delegate.words(line, 400)[2] == "■ 50 %"
    assert panel.delegate.words(panel.model.lines[1], 400)[2] == "61 %"


def test_it_computes_only_while_somebody_looks(panel, floor) -> None:
    assert floor.watched == [True]
    panel.hide()
    assert floor.watched[-1] is False


def test_enter_makes_the_selected_model_the_accounts(panel, floor, qtbot) -> None:
    panel.view.setFocus()
    click(panel, 0)
    QTest.keyClick(panel.view, KEY.Key_Down)
    QTest.keyClick(panel.view, KEY.Key_Down)
    QTest.keyClick(panel.view, KEY.Key_Return)
    qtbot.waitUntil(lambda: floor.chosen == [("desk", "okx/portfolio")])
    assert panel.model.lines[2].is_own, "the mark moves at once"


def test_a_double_click_chooses_too(panel, floor, qtbot) -> None:
    click(panel, 0, twice=True)
    qtbot.waitUntil(lambda: floor.chosen == [("desk", "derive/pm2")])


def test_the_button_chooses_what_can_be_chosen(panel, floor, qtbot) -> None:
    assert not panel.use_button.isEnabled()
    click(panel, 1)
    assert not panel.use_button.isEnabled(), "the account has this model"
    click(panel, 4)
    assert not panel.use_button.isEnabled(), "it refuses the account"
    click(panel, 3)
    qtbot.mouseClick(panel.use_button, Qt.MouseButton.LeftButton)
    assert floor.chosen == [("desk", "hyperliquid/cross")]


def test_one_that_refuses_says_why_and_is_not_chosen(panel, floor, qtbot) -> None:
    with qtbot.waitSignal(panel.said) as said:
        click(panel, 4, twice=True)
    assert said.args == ["Kraken cross cannot hold this account: Kraken lists none of what is held"]
    assert floor.chosen == []


def test_the_context_menu_chooses_explains_and_copies(panel, floor, qtbot) -> None:
    click(panel, 0)
    panel.view.customContextMenuRequested.emit(place(panel, 0))
    qtbot.waitUntil(lambda: any(each.isVisible() for each in panel.findChildren(QMenu)))
    menu = next(each for each in panel.findChildren(QMenu) if each.isVisible())
    about = next(each for each in menu.actions() if "About" in each.text())
    with qtbot.waitSignal(panel.card_asked) as asked:
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, NONE, menu.actionGeometry(about).center())
    assert asked.args == ["derive/pm2"]
    use = panel.line_menu().actions()[0]
    use.trigger()
    assert floor.chosen == [("desk", "derive/pm2")]


def test_copy_takes_the_table(panel) -> None:
    panel.view.setFocus()
    panel.copy()
    rows = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert rows[0] == ["model", "required", "usage", "label", "remark"]
    assert rows[1][:3] == ["Derive PM2", "500,000", "50 %"]
    assert rows[5] == ["Kraken cross", "-", "", "", "Kraken lists none of what is held"]


def test_the_selection_follows_its_model_through_another_order(panel, floor) -> None:
    click(panel, 2)
    again = compared(standing("okx/portfolio", "OKX portfolio", 1.0))
    turned = Comparison("desk", (again.standings[2], *again.standings[:2], *again.standings[3:]))
    floor.comparison_changed.emit(turned, NOON)
    assert titles(panel)[0] == "OKX portfolio"
    assert panel.view.currentIndex().data() == "OKX portfolio"
    floor.comparison_changed.emit(Comparison("desk", turned.standings[:3]), NOON)
    assert len(titles(panel)) == 3


def test_ticks_change_figures_and_move_nothing(panel, floor) -> None:
    before = [panel.view.visualRect(panel.model.index(row)) for row in range(5)]
    widths = (panel.note.width(), panel.use_button.x())
    panel.view.verticalScrollBar().setValue(5)
    height = panel.view.verticalScrollBar().value()
    for scale in (1.01, 1.02, 1.03):
        floor.comparison_changed.emit(
            compared(standing("derive/pm2", "Derive PM2", 500_000.0 * scale)), NOON
        )
    panel.view.verticalScrollBar().setValue(0)
    after = [panel.view.visualRect(panel.model.index(row)) for row in range(5)]
    assert [each.size() for each in after] == [each.size() for each in before]
    assert (panel.note.width(), panel.use_button.x()) == widths
    assert height <= 5


def test_the_tooltip_has_the_mapping_and_the_label(panel) -> None:
    tip = panel.model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert "Derive PM2" in tip
    assert "initial margin 500000 USD" in tip
    assert "exact except option revaluation" in tip
    assert "9 of 9 positions" in tip
    tip = panel.model.index(3).data(Qt.ItemDataRole.ToolTipRole)
    assert "A: Hyperliquid lists no options" in tip
    assert "maintenance margin" in panel.model.index(2).data(Qt.ItemDataRole.ToolTipRole)
    spoken = panel.model.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Deribit cross portfolio, 731,420, 61 %, exact*"


def test_money_is_in_the_display_currency(panel, floor) -> None:
    floor.unit = "BTC"
    floor.unit_changed.emit("BTC")
    assert panel.model.lines[0].amount == f"{500_000 / INDEX['BTC']:,.4f}"
    assert "BTC" in panel.note.text()
    floor.unit = "pool"
    floor.unit_changed.emit("pool")
    assert panel.model.lines[0].amount == "500,000"


def test_figures_before_an_edit_fade_when_the_answer_takes_long(panel, floor, qtbot) -> None:
    floor.holdings_changed.emit("other")
    qtbot.wait(PATIENCE + 100)
    assert not panel.delegate.is_faded
    floor.holdings_changed.emit("desk")
    assert not panel.delegate.is_faded
    qtbot.waitUntil(lambda: panel.delegate.is_faded)
    floor.comparison_changed.emit(compared(), NOON)
    assert not panel.delegate.is_faded


def test_another_account_forgets_what_was_shown(panel, floor) -> None:
    floor.current_changed.emit("other")
    assert titles(panel) == []
    assert panel.notice.text() == "computing…"
    floor.comparison_refused.emit("ETH has no index price in this market")
    assert panel.notice.text() == "▲ ETH has no index price in this market"
    floor.comparison_changed.emit(compared(), NOON)
    assert panel.notice.isHidden()


@pytest.mark.parametrize("width", [520, 372, 320, 250])
def test_words_give_way_before_a_figure_is_cut(panel, qtbot, width) -> None:
    panel.resize(width, 420)
    qtbot.waitUntil(lambda: panel.view.viewport().width() <= width)
    room = panel.view.viewport().width() - 2 * SIDE
    figures = QFontMetrics(panel.delegate._figures)
    for row in range(5):
        line = panel.model.index(row).data(LINE)
        title, label, usage = panel.delegate.words(line, room)
        taken = sum(
            QFontMetrics(font).horizontalAdvance(text)
            for font, text in (
                (panel.delegate._strong if line.is_own else panel.delegate._words, title),
                (panel.delegate._small, label),
                (panel.delegate._figures, usage),
            )
        )
        amount = 0 if line.refuses else figures.horizontalAdvance(line.amount)
        assert taken + amount <= room, line.title
        if width >= 320:
            assert line.title in title
    assert panel.note.width() >= QFontMetrics(panel.note.font()).horizontalAdvance(
        panel.note.text()
    )


def test_the_sign_of_a_zone_stays_and_titles_are_told_apart_where_it_is_narrowest(
    panel, floor, qtbot
) -> None:
    high = standing("okx/portfolio", "Deribit cross standard", 9_846_700.0, 1.2)
    floor.comparison_changed.emit(compared(high), NOON)
    panel.resize(100, 420)
    least = panel.minimumSizeHint().width()
    qtbot.waitUntil(lambda: panel.width() <= least)
    room = panel.view.viewport().width() - 2 * SIDE
    assert panel.delegate.words(panel.model.lines[2], room) == ("Deribit cross standard", "", "▲")
    title, label, sign = panel.delegate.words(panel.model.lines[2], room - 40)
    assert title.endswith("…")
    assert (label, sign) == ("", "▲")


def test_a_remark_is_as_high_as_its_lines(panel, floor, qtbot) -> None:
    long = "Kraken lists none of what is held, " * 6
    lost = Standing("kraken/cross", "Kraken cross", refusal=long)
    floor.comparison_changed.emit(compared(lost), NOON)
    low = panel.view.visualRect(panel.model.index(4)).height()
    panel.resize(250, 420)
    qtbot.waitUntil(lambda: panel.view.visualRect(panel.model.index(4)).height() > low)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_it_is_drawn_in_every_look(panel, floor, name) -> None:
    panel.set_theme(look(name, colour_blind=True))
    assert not panel.grab().isNull()
