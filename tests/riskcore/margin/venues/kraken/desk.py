"""Markets and books of Kraken, for tests."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from riskcore.holdings import Balance, Holdings, Order, Position
from riskcore.margin.requirement import Component, Requirement
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import kraken
from riskcore.repricing import risk
from riskcore.universe import universe
from tests.builders import golden, library

GOLDEN = golden("margin/kraken")
AUTUMN = datetime(2026, 11, 22, 12, tzinfo=UTC)
INDEX = {"BTC": 80_000.0, "ETH": 2_500.0, "AAVE": 200.0, "USDC": 1.0, "EUR": 1.1}


def market(
    marks: Mapping[str, float], index: Mapping[str, float] = INDEX, at: datetime = AUTUMN
) -> MarketSnapshot:
    """Contracts at these marks."""
    there = universe(kraken.parse(name) for name in marks)
    return snapshot(
        at, there, index, mark=np.array([marks[each.name] for each in there.instruments])
    )


def held(
    positions: Mapping[str, tuple[float, float | None]] | None = None,
    balances: Mapping[str, float] | None = None,
    orders: Sequence[tuple[str, float, float]] = (),
    **fields: Any,
) -> Holdings:
    """Holdings: quantity and entry by symbol, amounts; orders are symbol, size, price."""
    return Holdings(
        tuple(
            Position(kraken.parse(name), size, entry, **fields)
            for name, (size, entry) in (positions or {}).items()
        ),
        {coin: Balance(amount) for coin, amount in (balances or {}).items()},
        tuple(Order(kraken.parse(name), size, price) for name, size, price in orders),
    )


def pools(
    there: MarketSnapshot,
    book: Holdings,
    overrides: Mapping[str, Mapping[str, object]] | None = None,
) -> dict[str, Requirement]:
    """What Kraken requires of an account, by pool."""
    model = library().bind("kraken/multi-collateral", there.as_of, overrides)
    moved = risk(there, model.scenarios(there.universe, there))
    return {each.pool: each for each in model.requirement(book, moved)}


def initial(required: Requirement) -> float:
    """Initial margin."""
    assert required.initial is not None
    return required.initial.amount


def line(tree: Component | None, term: str) -> Component:
    """The first line of a tree with this term."""
    assert tree is not None
    return next(each for each in tree.walk() if each.term == term)
