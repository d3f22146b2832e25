"""The house's scenarios, by figures worked out by hand: BTC at 70,000 and ETH at 2,000."""

from dataclasses import replace

import numpy as np
import pytest

from riskcore.holdings import Balance, Holdings, Order, Position, Settings, Side
from riskcore.margin.model import MarginModel
from riskcore.market import snapshot
from riskcore.pricing import black
from riskcore.universe import universe
from tests.builders import holdings, instrument, market
from tests.riskcore.margin.venues.house.desk import (
    FUTURE,
    OTHER,
    bound,
    line,
    priced,
    required,
)

PUT = "BTC_USDC-27MAR26-65000-P"
BARE = {"default": {"short_option": 0.0, "extremes": []}}
HEDGE = {FUTURE: 1.0, OTHER: -35.0}  # 70,000 USD against 70,000 USD


def amount(held: Holdings | dict[str, float], **overrides: object) -> float:
    return required("scenario", held, overrides).headline.amount  # type: ignore[arg-type]


def test_a_linear_future_loses_its_share_in_the_worst_scenario() -> None:
    found = required("scenario", {FUTURE: 2.0})
    assert found.headline.amount == pytest.approx(0.6 * 0.35 * 140_000)
    assert found.maintenance.amount == pytest.approx(0.75 * 0.6 * 0.35 * 140_000)
    assert found.worst_scenario == "BTC −60 %, vol +100 %, weight 0.35"
    assert amount({FUTURE: -2.0}) == pytest.approx(0.8 * 0.35 * 140_000)
    assert amount({FUTURE: 2.0}, **BARE) == pytest.approx(0.2 * 140_000)


def test_an_inverse_future_is_linear_at_the_index_of_the_scenario() -> None:
    held = {"BTC-PERPETUAL": 70_000.0}
    assert amount(held, **BARE) == pytest.approx(0.2 * 70_000)
    today = {**BARE, "rules": {"profit_index": "today"}}
    assert amount(held, **today) == pytest.approx(70_000 * 0.2 / 0.8)


def test_a_coin_hedged_by_an_inverse_future_needs_nothing() -> None:
    held = holdings({"BTC-PERPETUAL": -70_000.0}, {"BTC": 1.0})
    assert amount(held, **BARE) == pytest.approx(0.0, abs=1e-9)
    assert amount(held, rules={"collateral": "still"}, **BARE) == pytest.approx(0.2 * 70_000)


def test_cash_in_a_coin_needs_its_worst_move_also_without_a_position() -> None:
    assert amount(holdings({}, {"BTC": 3.0}), **BARE) == pytest.approx(0.2 * 210_000)
    assert amount(holdings({}, {"ETH": 30.0}), **BARE) == pytest.approx(0.25 * 60_000)
    held = holdings({FUTURE: 1.0}, {"BTC": 3.0})
    assert amount(held, **BARE) == pytest.approx(0.2 * 280_000)
    assert amount(holdings({}, {"USDC": 1e6})) == 0


def test_open_profit_in_a_coin_moves_with_it() -> None:
    mark = 70_000.0
    future = Position(instrument("BTC-PERPETUAL"), 70_000.0, entry_price=56_000.0)
    held = Holdings((future,))
    profit = 70_000 * (1 / 56_000 - 1 / mark)
    assert amount(held, **BARE) == pytest.approx(0.2 * 70_000 + 0.2 * profit * 70_000)


def test_a_put_is_revalued_at_the_moved_price_and_volatility() -> None:
    found = required("scenario", {PUT: -3.0}, BARE)
    tau = 50.0 - 4 / 24  # days from 5 Feb noon to 27 Mar 8:00
    vol = 0.6 * (1 + 0.4 * (30 / tau) ** 0.5)
    terms = (np.array(65_000.0), np.array(tau / 365))
    before = float(black.price(np.array(70_000.0), *terms, np.array(0.6), np.array(-1.0)))
    after = float(black.price(np.array(56_000.0), *terms, np.array(vol), np.array(-1.0)))
    assert found.headline.amount == pytest.approx(3 * (after - before))


@pytest.mark.parametrize(
    ("measure", "expected"),
    [("relative", 0.6 * 1.4), ("points", 1.0), ("term_scaled", 0.6 * (1 + 0.4 * 1.5**-0.5))],
)
def test_volatility_moves_by_its_measure(measure: str, expected: float) -> None:
    name = "BTC-27MAR26-65000-P"
    as_of = market(name).as_of
    book = market(name, as_of=as_of.replace(month=2, day=10, hour=8))  # 45 days before
    model = bound("scenario", {"default": {"vol_measure": measure}})
    found = model.scenarios(book.universe, book)
    column = next(
        place for place, each in enumerate(found.label) if each.startswith("0 %, vol +40")
    )
    assert found.vol[0, column] == pytest.approx(expected)


def test_near_expiries_take_their_own_power() -> None:
    name = "BTC-27FEB26-60000-P"
    book = market(name, as_of=market(name).as_of.replace(day=12, hour=8))  # 15 days before
    model = bound("scenario", {"default": {"vol_power_near": 1.0, "vol_power_far": 0.0}})
    found = model.scenarios(book.universe, book)
    column = found.label.index("+20 %, vol +40 %")
    assert found.vol[0, column] == pytest.approx(0.6 * 1.8)


def test_volatility_has_a_floor() -> None:
    name = "BTC-27MAR26-65000-P"
    for measure in ("relative", "points", "term_scaled"):
        rules = {"vol_measure": measure, "vols": [-5.0], "vol_lowest": 0.05, "extremes": []}
        found = bound("scenario", {"default": rules}).scenarios(market(name).universe, market(name))
        assert found.vol[0, 1:] == pytest.approx(0.05)


