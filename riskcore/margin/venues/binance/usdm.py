"""Binance USD-M futures: cross margin, isolated margin, and Multi-Assets Mode.

A margin asset (USDT, USDC) is a pool: its cross positions share its wallet. In Multi-Assets Mode
all margin assets are one pool in USD, each at its collateral value ratio. An isolated position is a
pool of its own. Long and short sides of hedge mode are positions of their own and both count.

margin balance = wallet + open profit
trigger        = maintenance margin / margin balance, liquidation at 100 %
Formulas of a position: see contracts; of orders: see orders.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from riskcore.arrays import F64
from riskcore.errors import Unsupported
from riskcore.holdings import Balance, Holdings, MarginMode, Position
from riskcore.instruments import Future, Instrument, Perpetual, is_inverse
from riskcore.margin.bound import Bound
from riskcore.margin.collateral import counted
from riskcore.margin.label import label
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import ANY, Schema, Selection
from riskcore.margin.plain import MovesNothing, NetsNothing
from riskcore.margin.requirement import Component, Figure, Requirement, Trigger, total, usage
from riskcore.margin.venues.binance import orders
from riskcore.margin.venues.binance.contracts import SOURCE, Book, Charge
from riskcore.margin.venues.binance.parameters import (
    Contracts,
    Futures,
    MultiAssets,
    OptionReadings,
    PortfolioReadings,
    kind,
)
from riskcore.margin.worth import Worth, account_notes, equity, refuse_unsupported, worths
from riskcore.market import MarketSnapshot
from riskcore.naming.binance import LINEAR, VENUE
from riskcore.risk_array import Risk
from riskcore.universe import USD

EMPTY_POOL = "USDT"
NO_LEVERAGE = "leverage that was not entered"
NO_MARGIN = "isolated margin that was not entered"
READINGS = (Futures, PortfolioReadings, OptionReadings)
SCHEMA: Schema = {"rules": READINGS, ANY: (Contracts, MultiAssets)}


@dataclass(frozen=True, slots=True, eq=False)
class _UsdM(MovesNothing, NetsNothing):
    """What the USD-M models share."""

    name: ClassVar[str]
    title: ClassVar[str]
    wallet: ClassVar[str] = "usdm"
    all_isolated: ClassVar[bool]
    families: ClassVar[tuple[str, ...]] = ("binance/usdm", "binance/multi-assets", "binance/rules")
    schema: ClassVar[Schema] = SCHEMA

    bound_to: Bound
    rules: Futures
    book: Book
    haircuts: Mapping[str, MultiAssets]
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters."""
        found = Bound("Binance", selection)
        rules = found.whole(Futures, "rules")
        book = Book(found.rows(Contracts), rules.default_leverage)
        return cls(found, rules, book, found.rows(MultiAssets), selection.calibration)

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement for each margin asset, or one in USD, and for each isolated position."""
        self._refuse(holdings, risk)
        apart = [each for each in holdings.positions if self._is_isolated(each)]
        shared = tuple(each for each in holdings.positions if not self._is_isolated(each))
        pools = self._shared(replace(holdings, positions=shared), holdings, risk, bool(apart))
        return (*pools, *(self._isolated(each, risk) for each in apart))

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position, (P,)."""
        price = {
            each: risk.market.usd(each, VENUE) if self._is_pooled else 1.0
            for each in holdings.settlements()
        }
        return np.array(
            [
                self._charge(each, risk).initial * price[each.instrument.settlement]
                for each in holdings.positions
            ]
        )

    def liquidation_price(self, position: Position, holdings: Holdings, risk: Risk) -> float | None:
        """The mark at which a position is liquidated while all others stay; None where none is.

        A cross position is backed by the wallet of its margin asset and the other cross positions.
        Multi-Assets Mode has no such price: the margin assets move as well.
        """
        if self._is_pooled:
            return None
        if self._is_isolated(position):
            wallet, _ = self._wallet(position, risk)
            return self.book.liquidation_price(
                position, wallet + position.accrued_funding, 0.0, 0.0
            )
        settlement = position.instrument.settlement
        others = [
            each
            for each in holdings.positions
            if each.key != position.key
            and each.instrument.settlement == settlement
            and not self._is_isolated(each)
        ]
        maintained = sum(self._charge(each, risk).maintenance for each in others)
        profit = sum(each.open_profit(_mark(each.instrument, risk)) for each in others)
        cash = holdings.balances.get(settlement, Balance(0.0)).amount
        cash += sum(each.accrued_funding for each in (position, *others))
        return self.book.liquidation_price(position, cash, maintained, profit)

    @property
    def _is_pooled(self) -> bool:
        return self.rules.asset_mode == "multi"

    def _is_isolated(self, position: Position) -> bool:
        return self.all_isolated or position.margin_mode is MarginMode.ISOLATED

    def _charge(self, position: Position, risk: Risk) -> Charge:
        return self.book.charge(position, _mark(position.instrument, risk))

    def _shared(
        self, held: Holdings, whole: Holdings, risk: Risk, beside: bool
    ) -> tuple[Requirement, ...]:
        """The pools of the wallet: what isolated positions do not hold.

        whole   with the isolated positions, with which orders net
        beside  whether an isolated pool stands beside them
        """
        if self._is_pooled:
            return (self._pool(USD, held, whole, worths(held, risk), risk),)
        cash = {name for name, each in held.balances.items() if each.amount}
        names = sorted(held.settlements() | cash) or ([] if beside else [EMPTY_POOL])
        found = []
        for name in names:
            mine = replace(
                held,
                positions=tuple(
                    each for each in held.positions if each.instrument.settlement == name
                ),
                balances={name: held.balances[name]} if name in held.balances else {},
                orders=(),
            )
            found.append(self._pool(name, mine, whole, worths(mine, risk), risk))
        return tuple(found)

    def _pool(
        self,
        pool: str,
        held: Holdings,
        whole: Holdings,
        accounts: Mapping[str, Worth],
        risk: Risk,
    ) -> Requirement:
        """One pool of the wallet; `pool` is its currency, USD in Multi-Assets Mode."""
        market = risk.market
        settled = {each.instrument.settlement for each in held.positions}
        settled |= {each.instrument.settlement for each in whole.orders}
        price = {each: market.usd(each, VENUE) if self._is_pooled else 1.0 for each in settled}
        charges = [
            (self._charge(each, risk), price[each.instrument.settlement]) for each in held.positions
        ]
        waiting: list[Component] = []
        for settlement in sorted(price) if self._is_pooled else [pool]:
            lines = orders.open_orders(
                self.book,
                whole,
                risk,
                settlement,
                each_alone=self.rules.open_orders == "each_alone",
            )
            waiting += [_times(each, price.get(settlement, 1.0)) for each in lines]
        initial = _sum("initial_margin", [one.initial_line(at) for one, at in charges], waiting)
        maintenance = _sum(
            "maintenance_margin", [one.maintenance_line(at) for one, at in charges], []
        )
        owned = self._equity(pool, accounts, market)
        ordered = [
            each.instrument
            for each in whole.orders
            if self._is_pooled or each.instrument.settlement == pool
        ]
        doubts = [*self._doubts(held, charges, market, ordered)]
        doubts += [orders.DOUBT] if waiting else []
        ratio = usage(maintenance.amount, owned.amount)
        wallet, profit = _of_accounts(accounts, market if self._is_pooled else None)
        return Requirement(
            pool=pool,
            currency=pool,
            equity=owned,
            initial=initial,
            maintenance=maintenance,
            trigger=Trigger("margin ratio", ratio, 1.0),
            label=label(doubts),
            notes=self._notes(pool, held, charges),
            figures=(
                Figure("wallet_balance", wallet, pool),
                Figure("futures_profit", profit, pool),
                Figure("margin_balance", owned.amount, pool),
                Figure("binance_margin_ratio", ratio, ""),
                Figure("available_funds", max(owned.amount - initial.amount, 0.0), pool),
            ),
            members=frozenset(each.key for each in held.positions),
        )

    def _isolated(self, position: Position, risk: Risk) -> Requirement:
        """The pool of one isolated position."""
        charge, settlement = self._charge(position, risk), position.instrument.settlement
        wallet, entered = self._wallet(position, risk)
        profit = position.open_profit(_mark(position.instrument, risk))
        worth = Worth(settlement, wallet, position.accrued_funding, ((position.label, profit),))
        owned = total("equity", *worth.lines(1.0), because="isolated margin and open profit")
        initial = _sum("initial_margin", [charge.initial_line()], [])
        maintenance = _sum("maintenance_margin", [charge.maintenance_line()], [])
        doubts = list(self._doubts(Holdings((position,)), [(charge, 1.0)], risk.market))
        doubts += [] if entered else [NO_MARGIN]
        notes = list(self._notes("", Holdings((position,)), [(charge, 1.0)]))
        if not entered:
            notes.append(
                f"{position.label} has no isolated margin: its notional at entry over its leverage "
                "is assumed"
            )
        figures = [
            Figure("isolated_margin", wallet, settlement),
            Figure("margin_balance", owned.amount, settlement),
        ]
        own = wallet + position.accrued_funding
        price = self.book.liquidation_price(position, own, 0.0, 0.0)
        if price is not None:
            figures.append(Figure("liquidation_price", price, position.instrument.quote))
        return Requirement(
            pool=position.label,
            currency=settlement,
            equity=owned,
            initial=initial,
            maintenance=maintenance,
            trigger=Trigger("margin ratio", usage(maintenance.amount, owned.amount), 1.0),
            label=label(doubts),
            notes=tuple(notes),
            figures=tuple(figures),
            members=frozenset((position.key,)),
        )

    def _wallet(self, position: Position, risk: Risk) -> tuple[float, bool]:
        """The isolated margin of a position, and whether it was entered."""
        if position.isolated_margin is not None:
            return position.isolated_margin, True
        price = position.opened or _mark(position.instrument, risk)
        return self.book.charge(position, price).initial, False

    def _equity(
        self, pool: str, accounts: Mapping[str, Worth], market: MarketSnapshot
    ) -> Component:
        if self._is_pooled:
            because = "margin assets at their collateral value ratios, in USD"
            return equity(accounts, market, self._counts, venue=VENUE, because=because)
        worth = accounts.get(pool, Worth(pool))
        return total("equity", *worth.lines(1.0), because="wallet balance and open profit")

    def _counts(self, currency: str, amount: float, price: float) -> tuple[float, str]:
        """What a margin asset counts in Multi-Assets Mode."""
        if amount <= 0:
            return amount * price, f"{currency} at {price:,.8g} USD, owed in full"
        found = self.haircuts.get(currency)
        if found is None:
            raise Unsupported(
                f"Binance's collateral value ratio of {currency} in Multi-Assets Mode is not "
                f"known; give multi_assets_rate as an override of {currency}"
            )
        rate = found.multi_assets_rate
        why = f"{currency} at {price:,.8g} USD × {rate * 100:.6g} %"
        return counted(amount, price, rate), why

    def _doubts(
        self,
        held: Holdings,
        charges: Sequence[tuple[Charge, float]],
        market: MarketSnapshot,
        ordered: Sequence[Instrument] = (),
    ) -> tuple[str, ...]:
        keys = [(each.base, kind(each)) for each in _contracts((*held.held(), *ordered))]
        keys += [(name, "multi_assets_rate") for name in held.balances if self._is_pooled]
        found = list(self.bound_to.doubts_of(keys, market.as_of))
        found += [NO_LEVERAGE] if any(each.assumed for each, _ in charges) else []
        return tuple(found)

    def _notes(
        self, pool: str, held: Holdings, charges: Sequence[tuple[Charge, float]]
    ) -> tuple[str, ...]:
        notes = list(account_notes(held))
        if names := ", ".join(each.label for each, _ in charges if each.assumed):
            notes.append(f"{names}: a leverage of {self.rules.default_leverage:g} is assumed")
        if pool and pool not in (USD, *LINEAR):
            notes.append(f"{pool} backs no position in single-asset mode")
        return tuple(notes)

    def _refuse(self, holdings: Holdings, risk: Risk) -> None:
        refuse_unsupported(holdings, risk, VENUE, self.name, hedge=True, isolated=True)
        for each in holdings.held():
            if not isinstance(each, Perpetual | Future) or is_inverse(each):
                raise Unsupported(
                    f"{each.name} is no USD-M future; {self.name} covers contracts such as "
                    "BTCUSDT, COIN-M ones are in binance/portfolio, options in binance/options"
                )
        alone = [each.label for each in holdings.positions if self._is_isolated(each)]
        twice = next((name for name in alone if alone.count(name) > 1), None)
        if twice is not None:
            raise Unsupported(
                f"{twice} is held in cross and in isolated margin; Binance keeps one mode of "
                "a contract, so enter it as one position"
            )
        if alone and self._is_pooled:
            raise Unsupported(
                f"{alone[0]} is isolated; Multi-Assets Mode has cross margin only, so enter it as "
                "cross or set asset_mode to single"
            )


