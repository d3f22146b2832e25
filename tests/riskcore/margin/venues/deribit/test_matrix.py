"""Scanning loss, roll shock and delta shock, and the switches of their reading."""

from datetime import timedelta
from math import exp, fsum
from typing import Any

import numpy as np
import pytest

from riskcore.instruments import Option, Right
from riskcore.margin.venues.deribit.assembly import risk_matrix
from riskcore.repricing import risk
from tests.builders import NOON, holdings, instrument, market
from tests.riskcore.margin.venues.deribit.desk import answer, bound, days, line
from tests.riskcore.margin.venues.deribit.scalar import black


def test_extended_rows_of_linear_contracts_are_in_dollars_or_coins() -> None:
    priced = market("BTC_USDC-PERPETUAL")
    held = holdings({"BTC_USDC-PERPETUAL": 1.0})
    dollar = answer(bound("deribit/portfolio"), held, priced).losses.profit[0]
    coin = answer(bound("deribit/portfolio", {"linear_extended": "coin"}), held, priced)
    edge = 70_000 * 0.16
    assert dollar[28:] == pytest.approx([-edge, -edge, *[edge] * 6])
    assert dollar[1:28] == coin.losses.profit[0][1:28]
    expected = [
        sign * edge * (1 + move) / (1 + sign * 0.16)
        for move, sign in (
            (-0.66, -1),
            (-0.33, -1),
            (0.5, 1),
            (1, 1),
            (2, 1),
            (3, 1),
            (4, 1),
            (5, 1),
        )
    ]
    assert coin.losses.profit[0][28:] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("rule", "move"),
    [("linear", lambda rate: rate), ("exponential", lambda rate: exp(rate) - 1)],
)
def test_roll_shock_grows_with_time_linearly_or_exponentially(rule: str, move: Any) -> None:
    priced = market("BTC-25DEC26")
    years = days("BTC-25DEC26") / 365
    model = bound("deribit/portfolio", {"roll_shock": rule})
    requirement = answer(model, holdings({"BTC-25DEC26": -70_000.0}), priced)
    assert line(requirement, "roll_shock").amount == pytest.approx(move(0.075 * years))
    assert "roll shock of far expiries" in requirement.label


def test_roll_shock_has_a_least_move_and_a_bucket_for_each_family_and_expiry() -> None:
    book = {
        "BTC-PERPETUAL": 70_000.0,
        "BTC_USDC-PERPETUAL": -1.0,
        "BTC-6FEB26": -70_000.0,
        "BTC-6FEB26-10000-C": 1.0,
    }
    priced = market(*book, vol=0.1)
    requirement = answer(bound("deribit/cross-portfolio"), holdings(book), priced)
    buckets = line(requirement, "roll_shock").parts
    assert [each.because.split(":")[0] for each in buckets] == [
        "BTC-PERPETUAL", "BTC_USDC-PERPETUAL", "BTC-6FEB26",
    ]  # fmt: skip
    amounts = [each.amount for each in buckets]
    assert amounts == pytest.approx([700.0, 700.0, 0.0], abs=1e-6)


def test_delta_of_an_option_is_blacks_or_less_its_premium() -> None:
    name = "BTC-27FEB26-10000-C"  # so deep that its delta is 1
    priced = market(name, vol=0.1, mark={name: 0.857})
    held = holdings({name: 1.0})
    black = answer(bound("deribit/portfolio"), held, priced)
    net = answer(bound("deribit/portfolio", {"option_delta": "net_transaction"}), held, priced)
    assert line(black, "roll_shock").amount == pytest.approx(0.01)
    assert line(net, "roll_shock").amount == pytest.approx(0.01 * (1 - 0.857))
    future = holdings({"BTC-PERPETUAL": 70_000.0})
    model = bound("deribit/portfolio", {"option_delta": "net_transaction"})
    unchanged = answer(model, future, market("BTC-PERPETUAL"))
    assert line(unchanged, "roll_shock").amount == pytest.approx(0.01)


def test_delta_shock_is_charged_above_its_threshold_on_the_whole_delta() -> None:
    held = holdings({"BTC-PERPETUAL": 70_000.0 * 1_000})  # 1,000 BTC, 70 M USD
    priced = market("BTC-PERPETUAL")
    found = line(answer(bound("deribit/portfolio"), held, priced), "delta_shock").amount
    assert found == pytest.approx((70e6 - 20e6) * 1_000 * 0.00005 / 70_000)
    rules: dict[str, object] = {"delta_shock_increment": "one_percent"}
    capped = line(answer(bound("deribit/portfolio", rules), held, priced), "delta_shock").amount
    assert capped == pytest.approx(0.10 * 1_000)


