"""The scenarios of portfolio margin and what one underlying loses in them.

    spot'   spot (1 + s)                      perpetual'   spot' (1 + basis)
    vol'    vol (1 + v (30 / max(floor, days))^power), upwards at least the floor
    option' Black-Scholes on spot', vol' and the perpetual's interest rate
    loss    - weight x sum of quantity x (price' - mark); no scenario, no loss
    orders  a buy adds weight x size x max(0, price - price'), a sell the like: losses only

In the half hour before its expiry an option's profit counts by the seconds left over 1800: the
settlement price is an average. Power: 0.30 below 30 days, 0.13 from there on.
Source: tradeparadex/paradex-docs @ 9b82a75, risk-system/portfolio-margin; paradex-py @ 334a7f8.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from riskcore.arrays import F64, Ints
from riskcore.holdings import Order, Position
from riskcore.margin.grid import VolRule, scenario_set, seen_by
from riskcore.margin.requirement import Component
from riskcore.margin.scan import worst_scenario
from riskcore.margin.venues.paradex.parameters import Parameters
from riskcore.market import MarketSnapshot
from riskcore.naming.paradex import VENUE
from riskcore.risk_array import Risk
from riskcore.scenarios import ScenarioSet
from riskcore.universe import Universe

SOURCE = "paradex-docs, risk-system/portfolio-margin"
SHORT_DATED = 30.0  # days
SETTLEMENT_WINDOW = 1800.0  # seconds


def scenarios(parameters: Parameters, universe: Universe, market: MarketSnapshot) -> ScenarioSet:
    """The scenarios of every coin of a universe. Raises Unsupported without parameters."""
    bases = sorted({each.base for each in universe.instruments})
    names = universe.currencies
    rate = rates(universe, market)
    spots = {coin: market.usd(coin, VENUE) for coin in bases}
    tau = universe.tau(market.seconds)

    def forward(rows: Ints, spot: F64) -> F64:
        """Takes an option's forward to spot grown at the interest rate; a perpetual moves as spot.

        Black's formula on that forward, discounted, is Black-Scholes on spot.
        """
        at = np.array([spots[names[universe.base[row]]] for row in rows])
        years = np.where(universe.is_option[rows], tau[rows], 0.0)
        grown = at * np.exp(rate[rows] * years)
        with np.errstate(invalid="ignore"):
            first = np.where(universe.is_option[rows], grown / market.forward[rows], 1.0)
        factor: F64 = first[:, np.newaxis] * spot
        return factor

    return scenario_set(
        universe,
        market,
        {coin: parameters.moves(coin) for coin in bases},
        {coin: shocked(parameters, coin) for coin in bases},
        forward=forward,
    )


def shocked(parameters: Parameters, coin: str) -> VolRule:
    """How a coin's volatility moves."""
    scan, least = parameters.scan, parameters.scenarios(coin).min_vol_shock_up
    assert scan is not None
    on_level = parameters.rules.vol_floor == "level"

    def rule(vol: F64, days: F64, move: F64) -> F64:
        short = days < SHORT_DATED
        power = np.where(short, scan.vega_power_short_dte, scan.vega_power_long_dte)
        shock = move * (SHORT_DATED / np.maximum(scan.dte_floor_days, days)) ** power
        if on_level:
            moved = vol * (1 + shock)
            result: F64 = np.where(move > 0, np.maximum(moved, least), moved)
        else:
            result = vol * (1 + np.where(move > 0, np.maximum(shock, least), shock))
        return result

    return rule


def rates(universe: Universe, market: MarketSnapshot) -> F64:
    """The interest rate of each instrument, (I,): its perpetual's, else its own, else none."""
    own = np.nan_to_num(market.rate)
    perpetual = {
        each.base: own[row]
        for row, each in enumerate(universe.instruments)
        if not universe.is_option[row] and not np.isnan(market.rate[row])
    }
    return np.array(
        [perpetual.get(each.base, own[row]) for row, each in enumerate(universe.instruments)]
    )


