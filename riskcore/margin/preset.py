"""The scenario engine that venues share whose rule is a grid of moves and its worst loss.

A model of this kind is a page:

    scenarios    grid.scenario_set(universe, market, {coin: moves}, points(0.0))
    requirement  book = scenario_book(holdings, risk)
                 scan = book.worst_case()                  worst loss of each underlying, added up
                 total("initial_margin", scan, charges)    what the venue adds beside it
                 scaled("maintenance_margin", ...)         its factor
                 losses=book.losses(), worst_scenario=book.words
    stand_alone  book.alone() where the charges are linear, else alone.each_alone


Everything is counted in USD: profits in a coin at the scenario's own price of the coin.
Volatility rules (the `shocked` of scenario_set): points, relative, term_scaled.
Forward rules (its `forward`): None moves prices as the index; kept_basis moves them by the same
money as the index.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from typing import Any, ClassVar, Generic, Self, TypeVar

import msgspec
import numpy as np

from riskcore.arrays import F64, Bools, Ints
from riskcore.holdings import Holdings, Position
from riskcore.instruments import Option, is_inverse
from riskcore.margin.bound import Bound
from riskcore.margin.grid import Move, VolRule, seen_by
from riskcore.margin.label import label
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import Schema, Selection
from riskcore.margin.requirement import (
    Component,
    Figure,
    LossTable,
    Requirement,
    Rule,
    Trigger,
    total,
    usage,
)
from riskcore.margin.scan import offset_gains, worst_scenario
from riskcore.margin.worth import account_notes
from riskcore.market import MarketSnapshot
from riskcore.risk_array import Risk
from riskcore.universe import USD, Universe

DOLLARS = frozenset({USD, "USDT", "USDC"})
Published = TypeVar("Published", bound=msgspec.Struct)
Reading = TypeVar("Reading", bound=msgspec.Struct)


def points(lowest: float = 0.0) -> VolRule:
    """A move of 0.3 adds 30 points of volatility, which stays at least `lowest`."""
    return lambda vol, _, move: np.maximum(vol + move, lowest)


def relative(lowest: float = 0.0) -> VolRule:
    """A move of 0.3 makes volatility 1.3 times what it was, at least `lowest`."""
    return lambda vol, _, move: np.maximum(vol * (1 + move), lowest)


def term_scaled(
    short_power: float, long_power: float, *, days: float = 30.0, lowest: float = 0.0
) -> VolRule:
    """A relative move times (days to expiry / `days`) to a power, one up to `days`, one beyond."""

    def shocked(vol: F64, left: F64, move: F64) -> F64:
        power = np.where(left > days, long_power, short_power)
        with np.errstate(divide="ignore"):
            scale = np.power(np.maximum(left, 1e-9) / days, power)
        return np.maximum(vol * (1 + move * scale), lowest)

    return shocked


def kept_basis(universe: Universe, market: MarketSnapshot) -> Callable[[Ints, F64], F64]:
    """Prices move by as much money as the index: what they are above it stays."""
    names = universe.currencies
    index = np.array(
        [
            market.usd(names[base], each.venue) / market.usd(names[quote], each.venue)
            for base, quote, each in zip(
                universe.base, universe.quote, universe.instruments, strict=True
            )
        ]
    )
    price = np.where(universe.is_option, market.forward, market.mark)

    def factor(rows: Ints, spot: F64) -> F64:
        moved = 1 + (index[rows] / price[rows])[:, np.newaxis] * (spot - 1)
        return np.maximum(moved, 1e-9)

    return factor


def usd_profit(risk: Risk) -> F64:
    """Profit of one unit of each instrument in each scenario, USD, before any weight, (I, S).

    A coin profit counts at the scenario's price of the coin; so does the value of an option that
    is paid in it.
    """
    universe, market = risk.universe, risk.market
    price = np.array(
        [
            market.usd(universe.currencies[row], each.venue)
            for row, each in zip(universe.settlement, universe.instruments, strict=True)
        ]
    )[:, np.newaxis]
    moved = risk.scenarios.spot[universe.settlement] * price
    paid = universe.is_option & universe.is_inverse
    profit: F64 = risk.array.profit * moved
    if paid.any():
        value = risk.array.value[paid] * moved[paid]
        profit[paid] = value - value[:, :1]
    return profit


@dataclass(frozen=True, slots=True, eq=False)
class ScenarioBook:
    """An account's profits in each scenario, whole positions, USD, as far as they count.

    coins    (N,)    underlyings, sorted
    names    (P,)    label of each position
    owner    (P,)    its row of `coins`
    profit   (P, S)
    beside   (N, S)  of coins held as collateral, zero where they do not move
    label, move, group  (S,)  the scenarios
    together whether all underlyings move at once, in one scenario
    limits   then of each underlying's gain: the share that meets losses, and the most in USD
    """

    coins: tuple[str, ...]
    names: tuple[str, ...]
    owner: Ints
    profit: F64
    beside: F64
    label: tuple[str, ...]
    move: F64
    group: tuple[str, ...]
    together: bool = False
    limits: tuple[float, float] | None = None
    joint: F64 = field(init=False, repr=False)  # (N, S)
    counted: F64 = field(init=False, repr=False)  # (N, S) after the limits on gains
    columns: Ints = field(init=False)  # (N,) the scenario that counts, 0 where nothing loses

    def __post_init__(self) -> None:
        joint = self.beside.copy()
        np.add.at(joint, self.owner, self.profit)
        counted, count = joint, len(self.coins)
        if self.together and self.limits is not None:
            share, largest = self.limits
            counted = offset_gains(joint, np.full(count, share), np.full(count, largest))
        columns = np.argmin(joint, axis=1)
        if self.together and count:
            columns = np.full(count, np.argmin(counted.sum(axis=0)))
        object.__setattr__(self, "joint", joint)
        object.__setattr__(self, "counted", counted)
        object.__setattr__(self, "columns", columns.astype(np.int64))

    def loss(self, coin: str) -> float:
        """What an underlying loses in the scenario that counts."""
        row = self.coins.index(coin)
        return -float(self.counted[row, self.columns[row]])

    def worst_of(self, coin: str, term: str = "netting_set", source: str = "") -> Component:
        """The loss of an underlying: a line of each position, and of the coin as collateral."""
        row = self.coins.index(coin)
        column = int(self.columns[row])
        lines = [
            (self.names[place], -float(self.profit[place, column]))
            for place in np.flatnonzero(self.owner == row).tolist()
        ]
        held = -float(self.beside[row, column])
        beside = [Component("collateral_equity", held, because=coin)] if held else []
        kept = float(self.joint[row, column] - self.counted[row, column])
        if kept:
            beside.append(Component("pnl_offset_factor", kept, because=coin))
        if column == 0:
            return Component(term, 0.0, because=f"{coin}: no scenario loses", source=source)
        words = seen_by(coin, self.label[column])
        return worst_scenario(term, lines, words, beside=tuple(beside), source=source)

    def worst_case(self, term: str = "worst_case", source: str = "") -> Component:
        """The losses of all underlyings, each in the scenario that counts."""
        parts = [self.worst_of(coin, source=source) for coin in self.coins]
        because = "one scenario for all" if self.together else "each underlying in its own worst"
        return total(term, *parts, because=because if parts else "", source=source)

    @property
    def words(self) -> str:
        """The scenario of the underlying that loses most."""
        if not self.coins:
            return ""
        row = int(np.argmin(self.counted[np.arange(len(self.coins)), self.columns]))
        column = int(self.columns[row])
        if column == 0:
            return ""
        label = self.label[column]
        return label if self.together else seen_by(self.coins[row], label)

    def alone(self) -> F64:
        """The worst loss of each position without any other, (P,)."""
        lost: F64 = -self.profit.min(axis=1, initial=0.0)
        return np.abs(lost)

    def losses(self) -> LossTable:
        """The table of every scenario."""
        return LossTable(
            sets=self.coins,
            label=self.label,
            move=tuple(self.move.tolist()),
            group=self.group,
            profit=tuple(map(tuple, self.joint.tolist())),
            worst=tuple(self.columns.tolist()),
            positions=tuple(zip(self.names, map(tuple, self.profit.tolist()), strict=True)),
        )


def scenario_book(
    holdings: Holdings,
    risk: Risk,
    *,
    unit: F64 | None = None,
    collateral: Mapping[str, F64] | None = None,
    together: bool = False,
    limits: tuple[float, float] | None = None,
) -> ScenarioBook:
    """The profits of an account in the scenarios of its model.

    unit        profit of one unit of each instrument, (I, S) USD; usd_profit without it
    collateral  profit of the coins that move as if they were positions, (S,) USD: coin_profit
    """
    universe, scenarios = risk.universe, risk.scenarios
    unit = usd_profit(risk) if unit is None else unit
    if scenarios.weight is not None:
        unit = unit * scenarios.weight
    rows = [universe.row(each.instrument) for each in holdings.positions]
    quantity = np.array([each.quantity for each in holdings.positions]).reshape(-1, 1)
    bases = [each.instrument.base for each in holdings.positions]
    held = dict(collateral or {})
    coins = tuple(sorted({*bases, *held}))
    place = {coin: row for row, coin in enumerate(coins)}
    beside = np.zeros((len(coins), len(scenarios)))
    for coin, moved in held.items():
        beside[place[coin]] = moved
    return ScenarioBook(
        coins,
        tuple(each.label for each in holdings.positions),
        np.array([place[base] for base in bases], dtype=np.int64),
        unit[rows] * quantity if rows else np.zeros((0, len(scenarios))),
        beside,
        scenarios.label,
        scenarios.move,
        scenarios.group,
        together,
        limits,
    )


def coin_profit(amount: float, price: float, moves: Sequence[Move], columns: int) -> F64:
    """What an amount of a coin gains in each of a table's scenarios, as far as it counts, (S,) USD.

    columns  of the scenario set: the unmoved one first, none after the table's own
    """
    profit = np.zeros(columns)
    counted = np.array([each.spot * each.weight for each in moves])
    profit[1 : len(moves) + 1] = amount * price * counted
    return profit


@dataclass(frozen=True, slots=True)
class Preset(Generic[Published, Reading]):
    """A model with one section of published values and one of our own reading, and its coins.

    name, title, families, schema  of the model; the schema has `general` and `rules`
    """

    venue: ClassVar[str]  # as a sentence names it
    schema: ClassVar[Schema]

    general: Published
    rules: Reading
    bound_to: Bound
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters. Raises ParameterError when one is missing."""
        found = Bound(cls.venue, selection)
        general: Any = found.whole(cls.schema["general"][0], "general")
        rules: Any = found.whole(cls.schema["rules"][0], "rules")
        return cls(general, rules, found, selection.calibration)

    def label(
        self,
        missing: Sequence[str],
        holdings: Holdings,
        at: datetime,
        *,
        always: bool = False,
        collateral: Iterable[str] = (),
    ) -> str:
        """The label of an account: approximate for what is missing, as soon as it holds a position.

        always      whether what is missing concerns an account without positions too
        collateral  currencies of the account of which it is not known what they count
        """
        held = {each.instrument.base for each in holdings.positions if each.quantity}
        sections = held | {name for name, each in holdings.balances.items() if each.amount}
        if held:
            sections |= {each for each, _ in self.bound_to.selection.known if each.islower()}
        doubts = [f"what {each} counts as collateral" for each in collateral]
        doubts += self.bound_to.doubts(sections, at)
        return label(doubts, missing if held or always else ())


