"""Deribit's risk matrix of one pool, put together from a priced market and the parameters."""

from collections.abc import Sequence

import numpy as np

from riskcore.arrays import F64, Bools, Ints
from riskcore.instruments import Future, Instrument, Option, Perpetual, is_inverse
from riskcore.margin.scan import NettingSets
from riskcore.margin.venues.deribit import grid
from riskcore.margin.venues.deribit.bound import Parameters
from riskcore.margin.venues.deribit.matrix import RiskMatrix
from riskcore.naming.deribit import expiry_code
from riskcore.risk_array import Risk


def risk_matrix(
    parameters: Parameters, risk: Risk, currency: str, coins: Sequence[str], *, pooled: bool
) -> RiskMatrix:
    """The matrix of a pool: all instruments when pooled, else those that settle in `currency`.

    coins  currencies whose equity moves with their index, in the order of the last rows
    """
    universe, market, scenarios = risk.universe, risk.market, risk.scenarios
    settled = np.array([universe.currencies[each] for each in universe.settlement])
    inside = np.flatnonzero(~universe.is_spot & (pooled | (settled == currency)))
    instruments = [universe.instruments[each] for each in inside]
    bases = [each.base for each in instruments]
    keys = bases if pooled else [f"{each.base}_{each.settlement}".lower() for each in instruments]
    sets = tuple(dict.fromkeys([*sorted(set(keys)), *coins]))
    owner = dict(zip(keys, bases, strict=True)) | {name: name for name in coins}
    underlyings = tuple(owner[name] for name in sets)
    member = np.array([sets.index(key) for key in [*keys, *coins]], dtype=np.int64)
    traded = set(bases)
    ranges = np.array([parameters.price_range(name) for name in underlyings])
    moves = np.array([parameters.moves(name) for name in underlyings])
    moves = moves.reshape(len(sets), len(scenarios))  # also without any set
    usd = market.usd(currency)
    index = np.array([market.usd(name) for name in underlyings])
    profit = np.zeros((len(member), len(scenarios)))
    inverse = universe.is_inverse[inside]
    owned = member[: len(inside)]
    profit[: len(inside)] = risk.array.profit[inside] * _extended(
        parameters, moves, ranges, underlyings, owned, inverse, pooled=pooled
    )
    settlement = universe.settlement[inside]
    if pooled:
        prices = np.array([market.usd(universe.currencies[each]) for each in settlement])
        profit[: len(inside)] *= prices[:, np.newaxis] * scenarios.spot[settlement]
    for place, name in enumerate(coins, start=len(inside)):
        profit[place] = _equity(parameters, name, moves[member[place]])
        profit[place] *= index[member[place]]
    edge = 1 + np.sign(moves) * ranges[:, np.newaxis]
    in_coin = np.array([not pooled and name == currency for name in underlyings], dtype=np.bool_)
    price = np.where(in_coin[:, np.newaxis], edge * index[:, np.newaxis], usd)
    beyond = np.maximum(np.abs(moves) / ranges[:, np.newaxis], 1.0) - 1
    dampers = _values(parameters, underlyings, traded, "extended_dampener")
    damper = np.where(parameters.columns.is_extended, beyond * dampers[:, np.newaxis] / price, 0.0)
    least = _values(parameters, underlyings, traded, "min_annualised_move")[owned]
    yearly = _values(parameters, underlyings, traded, "annualised_move_risk")[owned]
    grown = _grown(parameters, risk, inside, yearly)
    delta = _deltas(parameters, risk, inside)
    quote = np.array([market.usd(universe.currencies[each]) for each in universe.quote[inside]])
    roll = delta * np.maximum(least, grown) * index[owned] * quote / usd
    bucket_names = [_bucket(each) for each in instruments]
    buckets = tuple(dict.fromkeys(bucket_names))
    increments = _values(parameters, underlyings, traded, "m_inc")
    if parameters.portfolio_rules.delta_shock_increment == "one_percent":
        increments = np.full(len(sets), 0.01)
    blank = np.zeros(len(coins))
    return RiskMatrix(
        currency,
        tuple([each.name for each in instruments] + list(coins)),
        underlyings,
        NettingSets(sets, member, profit),
        moves,
        damper,
        _values(parameters, underlyings, traded, "pnl_offset"),
        _values(parameters, underlyings, traded, "max_offsetable_pnl") / usd,
        np.array([buckets.index(each) for each in bucket_names] + [-1] * len(coins), np.int64),
        buckets,
        np.concatenate([roll, blank]),
        np.concatenate([least, blank]),
        np.concatenate([grown, blank]),
        np.concatenate([delta, blank]),
        _homes(instruments, coins),
        np.concatenate([universe.is_option[inside], blank > 0]),
        np.concatenate([~inverse, blank > 0]),
        _values(parameters, underlyings, traded, "delta_total_liq_shock_threshold"),
        increments,
        _values(parameters, underlyings, traded, "max_delta_shock"),
        index,
        usd,
        parameters.portfolio_rules.offset,
        len(inside),
    )


