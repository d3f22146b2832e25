"""Hand-sized books and markets of Derive, under the parameters of the chain."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from riskcore.holdings import Balance, Holdings, Position
from riskcore.margin.requirement import Component, Requirement
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import derive
from riskcore.oracles import Oracles
from riskcore.repricing import risk
from riskcore.universe import universe
from tests.builders import library

THEN = datetime(2025, 12, 8, 8, tzinfo=UTC)
SPOT = {"BTC": 90_000.0, "ETH": 3_000.0, "SOL": 130.0, "HYPE": 30.0}
CALL, PUT = "ETH-20251226-3000-C", "ETH-20251226-3000-P"
BOTH = pytest.mark.parametrize("model", ["derive/portfolio", "derive/portfolio-2"])


def quoted(
    *names: str,
    as_of: datetime = THEN,
    oracles: Oracles | None = None,
    index: Mapping[str, float] | None = None,
    **columns: Any,
) -> MarketSnapshot:
    """A market without oracles of Derive: forwards at the index, 60 % volatility."""
    of = universe(derive.parse(name) for name in names)
    spot = np.array([SPOT[each.base] for each in of.instruments])
    filled: dict[str, Any] = {
        "mark": np.where(of.is_option, 0.05 * spot, spot),
        "forward": np.where(of.is_option, spot, np.nan),
        "vol": np.where(of.is_option, 0.6, np.nan),
    }
    filled |= {key: np.full(len(of), value) for key, value in columns.items()}
    prices = {**SPOT, "USDC": 1.0, "USDT": 1.0, "DOGE": 0.1, **(index or {})}
    return snapshot(as_of, of, prices, oracles=oracles or Oracles(), **filled)


def held(
    positions: Mapping[str, float] | None = None,
    balances: Mapping[str, float] | None = None,
    **terms: Any,
) -> Holdings:
    return Holdings(
        tuple(Position(derive.parse(name), size) for name, size in (positions or {}).items()),
        {coin: Balance(amount) for coin, amount in (balances or {}).items()},
        **terms,
    )


def required(
    model: str,
    market: MarketSnapshot,
    holdings: Holdings,
    overrides: Mapping[str, Mapping[str, object]] | None = None,
) -> Requirement:
    bound = library().bind(model, market.as_of, overrides)
    moved = risk(market, bound.scenarios(market.universe, market))
    (found,) = bound.requirement(holdings, moved)
    return found


def line(tree: Component | None, term: str) -> Component:
    assert tree is not None
    return next(each for each in tree.walk() if each.term == term)


def terms(tree: Component | None) -> set[str]:
    assert tree is not None
    return {each.term for each in tree.walk()}
