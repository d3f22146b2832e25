"""Rules of Derive's portfolio managers that no published figure reaches."""

from collections.abc import Mapping
from math import log

import msgspec
import numpy as np
import pytest

from riskcore.holdings import Balance, Holdings, Settings
from riskcore.margin.requirement import Requirement, Rule
from riskcore.margin.venues.derive.oracle import Expiry
from riskcore.margin.venues.derive.portfolio_grid import multipliers, skew_multiplier
from riskcore.oracles import Feed, Oracles
from riskcore.repricing import risk
from riskcore.time import SECONDS_PER_YEAR
from tests.builders import library
from tests.riskcore.margin.venues.derive.portfolio_books import (
    BOTH,
    CALL,
    PUT,
    THEN,
    held,
    line,
    quoted,
    required,
    terms,
)

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
