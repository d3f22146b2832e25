"""A made market of one venue, from stated parameters and a seed: never a recording.

The course of the day is a table of knots; between two knots every figure is interpolated. Around
the course the indices wander as mean-reverting noise whose size is the short volatility of the
moment. Forwards carry, volatilities follow a surface that admits no arbitrage, and every option
is marked by Black-76 on exactly the forward and volatility that are shown.

The surface is SSVI: total variance at log-moneyness k is
theta/2 (1 + rho phi k + sqrt((phi k + rho)^2 + 1 - rho^2)), phi = eta / sqrt(theta (1 + theta)).
Source: Gatheral, Jacquier (2014), Arbitrage-free SVI volatility surfaces, Quantitative Finance
14, theorem 4.2 and example 4.2: no butterfly while eta (1 + |rho|) <= 2, no calendar spread while
theta grows with expiry, which a positive forward variance ensures.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Annotated

import msgspec
import numpy as np
from msgspec import Meta

from riskcore.arrays import F64, Ints, frozen, locked
from riskcore.errors import MarketError, ParameterError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Right
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import directory
from riskcore.pricing import black
from riskcore.time import SECONDS_PER_YEAR
from riskcore.universe import Universe, universe

Positive = Annotated[float, Meta(gt=0)]
Share = Annotated[float, Meta(ge=0, lt=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coin:
    """One underlying of the made market."""

    index: Positive  # USD at the start
    beta: float  # log move per log move of the course
    vol_factor: Positive  # its volatilities over those of the course
    own_noise: Share  # share of its noise that the other coins do not have


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What happens, as columns over the minutes of the knots."""

    minute: tuple[float, ...]
    move: tuple[float, ...]  # relative, since the start
    short_vol: tuple[Positive, ...]  # at the money, as the expiry nears
    long_vol: tuple[Positive, ...]  # at the money, far out
    skew: tuple[Annotated[float, Meta(gt=-1, lt=1)], ...]  # rho of the surface
    short_carry: tuple[float, ...]  # per year, as the expiry nears
    long_carry: tuple[float, ...]  # per year, far out
    premium: tuple[float, ...]  # of perpetuals over the index
    spread_factor: tuple[Positive, ...]  # bid to ask over a calm day's


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Constants of the curves and of the noise."""

    vol_decay: Positive  # per year, from short to long volatility
    curvature: Annotated[float, Meta(gt=0, le=2)]  # eta of the surface
    carry_decay: Positive  # per year, from short to long carry
    half_life: Positive  # minutes in which noise halves
    premium_noise: Annotated[float, Meta(ge=0)]  # standard deviation
    linear_premium: float  # of linear perpetuals, beyond the others' premium
    funding_deadband: Annotated[float, Meta(ge=0)]  # premium that costs no funding


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Bid and ask of a calm day, in the quoted unit where nothing else is said."""

    option: Annotated[float, Meta(ge=0)]  # half spread: this, plus
    option_time_value: Share  # this share of the time value
    option_tick: Positive
    option_tick_above: Positive
    option_coarse_above: Positive  # price above which the second tick holds
    future: Share  # half spread over the mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One expiry and what is listed on it."""

    expiry: datetime
    future: bool
    strikes: Mapping[str, tuple[Positive, ...]]  # by coin


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Everything a made market is made of."""

    name: str
    venue: str
    note: str  # shown wherever the prices are
    seed: Annotated[int, Meta(ge=0)]
    start: datetime
    steps: Annotated[int, Meta(gt=0, le=100_000)]
    seconds_per_step: Positive
    stable: Mapping[str, Positive]  # currencies with a fixed index
    linear_perpetuals: tuple[str, ...]  # the currency each coin's linear perpetual settles in
    coins: Mapping[str, Coin]
    course: Course
    shape: Shape
    spread: Spread
    listings: tuple[Listing, ...]


def script(text: str) -> Script:
    """The script in a TOML text. Raises ParameterError, naming the key."""
    try:
        read = msgspec.toml.decode(text, type=Script)
    except msgspec.MsgspecError as error:
        raise ParameterError(f"the made market's script: {error}") from None
    course = read.course
    columns = {name: np.array(getattr(course, name)) for name in Course.__slots__}
    for name, column in columns.items():
        if column.size != len(course.minute) or not all(isfinite(each) for each in column):
            raise ParameterError(f"the made market's script: course.{name} needs one number a knot")
    if not (course.minute and course.minute[0] == 0 and np.all(np.diff(course.minute) > 0)):
        raise ParameterError("the made market's script: course.minute must rise from 0")
    if min(course.move) <= -1:
        raise ParameterError("the made market's script: course.move must stay above -1")
    rho = max(abs(each) for each in course.skew)
    if read.shape.curvature * (1 + rho) > 2:
        raise ParameterError(
            "the made market's script: shape.curvature x (1 + |skew|) must be at most 2, "
            "or its prices admit arbitrage"
        )
    first = read.start + timedelta(seconds=read.steps * read.seconds_per_step)
    if any(listing.expiry.tzinfo is None or listing.expiry <= first for listing in read.listings):
        raise ParameterError("the made market's script: every expiry must lie after its last step")
    return read


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticMarket:
    """The made market of a script: any step, in any order, always the same.

    universe  the same object at every step
    index     (C, T)  of each coin at each step, USD
    """

    script: Script
    universe: Universe = field(init=False)
    instants: tuple[datetime, ...] = field(init=False)
    index: F64 = field(init=False, repr=False)
    _course: Mapping[str, F64] = field(init=False, repr=False)
    _premium: F64 = field(init=False, repr=False)  # (C, T)
    _coin: Ints = field(init=False, repr=False)  # (I,) row of the coin
    _linear: F64 = field(init=False, repr=False)  # (I,) 1 for linear perpetuals
    _dated: F64 = field(init=False, repr=False)  # (I,) 1 where there is an expiry
    _tick: F64 = field(init=False, repr=False)  # (I,) of futures

    def __post_init__(self) -> None:
        given = self.script
        start = given.start.astimezone(UTC)
        seconds = np.arange(given.steps) * given.seconds_per_step
        course = {
            name: locked(np.interp(seconds / 60, given.course.minute, getattr(given.course, name)))
            for name in Course.__slots__
        }
        index, premium = _wandering(given, course)
        listed = universe(_instruments(given))
        naming = directory.of(given.venue)
        coins = tuple(given.coins)
        values: dict[str, object] = {
            "universe": listed,
            "instants": tuple(start + timedelta(seconds=float(each)) for each in seconds),
            "index": locked(index),
            "_course": course,
            "_premium": locked(premium),
            "_coin": locked(np.array([coins.index(each.base) for each in listed.instruments])),
            "_linear": frozen(~listed.is_inverse),
            "_dated": frozen(~np.isnan(listed.expiry)),
            "_tick": frozen([naming.tick(each, 0.0) for each in listed.instruments]),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.instants)

    def at(self, step: int) -> MarketSnapshot:
        """The market at a step. Raises MarketError for a step outside the script."""
        if not 0 <= step < len(self):
            raise MarketError(f"{self.script.name} has steps 0 to {len(self) - 1}, not {step}")
        now = {name: float(column[step]) for name, column in self._course.items()}
        shape, listed, as_of = self.script.shape, self.universe, self.instants[step]
        tau = listed.tau(as_of.timestamp())
        index = self.index[self._coin, step]
        carry = now["long_carry"] + (now["short_carry"] - now["long_carry"]) * np.exp(
            -shape.carry_decay * tau
        )
        premium = self._premium[self._coin, step] + shape.linear_premium * self._linear
        growth = np.where(self._dated > 0, np.exp(carry * tau), 1 + premium)
        forward = np.round(index * growth, 2)
        vol = np.where(listed.is_option, self._vol(now, forward, tau), np.nan)
        with np.errstate(invalid="ignore"):
            worth = black.price(forward, listed.strike, tau, vol, listed.sign)
        mark = np.where(listed.is_option, worth / forward, forward)
        bid, ask = self._quotes(mark, forward, now["spread_factor"])
        beyond = np.sign(premium) * np.maximum(np.abs(premium) - shape.funding_deadband, 0)
        names = tuple(self.script.coins)
        return snapshot(
            as_of,
            listed,
            dict(zip(names, self.index[:, step].tolist(), strict=True)) | dict(self.script.stable),
            source=self.script.name,
            synthetic=True,
            notes=(self.script.note,),
            mark=mark,
            bid=bid,
            ask=ask,
            forward=np.where(listed.is_option, forward, np.nan),
            vol=vol,
            funding_8h=np.where(self._dated > 0, np.nan, beyond),
        )

    def _vol(self, now: Mapping[str, float], forward: F64, tau: F64) -> F64:
        """Implied volatility, (I,); NaN where there is no strike or expiry."""
        shape = self.script.shape
        factor = np.array([coin.vol_factor for coin in self.script.coins.values()])[self._coin]
        short, long = now["short_vol"] ** 2, now["long_vol"] ** 2
        decayed = -np.expm1(-shape.vol_decay * tau) / shape.vol_decay
        theta = factor**2 * (long * tau + (short - long) * decayed)
        phi = shape.curvature / np.sqrt(theta * (1 + theta))
        rho, moneyness = now["skew"], np.log(self.universe.strike / forward)
        inside = (phi * moneyness + rho) ** 2 + 1 - rho**2
        variance = theta / 2 * (1 + rho * phi * moneyness + np.sqrt(inside))
        vol: F64 = np.sqrt(variance / tau)
        return vol

    def _quotes(self, mark: F64, forward: F64, factor: float) -> tuple[F64, F64]:
        """Bid and ask on the tick grid, (I,) each; no bid below one tick."""
        spread, listed = self.script.spread, self.universe
        sign = listed.sign
        inside = np.maximum(sign * (1 - np.nan_to_num(listed.strike) / forward), 0)
        option = spread.option + spread.option_time_value * np.maximum(mark - inside, 0)
        half = factor * np.where(listed.is_option, option, spread.future * mark)
        coarse = mark > spread.option_coarse_above
        tick = np.where(coarse, spread.option_tick_above, spread.option_tick)
        tick = np.where(listed.is_option, tick, self._tick)
        bid: F64 = np.round(np.floor((mark - half) / tick) * tick, 8)
        ask: F64 = np.round(np.ceil((mark + half) / tick) * tick, 8)
        return np.where(bid > 0, bid, np.nan), ask


def _wandering(given: Script, course: Mapping[str, F64]) -> tuple[F64, F64]:
    """Index and perpetual premium of every coin at every step, (C, T) each."""
    coins = tuple(given.coins.values())
    draws = np.random.default_rng(given.seed).standard_normal((1 + 2 * len(coins), given.steps))
    draws[:, 0] = 0.0
    stay = 0.5 ** (given.seconds_per_step / 60 / given.shape.half_life)
    size = course["short_vol"] * np.sqrt(given.seconds_per_step / SECONDS_PER_YEAR)
    common = _reverting(stay, size * draws[0])
    index, premium = [], []
    for row, coin in enumerate(coins):
        own = _reverting(stay, size * draws[1 + 2 * row])
        shared = np.sqrt(1 - coin.own_noise**2)
        noise = coin.vol_factor * (shared * common + coin.own_noise * own)
        index.append(coin.index * np.exp(coin.beta * np.log1p(course["move"]) + noise))
        kick = given.shape.premium_noise * np.sqrt(1 - stay**2)
        premium.append(course["premium"] + _reverting(stay, kick * draws[2 + 2 * row]))
    return np.round(np.array(index), 2), np.array(premium)


def _reverting(stay: float, kicks: F64) -> F64:
    """Noise that keeps a share of itself at every step, (T,)."""
    level, levels = 0.0, []
    for kick in kicks.tolist():
        level = stay * level + kick
        levels.append(level)
    return np.array(levels)


def _instruments(given: Script) -> tuple[Instrument, ...]:
    """Everything the script lists."""
    spell, venue = directory.of(given.venue).spell, given.venue
    found: list[Instrument] = []
    for coin in given.coins:
        found.append(Perpetual(venue, "", coin, "USD", coin))
        found += [Perpetual(venue, "", coin, each, each) for each in given.linear_perpetuals]
    for listing in given.listings:
        expiry = listing.expiry.astimezone(UTC)
        for coin, strikes in listing.strikes.items():
            if coin not in given.coins:
                raise ParameterError(f"the made market's script lists strikes of unknown {coin}")
            if listing.future:
                found.append(Future(venue, "", coin, "USD", coin, expiry))
            found += [
                Option(venue, "", coin, "USD", coin, expiry, strike, right)
                for strike in strikes
                for right in Right
            ]
    return tuple(replace(each, name=spell(each)) for each in found)
