"""Paradex cross margin: every market alone, the margins add up; spreads of options may need less.

    perpetual       IMF x mark x the larger of   max(0, buys + position)
                                                 max(0, sells - position)
    long option     min(mark x premium multiplier, long ITM x spot)
    short option    max(short ITM x spot - out of the money, short OTM x spot), puts capped
    spreads         options of one expiry together: see spread, in force since September 2026
    beside          fee provision on the open size; what orders beyond the mark lose when filled
    maintenance     positions alone: mmf x IMF x |position| x mark, options by their own
                    fractions; and the fee of closing them

IMF = 1 / leverage: the market's highest, or a lower one that the account has chosen.
Source: tradeparadex/paradex-docs @ 9b82a75, risk-system/cross-margin-requirement and
dated-options/margin-requirements; tradeparadex/paradex-py @ 334a7f8, its engine.
"""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from riskcore.arrays import F64
from riskcore.errors import Unsupported
from riskcore.holdings import Holdings, Order, Position
from riskcore.instruments import Instrument, Option, Right
from riskcore.margin.label import label
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import Schema, Selection
from riskcore.margin.plain import MovesNothing, NetsNothing
from riskcore.margin.requirement import Component, Requirement, Rule, total
from riskcore.margin.venues.paradex import account
from riskcore.margin.venues.paradex.parameters import (
    CROSS,
    Options,
    OptionSide,
    Parameters,
    Perpetuals,
    Spread,
    parameters,
)
from riskcore.margin.venues.paradex.spread import Group, Leg, groups
from riskcore.market import MarketSnapshot
from riskcore.naming.paradex import VENUE
from riskcore.risk_array import Risk

SOURCE = "paradex-docs, risk-system/cross-margin-requirement"
OPTION_ORDERS = "open orders for options"
PERPETUAL_KEYS = frozenset(Perpetuals.__struct_fields__)
OPTION_KEYS = frozenset(Options.__struct_fields__)
SPREAD_KEYS = frozenset(Spread.__struct_fields__)


@dataclass(frozen=True, slots=True)
class Unit:
    """What one unit of an instrument requires, USD."""

    long: float
    short: float
    because_long: str = ""
    because_short: str = ""

    def of(self, quantity: float) -> float:
        """What a quantity requires."""
        return quantity * self.long if quantity > 0 else -quantity * self.short


def unit(
    parameters: Parameters,
    market: MarketSnapshot,
    row: int,
    leverage: float | None = None,
    *,
    maintenance: bool = False,
) -> Unit:
    """What one unit of the instrument in a row requires, long and short.

    leverage  that the account has chosen, None for the market's highest
    Raises Unsupported without parameters.
    """
    instrument = market.universe.instruments[row]
    mark = float(market.mark[row])
    if isinstance(instrument, Option):
        terms = parameters.of_coin(Options, instrument.base)
        side = terms.option_mmf if maintenance else terms.option_imf
        return _option(side, instrument, mark, market.usd(instrument.base, VENUE))
    rate, why = _fraction(parameters, instrument, leverage, maintenance=maintenance)
    amount = rate * mark * instrument.multiplier
    told = f"{why} × {mark:,.8g}"
    return Unit(amount, amount, told, told)


def _fraction(
    parameters: Parameters, instrument: Instrument, leverage: float | None, *, maintenance: bool
) -> tuple[float, str]:
    """The margin fraction of a perpetual, and how it comes about."""
    if leverage is not None and leverage < 1:
        raise Unsupported(f"{instrument.name}: a leverage of {leverage:g}; give 1 or more")
    terms = parameters.of_coin(Perpetuals, instrument.base)
    rate, told = terms.imf_base, f"{terms.imf_base:.6g}"
    if leverage is not None and not (maintenance and not parameters.rules.leverage_in_maintenance):
        rate = max(rate, 1 / leverage)
        told = f"{rate:.6g}"
    if not maintenance:
        return rate, told
    return terms.mmf_factor * rate, f"{terms.mmf_factor:g} × {told}"


def _option(side: OptionSide, option: Option, mark: float, spot: float) -> Unit:
    outside = max(0.0, option.right.sign * (option.strike - spot))
    long = min(mark * side.premium_multiplier, side.long_itm * spot)
    short = max(side.short_itm * spot - outside, side.short_otm * spot)
    told = f"max({side.short_itm:g} × {spot:,.8g} − {outside:,.8g}, {side.short_otm:g} × spot)"
    if option.right is Right.PUT:
        short = min(short, side.short_put_cap * spot)
        told += f", at most {side.short_put_cap:g} × spot"
    size = option.multiplier
    because = f"min({mark:,.8g} × {side.premium_multiplier:g}, {side.long_itm:g} × {spot:,.8g})"
    return Unit(long * size, short * size, because, told)