def coins_of_collateral(holdings: Holdings) -> list[str]:
    """Currencies other than dollars that an account owns."""
    owned = holdings.balances.items()
    return [name for name, each in owned if each.amount > 0 and name not in DOLLARS]


def preset_notes(holdings: Holdings, *, futures_style: bool = False) -> tuple[str, ...]:
    """What a preset leaves out of an account."""
    said = account_notes(holdings, futures_style=futures_style)
    if not holdings.orders:
        return said
    return ("resting orders do not count: what they reserve is not published", *said)


def dollar_pool(
    owned: Component,
    initial: Component,
    maintenance: Component,
    *,
    said: str,
    notes: tuple[str, ...],
    worst: str,
    losses: LossTable,
    figures: tuple[Figure, ...] = (),
) -> tuple[Requirement, ...]:
    """The one pool of an account, in USD: maintenance margin must stay below equity."""
    reached = usage(max(maintenance.amount, 0.0), owned.amount)
    if owned.amount < maintenance.amount < 0:  # Delta Exchange takes off the value of options
        reached = inf
    return (
        Requirement(
            pool=USD,
            currency=USD,
            equity=owned,
            initial=initial,
            maintenance=maintenance,
            trigger=Trigger("maintenance usage", reached, 1.0),
            label=said,
            notes=notes,
            worst_scenario=worst,
            figures=figures,
            losses=losses,
        ),
    )


