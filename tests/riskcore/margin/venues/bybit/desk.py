"""Accounts of Bybit, for its tests."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from riskcore.holdings import Balance, Holdings, Order, Position, Settings
from riskcore.instruments import Instrument, Option
from riskcore.margin.requirement import Component, Requirement
from riskcore.market import NO_ORACLES, MarketSnapshot, snapshot
from riskcore.naming import bybit
from riskcore.oracles import Oracles
from riskcore.pricing import black
from riskcore.repricing import risk
from riskcore.universe import universe
from tests.builders import library

SEPTEMBER = datetime(2026, 9, 25, 12, tzinfo=UTC)
INDEX: Mapping[str, float] = {
    "BTC": 70_000.0,
    "ETH": 2_000.0,
    "SOL": 90.0,
    "USDT": 1.0,
    "USDC": 1.0,
}


def market(
    names: Sequence[str],
    *,
    at: datetime = SEPTEMBER,
    index: Mapping[str, float] = INDEX,
    marks: Mapping[str, float] | None = None,
    vols: Mapping[str, float] | None = None,
    forwards: Mapping[str, float] | None = None,
    oracles: Oracles = NO_ORACLES,
) -> MarketSnapshot:
    """Futures at the index, options by Black at 60 % volatility."""
    listed = universe(bybit.parse(name) for name in names)
    tau = listed.tau(at.timestamp())
    mark, forward, vol = (np.full(len(listed), np.nan) for _ in range(3))
    for row, each in enumerate(listed.instruments):
        price = index[each.base]
        mark[row] = price
        if isinstance(each, Option):
            forward[row] = (forwards or {}).get(each.name, price)
            vol[row] = (vols or {}).get(each.name, 0.6)
            mark[row] = black.price(
                forward[[row]], np.array([each.strike]), tau[[row]], vol[[row]],
                np.array([each.right.sign]),
            )[0]  # fmt: skip
        mark[row] = (marks or {}).get(each.name, mark[row])
    return snapshot(at, listed, index, mark=mark, forward=forward, vol=vol, oracles=oracles)


def position(name: str, quantity: float, **terms: Any) -> Position:
    """A position by its name."""
    return Position(bybit.parse(name), quantity, **terms)


def required(
    model: str,
    held: Sequence[Position] | Mapping[str, float],
    balances: Mapping[str, float | Balance] | None = None,
    *,
    priced: MarketSnapshot | None = None,
    orders: Sequence[Order] = (),
    rules: Mapping[str, Mapping[str, object]] | None = None,
    mode: str = "net",
) -> Requirement:
    """What Bybit requires of an account."""
    if isinstance(held, Mapping):
        held = [position(name, quantity) for name, quantity in held.items()]
    cash = {
        name: each if isinstance(each, Balance) else Balance(each)
        for name, each in (balances or {}).items()
    }
    account = Holdings(tuple(held), cash, tuple(orders), Settings(mode))
    if priced is None:
        names = dict.fromkeys(each.name for each in account.instruments())
        priced = market(list(names))
    bound = library().bind(f"bybit/{model}", priced.as_of, rules)
    moved = risk(priced, bound.scenarios(priced.universe, priced))
    (found,) = bound.requirement(account, moved)
    return found


def initial(found: Requirement) -> float:
    """The initial margin."""
    assert found.initial is not None
    return found.initial.amount


def line(tree: Component | None, term: str) -> Component:
    """The first line of a term."""
    assert tree is not None
    return next(each for each in tree.walk() if each.term == term)


def figure(found: Requirement, term: str) -> float:
    """A field of the account."""
    return next(each.amount for each in found.figures if each.term == term)


def order(name: str, quantity: float, price: float, *, reduce_only: bool = False) -> Order:
    """A resting order."""
    instrument: Instrument = bybit.parse(name)
    return Order(instrument, quantity, price, reduce_only)