@dataclass(frozen=True, slots=True)
class Market:
    """One instrument of an account: its positions as one, and its orders.

    labels  of its positions, with their quantities
    """

    row: int
    labels: tuple[tuple[str, float], ...]
    leverage: float | None
    buys: float
    sells: float
    open_loss: float  # USD

    @property
    def position(self) -> float:
        """Signed size held."""
        return sum(quantity for _, quantity in self.labels)

    @property
    def buy_open(self) -> float:
        """The position if all buys are filled, not below 0."""
        return max(0.0, self.buys + self.position)

    @property
    def sell_open(self) -> float:
        """The short position if all sells are filled, not below 0."""
        return max(0.0, self.sells - self.position)


def markets(holdings: Holdings, market: MarketSnapshot) -> list[Market]:
    """The instruments of an account, in the order in which they were entered."""
    held: dict[Instrument, list[Position]] = {}
    asked: dict[Instrument, list[Order]] = {}
    for position in holdings.positions:
        held.setdefault(position.instrument, []).append(position)
    for order in account.counted_orders(holdings):
        asked.setdefault(order.instrument, []).append(order)
    return [
        _market(market, instrument, held.get(instrument, []), asked.get(instrument, []))
        for instrument in dict.fromkeys((*held, *asked))
    ]


def _market(
    market: MarketSnapshot, instrument: Instrument, held: list[Position], orders: list[Order]
) -> Market:
    row = market.universe.rows[instrument]
    mark = float(market.mark[row])
    lost = 0.0
    for each in orders:
        beyond = each.price - mark if each.quantity > 0 else mark - each.price
        lost += abs(each.quantity) * max(0.0, beyond)
    return Market(
        row,
        tuple((each.label, each.quantity) for each in held),
        next((each.leverage for each in held if each.leverage is not None), None),
        sum(each.quantity for each in orders if each.quantity > 0),
        -sum(each.quantity for each in orders if each.quantity < 0),
        lost * instrument.multiplier,
    )