def _homes(instruments: Sequence[Instrument], coins: Sequence[str]) -> Ints:
    rows = {name: row for row, name in enumerate(coins, start=len(instruments))}
    homes = [rows.get(each.settlement, -1) for each in instruments]
    return np.array(homes + [-1] * len(coins), dtype=np.int64)


def _values(parameters: Parameters, underlyings: Sequence[str], traded: set[str], key: str) -> F64:
    """One parameter of each set, (N,); what only contracts need is moot for a coin alone."""
    values = [parameters.value(name, key, needed=name in traded) for name in underlyings]
    return np.array(values, dtype=np.float64)


def _extended(
    parameters: Parameters,
    moves: F64,
    ranges: F64,
    underlyings: tuple[str, ...],
    member: Ints,
    inverse: Bools,
    *,
    pooled: bool,
) -> F64:
    """What each row's profit counts in each column, (K, S): 1 in the matrix, less beyond it.

    A coin profit is restated at the price of the matrix edge. In dollars, where the move itself
    has already been applied to the price of the coin, that restatement drops out.
    """
    table = _values(parameters, underlyings, set(), "extended_table_factor")
    edge = ranges[:, np.newaxis]
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = table[:, np.newaxis] * edge / np.abs(moves)
        restated = scaled * (1 + moves) / (1 + np.sign(moves) * edge)
    linear_in_coin = parameters.portfolio_rules.linear_extended == "coin"
    in_coin = np.where(inverse, not pooled, linear_in_coin)
    factor = np.where(in_coin[:, np.newaxis], restated[member], scaled[member])
    return np.where(parameters.columns.is_extended, factor, 1.0)


def _equity(parameters: Parameters, currency: str, moves: F64) -> F64:
    """Profit of one coin of equity, in coins at today's index, (S,)."""
    edge = parameters.price_range(currency)
    factor = parameters.value(currency, "extended_table_factor", needed=False)
    profit = np.where(parameters.columns.is_extended, np.sign(moves) * edge * factor, moves)
    side = parameters.collateral(currency).equity_side_impact
    if side == "up":
        return np.where(profit > 0, profit, 0.0)
    if side == "down":
        return np.where(profit < 0, profit, 0.0)
    return profit


def _grown(parameters: Parameters, risk: Risk, rows: Ints, yearly: F64) -> F64:
    """The yearly move of each contract over its time to expiry, (I,); none for a perpetual."""
    tau = np.nan_to_num(risk.universe.tau(risk.market.seconds)[rows], nan=0.0)
    if parameters.portfolio_rules.roll_shock == "linear":
        return yearly * tau
    grown: F64 = np.expm1(yearly * tau)
    return grown


def _deltas(parameters: Parameters, risk: Risk, rows: Ints) -> F64:
    """Coins of one unit that enter roll shock and delta shock, (I,)."""
    universe, market = risk.universe, risk.market
    delta = risk.greeks.delta[rows]
    if parameters.portfolio_rules.option_delta == "net_transaction":
        premium = universe.is_option[rows] & universe.is_inverse[rows]
        delta = delta - np.where(premium, market.mark[rows] * universe.multiplier[rows], 0.0)
    faded: F64 = delta * grid.fade(parameters, universe, market)[rows]
    return faded


def _bucket(instrument: object) -> str:
    """The roll-shock bucket: a contract family and an expiry."""
    assert isinstance(instrument, Perpetual | Future | Option)
    family = instrument.base if is_inverse(instrument) else f"{instrument.base}_{instrument.quote}"
    if isinstance(instrument, Perpetual):
        return f"{family}-PERPETUAL"
    return f"{family}-{expiry_code(instrument.expiry)}"
