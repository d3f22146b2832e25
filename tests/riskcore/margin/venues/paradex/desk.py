"""Markets and books of Paradex, for tests."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np

from riskcore.holdings import Balance, Holdings, Order, Position
from riskcore.instruments import Option
from riskcore.margin.requirement import Component, Requirement
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import paradex
from riskcore.repricing import risk
from riskcore.risk_array import Risk
from riskcore.universe import universe
from tests.builders import golden, library

GOLDEN = golden("margin/paradex")
APRIL = datetime(2026, 4, 22, tzinfo=UTC)
AUTUMN = datetime(2026, 8, 20, 12, tzinfo=UTC)
PERPETUAL = "BTC-USD-PERP"
CALL = "BTC-USD-8MAY26-78000-C"
COLUMNS = ("mark", "vol", "forward", "delta", "rate", "funding_8h")


def market(
    quotes: Mapping[str, Mapping[str, float]],
    spot: Mapping[str, float],
    as_of: datetime = APRIL,
    usdc: float = 1.0,
) -> MarketSnapshot:
    """A market of these quotes; an option's forward is spot unless it is quoted."""
    there = universe(paradex.parse(name) for name in quotes)
    columns = {key: np.full(len(there), np.nan) for key in COLUMNS}
    for row, each in enumerate(there.instruments):
        if isinstance(each, Option):
            columns["forward"][row] = spot[each.base]
        for key in COLUMNS:
            if key in quotes[each.name]:
                columns[key][row] = quotes[each.name][key]
    return snapshot(as_of, there, {**spot, "USDC": usdc}, **columns)


def april(*, perpetual: bool = True) -> MarketSnapshot:
    """The market of the venue's own tests."""
    told = GOLDEN["april"]
    quotes: dict[str, dict[str, float]] = {}
    for each in (told["call"], *([told["perpetual"]] if perpetual else [])):
        quotes[each["name"]] = {key: value for key, value in each.items() if key != "name"}
    return market(quotes, {"BTC": told["spot"]})


def held(
    positions: Mapping[str, float] | None = None,
    balances: Mapping[str, float] | None = None,
    orders: tuple[tuple[str, float, float], ...] = (),
    **fields: Any,
) -> Holdings:
    """Holdings by symbol and token; orders are symbol, quantity, price."""
    return Holdings(
        tuple(
            Position(paradex.parse(name), size, **fields)
            for name, size in (positions or {}).items()
        ),
        {token: Balance(amount) for token, amount in (balances or {}).items()},
        tuple(Order(paradex.parse(name), size, price) for name, size, price in orders),
    )


def priced(
    model: str,
    at: MarketSnapshot,
    overrides: Mapping[str, Mapping[str, object]] | None = None,
) -> tuple[Any, Risk]:
    """A model at the market's instant, and the market priced in its scenarios."""
    bound = library().bind(f"paradex/{model}", at.as_of, overrides)
    return bound, risk(at, bound.scenarios(at.universe, at))


def required(
    model: str,
    at: MarketSnapshot,
    holdings: Holdings,
    overrides: Mapping[str, Mapping[str, object]] | None = None,
) -> Requirement:
    """The account's one requirement."""
    bound, moved = priced(model, at, overrides)
    (found,) = bound.requirement(holdings, moved)
    assert isinstance(found, Requirement)
    return found


def line(tree: Component | None, term: str) -> Component:
    """The first line of a tree with this term, those only considered as well."""
    assert tree is not None
    found = find(tree, term)
    assert found is not None, term
    return found


def find(tree: Component, term: str) -> Component | None:
    """The same, or None."""
    if tree.term == term:
        return tree
    for part in (*tree.parts, *tree.considered):
        if (found := find(part, term)) is not None:
            return found
    return None


def figure(requirement: Requirement, term: str) -> float:
    """An account field."""
    return next(each.amount for each in requirement.figures if each.term == term)
