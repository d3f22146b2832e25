"""Rules of Derive's portfolio managers that no published figure reaches."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import exp, log
from typing import Any

import msgspec
import numpy as np
import pytest

from riskcore.errors import MarketError, Unsupported
from riskcore.holdings import Balance, Holdings, MarginMode, Order, Position, Settings, Side
from riskcore.instruments import Future, Option
from riskcore.margin.requirement import Component, Requirement, Rule
from riskcore.margin.venues.derive.oracle import Expiry
from riskcore.margin.venues.derive.portfolio_grid import multipliers, skew_multiplier
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import deribit, derive
from riskcore.oracles import Averaging, Feed, Oracles, Surface
from riskcore.repricing import risk
from riskcore.time import SECONDS_PER_YEAR
from riskcore.universe import universe
from tests.builders import library
from tests.riskcore.margin.samples import derive as sample

THEN = datetime(2025, 12, 8, 8, tzinfo=UTC)
SPOT = {"BTC": 90_000.0, "ETH": 3_000.0, "SOL": 130.0, "HYPE": 30.0}
CALL, PUT = "ETH-20251226-3000-C", "ETH-20251226-3000-P"
BOTH = pytest.mark.parametrize("model", ["derive/portfolio", "derive/portfolio-2"])


def quoted(
    *names: str,
    as_of: datetime = THEN,
    oracles: Oracles | None = None,
    index: Mapping[str, float] | None = None,
    **columns: Any,
) -> MarketSnapshot:
    """A market without oracles of Derive: forwards at the index, 60 % volatility."""
    of = universe(derive.parse(name) for name in names)
    spot = np.array([SPOT[each.base] for each in of.instruments])
    filled: dict[str, Any] = {
        "mark": np.where(of.is_option, 0.05 * spot, spot),
        "forward": np.where(of.is_option, spot, np.nan),
        "vol": np.where(of.is_option, 0.6, np.nan),
    }
    filled |= {key: np.full(len(of), value) for key, value in columns.items()}
    prices = {**SPOT, "USDC": 1.0, "USDT": 1.0, "DOGE": 0.1, **(index or {})}
    return snapshot(as_of, of, prices, oracles=oracles or Oracles(), **filled)


def held(
    positions: Mapping[str, float] | None = None,
    balances: Mapping[str, float] | None = None,
    **terms: Any,
) -> Holdings:
    return Holdings(
        tuple(Position(derive.parse(name), size) for name, size in (positions or {}).items()),
        {coin: Balance(amount) for coin, amount in (balances or {}).items()},
        **terms,
    )


def required(
    model: str,
    market: MarketSnapshot,
    holdings: Holdings,
    overrides: Mapping[str, Mapping[str, object]] | None = None,
) -> Requirement:
    bound = library().bind(model, market.as_of, overrides)
    moved = risk(market, bound.scenarios(market.universe, market))
    (found,) = bound.requirement(holdings, moved)
    return found


def line(tree: Component | None, term: str) -> Component:
    assert tree is not None
    return next(each for each in tree.walk() if each.term == term)


def terms(tree: Component | None) -> set[str]:
    assert tree is not None
    return {each.term for each in tree.walk()}


# The hand-sized book: one perpetual of 1 ETH at 3000.


def test_perpetual_by_hand_under_the_first_manager() -> None:
    found = required("derive/portfolio", quoted("ETH-PERP"), held({"ETH-PERP": 1.0}))
    loss, static = 0.18 * 3_000, 0.03 * 3_000
    assert found.maintenance.amount == pytest.approx(loss + static)
    assert found.headline.amount == pytest.approx(1.25 * (loss + static))
    assert found.worst_scenario == "ETH −18 %, vol up"


def test_perpetual_by_hand_under_the_second_manager() -> None:
    found = required("derive/portfolio-2", quoted("ETH-PERP"), held({"ETH-PERP": -1.0}))
    loss = 0.18 * 3_000
    assert found.maintenance.amount == pytest.approx(0.8 * loss + 0.03 * 3_000)
    assert found.headline.amount == pytest.approx(loss + 0.04 * 3_000)
    assert found.worst_scenario == "ETH +18 %, vol up"


def test_tail_scenario_counts_with_its_weight() -> None:
    """A rise of 500 % at weight 0.02772 loses less than one of 18 %, at weight 0.1 more."""
    rows = library().bind("derive/portfolio-2", THEN).parameters.rows["ETH"].scenarios
    scenarios = [
        {"spot": each.spot, "vol": each.vol, "dampening": 0.1 if each.spot == 6 else each.dampening}
        for each in rows
    ]
    market, book = quoted("ETH-PERP"), held({"ETH-PERP": -1.0})
    found = required("derive/portfolio-2", market, book, {"ETH": {"scenarios": scenarios}})
    assert found.worst_scenario == "ETH +500 %, vol up, weight 0.1"
    assert line(found.initial, "worst_case").amount == pytest.approx(0.1 * 5 * 3_000)


@BOTH
def test_positions_add_up_to_the_worst_scenario(model: str) -> None:
    book = held({CALL: -2.0, PUT: 1.0, "ETH-PERP": 0.5}, {"USDC": 1_000.0, "ETH": 1.0})
    found = required(model, quoted(CALL, PUT, "ETH-PERP"), book)
    worst = line(found.initial, "scenario_loss")
    names = {each.term: each for each in worst.parts}
    assert set(names) == {CALL, PUT, "ETH-PERP", "collateral_equity"}
    assert names[CALL].rule is Rule.POSITION
    (profit,) = found.losses.profit
    assert worst.amount == pytest.approx(-min(profit))
    assert found.losses.worst == (profit.index(min(profit)),)


def test_basis_contingency_wins_over_the_scenarios_where_it_is_larger() -> None:
    far = "ETH-20261225-3000-C"
    sets = {"ETH": {"basis_mult_factor": 20.0}}
    found = required("derive/portfolio-2", quoted(far), held({far: 1.0}), sets)
    assert found.worst_scenario == "ETH basis contingency"
    assert line(found.initial, "worst_case").parts[0].term == "basis_contingency"


def test_no_scenario_loses_where_every_discount_favours_what_is_held() -> None:
    """A long call far in the money at a base discount of 4 gains in every scenario."""
    name = "ETH-20251226-100-C"
    sets: dict[str, dict[str, object]] = {
        "ETH": {
            "long_base_static_discount": 4.0,
            "basis_add_factor": 0.0,
            "basis_mult_factor": 0.0,
            "scenarios": [{"spot": 0.9, "vol": "none"}],
        }
    }
    found = required("derive/portfolio-2", quoted(name), held({name: 1.0}), sets)
    assert found.headline.amount == 0
    assert found.worst_scenario == "no scenario loses"


@pytest.mark.parametrize(("days", "power"), [(5.0, 0.3), (30.0, 0.3), (30.1, 0.13)])
def test_the_true_time_chooses_the_power_and_the_floor_bounds_its_base(
    days: float, power: float
) -> None:
    row = msgspec.structs.replace(
        library().bind("derive/portfolio", THEN).parameters.rows["ETH"], dte_floor=90.0
    )
    up, down = multipliers(row, days)
    assert up == pytest.approx(1 + 0.5 * (1 / 3) ** power)
    assert down == pytest.approx(1 - 0.275 * (1 / 3) ** power)


def test_volatility_never_falls_below_zero() -> None:
    row = library().bind("derive/portfolio", THEN).parameters.rows["ETH"]
    assert multipliers(msgspec.structs.replace(row, vol_range_down=2.0), 5.0)[1] == 0


@pytest.mark.parametrize(
    ("kind", "strike", "changed", "multiplier"),
    [
        ("linear", 3_300.0, {}, 1 + 0.2 * log(1.1) / 1.2),
        ("linear", 2_700.0, {}, 1 + 0.2 * log(0.9) / 1.2),
        ("abs", 2_700.0, {}, 1 - 0.2 * log(0.9) / 1.2),
        ("linear", 30_000.0, {}, 1.2),
        ("linear", 300.0, {}, 0.8),
        ("linear", 3_300.0, {"min_kstar": 2.0}, 1 + 0.2 * log(1.1) / 2),
        ("linear", 3_300.0, {"vol_param_scale": -0.4}, 1 + 0.2 * log(1.1) / (4 * 0.5 * 0.4)),
        ("linear", 3_300.0, {"linear_base_cap": 0.0}, 1 - 0.05),
        ("linear", 30_000.0, {"linear_base_cap": 0.0}, 1 - 0.05 * log(10) / 1.2),
        ("linear", 2_700.0, {"linear_base_cap": 0.0}, 1 + 0.05),
    ],
)
def test_skew_of_a_strike_by_hand(
    kind: str, strike: float, changed: Mapping[str, float], multiplier: float
) -> None:
    """A quarter of a year: cap 0.25 - 0.1 x 0.5, reach 0.5 x 4 x 0.6; a negative cap turns them."""
    row = library().bind("derive/portfolio-2", THEN).parameters.rows["ETH"]
    row = msgspec.structs.replace(row, **changed)
    expiry = Expiry(THEN, SECONDS_PER_YEAR / 4, 3_000.0, 0.0, 0.0, 1.0)
    found = skew_multiplier(row, kind, expiry, np.array([strike]))
    assert found[0] == pytest.approx(multiplier)


def test_an_expiry_that_gains_from_any_move_does_not_lower_the_basis_contingency() -> None:
    sold, straddle = {"ETH-20260327-3000-C": -1.0}, {CALL: 5.0, PUT: 5.0}
    alone, both = (
        required("derive/portfolio", quoted(*book), held(book))
        for book in (sold, {**sold, **straddle})
    )
    assert basis(both) == pytest.approx(basis(alone))
    assert basis(alone) > 0


def basis(found: Requirement) -> float:
    """The basis contingency, also where it lost."""
    worst = line(found.initial, "worst_case")
    lines = (*worst.parts, *worst.considered)
    return next(each.amount for each in lines if each.term == "basis_contingency")


# What decides how much is naked.


@BOTH
@pytest.mark.parametrize(
    ("positions", "naked"),
    [
        ({CALL: -2.0}, 2.0),
        ({CALL: -2.0, PUT: -1.0}, 3.0),
        ({CALL: 1.5, PUT: -2.0}, 0.5),
        ({CALL: 3.0, PUT: -2.0}, 0.0),
        ({CALL: -1.0, "ETH-20251226-3200-C": 1.0}, 1.0),
        ({CALL: -1.0, "ETH-20260327-3000-C": 1.0}, 1.0),
    ],
)
def test_a_short_option_is_covered_at_its_own_strike_and_expiry_only(
    model: str, positions: Mapping[str, float], naked: float
) -> None:
    found = required(model, quoted(*positions), held(positions))
    percent = 0.015 if model == "derive/portfolio" else 0.003
    charged = [e.amount for e in found.maintenance.walk() if e.term == "naked_short_contingency"]
    assert sum(charged) == pytest.approx(percent * 3_000 * naked)


# Collateral and managers.


def test_collateral_of_the_second_manager_by_hand() -> None:
    found = required("derive/portfolio-2", quoted(), held({}, {"BTC": 1.0, "USDT": 1_000.0}))
    assert found.equity.amount == pytest.approx(91_000)
    lasting = 0.106 * 90_000 + 0.02 * 1_000
    assert found.maintenance.amount == pytest.approx(0.8 * 0.18 * 90_000 + lasting)
    more = 0.014 * 90_000 + 0.08 * 1_000
    assert found.headline.amount == pytest.approx(0.18 * 90_000 + lasting + more)


def test_equity_is_in_usdc_and_so_is_collateral() -> None:
    stable = Oracles(feeds=(Feed("derive", "USDC", "stable", 0.5),))
    found = required("derive/portfolio-2", quoted(oracles=stable), held({}, {"ETH": 1.0}))
    assert found.equity.amount == pytest.approx(3_000 / 0.5)
    assert (found.pool, found.currency) == ("USDC", "USDC")


def test_a_depegged_dollar_raises_the_initial_factor_alone() -> None:
    stable = Oracles(feeds=(Feed("derive", "USDC", "stable", 0.9),))
    book = held({"ETH-PERP": 1.0})
    for model, ordinary in (("derive/portfolio", 1.25), ("derive/portfolio-2", 1.0)):
        calm = required(model, quoted("ETH-PERP"), book)
        found = required(model, quoted("ETH-PERP", oracles=stable), book)
        assert found.maintenance.amount == pytest.approx(calm.maintenance.amount)
        factor = ordinary + 4 * (0.99 - 0.9)
        scaled = line(found.initial, "scaled_loss")
        assert scaled.amount == pytest.approx(factor * scaled.parts[0].amount)


def test_two_underlyings_are_two_managers_under_one_cash() -> None:
    market = quoted("ETH-PERP", "BTC-PERP")
    eth, btc = held({"ETH-PERP": 1.0}), held({"BTC-PERP": -1.0})
    both = held({"ETH-PERP": 1.0, "BTC-PERP": -1.0}, {"USDC": 5.0})
    for model in ("derive/portfolio", "derive/portfolio-2"):
        found = required(model, market, both)
        alone = [required(model, market, each).headline.amount for each in (eth, btc)]
        assert found.headline.amount == pytest.approx(sum(alone))
        assert found.label.startswith("approximate: one manager per underlying")
        assert any("several accounts" in note for note in found.notes)
        assert found.losses.sets == ("BTC", "ETH")


@pytest.mark.parametrize(
    ("positions", "moves"), [({"ETH-PERP": 1.0}, True), ({"BTC-PERP": 1.0}, False)]
)
def test_a_coin_is_pledged_to_the_manager_that_has_positions(
    positions: Mapping[str, float], moves: bool
) -> None:
    """ETH moves with spot under its own manager, and is dear collateral under that of BTC."""
    found = required("derive/portfolio-2", quoted(*positions), held(positions, {"ETH": 1.0}))
    assert ("collateral_equity" in terms(found.initial)) == moves
    haircut = line(found.maintenance, "collateral_haircut").amount
    assert haircut == pytest.approx((0.056 if moves else 0.2) * 3_000)
    assert "approximate" not in found.label


def test_a_coin_goes_to_its_own_manager_where_several_have_positions() -> None:
    market = quoted("BTC-PERP", "ETH-PERP")
    book = held({"BTC-PERP": 1.0, "ETH-PERP": 1.0}, {"ETH": 1.0, "USDT": 100.0})
    found = required("derive/portfolio-2", market, book)
    haircuts = [each for each in found.maintenance.walk() if each.term == "currency_haircut"]
    assert [each.amount for each in haircuts] == [pytest.approx(2.0), pytest.approx(0.056 * 3_000)]


def test_the_first_manager_takes_only_its_own_coin() -> None:
    market = quoted("ETH-PERP")
    found = required("derive/portfolio", market, held({"ETH-PERP": 1.0}, {"USDT": 100.0}))
    assert found.equity.amount == pytest.approx(0)
    assert found.label.startswith("approximate: coins that Derive does not take")
    other = required("derive/portfolio", market, held({"ETH-PERP": 1.0}, {"BTC": 1.0}))
    assert other.label.startswith("approximate: one manager per underlying")


def test_an_asset_is_known_whatever_the_case_of_its_name() -> None:
    market = quoted("ETH-PERP", index={"WSTETH": 3_600.0})
    found = required("derive/portfolio-2", market, held({"ETH-PERP": 1.0}, {"WSTETH": 1.0}))
    assert line(found.maintenance, "collateral_haircut").amount == pytest.approx(0.086 * 3_600)


def test_a_debt_in_a_coin_counts_whole() -> None:
    found = required("derive/portfolio-2", quoted(), held({}, {"USDC": 100.0, "ETH": -0.01}))
    assert found.equity.amount == pytest.approx(70)
    assert found.headline.amount == 0
    assert found.label.startswith("approximate: debts in coins")


def test_a_loan_of_cash_is_taken_off() -> None:
    book = Holdings(balances={"USDC": Balance(100.0, borrowed=130.0)})
    found = required("derive/portfolio", quoted(), book)
    assert found.equity.amount == pytest.approx(-30)
    assert found.trigger.reached


def test_a_coin_that_is_switched_off_counts_as_nothing() -> None:
    book = held({}, {"USDC": 100.0, "ETH": 1.0}, settings=Settings(collateral_enabled=("USDC",)))
    found = required("derive/portfolio-2", quoted(), book)
    assert (found.equity.amount, found.headline.amount) == (100, 0)
    assert "ETH is switched off as collateral and counts as nothing" in found.notes


def test_collateral_that_moves_needs_margin_alone_without_its_haircut() -> None:
    market = quoted("ETH-PERP")
    for model, needed in (("derive/portfolio", 1.25 * (0.18 + 0.03)), ("derive/portfolio-2", 0.18)):
        bound = library().bind(model, THEN)
        moved = risk(market, bound.scenarios(market.universe, market))
        found = bound.collateral_alone(held({"ETH-PERP": 1.0}, {"ETH": 2.0}), moved)
        assert found == {"ETH": pytest.approx(needed * 6_000)}


# Oracles and what stands in for them.


@BOTH
def test_confidence_below_the_threshold_costs_in_the_initial_margin_alone(model: str) -> None:
    spot = [Feed("derive", "ETH", "spot", 3_000.0, confidence=share) for share in (0.55, 0.54)]
    book = held({CALL: -2.0, "ETH-PERP": 1.0}, {"USDC": 0.0})
    names = (CALL, "ETH-PERP")
    at, below = (
        required(model, quoted(*names, oracles=Oracles(feeds=(each,))), book) for each in spot
    )
    margin = 1.0 if model == "derive/portfolio" else 0.4
    assert below.headline.amount - at.headline.amount == pytest.approx(0.46 * margin * 3 * 3_000)
    assert below.maintenance.amount == pytest.approx(at.maintenance.amount)
    doubted = line(below.initial, "confidence_contingency")
    assert {each.term for each in doubted.parts} == {CALL, "ETH-PERP"}


@BOTH
def test_a_doubtful_perpetual_makes_the_options_doubtful_too(model: str) -> None:
    oracles = Oracles(feeds=(Feed("derive", "ETH", "perp", 3_000.0, confidence=0.1),))
    market = quoted(CALL, "ETH-PERP", oracles=oracles)
    without = required(model, market, held({CALL: -1.0}))
    with_it = required(model, market, held({CALL: -1.0, "ETH-PERP": 1.0}))
    assert "confidence_contingency" not in terms(without.initial)
    assert len(line(with_it.initial, "confidence_contingency").parts) == 2


def test_the_confidence_of_a_quote_counts_where_it_is_stated() -> None:
    found = required("derive/portfolio", quoted(CALL, confidence=0.5), held({CALL: -1.0}))
    assert line(found.initial, "confidence_contingency").amount == pytest.approx(0.5 * 3_000)


@BOTH
def test_a_surface_gives_volatility_and_confidence(model: str) -> None:
    """A flat surface of total variance 0.04 over a quarter of a year: 40 %, at confidence 0.2."""
    option = derive.parse(CALL)
    assert isinstance(option, Option)
    flat = Surface(
        "derive", "ETH", option.expiry, 0.04, 0.0, 0.0, 0.0, 0.1, 3_000.0, 0.25, 0.2
    )  # fmt: skip
    found = required(model, quoted(CALL, oracles=Oracles((flat,))), held({CALL: 1.0}))
    plain = required(model, quoted(CALL, vol=0.4), held({CALL: 1.0}))
    assert found.equity.amount == pytest.approx(plain.equity.amount)
    margin = 1.0 if model == "derive/portfolio" else 0.4
    doubted = line(found.initial, "confidence_contingency")
    assert doubted.amount == pytest.approx(0.8 * margin * 3_000)


@BOTH
def test_quotes_stand_in_for_oracles_and_the_label_says_so(model: str) -> None:
    found = required(model, quoted(CALL), held({CALL: 1.0}))
    assert "quotes in place of oracles" in found.label
    assert any(note.startswith("no oracle of Derive for") for note in found.notes)


def test_a_market_with_every_oracle_is_exact_on_the_day_of_the_parameters() -> None:
    priced = sample.priced()
    names = [each.name for each in priced.universe.instruments if each.base == "ETH"]
    book = held(dict.fromkeys(names, 1.0), {"USDC": 1e5})
    market = replace_date(priced, THEN)
    for model in ("derive/portfolio", "derive/portfolio-2"):
        assert required(model, market, book).label == "exact"
        later = replace_date(priced, THEN + timedelta(days=40))
        assert required(model, later, book).label == "exact except parameters of another date"


def replace_date(market: MarketSnapshot, as_of: datetime) -> MarketSnapshot:
    return replace(market, as_of=as_of)


def test_options_are_marked_at_the_rate_in_the_second_manager_only() -> None:
    market = quoted(CALL, rate=0.1)
    years = (derive.parse(CALL).expiry - THEN).total_seconds() / SECONDS_PER_YEAR
    first, second = (
        required(model, market, held({CALL: 1.0})).equity.amount
        for model in ("derive/portfolio", "derive/portfolio-2")
    )
    assert second == pytest.approx(first * exp(-0.1 * years))


def test_what_the_settlement_average_has_fixed_does_not_move() -> None:
    """Ten minutes before expiry two thirds of the forward stand; a call moves with the rest."""
    name = "ETH-20251208-1000-C"
    as_of = THEN - timedelta(minutes=10)
    averaging = Averaging("derive", THEN, 3_000.0, 600.0, "ETH")
    market = quoted(name, as_of=as_of, oracles=Oracles(settlement=(averaging,)))
    found = required("derive/portfolio", market, held({name: -1.0}))
    worst = line(found.initial, "scenario_loss")
    assert worst.amount == pytest.approx(0.18 * 1_000, rel=1e-6)


def test_an_expired_option_is_worth_what_exercise_pays() -> None:
    name = "ETH-20251208-1000-C"
    market = quoted(name, as_of=THEN + timedelta(hours=1), vol=np.nan)
    found = required("derive/portfolio", market, held({name: 1.0}))
    assert found.equity.amount == pytest.approx(2_000)


@pytest.mark.parametrize("what", ["vol", "forward"])
def test_a_missing_quote_without_an_oracle_is_refused(what: str) -> None:
    market = quoted(CALL, **{what: np.nan})
    with pytest.raises(MarketError, match="in this market"):
        required("derive/portfolio", market, held({CALL: 1.0}))


@pytest.mark.parametrize("kind", ["spot", "perp", "stable"])
def test_an_oracle_that_says_nothing_positive_is_refused(kind: str) -> None:
    coin = "USDC" if kind == "stable" else "ETH"
    oracles = Oracles(feeds=(Feed("derive", coin, kind, 0.0),))
    with pytest.raises(MarketError, match=f"the {kind} oracle of {coin} says 0"):
        required("derive/portfolio", quoted("ETH-PERP", oracles=oracles), held({"ETH-PERP": 1.0}))


def test_unsettled_cash_of_a_perpetual_counts_in_full() -> None:
    position = Position(derive.parse("ETH-PERP"), 2.0, entry_price=2_900.0, accrued_funding=-7.0)
    found = required("derive/portfolio", quoted("ETH-PERP"), Holdings((position,)))
    assert found.equity.amount == pytest.approx(200 - 7)


# Labels, notes and refusals.


def test_the_chain_holds_discounts_that_look_turned_around_and_a_note_says_so() -> None:
    for coin in ("BTC", "ETH"):
        name = f"{coin}-20251226-3000-C"
        found = required("derive/portfolio-2", quoted(name), held({name: 1.0}))
        assert any("look turned around" in note for note in found.notes)
    usual = {"ETH": {"long_base_static_discount": 0.95, "short_base_static_discount": 1.04}}
    found = required("derive/portfolio-2", quoted(CALL), held({CALL: 1.0}), usual)
    assert not any("turned around" in note for note in found.notes)
    assert "overridden parameters" in found.label


@BOTH
def test_a_resting_order_adds_nothing_and_the_label_says_so(model: str) -> None:
    order = Order(derive.parse("ETH-PERP"), 5.0, 2_900.0)
    market = quoted("ETH-PERP")
    plain = required(model, market, held({"ETH-PERP": 1.0}))
    found = required(model, market, held({"ETH-PERP": 1.0}, orders=(order,)))
    assert found.headline.amount == plain.headline.amount
    assert "open orders" in found.label
    reducing = replace(order, quantity=-1.0, reduce_only=True)
    found = required(model, market, held({"ETH-PERP": 1.0}, orders=(reducing,)))
    assert "open orders" not in found.label


def test_more_assets_than_the_manager_admits_are_said() -> None:
    sets = {"ETH": {"max_account_size": 1}}
    found = required("derive/portfolio", quoted("ETH-PERP"), held({"ETH-PERP": 1.0}), sets)
    assert "ETH: 2 assets are held, Derive's manager admits 1" in found.notes


@BOTH
def test_the_trigger_is_reached_when_maintenance_margin_is_not_covered(model: str) -> None:
    market = quoted("ETH-PERP")
    needed = required(model, market, held({"ETH-PERP": 1.0})).maintenance.amount
    for cash, reached in ((needed + 1, False), (needed - 1, True)):
        found = required(model, market, held({"ETH-PERP": 1.0}, {"USDC": cash}))
        assert found.trigger.reached == reached
        net = {each.term: each.amount for each in found.figures}
        assert net["net_maintenance_margin"] == pytest.approx(1 if not reached else -1)
        assert net["mark_to_market"] == pytest.approx(cash)


def refused(position: Position, *, mode: str = "net") -> str:
    market = quoted("ETH-PERP", "SOL-PERP")
    book = Holdings((position,), settings=Settings(position_mode=mode))
    with pytest.raises((Unsupported, MarketError)) as caught:
        required("derive/portfolio", market, book)
    return str(caught.value)


def test_what_a_manager_cannot_hold_is_refused_in_a_sentence() -> None:
    eth = derive.parse("ETH-PERP")
    expiry = THEN + timedelta(days=10)
    assert "no portfolio manager of SOL" in refused(Position(derive.parse("SOL-PERP"), 1.0))
    assert "hedge mode" in refused(Position(eth, 1.0), mode="hedge")
    assert "long side" in refused(Position(eth, 1.0, side=Side.LONG))
    assert "in isolation" in refused(Position(eth, 1.0, margin_mode=MarginMode.ISOLATED))
    assert "more than can be counted" in refused(Position(eth, 1e16))
    assert "listed at deribit" in refused(Position(deribit.parse("BTC-PERPETUAL"), 1.0))
    assert "enter the coin as a balance" in refused(Position(derive.parse("ETH-USDC"), 1.0))
    future = Future("derive", "ETH-20251218", "ETH", "USD", "USDC", expiry)
    assert "perpetuals and options only" in refused(Position(future, 1.0))
    option = derive.parse("ETH-20251226-3000-C")
    assert isinstance(option, Option)
    assert "no price in this market" in refused(Position(option, 1.0))


def test_the_second_manager_has_four_underlyings_and_33_scenarios_of_the_large_ones() -> None:
    rows = library().bind("derive/portfolio-2", THEN).parameters.rows
    assert {coin: len(each.scenarios) for coin, each in rows.items()} == {
        "BTC": 33, "ETH": 33, "HYPE": 32, "SOL": 33,
    }  # fmt: skip
    first = library().bind("derive/portfolio", THEN).parameters.rows
    assert {coin: len(each.scenarios) for coin, each in first.items()} == {"BTC": 23, "ETH": 23}


def test_different_tables_are_numbered_and_the_shorter_is_filled_up() -> None:
    market = quoted("HYPE-PERP", "ETH-PERP")
    found = required("derive/portfolio-2", market, held({"HYPE-PERP": 1.0, "ETH-PERP": 1.0}))
    assert found.losses.label[0] == "scenario 1"
    assert {len(each) for each in found.losses.profit} == {33}
    assert found.losses.profit[1][-1] == 0
