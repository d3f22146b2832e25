"""Deribit's risk matrix of one pool: scanning loss, roll shock and delta shock of any book.

Everything is counted in the pool's currency. A row is an instrument, or the equity of a coin that
a cross pool moves with its index; quantities are units of the one and coins of the other.
Source: private/pme/simulate (captures of Jun 2024 and Feb 2026), facts recomputed to 1e-12.
"""

from dataclasses import dataclass, field

import numpy as np

from riskcore.arrays import F64, Bools, Ints
from riskcore.margin.scan import NettingSets, offset_gains, towards_zero

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
    least, grown (K,)    the two moves of a delta of which the larger is charged
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
    least: F64
    grown: F64
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
    _belongs: F64 = field(init=False, repr=False)  # (K, N)

    def __post_init__(self) -> None:
        gather = np.zeros((len(self.names), len(self.buckets)))
        places = np.flatnonzero(self.bucket >= 0)
        gather[places, self.bucket[places]] = self.roll[places]
        object.__setattr__(self, "_gather", gather)
        belongs = self.nets.member[:, np.newaxis] == np.arange(len(self.nets.sets))
        object.__setattr__(self, "_belongs", belongs.astype(np.float64))

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
        short_delta, long_delta = (coins - long) @ self._belongs, long @ self._belongs
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
