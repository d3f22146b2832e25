"""A house's own look back: what the whole book would have lost on past days, all coins together.

    loss        of a scenario: the book revalued after the same past days for every coin
    figure      expected shortfall or value at risk of these losses, at a confidence
    stressed    the same over the worst year for this book, or between given dates
    initial     initial_factor x ((1 - w) figure + w stressed figure), neither below 0
    maintenance likewise

Source: resources/parameters/house/historical.*.toml, written by whoever runs the desk.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, Self

import numpy as np

from riskcore.arrays import F64, Ints
from riskcore.holdings import Holdings
from riskcore.margin.label import label
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import Schema, Selection
from riskcore.margin.plain import IsolatesNothing
from riskcore.margin.preset import ScenarioBook, dollar_pool
from riskcore.margin.requirement import (
    Component,
    LossTable,
    Requirement,
    Rule,
    total,
)
from riskcore.margin.venues.house.book import (
    HOUSE_RULE,
    notes,
    refuse,
    rules_of,
    scenario_book,
)
from riskcore.margin.venues.house.parameters import HISTORICAL, HistoricalRules, Rules
from riskcore.margin.venues.house.sample import MARKET, Sample, sample
from riskcore.margin.venues.house.tail import figures, tail
from riskcore.margin.worth import equity, worths
from riskcore.market import MarketSnapshot
from riskcore.risk_array import Risk
from riskcore.scenarios import ScenarioSet
from riskcore.universe import Universe

SOURCE = "house/historical"
SHOWN = 24  # worst days in the table of losses
MEASURES = {"expected_shortfall": "expected shortfall", "value_at_risk": "value at risk"}


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """Rules and the joint sample of past moves."""

    rules: Rules
    past: Sample
    moves: dict[str, F64] = field(default_factory=dict, init=False, repr=False)

    def move(self, coin: str) -> F64:
        """Relative move of a coin, the unmoved scenario first, (S,)."""
        if coin not in self.moves:
            own = np.zeros(len(self.past.days))
            if coin not in self.rules.usd_like:
                own = self.past.move(coin)
            self.moves[coin] = np.concatenate([[0.0], own])
        return self.moves[coin]


@dataclass(frozen=True, slots=True)
class Tail:
    """One of the two figures: which scenarios count, and what each."""

    term: str
    weight: float  # in the requirement
    window: slice  # of the past days
    rows: Ints  # of the past days
    shares: F64
    amount: float  # before the weight, not below 0
    words: str


@dataclass(frozen=True, slots=True)
class HouseHistorical(IsolatesNothing):
    """Expected shortfall or value at risk over past days, with a stressed part."""

    name: ClassVar[str] = "house/historical"
    title: ClassVar[str] = "House historical"
    families: ClassVar[tuple[str, ...]] = ("house/historical",)
    schema: ClassVar[Schema] = HISTORICAL

    parameters: Parameters
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters. Raises ParameterError when one is missing."""
        rules, looking_back = rules_of(selection, HistoricalRules, cls.name)
        past = sample(looking_back, selection.tables)
        past.windows()  # refuses here what it would refuse with every book
        return cls(Parameters(rules, past), selection.calibration)

    def scenarios(self, universe: Universe, market: MarketSnapshot) -> ScenarioSet:
        """The unmoved market, and every past day's move from today's prices."""
        known, rules = self.parameters, self.parameters.past.rules
        days = known.past.days
        columns = len(days) + 1
        spot = np.ones((len(universe.currencies), columns))
        for place in set(universe.base.tolist()) | set(universe.settlement.tolist()):
            spot[place] = 1 + known.move(universe.currencies[place])
        forward = spot[universe.base]
        vol = np.full((len(universe), columns), np.nan)
        options = np.flatnonzero(universe.is_option)
        if options.size:
            moved = 1 + rules.vol_beta * (forward[options] - 1)
            today = market.vol[options, np.newaxis]
            vol[options] = np.maximum(today * moved, rules.vol_lowest) if rules.vol_beta else today
            vol[options, 0] = market.vol[options]
        return ScenarioSet(
            universe,
            ("unmoved", *(day.isoformat() for day in days)),
            spot,
            forward,
            vol,
            np.zeros(columns),
            move=spot[universe.base[0]] - 1 if len(universe) else np.zeros(columns),
            group=("standard",) * columns,
        )

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement in USD for the whole book."""
        refuse(holdings, risk)
        rules = self.parameters.rules
        book = self._book(holdings, risk)
        tails = self._tails(book)
        owned = equity(worths(holdings, risk), risk.market)
        initial = _required("initial_margin", book, tails, rules.initial_factor)
        maintenance = _required("maintenance_margin", book, tails, rules.maintenance_factor)
        coins = [coin for coin in book.coins if coin not in rules.usd_like]
        lost = -book.joint.sum(axis=0)
        worst = int(np.argmax(lost)) if lost.size else 0
        return dollar_pool(
            owned,
            initial,
            maintenance,
            said=label(self._doubts(coins), (HOUSE_RULE,)),
            notes=(*notes(holdings), *self._notes(coins, tails, risk.market)),
            worst=book.label[worst] if worst else "",
            losses=_losses(book),
        )

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position by itself, (P,)."""
        return self._alone(self._book(holdings, risk).profit)

    def collateral_alone(self, holdings: Holdings, risk: Risk) -> Mapping[str, float]:
        """Initial margin of the cash in each coin that moves, USD."""
        book = self._book(Holdings((), holdings.balances, (), holdings.settings), risk)
        return dict(zip(book.coins, self._alone(book.beside).tolist(), strict=True))

    def _book(self, holdings: Holdings, risk: Risk) -> ScenarioBook:
        known = self.parameters
        return scenario_book(known.rules, holdings, risk, known.move, joined=True)

    def _alone(self, profit: F64) -> F64:
        """The requirement of each row of profits, (B, S) -> (B,)."""
        rules = self.parameters.past.rules
        if not len(profit):
            return np.zeros(0)
        figure = partial(figures, confidence=rules.confidence, measure=rules.measure)
        losses = -profit[:, 1:]
        weight = rules.stress_weight
        margin = (1 - weight) * np.maximum(figure(losses), 0.0)
        if weight:
            stressed = [figure(losses[:, each]) for each in self.parameters.past.windows()]
            margin += weight * np.maximum(np.max(stressed, axis=0), 0.0)
        alone: F64 = margin * self.parameters.rules.initial_factor
        return alone

    def _tails(self, book: ScenarioBook) -> tuple[Tail, ...]:
        """The figure over all days, and the one over the stress window."""
        past, rules = self.parameters.past, self.parameters.past.rules
        losses = -book.joint.sum(axis=0)[1:]
        weight = rules.stress_weight
        whole = slice(0, len(past.days))
        found = [self._tail("historical_loss", 1 - weight, losses, whole)]
        if weight:
            windows = past.windows()
            figure = partial(figures, confidence=rules.confidence, measure=rules.measure)
            worst = max(windows, key=lambda each: float(figure(losses[each])))
            found.append(self._tail("stressed_loss", weight, losses, worst))
        return tuple(found)

    def _tail(self, term: str, weight: float, losses: F64, window: slice) -> Tail:
        past, rules = self.parameters.past, self.parameters.past.rules
        rows, shares = tail(losses[window], rules.confidence, rules.measure)
        rows = rows + window.start
        amount = float(losses[rows] @ shares)
        days = past.days[window]
        worst = past.days[int(rows[0])]
        words = (
            f"{MEASURES[rules.measure]} {amount:,.2f} at {rules.confidence:.6g} over {len(days)} "
            f"days from {days[0]} to {days[-1]}; {_named(rules.measure, len(rows), worst)}"
        )
        return Tail(term, weight, window, rows, shares, max(amount, 0.0), words)

    def _doubts(self, coins: list[str]) -> list[str]:
        past = self.parameters.past
        made_up = [coin for coin in coins if coin in past.made_up]
        said = [f"made-up returns of {' and '.join(made_up)}"] if made_up else []
        proxied = [coin for coin in coins if coin not in past.returns]
        return said + [f"{coin} as {past.beta(coin):g} × {MARKET}" for coin in proxied]

    def _notes(
        self, coins: list[str], tails: tuple[Tail, ...], market: MarketSnapshot
    ) -> list[str]:
        past, rules = self.parameters.past, self.parameters.past.rules
        said = []
        if not rules.vol_beta:
            said.append("volatility stays as it is in every scenario: vol_beta is 0")
        for each, where in zip(tails, ("over all days", "in the stress window"), strict=False):
            found = past.correlations(coins, each.window)
            if found:
                pairs = ", ".join(f"{one} and {other} {rho:.2f}" for one, other, rho in found)
                said.append(f"correlation of returns {where}: {pairs}")
        if past.days[-1] >= market.as_of.date():
            said.append(f"the past returns run to {past.days[-1]}, beyond this market's own day")
        return said


