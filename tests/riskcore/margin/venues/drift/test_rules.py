"""Drift's rules by hand-computed figures, and what it refuses."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import Unsupported
from riskcore.holdings import Holdings, MarginMode, Position
from riskcore.margin.requirement import Requirement
from riskcore.margin.venues.drift import size_discount, size_premium
from riskcore.naming import drift
from riskcore.repricing import risk
from tests.builders import NOON, instrument, library, market
from tests.riskcore.margin.samples.drift import priced
from tests.riskcore.margin.venues.drift.cases import required


def line(found: Requirement, term: str) -> float:
    assert found.initial is not None
    return next(each.amount for each in found.initial.walk() if each.term == term)


def test_requirement_is_ratio_times_notional() -> None:
    found = required({"SOL-PERP": -100.0}, {"USDC": 1_000.0})
    assert found.headline.amount == pytest.approx(100 * 25 * 0.05)
    assert found.maintenance.amount == pytest.approx(100 * 25 * 0.03)
    assert found.equity.amount == pytest.approx(1_000)


def test_equity_less_each_margin_is_the_free_collateral_of_its_kind() -> None:
    found = required({}, {"SOL": 10.0, "USDC": 50.0})
    assert found.equity.amount == pytest.approx(50 + 250 * 0.9)
    assert found.equity.amount - found.headline.amount == pytest.approx(50 + 250 * 0.8)
    assert found.maintenance.amount == 0


def test_debt_is_weighed_and_stands_in_the_requirement() -> None:
    found = required({}, {"USDC": 1_000.0, "ETH": -0.1})
    assert found.headline.amount == pytest.approx(200 * 1.2)
    assert found.maintenance.amount == pytest.approx(200 * 1.1)
    assert found.equity.amount == pytest.approx(1_000)
    borrowed = required({}, {"USDC": 1_000.0, "ETH": 0.1}, loans={"ETH": 0.2})
    assert borrowed.maintenance.amount == pytest.approx(200 * 1.1)


def test_a_debt_of_usdc_requires_itself() -> None:
    found = required({}, {"USDC": -100.0, "SOL": 10.0})
    assert found.headline.amount - line(found, "collateral_haircut") == pytest.approx(100)


def test_worst_side_of_the_orders_counts_and_each_costs_a_cent() -> None:
    orders = [("SOL-PERP", 50.0), ("SOL-PERP", -250.0)]
    found = required({"SOL-PERP": 100.0}, {"USDC": 1.0}, orders=orders)  # 150 or -150: the sales
    assert found.headline.amount == pytest.approx(150 * 25 * 0.05 + 0.02)
    assert line(found, "SOL-PERP") == pytest.approx(100 * 25 * 0.05)
    assert found.maintenance.amount == pytest.approx(150 * 25 * 0.03 + 0.02)
    alone = required({}, {"USDC": 1.0}, orders=[("SOL-PERP", -10.0)])
    assert alone.headline.amount == pytest.approx(10 * 25 * 0.05 + 0.01)


def test_size_raises_the_ratio_of_the_worst_case() -> None:
    large = {"SOL-PERP": {"imf_factor": 50_000}}
    quiet = required({"SOL-PERP": 1_000.0}, overrides=large)
    grown = required({"SOL-PERP": 1_000.0}, orders=[("SOL-PERP", 9_000.0)], overrides=large)
    ratio = size_premium(10_000 * 10**9, 50_000, 500) / 10_000
    assert ratio > 0.1
    assert grown.headline.amount == pytest.approx(10_000 * 25 * ratio + 0.01)
    assert quiet.headline.amount < 0.2 * grown.headline.amount


def test_open_loss_counts_whole_and_profit_by_its_weight() -> None:
    weights = {"SOL-PERP": {"profit_weight_initial": 5_000, "profit_weight_maintenance": 9_000}}
    profit = required(
        {"SOL-PERP": 10.0}, {"USDC": 500.0}, entries={"SOL-PERP": 15.0}, overrides=weights
    )
    assert profit.equity.amount == pytest.approx(500 + 90)
    assert line(profit, "collateral_haircut") == pytest.approx(90 - 50)
    loss = required(
        {"SOL-PERP": 10.0}, {"USDC": 500.0}, entries={"SOL-PERP": 35.0}, overrides=weights
    )
    assert loss.equity.amount == pytest.approx(400)


def test_only_a_hundred_dollars_of_profit_count_for_initial_margin() -> None:
    found = required({"SOL-PERP": 100.0}, {"USDC": 500.0}, entries={"SOL-PERP": 15.0})
    assert found.equity.amount == pytest.approx(1_500)
    assert line(found, "collateral_haircut") == pytest.approx(900)


def test_deposits_of_the_whole_venue_scale_the_initial_weight() -> None:
    crowded = {"SOL": {"scale_start": 500_000.0, "deposits": 40_000.0}}
    found = required({}, {"SOL": 10.0}, overrides=crowded)
    assert found.equity.amount == pytest.approx(225)
    assert found.equity.amount - found.headline.amount == pytest.approx(250 * 0.4)


def test_usdc_below_a_dollar_counts_for_profit_and_notional() -> None:
    prices = {"SOL": 25.0, "USDC": 0.9, "BTC": 1.0, "ETH": 1.0}
    found = required({"SOL-PERP": 10.0}, {"USDC": 100.0}, entries={"SOL-PERP": 24.0}, prices=prices)
    assert found.equity.amount == pytest.approx(0.9 * 110)
    assert found.maintenance.amount == pytest.approx(250 * 0.9 * 0.03)


@given(st.integers(0, 10**16), st.integers(1, 10**6), st.integers(1, 10_000))
def test_size_never_helps(size: int, imf: int, weight: int) -> None:
    assert size_premium(size, imf, weight) >= weight
    assert 0 <= size_discount(size, imf, weight) <= weight


def test_labels_say_what_is_assumed() -> None:
    assert required({"SOL-PERP": 1.0}).label.startswith("approximate: assumed market parameters")
    assert required({}, {"USDC": 1.0}).label == "exact"


def test_refusals_say_what_is_accepted() -> None:
    with pytest.raises(Unsupported, match=r"market DOGE-PERP.* margin_ratio_initial"):
        required({"DOGE-PERP": 1.0}, prices={"DOGE": 0.1, "USDC": 1.0})
    with pytest.raises(Unsupported, match=r"weight of BONK.* asset_weight_initial"):
        required({}, {"BONK": 5.0}, prices={"BONK": 0.1, "USDC": 1.0})
    model = library().bind("drift/cross", NOON)
    other = market("BTC-27MAR26")
    with pytest.raises(Unsupported, match="perpetuals only"):
        model.requirement(
            Holdings((Position(instrument("BTC-27MAR26"), 1.0),)),
            risk(other, model.scenarios(other.universe, other)),
        )
    moved = risk(priced(), model.scenarios(priced().universe, priced()))
    apart = replace(Position(drift.parse("SOL-PERP"), 1.0), margin_mode=MarginMode.ISOLATED)
    with pytest.raises(Unsupported, match="one net position in cross margin"):
        model.requirement(Holdings((apart,)), moved)