@dataclass(frozen=True, slots=True, eq=False)
class BinanceCross(_UsdM):
    """Cross margin, with isolated positions beside it where the account has some."""

    name: ClassVar[str] = "binance/usdm-cross"
    title: ClassVar[str] = "Binance USD-M cross"
    all_isolated: ClassVar[bool] = False


@dataclass(frozen=True, slots=True, eq=False)
class BinanceIsolated(_UsdM):
    """Every position isolated."""

    name: ClassVar[str] = "binance/usdm-isolated"
    title: ClassVar[str] = "Binance USD-M isolated"
    all_isolated: ClassVar[bool] = True


def _mark(instrument: Instrument, risk: Risk) -> float:
    return float(risk.market.mark[risk.universe.row(instrument)])


def _contracts(held: Iterable[Instrument]) -> list[Perpetual | Future]:
    return [each for each in held if isinstance(each, Perpetual | Future)]


def _sum(term: str, lines: list[Component], waiting: list[Component]) -> Component:
    because = "every position by its own tier: nothing nets"
    parts = [total("positions_margin", *lines, because=because, source=SOURCE)]
    parts += [total("open_orders_margin", *waiting, source=orders.SOURCE)] if waiting else []
    return total(term, *parts, source=SOURCE)


def _times(line: Component, price: float) -> Component:
    """A tree of orders in another currency."""
    if price == 1.0:
        return line
    if not line.parts:
        return replace(line, amount=line.amount * price)
    return total(
        line.term,
        *(_times(each, price) for each in line.parts),
        rule=line.rule,
        because=line.because,
        considered=tuple(_times(each, price) for each in line.considered),
        source=line.source,
    )


def _of_accounts(
    accounts: Mapping[str, Worth], market: MarketSnapshot | None
) -> tuple[float, float]:
    """Wallet and open profit, in USD where there is a market."""
    wallet = profit = 0.0
    for name, each in accounts.items():
        price = 1.0 if market is None else market.usd(name, VENUE)
        wallet += (each.cash + each.funding) * price
        profit += each.profit * price
    return wallet, profit
