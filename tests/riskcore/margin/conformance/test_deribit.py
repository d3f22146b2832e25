"""Where a rule of Deribit breaks a property. The cards of the models say the same."""

import pytest

from riskcore.holdings import Holdings
from riskcore.margin.requirement import Requirement
from riskcore.repricing import risk
from tests.builders import NOON, holdings, library, market
from tests.riskcore.margin.conformance.books import book, pools


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


@pytest.mark.parametrize("model", ["deribit/portfolio", "deribit/cross-portfolio"])
def test_table_of_losses_has_the_matrix_and_the_extended_scenarios(model: str) -> None:
    for requirement in pools(model, book(model, [1.0] * 11)).values():
        losses = requirement.losses
        assert losses.group.count("standard") == 28
        assert losses.group.count("extended") == 8
        assert len(losses.label) == len(losses.move) == 36
