"""Paradex portfolio margin: the worst of 24 scenarios, at least a charge on delta, and provisions.

    initial       max(scan risk, minimum delta) + funding + fees + tokens other than USDC
    maintenance   mmf x max(the same of positions alone) + their funding + their fees + tokens

    minimum delta  (U x open + H x hedged) x spot, without orders open = |net|,
                   hedged = (gross - |net|) / 2. With them, of long and short deltas L, S and the
                   deltas l, s that orders add on either side:
                   open = max(0, L + l - S, S + s - L), hedged = max(L + l, S + s) - open
    funding        max(0, 8 h rate x signed size x spot), netted over a coin's perpetuals
    fees           rate x size x mark; of an option min(rate x spot, 12.5 % of mark) x size

Coins are margined apart and added. Source: tradeparadex/paradex-docs @ 9b82a75,
risk-system/portfolio-margin; tradeparadex/paradex-py @ 334a7f8, its engine.
"""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from riskcore.arrays import F64
from riskcore.errors import Unsupported
from riskcore.holdings import Holdings
from riskcore.instruments import Option, Perpetual
from riskcore.margin.grid import seen_by
from riskcore.margin.label import label
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import Schema, Selection
from riskcore.margin.plain import MovesNoCollateral
from riskcore.margin.requirement import (
    Component,
    LossTable,
    Requirement,
    Rule,
    larger_of,
    scaled,
    total,
)
from riskcore.margin.venues.paradex import account, scan
from riskcore.margin.venues.paradex.cross import standard
from riskcore.margin.venues.paradex.parameters import (
    PORTFOLIO,
    Parameters,
    Scan,
    Scenarios,
    parameters,
)
from riskcore.margin.venues.paradex.scan import Underlying
from riskcore.market import MarketSnapshot
from riskcore.naming.paradex import VENUE
from riskcore.risk_array import Risk
from riskcore.scenarios import ScenarioSet
from riskcore.universe import Universe

SOURCE = scan.SOURCE
SEVERAL = "several underlyings together"
NO_FUNDING = "funding provision"
ORDER_FUNDING = "funding of open orders"
NO_RATE = "the interest rate"
KEYS = frozenset((*Scan.__struct_fields__, *Scenarios.__struct_fields__))


@dataclass(frozen=True, slots=True)
class Side:
    """Deltas of an underlying that stand open and that meet others, in parts that add up, coins.

    open, hedged      of each position, signed so that they sum to the charged amount
    open_orders, hedged_orders
    """

    open: F64
    hedged: F64
    open_orders: float
    hedged_orders: float


def sides(delta: F64, bought: float, sold: float) -> Side:
    """How the deltas of positions (P,) and orders are charged."""
    long = float(delta[delta > 0].sum())
    short = float(-delta[delta < 0].sum())
    up, down = long + bought - short, short + sold - long
    none = np.zeros_like(delta)
    if max(up, down) <= 0:
        open_, open_orders = none, 0.0
    elif up >= down:
        open_, open_orders = delta, bought
    else:
        open_, open_orders = -delta, sold
    if long + bought >= short + sold:
        larger, larger_orders = np.maximum(delta, 0.0), bought
    else:
        larger, larger_orders = np.maximum(-delta, 0.0), sold
    return Side(open_, larger - open_, open_orders, larger_orders - open_orders)