@dataclass(frozen=True, slots=True)
class ParadexCross(MovesNothing, NetsNothing):
    """Cross margin: the account's USDC stands for all positions, which are margined one by one."""

    name: ClassVar[str] = "paradex/cross"
    title: ClassVar[str] = "Paradex cross"
    families: ClassVar[tuple[str, ...]] = ("paradex/cross", "paradex/rules")
    schema: ClassVar[Schema] = CROSS

    parameters: Parameters
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters."""
        return cls(parameters(selection, portfolio=False), selection.calibration)

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement, in USD."""
        account.refuse(holdings, risk, self.title)
        market = risk.market
        held = markets(holdings, market)
        tokens = account.token_charge(holdings, market)
        initial = total(
            "initial_margin",
            self._positions(held, market, maintenance=False),
            *self._orders(held, market),
            *self._fees(held, market, with_orders=True),
            *tokens,
            source=SOURCE,
        )
        maintenance = total(
            "maintenance_margin",
            self._positions(held, market, maintenance=True),
            *self._fees(held, market, with_orders=False),
            *tokens,
            source=SOURCE,
        )
        said = self._label(holdings, held, market)
        return (account.pool(self.parameters, holdings, market, initial, maintenance, label=said),)

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin and fee of each position, (P,)."""
        return standard(self.parameters, holdings, risk)

    def _positions(
        self, held: list[Market], market: MarketSnapshot, *, maintenance: bool
    ) -> Component:
        spreads = self._spreads(held, market, maintenance=maintenance)
        together = [each for each in spreads if each.nets(each.held)]
        rows = {leg.row for each in together for leg in each.legs}
        lines = []
        for each in held:
            if not each.labels or each.row in rows:
                continue
            one = unit(self.parameters, market, each.row, each.leverage, maintenance=maintenance)
            told = one.because_long if each.position > 0 else one.because_short
            because = f"{abs(each.position):g} × {told}"
            lines += [
                Component(label, one.of(each.position) * part, Rule.POSITION, because)
                for label, part in _parts(each)
            ]
        because = "every market alone" if together else "every market alone: nothing nets"
        lines += [each.margin() for each in together]
        return total("positions_margin", *lines, because=because, source=SOURCE)

    def _spreads(
        self, held: list[Market], market: MarketSnapshot, *, maintenance: bool
    ) -> list[Group]:
        """The options that are margined together: of one coin and expiry."""
        rule = self.parameters.find(Spread, "spread")
        if rule is None or not rule.offset:
            return []
        legs = []
        for each in held:
            option = market.universe.instruments[each.row]
            if isinstance(option, Option):
                one = unit(self.parameters, market, each.row, maintenance=maintenance)
                legs.append(
                    Leg(
                        each.row,
                        option,
                        float(market.mark[each.row]),
                        each.labels,
                        each.buys,
                        each.sells,
                        (one.long, one.short),
                        (one.because_long, one.because_short),
                    )
                )
        spots = {each.option.base: market.usd(each.option.base, VENUE) for each in legs}
        scale = rule.unpaired_scale_mmf if maintenance else rule.unpaired_scale_imf
        return [each for each in groups(legs, spots, scale) if each.possible]

    def _orders(self, held: list[Market], market: MarketSnapshot) -> list[Component]:
        """What orders add to the larger side, and what they lose at once."""
        spreads = self._spreads(held, market, maintenance=False)
        lines = [
            Component("order_side", each.orders(), because=f"{each.words}: as if filled")
            for each in spreads
            if any(leg.buys or leg.sells for leg in each.legs)
        ]
        rows = {leg.row for each in spreads for leg in each.legs}
        for each in held:
            if not each.buys and not each.sells:
                continue
            name = market.universe.instruments[each.row].name
            if each.row not in rows:
                one = unit(self.parameters, market, each.row, each.leverage)
                side = max(one.long * each.buy_open, one.short * each.sell_open)
                because = f"{name}: buys to {each.buy_open:g}, sells to {each.sell_open:g}"
                more = side - one.of(each.position)
                lines.append(Component("order_side", more, because=because))
            if each.open_loss:
                lines.append(Component("open_loss", each.open_loss, because=name))
        return [total("open_orders_margin", *lines, source=SOURCE)] if lines else []

    def _fees(
        self, held: list[Market], market: MarketSnapshot, *, with_orders: bool
    ) -> list[Component]:
        lines, orders = [], 0.0
        for each in held:
            one = account.fee(self.parameters, market, each.row)
            own = abs(each.position)
            lines += [(label, one * own * part) for label, part in _parts(each)]
            if with_orders:
                orders += one * (max(each.buy_open, each.sell_open) - own)
        return account.provision("fee_provision", lines, orders)

    def _label(self, holdings: Holdings, held: list[Market], market: MarketSnapshot) -> str:
        found = account.doubts(holdings)
        if any(isinstance(each.instrument, Option) for each in account.counted_orders(holdings)):
            found.append(OPTION_ORDERS)
        coins = {True: set[str](), False: set[str]()}  # with options, with perpetuals
        for each in holdings.held():
            coins[isinstance(each, Option)].add(each.base)
        used = self.parameters.used(coins[True], OPTION_KEYS)
        used += self.parameters.used(coins[False], PERPETUAL_KEYS)
        if _could_net(held, market):
            used += self.parameters.used((), SPREAD_KEYS)
        return label([*found, *self.parameters.bound.doubts_of(used, market.as_of)])


def _could_net(held: list[Market], market: MarketSnapshot) -> bool:
    """Whether options of one coin and expiry are held or ordered, one of them short or sold."""
    found: dict[object, list[Market]] = {}
    for each in held:
        option = market.universe.instruments[each.row]
        if isinstance(option, Option) and (each.position or each.buys or each.sells):
            found.setdefault((option.base, option.expiry.date()), []).append(each)
    return any(
        len(legs) > 1 and any(each.position < 0 or each.sells for each in legs)
        for legs in found.values()
    )


def standard(parameters: Parameters, holdings: Holdings, risk: Risk) -> F64:
    """Cross initial margin and fee of each position alone, (P,) USD. Raises Unsupported."""
    market, rows = risk.market, risk.universe.rows
    amounts = np.zeros(len(holdings.positions))
    for place, each in enumerate(holdings.positions):
        if not each.quantity:
            continue
        row = rows[each.instrument]
        one = unit(parameters, market, row, each.leverage)
        fee = account.fee(parameters, market, row) * abs(each.quantity)
        amounts[place] = one.of(each.quantity) + fee
    return amounts


def _parts(each: Market) -> list[tuple[str, float]]:
    """The positions of a market and the part that each is of it."""
    whole = each.position
    return [(name, quantity / whole if whole else 0.0) for name, quantity in each.labels]
