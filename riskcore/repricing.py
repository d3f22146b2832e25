"""A market and its scenarios priced: only the rows whose inputs moved."""

import numpy as np

from riskcore.arrays import F64, Bools, Ints
from riskcore.errors import MarketError
from riskcore.market import MarketSnapshot, without_vol
from riskcore.pricing import black, greeks, linear
from riskcore.risk_array import Greeks, Risk, RiskArray
from riskcore.scenarios import ScenarioSet
from riskcore.time import SECONDS_PER_DAY, SECONDS_PER_YEAR


def risk(market: MarketSnapshot, scenarios: ScenarioSet, previous: Risk | None = None) -> Risk:
    """Everything a model may look at: the risk array and the Greeks of the unmoved market."""
    return Risk(market, reprice(market, scenarios, previous), sensitivities(market))


def reprice(
    market: MarketSnapshot, scenarios: ScenarioSet, previous: Risk | None = None
) -> RiskArray:
    """Value of one long unit of each instrument in each scenario.

    Rows of `previous` whose inputs are all the same are taken over bit for bit. Raises MarketError
    naming the first instrument that lacks a mark, an option's forward or its volatility.
    """
    universe = market.universe
    if scenarios.universe.instruments != universe.instruments:
        raise MarketError("the scenarios are about other instruments than the market")
    _require(market)
    value = np.empty((len(universe), len(scenarios)))
    moved = _moved(market, scenarios, previous)
    if previous is not None and not moved.all():
        np.copyto(value, previous.array.value, where=~moved[:, np.newaxis])
    options = np.flatnonzero(moved & universe.is_option)
    at_once = max(1, black.BLOCK // len(scenarios))
    for start in range(0, options.size, at_once):
        rows = options[start : start + at_once]
        value[rows] = _options(market, scenarios, rows)
    others = np.flatnonzero(moved & ~universe.is_option)
    if others.size:
        column = others[:, np.newaxis]
        price = market.mark[column] * scenarios.forward[others]
        value[others] = linear.value(
            price, universe.multiplier[column], universe.is_inverse[column]
        )
    return RiskArray(scenarios, value)


def sensitivities(market: MarketSnapshot) -> Greeks:
    """Greeks of one long unit of each instrument in the unmoved market.

    Raises MarketError naming the first instrument that lacks a mark, forward or volatility.
    """
    universe = market.universe
    _require(market)
    multiplier = universe.multiplier
    delta, gamma, vega, theta = (np.zeros(len(universe)) for _ in range(4))
    rows = np.flatnonzero(~universe.is_option)
    delta[rows] = linear.delta(market.mark[rows], multiplier[rows], universe.is_inverse[rows])
    rows = np.flatnonzero(universe.is_option)
    if rows.size:
        tau = universe.tau(market.seconds)[rows]
        vol = np.where(tau > 0, market.vol[rows], 0.0)
        _require_vol(market, rows, vol)
        terms = (market.forward[rows], universe.strike[rows], tau, vol)
        sign, coins = universe.sign[rows], multiplier[rows]
        delta[rows] = coins * greeks.delta(*terms, sign)
        gamma[rows] = coins * greeks.gamma(*terms)
        vega[rows] = coins * greeks.vega(*terms)
        theta[rows] = coins * greeks.theta(*terms, sign)
    return Greeks(delta, gamma, vega, theta)


def _options(market: MarketSnapshot, scenarios: ScenarioSet, rows: Ints) -> F64:
    universe = market.universe
    column = rows[:, np.newaxis]
    seconds = universe.expiry[column] - market.seconds
    if scenarios.days.any():
        seconds = seconds - scenarios.days * SECONDS_PER_DAY
    tau = np.maximum(seconds, 0.0) / SECONDS_PER_YEAR
    vol = np.where(tau > 0, scenarios.vol[rows], 0.0)  # an expired option needs none
    _require_vol(market, rows, vol)
    forward = market.forward[column] * scenarios.forward[rows]
    value = black.price(forward, universe.strike[column], tau, vol, universe.sign[column])
    inverse = universe.is_inverse[rows]
    if inverse.any():
        with np.errstate(divide="ignore", invalid="ignore"):
            np.divide(value, forward, out=value, where=inverse[:, np.newaxis])
    value *= universe.multiplier[column]
    return value


def _moved(market: MarketSnapshot, scenarios: ScenarioSet, previous: Risk | None) -> Bools:
    """Which rows must be priced, (I,)."""
    universe = market.universe
    everything = np.ones(len(universe), dtype=np.bool_)
    if previous is None or previous.universe.instruments != universe.instruments:
        return everything
    old_market, old = previous.market, previous.scenarios
    if len(old) != len(scenarios):
        return everything
    moved: Bools = np.where(
        universe.is_option,
        old_market.forward != market.forward,
        old_market.mark != market.mark,
    )
    if old is not scenarios:
        moved |= (old.forward != scenarios.forward).any(axis=1)
        moved |= universe.is_option & (old.vol != scenarios.vol).any(axis=1)
    if old_market.seconds != market.seconds or (old.days != scenarios.days).any():
        moved |= universe.is_option
    return moved


def _require(market: MarketSnapshot) -> None:
    universe = market.universe
    missing = np.isnan(market.mark) & ~universe.is_option
    if missing.any():
        market.row(universe.instruments[int(np.argmax(missing))])  # refuses, and says why
    missing = np.isnan(market.forward) & universe.is_option
    if missing.any():
        name = universe.instruments[int(np.argmax(missing))].name
        raise MarketError(
            f"{name} has no forward price in this market; add forward to its quote, or a "
            "forward feed of its expiry"
        )


def _require_vol(market: MarketSnapshot, rows: Ints, vol: F64) -> None:
    """Every option alive has a volatility, (I,) or (I, S), and it is not negative."""
    wrong = ~(vol >= 0)
    if wrong.any():
        name = market.universe.instruments[int(rows[np.argwhere(wrong)[0, 0]])].name
        worst = vol[wrong][0]
        if np.isnan(worst):
            raise without_vol(name)
        raise MarketError(f"{name} has the volatility {worst}; it must not be negative")
