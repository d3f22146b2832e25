"""The figures of positions in the units of the screen, as cells."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from math import fsum

from riskcore.query import Line, PoolResult, Report
from ui.desktop import formats
from ui.desktop.models.cells import Cell

RESIDUE = 1e-6  # what a sum of shares may leave over: it shows as 0 in every currency


@dataclass(frozen=True, slots=True)
class Figures:
    """What of a position can be added up; None is not available."""

    value: float | None = None  # display currency
    profit: float | None = None  # display currency
    delta: float | None = None  # coins
    gamma: float | None = None  # coins for 1 % of the forward
    vega: float | None = None  # quote currency for one volatility point
    theta: float | None = None  # quote currency for a day
    alone: float | None = None  # display currency
    share: float | None = None  # display currency


NAMES = tuple(field.name for field in fields(Figures))


def added(several: Iterable[Figures]) -> Figures:
    """The sums of what these have; a figure that none has stays absent."""
    known = list(several)
    sums: dict[str, float | None] = {}
    for name in NAMES:
        amounts = [amount for each in known if (amount := getattr(each, name)) is not None]
        sums[name] = fsum(amounts) if amounts else None
    return Figures(**sums)


@dataclass(frozen=True, slots=True)
class Scale:
    """Takes the amounts of one report to the display currency."""

    unit: str
    index: Mapping[str, float]
    pools: Mapping[str, PoolResult]

    @property
    def currency(self) -> str:
        """The currency in which market values are shown."""
        return formats.in_unit(0.0, "USD", self.unit, self.index)[1]

    @property
    def margin_currency(self) -> str | None:
        """The currency in which every margin is shown; None when pools keep their own."""
        found = {self._currency_of(pool) for pool in self.pools.values()}
        return found.pop() if len(found) == 1 else None

    def amount(self, amount: float | None, pool: PoolResult) -> float | None:
        """A margin amount of a pool."""
        return formats.in_unit(amount, pool.requirement.currency, self.unit, self.index)[0]

    def figures(self, line: Line) -> Figures:
        """The figures of a line."""
        level = line.mark if line.forward is None else line.forward
        pool = self.pools.get(line.pool)  # none: the model's venue cannot hold the position
        return Figures(
            value=formats.in_unit(line.value_usd, "USD", self.unit, self.index)[0],
            profit=formats.in_unit(line.profit_usd, "USD", self.unit, self.index)[0],
            delta=line.delta,
            gamma=formats.gamma_percent(line.gamma, level),
            vega=formats.vega_point(line.vega),
            theta=formats.theta_day(line.theta),
            alone=None if pool is None else self.amount(line.alone, pool),
            share=None if pool is None else self.amount(line.share, pool),
        )

    def cells(self, figures: Figures, pool: str = "", tone: str = "text") -> list[Cell]:
        """The figures as cells; sums of margins in several currencies are absent."""
        margin = self._currency_of(self.pools[pool]) if pool in self.pools else self.margin_currency
        plain = self.currency
        return [
            cell(figures.value, formats.money(figures.value, plain, sign=True), tone),
            cell(figures.profit, formats.money(figures.profit, plain, sign=True), gain(figures)),
            cell(figures.delta, formats.delta(figures.delta), tone),
            cell(figures.gamma, formats.gamma(figures.gamma), tone),
            cell(figures.vega, formats.short(figures.vega, sign=True), tone),
            cell(figures.theta, formats.short(figures.theta, sign=True), tone),
            money(figures.alone, margin, tone),
            required(figures.share, margin),
        ]

    def _currency_of(self, pool: PoolResult) -> str:
        return formats.in_unit(0.0, pool.requirement.currency, self.unit, self.index)[1]


def cell(value: float | None, text: str, tone: str = "text") -> Cell:
    """A figure as a cell."""
    return Cell(text, "mute" if value is None else tone, formats.full(value), value)


def money(amount: float | None, currency: str | None, tone: str = "text") -> Cell:
    """An amount that has a currency; absent without one."""
    amount = None if currency is None else amount
    return cell(amount, formats.money(amount, currency or "USD"), tone)


def required(amount: float | None, currency: str | None) -> Cell:
    """What something adds to the margin: more is a loss to the holder, less a gain."""
    amount = None if currency is None else amount
    given = amount or 0.0
    tone = "loss" if given > RESIDUE else "gain" if given < -RESIDUE else "text"
    return cell(amount, formats.money(amount, currency or "USD", sign=True), tone)


def gain(figures: Figures) -> str:
    """The tone of a profit."""
    profit = figures.profit or 0.0
    return "gain" if profit > 0 else "loss" if profit < 0 else "text"


def scale(report: Report, unit: str) -> Scale:
    """The scale of a report's first model."""
    pools = {pool.requirement.pool: pool for pool in report.results[0].pools}
    return Scale(unit, report.index, pools)
