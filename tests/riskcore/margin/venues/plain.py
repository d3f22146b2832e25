"""A plain market of any venue, and what a model makes of a book in it, for tests."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from riskcore.holdings import Balance, Holdings, Position
from riskcore.instruments import Option
from riskcore.margin.requirement import Component, Requirement
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import directory
from riskcore.repricing import risk
from riskcore.risk_array import Risk
from riskcore.universe import universe
from tests.builders import NOON, library

INDEX = {"BTC": 70_000.0, "ETH": 2_000.0, "LTC": 80.0, "USDC": 1.0, "USDT": 1.0}


def plain_market(
    venue: str,
    *names: str,
    as_of: datetime = NOON,
    index: Mapping[str, float] = INDEX,
    mark: Mapping[str, float] | None = None,
    forward: Mapping[str, float] | None = None,
    vol: float = 0.6,
) -> MarketSnapshot:
    """Futures at the index, options at 60 % volatility with a plain mark."""
    held = universe(directory.of(venue).parse(name) for name in names)
    marks, forwards, vols = (np.full(len(held), np.nan) for _ in range(3))
    for row, each in enumerate(held.instruments):
        at = (forward or {}).get(each.name, index[each.base])
        marks[row] = at
        if isinstance(each, Option):
            worth = max(each.right.sign * (at - each.strike), 0.0) + 0.02 * at
            marks[row] = worth / at if each.settlement == each.base else worth
            forwards[row], vols[row] = at, vol
        marks[row] = (mark or {}).get(each.name, marks[row])
    return snapshot(as_of, held, index, mark=marks, forward=forwards, vol=vols)


def plain_book(
    priced: MarketSnapshot,
    positions: Mapping[str, float],
    balances: Mapping[str, float] | None = None,
    **terms: Any,
) -> Holdings:
    """Holdings of a market's instruments by name, and cash."""
    by_name = {each.name: each for each in priced.universe.instruments}
    return Holdings(
        tuple(Position(by_name[name], size, **terms) for name, size in positions.items()),
        {name: Balance(amount) for name, amount in (balances or {}).items()},
    )


def answered(
    model: str,
    priced: MarketSnapshot,
    held: Holdings,
    overrides: Mapping[str, Mapping[str, object]] | None = None,
) -> tuple[Requirement, Any, Risk]:
    """The first pool's requirement, the model and the priced market."""
    bound = library().bind(model, priced.as_of, overrides)
    moved = risk(priced, bound.scenarios(priced.universe, priced))
    return bound.requirement(held, moved)[0], bound, moved


def every(tree: Component, term: str) -> list[Component]:
    """The lines of a tree with a term, those that lost as well."""
    found = [tree] if tree.term == term else []
    for part in (*tree.parts, *tree.considered):
        found += every(part, term)
    return found


def amount(tree: Component, term: str) -> float:
    """The first line with a term; 0 where there is none."""
    found = every(tree, term)
    return found[0].amount if found else 0.0
