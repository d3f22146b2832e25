"""The layout of the scenario matrix."""

import pytest

from riskcore.margin.requirement import LossTable
from tests.ui.desktop.desk import FAR, losses
from ui.desktop.models.matrix import (
    coins,
    grid,
    head,
    moves_by_coin,
    positions_at,
    profits,
    scenario_words,
    set_title,
    vol_words,
)


def test_nine_moves_stand_across_and_three_volatilities_down_with_up_first() -> None:
    layout = grid(losses())
    assert len(layout.moves) == 9
    assert layout.moves == tuple(sorted(layout.moves))
    assert layout.vols == ("vol up", "vol same", "vol down")
    assert len(layout.scenario) == 27


def test_extended_moves_stand_in_their_own_strip() -> None:
    table = losses()
    layout = grid(table)
    assert [table.move[each] for each in layout.extended] == sorted(FAR)


def test_the_unmoved_scenario_has_no_cell() -> None:
    assert 0 not in dict(grid(losses()).scenario).values()


def test_every_cell_shows_the_scenario_of_its_move_and_volatility() -> None:
    table = losses()
    layout = grid(table)
    for (row, column), scenario in layout.scenario:
        assert table.move[scenario] == layout.moves[column]
        assert vol_words(table.label[scenario]) == layout.vols[row]


def test_a_model_without_scenarios_has_an_empty_grid() -> None:
    assert grid(LossTable()).empty
    unmoved = LossTable(("BTC",), ("unmoved",), (0.0,), ("standard",), ((0.0,),), (0,))
    assert grid(unmoved).empty


def test_all_underlyings_are_added_scenario_by_scenario() -> None:
    table = losses()
    added = profits(table).profit
    assert added[5] == pytest.approx(table.profit[0][5] + table.profit[1][5])


def test_each_set_keeps_its_own_worst_scenario() -> None:
    table = losses()
    together = profits(table)
    assert [name for name, _, _ in together.losses] == ["BTC", "ETH"]
    assert together.together == pytest.approx(min(table.profit[0]) + min(table.profit[1]))
    alone = profits(table, "ETH")
    assert alone.worst == ((table.worst[1], ("ETH",)),)


def test_a_set_that_loses_nowhere_has_no_worst_cell() -> None:
    table = LossTable(("BTC",), ("a, vol up",), (0.1,), ("standard",), ((3.0,),), (0,))
    assert profits(table).worst == ()


def test_positions_are_listed_with_the_largest_loss_first() -> None:
    amounts = [amount for _, amount in positions_at(losses(), 1)[0]]
    assert amounts == sorted(amounts)


def test_positions_and_the_rest_add_up_to_the_cell() -> None:
    table = losses()
    for chosen in ("", "BTC", "ETH"):
        held, rest = positions_at(table, 5, chosen)
        cell = profits(table, chosen).profit[5]
        assert sum(amount for _, amount in held) + rest == pytest.approx(cell)


def test_a_chosen_set_lists_the_positions_of_its_coin() -> None:
    held, _ = positions_at(losses(), 1, "ETH")
    assert [name for name, _ in held] == ["ETH-27MAR26-2000-C"]


def test_a_head_names_the_move_of_every_coin_unless_one_is_chosen() -> None:
    table = losses()
    assert head(table, 1) == "−14 / −18 %"
    assert head(table, 1, "ETH") == "−18 %"
    assert head(table, len(table.label) - 1) == "+500 %"
    assert coins(table) == ("BTC", "ETH")


def test_a_set_reads_only_its_own_move() -> None:
    label = "BTC −14 %, ETH −18 %, vol up"
    assert scenario_words(label, "eth_usdc") == "−18 %, vol up"
    assert scenario_words("−14 %, vol up", "BTC") == "−14 %, vol up"


def test_a_set_of_a_coin_settled_in_itself_is_called_by_the_coin() -> None:
    assert (set_title("btc_btc"), set_title("eth_usdc")) == ("BTC", "ETH_USDC")


def test_every_scenario_has_a_place_of_its_own() -> None:
    labels = ("unmoved", "1", "2", "3", "4")
    table = LossTable(
        ("BTC",), labels, (0.0, -0.2, -0.2, 0.2, 0.2), ("standard",) * 5, ((0.0,) * 5,), (0,)
    )
    found = grid(table)
    assert sorted(scenario for _, scenario in found.scenario) == [1, 2, 3, 4]
    assert found.moves == (-0.2, 0.2)
    assert len(found.vols) == 2
    assert head(table, 1) == "−20 %"


def test_a_scenario_without_a_move_has_a_row_of_its_own_name_among_others() -> None:
    labels = ("unmoved", "+18 %, vol up", "0 %, vol up", "skew", "wings")
    table = LossTable(
        ("BTC",), labels, (0.0, 0.18, 0.0, 0.0, 0.0), ("standard",) * 5, ((0.0,) * 5,), (0,)
    )
    assert grid(table).vols == ("vol up", "skew", "wings")


def test_days_of_the_past_stand_in_one_row_without_a_name() -> None:
    labels = ("unmoved", "2025-11-30", "2025-10-10")
    table = LossTable(
        ("all coins",), labels, (0.0, -0.2, -0.1), ("standard",) * 3, ((0.0,) * 3,), (0,)
    )
    assert grid(table).vols == ("",)


@pytest.mark.parametrize(
    ("label", "moves", "rest"),
    [
        ("BTC −14 %, ETH −18 %, vol up", {"BTC": "−14 %", "ETH": "−18 %"}, "vol up"),
        ("−60 %, vol +100 %, weight 0.35", {"": "−60 %"}, "vol +100 %, weight 0.35"),
        ("+13.5 %", {"": "+13.5 %"}, "vol same"),
        ("1000PEPE +5 %, vol same", {"1000PEPE": "+5 %"}, "vol same"),
        ("2025-11-30", {"": "2025-11-30"}, ""),
        ("unmoved", {"": "unmoved"}, ""),
    ],
)
def test_a_label_is_its_moves_and_the_rest(label, moves, rest) -> None:
    assert moves_by_coin(label) == moves
    assert vol_words(label) == rest
