"""What stands alone: positions without what never nets, which is counted once beside them."""

from datetime import UTC, datetime

import pytest

from riskcore.holdings import Account, Balance, Holdings, Position
from riskcore.margin.alone import netting
from riskcore.margin.requirement import Component, total
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import directory
from riskcore.query import query
from riskcore.report import report
from riskcore.universe import Universe
from tests.builders import library

AT = datetime(2026, 9, 25, 12, tzinfo=UTC)
INDEX = {"BTC": 60000.0, "ETH": 2500.0, "SOL": 150.0, "USDC": 1.0, "USDT": 1.0}
BOOKS = {
    "drift/cross": ({"SOL-PERP": 100.0}, {"USDC": 20000.0, "SOL": 30.0}),
    "binance/portfolio": ({"BTCUSDT": 3.0}, {"USDT": 50000.0, "ETH": -4.0}),
    "hyperliquid/portfolio": ({"BTC": -1.0, "ETH": -20.0}, {"USDC": -5000.0, "BTC": 1.2}),
    "okx/multi-currency": ({"BTC-USDT-SWAP": -300.0}, {"USDT": -20000.0, "BTC": 1.5}),
    "paradex/cross": ({"BTC-USD-PERP": 1.5}, {"USDC": 80000.0, "ETH": 2.0}),
}


def market(venue: str, names: dict[str, float]) -> MarketSnapshot:
    universe = Universe(tuple(directory.of(venue).parse(name) for name in names))
    return snapshot(AT, universe, INDEX, mark=[INDEX[each.base] for each in universe.instruments])


def test_a_requirement_without_what_never_nets() -> None:
    positions = total("positions_margin", Component("a", 1.0), Component("b", 2.0))
    whole = total("initial_margin", positions, Component("borrowing_margin", 8.0))
    assert netting(whole) == 3.0


@pytest.mark.parametrize("name", BOOKS)
def test_where_nothing_nets_netting_neither_saves_nor_costs(name: str) -> None:
    venue = name.partition("/")[0]
    sizes, balances = BOOKS[name]
    parse = directory.of(venue).parse
    held = Holdings(
        tuple(
            Position(parse(each), size, INDEX[parse(each).base] * (0.99 if size > 0 else 1.01))
            for each, size in sizes.items()
        ),
        {
            currency: Balance(max(amount, 0.0), max(-amount, 0.0))
            for currency, amount in balances.items()
        },
    )
    desk = Account("desk", "Desk", venue, name, held)
    (pool,) = report(query(desk, market(venue, sizes), library().bind(name, AT))).results[0].pools
    assert pool.other_alone, "the book has something that never nets"
    assert pool.stand_alone_sum == pytest.approx(pool.requirement.headline.amount)
    assert pool.netting_saves == pytest.approx(0.0, abs=1e-6)