@dataclass(frozen=True, slots=True)
class ParadexPortfolio(MovesNoCollateral):
    """Portfolio margin: one pool, every underlying scanned by itself."""

    name: ClassVar[str] = "paradex/portfolio"
    title: ClassVar[str] = "Paradex portfolio"
    families: ClassVar[tuple[str, ...]] = ("paradex/portfolio", "paradex/cross", "paradex/rules")
    schema: ClassVar[Schema] = PORTFOLIO

    parameters: Parameters
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters."""
        return cls(parameters(selection, portfolio=True), selection.calibration)

    def scenarios(self, universe: Universe, market: MarketSnapshot) -> ScenarioSet:
        """The 24 scenarios of every coin. Raises Unsupported without parameters."""
        return scan.scenarios(self.parameters, universe, market)

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement, in USD."""
        account.refuse(holdings, risk, self.title)
        market = risk.market
        found = self._underlyings(holdings, risk)
        tokens = account.token_charge(holdings, market)
        initial = total(
            "initial_margin",
            total("positions_margin", *(self._net(each, with_orders=True) for each in found)),
            *self._funding(holdings, market, with_orders=True),
            *self._fees(holdings, market, with_orders=True),
            *tokens,
            source=SOURCE,
        )
        maintenance = total(
            "maintenance_margin",
            total("positions_maintenance", *(self._halved(each) for each in found)),
            *self._funding(holdings, market, with_orders=False),
            *self._fees(holdings, market, with_orders=False),
            *tokens,
            source=SOURCE,
        )
        return (
            account.pool(
                self.parameters,
                holdings,
                market,
                initial,
                maintenance,
                label=self._label(holdings, market, len(found)),
                further=(
                    *(
                        f"{name} has no funding rate in this market: its provision counts as 0"
                        for name in _unfunded(holdings, market)
                    ),
                    *(
                        f"{coin} has no interest rate in this market: its options are priced with 0"
                        for coin in _without_rate(holdings, market)
                    ),
                ),
                worst=_worst(found),
                losses=_losses(found, risk),
            ),
        )

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position without any other, (P,)."""
        market, price, delta = risk.market, scan.prices(risk), scan.deltas(risk)
        weight = risk.scenarios.weight
        assert weight is not None
        unit = (price - price[:, :1]) * weight
        unit = unit * (scan.live(risk.universe, market) * risk.universe.multiplier)[:, np.newaxis]
        amounts = np.zeros(len(holdings.positions))
        for place, each in enumerate(holdings.positions):
            if not each.quantity:
                continue
            row = risk.universe.rows[each.instrument]
            coin = each.instrument.base
            least = abs(each.quantity * float(delta[row])) * market.usd(coin, VENUE)
            least *= self.parameters.scenarios(coin).unhedged_margin_factor
            lost = -float((unit[row] * each.quantity).min())
            funding = max(0.0, self._rate(market, row) * each.quantity)
            fees = account.fee(self.parameters, market, row) * abs(each.quantity)
            amounts[place] = max(lost, least) + funding + fees
        return amounts

    def isolated(self, holdings: Holdings, risk: Risk) -> F64 | None:
        """Cross margin of each position, (P,) USD; None where a coin's fractions are not known."""
        try:
            return standard(self.parameters, holdings, risk)
        except Unsupported:
            return None

    def _underlyings(self, holdings: Holdings, risk: Risk) -> list[Underlying]:
        price = scan.prices(risk)
        orders = account.counted_orders(holdings)
        return [
            scan.underlying(
                coin,
                risk,
                price,
                [each for each in holdings.positions if each.instrument.base == coin],
                [each for each in orders if each.instrument.base == coin],
            )
            for coin in account.coins(holdings)
        ]

    def _net(self, each: Underlying, *, with_orders: bool) -> Component:
        return larger_of(
            "net_portfolio_margin",
            each.scan(with_orders=with_orders),
            self._minimum_delta(each, with_orders=with_orders),
            because=each.coin,
            source=SOURCE,
        )

    def _halved(self, each: Underlying) -> Component:
        factors = self.parameters.scan
        assert factors is not None
        return scaled(
            "net_portfolio_margin",
            self._net(each, with_orders=False),
            factors.mmf_factor,
            name="maintenance_factor",
            because=each.coin,
            source=SOURCE,
        )

    def _minimum_delta(self, each: Underlying, *, with_orders: bool) -> Component:
        terms = self.parameters.scenarios(each.coin)
        bought, sold = (each.bought, each.sold) if with_orders else (0.0, 0.0)
        side = sides(each.delta, bought, sold)
        return total(
            "minimum_delta",
            _charged(
                "unhedged_delta",
                each,
                terms.unhedged_margin_factor,
                side.open,
                side.open_orders,
            ),
            _charged(
                "hedged_delta",
                each,
                terms.hedged_margin_factor,
                side.hedged,
                side.hedged_orders,
            ),
            because=each.coin,
            source=SOURCE,
        )

    def _rate(self, market: MarketSnapshot, row: int) -> float:
        """What one unit of an instrument pays as funding until the provision ends, USD."""
        instrument = market.universe.instruments[row]
        rate = float(market.funding_8h[row])
        if not isinstance(instrument, Perpetual) or np.isnan(rate):
            return 0.0
        factors = self.parameters.scan
        assert factors is not None
        spot = market.usd(instrument.base, VENUE)
        return rate * factors.funding_provision_hour / 8 * instrument.multiplier * spot

    def _funding(
        self, holdings: Holdings, market: MarketSnapshot, *, with_orders: bool
    ) -> list[Component]:
        found = []
        rows = market.universe.rows
        for coin in account.coins(holdings):
            lines = [
                (each.label, self._rate(market, rows[each.instrument]) * each.quantity)
                for each in holdings.positions
                if each.instrument.base == coin and isinstance(each.instrument, Perpetual)
            ]
            orders = 0.0
            if with_orders:
                orders = sum(
                    self._rate(market, rows[each.instrument]) * each.quantity
                    for each in account.counted_orders(holdings)
                    if each.instrument.base == coin
                )
            if sum(amount for _, amount in lines) + orders > 0:
                found += account.provision("funding_provision", lines, orders)
        return found

    def _fees(
        self, holdings: Holdings, market: MarketSnapshot, *, with_orders: bool
    ) -> list[Component]:
        rows = market.universe.rows
        lines = [
            (
                each.label,
                account.fee(self.parameters, market, rows[each.instrument]) * abs(each.quantity),
            )
            for each in holdings.positions
        ]
        orders = 0.0
        if with_orders:
            orders = sum(
                account.fee(self.parameters, market, rows[each.instrument]) * abs(each.quantity)
                for each in account.counted_orders(holdings)
            )
        return account.provision("fee_provision", lines, orders)

    def _label(self, holdings: Holdings, market: MarketSnapshot, underlyings: int) -> str:
        found = account.doubts(holdings)
        if underlyings > 1:
            found.append(SEVERAL)
        if _unfunded(holdings, market):
            found.append(NO_FUNDING)
        if any(
            isinstance(each.instrument, Perpetual)
            and market.funding_8h[market.universe.rows[each.instrument]]
            for each in account.counted_orders(holdings)
        ):
            found.append(ORDER_FUNDING)
        if _without_rate(holdings, market):
            found.append(NO_RATE)
        used = self.parameters.used(account.coins(holdings), KEYS)
        return label([*found, *self.parameters.bound.doubts_of(used, market.as_of)])


