"""What each position needs, and the parts of an account that all Hyperliquid models share.

initial   = value / leverage, value = |size| x mark; leverage as set, else the highest of the tier
isolated  = a pool of its own: its margin and its open profit against its own maintenance margin
Sources: see tiers; hyperliquid.gitbook.io, margining.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import fsum

from riskcore.errors import Unsupported
from riskcore.holdings import Holdings, MarginMode, Order, Position
from riskcore.margin.bound import Bound
from riskcore.margin.label import label
from riskcore.margin.requirement import (
    Component,
    Figure,
    Requirement,
    Rule,
    Trigger,
    total,
    usage,
)
from riskcore.margin.venues.hyperliquid.parameters import Readings, Rules, Table
from riskcore.margin.venues.hyperliquid.tiers import SOURCE, Tiers
from riskcore.margin.worth import refuse_unsupported
from riskcore.naming.hyperliquid import CASH, VENUE
from riskcore.risk_array import Risk

LIQUIDATIONS = "hyperliquid.gitbook.io, liquidations"
UPPER_INITIAL = "initial margin above the first tier"
ORDERS = "resting orders"


@dataclass(frozen=True, slots=True)
class Charge:
    """What one position needs by itself, USDC."""

    position: Position
    tiers: Tiers
    mark: float
    value: float
    leverage: float
    chosen: bool  # whether the account set the leverage
    maintenance: float

    @property
    def initial(self) -> float:
        """Initial margin at its leverage."""
        return self.value / self.leverage

    @property
    def upper(self) -> bool:
        """Whether it is above the first tier."""
        return self.tiers.row(self.value) > 0

    def initial_line(self) -> Component:
        """The line of the initial margin."""
        because = f"{self.value:,.10g} at leverage {self.leverage:g}"
        if not self.chosen:
            because += ", the highest: none is set"
        return Component(self.position.label, self.initial, Rule.POSITION, because, source=SOURCE)

    def maintenance_line(self, price: float | None = None) -> Component:
        """The line of the maintenance margin, with the mark that liquidates."""
        row = self.tiers.row(self.value)
        less = self.tiers.deduction[row]
        because = f"{self.tiers.rate[row]:.6g} × {self.value:,.10g}"
        if less:
            because += f" − {less:,.10g}"
        if price is not None:
            because += f"; liquidated at {price:,.10g}, other prices unchanged"
        return Component(
            self.position.label, self.maintenance, Rule.POSITION, because, source=SOURCE
        )


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """The parameters that every model of Hyperliquid is bound to."""

    bound: Bound
    rules: Rules
    readings: Readings
    tables: Mapping[str, Tiers]

    def charges(self, positions: Iterable[Position], risk: Risk) -> tuple[Charge, ...]:
        """Every position by itself. Raises Unsupported without a table or at too high leverage."""
        marks, rows = risk.market.mark, risk.universe.rows
        return tuple(self._charge(each, float(marks[rows[each.instrument]])) for each in positions)

    def _charge(self, position: Position, mark: float) -> Charge:
        coin = position.instrument.base
        tiers = self.tables.get(coin)
        if tiers is None:
            raise Unsupported(
                f"Hyperliquid's margin table of {coin} is not known; give max_leverage and steps "
                f"in [parameters.{coin}] of a parameter file of your own, or as overrides"
            )
        value = abs(position.quantity) * mark
        highest = tiers.leverage[tiers.row(value)]
        chosen = position.leverage is not None
        if position.leverage is not None and not 1 <= position.leverage <= tiers.leverage[0]:
            raise Unsupported(
                f"{position.label} has leverage {position.leverage:g}; Hyperliquid allows 1 to "
                f"{tiers.leverage[0]:g} on {coin}"
            )
        leverage = highest if position.leverage is None else min(position.leverage, highest)
        return Charge(position, tiers, mark, value, leverage, chosen, tiers.maintenance(value))

    def orders_line(self, orders: Sequence[Order]) -> Component | None:
        """What resting orders hold back, under the reading that they do."""
        if self.readings.resting_orders != "initial_margin":
            return None
        lines = []
        for order in orders:
            if order.reduce_only:
                continue
            charge = self._charge(Position(order.instrument, order.quantity), order.price)
            because = f"{order.instrument.name} {order.quantity:+,.8g} at {order.price:,.10g}"
            lines.append(Component("order_margin", charge.initial, because=because))
        return total("open_orders_margin", *lines) if lines else None

    def label(
        self,
        charges: Sequence[Charge],
        orders: Sequence[Order],
        at: datetime,
        further: Iterable[str] = (),
    ) -> str:
        """How exact the figures of these positions are."""
        doubts = list(further)
        held = [each for each in charges if each.value]
        doubts += [
            f"margin tiers of {each.position.instrument.base}"
            for each in held
            if not each.tiers.whole
        ]
        doubts += [UPPER_INITIAL] if any(each.upper for each in held) else []
        doubts += [ORDERS] if any(not each.reduce_only for each in orders) else []
        keys = [(each.position.instrument.base, "max_leverage") for each in held]
        keys += [(each.position.instrument.base, "steps") for each in held if each.upper]
        return label([*doubts, *self.bound.doubts_of(keys, at)])

    def isolated_pool(self, charge: Charge, risk: Risk) -> Requirement:
        """The requirement of a position that has its own margin."""
        position = charge.position
        profit = position.open_profit(charge.mark)
        margin = self.own_margin(charge)
        given = position.isolated_margin is not None
        because = "as given" if given else "not given: its initial margin when it was opened"
        parts = [Component("isolated_margin", margin, because=because)]
        leaf = Component(position.label, profit, Rule.POSITION)
        parts.append(total("futures_profit", leaf))
        if position.accrued_funding:
            parts.append(Component("accrued_funding", position.accrued_funding))
        equity = total("equity", *parts, because="what the position has of its own")
        price = charge.tiers.liquidation_price(position.quantity, charge.mark, equity.amount)
        kept = total("maintenance_margin", charge.maintenance_line(price))
        figures = [
            Figure("raw_usd", equity.amount - position.quantity * charge.mark, CASH),
            Figure("backstop_level", self.rules.backstop_share * kept.amount, CASH),
        ]
        if price is not None:
            figures.append(Figure("liquidation_price", price, CASH))
        return Requirement(
            pool=position.label,
            currency=CASH,
            equity=equity,
            initial=total("initial_margin", charge.initial_line()),
            maintenance=kept,
            trigger=Trigger("maintenance usage", usage(kept.amount, equity.amount), 1.0),
            label=self.label((charge,), (), risk.market.as_of),
            notes=notes((charge,)),
            figures=tuple(figures),
            members=frozenset((position.key,)),
        )

    def own_margin(self, charge: Charge) -> float:
        """The margin of an isolated position: as given, else its initial margin at entry."""
        position = charge.position
        if position.isolated_margin is not None:
            return position.isolated_margin
        price = charge.mark if position.entered is None else position.entered
        return abs(position.quantity) * price / charge.leverage


def sheet(bound: Bound) -> Sheet:
    """The parameters of a selection."""
    rules = bound.whole(Rules, "rules")
    tables = {
        name: Tiers.of(each, rules.maintenance_share) for name, each in bound.rows(Table).items()
    }
    return Sheet(bound, rules, bound.whole(Readings, "rules"), tables)


def profit_lines(charges: Sequence[Charge]) -> list[Component]:
    """Open profit and funding of positions that share a pool."""
    leaves = [
        Component(each.position.label, each.position.open_profit(each.mark), Rule.POSITION)
        for each in charges
    ]
    funding = fsum(each.position.accrued_funding for each in charges)
    lines = [total("futures_profit", *leaves)] if leaves else []
    return lines + ([Component("accrued_funding", funding)] if funding else [])


def split(positions: Sequence[Position]) -> tuple[list[Position], list[Position]]:
    """The positions that share the account's margin, and those that have their own."""
    apart = [each for each in positions if each.margin_mode is MarginMode.ISOLATED]
    shared = [each for each in positions if each.margin_mode is not MarginMode.ISOLATED]
    return shared, apart


def notes(charges: Sequence[Charge]) -> tuple[str, ...]:
    """What of these positions is missing."""
    said = []
    for each in charges:
        name = each.position.label
        if each.position.opened is None:
            said.append(f"{name} has no entry and no settled price: its open profit counts as 0")
        if not each.chosen and each.value:
            said.append(f"{name} has no leverage set: {each.leverage:g} is taken, the highest")
    return tuple(said)


def refuse(holdings: Holdings, risk: Risk, title: str, *, loans: bool) -> None:
    """Raises Unsupported or MarketError for what no such account can hold."""
    for currency, balance in holdings.balances.items():
        if balance.borrowed and not loans:
            raise Unsupported(
                f"{currency}: {balance.borrowed:g} are borrowed; only a portfolio-margin account "
                "of Hyperliquid borrows, so choose hyperliquid/portfolio"
            )
    refuse_unsupported(holdings, risk, VENUE, title, loans=loans, isolated=True)
    seen: set[str] = set()
    for position in holdings.positions:
        name = position.instrument.name
        if name in seen:
            raise Unsupported(
                f"{name} is held in cross and in isolated margin; Hyperliquid keeps one position "
                "of a coin, so enter it as one"
            )
        seen.add(name)