def values(holdings: Holdings, risk: Risk) -> F64:
    """What the coins of each position are worth at the index, USD, without sign, (P,)."""
    market = risk.market
    return np.array(
        [
            coins_of(each, risk) * market.usd(each.instrument.base, each.instrument.venue)
            for each in holdings.positions
        ],
        dtype=np.float64,
    )


def where(holdings: Holdings, counts: Callable[[Position], bool]) -> Bools:
    """Which positions are of a kind, (P,)."""
    return np.array([counts(each) for each in holdings.positions], dtype=np.bool_)


def is_option(position: Position) -> bool:
    """Whether a position is in options."""
    return isinstance(position.instrument, Option)


def is_sold_option(position: Position) -> bool:
    """Whether a position is short options."""
    return isinstance(position.instrument, Option) and position.quantity < 0


def coins_of(position: Position, risk: Risk) -> float:
    """Coins that a position stands for, without sign."""
    coins = abs(position.quantity) * position.instrument.multiplier
    if is_inverse(position.instrument) and not isinstance(position.instrument, Option):
        coins /= float(risk.market.mark[risk.universe.row(position.instrument)])
    return coins


def charge_of(
    term: str, holdings: Holdings, amounts: F64, because: str, source: str = ""
) -> Component:
    """A charge that each position bears by itself, (P,) USD: a line of each that bears any."""
    lines = [
        Component(each.label, amount, Rule.POSITION)
        for each, amount in zip(holdings.positions, amounts.tolist(), strict=True)
        if amount
    ]
    return total(term, *lines, because=because if lines else "", source=source)
