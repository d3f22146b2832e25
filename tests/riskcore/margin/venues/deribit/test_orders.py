"""What resting orders add."""

import pytest

from riskcore.holdings import Balance, Holdings, Order
from riskcore.repricing import risk
from tests.builders import holdings, instrument, market
from tests.riskcore.margin.venues.deribit.desk import MODELS, answer, bound, orders


@pytest.mark.parametrize("name", MODELS)
def test_orders_add_to_the_initial_margin_alone(name: str) -> None:
    priced = market("BTC-PERPETUAL")
    bare = holdings({"BTC-PERPETUAL": 70_000.0}, {"BTC": 1.0})
    ordered = Holdings(bare.positions, bare.balances, orders(70_000.0))
    model = bound(name)
    before, after = answer(model, bare, priced), answer(model, ordered, priced)
    price = 70_000 if "cross" in name else 1
    expected = price * (0.02 + 0.00005 * 2)  # the position counts in the order's rate
    assert after.headline.amount - before.headline.amount == pytest.approx(expected)
    assert after.maintenance.amount == before.maintenance.amount
    assert "open orders" in after.label
    assert "open orders" not in before.label


@pytest.mark.parametrize("name", MODELS)
def test_order_that_only_reduces_adds_nothing(name: str) -> None:
    priced = market("BTC-PERPETUAL")
    bare = holdings({"BTC-PERPETUAL": 70_000.0}, {"BTC": 1.0})
    ordered = Holdings(bare.positions, bare.balances, orders(-70_000.0, reduce_only=True))
    model = bound(name)
    assert answer(model, ordered, priced) == answer(model, bare, priced)


def test_both_sides_of_the_book_add_or_the_larger_one_counts() -> None:
    priced = market("BTC-PERPETUAL")
    held = Holdings((), {"BTC": Balance(1.0)}, orders(70_000.0, 70_000.0, -210_000.0))
    alone = answer(bound("deribit/standard"), held, priced).headline.amount
    bought = 2 * (0.02 + 0.00005)
    sold = 3 * (0.02 + 0.00005 * 3)
    assert alone == pytest.approx(bought + sold)
    larger = bound("deribit/standard", {"open_orders": "larger_side"})
    assert answer(larger, held, priced).headline.amount == pytest.approx(max(bought, sold))


def test_bought_option_reserves_its_premium_and_a_sold_one_its_margin() -> None:
    name = "BTC-27MAR26-60000-P"
    priced = market(name, mark={name: 0.02})
    option = instrument(name)
    buy = Holdings((), {"BTC": Balance(1.0)}, (Order(option, 0.5, 0.019),))
    sell = Holdings((), {"BTC": Balance(1.0)}, (Order(option, -3.0, 0.021),))
    model = bound("deribit/standard")
    assert answer(model, buy, priced).headline.amount == pytest.approx(0.5 * 0.019)
    assert answer(model, sell, priced).headline.amount == pytest.approx(3 * (0.10 + 0.02))


def test_orders_of_another_currency_belong_to_its_own_pool() -> None:
    priced = market("BTC-PERPETUAL", "ETH-PERPETUAL")
    held = Holdings((), {"ETH": Balance(1.0)}, orders(70_000.0))
    model = bound("deribit/portfolio")
    moved = risk(priced, model.scenarios(priced.universe, priced))
    found = {each.pool: each.headline.amount for each in model.requirement(held, moved)}
    assert found == {"BTC": pytest.approx(0.02005), "ETH": 0.0}
