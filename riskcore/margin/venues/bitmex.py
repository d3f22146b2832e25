"""BitMEX cross margin: rates that rise with the value of a position, one pool for each coin.

steps        = ceil((value - base risk limit) / risk step), 0 up to the base limit
initial      = value x (base initial + steps x base maintenance)
maintenance  = value x (base maintenance + steps x base maintenance)
value        of the position with the larger side of its orders, in the settlement coin
equity       = balance with open profit, which cross margin shares among its positions

Source: bitmex.com/app/riskLimitsExamples (the table and the trade example); blog.bitmex.com, 31 Aug
2021 and 19 Mar 2024; support 24290829184029 (haircuts of multi-asset margin), 19343437697309 (cross
margin).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil, fsum
from typing import Annotated, ClassVar, Literal, Self

import msgspec
from msgspec import Meta

from riskcore.arrays import F64
from riskcore.errors import Unsupported
from riskcore.holdings import Holdings, MarginMode, Order, Position, Side
from riskcore.instruments import Future, Instrument, Option, Perpetual, Spot, is_inverse
from riskcore.margin.alone import each_alone
from riskcore.margin.bound import Bound, unknown
from riskcore.margin.label import label
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import ANY, Schema, Selection
from riskcore.margin.plain import MovesNothing, NetsNothing
from riskcore.margin.requirement import Component, Requirement, Rule, Trigger, total, usage
from riskcore.market import MarketSnapshot
from riskcore.risk_array import Risk

SOURCE = "bitmex.com/app/riskLimitsExamples"
VALUED = "margin is taken on the value at the mark; BitMEX takes initial margin on that at entry"
Rate = Annotated[float, Meta(gt=0, le=1)]


class Contract(msgspec.Struct, frozen=True):
    """The margin of a contract, in a section of the contract's root, e.g. XBTUSD or ETHUSDT."""

    base_initial: Annotated[float, Meta(gt=0, le=1, description="initial margin up to base_limit")]
    base_maintenance: Annotated[float, Meta(gt=0, le=1, description="and its maintenance margin")]
    base_limit: Annotated[float, Meta(gt=0, description="settlement coins up to which they hold")]
    step: Annotated[float, Meta(gt=0, description="settlement coins of every further step")]


class Pool(msgspec.Struct, frozen=True):
    """Haircuts of multi-asset margin, in a section of the settlement coin."""

    haircuts: Annotated[dict[str, Rate | Literal[0]], Meta(description="rate by currency")]


class Readings(msgspec.Struct, frozen=True):
    """Our reading of what is not published in full."""

    gains: Annotated[
        Literal["own_position", "counted"],
        Meta(
            description="open gains back the other positions of a cross-margined coin, as support "
            "article 19343437697309 has it; an undated copy of older answers says they do not"
        ),
    ]
    multi_asset: Annotated[
        bool, Meta(description="whether every accepted coin backs the pool, with its haircut")
    ]


@dataclass(frozen=True, slots=True)
class Steps:
    """The margin rates of a contract at a value."""

    contract: Contract
    value: float

    @property
    def number(self) -> int:
        """Steps above the base risk limit."""
        beyond = (self.value - self.contract.base_limit) / self.contract.step
        return max(ceil(beyond - 1e-12), 0)

    @property
    def initial(self) -> float:
        """Initial margin over value."""
        return self.contract.base_initial + self.number * self.contract.base_maintenance

    @property
    def maintenance(self) -> float:
        """Maintenance margin over value."""
        return self.contract.base_maintenance * (1 + self.number)

    @property
    def words(self) -> str:
        """The step and its rates."""
        return (
            f"{self.value:,.6g} is {self.number} steps above {self.contract.base_limit:,.12g}: "
            f"{self.initial:.4g} initial, {self.maintenance:.4g} maintenance"
        )


