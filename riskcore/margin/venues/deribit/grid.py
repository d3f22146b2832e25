"""Deribit's price and volatility moves: the matrix of every underlying and its extended table.

Source: model_params and risk vectors of private/pme/simulate; support.deribit.com 25944756247837.
"""

from collections.abc import Sequence

import numpy as np

from riskcore.arrays import F64
from riskcore.errors import MarketError
from riskcore.margin.venues.deribit.bound import Parameters
from riskcore.margin.venues.deribit.parameters import General
from riskcore.market import MarketSnapshot
from riskcore.scenarios import ScenarioSet
from riskcore.time import SECONDS_PER_DAY, SECONDS_PER_YEAR
from riskcore.universe import Universe

VOLS = 3  # per price move
MIDDLE_TERM = 30.0  # days: where the volatility moves are stated, and where their power changes
SETTLEMENT_WINDOW = 1_800.0  # seconds before expiry in which the delivery price is averaged
STANDARD, EXTENDED = "standard", "extended"
VOL_WORDS = {1.0: "vol up", 0.0: "vol same", -1.0: "vol down"}


def columns(general: General) -> tuple[F64, F64, F64]:
    """The columns, each (S,): share of the price range, extended move, volatility move.

    A share is NaN in extended columns and an extended move is NaN in the others. Volatility
    moves are +1 up, 0 same, -1 down, in the order up, same, down.
    """
    count = general.buckets_count
    shares = np.repeat(np.arange(-count, count + 1) / count, VOLS)
    extended = np.array(general.extended_moves)
    vols = np.tile([1.0, 0.0, -1.0], 2 * count + 1)
    return (
        np.concatenate(([0.0], shares, np.full(len(extended), np.nan))),
        np.concatenate(([np.nan], np.full(len(shares), np.nan), extended)),
        np.concatenate(([0.0], vols, np.ones(len(extended)))),
    )


def moves(general: General, price_range: float) -> F64:
    """Relative price move of an underlying in each column, (S,)."""
    share, extended, _ = columns(general)
    return np.where(np.isnan(share), extended, share * price_range)


def grid(parameters: Parameters, universe: Universe, market: MarketSnapshot) -> ScenarioSet:
    """The 36 columns: unmoved, nine price moves by three volatilities, eight extended moves.

    Raises Unsupported without parameters of an underlying, MarketError without a volatility.
    """
    general = parameters.general
    share, extended, _ = columns(general)
    vol_move = vol_moves(parameters)
    still = set(parameters.rules.usd_like)
    ranges = {
        name: parameters.portfolio(name).price_range
        for name in universe.currencies
        if name not in still
    }
    spot = np.ones((len(universe.currencies), len(share)))
    for place, name in enumerate(universe.currencies):
        if name in ranges:
            spot[place] = 1 + moves(general, ranges[name])
    forward = 1 + fade(parameters, universe, market)[:, np.newaxis] * (spot[universe.base] - 1)
    first = next(iter(ranges.values()), 0.0)
    return ScenarioSet(
        universe,
        labels(parameters, tuple(ranges)),
        spot,
        forward,
        _vols(parameters, universe, market, vol_move),
        np.zeros(len(share)),
        move=moves(general, first),
        group=tuple(STANDARD if np.isnan(each) else EXTENDED for each in extended),
    )


def vol_moves(parameters: Parameters) -> F64:
    """Volatility move of each column, (S,): +1 up, 0 same, -1 down."""
    share, _, vol_move = columns(parameters.general)
    if parameters.portfolio_rules.volatility_order == "down_same_up":
        return np.where(np.isnan(share), vol_move, -vol_move)
    return vol_move


def labels(parameters: Parameters, underlyings: Sequence[str]) -> tuple[str, ...]:
    """The columns as a reader calls them, e.g. "−16 %, vol up", (S,)."""
    general = parameters.general
    ranges = [parameters.price_range(name) for name in underlyings]
    texts = [_words(underlyings, ranges, row) for row in _rows(general, ranges)]
    named = zip(texts, vol_moves(parameters).tolist(), strict=True)
    return ("unmoved", *(f"{text}, {VOL_WORDS[vol]}" for text, vol in list(named)[1:]))


def _rows(general: General, ranges: list[float]) -> list[list[float]]:
    by_underlying = [moves(general, each).tolist() for each in ranges]
    return [list(row) for row in zip(*by_underlying, strict=True)] or [[0.0]] * _count(general)


def _count(general: General) -> int:
    return len(columns(general)[0])


def _words(underlyings: Sequence[str], ranges: list[float], row: list[float]) -> str:
    if len(set(row)) <= 1 or len(set(ranges)) <= 1:
        return percent(row[0])
    return ", ".join(f"{name} {percent(each)}" for name, each in zip(underlyings, row, strict=True))


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
        raise MarketError(f"{name} has no volatility in this market")
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
