"""Hyperliquid's rules by hand-computed figures, what it refuses, and how exact it calls itself."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import HoldingsError, MarketError, ParameterError, RiskcoreError, Unsupported
from riskcore.holdings import Balance, Holdings, MarginMode, Order, Position
from riskcore.margin.requirement import Requirement
from riskcore.naming import hyperliquid
from riskcore.oracles import Feed, Lending, Oracles
from riskcore.repricing import risk
from tests.builders import library
from tests.riskcore.margin.venues.hyperliquid import cases
from tests.riskcore.margin.venues.hyperliquid.cases import (
    INDEX,
    RECORDED,
    figure,
    initial,
    liquidated_at,
    market,
    pools,
    position,
)

CASH = {"USDC": Balance(10_000.0)}
ALPHA = datetime(2026, 2, 5, 12, tzinfo=UTC)


def cross(*held: Position, **terms: Any) -> Requirement:
    """The cross pool of positions in a market where they are priced."""
    marks = terms.pop(
        "marks", {each.instrument.name: INDEX.get(each.instrument.base, 1.0) for each in held}
    )
    cash = terms.pop("balances", CASH)
    return pools("cross", held, cash, priced=market(marks), **terms)["USDC"]


def test_initial_margin_is_value_over_leverage_as_set_or_the_highest() -> None:
    assert initial(cross(position("BTC", 2.0, leverage=10.0))) == pytest.approx(14_000)
    unset = cross(position("BTC", 2.0))
    assert initial(unset) == pytest.approx(3_500)
    assert unset.notes[-1] == "BTC has no leverage set: 40 is taken, the highest"


def test_leverage_above_the_first_tier_is_that_of_the_tier() -> None:
    marks = {"BTC": 1e5}
    large = position("BTC", 2_000.0, leverage=40.0)
    assert initial(cross(large, marks=marks)) == pytest.approx(200e6 / 20)
    careful = position("BTC", 2_000.0, leverage=10.0)
    assert initial(cross(careful, marks=marks)) == pytest.approx(20e6)
    edge = position("BTC", 1_500.0, leverage=40.0)
    assert initial(cross(edge, marks=marks)) == pytest.approx(3_750_000)


def test_positions_do_not_net() -> None:
    both = cross(position("BTC", 1.0, leverage=10.0), position("ETH", -35.0, leverage=10.0))
    assert initial(both) == pytest.approx(14_000)
    assert both.maintenance.amount == pytest.approx(70_000 / 80 + 70_000 / 50)


def test_equity_is_cash_profit_and_funding() -> None:
    held = replace(position("BTC", -1.0, entry=71_000.0, leverage=10.0), accrued_funding=-25.0)
    found = cross(held)
    assert found.equity.amount == pytest.approx(10_000 + 1_000 - 25)
    assert figure(found, "raw_usd") == pytest.approx(10_975 + 70_000)
    assert figure(found, "position_value") == pytest.approx(70_000)


def test_transfer_leaves_initial_margin_or_a_tenth_behind() -> None:
    low = cross(position("BTC", 1.0, leverage=2.0), balances={"USDC": Balance(50_000.0)})
    assert figure(low, "transfer_margin") == pytest.approx(35_000)
    assert figure(low, "withdrawable") == pytest.approx(15_000)
    high = cross(position("BTC", 1.0, leverage=40.0))
    assert figure(high, "transfer_margin") == pytest.approx(7_000)
    assert figure(high, "withdrawable") == pytest.approx(3_000)
    assert figure(cross(position("BTC", 5.0)), "withdrawable") == 0


def test_backstop_takes_over_at_two_thirds() -> None:
    found = cross(position("BTC", 8.0, leverage=40.0))
    assert found.maintenance.amount == pytest.approx(7_000)
    assert figure(found, "backstop_level") == pytest.approx(14_000 / 3)


def test_trigger_is_reached_when_equity_is_the_maintenance_margin() -> None:
    for cash, reached in ((875.0, True), (876.0, False)):
        found = cross(position("BTC", 1.0, leverage=10.0), balances={"USDC": Balance(cash)})
        assert found.trigger.reached is reached
        assert found.trigger.level == 1


@pytest.mark.parametrize("size", [2.0, -2.0, 3_000.0, -1_800.0])
@pytest.mark.parametrize("other", [0.0, 50.0])
def test_liquidation_price_is_where_the_trigger_is_reached(size: float, other: float) -> None:
    """The tier is that at the price found: 3,000 BTC fall into the first tier on the way."""
    cash = {"USDC": Balance(0.45 * abs(size) * INDEX["BTC"])}
    held = [position("BTC", size, entry=70_000.0), position("ETH", other, entry=2_000.0)]
    price = liquidated_at(cross(*held, balances=cash), "BTC")
    at = cross(*held, balances=cash, marks={"BTC": price, "ETH": 2_000.0})
    assert at.maintenance.amount == pytest.approx(at.equity.amount, rel=1e-6)


def test_a_position_backed_in_full_has_no_liquidation_price() -> None:
    safe = cross(position("BTC", 1.0, entry=70_000.0), balances={"USDC": Balance(80_000.0)})
    assert "liquidated" not in safe.maintenance.parts[0].parts[0].because
    assert "liquidated" not in cross(position("BTC", 0.0)).maintenance.parts[0].parts[0].because


def test_isolated_position_has_its_own_pool_beside_the_balance() -> None:
    held = (
        position("BTC", 1.0, entry=69_000.0, leverage=10.0, isolated=7_000.0),
        position("ETH", 1.0, leverage=10.0),
    )
    found = pools("cross", held, CASH, priced=market({"BTC": 70_000.0, "ETH": 2_000.0}))
    assert found["USDC"].equity.amount == pytest.approx(10_000)
    assert initial(found["USDC"]) == pytest.approx(200)
    apart = found["BTC"]
    assert apart.equity.amount == pytest.approx(8_000)
    assert initial(apart) == pytest.approx(7_000)
    assert apart.maintenance.amount == pytest.approx(875)
    assert apart.members == frozenset({held[0].key})
    assert figure(apart, "backstop_level") == pytest.approx(875 * 2 / 3)
    assert figure(apart, "liquidation_price") == pytest.approx(62_000 / (1 - 1 / 80))
    assert apart.trigger.figure == pytest.approx(875 / 8_000)


def test_isolated_margin_not_given_is_taken_from_the_balance() -> None:
    held = (
        replace(position("BTC", -1.0, entry=80_000.0, leverage=10.0), accrued_funding=5.0),
        position("ETH", 1.0, leverage=10.0, isolated=300.0),
    )
    priced = market({"BTC": 70_000.0, "ETH": 2_000.0})
    found = pools("isolated", held, CASH, priced=priced)
    assert found["BTC"].equity.amount == pytest.approx(8_000 + 10_000 + 5)
    assert found["ETH"].equity.amount == pytest.approx(300)
    assert found["USDC"].equity.amount == pytest.approx(2_000)
    assert found["USDC"].maintenance.amount == initial(found["USDC"]) == 0
    no_entry = replace(held[0], entry_price=None, accrued_funding=0.0)
    found = pools("isolated", (no_entry,), CASH, priced=priced)
    assert found["BTC"].equity.amount == pytest.approx(7_000)


def test_coins_back_nothing_in_cross_margin() -> None:
    found = cross(position("BTC", 1.0), balances={**CASH, "HYPE": Balance(100.0)})
    assert found.equity.amount == pytest.approx(10_000)
    assert "HYPE stands in the spot balance and backs no position" in found.notes


def test_resting_orders_reserve_nothing_or_their_initial_margin() -> None:
    bid = Order(hyperliquid.parse("BTC"), 2.0, 60_000.0)
    cut = Order(hyperliquid.parse("BTC"), -1.0, 80_000.0, reduce_only=True)
    held = position("BTC", 1.0, leverage=10.0)
    assert initial(cross(held, orders=(bid, cut))) == pytest.approx(7_000)
    assert "resting orders" in cross(held, orders=(bid,)).label
    assert "resting orders" not in cross(held, orders=(cut,)).label
    rules = {"rules": {"resting_orders": "initial_margin"}}
    found = cross(held, orders=(bid, cut), overrides=rules)
    assert initial(found) == pytest.approx(7_000 + 120_000 / 40)


def test_many_tiers_as_on_the_test_net() -> None:
    """BTC there: 40, 25, 10, 5 and 3 times at 10, 50, 100 and 300 thousand, slice by slice."""
    edges, highest = (10e3, 50e3, 100e3, 300e3), (40, 25, 10, 5, 3)
    steps = [
        {"lower": edge, "max_leverage": float(most)}
        for edge, most in zip(edges, highest[1:], strict=True)
    ]
    table = {"BTC": {"max_leverage": 40.0, "steps": steps}}
    found = cross(position("BTC", 5.0), overrides=table)
    slices = (10e3, 40e3, 50e3, 200e3, 50e3)
    kept = sum(value / (2 * most) for value, most in zip(slices, highest, strict=True))
    assert found.maintenance.amount == pytest.approx(kept)
    assert initial(found) == pytest.approx(350e3 / 3)


# Portfolio margin.


def portfolio(*held: Position, balances: dict[str, Balance], **terms: Any) -> Requirement:
    marks = terms.pop(
        "marks", {each.instrument.name: INDEX.get(each.instrument.base, 1.0) for each in held}
    )
    priced = market(marks, at=terms.pop("at", RECORDED), oracles=terms.pop("oracles", Oracles()))
    return pools("portfolio", held, balances, priced=priced, **terms)["USDC"]


def test_liquidation_value_has_coins_at_their_threshold() -> None:
    """BTC counts with 0.5 + 0.5 x 0.5, HYPE with 0.5 + 0.5 x 0.65."""
    balances = {"USDC": Balance(1_000.0), "BTC": Balance(2.0), "HYPE": Balance(100.0)}
    found = portfolio(position("BTC", -2.0, leverage=10.0), balances=balances)
    coins = 0.75 * 140_000 + 0.825 * 9_503.7
    assert found.equity.amount == pytest.approx(1_000 + coins)
    assert found.maintenance.amount == pytest.approx(20 + 1_750)
    assert initial(found) == pytest.approx(20 + 14_000)
    assert found.trigger.figure == pytest.approx(1_770 / (1_000 + coins))
    assert found.trigger.level == 0.95
    assert figure(found, "borrow_limit") == pytest.approx(0.5 * 140_000 + 0.65 * 9_503.7)
    assert figure(found, "available_after_maintenance") == 0
    assert found.equity.parts[1].parts[0].amount == pytest.approx(140_000)


def test_caps_limit_coins_and_loans() -> None:
    capped = {"rules": {}, "portfolio": {"user_borrow_cap": 100_000.0}}
    balances = {"USDC": Balance(0.0), "BTC": Balance(300.0)}
    whole = portfolio(balances=balances)
    assert whole.equity.amount == pytest.approx(0.75 * 200 * 70_000)  # 200 BTC of a user count
    found = portfolio(balances=balances, overrides=capped)
    assert found.equity.amount == pytest.approx(100_000)
    assert figure(found, "borrow_limit") == pytest.approx(100_000)


def test_the_market_may_state_the_caps() -> None:
    lending = (
        Lending("hyperliquid", "USDC", caps={"user_borrow_cap": 50_000.0}),
        Lending("hyperliquid", "BTC", caps={"user_supply_cap": 1.0}),
    )
    balances = {"BTC": Balance(3.0)}
    one = portfolio(balances=balances, oracles=Oracles(lending=lending[1:]))
    assert one.equity.amount == pytest.approx(0.75 * 70_000)
    both = portfolio(balances=balances, oracles=Oracles(lending=lending))
    assert both.equity.amount == pytest.approx(50_000)


def test_losses_beyond_the_balance_are_borrowed() -> None:
    held = position("BTC", -1.0, entry=65_000.0, leverage=10.0)
    balances = {"USDC": Balance(1_000.0, borrowed=500.0), "BTC": Balance(1.0)}
    found = portfolio(held, balances=balances)
    assert figure(found, "borrowed_value") == pytest.approx(4_500)
    assert found.equity.amount == pytest.approx(0.75 * 70_000)
    assert found.maintenance.amount == pytest.approx(20 + 875 + 4_500)
    assert initial(found) == pytest.approx(20 + 7_000 + 4_500)
    assert figure(found, "available_to_borrow") == pytest.approx(35_000 - 4_500)
    assert "the size of loans for maintenance" in found.label
    kept = portfolio(held, balances=balances, overrides={"portfolio": {"shortfall": "negative"}})
    assert figure(kept, "borrowed_value") == pytest.approx(500)
    assert kept.equity.amount == pytest.approx(0.75 * 70_000 - 4_000)


def test_a_coin_owed_counts_whole() -> None:
    balances = {"USDC": Balance(100_000.0), "BTC": Balance(-1.0), "SOL": Balance(-1.0)}
    found = portfolio(balances=balances)
    assert found.equity.amount == pytest.approx(100_000 - 70_000 - 90)


def test_coins_that_back_no_loan_are_named() -> None:
    found = portfolio(balances={"USDC": Balance(5.0), "SOL": Balance(10.0)})
    assert found.equity.amount == 5
    assert found.notes == ("SOL backs no loan and counts as 0",)


def test_coins_switched_off_count_nothing() -> None:
    model = library().bind("hyperliquid/portfolio", RECORDED)
    priced = market({"BTC": 70_000.0})
    moved = risk(priced, model.scenarios(priced.universe, priced))
    account = Holdings((), {"BTC": Balance(1.0)})
    off = replace(account, settings=replace(account.settings, collateral_enabled=("USDC",)))
    assert model.requirement(off, moved)[0].equity.amount == 0
    assert "the balance of BTC is switched off" in model.requirement(off, moved)[0].notes[0]


def test_borrow_price_is_the_median_of_three() -> None:
    feeds = (
        Feed("hyperliquid", "BTC", "spot", 69_000.0),
        Feed("hyperliquid", "BTC", "perp", 71_000.0),
        Feed("hyperliquid", "USDC", "spot", 1.01),
    )
    held = position("BTC", 0.0)
    balances = {"BTC": Balance(1.0)}
    found = portfolio(held, balances=balances, oracles=Oracles(feeds=feeds))
    assert found.equity.amount == pytest.approx(0.75 * 70_000 / 1.01)
    assert "borrow prices" not in found.label
    plain = portfolio(held, balances=balances, oracles=Oracles(feeds=feeds[:2]))
    assert plain.equity.amount == pytest.approx(0.75 * 70_000)
    index = portfolio(held, balances=balances, oracles=Oracles(feeds=feeds[1:]))
    assert index.equity.amount == pytest.approx(0.75 * 70_000)
    assert "borrow prices" in index.label


def test_alpha_and_pre_alpha_have_their_own_caps() -> None:
    balances = {"HYPE": Balance(100_000.0)}
    alpha = portfolio(balances=balances, at=ALPHA)
    assert alpha.equity.amount == pytest.approx(1_000_000)  # the cap on loans
    assert figure(alpha, "borrow_limit") == pytest.approx(1_000_000)
    early = portfolio(balances=balances, at=datetime(2025, 12, 10, tzinfo=UTC))
    assert early.equity.amount == pytest.approx(1_000)
    coins = {"BTC": Balance(30.0), "USDC": Balance(100.0)}
    few = portfolio(balances=coins, at=ALPHA, overrides={"portfolio": {"user_borrow_cap": 1e9}})
    assert few.equity.amount == pytest.approx(
        100 + 20 * 0.5 * 70_000
    )  # no LTV yet: the threshold is 0.5
    none = portfolio(balances=coins, at=datetime(2025, 12, 10, tzinfo=UTC))
    assert none.equity.amount == pytest.approx(100)
    few = portfolio(balances={"HYPE": Balance(10.0)}, at=ALPHA)
    assert few.equity.amount == pytest.approx(0.75 * 950.37)


def test_offset_stands_beside_every_account_but_an_empty_one() -> None:
    assert portfolio(balances=CASH).maintenance.amount == 0
    assert portfolio(position("BTC", 0.0), balances=CASH).maintenance.amount == 0
    lent = portfolio(balances={"USDC": Balance(100.0, borrowed=10.0)})
    assert lent.maintenance.amount == pytest.approx(30)


def test_isolated_positions_stay_apart_in_portfolio_margin() -> None:
    held = (position("BTC", 1.0, leverage=10.0, isolated=7_000.0),)
    found = pools("portfolio", held, CASH, priced=market({"BTC": 70_000.0}))
    assert set(found) == {"USDC", "BTC"}
    assert found["USDC"].maintenance.amount == 0


def test_no_liquidation_price_where_the_coin_is_collateral_too() -> None:
    found = portfolio(position("BTC", -1.0), balances={"BTC": Balance(1.0)})
    assert "liquidated" not in found.maintenance.parts[0].parts[0].because


# Labels, refusals, parameters.


def test_labels_name_what_is_not_proven() -> None:
    assert cross(position("ETH", 1.0, leverage=10.0)).label == "exact"
    assert cross(position("BTC", 1.0, leverage=10.0)).label == (
        "exact except parameters of another date"
    )
    marks = {"PENGU": 0.01}
    assert cross(position("PENGU", 1.0), marks=marks).label == (
        "exact except margin tiers of PENGU"
    )
    assert "above the first tier" in cross(position("ETH", 60_000.0)).label
    assert "above the first tier" not in cross(position("ETH", 40_000.0)).label
    rules = {"rules": {"transfer_share": 0.2}}
    assert cross(position("ETH", 1.0), overrides=rules).label == (
        "exact except overridden parameters"
    )
    assert cross().label == "exact"


def refused(model: str, held: Holdings, kind: type[RiskcoreError] = Unsupported) -> str:
    """The sentence with which a model refuses an account."""
    names = {each.name: INDEX.get(each.base, 1.0) for each in held.instruments()}
    priced = market(names)
    bound = library().bind(f"hyperliquid/{model}", priced.as_of)
    moved = risk(priced, bound.scenarios(priced.universe, priced))
    with pytest.raises(kind) as found:
        bound.requirement(held, moved)
    return str(found.value)


every_model = pytest.mark.parametrize("model", ["cross", "isolated", "portfolio"])


@every_model
def test_coin_without_a_margin_table_is_refused_with_the_keys_to_give(model: str) -> None:
    text = refused(model, Holdings((position("NEWCOIN", 1.0),)))
    assert text == (
        "Hyperliquid's margin table of NEWCOIN is not known; give max_leverage and steps in "
        "[parameters.NEWCOIN] of a parameter file of your own, or as overrides"
    )


@every_model
def test_leverage_beyond_the_table_is_refused(model: str) -> None:
    for leverage in (41.0, 0.5):
        text = refused(model, Holdings((position("BTC", 1.0, leverage=leverage),)))
        assert text == f"BTC has leverage {leverage:g}; Hyperliquid allows 1 to 40 on BTC"


def test_loans_belong_to_portfolio_margin() -> None:
    owed = Holdings((), {"USDC": Balance(1.0, borrowed=2.0)})
    assert refused("cross", owed) == (
        "USDC: 2 are borrowed; only a portfolio-margin account of Hyperliquid borrows, so choose "
        "hyperliquid/portfolio"
    )
    coin = Holdings((), {"BTC": Balance(1.0, borrowed=2.0)})
    assert refused("portfolio", coin).startswith("BTC: 2 are borrowed; the rules known")


@every_model
def test_one_position_of_a_coin(model: str) -> None:
    held = position("BTC", 1.0)
    both = Holdings((held, replace(held, margin_mode=MarginMode.ISOLATED)))
    assert refused(model, both).startswith("BTC is held in cross and in isolated margin")


def test_collateral_without_a_price_is_refused() -> None:
    held = Holdings((), {"HYPE": Balance(1.0)})
    model = library().bind("hyperliquid/portfolio", RECORDED)
    priced = market({"BTC": 70_000.0}, index={"BTC": 70_000.0, "USDC": 1.0})
    moved = risk(priced, model.scenarios(priced.universe, priced))
    with pytest.raises(MarketError, match="HYPE has no index price in this market"):
        model.requirement(held, moved)


def test_a_coin_can_be_given_as_an_override() -> None:
    table = {"NEWCOIN": {"max_leverage": 4.0, "steps": [{"lower": 100.0, "max_leverage": 2.0}]}}
    held = position("NEWCOIN", 200.0)
    found = cross(held, marks={"NEWCOIN": 1.0}, overrides=table)
    assert found.maintenance.amount == pytest.approx(200 / 4 - 100 * (1 / 4 - 1 / 8))


def test_values_out_of_bounds_are_refused() -> None:
    for wrong in ({"BTC": {"max_leverage": 0.5}}, {"rules": {"resting_orders": "some"}}):
        with pytest.raises(ParameterError):
            library().bind("hyperliquid/cross", RECORDED, wrong)


def test_a_long_side_cannot_be_short() -> None:
    with pytest.raises(HoldingsError):
        position("BTC", float("nan"))


SIZES = st.lists(st.floats(-4_000, 4_000), min_size=3, max_size=3)


@given(SIZES, st.floats(0, 1e6), st.sampled_from([None, 3.0, 10.0, 20.0]))
def test_scalar_recomputation(sizes: list[float], cash: float, leverage: float | None) -> None:
    """The tiers slice by slice: each part of a value at the rate of its own tier."""
    tables = {"BTC": (150e6, 40, 20), "ETH": (100e6, 25, 15), "SOL": (70e6, 20, 10)}
    held = [
        position(coin, size * (10 if coin == "SOL" else 1), leverage=leverage)
        for coin, size in zip(tables, sizes, strict=True)
    ]
    found = cross(*held, balances={"USDC": Balance(cash)})
    kept = needed = 0.0
    for each in held:
        edge, low, high = tables[each.instrument.base]
        value = abs(each.quantity) * INDEX[each.instrument.base]
        kept += min(value, edge) / (2 * low) + max(value - edge, 0) / (2 * high)
        needed += value / min(leverage or 1e9, low if value <= edge else high)
    assert found.maintenance.amount == pytest.approx(kept)
    assert initial(found) == pytest.approx(needed)


def test_labels_of_the_accounts_are_those_of_their_cases() -> None:
    assert cases.account().label == cases.ACCOUNT
    assert cases.carry(150_000.0).label == cases.CARRY
