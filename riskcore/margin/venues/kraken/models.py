"""Kraken multi-collateral: rates that rise with size, and hedges within a coin that cost nothing.

margin      of a contract = the sum over levels of size in the level x its rate, on value at entry
            (a linear contract: USD; an inverse one: contracts of 1 USD, paid in coins at entry)
requirement of a coin = max(margin of long contracts, margin of short contracts), perpetuals and
            futures together; coins add up
equity      = balances x price x (1 - haircut) + open profit, in USD; liquidation where it falls to
            the maintenance margin
Inverse contracts have a wallet of their coin each, without haircut. An isolated position has a pool
of its own.

Source: support.kraken.com 4844463246100 (equity, netting), 360022632452 (classes), 15579128794772
(inverse levels and the marginal rule), 4843323030164 (haircuts), 360022835671 (liquidation).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import fsum, inf
from typing import ClassVar, Self

import numpy as np

from riskcore.arrays import F64
from riskcore.errors import Unsupported
from riskcore.holdings import Holdings, MarginMode, Order, Position
from riskcore.instruments import Instrument, Option, is_inverse
from riskcore.margin.bound import Bound, unknown
from riskcore.margin.collateral import counted
from riskcore.margin.label import label
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import ANY, Schema, Selection
from riskcore.margin.plain import MovesNothing, NetsNothing
from riskcore.margin.requirement import (
    Component,
    Figure,
    Requirement,
    Rule,
    Trigger,
    larger_of,
    total,
    usage,
)
from riskcore.margin.tiers import marginal
from riskcore.margin.venues.kraken.parameters import (
    Class,
    Classes,
    Ends,
    Haircut,
    Inverse,
    Levels,
    Linear,
    Readings,
    Schedule,
    refuse_lengths,
)
from riskcore.margin.venues.kraken.sides import Side, both_sides, position_side, worth
from riskcore.margin.worth import account_notes, refuse_unsupported
from riskcore.market import MarketSnapshot
from riskcore.naming.kraken import VENUE
from riskcore.risk_array import Risk
from riskcore.universe import USD

NETTING = "support.kraken.com 4844463246100, margin netting"
SCHEDULE = "support.kraken.com, margin schedules"
HAIRCUTS = "support.kraken.com 4843323030164"
CLASS_RATES = "the rates of the size classes"


@dataclass(frozen=True, slots=True, eq=False)
class KrakenMultiCollateral(MovesNothing, NetsNothing):
    """Cross margin with every accepted currency as collateral, counted in USD."""

    name: ClassVar[str] = "kraken/multi-collateral"
    title: ClassVar[str] = "Kraken multi-collateral"
    families: ClassVar[tuple[str, ...]] = ("kraken/schedule", "kraken/haircuts", "kraken/rules")
    schema: ClassVar[Schema] = {
        "levels": (Levels,),
        "classes": (Classes,),
        "rules": (Readings,),
        ANY: (Linear, Inverse, Schedule, Haircut),
    }

    bound_to: Bound
    levels: Levels
    classes: Classes
    readings: Readings
    linear: Mapping[str, Linear]
    inverse: Mapping[str, Inverse]
    schedules: Mapping[str, Schedule]
    haircuts: Mapping[str, Haircut]
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters. Raises ParameterError for a list of a wrong length."""
        found = Bound("Kraken", selection)
        refuse_lengths(found)
        return cls(
            found,
            found.whole(Levels, "levels"),
            found.whole(Classes, "classes"),
            found.whole(Readings, "rules"),
            found.rows(Linear),
            found.rows(Inverse),
            found.rows(Schedule),
            found.rows(Haircut),
            selection.calibration,
        )

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement in USD, one of each coin with inverse contracts, one of each isolated."""
        self._refuse(holdings, risk)
        crossed = [each for each in holdings.positions if not _isolated(each)]
        settled = _settled(holdings)
        wallets = sorted(settled - {USD})
        backing = set(holdings.balances) - set(wallets)
        found = []
        if USD in settled or any(holdings.balances[name].amount for name in backing) or not wallets:
            found.append(self._pool(USD, crossed, holdings, risk))
        found += [self._pool(coin, crossed, holdings, risk) for coin in wallets]
        alone = [each for each in holdings.positions if _isolated(each)]
        return (*found, *(self._apart(each, risk.market) for each in alone))

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position without any other, (P,), in its pool's currency."""
        return np.array(
            [
                self._margin(
                    position_side(each, risk.market, at="entry"), initial=True, orders=False
                )[0]
                for each in holdings.positions
            ]
        ).reshape(-1)

    def _pool(
        self, wallet: str, crossed: Sequence[Position], holdings: Holdings, risk: Risk
    ) -> Requirement:
        market = risk.market
        held = [each for each in crossed if each.instrument.settlement == wallet]
        orders = [
            each
            for each in holdings.orders
            if each.instrument.settlement == wallet and not each.reduce_only
        ]
        initial = total(
            "initial_margin",
            *self._netted(both_sides(held, orders, market, at="entry"), initial=True),
            source=NETTING,
        )
        maintenance = total(
            "maintenance_margin",
            *self._netted(both_sides(held, (), market, at=self.readings.value_at), initial=False),
            source=NETTING,
        )
        equity = self._equity(wallet, held, holdings, market)
        collateral = equity.amount - fsum(
            part.amount for part in equity.parts if part.term != "currency_equity"
        )
        return Requirement(
            pool=wallet,
            currency=wallet,
            equity=equity,
            initial=initial,
            maintenance=maintenance,
            trigger=_trigger(maintenance.amount, equity.amount),
            label=self._label(wallet, held, orders, holdings, market.as_of),
            notes=self._notes(held, holdings),
            figures=(
                Figure("collateral_counted", collateral, wallet),
                Figure("margin_equity", equity.amount, wallet),
                Figure("available_margin", equity.amount - initial.amount, wallet),
            ),
        )

    def _apart(self, position: Position, market: MarketSnapshot) -> Requirement:
        """An isolated position, which only its own margin backs."""
        wallet = position.instrument.settlement
        assert position.isolated_margin is not None
        lines = {}
        for initial, at in ((True, "entry"), (False, self.readings.value_at)):
            amount, why = self._margin(
                position_side(position, market, at=at), initial=initial, orders=False
            )
            lines[initial] = Component(position.label, amount, Rule.POSITION, why)
        own = Component("isolated_margin", position.isolated_margin, because=position.label)
        equity = total("equity", own, *_profits([position], market))
        maintenance = total("maintenance_margin", lines[False], source=SCHEDULE)
        return Requirement(
            pool=position.label,
            currency=wallet,
            equity=equity,
            initial=total("initial_margin", lines[True], source=SCHEDULE),
            maintenance=maintenance,
            trigger=_trigger(maintenance.amount, equity.amount),
            label=self._label(wallet, [position], (), Holdings(), market.as_of),
            notes=self._notes([position], Holdings((position,))),
            members=frozenset({position.key}),
        )

    def _netted(self, sides: Sequence[Side], *, initial: bool) -> list[Component]:
        """The larger side of each coin."""
        found = []
        for coin in sorted({each.instrument.base for each in sides}):
            mine = [each for each in sides if each.instrument.base == coin]
            both = [
                total(
                    term, *self._lines([one for one in mine if one.long is long], initial=initial)
                )
                for term, long in (("long_margin", True), ("short_margin", False))
            ]
            because = f"{coin}: only the larger side counts"
            found.append(larger_of("netted_margin", *both, because=because, source=NETTING))
        return found

    def _lines(self, sides: Sequence[Side], *, initial: bool) -> list[Component]:
        lines = []
        for each in sides:
            own, why = self._margin(each, initial=initial, orders=False)
            if each.size:
                lines.append(Component(each.label, own, Rule.POSITION, why, source=SCHEDULE))
            if each.more:
                whole, why = self._margin(each, initial=initial, orders=True)
                because = f"{each.instrument.name}: {why}"
                lines.append(Component("order_margin", whole - own, because=because))
        return lines

    def _margin(self, side: Side, *, initial: bool, orders: bool) -> tuple[float, str]:
        """What one side of an instrument requires, in its settlement currency, and why.

        Levels count the size in USD: the value of a linear contract, the contracts of an inverse.
        """
        upto, rates = self._rates(side.instrument, initial=initial)
        value = side.value + (side.dearer if orders else 0.0)
        size = side.size + (side.more if orders else 0.0)
        if value == 0:
            return 0.0, ""
        if not is_inverse(side.instrument):
            amount = marginal(value, (*upto, inf), rates)
            return amount, f"{amount / value:.6g} of {value:,.8g} USD, by levels"
        share = marginal(size, (*upto, inf), rates) / size
        return share * value, f"{share:.6g} of {value:,.8g} {side.instrument.base}, by levels"

    def _rates(self, instrument: Instrument, *, initial: bool) -> tuple[Ends, tuple[float, ...]]:
        """Ends of the levels and their rates. Raises Unsupported without any."""
        own = self.schedules.get(_root(instrument))
        if own is not None:
            return own.upto, own.initial if initial else own.maintenance
        rates = self.levels.initial if initial else self.levels.maintenance
        coin = instrument.base
        if is_inverse(instrument):
            terms = self.inverse.get(coin)
            if terms is None:
                raise unknown("Kraken", f"inverse margin schedule of {coin}", coin, Inverse)
            return terms.inverse_upto, tuple(rates[each - 1] for each in terms.inverse_levels)
        listed = self.linear.get(coin)
        if listed is None:
            raise unknown("Kraken", f"margin class of {coin}", coin, Linear)
        table: Class = getattr(self.classes, listed.margin_class.lower())
        return table.upto, rates[table.first - 1 : table.first + len(table.upto)]

    def _equity(
        self, wallet: str, held: Sequence[Position], holdings: Holdings, market: MarketSnapshot
    ) -> Component:
        enabled = holdings.settings.collateral_enabled
        inverse = _settled(holdings)
        lines = []
        for name, balance in holdings.balances.items():
            mine = name == wallet or (wallet == USD and name not in inverse)
            if not mine or not balance.amount or (enabled is not None and name not in enabled):
                continue
            if wallet != USD:
                cash = Component("cash_balance", balance.amount, because=name)
                lines.append(total("currency_equity", cash, because=f"{name}, whole"))
                continue
            lines.append(self._currency(name, balance.amount, market.usd(name, VENUE)))
        return total("equity", *lines, *_profits(held, market), because=f"counted in {wallet}")

    def _currency(self, name: str, amount: float, price: float) -> Component:
        """A currency of the multi-collateral wallet, USD."""
        whole = Component("collateral_value", amount * price, because=f"{name} at {price:,.8g} USD")
        if name == USD:
            return total("currency_equity", whole)
        terms = self.haircuts.get(name)
        if terms is None:
            raise unknown("Kraken", f"haircut of {name}", name, Haircut)
        cut = counted(amount, price, 1 - terms.haircut) - amount * price
        because = f"{terms.haircut:.4g} of {name}"
        less = Component("currency_haircut", cut, because=because, source=HAIRCUTS)
        return total("currency_equity", whole, *([less] if cut else []), because=because)

    def _label(
        self,
        wallet: str,
        held: Sequence[Position],
        orders: Sequence[Order],
        holdings: Holdings,
        at: datetime,
    ) -> str:
        traded = {each.instrument for each in held} | {each.instrument for each in orders}
        doubts = ["open orders"] if orders else []
        if any(each.entered is None for each in held):
            doubts.append("the value at entry")
        if held and self.readings.value_at == "entry":
            doubts.append("the value maintenance margin is taken on")
        sections = set[str]()
        assumed = False
        for each in traded:
            own = _root(each) in self.schedules
            sections |= {_root(each)} if own else {each.base, "levels"}
            if not own and not is_inverse(each):
                sections.add("classes")
                doubts += [] if CLASS_RATES in doubts else [CLASS_RATES]
                assumed |= self._is_assumed(each.base)
        if any(self._beyond(each) for each in held):
            doubts.append("levels beyond the recorded ones")
        if wallet == USD and any(
            name != USD and each.amount and name not in _settled(holdings)
            for name, each in holdings.balances.items()
        ):
            doubts.append("collateral haircuts")
        return label(
            [*doubts, *self.bound_to.doubts(sections, at)],
            ["an assumed margin class"] if assumed else [],
        )

    def _is_assumed(self, coin: str) -> bool:
        """Whether the class of a coin is our own reading: neither read nor the user's."""
        replaced = self.calibration.overrides
        return (coin, "margin_class") not in self.bound_to.selection.known and not any(
            each.startswith(f"{coin}.margin_class ") for each in replaced
        )

    def _beyond(self, position: Position) -> bool:
        """Whether a position reaches the last level of a schedule that may have more."""
        own = self.schedules.get(_root(position.instrument))
        price = position.entered
        if own is None or not own.upto or price is None:
            return False
        return worth(position.instrument, abs(position.quantity), price) > own.upto[-1]

    def _notes(self, held: Sequence[Position], holdings: Holdings) -> tuple[str, ...]:
        found = list(account_notes(Holdings(tuple(held), holdings.balances, (), holdings.settings)))
        found += [
            f"{each.label}: its margin is taken on the value at the mark, for want of its entry"
            for each in held
            if each.entered is None
        ]
        return tuple(found)

    def _refuse(self, holdings: Holdings, risk: Risk) -> None:
        for instrument in holdings.held():
            if isinstance(instrument, Option):
                raise Unsupported(
                    f"{instrument.name}: {self.title} covers perpetuals and futures, so remove it"
                )
        refuse_unsupported(holdings, risk, VENUE, self.title, isolated=True)
        for each in holdings.positions:
            if _isolated(each) and each.isolated_margin is None:
                raise Unsupported(f"{each.label} is isolated; give its isolated margin")
        for order in holdings.orders:
            if not order.price:
                raise Unsupported(
                    f"{order.instrument.name}: an order at the price 0 has no value; give its price"
                )