def test_long_options_reduce_the_delta_that_is_shocked_and_never_add_to_it() -> None:
    deep = {"BTC-27FEB26-10000-C": 1.0, "BTC-27FEB26-990000-P": 1.0}  # deltas +1 and -1
    priced = market("BTC-PERPETUAL", *deep, vol=0.1)
    perpetual = {"BTC-PERPETUAL": 70_000.0 * 1_000}

    def shocked(book: dict[str, float]) -> float:
        requirement = answer(bound("deribit/portfolio"), holdings(book), priced)
        return line(requirement, "delta_shock").amount

    whole = shocked(perpetual)
    assert shocked(perpetual | {"BTC-27FEB26-10000-C": 500.0}) == pytest.approx(whole)
    reduced = shocked(perpetual | {"BTC-27FEB26-990000-P": 500.0})
    assert reduced == pytest.approx((35e6 - 20e6) * 500 * 0.00005 / 70_000)
    assert shocked(perpetual | {"BTC-27FEB26-990000-P": 5_000.0}) == 0
    short = perpetual | {"BTC-27FEB26-10000-C": -500.0}
    assert shocked(short) == pytest.approx((35e6 - 20e6) * 500 * 0.00005 / 70_000)


def test_each_underlying_takes_its_own_worst_column_or_all_share_one() -> None:
    book = {"BTC_USDC-PERPETUAL": -2.0, "ETH_USDC-PERPETUAL": 20.0}
    priced = market(*book)
    own = answer(bound("deribit/portfolio"), holdings(book), priced)
    rules: dict[str, object] = {"offset": "same_column"}
    joint = answer(bound("deribit/portfolio", rules), holdings(book), priced)
    btc, eth = 2 * 70_000 * 0.16, 20 * 2_000 * 0.18
    assert line(own, "worst_case").amount == pytest.approx(btc + eth)
    assert own.worst_scenario == "BTC +16 %, vol up; ETH −18 %, vol up"
    assert line(joint, "worst_case").amount == pytest.approx(btc - 0.6 * eth)
    assert joint.losses.worst[0] == joint.losses.worst[1]


def test_gain_that_meets_losses_has_a_largest_amount() -> None:
    book = {"BTC_USDC-PERPETUAL": -3_000.0, "ETH_USDC-PERPETUAL": 100_000.0}
    priced = market(*book)
    rules: dict[str, object] = {"offset": "same_column"}
    joint = answer(bound("deribit/portfolio", rules), holdings(book), priced)
    btc, eth = 3_000 * 70_000 * 0.16, 100_000 * 2_000 * 0.18
    assert 0.6 * eth > 20e6
    # Down, ETH loses all of it and the gain of BTC counts nothing; up, 20 M at most is offset.
    assert line(joint, "worst_case").amount == pytest.approx(max(eth, btc - 20e6))
    up = answer(
        bound("deribit/portfolio", rules, ETH={"pnl_offset": 0.9}),
        holdings({"BTC_USDC-PERPETUAL": -30_000.0, "ETH_USDC-PERPETUAL": 100_000.0}),
        priced,
    )
    assert line(up, "worst_case").amount == pytest.approx(10 * btc - 20e6)
    assert line(up, "max_offsetable_pnl").amount == pytest.approx(0.9 * eth - 20e6)


def test_gains_of_other_underlyings_shift_to_no_negative_worst_case() -> None:
    book = {"BTC_USDC-PERPETUAL": 1.0}
    priced = market(*book)
    rules: dict[str, object] = {"offset": "same_column"}
    joint = answer(bound("deribit/portfolio", rules), holdings(book), priced)
    assert line(joint, "worst_case").amount == pytest.approx(70_000 * 0.16)


