"""Binance European options: every short option charged alone, in USDT.

initial     = (max(min initial x S, initial x S - out of the money) + mark) x coins sold
maintenance = (max(min maintenance x S, maintenance x S - out of the money) + mark) x coins sold

S is the index. A bought option is paid in full and needs nothing. The four rates are published by
name (initialMargin, minInitialMargin, maintenanceMargin, minMaintenanceMargin) and nothing says how
they combine: the form above is that of other venues with the same names (it reproduces the example
of Bit.com), so the model calls itself approximate.
Source: GET /eapi/v1/exchangeInfo, example of the documentation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from riskcore.arrays import F64
from riskcore.errors import Unsupported
from riskcore.holdings import Holdings
from riskcore.instruments import Option, Right
from riskcore.margin.bound import Bound
from riskcore.margin.label import label
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import ANY, Schema, Selection
from riskcore.margin.plain import MovesNothing, NetsNothing
from riskcore.margin.requirement import Component, Requirement, Rule, Trigger, total, usage
from riskcore.margin.venues.binance.parameters import (
    Futures,
    OptionReadings,
    Options,
    PortfolioReadings,
)
from riskcore.margin.worth import account_notes, refuse_unsupported, worths
from riskcore.naming.binance import VENUE
from riskcore.risk_array import Risk

SOURCE = "GET /eapi/v1/exchangeInfo"
FORM = "the form of the option margin is our reading of its four rates"
AS_BTC = "option margin of {coin} taken from BTC"
POOL = "USDT"


@dataclass(frozen=True, slots=True)
class Short:
    """The margin of an option sold, per coin."""

    initial: float
    maintenance: float
    outside: float  # out of the money
    index: float
    mark: float

    @property
    def words(self) -> str:
        """What the formula was fed with."""
        return (
            f"index {self.index:,.8g}, {self.outside:,.8g} out of the money, mark {self.mark:,.8g}"
        )


def short(option: Option, rates: Options, index: float, mark: float) -> Short:
    """The margin of an option sold, per coin, in quote currency."""
    above = option.strike - index
    outside = max(above if option.right is Right.CALL else -above, 0.0)
    initial = max(rates.option_initial_min * index, rates.option_initial * index - outside)
    kept = max(rates.option_maintenance_min * index, rates.option_maintenance * index - outside)
    return Short(initial + mark, kept + mark, outside, index, mark)


@dataclass(frozen=True, slots=True, eq=False)
class BinanceOptions(MovesNothing, NetsNothing):
    """The options wallet."""

    name: ClassVar[str] = "binance/options"
    title: ClassVar[str] = "Binance options"
    wallet: ClassVar[str] = "options"
    families: ClassVar[tuple[str, ...]] = ("binance/options", "binance/rules")
    schema: ClassVar[Schema] = {
        "rules": (Futures, PortfolioReadings, OptionReadings),
        ANY: (Options,),
    }

    bound_to: Bound
    readings: OptionReadings
    rates: Mapping[str, Options]
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters."""
        found = Bound("Binance", selection)
        readings = found.whole(OptionReadings, "rules")
        return cls(found, readings, found.rows(Options), selection.calibration)

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement in USDT."""
        self._refuse(holdings, risk)
        worth = worths(
            holdings, risk, with_options=self.readings.option_equity == "with_options"
        ).get(POOL)
        because = "cash of the options wallet"
        owned = total("equity", *(worth.lines(1.0) if worth else ()), because=because)
        shorts = self._shorts(holdings, risk)
        waiting = self._orders(holdings, risk)
        initial = self._required("initial_margin", shorts, maintenance=False)
        if waiting:
            orders = total(
                "open_orders_margin", *waiting, because="premium of buys, margin of sales"
            )
            initial = total("initial_margin", *initial.parts, orders, source=SOURCE)
        maintenance = self._required("maintenance_margin", shorts, maintenance=True)
        ratio = usage(maintenance.amount, owned.amount)
        return (
            Requirement(
                pool=POOL,
                currency=POOL,
                equity=owned,
                initial=initial,
                maintenance=maintenance,
                trigger=Trigger("margin ratio", ratio, 1.0),
                label=label(self._doubts(holdings, risk), (FORM,)),
                notes=(*_beside(holdings), *account_notes(holdings)),
            ),
        )

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position, (P,), USDT."""
        return np.array(
            [
                0.0 if one is None else one.initial * sold
                for _, one, sold in self._shorts(holdings, risk)
            ]
        )

    def _shorts(self, holdings: Holdings, risk: Risk) -> list[tuple[str, Short | None, float]]:
        """Each position's label, its margin per coin and the coins sold; None where none are."""
        found: list[tuple[str, Short | None, float]] = []
        for position in holdings.positions:
            option = position.instrument
            assert isinstance(option, Option)
            sold = max(-position.quantity * option.multiplier, 0.0)
            found.append((position.label, self._short(option, risk) if sold else None, sold))
        return found

    def _short(self, option: Option, risk: Risk) -> Short:
        market = risk.market
        index = market.usd(option.base, VENUE) / market.usd(option.quote, VENUE)
        mark = float(market.mark[risk.universe.row(option)])
        return short(option, self._rates(option.base), index, mark)

    def _rates(self, coin: str) -> Options:
        found = self.rates.get(coin)
        if found is None and self.readings.option_coins == "as_btc":
            found = self.rates.get("BTC")
        if found is None:
            keys = ", ".join(Options.__struct_fields__)
            raise Unsupported(
                f"Binance's option margin of {coin} is not known; give {keys} as overrides of "
                f"{coin}"
            )
        return found

    def _required(
        self, term: str, shorts: list[tuple[str, Short | None, float]], *, maintenance: bool
    ) -> Component:
        lines = []
        for name, one, sold in shorts:
            if one is None:
                lines.append(Component(name, 0.0, Rule.POSITION, "bought: paid in full"))
                continue
            amount = (one.maintenance if maintenance else one.initial) * sold
            lines.append(Component(name, amount, Rule.POSITION, one.words, source=SOURCE))
        because = "every short option alone: nothing nets"
        return total(term, total("positions_margin", *lines, because=because), source=SOURCE)

    def _orders(self, holdings: Holdings, risk: Risk) -> list[Component]:
        """A buy reserves its premium, a sale what the position needs."""
        lines = []
        for order in holdings.orders:
            option = order.instrument
            assert isinstance(option, Option)
            if order.reduce_only:
                continue
            coins = abs(order.quantity) * option.multiplier
            each = order.price if order.quantity > 0 else self._short(option, risk).initial
            why = f"{option.name}: {coins:,.8g} × {each:,.8g}"
            lines.append(Component("order_margin", coins * each, because=why))
        return lines

    def _doubts(self, holdings: Holdings, risk: Risk) -> list[str]:
        coins = sorted({each.base for each in holdings.held()})
        keys = [
            (coin if coin in self.rates else "BTC", key)
            for coin in coins
            for key in Options.__struct_fields__
        ]
        found = list(self.bound_to.doubts_of(keys, risk.market.as_of))
        found += [AS_BTC.format(coin=coin) for coin in coins if coin not in self.rates]
        return found

    def _refuse(self, holdings: Holdings, risk: Risk) -> None:
        refuse_unsupported(holdings, risk, VENUE, self.name)
        for each in holdings.held():
            if not isinstance(each, Option):
                raise Unsupported(
                    f"{each.name} is no option; {self.name} covers options such as "
                    "BTC-261225-60000-C, futures are in the other models of Binance"
                )


def _beside(holdings: Holdings) -> tuple[str, ...]:
    """Balances that are not in this wallet."""
    return tuple(
        f"{name} does not back options at Binance: the options wallet holds {POOL} only"
        for name, balance in holdings.balances.items()
        if balance.amount and name != POOL
    )
