"""Single rules of Paradex by figures made by hand."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from riskcore.holdings import Holdings, Order
from riskcore.margin.venues.paradex.account import cut, liquidation
from riskcore.naming import paradex
from tests.riskcore.margin.venues.paradex import scalar
from tests.riskcore.margin.venues.paradex.desk import (
    AUTUMN,
    PERPETUAL,
    figure,
    find,
    held,
    line,
    market,
    priced,
    required,
)

SPOT = {"BTC": 70_000.0, "ETH": 2_000.0}
CALL, PUT = "BTC-USD-25SEP26-80000-C", "BTC-USD-25SEP26-60000-P"
NEAR, FAR = "BTC-USD-21AUG26-70000-C", "BTC-USD-25DEC26-70000-C"
FLAT = {"mark": 70_000.0, "delta": 1.0, "funding_8h": 0.0}
QUOTES = {
    PERPETUAL: FLAT,
    CALL: {"mark": 1_500.0, "vol": 0.5, "delta": 0.25},
    PUT: {"mark": 800.0, "vol": 0.6, "delta": -0.15},
}


def option(quotes: dict, name: str, vol: float, move: float, **rules: object) -> float:  # type: ignore[type-arg]
    """Shocked volatility of an option after the first scenario with this volatility move."""
    overrides = {"rules": rules} if rules else None
    there = market(quotes, SPOT, AUTUMN)
    bound, moved = priced("portfolio", there, overrides)
    table = bound.parameters.moves("BTC")
    column = 1 + next(place for place, each in enumerate(table) if each.vol == move)
    row = there.universe.row(paradex.parse(name))
    return float(moved.scenarios.vol[row, column])


# Cross margin


def test_long_option_needs_its_premium_at_most_a_share_of_spot() -> None:
    there = market(QUOTES, SPOT, AUTUMN)
    assert required("cross", there, held({CALL: 2.0})).headline.amount == 2 * 1_500.0
    dear = market({CALL: {"mark": 20_000.0, "vol": 0.5}}, SPOT, AUTUMN)
    found = required("cross", dear, held({CALL: 2.0}))
    assert found.headline.amount == pytest.approx(2 * 0.2 * 70_000)
    assert found.maintenance.amount == pytest.approx(2 * 0.1 * 70_000)


def test_a_line_says_how_many_it_is_for() -> None:
    there = market(QUOTES, SPOT, AUTUMN)
    found = required("cross", there, held({CALL: -2.0, PERPETUAL: 1.5})).headline
    said = {each.term: each.because for each in found.walk()}
    assert said[PERPETUAL] == "1.5 × 0.02 × 70,000"
    assert said[CALL] == "2 × max(0.15 × 70,000 − 10,000, 0.1 × spot)"


def test_short_call_counts_what_it_is_out_of_the_money() -> None:
    there = market(QUOTES, SPOT, AUTUMN)
    found = required("cross", there, held({CALL: -2.0}))
    assert found.headline.amount == pytest.approx(2 * 7_000)  # max(10,500 - 10,000, 7,000)
    near = "BTC-USD-25SEP26-72000-C"
    there = market({near: {"mark": 1_500.0, "vol": 0.5}}, SPOT, AUTUMN)
    found = required("cross", there, held({near: -1.0}))
    assert found.headline.amount == pytest.approx(10_500 - 2_000)
    assert found.maintenance.amount == pytest.approx(3_500)  # max(5,250 - 2,000, 3,500)


def test_short_put_is_out_of_the_money_below_spot() -> None:
    near = "BTC-USD-25SEP26-68000-P"
    there = market({near: {"mark": 1_500.0, "vol": 0.5}}, SPOT, AUTUMN)
    assert required("cross", there, held({near: -1.0})).headline.amount == pytest.approx(8_500)


def test_short_put_is_capped_and_a_call_is_not() -> None:
    side = {"premium_multiplier": 1, "long_itm": 0.2, "short_otm": 0.1, "short_put_cap": 0.5}
    overrides = {"BTC": {"option_imf": side | {"short_itm": 0.8}}}
    inside, call = "BTC-USD-25SEP26-80000-P", "BTC-USD-25SEP26-60000-C"
    quotes = {name: {"mark": 11_000.0, "vol": 0.5} for name in (inside, call)}
    there = market(quotes, SPOT, AUTUMN)
    assert required("cross", there, held({inside: -1.0}), overrides).headline.amount == 35_000
    assert required("cross", there, held({call: -1.0}), overrides).headline.amount == 56_000


def test_put_cap_of_the_maintenance_margin_was_lowered_in_august() -> None:
    for at, cap in ((datetime(2026, 5, 1, tzinfo=UTC), 0.5), (AUTUMN, 0.25)):
        bound, _ = priced("cross", market({PERPETUAL: FLAT}, SPOT, at))
        assert bound.parameters.bound.selection.tables["BTC"]["option_mmf"].short_put_cap == cap


def test_orders_count_the_larger_side_alone() -> None:
    there = market(QUOTES, SPOT, AUTUMN)

    def needed(position: float, *orders: tuple[str, float, float]) -> float:
        return required("cross", there, held({PERPETUAL: position}, orders=orders)).headline.amount

    one = 0.02 * 70_000
    buy, sell = (PERPETUAL, 3.0, 70_000.0), (PERPETUAL, -4.0, 70_000.0)
    assert needed(1.0) == pytest.approx(one)
    assert needed(1.0, buy) == pytest.approx(4 * one)
    assert needed(1.0, sell) == pytest.approx(3 * one)
    assert needed(1.0, buy, sell) == pytest.approx(4 * one)
    assert needed(-1.0, buy, sell) == pytest.approx(5 * one)


def test_orders_leave_the_maintenance_margin_alone() -> None:
    there = market(QUOTES, SPOT, AUTUMN)
    orders = ((PERPETUAL, 3.0, 71_000.0), (CALL, -2.0, 1_400.0))
    found = required("cross", there, held({PERPETUAL: 1.0}, orders=orders))
    assert found.maintenance.amount == pytest.approx(0.5 * 0.02 * 70_000)


def test_orders_for_options_count_each_side_at_its_own_rate() -> None:
    there = market(QUOTES, SPOT, AUTUMN)
    book = held({CALL: 1.0}, orders=((CALL, -3.0, 1_500.0), (CALL, 2.0, 1_500.0)))
    found = required("cross", there, book)
    assert found.headline.amount == pytest.approx(max(3 * 1_500, 2 * 7_000))
    assert found.label == "exact except open orders for options"


def test_aggressive_orders_reserve_what_they_lose() -> None:
    there = market(QUOTES, SPOT, AUTUMN)
    orders = ((PERPETUAL, 0.1, 71_000.0), (PERPETUAL, 0.1, 69_000.0), (PERPETUAL, -0.2, 69_500.0))
    found = required("cross", there, held({}, orders=orders))
    losses = [each.amount for each in found.headline.walk() if each.term == "open_loss"]
    assert losses == [pytest.approx(0.1 * 1_000 + 0.2 * 500)]


def test_order_that_only_reduces_needs_nothing() -> None:
    there = market(QUOTES, SPOT, AUTUMN)
    order = Order(paradex.parse(PERPETUAL), -5.0, 60_000.0, reduce_only=True)
    for model in ("cross", "portfolio"):
        plain = required(model, there, held({PERPETUAL: 1.0}))
        resting = Holdings(held({PERPETUAL: 1.0}).positions, {}, (order,))
        found = required(model, there, resting)
        assert found.headline.amount == plain.headline.amount
        assert "orders that only reduce a position require nothing" in found.notes


def test_a_lower_leverage_raises_the_requirement() -> None:
    there = market(QUOTES, SPOT, AUTUMN)
    book = held({PERPETUAL: 1.0}, leverage=10.0)
    found = required("cross", there, book)
    assert found.headline.amount == pytest.approx(7_000)
    assert found.maintenance.amount == pytest.approx(3_500)
    switched = required("cross", there, book, {"rules": {"leverage_in_maintenance": False}})
    assert switched.maintenance.amount == pytest.approx(700)
    higher = required("cross", there, held({PERPETUAL: 1.0}, leverage=100.0))
    assert higher.headline.amount == pytest.approx(1_400)


def test_fees_of_options_are_capped_and_counted_in_maintenance() -> None:
    there = market(QUOTES, SPOT, AUTUMN)
    fees = {"fees": {"option": 0.01, "perpetual": 0.001}}
    book = held({CALL: 2.0, PERPETUAL: -1.0}, orders=((PERPETUAL, -2.0, 70_000.0),))
    for model in ("cross", "portfolio"):
        found = required(model, there, book, fees)
        options, perpetual = 2 * 0.125 * 1_500, 0.001 * 70_000
        initial = line(found.initial, "fee_provision").amount
        assert initial == pytest.approx(options + 3 * perpetual)
        kept = line(found.maintenance, "fee_provision").amount
        assert kept == pytest.approx(options + perpetual)
    cheap = required("portfolio", there, held({CALL: 2.0}), {"fees": {"option": 0.0002}})
    assert line(cheap.initial, "fee_provision").amount == pytest.approx(2 * 0.0002 * 70_000)


# The account


def test_account_value_counts_usdc_at_its_price_and_costs_in_usdc() -> None:
    there = market(QUOTES, SPOT, AUTUMN, usdc=0.8)
    book = held({PERPETUAL: 2.0}, {"USDC": 1_000.0}, entry_price=80_000.0, accrued_funding=50.0)
    found = required("cross", there, book)
    profit = 2 * (70_000 - 80_000 * 0.8)
    assert found.equity.amount == pytest.approx(800 + profit + 40)
    assert figure(found, "account_value") == found.equity.amount
    assert figure(found, "total_collateral") == pytest.approx(800)
    assert figure(found, "free_collateral") == pytest.approx(800)  # at most the balance
    cushion = found.equity.amount - found.maintenance.amount
    assert figure(found, "margin_cushion") == pytest.approx(cushion)
    assert found.pool == "USDC"
    assert found.currency == "USD"


def test_free_collateral_is_what_the_initial_margin_leaves() -> None:
    found = required("cross", market(QUOTES, SPOT, AUTUMN), held({PERPETUAL: 1.0}, {"USDC": 2e3}))
    assert figure(found, "free_collateral") == pytest.approx(2_000 - 1_400)


def test_options_count_their_profit_and_not_their_value() -> None:
    there = market(QUOTES, SPOT, AUTUMN)
    bought = required("cross", there, held({CALL: 2.0}, {"USDC": 100.0}, entry_price=1_400.0))
    assert bought.equity.amount == pytest.approx(100 + 2 * 100)
    unknown = required("cross", there, held({CALL: 2.0}, {"USDC": 100.0}))
    assert unknown.equity.amount == pytest.approx(100)
    assert any("has no entry" in note for note in unknown.notes)


def test_tokens_require_all_they_are_worth() -> None:
    there = market(QUOTES, SPOT, AUTUMN)
    book = held({PERPETUAL: 1.0}, {"USDC": 10_000.0, "ETH": 2.0})
    for model in ("cross", "portfolio"):
        found = required(model, there, book)
        assert line(found.initial, "token_charge").amount == 4_000
        assert line(found.maintenance, "token_charge").amount == 4_000
        assert found.equity.amount == 14_000
        assert "tokens other than USDC" in found.label
        apart = required(model, there, book, {"rules": {"account_value": "usdc_only"}})
        assert apart.equity.amount == 10_000
        assert any("not in the account value" in each for each in apart.notes)


def test_margin_ratio_is_maintenance_over_account_value() -> None:
    found = required("cross", market(QUOTES, SPOT, AUTUMN), held({PERPETUAL: 1.0}, {"USDC": 700.0}))
    assert found.trigger.figure == pytest.approx(1.0)
    assert found.trigger.level == 1.0
    assert found.trigger.above


def test_liquidation_is_the_smallest_share_that_heals() -> None:
    assert liquidation(100.0, 100.0, 0.7) is None  # not above 1 yet
    stated = liquidation(80.0, 88.8, 0.7)
    assert stated is not None
    assert stated.share == pytest.approx(0.6)  # the stated fee heals only with 60 %
    ratios = [round(cut(share, 80.0, 88.8, 0.7).ratio, 3) for share in (0.2, 0.4, 0.6, 0.8)]
    assert ratios == [1.051, 0.966, 0.832, 0.587]
    table = liquidation(80.0, 88.8, 0.5)
    assert table is not None
    assert table.share == pytest.approx(0.4)
    finer = liquidation(100.0, 101.0, 0.7)  # 30 % would be enough
    assert finer is not None
    assert finer.share == pytest.approx(0.4)
    assert liquidation(-1.0, 50.0, 0.7) == cut(1.0, -1.0, 50.0, 0.7)
    bound = required(
        "cross",
        market(QUOTES, SPOT, AUTUMN),
        held({PERPETUAL: 1.0}, {"USDC": 630.0}),
        {"rules": {"liquidation_fee": 0.5}},
    )
    assert figure(bound, "liquidation_share") == pytest.approx(0.4)
    assert figure(bound, "liquidation_penalty") == pytest.approx(0.4 * 0.5 * 700)


# The scan


def test_volatility_moves_more_for_short_options() -> None:
    quotes = {name: {"mark": 2_000.0, "vol": 0.8} for name in (NEAR, CALL, FAR)}
    at = AUTUMN  # 19.83 hours, 35.83 days and 126.83 days before 08:00
    days = [
        (datetime(2026, *day, 8, tzinfo=UTC) - at).total_seconds() / 86_400
        for day in ((8, 21), (9, 25), (12, 25))
    ]
    assert option(quotes, NEAR, 0.8, 0.4) == pytest.approx(0.8 * (1 + 0.4 * 30**0.3))  # floor: 1
    assert option(quotes, CALL, 0.8, 0.4) == pytest.approx(0.8 * (1 + 0.4 * (30 / days[1]) ** 0.13))
    assert option(quotes, FAR, 0.8, -0.22) == pytest.approx(
        0.8 * (1 - 0.22 * (30 / days[2]) ** 0.13)
    )


def test_power_changes_at_thirty_days() -> None:
    name = "BTC-USD-25SEP26-70000-C"
    expiry = datetime(2026, 9, 25, 8, tzinfo=UTC)
    for days, power in ((29.5, 0.3), (30.5, 0.13)):
        at = expiry - timedelta(days=days)
        bound, moved = priced("portfolio", market({name: {"mark": 1.0, "vol": 0.8}}, SPOT, at))
        column = 1 + next(i for i, one in enumerate(bound.parameters.moves("BTC")) if one.vol < 0)
        expected = 0.8 * (1 - 0.22 * (30 / days) ** power)
        assert float(moved.scenarios.vol[0, column]) == pytest.approx(expected)


def test_least_volatility_after_an_upward_shock_is_a_switch() -> None:
    quotes = {FAR: {"mark": 2_000.0, "vol": 0.2}}
    days = (datetime(2026, 12, 25, 8, tzinfo=UTC) - AUTUMN).total_seconds() / 86_400
    scale = (30 / days) ** 0.13
    assert 0.2 * (1 + 0.4 * scale) < 0.4
    assert option(quotes, FAR, 0.2, 0.4) == pytest.approx(0.4)
    assert option(quotes, FAR, 0.2, 0.4, vol_floor="shock") == pytest.approx(0.2 * 1.4)
    assert option(quotes, FAR, 0.2, -0.22) == pytest.approx(0.2 * (1 - 0.22 * scale))
    assert option(quotes, FAR, 0.2, -0.22, vol_floor="shock") == pytest.approx(
        0.2 * (1 - 0.22 * scale)
    )


def test_perpetual_moves_with_its_basis() -> None:
    quotes = {PERPETUAL: {**FLAT, "mark": 71_400.0}}  # 2 % above spot
    found = required("portfolio", market(quotes, SPOT, AUTUMN), held({PERPETUAL: -1.0}))
    assert line(found.initial, "scan_risk").amount == pytest.approx(0.16 * 71_400)


def test_option_is_discounted_at_the_perpetual_s_rate() -> None:
    call = {"mark": 1_500.0, "vol": 0.5, "delta": 0.0, "rate": 0.5}
    quotes = {PERPETUAL: {**FLAT, "rate": 0.05}, CALL: call}
    days = (datetime(2026, 9, 25, 8, tzinfo=UTC) - AUTUMN).total_seconds() / 86_400
    leg = scalar.Leg(1_500.0, 0.0, 80_000.0, days, 0.5, 1)
    rows = scalar.table((0.16, 0.12, 0.08, 0.04), (0.4, -0.22), {5.0: 0.024})
    worst = [
        max(
            weight * (scalar.moved(leg, 70_000.0, 0.0, s, v, rate, 0.4, scalar.exact) - 1_500)
            for s, v, weight in rows
        )
        for rate in (0.05, 0.5)
    ]
    assert worst[1] > 1.005 * worst[0]
    together = required("portfolio", market(quotes, SPOT, AUTUMN), held({CALL: -1.0}))
    assert line(together.initial, "scan_risk").amount == pytest.approx(worst[0])
    alone = required("portfolio", market({CALL: call}, SPOT, AUTUMN), held({CALL: -1.0}))
    assert line(alone.initial, "scan_risk").amount == pytest.approx(worst[1])


def test_profit_fades_in_the_last_half_hour() -> None:
    expiry = datetime(2026, 8, 21, 8, tzinfo=UTC)
    quotes = {PERPETUAL: FLAT, NEAR: {"mark": 100.0, "vol": 0.5, "delta": 0.5}}

    def lost(minutes: float) -> float:
        there = market(quotes, SPOT, expiry - timedelta(minutes=minutes))
        return line(required("portfolio", there, held({NEAR: -1.0})).initial, "scan_risk").amount

    whole = lost(31.0)
    assert whole == pytest.approx(0.16 * 70_000 - 100, rel=1e-3)
    assert lost(15.0) == pytest.approx(0.5 * (0.16 * 70_000 - 100), rel=1e-3)
    orders = ((NEAR, -1.0, 100.0),)
    there = market(quotes, SPOT, expiry - timedelta(minutes=15))
    resting = required("portfolio", there, held({}, orders=orders))
    assert line(resting.initial, "scan_risk").amount == pytest.approx(lost(15.0))


def test_orders_only_add_losses() -> None:
    there = market(QUOTES, SPOT, AUTUMN)
    book = {PERPETUAL: 1.0}
    sell = ((PERPETUAL, -1.0, 70_000.0),)
    alone = required("portfolio", there, held(book))
    hedged = required("portfolio", there, held(book, orders=sell))
    assert line(hedged.initial, "scan_risk").amount == line(alone.initial, "scan_risk").amount
    buy = ((PERPETUAL, 2.0, 69_000.0),)
    more = required("portfolio", there, held(book, orders=buy))
    lost = 0.16 * 70_000 + 2 * (69_000 - 0.84 * 70_000)
    assert line(more.initial, "scan_risk").amount == pytest.approx(lost)
    assert more.maintenance.amount == alone.maintenance.amount
    assert line(more.initial, "scan_risk").parts[-1].term == "open_orders_margin"


def test_tail_counts_by_its_weight() -> None:
    quotes = {PERPETUAL: FLAT, CALL: {"mark": 1_500.0, "vol": 0.5, "delta": 0.25}}
    found = required("portfolio", market(quotes, SPOT, AUTUMN), held({CALL: -5.0, PERPETUAL: 1.0}))
    assert found.worst_scenario == "BTC +500 %, vol up, weight 0.024"
    lost = 0.024 * (5 * (420_000 - 80_000 - 1_500) - 350_000)
    assert line(found.initial, "scan_risk").amount == pytest.approx(lost, rel=1e-6)
    assert found.losses.group.count("extended") == 8
    assert len(found.losses.label) == 25


def test_scan_never_falls_below_zero() -> None:
    cheap = {CALL: {"mark": 1e-6, "vol": 0.5, "delta": 0.0}}
    found = required("portfolio", market(cheap, SPOT, AUTUMN), held({CALL: 1.0}))
    assert found.headline.amount == 0
    assert found.worst_scenario == ""


# Minimum delta, funding


def charge(positions: dict[str, float], *orders: tuple[str, float, float]) -> float:
    found = required("portfolio", market(QUOTES, SPOT, AUTUMN), held(positions, orders=orders))
    return line(found.initial, "minimum_delta").amount / 70_000


def test_minimum_delta_of_positions() -> None:
    assert charge({PERPETUAL: 1.0}) == pytest.approx(0.02)
    assert charge({PERPETUAL: 1.0, CALL: -4.0}) == pytest.approx(0.01)
    assert charge({PERPETUAL: 1.0, CALL: -8.0}) == pytest.approx(0.02 * 1 + 0.01 * 1)
    assert charge({PERPETUAL: 1.0, PUT: 2.0}) == pytest.approx(0.02 * 0.7 + 0.01 * 0.3)


def test_minimum_delta_with_orders_takes_the_worse_side() -> None:
    buy, sell = (PERPETUAL, 2.0, 50_000.0), (PERPETUAL, -5.0, 99_000.0)
    assert charge({PERPETUAL: 1.0}, buy) == pytest.approx(0.02 * 3)
    # the larger of 1 + 2 long and 5 - 1 short stands open, the rest of the larger side is hedged
    assert charge({PERPETUAL: 1.0}, buy, sell) == pytest.approx(0.02 * 4 + 0.01 * 1)
    assert charge({PERPETUAL: 3.0}, sell) == pytest.approx(0.02 * 3 + 0.01 * 2)
    assert charge({PERPETUAL: -3.0}, (PERPETUAL, 5.0, 1.0)) == pytest.approx(0.02 * 3 + 0.01 * 2)
    assert charge({}, sell) == pytest.approx(0.02 * 5)


def test_delta_is_black_s_where_the_venue_states_none() -> None:
    quotes = {CALL: {"mark": 1_500.0, "vol": 0.5}}
    there = market(quotes, SPOT, AUTUMN)
    _, moved = priced("portfolio", there)
    found = required("portfolio", there, held({CALL: 1.0}))
    black = float(moved.greeks.delta[0])
    assert 0 < black < 1
    assert line(found.initial, "minimum_delta").amount == pytest.approx(0.02 * black * 70_000)


def test_alone_a_position_needs_its_delta_at_least() -> None:
    cheap = {CALL: {"mark": 1e-6, "vol": 0.5, "delta": 0.2}}
    bound, moved = priced("portfolio", market(cheap, SPOT, AUTUMN))
    alone = bound.stand_alone(held({CALL: 1.0}), moved)
    assert alone == pytest.approx(np.array([0.02 * 0.2 * 70_000]))


def test_maintenance_is_half_of_what_positions_need() -> None:
    there = market(QUOTES, SPOT, AUTUMN)
    found = required("portfolio", there, held({PERPETUAL: 1.0}))
    assert found.maintenance.amount == pytest.approx(0.5 * found.headline.amount)


def test_funding_is_provided_for_eight_hours_and_nets() -> None:
    quotes = QUOTES | {
        PERPETUAL: FLAT | {"funding_8h": 0.001},
        "ETH-USD-PERP": {"mark": 2_000.0, "delta": 1.0, "funding_8h": 0.001},
    }
    there = market(quotes, SPOT, AUTUMN)

    def funding(book: Holdings, maintenance: bool = False) -> float:
        found = required("portfolio", there, book)
        tree = found.maintenance if maintenance else found.headline
        lines = [each.amount for each in tree.walk() if each.term == "funding_provision"]
        return sum(lines)

    assert funding(held({PERPETUAL: 2.0})) == pytest.approx(140)
    assert funding(held({PERPETUAL: -2.0})) == 0
    sell = ((PERPETUAL, -1.5, 70_000.0),)
    assert funding(held({PERPETUAL: 2.0}, orders=sell)) == pytest.approx(35)
    assert funding(held({PERPETUAL: 2.0}, orders=sell), maintenance=True) == pytest.approx(140)
    both = held({PERPETUAL: 2.0, "ETH-USD-PERP": -100.0})
    assert funding(both) == pytest.approx(140)  # coins do not net
    longer = required(
        "portfolio", there, held({PERPETUAL: 2.0}), {"scan": {"funding_provision_hour": 4}}
    )
    assert line(longer.initial, "funding_provision").amount == pytest.approx(70)


def test_coins_add_up() -> None:
    quotes = QUOTES | {"ETH-USD-PERP": {"mark": 2_000.0, "delta": 1.0, "funding_8h": 0.0}}
    there = market(quotes, SPOT, AUTUMN)
    parts = [
        required("portfolio", there, held(book)).headline.amount
        for book in ({PERPETUAL: 1.0}, {"ETH-USD-PERP": -35.0})
    ]
    found = required("portfolio", there, held({PERPETUAL: 1.0, "ETH-USD-PERP": -35.0}))
    assert found.headline.amount == pytest.approx(sum(parts))
    assert found.losses.sets == ("BTC", "ETH")
    assert "several underlyings together" in found.label


def test_isolated_rule_of_a_portfolio_account_is_cross_margin() -> None:
    there = market(QUOTES, SPOT, AUTUMN)
    bound, moved = priced("portfolio", there)
    book = held({PERPETUAL: 1.0, CALL: 2.0})
    alone = bound.isolated(book, moved)
    assert alone == pytest.approx(np.array([1_400.0, 3_000.0]))
    quotes = {"HYPE-USD-PERP": {"mark": 40.0}}
    bound, moved = priced("portfolio", market(quotes, {"HYPE": 40.0}, AUTUMN))
    assert bound.isolated(held({"HYPE-USD-PERP": 1.0}), moved) is None


def test_a_tree_shows_what_lost() -> None:
    found = required("portfolio", market(QUOTES, SPOT, AUTUMN), held({PERPETUAL: 1.0}))
    net = line(found.initial, "net_portfolio_margin")
    assert net.parts[0].term == "scan_risk"
    assert net.considered[0].term == "minimum_delta"
    assert find(found.headline, "funding_provision") is None
