"""Aevo's rules, by hand."""

from collections.abc import Mapping

import numpy as np
import pytest

from riskcore.errors import Unsupported
from riskcore.instruments import Option
from riskcore.naming import aevo
from riskcore.pricing import black
from tests.builders import NOON
from tests.riskcore.margin.venues.plain import INDEX, amount, answered, plain_book, plain_market

CALL, PUT = "ETH-27MAR26-2200-C", "ETH-27MAR26-1800-P"


def needed(
    positions: Mapping[str, float],
    balances: Mapping[str, float] | None = None,
    overrides: Mapping[str, Mapping[str, object]] | None = None,
):
    priced = plain_market("aevo", *positions)
    return answered("aevo/portfolio", priced, plain_book(priced, positions, balances), overrides)[0]


def test_fifteen_scenarios_of_spot_and_of_volatility_in_points() -> None:
    found = needed({"ETH-PERP": 1.0, CALL: -1.0, PUT: -1.0})
    assert len(found.losses.label) == 16
    assert sorted(set(found.losses.move)) == pytest.approx([-0.2, -0.1, 0, 0.1, 0.2])
    alone = needed({PUT: -1.0})
    shifts = [
        each
        for each, move in zip(alone.losses.profit[0], alone.losses.move, strict=True)
        if move == 0
    ]
    assert shifts[1] < shifts[0] == shifts[2] < shifts[3]
    assert alone.worst_scenario == "ETH −20 %, vol up"
    tau = np.array([(aevo.parse(PUT).expiry - NOON).total_seconds() / (365 * 86_400)])  # type: ignore[union-attr]
    terms = (np.array([2_000.0]), np.array([1_800.0]), tau)
    up, before, down = (
        float(black.price(*terms, np.array([vol]), np.array([-1.0]))[0]) for vol in (1.1, 0.6, 0.35)
    )
    assert shifts[1] == pytest.approx(before - up)
    assert shifts[3] == pytest.approx(before - down)


def test_perpetual_loses_a_fifth_and_maintenance_is_all_of_it() -> None:
    found = needed({"ETH-PERP": -10.0}, {"USDC": 1e4})
    assert found.headline.amount == found.maintenance.amount == pytest.approx(4_000)
    assert found.trigger.figure == pytest.approx(0.4)
    assert found.label == (
        "approximate: the floor margin's rule is missing, the maintenance ratio is missing, "
        "parameters of another date"
    )
    assert "the floor margin is left out: give floor_rate as an override of rules" in found.notes
    half = needed({"ETH-PERP": -10.0}, overrides={"rules": {"maintenance_factor": 0.5}})
    assert half.maintenance.amount == pytest.approx(2_000)


def test_collateral_without_a_ratio_is_doubted() -> None:
    found = needed({}, {"BTC": 1.0})
    assert found.label == "exact except what BTC counts as collateral"
    assert found.notes == ("the collateral ratio of BTC at Aevo is not known: it counts in full",)
    assert needed({}, {"USDC": 1.0}).label == "exact except parameters of another date"
    assert not needed({}, {"BTC": -1.0}).notes


def test_floor_is_a_share_of_every_position_once_a_rate_is_given() -> None:
    rules = {"rules": {"floor_rate": 0.01}}
    found = needed({"ETH-PERP": -10.0, CALL: 10.0}, overrides=rules)
    assert amount(found.headline, "floor_margin") == pytest.approx(400)
    plain = needed({"ETH-PERP": -10.0, CALL: 10.0})
    assert found.headline.amount == pytest.approx(plain.headline.amount + 400)
    assert found.label.endswith("overridden parameters")


def test_stand_alone_has_the_floor_of_each() -> None:
    priced = plain_market("aevo", "ETH-PERP")
    held = plain_book(priced, {"ETH-PERP": -10.0})
    rules = {"rules": {"floor_rate": 0.01}}
    _, model, moved = answered("aevo/portfolio", priced, held, rules)
    assert model.stand_alone(held, moved) == pytest.approx([4_200])


def test_collateral_counts_at_its_ratio_and_debt_whole() -> None:
    found = needed({"ETH-PERP": 1.0}, {"USDC": 1e3, "USDT": 100.0, "ETH": 2.0, "BTC": 1.0})
    assert found.equity.amount == pytest.approx(1e3 + 99 + 3_600 + 70_000)
    owed = needed({"ETH-PERP": 1.0}, {"USDT": -100.0})
    assert owed.equity.amount == pytest.approx(-100)
    assert "the collateral ratio of BTC at Aevo is not known: it counts in full" in found.notes


def test_coin_without_largest_moves_is_refused_until_they_are_given() -> None:
    with pytest.raises(Unsupported) as caught:
        needed({"BTC-PERP": 1.0})
    assert str(caught.value) == (
        "Aevo's largest moves of BTC are not known; give max_move, max_vol_up and max_vol_down as "
        "overrides of BTC"
    )
    given = {"BTC": {"max_move": 0.15, "max_vol_up": 0.5, "max_vol_down": 0.25}}
    assert needed({"BTC-PERP": 1.0}, overrides=given).headline.amount == pytest.approx(10_500)


@pytest.mark.parametrize(
    ("name", "mark", "initial", "maintenance"),
    [
        (CALL, 50.0, 250.0, 250.0),  # facts: IM equals MM far out of the money
        ("ETH-27MAR26-2000-C", 50.0, 350.0, 250.0),
        ("ETH-27MAR26-1950-P", 50.0, 300.0, 250.0),
        ("ETH-27MAR26-1000-P", 3.0, 203.0, 203.0),
        ("ETH-27MAR26-9000-P", 7_000.0, 7_700.0, 7_700.0),
    ],
)
def test_standard_margin_of_short_options(
    name: str, mark: float, initial: float, maintenance: float
) -> None:
    priced = plain_market("aevo", name, mark={name: mark})
    held = plain_book(priced, {name: -2.0})
    _, model, moved = answered("aevo/portfolio", priced, held)
    option = aevo.parse(name)
    assert isinstance(option, Option)
    assert model.standard(option, -2.0, moved) == pytest.approx((2 * initial, 2 * maintenance))
    assert model.standard(option, 2.0, moved) == (0.0, 0.0)
    assert model.isolated(held, moved) == pytest.approx([2 * initial])


def test_isolated_figure_is_absent_with_a_perpetual() -> None:
    priced = plain_market("aevo", "ETH-PERP", CALL, index=INDEX)
    held = plain_book(priced, {"ETH-PERP": 1.0, CALL: -1.0})
    _, model, moved = answered("aevo/portfolio", priced, held)
    assert model.isolated(held, moved) is None