def _charged(term: str, each: Underlying, factor: float, delta: F64, orders: float) -> Component:
    """A factor on the value of deltas: a line of each position, and one of all orders."""
    price = factor * each.spot
    parts = [
        Component(name, price * own, Rule.POSITION)
        for name, own in zip(each.names, delta.tolist(), strict=True)
        if own
    ]
    parts += [Component("open_orders_margin", price * orders)] if orders else []
    coins = float(delta.sum()) + orders
    return total(term, *parts, because=f"{factor:g} × {coins:,.8g} × {each.spot:,.8g}")


def _unfunded(holdings: Holdings, market: MarketSnapshot) -> list[str]:
    """Perpetuals held or ordered whose funding rate the market lacks."""
    rows = market.universe.rows
    asked = (each.instrument for each in account.counted_orders(holdings))
    traded = dict.fromkeys((*(each.instrument for each in holdings.positions), *asked))
    return [
        each.name
        for each in traded
        if isinstance(each, Perpetual) and np.isnan(market.funding_8h[rows[each]])
    ]


def _without_rate(holdings: Holdings, market: MarketSnapshot) -> list[str]:
    """Coins with options whose interest rate the market lacks, sorted."""
    rows = market.universe.rows
    known = {
        each.base
        for each, rate in zip(market.universe.instruments, market.rate.tolist(), strict=True)
        if isinstance(each, Perpetual) and not np.isnan(rate)
    }
    found = {
        each.base
        for each in holdings.held()
        if isinstance(each, Option) and each.base not in known and np.isnan(market.rate[rows[each]])
    }
    return sorted(found)


def _worst(found: list[Underlying]) -> str:
    """The scenario of the underlying that loses most."""
    lost = [(each.scan(with_orders=True).amount, each) for each in found]
    if not lost or max(amount for amount, _ in lost) <= 0:
        return ""
    worst = max(lost, key=lambda one: one[0])[1]
    return seen_by(worst.coin, worst.label[worst.column(with_orders=True)])


def _losses(found: list[Underlying], risk: Risk) -> LossTable:
    scenarios = risk.scenarios
    return LossTable(
        sets=tuple(each.coin for each in found),
        label=scenarios.label,
        move=tuple(scenarios.move.tolist()),
        group=scenarios.group,
        profit=tuple(tuple((each.profit.sum(axis=0) + each.beside).tolist()) for each in found),
        worst=tuple(each.column(with_orders=True) for each in found),
        positions=tuple(
            (name, tuple(row))
            for each in found
            for name, row in zip(each.names, each.profit.tolist(), strict=True)
        ),
    )