def _isolated(position: Position) -> bool:
    return position.margin_mode is MarginMode.ISOLATED


def _settled(holdings: Holdings) -> set[str]:
    """The currencies whose wallets have something in cross margin."""
    held = {
        each.instrument.settlement
        for each in holdings.positions
        if each.quantity and not _isolated(each)
    }
    return held | {each.instrument.settlement for each in holdings.orders}


def _root(instrument: Instrument) -> str:
    """The section of a contract's own schedule, e.g. PF_XBTUSD or FF_XBTUSD."""
    return "_".join(instrument.name.split("_")[:2])


def _trigger(maintenance: float, equity: float) -> Trigger:
    """Kraken liquidates where equity has fallen to the maintenance margin."""
    return Trigger("maintenance usage", usage(maintenance, equity), 1.0)


def _profits(held: Sequence[Position], market: MarketSnapshot) -> list[Component]:
    """Open profit and funding of positions, in their settlement currency."""
    if not held:
        return []
    rows = market.universe.rows
    lines = [
        Component(
            each.label, each.open_profit(float(market.mark[rows[each.instrument]])), Rule.POSITION
        )
        for each in held
    ]
    found = [total("futures_profit", *lines)]
    funding = fsum(each.accrued_funding for each in held)
    return [*found, Component("accrued_funding", funding)] if funding else found


MODELS = (KrakenMultiCollateral,)
