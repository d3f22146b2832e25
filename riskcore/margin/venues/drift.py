"""Drift v2 cross margin: weighted deposits against weighted debts and worst cases.

collateral   = sum deposits x asset weight + sum open profit x its weight
requirement  = sum debts x liability weight + sum |worst-case size| x price x margin ratio
               + 0.01 USD for each resting order
Ratios and weights are whole ten-thousandths and come from whole-number arithmetic, as on the chain:
larger sizes raise ratios and liability weights and lower asset weights by their square root.
Initial margin weighs open profit by its size and counts at most 100 USD of it a market. It is
strict: deposits and gains at the lower, debts, losses and notionals at the higher of a coin's price
and its average of five minutes, where the market has that average.

Source: drift-labs/protocol-v2 @ 0ae3e3b (1 Apr 2026), math/margin.rs, state/{perp,spot}_market.rs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, fsum, isqrt
from typing import Annotated, ClassVar, Self

import msgspec
from msgspec import Meta

from riskcore.arrays import F64
from riskcore.errors import Unsupported
from riskcore.holdings import Holdings, MarginMode, Order, Position, Side
from riskcore.instruments import Instrument, Perpetual
from riskcore.margin.alone import each_alone
from riskcore.margin.bound import Bound, unknown
from riskcore.margin.label import label
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import ANY, Schema, Selection
from riskcore.margin.plain import IsolatesNothing, MovesNothing
from riskcore.margin.requirement import Component, Requirement, Rule, Trigger, total, usage
from riskcore.market import MarketSnapshot
from riskcore.risk_array import Risk
from riskcore.universe import USD

SOURCE = "drift-labs/protocol-v2 @ 0ae3e3b, math/margin.rs"
WHOLE = 10_000  # a weight or ratio of 1
IMF = 1_000_000  # an imf factor of 1
SIZE = 1_000_000_000  # units of size in one coin, and in one USDC of open profit
MICRO = 1_000_000  # the smallest amounts in one USD
QUOTE = "USDC"
ORDER_CHARGE = 0.01  # USD
LARGEST_PROFIT = 100.0  # USD of open profit that counts for initial margin
AVERAGE = "twap"  # kind of the feed that is the oracle's average of five minutes
CURRENT = "prices are the current ones: Drift takes the worse of these and a five-minute average"

Weight = Annotated[int, Meta(ge=0, le=20_000)]
Factor = Annotated[int, Meta(ge=0, le=1_000_000)]


class PerpMarket(msgspec.Struct, frozen=True):
    """A perpetual market, in a section of its name, e.g. SOL-PERP.

    Ratios and weights are ten-thousandths, imf factors millionths.
    """

    margin_ratio_initial: Annotated[int, Meta(gt=0, le=10_000)]
    margin_ratio_maintenance: Annotated[int, Meta(gt=0, le=10_000)]
    imf_factor: Factor = 0
    profit_weight_initial: Weight = WHOLE
    profit_weight_maintenance: Weight = WHOLE
    profit_imf_factor: Factor = 0


class SpotMarket(msgspec.Struct, frozen=True):
    """A coin that can be deposited and borrowed, in a section of its name."""

    asset_weight_initial: Weight
    asset_weight_maintenance: Weight
    liability_weight_initial: Weight
    liability_weight_maintenance: Weight
    spot_imf_factor: Factor = 0
    scale_start: Annotated[float, Meta(ge=0, description="USD of all deposits; 0: never")] = 0.0
    deposits: Annotated[float, Meta(ge=0, description="all deposits of the coin at Drift")] = 0.0


def size_premium(size: int, imf_factor: int, weight: int, precision: int = WHOLE) -> int:
    """A liability weight or margin ratio after what size adds, ten-thousandths.

    size  billionths of a coin
    max(w, w - w // 5 + isqrt(10 size + 1) x imf // (1e5 x 1e6 / precision))
    """
    if imf_factor == 0:
        return weight
    root = isqrt(size * 10 + 1)
    grown = weight - weight // 5 + root * imf_factor // (100_000 * IMF // precision)
    return max(weight, grown)


def size_discount(size: int, imf_factor: int, weight: int) -> int:
    """An asset weight after what size takes off, ten-thousandths.

    min(w, 1.1e6 x 1e4 // (1e6 + isqrt(10 size + 1) x imf // 1e5))
    """
    if imf_factor == 0:
        return weight
    root = isqrt(size * 10 + 1)
    lowered = (IMF + IMF // 10) * WHOLE // (IMF + root * imf_factor // 100_000)
    return min(weight, lowered)


def scaled_weight(weight: int, deposits: float, price: float, start: float) -> int:
    """An initial asset weight once all deposits of the coin are worth more than `start`."""
    value = floor(deposits * price * MICRO)
    if start == 0 or value < start * MICRO:
        return weight
    return weight * floor(start * MICRO) // value


@dataclass(frozen=True, slots=True)
class Kind:
    """Which of the two requirements is computed."""

    is_initial: bool

    def ratio(self, market: PerpMarket, coins: float) -> int:
        """Margin ratio of a market at a size."""
        flat = market.margin_ratio_initial if self.is_initial else market.margin_ratio_maintenance
        return size_premium(_size(coins), market.imf_factor, flat)

    def profit_weight(self, market: PerpMarket, profit: float) -> int:
        """What of an open profit counts; a loss counts whole."""
        if profit <= 0:
            return WHOLE
        if not self.is_initial:
            return market.profit_weight_maintenance
        return size_discount(_size(profit), market.profit_imf_factor, market.profit_weight_initial)

    def asset_weight(self, market: SpotMarket, coins: float, price: float) -> int:
        """What of a deposit counts."""
        flat = market.asset_weight_maintenance
        if self.is_initial:
            flat = scaled_weight(
                market.asset_weight_initial, market.deposits, price, market.scale_start
            )
        return size_discount(_size(coins), market.spot_imf_factor, flat)

    def price(self, market: MarketSnapshot, coin: str, *, owed: bool) -> float:
        """Price of a coin in USD, for initial margin the worse of it and its average."""
        current = market.usd(coin)
        average = market.oracles.feed("drift", AVERAGE, coin)
        if not self.is_initial or average is None:
            return current
        return max(current, average.value) if owed else min(current, average.value)

    def liability_weight(self, market: SpotMarket, coins: float) -> int:
        """What a debt requires."""
        flat = market.liability_weight_maintenance
        if self.is_initial:
            flat = market.liability_weight_initial
        return size_premium(_size(coins), market.spot_imf_factor, flat)


INITIAL, MAINTENANCE = Kind(True), Kind(False)


@dataclass(frozen=True, slots=True, eq=False)
class DriftCross(MovesNothing, IsolatesNothing):
    """A Drift account."""

    name: ClassVar[str] = "drift/cross"
    title: ClassVar[str] = "Drift cross"
    families: ClassVar[tuple[str, ...]] = ("drift/cross",)
    schema: ClassVar[Schema] = {ANY: (PerpMarket, SpotMarket)}

    bound_to: Bound
    markets: Mapping[str, PerpMarket]
    coins: Mapping[str, SpotMarket]
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters."""
        found = Bound("Drift", selection)
        perps, spots = found.rows(PerpMarket), found.rows(SpotMarket)
        return cls(found, perps, spots, selection.calibration)

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement, in USD."""
        _refuse(holdings)
        market = risk.market
        equity = self._collateral(holdings, market, MAINTENANCE)
        weighed = self._collateral(holdings, market, INITIAL)
        initial = [*self._required(holdings, market, INITIAL)]
        less = equity.amount - weighed.amount
        if less:
            because = f"collateral is {weighed.amount:,.6g} USD with initial weights"
            initial.append(Component("collateral_haircut", less, because=because))
        kept = total("maintenance_margin", *self._required(holdings, market, MAINTENANCE))
        return (
            Requirement(
                pool=USD,
                currency=USD,
                equity=equity,
                initial=total("initial_margin", *initial, source=SOURCE),
                maintenance=kept,
                trigger=Trigger("maintenance usage", usage(kept.amount, equity.amount), 1.0),
                label=self._label(holdings, market),
                notes=() if self._is_averaged(holdings, market) else (CURRENT,),
            ),
        )

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position alone, (P,)."""
        return each_alone(self.requirement, holdings, risk)

    def _collateral(self, holdings: Holdings, market: MarketSnapshot, kind: Kind) -> Component:
        parts = []
        for name, balance in holdings.balances.items():
            amount = balance.amount - balance.borrowed
            enabled = holdings.settings.collateral_enabled
            if amount <= 0 or (enabled is not None and name not in enabled):
                continue
            price = kind.price(market, name, owed=False)
            weight = kind.asset_weight(self._coin(name), amount, market.usd(name))
            whole = Component("collateral_value", amount * price, because=name)
            because = f"{weight / WHOLE:.4g} of {name}"
            cut = Component("currency_haircut", amount * price * (weight / WHOLE - 1))
            parts.append(total("currency_equity", whole, cut, because=because))
        profits = [self._profit(each, market, kind) for each in holdings.positions]
        parts += [total("futures_profit", *profits)] if profits else []
        return total("equity", *parts, because="deposits and open profit, weighed")

    def _profit(self, position: Position, market: MarketSnapshot, kind: Kind) -> Component:
        mark = float(market.mark[market.row(position.instrument)])
        profit = position.open_profit(mark) + position.accrued_funding
        weight = kind.profit_weight(self._market(position.instrument), profit)
        counts = profit * weight / WHOLE * kind.price(market, QUOTE, owed=profit < 0)
        because = f"{weight / WHOLE:.4g} of {profit:,.6g} USDC"
        if kind.is_initial and counts > LARGEST_PROFIT:
            counts = LARGEST_PROFIT
            because += f", at most {LARGEST_PROFIT:g} USD"
        return Component(position.label, counts, Rule.POSITION, because)

    def _required(self, holdings: Holdings, market: MarketSnapshot, kind: Kind) -> list[Component]:
        held = {each.instrument: each for each in holdings.positions}
        resting: dict[Instrument, list[Order]] = {}
        for order in holdings.orders:
            resting.setdefault(order.instrument, []).append(order)
        lines, beside = [], []
        for instrument in dict.fromkeys([*held, *resting]):
            position = held.get(instrument)
            quantity = position.quantity if position else 0.0
            orders = resting.get(instrument, [])
            worst = _worst_case(quantity, orders)
            mark = float(market.mark[market.row(instrument)])
            price = mark * kind.price(market, QUOTE, owed=True)
            ratio = kind.ratio(self._market(instrument), abs(worst))
            amount = floor(abs(worst) * price * ratio / WHOLE * MICRO + 1e-4) / MICRO
            own = amount if worst == quantity else abs(quantity) * price * ratio / WHOLE
            because = f"{ratio / WHOLE:.4g} of {abs(worst):,.6g} x {price:,.6g} USD"
            if position:
                lines.append(Component(position.label, own, Rule.POSITION, because))
            if orders:
                charge = ORDER_CHARGE * len(orders)
                because = (
                    f"{instrument.name}: {len(orders)} x {ORDER_CHARGE} USD; worst {worst:,.6g}"
                )
                kept = own if position else 0.0
                beside.append(Component("order_margin", amount - kept + charge, because=because))
        parts = [total("positions_margin", *lines, source=SOURCE)] if lines else []
        parts += [total("open_orders_margin", *beside)] if beside else []
        debts = [*self._debts(holdings, market, kind)]
        parts += [total("borrowing_margin", *debts)] if debts else []
        return parts

    def _debts(self, holdings: Holdings, market: MarketSnapshot, kind: Kind) -> list[Component]:
        found = []
        for name, balance in holdings.balances.items():
            amount = balance.amount - balance.borrowed
            if amount < 0:
                weight = kind.liability_weight(self._coin(name), -amount)
                value = -amount * kind.price(market, name, owed=True) * weight / WHOLE
                because = f"{weight / WHOLE:.4g} of {-amount:,.6g} {name}"
                found.append(Component("borrowed_currency", value, because=because))
        return found

    def _market(self, instrument: Instrument) -> PerpMarket:
        if instrument.name not in self.markets:
            raise unknown("Drift", f"market {instrument.name}", instrument.name, PerpMarket)
        return self.markets[instrument.name]

    def _coin(self, name: str) -> SpotMarket:
        if name not in self.coins:
            raise unknown("Drift", f"weight of {name}", name, SpotMarket)
        return self.coins[name]

    def _is_averaged(self, holdings: Holdings, market: MarketSnapshot) -> bool:
        """Whether every coin that counts has its average; an account of cash in USDC needs none."""
        coins = {name for name, each in holdings.balances.items() if each.amount or each.borrowed}
        coins |= {QUOTE} if holdings.positions or holdings.orders else set()
        if coins <= {QUOTE} and not holdings.positions and not holdings.orders:
            return True
        return all(market.oracles.feed("drift", AVERAGE, each) for each in coins)

    def _label(self, holdings: Holdings, market: MarketSnapshot) -> str:
        used = {each.name for each in holdings.held()}
        used |= {name for name, each in holdings.balances.items() if each.amount or each.borrowed}
        averaged = self._is_averaged(holdings, market)
        doubts = [] if averaged else ["the five-minute average price"]
        assumed = self.bound_to.assumed(used) and not self.calibration.overrides
        return label(
            [*doubts, *self.bound_to.doubts(used, market.as_of)],
            ["assumed market parameters"] if assumed else [],
        )


def _worst_case(quantity: float, orders: list[Order]) -> float:
    """The size after all buys or all sells, whichever is larger."""
    bought = quantity + fsum(each.quantity for each in orders if each.quantity > 0)
    sold = quantity + fsum(each.quantity for each in orders if each.quantity < 0)
    return bought if abs(bought) > abs(sold) else sold


def _size(amount: float) -> int:
    return floor(abs(amount) * SIZE + 1e-4)


def _refuse(holdings: Holdings) -> None:
    for instrument in holdings.held():
        if not isinstance(instrument, Perpetual):
            raise Unsupported(f"{instrument.name}: Drift margins perpetuals only; remove it")
    for position in holdings.positions:
        if position.margin_mode is MarginMode.ISOLATED or position.side is not Side.NET:
            raise Unsupported(
                f"{position.label}: drift/cross holds one net position in cross margin for each "
                "market"
            )


MODELS = (DriftCross,)