def live(universe: Universe, market: MarketSnapshot) -> F64:
    """The share of each instrument's profit that is not settled yet, (I,)."""
    left = universe.expiry - market.seconds
    share: F64 = np.where(left <= SETTLEMENT_WINDOW, left / SETTLEMENT_WINDOW, 1.0)
    return np.where(universe.is_option, share, 1.0)


def prices(risk: Risk) -> F64:
    """The price of each instrument in each scenario, (I, S); column 0 is the mark."""
    universe, market = risk.universe, risk.market
    tau = universe.tau(market.seconds)
    worth = np.where(universe.is_option, np.exp(-rates(universe, market) * np.nan_to_num(tau)), 1.0)
    price = risk.array.value * (worth / universe.multiplier)[:, np.newaxis]
    price[:, 0] = market.mark
    return price


def deltas(risk: Risk) -> F64:
    """The delta of one unit of each instrument, (I,): the venue's, else Black's."""
    quoted = risk.market.delta
    found: F64 = np.where(np.isnan(quoted), risk.greeks.delta, quoted)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Underlying:
    """One coin of an account: profits in each scenario, and deltas.

    profit  (P, S)  of each position, weighted, USD
    beside  (S,)    of its orders, weighted, USD; never positive
    delta   (P,)    coins
    bought, sold    delta that orders may add on either side, coins
    """

    coin: str
    spot: float
    names: tuple[str, ...]
    profit: F64
    beside: F64
    delta: F64
    bought: float
    sold: float
    label: tuple[str, ...]

    def column(self, *, with_orders: bool) -> int:
        """The scenario that loses most, 0 for none."""
        sum_: F64 = self.profit.sum(axis=0)
        return int(np.argmin(sum_ + self.beside if with_orders else sum_))

    def scan(self, *, with_orders: bool) -> Component:
        """The largest weighted loss."""
        column = self.column(with_orders=with_orders)
        if column == 0:
            return Component("scan_risk", 0.0, because=f"{self.coin}: no scenario loses")
        lines = [
            (name, -float(lost))
            for name, lost in zip(self.names, self.profit[:, column], strict=True)
        ]
        orders = -float(self.beside[column]) if with_orders else 0.0
        beside = (Component("open_orders_margin", orders),) if orders else ()
        words = seen_by(self.coin, self.label[column])
        return worst_scenario("scan_risk", lines, words, beside=beside, source=SOURCE)


def underlying(
    coin: str, risk: Risk, price: F64, positions: Sequence[Position], orders: Sequence[Order]
) -> Underlying:
    """One coin's profits and deltas.

    price  (I, S)  of `prices`
    """
    universe, market, scenarios = risk.universe, risk.market, risk.scenarios
    assert scenarios.weight is not None
    weight = scenarios.weight * live(universe, market)[:, np.newaxis]
    one = (price - price[:, :1]) * weight * universe.multiplier[:, np.newaxis]
    delta = deltas(risk)
    rows = [universe.rows[each.instrument] for each in positions]
    size = np.array([each.quantity for each in positions])
    beside = np.zeros(len(scenarios))
    bought = sold = 0.0
    for order in orders:
        row = universe.rows[order.instrument]
        side = np.sign(order.quantity)
        worse = np.maximum(0.0, side * (order.price - price[row])) * universe.multiplier[row]
        beside -= abs(order.quantity) * worse * weight[row]
        moved = float(delta[row]) * order.quantity
        bought += max(moved, 0.0)
        sold += max(-moved, 0.0)
    beside[0] = 0.0
    return Underlying(
        coin,
        market.usd(coin, VENUE),
        tuple(each.label for each in positions),
        one[rows] * size[:, np.newaxis] if rows else np.zeros((0, len(scenarios))),
        beside,
        delta[rows] * size if rows else np.zeros(0),
        bought,
        sold,
        scenarios.label,
    )