@dataclass(frozen=True, slots=True, eq=False)
class BitmexCross(MovesNothing, NetsNothing):
    """Cross margin: a balance for each settlement coin, shared by its positions."""

    name: ClassVar[str] = "bitmex/cross"
    title: ClassVar[str] = "BitMEX cross"
    families: ClassVar[tuple[str, ...]] = ("bitmex/cross", "bitmex/haircuts", "bitmex/rules")
    schema: ClassVar[Schema] = {"rules": (Readings,), ANY: (Contract, Pool)}

    bound_to: Bound
    contracts: Mapping[str, Contract]
    pools: Mapping[str, Pool]
    readings: Readings
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters."""
        found = Bound("BitMEX", selection)
        readings = found.whole(Readings, "rules")
        rows = found.rows(Contract)
        return cls(found, rows, found.rows(Pool), readings, selection.calibration)

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement for each settlement coin."""
        self._refuse(holdings)
        settled = sorted(holdings.settlements())
        if not settled:
            settled = sorted(holdings.balances)[:1] or ["USDT"]
        return tuple(self._pool(name, holdings, risk) for name in settled)

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position alone, (P,)."""
        return each_alone(self.requirement, holdings, risk)

    def _pool(self, coin: str, holdings: Holdings, risk: Risk) -> Requirement:
        market = risk.market
        held = [each for each in holdings.positions if each.instrument.settlement == coin]
        orders: dict[Instrument, list[Order]] = {}
        for order in holdings.orders:
            if order.instrument.settlement == coin and not order.reduce_only:
                orders.setdefault(order.instrument, []).append(order)
        initial, maintenance, beside = [], [], []
        for position in held:
            mark = float(market.mark[market.row(position.instrument)])
            own = orders.pop(position.instrument, [])
            value = _value(position.instrument, position.quantity, mark)
            more = _more(position.quantity, own, position.instrument, mark)
            steps = Steps(self._contract(position.instrument), value + more)
            initial.append(_leaf(position, value * steps.initial, steps.words))
            maintenance.append(_leaf(position, value * steps.maintenance, steps.words))
            if more:
                beside.append(_order_line(position.instrument, more, steps))
        for instrument, own in orders.items():
            more = _more(0.0, own, instrument, float(market.mark[market.row(instrument)]))
            beside.append(_order_line(instrument, more, Steps(self._contract(instrument), more)))
        equity = self._equity(coin, held, holdings, market)
        parts = [total("positions_margin", *initial, source=SOURCE)] if initial else []
        parts += [total("open_orders_margin", *beside)] if beside else []
        kept = [total("positions_margin", *maintenance, source=SOURCE)] if maintenance else []
        required = total("maintenance_margin", *kept)
        return Requirement(
            pool=coin,
            currency=coin,
            equity=equity,
            initial=total("initial_margin", *parts),
            maintenance=required,
            trigger=Trigger("maintenance usage", usage(required.amount, equity.amount), 1.0),
            label=self._label(coin, held, holdings, market.as_of),
            notes=(*self._notes(coin, holdings), *self._shared(holdings)),
        )

    def _equity(
        self, coin: str, held: list[Position], holdings: Holdings, market: MarketSnapshot
    ) -> Component:
        lines = [self._worth(coin, name, holdings, market) for name in holdings.balances]
        gains = []
        for position in held:
            profit = position.open_profit(float(market.mark[market.row(position.instrument)]))
            profit += position.accrued_funding
            if profit < 0 or self.readings.gains == "counted":
                gains.append(Component(position.label, profit, Rule.POSITION))
        parts = [each for each in lines if each is not None]
        parts += [total("futures_profit", *gains, because=self._gains)] if gains else []
        return total("equity", *parts, because=f"counted in {coin}")

    @property
    def _gains(self) -> str:
        if self.readings.gains == "counted":
            return "open gains and losses"
        return "open losses; an open gain covers no other position"

    def _worth(
        self, coin: str, name: str, holdings: Holdings, market: MarketSnapshot
    ) -> Component | None:
        """What a balance adds to the pool of a coin; None where it does not back it."""
        balance = holdings.balances[name]
        amount = balance.amount - balance.borrowed
        enabled = holdings.settings.collateral_enabled
        if not amount or (enabled is not None and name not in enabled):
            return None
        if name == coin:
            return Component("cash_balance", amount, because=name)
        cut = self._haircut(coin, name)
        if cut is None and amount > 0:
            return None
        value = amount * market.usd(name) / market.usd(coin)
        if cut is None:
            return Component("collateral_value", value, because=f"{name} is owed")
        whole = Component("collateral_value", value, because=name)
        because = f"{cut:.0%} off {name} for contracts settled in {coin}"
        less = Component("currency_haircut", -max(value, 0.0) * cut, because=because)
        return total("currency_equity", whole, less, because=because)

    def _haircut(self, coin: str, name: str) -> float | None:
        """What is taken off a currency in the pool of a coin; None where it backs nothing."""
        accepted = self.pools.get(coin)
        if not self.readings.multi_asset or accepted is None:
            return None
        return accepted.haircuts.get(name)

    def _notes(self, coin: str, holdings: Holdings) -> tuple[str, ...]:
        idle = [
            name
            for name, each in holdings.balances.items()
            if name != coin and each.amount > each.borrowed and self._haircut(coin, name) is None
        ]
        backs = [f"{name} backs no position that settles in {coin}" for name in idle]
        return (VALUED, *backs)

    def _shared(self, holdings: Holdings) -> tuple[str, ...]:
        """That what backs several pools stands in the equity of each."""
        coins = sorted(holdings.settlements())
        backed = {
            name: [each for each in coins if name == each or self._haircut(each, name) is not None]
            for name, each in holdings.balances.items()
            if each.amount > each.borrowed
        }
        return tuple(
            f"{name} stands in the equity of each pool it backs, {' and '.join(pools)}: it can "
            "be lost once"
            for name, pools in backed.items()
            if len(pools) > 1
        )

    def _contract(self, instrument: Instrument) -> Contract:
        for section in _sections(instrument):
            if section in self.contracts:
                return self.contracts[section]
        section = _sections(instrument)[0]
        raise unknown("BitMEX", f"risk limit of {instrument.name}", section, Contract)

    def _label(self, coin: str, held: list[Position], holdings: Holdings, at: datetime) -> str:
        doubts = ["the value initial margin is taken on"] if any(p.quantity for p in held) else []
        if any(each.settlement == coin for each in {o.instrument for o in holdings.orders}):
            doubts.append("open orders")
        used = {
            section
            for each in held
            for section in _sections(each.instrument)
            if section in self.contracts
        }
        assumed = self.bound_to.assumed(used) and not self.calibration.overrides
        return label(
            [*doubts, *self.bound_to.doubts(used, at)],
            ["assumed risk limits"] if assumed else [],
        )

    def _refuse(self, holdings: Holdings) -> None:
        for instrument in holdings.held():
            if isinstance(instrument, Option | Spot):
                raise Unsupported(
                    f"{instrument.name}: BitMEX margins perpetuals and futures; remove it"
                )
        for position in holdings.positions:
            if position.margin_mode is MarginMode.ISOLATED or position.side is not Side.NET:
                raise Unsupported(
                    f"{position.label}: bitmex/cross holds one net position in cross margin for "
                    "each contract"
                )


def _sections(instrument: Instrument) -> tuple[str, ...]:
    """Where the margin of a contract stands: its own name, else that of its perpetual."""
    coin = "XBT" if instrument.base == "BTC" else instrument.base
    root = f"{coin}USD" if is_inverse(instrument) else f"{coin}USDT"
    kind = f"{root}-FUTURES" if isinstance(instrument, Future) else root
    return (instrument.name, kind, root) if isinstance(instrument, Future) else (kind,)


def _value(instrument: Instrument, quantity: float, price: float) -> float:
    """Value in the settlement coin."""
    size = abs(quantity) * instrument.multiplier
    assert isinstance(instrument, Perpetual | Future)
    return size / price if is_inverse(instrument) else size * price


def _more(quantity: float, orders: list[Order], instrument: Instrument, mark: float) -> float:
    """What the worse side of the orders adds to the value of a position."""
    buys = fsum(each.quantity for each in orders if each.quantity > 0)
    sells = fsum(each.quantity for each in orders if each.quantity < 0)
    largest = max(abs(quantity + buys), abs(quantity + sells), abs(quantity))
    return _value(instrument, largest - abs(quantity), mark)


def _leaf(position: Position, amount: float, because: str) -> Component:
    return Component(position.label, amount, Rule.POSITION, because)


def _order_line(instrument: Instrument, more: float, steps: Steps) -> Component:
    because = f"{instrument.name}: {more:,.6g} more by the larger side; {steps.words}"
    return Component("order_margin", more * steps.initial, because=because)


MODELS = (BitmexCross,)