def test_days_pass_in_a_grid_of_their_own() -> None:
    overrides = {**BARE, "rules": {"days": [0.0, 10.0]}}
    long = {PUT: 1.0}
    decayed = required("scenario", long, overrides)
    assert decayed.headline.amount > required("scenario", long, BARE).headline.amount
    assert "10 days" in decayed.worst_scenario


def test_weights_belong_to_the_spot_moves() -> None:
    weighted = {"spots": [-0.3, 0.0, 0.3], "weights": [0.5, 1.0, 1.0]}
    assert amount({FUTURE: 1.0}, **BARE, BTC=weighted) == pytest.approx(0.15 * 70_000)
    assert amount({FUTURE: -1.0}, **BARE, BTC=weighted) == pytest.approx(0.3 * 70_000)


def test_add_ons() -> None:
    added = {"default": {"short_option": 0.01, "gross_delta": 0.002, "vega": 0.05}}
    held = {PUT: -3.0, FUTURE: 1.0}
    found = required("scenario", held, added)
    moved = priced(bound("scenario", added), market(PUT, FUTURE))
    row = moved.universe.row(instrument(PUT))
    assert line(found, "short_option_charge").amount == pytest.approx(0.01 * 70_000 * 3)
    delta = 3 * abs(moved.greeks.delta[row])
    assert line(found, "gross_delta_charge").amount == pytest.approx(0.002 * 70_000 * (delta + 1))
    vega = 3 * moved.greeks.vega[row]
    assert line(found, "vega_charge").amount == pytest.approx(0.05 * vega)
    bought = required("scenario", {PUT: 3.0, FUTURE: 1.0}, added)
    assert line(bought, "gross_delta_charge").amount == pytest.approx(0.002 * 70_000 * (delta + 1))
    assert bought.initial is not None
    assert "short_option_charge" not in {each.term for each in bought.initial.walk()}


def test_factors_apply_to_every_line() -> None:
    rules = {"rules": {"initial_factor": 1.2, "maintenance_factor": 1.1}}
    plain, found = required("scenario", {PUT: -3.0}), required("scenario", {PUT: -3.0}, rules)
    assert found.headline.amount == pytest.approx(1.2 * plain.headline.amount)
    assert found.maintenance.amount == pytest.approx(1.1 * plain.headline.amount)
    assert line(found, PUT).amount == pytest.approx(1.2 * line(plain, PUT).amount)
    model = bound("scenario", rules)
    alone = model.stand_alone(holdings({PUT: -3.0}), priced(model, market(PUT)))
    assert alone.tolist() == pytest.approx([found.headline.amount])


def test_coins_apart_take_their_own_worst_scenario() -> None:
    assert amount(HEDGE, **BARE) == pytest.approx(0.2 * 70_000 + 0.25 * 70_000)


def test_coins_together_take_one_scenario() -> None:
    joined = {**BARE, "rules": {"joined": True}}
    assert amount(HEDGE, **joined) == pytest.approx((0.25 - 0.2) * 70_000)
    assert required("scenario", HEDGE, joined).losses.worst[0] > 0


def test_gains_that_meet_losses_are_limited() -> None:
    shared = {**BARE, "rules": {"joined": True, "offset_share": 0.5}}
    assert amount(HEDGE, **shared) == pytest.approx((0.25 - 0.5 * 0.2) * 70_000)
    kept = line(required("scenario", HEDGE, shared), "pnl_offset_factor")
    assert kept.amount == pytest.approx(0.5 * 0.2 * 70_000)
    capped = {**BARE, "rules": {"joined": True, "offset_largest": 1_000.0}}
    assert amount(HEDGE, **capped) == pytest.approx(0.25 * 70_000 - 1_000)


def test_equity_is_in_dollars_at_todays_index() -> None:
    held = holdings({"BTC-27MAR26-90000-C": 2.0}, {"BTC": 1.0, "ETH": -3.0, "USDC": 500.0})
    found = required("scenario", held)
    assert found.equity.amount == pytest.approx(70_000 + 2 * 0.02 * 70_000 - 6_000 + 500)
    assert found.currency == found.pool == "USD"


def test_stand_alone_of_collateral_is_its_worst_move() -> None:
    model: MarginModel = bound("scenario", BARE)
    held = holdings({FUTURE: 1.0}, {"BTC": 2.0, "USDC": 1.0})
    alone = model.collateral_alone(held, priced(model, market(FUTURE)))
    assert dict(alone) == pytest.approx({"BTC": 0.2 * 140_000})


def test_what_a_house_takes_and_says() -> None:
    sides = Holdings(
        (
            Position(instrument(FUTURE), 3.0, side=Side.LONG, isolated_margin=5.0),
            Position(instrument(FUTURE), -3.0, side=Side.SHORT),
        ),
        {"USDC": Balance(1.0)},
        (Order(instrument(FUTURE), 1.0, 60_000.0),),
        Settings("hedge"),
    )
    found = required("scenario", sides, BARE)
    assert found.headline.amount == pytest.approx(0.0, abs=1e-9)
    assert found.label == "approximate: the house's own rule, no venue's"
    assert "resting orders reserve nothing" in found.notes
    assert any("isolated" in each for each in found.notes)


def test_an_instrument_of_another_venue_is_taken() -> None:
    foreign = replace(instrument(FUTURE), venue="elsewhere", name="BTC-MARCH")
    model = bound("scenario", BARE)
    book = market(FUTURE)
    moved = snapshot(book.as_of, universe([foreign]), book.index, mark=book.mark)
    (found,) = model.requirement(Holdings((Position(foreign, 1.0),)), priced(model, moved))
    assert found.headline.amount == pytest.approx(0.2 * 70_000)