def _required(term: str, book: ScenarioBook, tails: tuple[Tail, ...], factor: float) -> Component:
    """The figures by position: each line is the position's mean loss over the tail's days."""
    parts = [_figure(each, book, factor) for each in tails]
    because = "" if factor == 1 else f"every line times {factor:g}"
    return total(term, *parts, because=because, source=SOURCE)


def _figure(each: Tail, book: ScenarioBook, factor: float) -> Component:
    because = each.words if each.weight == 1 else f"{each.weight:g} × {each.words}"
    if each.amount <= 0:
        return Component(each.term, 0.0, because=because, source=SOURCE)
    counted = each.shares * (each.weight * factor)
    columns = each.rows + 1
    lost = -(book.profit[:, columns] @ counted)
    cash = -(book.beside[:, columns] @ counted)
    lines = [
        Component(name, amount, Rule.POSITION)
        for name, amount in zip(book.names, lost.tolist(), strict=True)
    ]
    lines += [
        Component("collateral_equity", amount, because=coin)
        for coin, amount in zip(book.coins, cash.tolist(), strict=True)
        if amount
    ]
    return total(each.term, *lines, because=because, source=SOURCE)


def _named(measure: str, count: int, worst: object) -> str:
    if measure == "value_at_risk":
        return f"the loss of {worst}"
    return f"mean of the {count} worst, first of all {worst}"


def _losses(book: ScenarioBook) -> LossTable:
    """The unmoved market and the worst days of the whole book, the worst first."""
    profit = book.joint.sum(axis=0)
    if not book.coins:
        return LossTable()
    worst = np.argsort(profit[1:], kind="stable")[:SHOWN] + 1
    columns = np.concatenate([[0], worst])
    return LossTable(
        sets=("all coins",),
        label=tuple(book.label[each] for each in columns.tolist()),
        move=tuple(book.move[columns].tolist()),
        group=("standard",) * len(columns),
        profit=(tuple(profit[columns].tolist()),),
        worst=(1 if profit[worst[0]] < 0 else 0,),
        positions=tuple(zip(book.names, map(tuple, book.profit[:, columns].tolist()), strict=True)),
    )
