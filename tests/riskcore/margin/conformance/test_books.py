"""What every margin model keeps, and where a venue's rule breaks it, as it says itself."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from math import fsum
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskcore.holdings import Holdings, Order
from riskcore.margin.requirement import Requirement
from riskcore.market import MarketSnapshot
from riskcore.repricing import risk
from riskcore.risk_array import Risk
from tests.builders import NOON, holdings, instrument, library, market
from tests.riskcore.margin import rebuilt

NAMES = (
    "BTC-7FEB26-70000-P",
    "BTC-27FEB26-60000-P",
    "BTC-27MAR26-90000-C",
    "BTC-PERPETUAL",
    "BTC-27MAR26",
    "ETH-27FEB26-2000-C",
    "ETH-26JUN26-1500-P",
    "ETH-PERPETUAL",
    "ETH_USDC-PERPETUAL",
    "BTC_USDC-27MAR26-65000-P",
    "BTC_USDC-27MAR26",
)
UNITS = {"BTC-PERPETUAL": 70_000.0, "BTC-27MAR26": 70_000.0, "ETH-PERPETUAL": 2_000.0}
COINS = {"BTC": 10.0, "ETH": 100.0, "USDC": 100_000.0}
every_model = pytest.mark.parametrize("name", library().names())
sizes = st.lists(
    st.floats(-50, 50).map(lambda size: round(size, 3)), min_size=len(NAMES), max_size=len(NAMES)
)
thrifty = settings(max_examples=30, deadline=None)


@cache
def whole_market() -> MarketSnapshot:
    return market(*NAMES)


@cache
def whole_risk(name: str) -> tuple[Any, Risk]:
    model = library().bind(name, NOON)
    priced = whole_market()
    return model, risk(priced, model.scenarios(priced.universe, priced))


def book(size: list[float], balances: Mapping[str, float] | None = None) -> Holdings:
    units = {name: each * UNITS.get(name, 1.0) for name, each in zip(NAMES, size, strict=True)}
    return holdings({name: each for name, each in units.items() if each}, balances)


def pools(name: str, held: Holdings) -> dict[str, Requirement]:
    model, moved = whole_risk(name)
    return {each.pool: each for each in model.requirement(held, moved)}


def amounts(name: str, held: Holdings) -> dict[str, tuple[float, float, float]]:
    return {
        pool: (each.headline.amount, each.maintenance.amount, each.equity.amount)
        for pool, each in pools(name, held).items()
    }


def scan_loss(requirement: Requirement) -> float:
    """The worst loss of every netting set inside the matrix, before any damper, added up."""
    losses = requirement.losses
    inside = [column for column, group in enumerate(losses.group) if group == "standard"]
    return fsum(-min(profit[column] for column in inside) for profit in losses.profit)


def near(value: object, scale: float = 1.0) -> object:
    return pytest.approx(value, rel=1e-9, abs=2e-9 * max(scale, 1.0))


@every_model
@thrifty
@given(sizes)
def test_every_line_is_what_its_rule_makes_of_the_lines_below(name: str, size: list[float]) -> None:
    order = Order(instrument("BTC-PERPETUAL"), 1_000.0, 60_000.0)
    for requirement in pools(name, replace(book(size, COINS), orders=(order,))).values():
        rebuilt.check(requirement)


@every_model
@thrifty
@given(sizes)
def test_maintenance_is_between_zero_and_initial(name: str, size: list[float]) -> None:
    for requirement in pools(name, book(size, COINS)).values():
        initial = requirement.headline.amount
        assert 0 <= requirement.maintenance.amount <= initial + 1e-9 * abs(initial) + 1e-9


@every_model
@thrifty
@given(sizes, st.permutations(range(len(NAMES))))
def test_order_of_positions_is_irrelevant(name: str, size: list[float], order: list[int]) -> None:
    held = book(size, COINS)
    shuffled = [held.positions[place] for place in order if place < len(held.positions)]
    before = amounts(name, held)
    after = amounts(name, replace(held, positions=tuple(shuffled)))
    assert after.keys() == before.keys()
    for pool, found in before.items():
        assert after[pool] == near(found, abs(found[0]))


@every_model
@thrifty
@given(sizes)
def test_order_of_instruments_in_the_market_is_irrelevant(name: str, size: list[float]) -> None:
    held = book(size, COINS)
    model, _ = whole_risk(name)
    turned = whole_market().restricted(whole_market().universe.instruments[::-1])
    moved = risk(turned, model.scenarios(turned.universe, turned))
    before = amounts(name, held)
    for each in model.requirement(held, moved):
        found = (each.headline.amount, each.maintenance.amount, each.equity.amount)
        assert found == near(before[each.pool], abs(found[0]))


@every_model
@thrifty
@given(sizes, st.integers(0, len(NAMES) - 1), st.floats(-100, 100))
def test_position_and_its_opposite_cancel(
    name: str, size: list[float], place: int, more: float
) -> None:
    there_and_back = [*size]
    there_and_back[place] = size[place] + more - more
    before, after = amounts(name, book(size, COINS)), amounts(name, book(there_and_back, COINS))
    for pool in before.keys() & after.keys():
        assert after[pool] == pytest.approx(before[pool], rel=1e-9, abs=1e-6)


@every_model
@thrifty
@given(sizes)
def test_position_of_quantity_zero_changes_nothing(name: str, size: list[float]) -> None:
    held = book(size, COINS)
    quantities = {each.instrument.name: each.quantity for each in held.positions}
    with_zeros = holdings({each: quantities.get(each, 0.0) for each in NAMES}, COINS)
    before, after = amounts(name, held), amounts(name, with_zeros)
    assert before.keys() == after.keys()
    for pool, found in before.items():
        assert after[pool] == near(found, abs(found[0]))


@every_model
@thrifty
@given(sizes, st.floats(0.01, 100))
def test_scaling_the_book_scales_the_undamped_scan_loss(
    name: str, size: list[float], factor: float
) -> None:
    before = pools(name, book(size))
    after = pools(name, book([factor * each for each in size]))
    for pool in before.keys() & after.keys():
        expected = factor * scan_loss(before[pool])
        assert scan_loss(after[pool]) == near(expected, expected)


@every_model
@thrifty
@given(sizes)
def test_undamped_scan_loss_of_the_book_never_exceeds_the_sum_of_its_positions(
    name: str, size: list[float]
) -> None:
    for requirement in pools(name, book(size)).values():
        losses = requirement.losses
        inside = [column for column, group in enumerate(losses.group) if group == "standard"]
        own = fsum(-min(each[column] for column in inside) for _, each in losses.positions)
        assert scan_loss(requirement) <= own + 1e-9 * abs(own) + 1e-9


@every_model
@thrifty
@given(sizes)
def test_loss_table_of_a_set_is_the_sum_of_its_positions(name: str, size: list[float]) -> None:
    for requirement in pools(name, book(size)).values():
        losses = requirement.losses
        if not losses.sets:
            continue
        table = np.array([each for _, each in losses.positions]).reshape(-1, len(losses.label))
        total = np.array(losses.profit).sum(axis=0)
        scale = float(np.abs(table).max(initial=1.0))
        assert table.sum(axis=0) == pytest.approx(total, rel=1e-9, abs=1e-9 * scale)
        assert losses.group.count("standard") == 28
        assert losses.group.count("extended") == 8
        assert len(losses.label) == len(losses.move) == 36


@every_model
@thrifty
@given(sizes)
def test_stand_alone_is_what_each_position_needs_by_itself(name: str, size: list[float]) -> None:
    held = book(size)
    model, moved = whole_risk(name)
    alone = model.stand_alone(held, moved)
    assert alone.shape == (len(held.positions),)
    for position, amount in zip(held.positions, alone.tolist(), strict=True):
        single = pools(name, Holdings((position,)))
        expected = fsum(each.headline.amount for each in single.values())
        assert amount == near(expected, abs(expected))


@every_model
def test_empty_account_needs_nothing_and_has_a_pool(name: str) -> None:
    found = pools(name, Holdings())
    assert found
    assert all(each.headline.amount == 0 == each.maintenance.amount for each in found.values())


@every_model
@thrifty
@given(sizes)
def test_same_question_twice_gives_the_same_answer_bit_for_bit(
    name: str, size: list[float]
) -> None:
    held = book(size, COINS)
    assert pools(name, held) == pools(name, held)


# Where a rule of Deribit breaks a property. The cards of the models say the same.


def deribit(held: Holdings, pool: str = "BTC", model: str = "deribit/portfolio") -> Requirement:
    return pools(model, held)[pool]


def test_counter_example_damped_rows_grow_faster_than_the_book() -> None:
    """Beyond the matrix a fixed amount is taken off, so a larger book loses more than in scale."""
    name = "BTC-7FEB26-120000-C"
    model = library().bind("deribit/portfolio", NOON)
    priced = market(name)
    moved = risk(priced, model.scenarios(priced.universe, priced))

    def needed(size: float) -> float:
        (requirement,) = model.requirement(holdings({name: size}), moved)
        return requirement.headline.amount

    assert needed(-2_000.0) > 1.01 * 2 * needed(-1_000.0)


def test_counter_example_delta_shock_charges_two_halves_less_than_the_whole() -> None:
    half = {"BTC-PERPETUAL": 15_000_000.0}
    whole = {"BTC-PERPETUAL": 30_000_000.0}
    assert (
        deribit(holdings(whole)).headline.amount > 2.001 * deribit(holdings(half)).headline.amount
    )


def test_counter_example_rate_of_a_future_grows_with_its_size() -> None:
    one = deribit(holdings({"BTC-PERPETUAL": 7_000_000.0}), model="deribit/standard")
    two = deribit(holdings({"BTC-PERPETUAL": 14_000_000.0}), model="deribit/standard")
    assert two.headline.amount > 2.1 * one.headline.amount


def test_counter_example_hedge_across_expiries_adds_to_the_roll_shock() -> None:
    """Expiries never net: a hedged book has the roll shock of both legs."""
    long = {"BTC-PERPETUAL": 700_000.0}
    hedged = long | {"BTC-27MAR26": -700_000.0}

    def roll(held: Holdings) -> float:
        tree = deribit(held).headline
        return next(each.amount for each in tree.walk() if each.term == "roll_shock")

    assert roll(holdings(hedged)) > 1.9 * roll(holdings(long))


def test_counter_example_minimum_keeps_a_far_option_as_costly_as_a_nearer_one() -> None:
    """Below the floor of 10 % standard margin of a short option no longer falls with its strike."""
    names = ("BTC-27MAR26-90000-C", "BTC-27MAR26-140000-C")
    priced = market(*names, mark=dict.fromkeys(names, 0.001))
    model = library().bind("deribit/standard", NOON)
    moved = risk(priced, model.scenarios(priced.universe, priced))
    near_by, far = (
        model.requirement(holdings({name: -1.0}), moved)[0].headline.amount for name in names
    )
    assert near_by == pytest.approx(far)
