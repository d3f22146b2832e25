"""Deribit's risk matrix of one pool: scanning loss, roll shock and delta shock of any book.

Everything is counted in the pool's currency. A row is an instrument, or the equity of a coin that
a cross pool moves with its index; quantities are units of the one and coins of the other.
Source: private/pme/simulate (captures of Jun 2024 and Feb 2026), facts recomputed to 1e-12.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from riskcore.arrays import F64, Bools, Ints
from riskcore.instruments import Future, Instrument, Option, Perpetual, is_inverse
from riskcore.margin.scan import NettingSets, offset_gains, towards_zero
from riskcore.margin.venues.deribit import grid
from riskcore.margin.venues.deribit.bound import Parameters
from riskcore.naming.deribit import expiry_code
from riskcore.risk_array import Risk

DECIMALS = 9  # to which Deribit rounds the worst case and the initial margin


@dataclass(frozen=True, slots=True, eq=False)
class RiskMatrix:
    """What is linear, as arrays. K rows: instruments, then coins; N netting sets.

    names        (K,)    instrument or currency
    nets         set profits, extended columns already times the extended factor
    damper       (N, S)  zero in standard columns
    share, largest  (N,) of a set's gain that may meet another set's loss
    bucket       (K,)    roll-shock bucket, -1 for coins
    buckets      names of the buckets
    roll         (K,)    roll shock of one unit
    roll_rate    (K,)    share of the delta
    delta        (K,)    coins of one unit that enter roll and delta shock
    home         (K,)    the coin's row in whose equity an instrument's value counts, -1 for none
    """

    currency: str
    names: tuple[str, ...]
    underlyings: tuple[str, ...]  # (N,)
    nets: NettingSets
    moves: F64  # (N, S)
    damper: F64
    share: F64
    largest: F64
    bucket: Ints
    buckets: tuple[str, ...]
    roll: F64
    roll_rate: F64
    delta: F64
    home: Ints
    option: Bools
    linear: Bools  # (K,)
    threshold: F64  # (N,) USD
    increment: F64  # (N,) per coin
    cap: F64  # (N,) of the delta's value
    index: F64  # (N,) USD per coin
    usd: float  # price of the pool's currency in USD
    offset: str
    instruments: int  # the first rows; the others are coins
    _gather: F64 = field(init=False, repr=False)  # (K, buckets)

    def __post_init__(self) -> None:
        gather = np.zeros((len(self.names), len(self.buckets)))
        places = np.flatnonzero(self.bucket >= 0)
        gather[places, self.bucket[places]] = self.roll[places]
        object.__setattr__(self, "_gather", gather)

    def damped(self, quantity: F64) -> F64:
        """Profit of each set after the damper: quantity (B, K) -> (B, N, S)."""
        return towards_zero(self.nets.total(quantity), self.damper)

    def own_profit(self, own: F64) -> F64:
        """What the equity in each position gains with its coin: own (K,) coins -> (K, S)."""
        if not len(self.names) or self.home.max() < 0:
            return np.zeros(self.nets.profit.shape)
        moved = own[:, np.newaxis] * self.nets.profit[self.home]
        return np.where(self.home[:, np.newaxis] >= 0, moved, 0.0)

    def aggregated(self, quantity: F64) -> F64:
        """Profit of each set after damper and gain offset: quantity (B, K) -> (B, N, S)."""
        return offset_gains(self.damped(quantity), self.share, self.largest)

    def columns(self, quantity: F64) -> Ints:
        """The column of each set that counts, (B, N); ties go to the first.

        The unmoved market is no scenario of Deribit's and is left out.
        """
        if self.offset == "own_worst":
            own: Ints = np.argmin(self.damped(quantity)[:, :, 1:], axis=2) + 1
            return own
        joint = self.aggregated(quantity)[:, :, 1:].sum(axis=1)
        worst = np.argmin(joint, axis=1) + 1
        return np.repeat(worst[:, np.newaxis], len(self.nets.sets), axis=1)

    def worst_case(self, quantity: F64) -> F64:
        """Scanning loss before rounding: quantity (B, K) -> (B,)."""
        if self.offset == "own_worst":
            own: F64 = -self.damped(quantity)[:, :, 1:].min(axis=2).sum(axis=1)
            return own
        joint: F64 = -self.aggregated(quantity)[:, :, 1:].sum(axis=1).min(axis=1)
        return joint

    def roll_shock(self, quantity: F64) -> F64:
        """Charge on the net delta of every expiry: quantity (B, K) -> (B,)."""
        roll: F64 = np.abs(quantity @ self._gather).sum(axis=1)
        return roll

    def effective_delta(self, quantity: F64) -> tuple[F64, F64]:
        """Coins that the delta shock is charged on, (B, N), and those of long options, (B, N).

        Futures and short options count; long options of the other sign reduce them, to zero at
        most, and never add to them.
        """
        coins = quantity * self.delta
        long = np.where(self.option & (quantity > 0), coins, 0.0)
        belongs = self.nets.member[:, np.newaxis] == np.arange(len(self.nets.sets))  # (K, N)
        short_delta, long_delta = (coins - long) @ belongs, long @ belongs
        opposite = short_delta * long_delta < 0
        reduced = np.sign(short_delta) * np.maximum(np.abs(short_delta) - np.abs(long_delta), 0.0)
        return np.where(opposite, reduced, short_delta), long_delta

    def delta_shock(self, quantity: F64) -> F64:
        """Charge on a large delta of each set: quantity (B, K) -> (B, N)."""
        coins = np.abs(self.effective_delta(quantity)[0])
        value = coins * self.index
        charge = np.maximum(value - self.threshold, 0.0) * coins * self.increment
        shock: F64 = np.minimum(charge, self.cap * value) / self.usd
        return shock

    def margin(self, quantity: F64) -> F64:
        """Risk matrix margin: quantity (B, K) -> (B,)."""
        worst = np.array([round(each, DECIMALS) for each in self.worst_case(quantity).tolist()])
        shock: F64 = self.delta_shock(quantity).sum(axis=1)
        return worst + self.roll_shock(quantity) + shock


def risk_matrix(
    parameters: Parameters, risk: Risk, currency: str, coins: Sequence[str], *, pooled: bool
) -> RiskMatrix:
    """The matrix of a pool: all instruments when pooled, else those that settle in `currency`.

    coins  currencies whose equity moves with their index, in the order of the last rows
    """
    universe, market, scenarios = risk.universe, risk.market, risk.scenarios
    general = parameters.general
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
    moves = np.array([grid.moves(general, each) for each in ranges]).reshape(
        len(sets), len(scenarios)
    )
    usd = market.usd(currency)
    index = np.array([market.usd(name) for name in underlyings])
    profit = np.zeros((len(member), len(scenarios)))
    inverse = universe.is_inverse[inside]
    owned = member[: len(inside)]
    profit[: len(inside)] = risk.array.profit[inside] * _extended(
        parameters, scenarios.group, moves, ranges, underlyings, owned, inverse, pooled=pooled
    )
    settlement = universe.settlement[inside]
    if pooled:
        prices = np.array([market.usd(universe.currencies[each]) for each in settlement])
        profit[: len(inside)] *= prices[:, np.newaxis] * scenarios.spot[settlement]
    for place, name in enumerate(coins, start=len(inside)):
        profit[place] = _equity(parameters, name, moves[member[place]], scenarios.group)
        profit[place] *= index[member[place]]
    edge = 1 + np.sign(moves) * ranges[:, np.newaxis]
    in_coin = np.array([not pooled and name == currency for name in underlyings], dtype=np.bool_)
    price = np.where(in_coin[:, np.newaxis], edge * index[:, np.newaxis], usd)
    beyond = np.maximum(np.abs(moves) / ranges[:, np.newaxis], 1.0) - 1
    dampers = _values(parameters, underlyings, traded, "extended_dampener")
    is_extended = np.array([each == grid.EXTENDED for each in scenarios.group])
    damper = np.where(is_extended, beyond * dampers[:, np.newaxis] / price, 0.0)
    roll_rate = _roll_rates(parameters, risk, inside)
    delta = _deltas(parameters, risk, inside)
    quote = np.array([market.usd(universe.currencies[each]) for each in universe.quote[inside]])
    roll = delta * roll_rate * index[owned] * quote / usd
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
        np.concatenate([roll_rate, blank]),
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
    group: tuple[str, ...],
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
    extended = np.array([each == grid.EXTENDED for each in group])
    table = _values(parameters, underlyings, set(), "extended_table_factor")
    edge = ranges[:, np.newaxis]
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = table[:, np.newaxis] * edge / np.abs(moves)
        restated = scaled * (1 + moves) / (1 + np.sign(moves) * edge)
    linear_in_coin = parameters.portfolio_rules.linear_extended == "coin"
    in_coin = np.where(inverse, not pooled, linear_in_coin)
    factor = np.where(in_coin[:, np.newaxis], restated[member], scaled[member])
    return np.where(extended, factor, 1.0)


def _equity(parameters: Parameters, currency: str, moves: F64, group: tuple[str, ...]) -> F64:
    """Profit of one coin of equity, in coins at today's index, (S,)."""
    extended = np.array([each == grid.EXTENDED for each in group])
    edge = parameters.price_range(currency)
    factor = parameters.value(currency, "extended_table_factor", needed=False)
    profit = np.where(extended, np.sign(moves) * edge * factor, moves)
    side = parameters.collateral(currency).equity_side_impact
    if side == "up":
        return np.where(profit > 0, profit, 0.0)
    if side == "down":
        return np.where(profit < 0, profit, 0.0)
    return profit


def _roll_rates(parameters: Parameters, risk: Risk, rows: Ints) -> F64:
    """Share of each contract's delta that its expiry charges, (I,)."""
    universe = risk.universe
    tau = np.nan_to_num(universe.tau(risk.market.seconds)[rows], nan=0.0)  # a perpetual rolls never
    names = [universe.currencies[each] for each in universe.base[rows]]
    yearly = np.array([parameters.value(name, "annualised_move_risk") for name in names])
    least = np.array([parameters.value(name, "min_annualised_move") for name in names])
    move = (
        yearly * tau
        if parameters.portfolio_rules.roll_shock == "linear"
        else np.expm1(yearly * tau)
    )
    rates: F64 = np.maximum(least, move)
    return rates


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
