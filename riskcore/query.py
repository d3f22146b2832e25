"""What is asked and what is answered: types only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from riskcore.holdings import Account, Holdings, Position
from riskcore.margin.model import Calibration, MarginModel
from riskcore.margin.requirement import Component, Requirement
from riskcore.market import MarketSnapshot

KINDS = ("approximate: ", "exact except ")  # of labels, the most careful first


@dataclass(frozen=True, slots=True)
class Query:
    """One account, one market, one or several models. Comparing by identity of the market."""

    account: str
    venue: str
    holdings: Holdings
    market: MarketSnapshot
    models: tuple[MarginModel, ...]
    hypothetical: tuple[Position, ...] = ()

    def traded(self) -> Holdings:
        """The holdings after the hypothetical trades: quantities under one key add up."""
        holdings = self.holdings
        for trade in self.hypothetical:
            held = next((each for each in holdings.positions if each.key == trade.key), None)
            quantity = trade.quantity + (0.0 if held is None else held.quantity)
            holdings = holdings.with_position(replace(held or trade, quantity=quantity))
        return holdings


def query(account: Account, market: MarketSnapshot, *models: MarginModel) -> Query:
    """The question what this account must post in this market."""
    return Query(account.key, account.venue, account.included(), market, models)


@dataclass(frozen=True, slots=True)
class Line:
    """One position as the grid shows it. Absent figures are None, never 0.

    alone, share  in the currency of the position's pool (see PoolResult.usd)
    """

    position: Position
    mark: float
    vol: float | None
    forward: float | None
    value: (
        float  # settlement currency: options mark value; futures: open profit since settled price
    )
    value_usd: float  # options and spot: market value; futures: signed notional
    profit_usd: float | None  # since entry
    delta: float  # coins, whole position
    gamma: float
    vega: float  # quote currency per 1.00 vol
    theta: float  # quote currency per year
    pool: str  # empty when its model cannot hold it
    alone: float | None
    share: float | None  # Euler share of the headline margin, adds up with PoolResult.other_shares
    mapped: str = ""  # what its model sees in its place, as a breakdown names it; empty at home


@dataclass(frozen=True, slots=True)
class PoolResult:
    """One pool's requirement and what netting saved in it."""

    requirement: Requirement
    usd: float  # price of the requirement's currency in USD today
    stand_alone_sum: float  # positions, collateral that moves, orders and haircuts, each alone
    isolated: float | None
    other_shares: tuple[Component, ...]  # of the headline: what is no position's
    other_alone: tuple[Component, ...] = ()  # of the stand-alone sum: what is no position's

    @property
    def netting_saves(self) -> float:
        """Stand-alone sum less the requirement."""
        return self.stand_alone_sum - self.requirement.headline.amount


@dataclass(frozen=True, slots=True)
class ModelResult:
    """All pools of one account under one model.

    mapping   how the book of another venue was put into the terms of the model's own
    unmapped  what of it the model's venue cannot hold and why, a sentence each
    """

    model: str
    title: str
    calibration: Calibration
    pools: tuple[PoolResult, ...]
    lines: tuple[Line, ...]
    mapping: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = ()

    @property
    def nearest(self) -> PoolResult:
        """The pool nearest its trigger: headline usage, excess and distance are its figures."""
        return max(self.pools, key=lambda pool: pool.requirement.trigger.nearness)

    @property
    def label(self) -> str:
        """What the labels of all pools say together."""
        return most_careful(pool.requirement.label for pool in self.pools)


def most_careful(labels: Iterable[str]) -> str:
    """The label that claims least, with the reasons of all others."""
    reasons: dict[str, dict[str, None]] = {kind: {} for kind in KINDS}
    for text in labels:
        for kind, said in reasons.items():
            if text.startswith(kind):
                said.update(dict.fromkeys(text.removeprefix(kind).split(", ")))
    kind = next((each for each in KINDS if reasons[each]), "exact")
    every = dict.fromkeys(each for said in reasons.values() for each in said)
    return kind + ", ".join(every)


@dataclass(frozen=True, slots=True)
class Report:
    """The answer to a query."""

    account: str
    as_of: datetime
    results: tuple[ModelResult, ...]
    index: Mapping[str, float]
    ages: Mapping[str, float]  # seconds, by instrument name
    notes: tuple[str, ...]
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """One point of an account's margin history, in USD; of the pool nearest its trigger."""

    account: str
    as_of: datetime
    model: str
    equity: float
    initial: float | None
    maintenance: float
    stand_alone_sum: float
    trigger: float  # trigger figure over its level, 1 is reached
    worst_scenario: str = ""


def sample(report: Report) -> Sample:
    """The history point of a report's first model."""
    result = report.results[0]
    pool = result.nearest
    required = pool.requirement
    return Sample(
        report.account,
        report.as_of,
        result.model,
        required.equity.amount * pool.usd,
        None if required.initial is None else required.initial.amount * pool.usd,
        required.maintenance.amount * pool.usd,
        pool.stand_alone_sum * pool.usd,
        required.trigger.nearness,
        required.worst_scenario,
    )
