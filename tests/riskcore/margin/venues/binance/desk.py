"""Markets and accounts of Binance, for tests."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np

from riskcore.holdings import Balance, Holdings, MarginMode, Order, Position, Settings, Side
from riskcore.instruments import Option
from riskcore.margin.requirement import Component, Requirement
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import binance
from riskcore.repricing import risk
from riskcore.risk_array import Risk
from riskcore.universe import universe
from tests.builders import library

SEEN = datetime(2026, 9, 30, 12, tzinfo=UTC)  # the tiers were recorded
EARLY = datetime(2024, 10, 24, 12, tzinfo=UTC)
DOLLARS = {"USDT": 1.0, "USDC": 1.0}


def market(
    mark: Mapping[str, float],
    index: Mapping[str, float] | None = None,
    as_of: datetime = SEEN,
    vol: float = 0.6,
) -> MarketSnapshot:
    """These contracts at their marks; the index of a coin is the mark of its first contract."""
    of = universe(binance.parse(name) for name in mark)
    known = dict(DOLLARS)
    for name, price in mark.items():
        each = binance.parse(name)
        if not isinstance(each, Option):
            known.setdefault(each.base, price)
    known |= index or {}
    marks = np.array([mark[each.name] for each in of.instruments])
    options = np.array([isinstance(each, Option) for each in of.instruments])
    forward = np.array([known[each.base] for each in of.instruments])
    return snapshot(
        as_of,
        of,
        known,
        mark=marks,
        forward=np.where(options, forward, np.nan),
        vol=np.where(options, vol, np.nan),
    )


def held(
    name: str,
    quantity: float,
    entry: float | None = None,
    *,
    leverage: float | None = None,
    isolated: float | None = None,
    side: Side = Side.NET,
) -> Position:
    """A position; with an isolated margin it is isolated."""
    mode = MarginMode.CROSS if isolated is None else MarginMode.ISOLATED
    return Position(
        binance.parse(name),
        quantity,
        entry,
        side=side,
        margin_mode=mode,
        leverage=leverage,
        isolated_margin=isolated,
    )


def account(
    *positions: Position,
    cash: Mapping[str, float | Balance] | None = None,
    orders: tuple[Order, ...] = (),
    hedge: bool = False,
) -> Holdings:
    """An account with these positions and balances."""
    balances = {
        name: each if isinstance(each, Balance) else Balance(each)
        for name, each in (cash or {}).items()
    }
    settings = Settings(position_mode="hedge" if hedge else "net")
    return Holdings(positions, balances, orders, settings)


def order(name: str, quantity: float, price: float, *, reduces: bool = False) -> Order:
    """A resting order."""
    return Order(binance.parse(name), quantity, price, reduces)


def model(
    name: str, as_of: datetime = SEEN, overrides: Mapping[str, Mapping[str, object]] | None = None
) -> Any:
    """A model of Binance by its short name."""
    return library().bind(f"binance/{name}", as_of, overrides)


def priced(bound: Any, prices: MarketSnapshot) -> Risk:
    """The market as the model looks at it."""
    return risk(prices, bound.scenarios(prices.universe, prices))


def required(bound: Any, owned: Holdings, prices: MarketSnapshot) -> dict[str, Requirement]:
    """Every pool's requirement."""
    return {each.pool: each for each in bound.requirement(owned, priced(bound, prices))}


def only(bound: Any, owned: Holdings, prices: MarketSnapshot) -> Requirement:
    """The requirement of an account with one pool."""
    (found,) = required(bound, owned, prices).values()
    return found


def lines(tree: Component, term: str) -> list[Component]:
    """The lines of a tree with a term."""
    return [each for each in tree.walk() if each.term == term]
