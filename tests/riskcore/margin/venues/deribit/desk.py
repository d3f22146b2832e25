"""Questions to one Deribit model, for tests."""

from datetime import datetime
from typing import Any

from riskcore.holdings import Holdings, Order
from riskcore.margin.requirement import Component, Requirement
from riskcore.market import MarketSnapshot
from riskcore.repricing import risk
from tests.builders import NOON, instrument, library

MODELS = tuple(name for name in library().names() if name.startswith("deribit/"))


def bound(
    name: str, rules: dict[str, object] | None = None, at: datetime = NOON, **more: Any
) -> Any:
    """A model, with switches and keys of underlyings replaced."""
    return library().bind(name, at, {"rules": rules or {}, **more})


def answers(model: Any, held: Holdings, priced: MarketSnapshot) -> dict[str, Requirement]:
    """The requirement of every pool."""
    moved = risk(priced, model.scenarios(priced.universe, priced))
    return {each.pool: each for each in model.requirement(held, moved)}


def answer(model: Any, held: Holdings, priced: MarketSnapshot) -> Requirement:
    """The requirement of the first pool."""
    return next(iter(answers(model, held, priced).values()))


def line(requirement: Requirement, term: str) -> Component:
    """The first line with this term under the headline."""
    return next(each for each in requirement.headline.walk() if each.term == term)


def figures(requirement: Requirement) -> dict[str, float]:
    """The account fields of a segregated pool."""
    return {each.term: each.amount for each in requirement.figures}


def days(name: str) -> float:
    """Days from noon to an expiry."""
    expiry: datetime = instrument(name).expiry  # type: ignore[union-attr]
    return (expiry - NOON).total_seconds() / 86_400


def orders(*quantities: float, reduce_only: bool = False) -> tuple[Order, ...]:
    """Resting orders for the BTC perpetual at 69,000."""
    perpetual = instrument("BTC-PERPETUAL")
    return tuple(Order(perpetual, each, 69_000.0, reduce_only) for each in quantities)
