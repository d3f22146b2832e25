"""Thalex's rules, by hand."""

from collections.abc import Mapping

import pytest

from riskcore.errors import Unsupported
from tests.riskcore.margin.venues.plain import amount, answered, plain_book, plain_market

PERPETUAL, FUTURE, PUT = "BTC-PERPETUAL", "BTC-27MAR26", "BTC-27MAR26-60000-P"


def needed(
    positions: Mapping[str, float],
    balances: Mapping[str, float] | None = None,
    overrides: Mapping[str, Mapping[str, object]] | None = None,
    **terms: float,
):
    priced = plain_market("thalex", *positions)
    held = plain_book(priced, positions, balances, **terms)
    return answered("thalex/portfolio", priced, held, overrides)[0]


def test_box_of_seven_by_three_and_two_extreme_moves_of_half_weight() -> None:
    found = needed({PERPETUAL: 1.0, PUT: -1.0})
    assert found.losses.group.count("standard") == 22
    assert found.losses.group.count("extended") == 2
    assert min(found.losses.move[:22]) == -0.2
    assert max(found.losses.move[:22]) == 0.2
    assert found.losses.move[22:] == (-0.4, 0.4)
    alone = needed({PERPETUAL: 1.0})
    assert alone.headline.amount == pytest.approx(14_000)
    assert alone.losses.profit[0][-2:] == pytest.approx((-14_000, 14_000))
    assert alone.maintenance.amount == pytest.approx(9_800)


def test_volatility_moves_in_points() -> None:
    short = needed({PUT: -1.0})
    unmoved = [
        each
        for each, move in zip(short.losses.profit[0], short.losses.move, strict=True)
        if move == 0
    ]
    assert unmoved[1] < 0 == unmoved[0] == unmoved[2] < unmoved[3]
    calm = needed({PUT: -1.0}, overrides={"rules": {"vol_points": [0.0]}})
    assert calm.headline.amount < short.headline.amount


def test_collateral_in_coins_is_a_position_and_stablecoins_have_no_haircut() -> None:
    found = needed({PERPETUAL: -1.0}, {"BTC": 1.0, "USDT": 100.0, "USDC": 50.0})
    assert found.headline.amount == pytest.approx(0, abs=1e-9)
    assert found.equity.amount == pytest.approx(70_150)
    lone = needed({PERPETUAL: 0.0}, {"BTC": 1.0, "ETH": -1.0})
    assert lone.headline.amount == pytest.approx(14_000 + 400)
    assert lone.label.startswith("approximate: about fifty scenarios of which a box is known")
    priced = plain_market("thalex", PERPETUAL)
    held = plain_book(priced, {}, {"BTC": 1.0, "USDT": 5.0})
    _, model, moved = answered("thalex/portfolio", priced, held)
    assert model.collateral_alone(held, moved) == pytest.approx({"BTC": 14_000})


def test_other_coins_are_no_collateral() -> None:
    with pytest.raises(Unsupported) as caught:
        needed({PERPETUAL: 1.0}, {"LTC": 1.0})
    assert str(caught.value) == "LTC is no collateral at Thalex; it takes BTC, ETH, USDT, USDC"


def test_options_count_their_open_profit() -> None:
    found = needed({PUT: -2.0}, {"USDT": 1e4}, entry_price=1_000.0)
    assert found.equity.amount == pytest.approx(1e4 - 2 * 400)
    unknown = needed({PUT: -2.0}, {"USDT": 1e4})
    assert f"{PUT} has no entry and no settled price: its open profit counts as 0" in unknown.notes


def test_contingencies_stand_beside_the_coverage_once_their_rates_are_given() -> None:
    held = {PERPETUAL: 2.0, FUTURE: -3.0, PUT: -1.0, "ETH-PERPETUAL": 1.0}
    plain = needed(held)
    assert plain.notes[:2] == (
        "no roll contingency: give roll_rate as an override of rules",
        "no option contingency: give option_rate as an override of rules",
    )
    rules = {"rules": {"roll_rate": 0.01, "option_rate": 0.02}}
    found = needed(held, overrides=rules)
    sold = amount(found.headline, "option_contingency")
    assert sold == pytest.approx(0.02 * 70_000)
    roll = amount(found.headline, "roll_contingency")
    assert roll == pytest.approx(0.01 * 2 * 70_000)  # perpetuals +2 against -3 + the put's delta
    assert found.headline.amount == pytest.approx(plain.headline.amount + sold + roll)
    assert found.maintenance.amount == pytest.approx(0.7 * found.headline.amount)
    assert not any("contingency" in each for each in found.notes)
    assert (
        amount(needed({PERPETUAL: 2.0, FUTURE: 3.0}, overrides=rules).headline, "roll_contingency")
        == 0
    )
