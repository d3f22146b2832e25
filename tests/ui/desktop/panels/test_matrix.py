"""The scenario matrix, clicked through."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication

from riskcore.margin.requirement import LossTable
from tests.builders import NOON
from tests.ui.desktop.desk import Desk, look, losses, report, requirement
from ui.desktop.panels.matrix import MatrixPanel
from ui.desktop.plots.matrix_grid import FIGURES

pytestmark = pytest.mark.window


@pytest.fixture
def desk(qtbot) -> Desk:
    made = Desk()
    made.report = report()
    return made


@pytest.fixture
def panel(desk, qtbot) -> MatrixPanel:
    made = MatrixPanel(desk, look())
    qtbot.addWidget(made)
    made.resize(1000, 230)
    made.show()
    return made


def cells(panel: MatrixPanel):
    return dict(panel.matrix.board.cells)


def click(panel: MatrixPanel, qtbot, place: tuple[int, int]) -> None:
    centre = panel.matrix.place_rect(place).center().toPoint()
    qtbot.mouseClick(panel.matrix, Qt.MouseButton.LeftButton, pos=centre)


def test_cells_are_in_thousands_with_their_sign(panel) -> None:
    table = losses()
    first = cells(panel)[0, 0]
    amount = table.profit[0][first.scenario] + table.profit[1][first.scenario]
    assert first.text == f"{amount / 1000:+,.0f}k"


def test_the_worst_cell_of_every_set_is_outlined(panel) -> None:
    table = losses()
    outlined = {cell.scenario for cell in cells(panel).values() if cell.worst}
    assert outlined == set(table.worst)


def test_small_books_are_not_rounded_to_thousands(panel, desk) -> None:
    table = losses()
    small = replace(table, profit=tuple(tuple(x / 1000 for x in row) for row in table.profit))
    desk.answer(report(1.0, replace(requirement(), losses=small)))
    assert "k" not in cells(panel)[0, 0].text


def test_each_underlying_names_its_own_worst(panel) -> None:
    table = losses()
    names = [entry.name for entry in panel.frame.legend.entries]
    assert names[0] == "BTC worst −14 %, vol up"
    assert names[-2] == "each at its own worst"
    together = sum(min(row) for row in table.profit)
    assert panel.frame.legend.entries[-2].value == f"{together / 1000:+,.0f}k"


def test_one_underlying_can_be_looked_at_alone(panel, qtbot) -> None:
    qtbot.keyClick(panel.sets, Qt.Key.Key_Down)
    qtbot.keyClick(panel.sets, Qt.Key.Key_Down)
    panel.sets.activated.emit(panel.sets.currentIndex())
    assert panel.sets.currentText() == "ETH"
    first = cells(panel)[0, 0]
    assert first.text == f"{losses().profit[1][first.scenario] / 1000:+,.0f}k"
    assert panel.matrix.board.columns[0] == "−18 %"


def test_the_chosen_underlying_survives_the_next_report(panel, desk) -> None:
    panel.sets.setCurrentIndex(1)
    desk.answer(report(1.1))
    assert panel.sets.currentText() == "BTC"


def test_a_click_lists_what_each_position_gains_there(panel, qtbot) -> None:
    click(panel, qtbot, (0, 0))
    assert panel.side.isVisible()
    model = panel.positions.model()
    table = losses()
    scenario = panel.matrix.marked.scenario
    rows = range(model.rowCount())
    shown = {model.index(row, 0).data(): model.index(row, 1).data() for row in rows}
    expected = {name: f"{profit[scenario]:+,.0f}" for name, profit in table.positions}
    together = sum(profit[scenario] for _, profit in table.positions)
    assert shown == {**expected, "together, USD": f"{together:+,.0f}"}
    assert panel.heading.text() == "BTC −14 %, ETH −18 %, vol up"


def test_what_collateral_loses_stands_beside_the_positions(panel, desk, qtbot) -> None:
    halved = tuple((name, tuple(x / 2 for x in row)) for name, row in losses().positions)
    desk.answer(report(1.0, replace(requirement(), losses=replace(losses(), positions=halved))))
    click(panel, qtbot, (0, 0))
    model = panel.positions.model()
    names = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert names[-2:] == ["collateral", "together, USD"]


def test_the_list_follows_the_market(panel, desk, qtbot) -> None:
    click(panel, qtbot, (0, 0))
    table = losses()
    doubled = tuple((name, tuple(2 * x for x in row)) for name, row in table.positions)
    desk.answer(report(1.0, replace(requirement(), losses=replace(table, positions=doubled))))
    _, profit = doubled[0]
    scenario = panel.matrix.marked.scenario
    assert panel.positions.model().index(0, 1).data() == f"{profit[scenario]:+,.0f}"


def test_arrow_keys_walk_from_the_worst_cell_and_escape_closes(panel, qtbot) -> None:
    panel.matrix.setFocus()
    qtbot.keyClick(panel.matrix, Qt.Key.Key_Right)
    assert panel.matrix.marked.worst
    qtbot.keyClick(panel.matrix, Qt.Key.Key_Down)
    assert panel.matrix.marked.scenario == cells(panel)[1, 0].scenario
    for _ in range(2):
        qtbot.keyClick(panel.matrix, Qt.Key.Key_Down)
    assert panel.matrix.marked.scenario == cells(panel)[3, 0].scenario
    assert panel.matrix.accessibleDescription().startswith("−66 %, vol up")
    qtbot.keyClick(panel.matrix, Qt.Key.Key_Escape)
    assert panel.matrix.marked is None
    assert not panel.side.isVisible()


def test_enter_on_a_listed_position_chooses_its_instrument(panel, qtbot) -> None:
    click(panel, qtbot, (0, 0))
    panel.positions.setCurrentIndex(panel.positions.model().index(0, 0))
    with qtbot.waitSignal(panel.instrument_chosen) as chosen:
        qtbot.keyClick(panel.positions, Qt.Key.Key_Return)
    assert chosen.args == ["BTC-27FEB26-60000-P"]


def test_a_model_without_scenarios_says_so(panel, desk) -> None:
    desk.answer(report(1.0, replace(requirement(), losses=LossTable())))
    assert panel.frame.stack.currentWidget() is panel.frame.sentence
    assert panel.frame.sentence.text() == (
        "Deribit cross portfolio looks at no scenarios: each position has its own rate."
    )


def test_no_figure_is_wider_than_its_cell_at_the_least_width(panel, qtbot) -> None:
    panel.resize(panel.minimumSizeHint().width(), 230)
    qtbot.wait(1)
    metrics = QFontMetricsF(look().figures(FIGURES))
    for place, cell in panel.matrix.board.cells:
        assert metrics.horizontalAdvance(cell.text) <= panel.matrix.place_rect(place).width()


def test_the_table_twin_holds_every_scenario_of_every_set(panel, qtbot) -> None:
    qtbot.mouseClick(panel.frame.toggle, Qt.MouseButton.LeftButton)
    model = panel.frame.table.model()
    assert model.rowCount() == len(losses().label)
    panel.frame.copy()
    head = QGuiApplication.clipboard().text().splitlines()[0]
    assert head == "Scenario\tTable\tBTC, USD\tETH, USD\tall, USD"


def test_a_matrix_of_an_older_market_says_so(panel, desk) -> None:
    desk.refusal = "BTC has no index price in this market"
    desk.market = SimpleNamespace(as_of=NOON + timedelta(minutes=5))
    desk.refused.emit(desk.refusal)
    first = panel.frame.legend.entries[0]
    assert (first.name, first.value) == ("stale", "5 min")
    desk.market = SimpleNamespace(as_of=NOON - timedelta(days=200))
    desk.refused.emit(desk.refusal)
    assert panel.frame.legend.entries[0].value == "stale"


def test_an_account_that_was_never_computed_shows_nothing_of_the_last_one(
    panel, desk, qtbot
) -> None:
    click(panel, qtbot, (0, 0))
    assert panel.frame.legend.entries
    assert panel.side.isVisible()
    desk.report = None
    desk.current_changed.emit("another")
    assert panel.frame.legend.entries == ()
    assert not panel.side.isVisible()


def test_a_book_that_no_scenario_moves_has_no_matrix(panel, desk) -> None:
    table = losses()
    still = replace(table, profit=tuple(tuple(0.0 for _ in row) for row in table.profit))
    desk.answer(report(1.0, replace(requirement(), losses=still)))
    assert panel.frame.sentence.text() == "Nothing is held that a scenario moves."
    assert panel.frame.legend.entries == ()