def test_linear_contract_in_a_cross_pool_is_worth_what_its_inverse_twin_is() -> None:
    """At the index as mark and USDC at 1: in every column, in every charge and in the equity."""
    at, vol = 70_000.0, 0.6
    sizes = {
        "BTC-PERPETUAL": 1.5,
        "BTC-27MAR26": -0.7,
        "BTC-27MAR26-60000-P": -12.0,
        "BTC-27FEB26-80000-C": 5.0,
    }
    units, marks = {}, {}
    for name in sizes:
        each, twin = instrument(name), instrument(name.replace("BTC", "BTC_USDC", 1))
        units[name] = 1.0 if isinstance(each, Option) else at
        if isinstance(each, Option):
            call = each.right is Right.CALL
            marks[twin.name] = black(at, each.strike, days(name) / 365, vol, call=call)
            marks[name] = marks[twin.name] / at
    twins = {name: name.replace("BTC", "BTC_USDC", 1) for name in sizes}
    priced = market(*twins, *twins.values(), vol=vol, mark=marks)
    model = bound("deribit/cross-portfolio")
    moved = risk(priced, model.scenarios(priced.universe, priced))
    inverse = holdings({name: size * units[name] for name, size in sizes.items()})
    linear = holdings({twins[name]: size for name, size in sizes.items()})
    (one,), (other,) = model.requirement(inverse, moved), model.requirement(linear, moved)
    assert other.headline.amount == pytest.approx(one.headline.amount, rel=1e-9)
    assert other.maintenance.amount == pytest.approx(one.maintenance.amount, rel=1e-9)
    assert other.equity.amount == pytest.approx(one.equity.amount, rel=1e-9)
    mine, theirs = dict(one.losses.positions), dict(other.losses.positions)
    for name, twin in twins.items():
        assert mine[name] == pytest.approx(theirs[twin], rel=1e-9, abs=1e-6)


def test_segregated_pools_never_net_a_coin_with_its_usdc_twin() -> None:
    book = {"BTC-PERPETUAL": 70_000.0, "BTC_USDC-PERPETUAL": -1.0}
    priced = market(*book)
    model = bound("deribit/portfolio")
    moved = risk(priced, model.scenarios(priced.universe, priced))
    found = {each.pool: each for each in model.requirement(holdings(book), moved)}
    assert found["BTC"].headline.amount == pytest.approx(1 / 0.84 - 1 + 0.01)
    assert found["USDC"].headline.amount == pytest.approx(70_000 * (0.16 + 0.01))
    assert found["USDC"].losses.sets == ("btc_usdc",)
    assert found["BTC"].worst_scenario == "BTC −16 %, vol up"
    assert found["USDC"].worst_scenario == "BTC +16 %, vol up"
    assert line(found["BTC"], "netting_set").because == "BTC −16 %, vol up"
    cross = answer(bound("deribit/cross-portfolio"), holdings(book), priced)
    assert cross.headline.amount == pytest.approx(2 * 70_000 * 0.01, abs=1e-4)


def test_worst_scenario_names_the_column_of_every_losing_underlying() -> None:
    priced = market("BTC-PERPETUAL", "ETH-PERPETUAL")
    book = holdings({"BTC-PERPETUAL": 70_000.0, "ETH-PERPETUAL": -2_000.0})
    found = answer(bound("deribit/cross-portfolio"), book, priced)
    assert found.worst_scenario == "BTC −16 %, vol up; ETH +18 %, vol up"
    ties = [each.because for each in line(found, "netting_set").considered]
    assert ties == ["BTC −16 %, vol same", "BTC −16 %, vol down"]
    flat = answer(bound("deribit/cross-portfolio"), holdings({"BTC-PERPETUAL": 0.0}), priced)
    assert flat.worst_scenario == "no scenario loses"


def test_shares_of_the_delta_shock_follow_the_deltas_that_make_it() -> None:
    book = {"BTC-PERPETUAL": 70_000.0 * 900, "BTC-27MAR26": 70_000.0 * 100}
    found = answer(bound("deribit/portfolio"), holdings(book), market(*book))
    (shocked,) = line(found, "delta_shock").parts
    amounts = {each.term: each.amount for each in shocked.parts}
    assert amounts["BTC-PERPETUAL"] == pytest.approx(9 * amounts["BTC-27MAR26"])
    assert shocked.amount == pytest.approx(fsum(amounts.values()))


def test_extended_dampener_grows_with_the_distance_beyond_the_matrix() -> None:
    name = "BTC-13FEB26-110000-C"
    priced = market(name)
    held = holdings({name: -2_000.0})
    found = answer(bound("deribit/portfolio"), held, priced)
    losses = found.losses
    (column,) = losses.worst
    assert losses.group[column] == "extended"
    move = losses.move[column]
    damper = (move / 0.16 - 1) * 100_000 / (1.16 * 70_000)
    assert line(found, "extended_dampener").amount == pytest.approx(-damper)
    assert line(found, "worst_case").amount == pytest.approx(
        -losses.profit[0][column] - damper, abs=1e-9
    )
    assert "extended table" in found.label
    later = NOON + timedelta(hours=1)
    assert answer(bound("deribit/portfolio", at=later), held, priced) == found


