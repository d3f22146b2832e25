"""Drift's rules by hand-computed figures, and what it refuses."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import Unsupported
from riskcore.holdings import Balance, Holdings, MarginMode, Position
from riskcore.margin.requirement import Requirement
from riskcore.margin.venues.drift import size_discount, size_premium
from riskcore.market import snapshot
from riskcore.naming import drift
from riskcore.oracles import Feed, Oracles
from riskcore.repricing import risk
from riskcore.universe import Universe
from tests.builders import NOON, instrument, library, market
from tests.riskcore.margin.samples.drift import priced
from tests.riskcore.margin.venues.drift.cases import required

COUNTED = {"SOL-PERP": {"profit_weight_initial": 10_000}}


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
    found = required(
        {"SOL-PERP": 100.0}, {"USDC": 500.0}, entries={"SOL-PERP": 15.0}, overrides=COUNTED
    )
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
    assert required({}, {"SOL": 1.0}).label.startswith("approximate: assumed market parameters")
    assert required({"SOL-PERP": 1.0}).label == (
        "exact except the five-minute average price, parameters of another date"
    )
    assert required({}, {"USDC": 1.0}).label == "exact"


@pytest.mark.parametrize(
    ("day", "market", "imf", "maintenance"),
    [
        (datetime(2024, 1, 10, tzinfo=UTC), "BTC-PERP", 8_000, 300),
        (datetime(2025, 7, 14, tzinfo=UTC), "BTC-PERP", 1_900, 300),
        (datetime(2025, 8, 11, tzinfo=UTC), "ETH-PERP", 250, 300),
        (datetime(2026, 3, 28, tzinfo=UTC), "ETH-PERP", 250, 200),
        (datetime(2026, 11, 25, tzinfo=UTC), "SOL-PERP", 50, 300),
    ],
)
def test_market_accounts_of_the_day(day: datetime, market: str, imf: int, maintenance: int) -> None:
    known = library().bind("drift/cross", day).markets[market]
    assert (known.margin_ratio_initial, known.margin_ratio_maintenance) == (500, maintenance)
    assert known.imf_factor == imf
    assert (known.profit_weight_initial, known.profit_weight_maintenance) == (0, 10_000)


def averaged(account: Holdings, averages: Mapping[str, float]) -> Requirement:
    """What Drift requires where the market has averages of five minutes."""
    feeds = tuple(Feed("drift", coin, "twap", value) for coin, value in averages.items())
    prices = {"SOL": 25.0, "USDC": 1.0, "ETH": 2_000.0}
    of = Universe((drift.parse("SOL-PERP"),))
    there = snapshot(NOON, of, prices, mark=np.array([25.0]), oracles=Oracles(feeds=feeds))
    model = library().bind("drift/cross", NOON, COUNTED)
    return model.requirement(account, risk(there, model.scenarios(of, there)))[0]


def test_initial_margin_takes_the_worse_of_price_and_average() -> None:
    account = Holdings(
        (Position(drift.parse("SOL-PERP"), -10.0, 24.0),),
        {"SOL": Balance(10.0), "ETH": Balance(-0.01), "USDC": Balance(1_000.0)},
    )
    averages = {"SOL": 20.0, "ETH": 2_100.0, "USDC": 1.01}
    found = averaged(account, averages)
    weighed = 10 * 20 * 0.8 + 1_000 * 1.0 - 10 * 1.01
    needed = 10 * 25 * 1.01 * 0.05 + 0.01 * 2_100 * 1.2
    assert found.equity.amount == pytest.approx(10 * 25 * 0.9 + 1_000 - 10)
    assert found.equity.amount - found.headline.amount == pytest.approx(weighed - needed)
    assert found.maintenance.amount == pytest.approx(10 * 25 * 0.03 + 0.01 * 2_000 * 1.1)
    assert "five-minute" not in found.label
    assert found.notes == ()
    without = averaged(account, {"SOL": 20.0, "USDC": 1.01})
    assert "five-minute" in without.label


def test_a_gain_counts_at_the_lower_price_of_usdc() -> None:
    account = Holdings((Position(drift.parse("SOL-PERP"), 10.0, 24.0),), {"USDC": Balance(50.0)})
    found = averaged(account, {"USDC": 0.9})
    assert found.equity.amount - line(found, "collateral_haircut") == pytest.approx(0.9 * 60)


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
