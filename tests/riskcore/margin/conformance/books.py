"""Random books of a model's own venue, and what the model makes of them."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from math import fsum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskcore.holdings import Balance, Holdings, MarginMode, Order, Position
from riskcore.instruments import Instrument
from riskcore.margin.requirement import Requirement
from riskcore.market import MarketSnapshot
from riskcore.repricing import risk
from riskcore.risk_array import Risk
from tests.builders import library
from tests.riskcore.margin.samples.sample import Sample

SAMPLES = "tests.riskcore.margin.samples"
FOLDER = Path(__file__).parents[1] / "samples"
LARGEST = 50.0  # units of an instrument


@cache
def sample(name: str) -> Sample:
    """What the suite knows of a model; without it the suite cannot try the model, and fails."""
    venue = name.partition("/")[0].replace("-", "_")
    stems = [path.stem for path in FOLDER.glob("*.py") if path.stem != "sample"]
    for stem in sorted(stems, key=lambda each: (not venue.startswith(each), each)):
        found = import_module(f"{SAMPLES}.{stem}").SAMPLES
        if name in found:
            wanted: Sample = found[name]
            return wanted
    pytest.fail(f"{name} has no sample: write one in tests/riskcore/margin/samples/{venue}.py")


@cache
def whole_market(name: str) -> MarketSnapshot:
    """The market of a model's sample."""
    return sample(name).market()


@cache
def whole_risk(name: str) -> tuple[Any, Risk]:
    """A model at the instant of its sample's market, and that market priced in its scenarios."""
    priced = whole_market(name)
    model = library().bind(name, priced.as_of)
    return model, risk(priced, model.scenarios(priced.universe, priced))


@cache
def turned_risk(name: str) -> Risk:
    """The same with the instruments in the opposite order."""
    model, moved = whole_risk(name)
    turned = moved.market.restricted(moved.universe.instruments[::-1])
    return risk(turned, model.scenarios(turned.universe, turned))


def traded(name: str) -> tuple[tuple[Instrument, float], ...]:
    """The instruments of a model's books, and the quantity of one unit of size."""
    by_name = {each.name: each for each in whole_market(name).universe.instruments}
    return tuple((by_name[each], unit) for each, unit in sample(name).units.items())


def sizes(name: str) -> st.SearchStrategy[list[float]]:
    """Units of every instrument of a model's books: some held, from small to large.

    Drawn from a seed, so that a few books differ more than a few lists of floats would.
    """
    count = len(sample(name).units)
    return st.integers(0, 2**31 - 1).map(lambda seed: _drawn(count, seed))


def _drawn(count: int, seed: int) -> list[float]:
    chance = random.Random(seed)
    held = chance.choice((0.2, 0.5, 0.9))
    largest = chance.choice((LARGEST, LARGEST, 1.0))
    return [
        round(chance.uniform(-largest, largest), 3) if chance.random() < held else 0.0
        for _ in range(count)
    ]


def position(name: str, instrument: Instrument, quantity: float) -> Position:
    """A position as the venue keeps it."""
    known = sample(name)
    mode = MarginMode.CROSS if known.isolated is None else MarginMode.ISOLATED
    return Position(
        instrument,
        quantity,
        margin_mode=mode,
        leverage=known.leverage,
        isolated_margin=known.isolated,
    )


def book(
    name: str, size: Sequence[float], *, balances: bool = True, zeros: bool = False
) -> Holdings:
    """The holdings of these units of each instrument; what has none is left out, or held at 0."""
    known = sample(name)
    held = tuple(
        position(name, instrument, units * unit)
        for (instrument, unit), units in zip(traded(name), size, strict=True)
        if units or zeros
    )
    cash = {coin: Balance(amount) for coin, amount in known.balances.items()} if balances else {}
    return Holdings(held, cash, settings=known.settings)


def order(name: str, place: int = 0) -> Order:
    """A resting order of one unit below the market."""
    instrument, unit = traded(name)[place]
    priced = whole_market(name)
    return Order(instrument, unit, 0.9 * float(priced.mark[priced.row(instrument)]))


def pools(name: str, held: Holdings) -> dict[str, Requirement]:
    """Every pool's requirement."""
    model, moved = whole_risk(name)
    return {each.pool: each for each in model.requirement(held, moved)}


def figures(requirement: Requirement) -> tuple[float, float, float]:
    """Headline margin, maintenance margin and equity."""
    return (
        requirement.headline.amount,
        requirement.maintenance.amount,
        requirement.equity.amount,
    )


def amounts(name: str, held: Holdings) -> dict[str, tuple[float, float, float]]:
    """The figures of every pool."""
    return {pool: figures(each) for pool, each in pools(name, held).items()}


def inside(requirement: Requirement) -> list[int]:
    """The scenarios that a venue does not call extreme."""
    groups = requirement.losses.group
    return [column for column, group in enumerate(groups) if group == "standard"]


def scan_loss(requirement: Requirement) -> float:
    """The worst loss of every netting set inside the matrix, before any damper, added up."""
    columns = inside(requirement)
    profits = requirement.losses.profit if columns else ()
    return fsum(-min(profit[column] for column in columns) for profit in profits)


def near(value: object, scale: float = 1.0) -> object:
    """Equal up to rounding, for sums of terms as large as `scale`."""
    return pytest.approx(value, rel=1e-9, abs=2e-9 * max(scale, 1.0))


def gross(name: str, held: Holdings) -> float:
    """How large the terms of a book's sums are, USD."""
    priced = whole_market(name)
    cash = [abs(each.amount) * priced.usd(coin) for coin, each in held.balances.items()]
    worth = [
        abs(each.quantity) * each.instrument.multiplier * priced.usd(each.instrument.base)
        for each in held.positions
    ]
    return fsum([*cash, *worth])


def found_by(rule: Callable[[str, Any], None], name: str, examples: int) -> None:
    """Tries a rule on random books of a model. Raises what the rule raises on the smallest."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def tried(data: Any) -> None:
        rule(name, data)

    tried()


def singles(held: Holdings) -> Iterator[Holdings]:
    """Every position alone."""
    for each in held.positions:
        yield replace(held, positions=(each,), balances={}, orders=())