def test_delta_that_is_shocked_is_reduced_to_zero_at_most() -> None:
    names = ("BTC-PERPETUAL", "BTC-27FEB26-10000-C", "BTC-27FEB26-990000-P")
    priced = market(*names, vol=0.1)
    model = bound("deribit/portfolio")
    moved = risk(priced, model.scenarios(priced.universe, priced))
    matrix = risk_matrix(model.parameters, moved, "BTC", (), pooled=False)
    coin = 70_000.0
    books = {
        (2 * coin, 0.0, 0.0): 2.0,
        (2 * coin, 3.0, 0.0): 2.0,  # a long call adds nothing to a long future
        (2 * coin, 0.0, 0.5): 1.5,
        (2 * coin, 0.0, 3.0): 0.0,
        (-2 * coin, 0.5, 0.0): -1.5,
        (-2 * coin, 0.0, 3.0): -2.0,
        (0.0, 3.0, 0.0): 0.0,
        (0.0, -3.0, 0.0): -3.0,
        (2 * coin, 1.0, 2.0): 1.0,  # the long options net first
    }
    rows = [matrix.names.index(name) for name in names]
    for book, expected in books.items():
        quantity = np.zeros((1, len(names)))
        quantity[0, rows] = book
        coins, _ = matrix.effective_delta(quantity)
        assert coins[0, 0] == pytest.approx(expected, abs=1e-12), book


def test_own_equity_of_a_position_stands_in_its_own_line() -> None:
    """Not in the collateral's: a coin option in a cross pool gains with the coin it is worth."""
    name = "BTC-27MAR26-60000-P"
    priced = market(name, mark={name: 0.1})
    held = holdings({name: 2.0}, {"BTC": 1.0})
    found = answer(bound("deribit/cross-portfolio"), held, priced)
    cash = line(found, "collateral_equity")
    column = found.losses.worst[0]
    move = found.losses.move[column]
    assert cash.amount == pytest.approx(-1.0 * 70_000 * move)
    (vector,) = (row for each, row in found.losses.positions if each == name)
    assert line(found, name).amount == pytest.approx(-vector[column])
    total = line(found, "netting_set")
    assert total.amount == pytest.approx(-found.losses.profit[0][column])


@pytest.mark.parametrize("offset", ["own_worst", "same_column"])
@pytest.mark.parametrize("seed", range(6))
def test_margin_of_many_books_at_once_is_that_of_their_trees(offset: str, seed: int) -> None:
    names = ("BTC_USDC-PERPETUAL", "ETH_USDC-PERPETUAL", "BTC_USDC-27MAR26-60000-P")
    priced = market(*names)
    model = bound("deribit/portfolio", {"offset": offset})
    moved = risk(priced, model.scenarios(priced.universe, priced))
    matrix = risk_matrix(model.parameters, moved, "USDC", (), pooled=False)
    books = np.random.default_rng(seed).normal(0, 50, (4, len(names)))
    together = matrix.margin(books)
    for book, amount in zip(books.tolist(), together.tolist(), strict=True):
        held = holdings(dict(zip(matrix.names, book, strict=True)))
        tree = line(answer(model, held, priced), "risk_matrix_margin")
        assert amount == pytest.approx(tree.amount, rel=1e-12, abs=2e-9)


def test_the_unmoved_market_is_no_scenario_also_where_nothing_loses() -> None:
    name = "BTC-27MAR26-60000-P"
    flat = answer(bound("deribit/portfolio"), holdings({name: 0.0}), market(name))
    assert flat.losses.worst == (1,)


def test_margin_of_a_book_is_rounded_as_its_line_is() -> None:
    name = "BTC-27MAR26-60000-P"
    model, priced = bound("deribit/portfolio"), market(name)
    moved = risk(priced, model.scenarios(priced.universe, priced))
    matrix = risk_matrix(model.parameters, moved, "BTC", (), pooled=False)
    worst = float(matrix.worst_case(np.array([[-1.0]]))[0])
    found = matrix.margin(np.array([[-1.0]])) - matrix.roll_shock(np.array([[-1.0]]))
    assert worst != round(worst, 9)
    assert float(found[0]) == pytest.approx(round(worst, 9), abs=1e-15)
