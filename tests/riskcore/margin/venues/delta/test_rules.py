"""Delta Exchange's rules, by hand."""

from collections.abc import Mapping

import pytest

from tests.riskcore.margin.venues.plain import amount, answered, plain_book, plain_market

PERPETUAL, CALL, PUT = "BTCUSD", "C-BTC-80000-270326", "P-BTC-60000-270326"


def needed(
    positions: Mapping[str, float],
    balances: Mapping[str, float] | None = None,
    overrides: Mapping[str, Mapping[str, object]] | None = None,
    **terms: float,
):
    priced = plain_market("delta", *positions)
    held = plain_book(priced, positions, balances, **terms)
    return answered("delta/portfolio", priced, held, overrides)[0]


def test_perpetual_loses_the_largest_move_and_maintenance_is_four_fifths() -> None:
    found = needed({PERPETUAL: 1_000.0}, {"USD": 2e4})
    assert found.headline.amount == pytest.approx(10_500)
    assert found.maintenance.amount == pytest.approx(8_400)
    assert found.trigger.figure == pytest.approx(0.42)
    assert found.label.startswith("approximate: moves of our own choice, the floors' rates are")
    assert found.notes[0].startswith("no margin floor: give futures_floor")


def test_what_closing_pays_is_taken_off_both_margins_and_is_not_in_the_wallet() -> None:
    found = needed({PERPETUAL: 1_000.0}, {"USD": 2e4}, entry_price=69_000.0)
    assert found.equity.amount == pytest.approx(2e4)
    assert found.headline.amount == pytest.approx(10_500 - 1_000)
    assert found.maintenance.amount == pytest.approx(8_400 - 1_000)
    sold = needed({CALL: -1_000.0}, {"USD": 2e4})
    base = amount(sold.headline, "risk_margin")
    assert sold.headline.amount == pytest.approx(base + 1_400)
    assert sold.maintenance.amount == pytest.approx(0.8 * base + 1_400)
    fields = {each.term: each.amount for each in sold.figures}
    assert fields["unrealised_cash_flow"] == pytest.approx(-1_400)
    assert fields["wallet_balance"] == pytest.approx(2e4)


def test_margins_may_be_negative_and_then_use_nothing() -> None:
    found = needed({CALL: 1_000.0}, overrides={"rules": {"spot_moves": [-0.01], "vol_down": 0.0}})
    assert found.headline.amount < 0
    assert found.initial_usage == found.maintenance_usage == found.trigger.figure == 0
    assert not found.trigger.reached


def test_a_wallet_below_a_negative_maintenance_margin_is_liquidated() -> None:
    overrides = {"rules": {"spot_moves": [-0.01], "vol_down": 0.0}}
    kept = needed({CALL: 1_000.0}, overrides=overrides).maintenance.amount
    assert kept < 0
    assert not needed({CALL: 1_000.0}, {"USD": kept + 1e-6}, overrides).trigger.reached
    assert needed({CALL: 1_000.0}, {"USD": kept - 1e-6}, overrides).trigger.reached


def test_a_coin_as_collateral_counts_by_an_unpublished_rule() -> None:
    assert needed({}, {"USD": 1.0, "USDT": 1.0}).label == "exact"
    assert needed({}, {"BTC": 1.0}).label == "exact except what BTC counts as collateral"


def test_floor_is_the_sum_of_three_and_only_the_larger_counts() -> None:
    held = {PERPETUAL: 1_000.0, CALL: 1_000.0, PUT: -2_000.0}
    rates = {"futures_floor": 0.01, "long_options_floor": 0.02, "short_options_floor": 0.03}
    still = {"spot_moves": [0.0], "vol_up": 0.0, "vol_down": 0.0}
    found = needed(held, overrides={"rules": rates | still})
    base = amount(found.headline, "risk_margin")
    assert base == pytest.approx(70_000 * (0.01 + 0.02 + 2 * 0.03))
    assert amount(found.headline, "futures_floor") == pytest.approx(700)
    assert amount(found.headline, "long_options_floor") == pytest.approx(1_400)
    assert amount(found.headline, "short_options_floor") == pytest.approx(4_200)
    assert found.notes[0].startswith("BTCUSD has no entry")
    moved = needed(held, overrides={"rules": rates})
    assert amount(moved.headline, "risk_margin") == amount(moved.headline, "worst_case") > base


def test_stand_alone_has_the_floor_and_the_cash_flow_of_each() -> None:
    positions = {PERPETUAL: 1_000.0, CALL: 1_000.0, PUT: -2_000.0}
    priced = plain_market("delta", *positions)
    held = plain_book(priced, positions)
    rates = {"futures_floor": 0.5, "long_options_floor": 0.4, "short_options_floor": 0.3}
    _, model, moved = answered("delta/portfolio", priced, held, {"rules": rates})
    alone = dict(
        zip([each.label for each in held.positions], model.stand_alone(held, moved), strict=True)
    )
    assert alone[PERPETUAL] == pytest.approx(35_000)
    assert alone[CALL] == pytest.approx(28_000 - 1_400)
    assert alone[PUT] == pytest.approx(42_000 + 2_800)


def test_volatility_moves_in_shares() -> None:
    found = needed({CALL: -1_000.0}, overrides={"rules": {"spot_moves": [0.0]}})
    assert found.losses.profit[0][1] < 0 == found.losses.profit[0][2] < found.losses.profit[0][3]
    still = needed({CALL: -1_000.0}, overrides={"rules": {"spot_moves": [0.0], "vol_up": 0.0}})
    assert amount(still.headline, "risk_margin") == 0
