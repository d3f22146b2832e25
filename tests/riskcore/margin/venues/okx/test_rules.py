"""OKX's rules that no published figure reaches, by hand; refusals, labels, dates."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from riskcore.errors import MarketError, Unsupported
from riskcore.holdings import Balance, Holdings, MarginMode, Order, Position, Settings, Side
from riskcore.margin.venues.okx.unit import cross_hedges
from riskcore.naming import okx
from tests.builders import NOON, library
from tests.riskcore.margin.venues.okx.cases import sample_book, sample_market
from tests.riskcore.margin.venues.plain import (
    INDEX,
    amount,
    answered,
    every,
    plain_book,
    plain_market,
)

PERPETUAL, PUT, CALL = "BTC-USDT-SWAP", "BTC-USD-260327-60000-P", "BTC-USD-260327-90000-C"
ROW = {
    "days_to": 60.0,
    "points_up": 0.3,
    "points_down": 0.1,
    "percent_up": 0.2,
    "percent_down": 0.5,
}
SHOCKS = {"options": {"volatility_shocks": [ROW]}}


def portfolio(
    positions: Mapping[str, float],
    balances: Mapping[str, float] | None = None,
    *,
    at: datetime = NOON,
    overrides: Mapping[str, Mapping[str, object]] | None = None,
    index: Mapping[str, float] = INDEX,
):
    priced = plain_market("okx", *positions, as_of=at, index=index)
    held = plain_book(priced, positions, balances)
    return answered("okx/portfolio", priced, held, overrides)[0]


def test_options_without_the_volatility_table_are_refused_with_the_key_that_would_do() -> None:
    with pytest.raises(Unsupported) as caught:
        portfolio({PUT: -1.0})
    assert str(caught.value) == (
        "OKX does not publish by how much it moves the volatility of options; give "
        "volatility_shocks as an override of options: rows of days_to, points_up, points_down, "
        "percent_up, percent_down"
    )


def test_with_the_table_there_are_21_cells_and_each_is_the_worse_of_both_variants() -> None:
    found = portfolio({PUT: -100.0}, overrides=SHOCKS)
    assert found.losses.group.count("standard") == 21
    assert found.losses.group.count("extended") == 3
    same_points = ROW | {"percent_up": 0.3 / 0.6, "percent_down": 0.1 / 0.6}  # volatility is 60 %
    same_percent = ROW | {"points_up": 0.2 * 0.6, "points_down": 0.5 * 0.6}
    points, percent = (
        portfolio({PUT: -100.0}, overrides={"options": {"volatility_shocks": [row]}}).losses.profit[
            0
        ][:21]
        for row in (same_points, same_percent)
    )
    assert found.losses.profit[0][:21] == pytest.approx(
        [min(pair) for pair in zip(points, percent, strict=True)]
    )
    assert amount(found.maintenance, "mr1") == pytest.approx(-min(found.losses.profit[0][:21]))
    assert found.worst_scenario == "BTC −12 %, vol up"
    assert found.label.startswith("approximate: the user's volatility shocks, MR3 and MR5 missing")
    assert "MR3 (vega across expiries) and MR5 (interest rates) are not published and count 0" in (
        found.notes
    )


def test_the_last_row_of_the_table_holds_for_all_later_expiries() -> None:
    short = ROW | {"days_to": 5.0, "points_up": 9.0}
    both = portfolio({PUT: -1.0}, overrides={"options": {"volatility_shocks": [short, ROW]}})
    alone = portfolio({PUT: -1.0}, overrides={"options": {"volatility_shocks": [ROW]}})
    assert both.losses == alone.losses


def test_time_decay_decides_where_nothing_else_loses() -> None:
    still = {"days_to": 60.0, **dict.fromkeys(list(ROW)[1:], 0.0)}
    held = {PUT: 100.0, CALL: 100.0}
    overrides = {"options": {"volatility_shocks": [still]}}
    small = {"group1": {"spot_moves": [0.0001], "extreme_move": 0.0001}}
    found = portfolio(held, overrides=overrides | small)
    decay = amount(found.maintenance, "mr2")
    assert decay > max(amount(found.maintenance, key) for key in ("mr1", "mr6"))
    assert found.worst_scenario == "BTC 24 hours later"
    assert amount(found.maintenance, "worst_shock") == decay
    off = portfolio(held, overrides=overrides | small | {"rules": {"time_decay": False}})
    assert amount(off.maintenance, "mr2") == 0


def test_spot_counts_up_to_the_delta_that_it_offsets() -> None:
    short = portfolio({PERPETUAL: -200.0}, {"BTC": 5.0})  # 2 coins short, 5 held
    assert amount(short.maintenance, "mr1") == pytest.approx(0, abs=1e-6)
    assert amount(short.maintenance, "spot_basis") == pytest.approx(0.002 * 2 * 70_000)
    part = portfolio({PERPETUAL: -200.0}, {"BTC": 0.5})
    assert amount(part.maintenance, "mr1") == pytest.approx(0.12 * 1.5 * 70_000)
    used = sorted(each.amount for each in every(part.maintenance, "spot_in_use"))
    assert used == pytest.approx([-0.24 * 0.5 * 70_000, -0.12 * 0.5 * 70_000])
    same = portfolio({PERPETUAL: 200.0}, {"BTC": 0.5})
    assert amount(same.maintenance, "mr1") == pytest.approx(0.12 * 2 * 70_000)
    assert "spot in use" in short.label
    assert "spot in use" not in same.label


def test_basis_takes_the_larger_of_flat_and_yearly_move_of_each_expiry() -> None:
    held = {"BTC-USDT-260327": 100.0, "BTC-USDT-260626": -100.0, PERPETUAL: 100.0}
    lines = {
        each.because.partition(":")[0]: each.amount
        for each in every(portfolio(held).maintenance, "expiry_basis")
    }
    years = (datetime(2026, 6, 26, 8, tzinfo=UTC) - NOON).total_seconds() / (365 * 86_400)
    assert lines["26 Jun 2026"] == pytest.approx(0.05 * years * 70_000)
    assert lines["perpetuals"] == pytest.approx(0.002 * 70_000)
    flat = portfolio(held, overrides={"rules": {"basis_rate": "flat"}})
    assert amount(flat.maintenance, "mr4") == pytest.approx(3 * 0.002 * 70_000)
    yearly = portfolio({PERPETUAL: 100.0}, overrides={"rules": {"basis_rate": "yearly"}})
    assert amount(yearly.maintenance, "mr4") == 0


def test_closing_cost_is_the_least_margin_of_a_hedged_book() -> None:
    held = {PERPETUAL: 30_000.0, "BTC-USDT-260327": -30_000.0}  # 21 million USD either way
    found = portfolio(held)
    raw = 0.0045 * 42e6
    expected = 10e3 + 60e3 * 2 + 100e3 * 4 + (raw - 170e3) * 6
    assert amount(found.maintenance, "mr7") == pytest.approx(expected)
    assert found.maintenance.amount == pytest.approx(expected)
    assert found.headline.amount == pytest.approx(1.3 * expected)


def test_closing_cost_counts_options_by_their_delta_unless_the_switch_says_not() -> None:
    charged = portfolio({PUT: -100.0}, overrides=SHOCKS)
    priced = plain_market("okx", PUT)
    held = plain_book(priced, {PUT: -100.0})
    _, _, moved = answered("okx/portfolio", priced, held, SHOCKS)
    delta = abs(float(moved.greeks.delta[0])) * 100 * 70_000
    assert amount(charged.maintenance, "mr7") == pytest.approx(0.0045 * delta)
    off = portfolio({PUT: -100.0}, overrides=SHOCKS | {"rules": {"option_delta_in_closing": False}})
    assert amount(off.maintenance, "mr7") == 0


def test_stand_alone_is_at_least_the_closing_cost() -> None:
    priced = plain_market("okx", PERPETUAL)
    held = plain_book(priced, {PERPETUAL: 10.0})
    dear = {"group1": {"closing_rate": 0.5}}
    found, model, moved = answered("okx/portfolio", priced, held, dear)
    assert model.stand_alone(held, moved) == pytest.approx([1.3 * 3_500])
    assert found.headline.amount == pytest.approx(1.3 * 3_500)


def test_cross_hedges_are_used_up_in_the_order_of_the_pairs() -> None:
    assert cross_hedges({"USDT": 10.0, "USDC": -7.0, "USD": -4.0}) == [
        ("USDT-USD", 4.0),
        ("USDT-USDC", 6.0),
    ]
    assert cross_hedges({"USDT": 2.0, "USDC": 9.0, "USD": -5.0}) == [
        ("USDT-USD", 2.0),
        ("USDC-USD", 3.0),
    ]
    assert cross_hedges({"USDT": 1.0, "USDC": 0.0, "USD": 5.0}) == []


def test_cross_hedge_rates_were_cut_in_january_2025() -> None:
    held = {PERPETUAL: 1_000.0, "BTC-USD-SWAP": -7_000.0}  # 700,000 USD either way
    before = portfolio(held, at=datetime(2024, 12, 1, tzinfo=UTC))
    after = portfolio(held)
    assert amount(before.maintenance, "mr9") == pytest.approx(700e3 * 0.0075)
    assert amount(after.maintenance, "mr9") == pytest.approx(700e3 * 0.005)
    assert "MR9" in after.label
    assert "the gains of dated and inverse contracts" in after.label


@pytest.mark.parametrize(
    ("at", "move"),
    [(datetime(2024, 12, 1, tzinfo=UTC), 0.3), (datetime(2025, 2, 1, tzinfo=UTC), 0.24)],
)
def test_extreme_move_was_cut_on_6_january_2025(at: datetime, move: float) -> None:
    found = portfolio({PERPETUAL: 100.0}, at=at)
    assert amount(found.maintenance, "extreme_loss") == pytest.approx(move * 70_000)
    assert amount(found.maintenance, "mr6") == pytest.approx(move * 35_000)


@pytest.mark.parametrize(
    ("name", "coin", "move", "extreme"),
    [
        ("ETH-USDT-SWAP", "ETH", 0.12, 0.24),
        ("SOL-USDT-SWAP", "SOL", 0.18, 0.36),
        ("UNI-USDT-SWAP", "UNI", 0.25, 0.5),
    ],
)
def test_each_group_has_its_own_moves(name: str, coin: str, move: float, extreme: float) -> None:
    found = portfolio({name: 100.0}, index={**INDEX, "SOL": 100.0, "UNI": 10.0})
    value = 100 * okx.parse(name).multiplier * {**INDEX, "SOL": 100.0, "UNI": 10.0}[coin]
    assert amount(found.maintenance, "mr1") == pytest.approx(move * value)
    assert amount(found.maintenance, "extreme_loss") == pytest.approx(extreme * value)
    assert ("closing cost of coins outside the groups" in found.label) is (coin == "UNI")


def test_underlyings_never_net() -> None:
    both = portfolio({PERPETUAL: 100.0, "ETH-USDT-SWAP": -350.0})
    one, two = portfolio({PERPETUAL: 100.0}), portfolio({"ETH-USDT-SWAP": -350.0})
    assert both.maintenance.amount == pytest.approx(one.maintenance.amount + two.maintenance.amount)


def test_equity_counts_btc_at_its_slices_and_debt_whole() -> None:
    found = portfolio({}, {"BTC": 22.0, "USDT": -1_000.0, "LTC": 10.0})
    expected = (20 * 0.98 + 2 * 0.9775) * 70_000 - 1_000 + 800
    assert found.equity.amount == pytest.approx(expected)
    assert found.maintenance.amount == pytest.approx(20)
    assert found.headline.amount == pytest.approx(100)
    assert found.trigger.figure == pytest.approx(expected / (20 + 1.02))
    assert not found.trigger.above
    assert "the discount rates of LTC at OKX are not known: it counts in full" in found.notes
    more = portfolio({}, {"BTC": 26.0})
    assert more.equity.amount == pytest.approx((20 * 0.98 + 6 * 0.9775) * 70_000)
    assert more.notes == ("the last known discount rate of BTC goes on beyond its last slice",)


def test_what_is_owed_in_another_coin_takes_the_rates_of_usdt_with_a_note() -> None:
    found = portfolio({}, {"ETH": -1.0, "USDT": 1e5})
    assert amount(found.maintenance, "mr8") == pytest.approx(40)
    assert "the borrowing rates of ETH at OKX are not known: those of USDT are taken" in found.notes
    assert (
        found.label == "exact except borrowing tiers, liquidation fee, parameters of another date"
    )


def test_sample_names_what_of_it_was_inferred() -> None:
    found = answered("okx/portfolio", sample_market(), sample_book())[0]
    assert found.label == (
        "exact except MR4 and MR7 rates, borrowing tiers, liquidation fee, "
        "parameters of another date"
    )
    assert found.trigger.reached


def test_orders_do_not_count_and_a_note_says_so() -> None:
    priced = plain_market("okx", PERPETUAL)
    held = plain_book(priced, {PERPETUAL: 10.0})
    order = Order(held.positions[0].instrument, 5.0, 60_000.0)
    found = answered("okx/portfolio", priced, replace(held, orders=(order,)))[0]
    assert "resting orders do not count: what they reserve is not published" in found.notes
    assert "open orders" in found.label


def test_small_account_is_told_the_least_equity() -> None:
    assert "OKX offers portfolio margin from an equity of 10,000 USD on" in (
        portfolio({PERPETUAL: 1.0}, {"USDT": 9_000.0}).notes
    )
    assert not any("10,000" in each for each in portfolio({PERPETUAL: 1.0}, {"USDT": 2e4}).notes)


@pytest.mark.parametrize("model", ["okx/portfolio", "okx/multi-currency"])
def test_what_no_account_can_hold_is_refused(model: str) -> None:
    priced = plain_market("okx", PERPETUAL)
    instrument = okx.parse(PERPETUAL)
    other = replace(instrument, venue="bybit")
    for held, kind, text in (
        (Holdings((Position(okx.parse("BTC-USDT"), 1.0),)), Unsupported, "BTC-USDT is spot; "),
        (Holdings((Position(other, 1.0),)), Unsupported, "BTC-USDT-SWAP is listed at bybit; "),
        (
            Holdings((Position(okx.parse("BTC-USDT-260101"), 1.0),)),
            Unsupported,
            "BTC-USDT-260101 expired at 2026-01-01T08:00:00Z; ",
        ),
        (
            Holdings((Position(okx.parse("BTC-USDT-260327"), 1.0),)),
            MarketError,
            "BTC-USDT-260327 has no mark price in this market",
        ),
        (
            Holdings((Position(instrument, 1e300),)),
            Unsupported,
            "BTC-USDT-SWAP: a position of 1e+300 is more than 1e+15",
        ),
    ):
        with pytest.raises(kind) as caught:
            answered(model, priced, held)
        assert str(caught.value).startswith(text)


def test_portfolio_margin_has_no_isolated_position() -> None:
    priced = plain_market("okx", PERPETUAL)
    held = plain_book(priced, {PERPETUAL: 1.0}, margin_mode=MarginMode.ISOLATED)
    with pytest.raises(Unsupported, match="BTC-USDT-SWAP is margined in isolation; "):
        answered("okx/portfolio", priced, held)


def test_both_sides_of_hedge_mode_net_in_a_risk_unit_but_each_must_be_closed() -> None:
    priced = plain_market("okx", PERPETUAL)
    instrument = okx.parse(PERPETUAL)
    held = Holdings(
        (
            Position(instrument, 100.0, side=Side.LONG),
            Position(instrument, -100.0, side=Side.SHORT),
        ),
        settings=Settings(position_mode="hedge"),
    )
    found = answered("okx/portfolio", priced, held)[0]
    assert amount(found.maintenance, "mr1") == amount(found.maintenance, "mr4") == 0
    assert found.maintenance.amount == pytest.approx(2 * 0.0045 * 70_000)


# Multi-currency margin


def multi(
    positions: Mapping[str, float],
    balances: Mapping[str, float] | None = None,
    overrides: Mapping[str, Mapping[str, object]] | None = None,
    index: Mapping[str, float] = INDEX,
    **terms: object,
):
    priced = plain_market("okx", *positions, index=index)
    held = plain_book(priced, positions, balances, **terms)
    return answered("okx/multi-currency", priced, held, overrides)[0]


def test_perpetual_needs_its_value_over_leverage_and_the_tier_rate() -> None:
    found = multi({PERPETUAL: -100.0}, {"USDT": 1e4}, leverage=10.0)
    assert found.headline.amount == pytest.approx(7_000)
    assert found.maintenance.amount == pytest.approx(280)
    assert found.trigger.figure == pytest.approx(1e4 / 280)
    assert found.label == "exact except liquidation fee, parameters of another date"
    assert not found.trigger.above
    top = multi({PERPETUAL: -100.0}, leverage=200.0)
    assert top.headline.amount == pytest.approx(700)
    none = multi({PERPETUAL: 100.0})
    assert none.headline.amount == pytest.approx(700)
    assert "BTC-USDT-SWAP has no leverage: the highest of its tier is taken" in none.notes


def test_a_stablecoin_counts_at_its_index() -> None:
    found = multi({PERPETUAL: 100.0}, index={**INDEX, "USDT": 0.99}, leverage=10.0)
    assert found.headline.amount == pytest.approx(7_000 * 0.99)
    assert multi({}, {"BTC": -1.0}).equity.amount == pytest.approx(-70_000)


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        (
            PERPETUAL,
            1_001.0,
            "OKX's position tier of BTC-USDT-SWAP for 1,001 contracts is not known",
        ),
        ("BTC-USD-SWAP", 1.0, "OKX's position tier of BTC-USD-SWAP is not known"),
        ("LTC-USDT-SWAP", 1.0, "OKX's position tier of LTC-USDT-SWAP is not known"),
    ],
)
def test_contract_without_a_tier_is_refused(name: str, size: float, said: str) -> None:
    with pytest.raises(Unsupported) as caught:
        multi({name: size})
    assert str(caught.value).startswith(said)
    assert str(caught.value).endswith("rows of kind, quote, contracts_to, maintenance, initial")


def test_a_leverage_of_nothing_is_refused() -> None:
    for leverage in (0.0, -3.0):
        with pytest.raises(Unsupported, match=r"BTC-USDT-SWAP has leverage .*; give more than 0"):
            multi({PERPETUAL: 1.0}, leverage=leverage)


def test_the_smallest_tier_that_holds_the_position_counts() -> None:
    rows = [
        {
            "kind": "perpetual",
            "quote": "USDT",
            "contracts_to": end,
            "maintenance": rate,
            "initial": 2 * rate,
        }
        for end, rate in ((1e6, 0.05), (500.0, 0.01), (1_000.0, 0.02))
    ]
    rows.append({**rows[0], "kind": "future", "contracts_to": 5_000.0, "maintenance": 0.03})
    overrides = {"BTC": {"tiers": rows}}
    assert multi({PERPETUAL: 500.0}, overrides=overrides).maintenance.amount == pytest.approx(3_500)
    assert multi({PERPETUAL: 501.0}, overrides=overrides).maintenance.amount == pytest.approx(7_014)
    dated = multi({"BTC-USDT-260327": 100.0}, overrides=overrides)
    assert dated.maintenance.amount == pytest.approx(2_100)


def test_short_options_by_the_older_formula() -> None:
    put = multi({PUT: -100.0}).headline.amount  # one coin; strike 60,000, forward 70,000, mark 0.02
    assert put == pytest.approx((0.1 * 1.02 + 0.02) * 70_000)
    near = multi({"BTC-USD-260327-68000-P": -100.0}).headline.amount
    assert near == pytest.approx((0.15 - 2 / 70 + 0.02) * 70_000)
    call = multi({CALL: -100.0})
    assert call.headline.amount == pytest.approx((0.1 + 0.02) * 70_000)
    assert call.maintenance.amount == call.headline.amount
    half = multi({CALL: -100.0}, overrides={"rules": {"option_maintenance": 0.5}})
    assert half.maintenance.amount == pytest.approx(0.06 * 70_000)
    assert multi({CALL: 100.0}).headline.amount == 0
    assert "margin of short options" in call.label


def test_options_stay_out_of_equity_unless_the_switch_says_so() -> None:
    assert multi({CALL: -100.0}, {"USDT": 1e4}).equity.amount == pytest.approx(1e4)
    counted = {"rules": {"option_value_in_equity": True}}
    found = multi({CALL: -100.0}, {"USDT": 1e4}, counted)
    assert found.equity.amount == pytest.approx(1e4 - 0.02 * 70_000)


def test_isolated_position_is_a_pool_of_its_own() -> None:
    priced = plain_market("okx", PERPETUAL, "ETH-USDT-SWAP")
    apart = Position(
        okx.parse(PERPETUAL),
        100.0,
        69_000.0,
        margin_mode=MarginMode.ISOLATED,
        leverage=10.0,
        isolated_margin=7_000.0,
    )
    shared = Position(okx.parse("ETH-USDT-SWAP"), 10.0, 2_000.0, leverage=5.0)
    held = Holdings((apart, shared), {"USDT": Balance(1e4)})
    first, model, moved = answered("okx/multi-currency", priced, held)
    cross, alone = model.requirement(held, moved)
    assert first == cross
    assert (cross.pool, alone.pool, alone.currency) == ("USD", PERPETUAL, "USDT")
    assert cross.members == frozenset({shared.key})
    assert alone.members == frozenset({apart.key})
    assert cross.equity.amount == pytest.approx(1e4)
    assert alone.equity.amount == pytest.approx(8_000)
    assert alone.headline.amount == pytest.approx(7_000)
    assert alone.maintenance.amount == pytest.approx(280)
    assert model.stand_alone(held, moved) == pytest.approx([7_000, 400])
    assert model.isolated(held, moved) == pytest.approx([7_000, 400])


def test_isolated_figure_of_portfolio_margin_is_that_of_multi_currency() -> None:
    priced = plain_market("okx", PERPETUAL, "LTC-USDT-SWAP")
    held = plain_book(priced, {PERPETUAL: 100.0}, leverage=10.0)
    _, model, moved = answered("okx/portfolio", priced, held)
    assert model.isolated(held, moved) == pytest.approx([7_000])
    unknown = plain_book(priced, {PERPETUAL: 100.0, "LTC-USDT-SWAP": 1.0})
    assert model.isolated(unknown, moved) is None


@pytest.mark.parametrize("model", ["okx/portfolio", "okx/multi-currency"])
def test_model_binds_on_every_day_since_2021(model: str) -> None:
    for year in range(2021, 2028):
        assert library().bind(model, datetime(year, 6, 1, tzinfo=UTC)).name == model
