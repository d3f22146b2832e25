"""Deribit's price and volatility moves: the matrix of every underlying and its extended table.

Source: model_params and risk vectors of private/pme/simulate; support.deribit.com 25944756247837.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from riskcore.arrays import F64
from riskcore.margin.venues.deribit.bound import Parameters
from riskcore.margin.venues.deribit.columns import Columns
from riskcore.market import MarketSnapshot, without_vol
from riskcore.scenarios import ScenarioSet
from riskcore.time import SECONDS_PER_DAY, SECONDS_PER_YEAR
from riskcore.universe import Universe

MIDDLE_TERM = 30.0  # days: where the volatility moves are stated, and where their power changes
SETTLEMENT_WINDOW = 1_800.0  # seconds before expiry in which the delivery price is averaged


def grid(parameters: Parameters, universe: Universe, market: MarketSnapshot) -> ScenarioSet:
    """The 36 columns: unmoved, nine price moves by three volatilities, eight extended moves.

    Raises Unsupported without parameters of an underlying, MarketError without a volatility.
    """
    columns = parameters.columns
    still = set(parameters.rules.usd_like)
    moving = [name for name in universe.currencies if name not in still]
    for name in moving:
        parameters.portfolio(name)  # refused here, by name, while keys are missing
    spot = np.ones((len(universe.currencies), len(columns.group)))
    for place, name in enumerate(universe.currencies):
        if name in moving:
            spot[place] = 1 + parameters.moves(name)
    forward = 1 + fade(parameters, universe, market)[:, np.newaxis] * (spot[universe.base] - 1)
    return ScenarioSet(
        universe,
        labels(parameters, moving),
        spot,
        forward,
        _vols(parameters, universe, market, columns.vol),
        np.zeros(len(columns.group)),
        move=parameters.moves(moving[0]) if moving else np.zeros(len(columns.group)),
        group=columns.group,
    )


def labels(parameters: Parameters, underlyings: Sequence[str]) -> tuple[str, ...]:
    """The columns as a reader calls them, e.g. "−16 %, vol up", (S,)."""
    ranges = tuple(parameters.price_range(name) for name in underlyings)
    return _labels(parameters.columns, tuple(underlyings), ranges)


@lru_cache(maxsize=64)
def _labels(
    columns: Columns, underlyings: tuple[str, ...], ranges: tuple[float, ...]
) -> tuple[str, ...]:
    rows = [columns.moves(each).tolist() for each in ranges]
    if len(set(ranges)) <= 1:
        rows = rows[:1] or [[0.0] * len(columns.group)]
    texts = [_words(underlyings, row) for row in zip(*rows, strict=True)]
    named = zip(texts[1:], columns.words[1:], strict=True)
    return ("unmoved", *(f"{text}, {vol}" for text, vol in named))


def _words(underlyings: Sequence[str], moves: Sequence[float]) -> str:
    if len(set(moves)) == 1:
        return percent(moves[0])
    named = zip(underlyings, moves, strict=True)
    return ", ".join(f"{name} {percent(move)}" for name, move in named)


def percent(move: float) -> str:
    """A move with its sign, to at most four digits."""
    sign = "−" if move < 0 else "+" if move > 0 else ""
    return f"{sign}{abs(100 * move):.4g} %"


def fade(parameters: Parameters, universe: Universe, market: MarketSnapshot) -> F64:
    """The share of a move that still reaches each contract: 1, falling to 0 in its window, (I,)."""
    if parameters.portfolio_rules.settlement_window == "none":
        return np.ones(len(universe))
    left = (universe.expiry - market.seconds) / SETTLEMENT_WINDOW
    faded: F64 = np.where(np.isnan(left), 1.0, np.clip(left, 0.0, 1.0))
    return faded


def _vols(parameters: Parameters, universe: Universe, market: MarketSnapshot, vol_move: F64) -> F64:
    """Shocked volatility of every option in every column, (I, S); NaN for other instruments."""
    vols = np.full((len(universe), len(vol_move)), np.nan)
    rows = np.flatnonzero(universe.is_option)
    if not rows.size:
        return vols
    absent = np.isnan(market.vol[rows])
    if absent.any():
        name = universe.instruments[int(rows[np.argmax(absent)])].name
        raise without_vol(name)
    rules = parameters.portfolio_rules
    days = universe.tau(market.seconds)[rows] * SECONDS_PER_YEAR / SECONDS_PER_DAY
    if rules.dte_days == "whole":
        days = np.floor(days)
    days = np.maximum(days, rules.dte_floor)
    for base in np.unique(universe.base[rows]):
        mine = universe.base[rows] == base
        row = parameters.portfolio(universe.currencies[base])
        short = days[mine] < MIDDLE_TERM
        power = np.where(short, row.short_term_vega_power, row.long_term_vega_power)
        factor = (MIDDLE_TERM / days[mine]) ** power
        vol = market.vol[rows[mine]]
        floor = row.min_volatility_for_shock_up
        if rules.volatility_floor == "after_shock":
            up = np.maximum(vol * (1 + row.volatility_range_up * factor), floor)
        else:
            up = np.maximum(vol, floor) * (1 + row.volatility_range_up * factor)
        down = np.maximum(vol * (1 - row.volatility_range_down * factor), 0.0)
        choices = np.stack([down, vol, up])  # by volatility move -1, 0, +1
        vols[rows[mine]] = choices[(vol_move + 1).astype(np.int64)].T
    return vols
