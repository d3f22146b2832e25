"""Derive's standard manager: its rules by hand, and a second computation on random accounts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskcore.holdings import Holdings, Position
from riskcore.margin.requirement import Component
from riskcore.repricing import risk
from tests.riskcore.margin.venues.derive.cases_standard import margins
from tests.riskcore.margin.venues.derive.standard_desk import DAY, desk, model, perpetual
from tests.riskcore.margin.venues.derive.standard_scalar import figures

OPTIONS = {
    "max_spot_req": 0.15, "min_spot_req": 0.1, "mm_call_spot_req": 0.075,
    "mm_put_spot_req": 0.08, "mm_put_mtm_req": 0.09, "unpaired_im_scale": 1.4,
    "unpaired_mm_scale": 1.2, "mm_offset_scale": 1.05,
}  # fmt: skip
MONTH = 30 * 86_400.0
WEEK = 7 * 86_400.0


def market(**changes: Any) -> dict[str, Any]:
    """A market of a coin at 2000, whose oracles trust themselves."""
    usual: dict[str, Any] = {
        "spot": 2000.0,
        "spot_conf": 1.0,
        "perp_price": 2010.0,
        "perp_conf": 1.0,
        "expiries": [{"t": MONTH, "fwd": 2020.0, "fwd_conf": 1.0, "vol_conf": 1.0}],
        "option_params": OPTIONS,
        "perp_req": {"mm": 0.05, "im": 0.1},
        "base": {"margin_factor": 0.8, "im_scale": 0.9},
        "oracle": {
            "perp_threshold": 0.5, "option_threshold": 0.5, "base_threshold": 0.5, "factor": 0.4,
        },
    }  # fmt: skip
    return usual | changes


def held(**changes: Any) -> dict[str, Any]:
    """What an account holds of one coin: nothing unless it is said."""
    return {"perp": 0.0, "perp_unsettled": 0.0, "base": 0.0, "options": []} | changes


def leg(strike: float, amount: float, *, call: bool, t: float = MONTH) -> dict[str, Any]:
    """An option at a volatility of 0: worth what exercise would pay."""
    return {"t": t, "strike": strike, "call": call, "amount": amount, "vol": 0.0}


def account(
    *, cash: float = 0.0, stable: float = 1.0, of: Mapping[str, Any] | None = None, **has: Any
) -> dict[str, Any]:
    """An account in ETH."""
    return {
        "stable": stable,
        "depeg": {"threshold": 0.98, "factor": 1.2},
        "markets": {"ETH": market(**(of or {}))},
        "portfolio": {"cash": cash, "markets": {"ETH": held(**has)}},
    }


def net(case: Mapping[str, Any]) -> dict[str, float]:
    """Initial and maintenance margin left, and mark to market."""
    return margins(desk(case).requirement())


def near(value: float) -> object:
    """Equal up to rounding."""
    return pytest.approx(value, abs=1e-8)


def test_a_call_sold_out_of_the_money_needs_less_initial_margin_down_to_a_floor() -> None:
    near_by = net(account(options=[leg(2050.0, -2.0, call=True)]))
    assert near_by["im"] == near(-2 * (0.15 - 50 / 2000) * 2000)
    assert near_by["mm"] == near(-2 * 0.075 * 2000)
    assert net(account(options=[leg(3000.0, -1.0, call=True)]))["im"] == near(-0.1 * 2000)


def test_a_call_in_the_money_adds_its_mark() -> None:
    found = net(account(options=[leg(1900.0, -1.0, call=True)]))
    assert found["im"] == near(-(120 + 0.15 * 2000))
    assert found["mm"] == near(-(120 + 0.075 * 2000))
    assert found["mtm"] == near(-120.0)


def test_a_put_deep_in_the_money_needs_a_share_of_its_mark_and_more_at_first() -> None:
    found = net(account(options=[leg(10_000.0, -1.0, call=False)]))
    mark = 10_000.0 - 2020.0
    assert found["mm"] == near(-1.09 * mark)
    assert found["im"] == near(-1.05 * 1.09 * mark)


def test_a_put_out_of_the_money_is_charged_as_a_call() -> None:
    found = net(account(options=[leg(1950.0, -1.0, call=False)]))
    assert found["mm"] == near(-0.08 * 2000)
    assert found["im"] == near(-(0.15 - 50 / 2000) * 2000)


def test_a_put_near_the_floor_needs_more_than_its_maintenance() -> None:
    terms = {"option_params": OPTIONS | {"mm_put_spot_req": 0.12}}
    found = net(account(of=terms, options=[leg(1000.0, -1.0, call=False)]))
    assert found["mm"] == near(-0.12 * 2000)
    assert found["im"] == near(-1.05 * 0.12 * 2000)


def test_a_call_has_no_floor_by_its_maintenance() -> None:
    terms = {"option_params": OPTIONS | {"mm_call_spot_req": 0.12}}
    found = net(account(of=terms, options=[leg(3000.0, -1.0, call=True)]))
    assert found["im"] == near(-0.1 * 2000)
    assert found["mm"] == near(-0.12 * 2000)


def test_an_option_bought_counts_nothing_but_in_mark_to_market() -> None:
    found = net(account(options=[leg(1900.0, 1.0, call=True)]))
    assert found == {"im": 0.0, "mm": 0.0, "mtm": near(120.0)}


def test_a_spread_needs_at_most_what_it_can_lose() -> None:
    spread = [leg(2000.0, -1.0, call=True), leg(2100.0, 1.0, call=True)]
    found = net(account(options=spread))
    assert found["im"] == near(-100.0)
    assert found["mm"] == near(-100.0)


def test_a_put_can_lose_no_more_than_its_strike() -> None:
    terms = {"option_params": OPTIONS | {"max_spot_req": 1.2, "min_spot_req": 1.2}}
    found = net(account(of=terms, options=[leg(1000.0, -1.0, call=False)]))
    assert found["im"] == near(-1000.0)


def test_calls_sold_beyond_those_bought_count_a_multiple_of_the_forward() -> None:
    dear = {"max_spot_req": 1.2, "min_spot_req": 1.2, "mm_call_spot_req": 1.0}
    terms = {"option_params": OPTIONS | dear}
    spread = [leg(3000.0, -3.0, call=True), leg(2900.0, 2.0, call=True)]
    found = desk(account(of=terms, options=spread)).requirement()
    assert margins(found)["im"] == near(-1.4 * 2020)
    assert margins(found)["mm"] == near(-1.2 * 2020)
    assert found.initial is not None
    unpaired = line(found.initial, "unpaired_calls")
    assert unpaired.amount == near(1.4 * 2020)


def test_expiries_do_not_meet() -> None:
    two = {"expiries": [
        {"t": t, "fwd": 2020.0, "fwd_conf": 1.0, "vol_conf": 1.0} for t in (WEEK, MONTH)
    ]}  # fmt: skip
    legs = [leg(2000.0, -1.0, call=True, t=WEEK), leg(2000.0, 1.0, call=True)]
    found = net(account(of=two, options=legs))
    assert found["im"] == near(-(20 + 0.15 * 2000))
    assert found["mtm"] == near(0.0)


def test_a_perpetual_is_charged_at_its_own_price_and_its_cash_counts_in_full() -> None:
    found = net(account(cash=1000.0, perp=-2.0, perp_unsettled=-30.0))
    assert found["im"] == near(970 - 2 * 2010 * 0.1)
    assert found["mm"] == near(970 - 2 * 2010 * 0.05)
    assert found["mtm"] == near(970.0)


def test_open_profit_runs_from_the_settled_price_to_the_oracles() -> None:
    seen = desk(account(cash=1000.0, perp=-2.0))
    (position,) = seen.holdings.positions
    paid = replace(position, entry_price=1900.0, settled_price=2000.0, accrued_funding=3.0)
    found = replace(seen, holdings=replace(seen.holdings, positions=(paid,))).requirement()
    assert found.equity.amount == near(1000 - 2 * 10 + 3)
    assert not any("no entry" in note for note in found.notes)


def test_collateral_counts_a_share_and_less_in_initial_margin() -> None:
    found = net(account(base=3.0, stable=0.99))
    assert found["mm"] == near(3 * 2000 * 0.8)
    assert found["im"] == near(3 * 2000 * 0.8 * 0.9)
    assert found["mtm"] == near(3 * 2000 / 0.99)


@pytest.mark.parametrize(("confidence", "charged"), [(0.5, 0.0), (0.49, 0.51 * 0.4 * 2000)])
def test_a_doubtful_perpetual_adds_below_its_threshold_only(
    confidence: float, charged: float
) -> None:
    found = net(account(of={"perp_conf": confidence}, perp=1.0))
    assert found["im"] == near(-0.1 * 2010 - charged)
    assert found["mm"] == near(-0.05 * 2010)


@pytest.mark.parametrize("which", ["spot_conf", "fwd_conf", "vol_conf"])
def test_the_weakest_source_of_an_expiry_counts(which: str) -> None:
    expiry = {"t": MONTH, "fwd": 2020.0, "fwd_conf": 1.0, "vol_conf": 1.0}
    terms: dict[str, Any] = {"expiries": [expiry | ({which: 0.2} if which in expiry else {})]}
    if which == "spot_conf":
        terms["spot_conf"] = 0.2
    spread = [leg(2000.0, -1.0, call=True), leg(2100.0, 1.0, call=True)]
    found = net(account(of=terms, options=spread))
    assert found["im"] == near(-100 - 0.8 * 0.4 * 2000)
    assert found["mm"] == near(-100.0)


def test_doubtful_collateral_may_count_less_than_nothing() -> None:
    low = {"base": {"margin_factor": 0.1, "im_scale": 1.0}, "spot_conf": 0.1}
    assert net(account(of=low, base=1.0))["im"] == near((0.1 - 0.9 * 0.4) * 2000)
    assert net(account(of=low, base=1.0))["mm"] == near(0.1 * 2000)


def test_doubtful_collateral_that_counts_nothing_takes_nothing() -> None:
    none = {"base": {"margin_factor": 0.1, "im_scale": 0.0}, "spot_conf": 0.1}
    assert net(account(of=none, base=1.0))["im"] == near(0.0)


def test_a_depeg_adds_for_perpetuals_and_sold_options_alone() -> None:
    legs = [leg(2000.0, -1.0, call=True), leg(2100.0, 5.0, call=True)]
    found = net(account(stable=0.9, perp=-2.0, base=1.0, options=legs))
    straight = net(account(stable=1.0, perp=-2.0, base=1.0, options=legs))
    assert found["im"] == near(straight["im"] - (0.98 - 0.9) * 1.2 * 2000 * 3)
    assert found["mm"] == near(straight["mm"])


def test_usdc_at_the_threshold_is_not_a_depeg() -> None:
    assert net(account(stable=0.98, perp=1.0))["im"] == near(-0.1 * 2010)


def line(tree: Component, term: str) -> Component:
    """The first line of a tree with this term."""
    return next(each for each in tree.walk() if each.term == term)


def test_the_tree_says_what_decided() -> None:
    legs = [leg(2000.0, -1.0, call=True), leg(2100.0, 1.0, call=True)]
    required = desk(account(cash=1e6, options=legs)).requirement()
    assert required.initial is not None
    expiry = line(required.initial, "expiry_margin")
    assert expiry.because == "ETH 7 Jan 2026"
    assert [each.term for each in expiry.parts] == ["largest_loss"]
    assert expiry.parts[0].because == "settled at 2,100"
    assert [each.term for each in expiry.considered] == ["options_alone"]


def test_the_buffer_margin_is_a_share_of_what_is_missing_to_mark_to_market() -> None:
    required = desk(account(cash=1000.0, perp=1.0)).requirement()
    found = {each.term: each.amount for each in required.figures}
    assert found["net_maintenance_margin"] == near(1000 - 100.5)
    assert found["buffer_margin"] == near(1000 - 100.5 - 0.15 * 100.5)
    assert required.equity.amount - required.maintenance.amount == found["net_maintenance_margin"]
    assert required.excess == found["net_initial_margin"]
    assert {each.unit for each in required.figures} == {"USDC"}


@pytest.mark.parametrize(("cash", "reached"), [(100.4, True), (100.5, True), (100.6, False)])
def test_the_venue_acts_where_maintenance_margin_is_used_up(cash: float, reached: bool) -> None:
    required = desk(account(cash=cash, perp=1.0)).requirement()
    assert required.trigger.reached == reached
    assert required.trigger.figure == pytest.approx(100.5 / cash)


def test_debt_alone_is_liquidated() -> None:
    required = desk(account(cash=-1.0)).requirement()
    assert required.trigger.figure == inf
    assert required.trigger.reached
    assert not desk(account(cash=0.0)).requirement().trigger.reached


def test_stand_alone_and_isolated_are_the_margin_of_each_by_itself() -> None:
    legs = [leg(2000.0, -1.0, call=True), leg(2100.0, 1.0, call=True)]
    seen = desk(account(stable=0.9, perp=-2.0, options=legs))
    moved = risk(seen.market, seen.model.scenarios(seen.market.universe, seen.market))
    alone = seen.model.stand_alone(seen.holdings, moved)
    depeg = (0.98 - 0.9) * 1.2 * 2000
    assert alone.tolist() == [
        near(2 * 2010 * 0.1 + 2 * depeg), near(20 + 0.15 * 2000 + depeg), 0.0
    ]  # fmt: skip
    isolated = seen.model.isolated(seen.holdings, moved)
    assert isolated is not None
    assert (isolated == alone).all()
    assert seen.model.collateral_alone(seen.holdings, moved) == {}


def test_positions_of_nothing_and_coins_switched_off_change_nothing() -> None:
    seen = desk(account(cash=1000.0, base=1.0))
    zero = Position(perpetual("ETH"), 0.0)
    wide = replace(seen.holdings, positions=(*seen.holdings.positions, zero))
    other = desk(account(cash=1000.0, base=1.0, perp=1.0)).market
    settings = replace(wide.settings, collateral_enabled=("USDC",))
    required = replace(seen, holdings=replace(wide, settings=settings), market=other).requirement()
    assert required.equity.amount == 1000.0
    assert required.initial is not None
    assert required.initial.amount == 0.0


AMOUNT = st.floats(-5, 5).map(lambda size: round(size, 2))
TRUST = st.sampled_from([0.1, 0.4, 0.5, 0.6, 1.0])


@st.composite
def accounts(draw: st.DrawFn) -> dict[str, Any]:
    """Any account in two coins."""
    markets, has = {}, {}
    for coin in ("BTC", "ETH"):
        spot = draw(st.floats(500, 5000))
        expiries = [
            {"t": t, "fwd": spot * draw(st.floats(0.9, 1.1)), "fwd_conf": draw(TRUST),
             "vol_conf": draw(TRUST)}
            for t in (WEEK, MONTH)
        ]  # fmt: skip
        markets[coin] = market(
            spot=spot,
            spot_conf=draw(TRUST),
            perp_price=spot * draw(st.floats(0.95, 1.05)),
            perp_conf=draw(TRUST),
            expiries=expiries,
        )
        legs = draw(
            st.lists(
                st.fixed_dictionaries(
                    {
                        "t": st.sampled_from([WEEK, MONTH]),
                        "strike": st.floats(0.3, 2.5).map(lambda k, s=spot: round(k * s, 1)),
                        "call": st.booleans(),
                        "amount": AMOUNT.filter(bool),
                        "vol": st.floats(0.1, 2.0),
                    }
                ),
                max_size=5,
            )
        )
        size = draw(AMOUNT)
        has[coin] = held(
            perp=size,
            perp_unsettled=draw(AMOUNT) if size else 0.0,
            base=abs(draw(AMOUNT)),
            options=legs,
        )
    return {
        "stable": draw(st.sampled_from([0.9, 0.979, 0.98, 1.0, 1.01])),
        "depeg": {"threshold": 0.98, "factor": 1.2},
        "markets": markets,
        "portfolio": {"cash": draw(st.floats(-1e4, 1e4)), "markets": has},
    }


@given(accounts())
@settings(max_examples=150, deadline=None)
def test_a_second_computation_agrees(case: dict[str, Any]) -> None:
    found, expected = net(case), figures(case)
    assert found == {key: pytest.approx(each, rel=1e-9, abs=1e-6) for key, each in expected.items()}


def test_the_day_of_the_market_is_the_day_of_the_parameters() -> None:
    assert desk(account(cash=1.0, perp=1.0)).requirement().label == "exact"
    seen = desk(account(cash=1.0, perp=1.0))
    later = replace(seen.market, as_of=DAY + timedelta(days=1))
    label = replace(seen, market=later).requirement().label
    assert label == "exact except parameters of another date"


def test_terms_that_contradict_each_other_are_refused() -> None:
    wrong = {"ETH": market(perp_req={"mm": 0.2, "im": 0.1})}
    with pytest.raises(Exception, match=r"ETH\.mm_perp_req is 0\.2; it must not exceed"):
        model(wrong, {"threshold": 0.98, "factor": 1.2})


def test_empty_account_has_one_pool() -> None:
    seen = desk(account())
    required = replace(seen, holdings=Holdings()).requirement()
    assert (required.pool, required.currency, required.headline.amount) == ("USDC", "USDC", 0.0)
    assert np.isfinite(required.trigger.figure)
