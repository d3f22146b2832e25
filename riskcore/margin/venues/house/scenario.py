"""A house's own scenarios: every spot move with every volatility move of a grid, and add-ons.

    loss        of a coin: the worst over its grid, each underlying its own, added up; or, joined,
                one scenario for all coins, where gains meet losses up to a limit
    add-ons     short option x index x coins sold + gross delta x index x |delta| + vega x |vega|
    initial     initial_factor x (losses + add-ons), maintenance likewise

Volatility moves are relative, in points, or relative and scaled by (30 / days to expiry)^power.
Source: resources/parameters/house/scenario.*.toml, written by whoever runs the desk.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from typing import Any, ClassVar, Self

from riskcore.arrays import F64
from riskcore.errors import ParameterError, Unsupported
from riskcore.holdings import Holdings, Position
from riskcore.instruments import Option
from riskcore.margin import grid, preset
from riskcore.margin.label import label
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import Schema, Selection, missing, row
from riskcore.margin.plain import IsolatesNothing
from riskcore.margin.requirement import Component, Requirement, Rule, total
from riskcore.margin.venues.house.book import (
    HOUSE_RULE,
    notes,
    refuse,
    rules_of,
    scenario_book,
)
from riskcore.margin.venues.house.parameters import (
    DEFAULT,
    SCENARIO,
    Grid,
    Rules,
    ScenarioRules,
)
from riskcore.margin.worth import equity, worths
from riskcore.market import MarketSnapshot
from riskcore.risk_array import Risk
from riskcore.scenarios import ScenarioSet
from riskcore.universe import Universe

SOURCE = "house/scenario"
FILE = "a parameter file of family house/scenario"


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """The grids by coin, each with what the default section fills in."""

    rules: Rules
    joint: ScenarioRules
    tables: Mapping[str, Mapping[str, Any]] = field(repr=False)
    _grids: dict[str, Grid] = field(default_factory=dict, init=False, repr=False)
    _moves: dict[str, tuple[grid.Move, ...]] = field(default_factory=dict, init=False, repr=False)

    def of(self, coin: str) -> Grid:
        """The grid of a coin. Raises Unsupported, naming what is missing."""
        if coin not in self._grids:
            table = {**self.tables.get(DEFAULT, {}), **self.tables.get(coin, {})}
            found = row(Grid, table)
            if found is None:
                raise Unsupported(
                    f"house/scenario has no {', '.join(missing(Grid, table))} for {coin}; add it "
                    f"to [parameters.{coin}] or [parameters.{DEFAULT}] in {FILE}"
                )
            if found.weights and len(found.weights) != len(found.spots):
                raise ParameterError(
                    f"{coin}: {len(found.weights)} weights for {len(found.spots)} spots; give one "
                    "for each, or none"
                )
            self._grids[coin] = found
        return self._grids[coin]

    def moves(self, coin: str) -> tuple[grid.Move, ...]:
        """The scenarios of a coin: the grid once for each number of days, then the extremes."""
        if coin not in self._moves:
            self._moves[coin] = self._table(coin)
        return self._moves[coin]

    def _table(self, coin: str) -> tuple[grid.Move, ...]:
        mine = self.of(coin)
        weights = mine.weights or (1.0,) * len(mine.spots)
        inside = [
            _move(spot, vol, weight, days, "standard", mine.vol_measure)
            for days in self.joint.days
            for spot, weight in zip(mine.spots, weights, strict=True)
            for vol in mine.vols
        ]
        outside = [
            _move(each.spot, each.vol, each.weight, 0.0, "extended", mine.vol_measure)
            for each in mine.extremes
        ]
        return (*inside, *outside)


@dataclass(frozen=True, slots=True)
class HouseScenario(IsolatesNothing):
    """The worst of a grid that the desk writes itself."""

    name: ClassVar[str] = "house/scenario"
    title: ClassVar[str] = "House scenarios"
    families: ClassVar[tuple[str, ...]] = ("house/scenario",)
    schema: ClassVar[Schema] = SCENARIO

    parameters: Parameters
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters. Raises ParameterError when a rule is missing."""
        rules, joint = rules_of(selection, ScenarioRules, cls.name)
        return cls(Parameters(rules, joint, selection.tables), selection.calibration)

    def scenarios(self, universe: Universe, market: MarketSnapshot) -> ScenarioSet:
        """The unmoved market and every scenario of the grid."""
        known = self.parameters
        bases = sorted({universe.currencies[each] for each in universe.base})
        coins = [coin for coin in bases if coin not in known.rules.usd_like]
        first = known.moves(coins[0] if coins else DEFAULT)  # cash moves without any instrument
        for coin in coins[1:]:
            if [each.days for each in known.moves(coin)] != [each.days for each in first]:
                raise ParameterError(_unlike(coin))
        still = tuple(replace(each, spot=0.0, vol=0.0) for each in first)
        tables = {coin: known.moves(coin) if coin in coins else still for coin in bases}
        shocked = {coin: self._shocked(coin) for coin in tables}
        return grid.scenario_set(universe, market, tables or {DEFAULT: first}, shocked)

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement in USD for the whole book."""
        refuse(holdings, risk)
        rules = self.parameters.rules
        book = self._book(holdings, risk)
        owned = equity(worths(holdings, risk), risk.market)
        initial = self._required("initial_margin", holdings, risk, book, rules.initial_factor)
        maintenance = self._required(
            "maintenance_margin", holdings, risk, book, rules.maintenance_factor
        )
        return preset.dollar_pool(
            owned,
            initial,
            maintenance,
            said=label((), (HOUSE_RULE,)),
            notes=notes(holdings),
            worst=book.words,
            losses=book.losses(),
        )

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position by itself, (P,)."""
        alone = self._book(holdings, risk).alone()
        for place, position in enumerate(holdings.positions):
            alone[place] += sum(amount for _, amount, _ in self._added(position, risk))
        initial: F64 = alone * self.parameters.rules.initial_factor
        return initial

    def collateral_alone(self, holdings: Holdings, risk: Risk) -> Mapping[str, float]:
        """Initial margin of the cash in each coin that moves, USD."""
        cash = self._book(Holdings((), holdings.balances, (), holdings.settings), risk)
        factor = self.parameters.rules.initial_factor
        return {
            coin: factor * -float(cash.beside[place].min())
            for place, coin in enumerate(cash.coins)
            if cash.beside[place].any()
        }

    def _book(self, holdings: Holdings, risk: Risk) -> preset.ScenarioBook:
        joint, columns = self.parameters.joint, len(risk.scenarios)
        limits = None
        if joint.offset_share < 1 or joint.offset_largest is not None:
            limits = (joint.offset_share, _or_infinite(joint.offset_largest))
        return scenario_book(
            self.parameters.rules,
            holdings,
            risk,
            partial(self._coin, columns=columns),
            joined=joint.joined,
            limits=limits,
        )

    def _coin(self, coin: str, columns: int) -> F64:
        """What of a coin's value cash in it gains in each scenario, as far as it counts, (S,)."""
        table = self.parameters.moves(coin)
        if len(table) != columns - 1:
            raise ParameterError(_unlike(coin))
        return preset.coin_profit(1.0, 1.0, table, columns)

    def _shocked(self, coin: str) -> grid.VolRule:
        if coin in self.parameters.rules.usd_like:
            return preset.relative()
        mine = self.parameters.of(coin)
        if mine.vol_measure == "points":
            return preset.points(mine.vol_lowest)
        if mine.vol_measure == "relative":
            return preset.relative(mine.vol_lowest)
        return preset.term_scaled(-mine.vol_power_near, -mine.vol_power_far, lowest=mine.vol_lowest)

    def _required(
        self, term: str, holdings: Holdings, risk: Risk, book: preset.ScenarioBook, factor: float
    ) -> Component:
        """The losses and the add-ons, each line times the factor."""
        worst = _times(book.worst_case(source=SOURCE), factor)
        charges: dict[str, list[Component]] = {}
        for position in holdings.positions:
            for name, amount, why in self._added(position, risk):
                leaf = Component(position.label, amount * factor, Rule.POSITION, why)
                charges.setdefault(name, []).append(leaf)
        added = [total(name, *leaves, source=SOURCE) for name, leaves in charges.items()]
        because = "" if factor == 1 else f"every line times {factor:g}"
        return total(term, worst, *added, because=because, source=SOURCE)

    def _added(self, position: Position, risk: Risk) -> list[tuple[str, float, str]]:
        """The add-ons of a position: term, amount in USD, formula."""
        instrument, quantity = position.instrument, position.quantity
        if instrument.base in self.parameters.rules.usd_like or not quantity:
            return []
        mine = self.parameters.of(instrument.base)
        place = risk.universe.row(instrument)
        index = risk.market.usd(instrument.base)
        found = []
        sold = -quantity * instrument.multiplier
        if mine.short_option and isinstance(instrument, Option) and sold > 0:
            why = f"{mine.short_option:g} × {index:,.8g} × {sold:,.8g}"
            found.append(("short_option_charge", mine.short_option * index * sold, why))
        coins = abs(quantity * float(risk.greeks.delta[place]))
        if mine.gross_delta and coins:
            why = f"{mine.gross_delta:g} × {index:,.8g} × {coins:,.8g}"
            found.append(("gross_delta_charge", mine.gross_delta * index * coins, why))
        vega = abs(quantity * float(risk.greeks.vega[place])) * risk.market.usd(instrument.quote)
        if mine.vega and vega:
            why = f"{mine.vega:g} × vega {vega:,.8g}"
            found.append(("vega_charge", mine.vega * vega, why))
        return found


