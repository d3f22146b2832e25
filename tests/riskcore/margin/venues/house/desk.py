"""A house model on a small market, for its tests."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import log1p
from typing import Any

from riskcore.holdings import Holdings
from riskcore.margin.requirement import Component, Requirement
from riskcore.market import MarketSnapshot
from riskcore.repricing import risk
from riskcore.risk_array import Risk
from tests.builders import NOON, holdings, library, market

FUTURE = "BTC_USDC-27MAR26"
OTHER = "ETH_USDC-PERPETUAL"
Overrides = Mapping[str, Mapping[str, object]]


def bound(model: str, overrides: Overrides | None = None) -> Any:
    """A house model with some values replaced."""
    return library().bind(f"house/{model}", NOON, overrides)


def priced(model: Any, book: MarketSnapshot) -> Risk:
    """A market in the scenarios of a model."""
    return risk(book, model.scenarios(book.universe, book))


def required(
    model: str,
    held: Holdings | Mapping[str, float],
    overrides: Overrides | None = None,
    **terms: Any,
) -> Requirement:
    """The requirement of a book: instrument -> quantity, or holdings."""
    book = held if isinstance(held, Holdings) else holdings(held)
    names = [each.name for each in book.held()]
    asked = bound(model, overrides)
    (found,) = asked.requirement(book, priced(asked, market(*names, **terms)))
    return found


def line(requirement: Requirement, term: str) -> Component:
    """The first line of a term in the initial margin."""
    assert requirement.initial is not None
    return next(each for each in requirement.initial.walk() if each.term == term)


def past(
    moves: Mapping[str, Sequence[float]], rules: Mapping[str, object] | None = None
) -> dict[str, dict[str, object]]:
    """Parameters with these relative moves of each coin from 1 Jan 2025 on, over one day."""
    histories: dict[str, dict[str, object]] = {
        coin: {
            "first_day": date(2025, 1, 1),
            "returns": [log1p(each) for each in own],
            "made_up": False,
        }
        for coin, own in moves.items()
    }
    return {
        "rules": {"horizon_days": 1, "stress_weight": 0.0, "confidence": 0.9, **(rules or {})},
        **histories,
    }
