"""A venue's table of scenarios as columns."""

import numpy as np
import pytest

from riskcore.margin.grid import Move, scenario_set, seen_by
from riskcore.scenarios import ScenarioSet
from tests.builders import market

CALL, PUT = "BTC-27MAR26-90000-C", "ETH-27FEB26-2000-C"
FUTURE = "BTC-PERPETUAL"
PRICED = market(CALL, PUT, FUTURE)
ROWS = {each.name: row for row, each in enumerate(PRICED.universe.instruments)}
BTC = (
    Move(-0.16, 0.4),
    Move(0.0, days=2.0),
    Move(0.66, 0.4, weight=0.18, group="extended"),
)


def added(vol, left, move):  # type: ignore[no-untyped-def]
    """Moves in points, and one more point for every day left."""
    return vol + move + 0.01 * left


def columns(**changes: object) -> ScenarioSet:
    tables = {"BTC": BTC, "ETH": BTC} | changes
    return scenario_set(PRICED.universe, PRICED, tables, added)  # type: ignore[arg-type]


def test_first_column_moves_nothing_and_weighs_1() -> None:
    found = columns()
    assert found.label[0] == "unmoved"
    assert (found.spot[:, 0] == 1).all()
    assert (found.forward[:, 0] == 1).all()
    assert found.vol[ROWS[CALL], 0] == 0.6  # though the rule would move it
    assert found.weight is not None
    assert (found.weight[:, 0] == 1).all()


def test_columns_are_the_rows_of_the_table() -> None:
    found = columns()
    btc = PRICED.universe.currencies.index("BTC")
    assert found.spot[btc].tolist() == pytest.approx([1.0, 0.84, 1.0, 1.66])
    assert found.forward[ROWS[FUTURE]].tolist() == pytest.approx([1.0, 0.84, 1.0, 1.66])
    assert found.days.tolist() == [0.0, 0.0, 2.0, 0.0]
    assert found.move.tolist() == pytest.approx([0.0, -0.16, 0.0, 0.66])
    assert found.group == ("standard", "standard", "standard", "extended")
    assert found.weight is not None
    assert found.weight[ROWS[FUTURE]].tolist() == [1.0, 1.0, 1.0, 0.18]


def test_a_currency_that_is_no_base_does_not_move() -> None:
    usd = PRICED.universe.currencies.index("USD")
    assert (columns().spot[usd] == 1).all()


def test_volatility_moves_by_the_rule_of_its_coin_and_only_of_options() -> None:
    left = 50 - 4 / 24
    found = columns()
    assert found.vol[ROWS[CALL], 1] == pytest.approx(0.6 + 0.4 + 0.01 * left)
    assert np.isnan(found.vol[ROWS[FUTURE]]).all()
    rules = {"BTC": added, "ETH": lambda vol, left, move: 0 * vol * left + 1.0 + 0 * move}
    tables = {"BTC": BTC, "ETH": BTC}
    found = scenario_set(PRICED.universe, PRICED, tables, rules)
    assert found.vol[ROWS[PUT]].tolist() == pytest.approx([0.6, 1.0, 1.0, 1.0])


def test_a_shorter_table_is_filled_up_with_rows_that_weigh_nothing() -> None:
    found = columns(ETH=(Move(0.5),))
    assert found.weight is not None
    assert found.weight[ROWS[PUT]].tolist() == [1.0, 1.0, 0.0, 0.0]
    assert found.forward[ROWS[PUT]].tolist() == [1.0, 1.5, 1.0, 1.0]
    assert len(found) == 4


def test_label_has_words_where_all_tables_agree() -> None:
    assert columns().label[1:3] == ("−16 %, vol up", "0 %")


def test_label_names_the_move_of_each_coin_where_moves_alone_differ() -> None:
    mixed = columns(ETH=(Move(-0.2, 0.4), *BTC[1:]))
    assert mixed.label[1:] == ("BTC −16 %, ETH −20 %, vol up", "0 %", "+66 %, vol up, weight 0.18")


def test_label_is_a_number_where_more_than_moves_differs() -> None:
    mixed = columns(ETH=(Move(-0.2, -0.4), Move(0.0, label="crash"), Move(0.66, 0.4)))
    assert mixed.label == ("unmoved", "1", "2", "3")


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("BTC −14 %, ETH −16 %, vol up", "ETH −16 %, vol up"),
        ("BTC −14 %, ETH 0 %", "ETH 0 %"),
        ("−14 %, vol +40 %", "ETH −14 %, vol +40 %"),
        ("7", "ETH 7"),
        ("crash", "ETH crash"),
    ],
)
def test_scenario_as_one_coin_meets_it(label: str, words: str) -> None:
    assert seen_by("ETH", label) == words


@pytest.mark.parametrize(
    ("move", "words"),
    [
        (Move(-0.165), "−16.5 %"),
        (Move(0.04, -0.2), "+4 %, vol down"),
        (Move(0.0, 0.0), "0 %"),
        (Move(1.0, 0.4, weight=0.12), "+100 %, vol up, weight 0.12"),
        (Move(-0.1, label="crash"), "crash"),
    ],
)
def test_words_of_a_move(move: Move, words: str) -> None:
    assert move.words == words


def test_prices_may_move_otherwise_than_the_index() -> None:
    found = scenario_set(
        PRICED.universe,
        PRICED,
        {"BTC": BTC, "ETH": BTC},
        added,
        forward=lambda rows, spot: 1 + (spot - 1) / 2 + 0 * rows[:, np.newaxis],
    )
    assert found.forward[ROWS[FUTURE]].tolist() == pytest.approx([1.0, 0.92, 1.0, 1.33])
    btc = PRICED.universe.currencies.index("BTC")
    assert found.spot[btc, 1] == pytest.approx(0.84)


def test_a_coin_without_a_table_is_a_fault_of_the_model() -> None:
    with pytest.raises(KeyError, match="ETH"):
        scenario_set(PRICED.universe, PRICED, {"BTC": BTC}, added)