def _or_infinite(amount: float | None) -> float:
    return inf if amount is None else amount


def _unlike(coin: str) -> str:
    return (
        f"house/scenario: the grid of {coin} has not as many scenarios as the others; give every "
        "coin as many spots, vols and extremes, since days pass for all at once"
    )


def _move(
    spot: float, vol: float, weight: float, days: float, group: str, measure: str
) -> grid.Move:
    """A scenario with its words, e.g. "−20 %, vol +40 %, 1 day, weight 0.35"."""
    words = [f"{_signed(spot)} %"]
    if vol:
        words.append(f"vol {_signed(vol)} {'points' if measure == 'points' else '%'}")
    if days:
        words.append(f"{days:g} day{'' if days == 1 else 's'}")
    if weight != 1:
        words.append(f"weight {weight:.4g}")
    return grid.Move(spot, vol, weight, days, group, ", ".join(words))


def _signed(move: float) -> str:
    sign = "−" if move < 0 else "+" if move > 0 else ""
    return f"{sign}{abs(move) * 100:.6g}"


def _times(line: Component, factor: float) -> Component:
    """A tree of sums with every amount times a factor."""
    if factor == 1:
        return line
    if not line.parts:
        return Component(line.term, line.amount * factor, line.rule, line.because)
    parts = tuple(_times(each, factor) for each in line.parts)
    return total(line.term, *parts, rule=line.rule, because=line.because, source=line.source)
