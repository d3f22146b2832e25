"""What Derive's oracles say of a market; where one is silent, the quote.

spot, perp, forward, rate, stable  feeds; a forward has a part that the settlement average has fixed
volatility                         of a surface (SVI) frozen at its own forward and time
confidence                         of a value: the oracle's own, at most that of what it is built on
A quote stands in with its forward and its volatility, a rate of 0 and full confidence, and a note
says so. Source: derivexyz/v2-core, src/feeds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from riskcore.arrays import F64
from riskcore.errors import MarketError
from riskcore.instruments import Perpetual
from riskcore.market import MarketSnapshot, without_vol
from riskcore.naming.derive import SETTLEMENT, VENUE
from riskcore.oracles import Feed, Surface
from riskcore.pricing import svi
from riskcore.time import SECONDS_PER_YEAR

SETTLEMENT_WINDOW = 1800.0  # seconds before expiry over which the settlement price is averaged
SHORTEST = 1e-18  # years: the least the contracts count

SPOT, PERPETUAL, FORWARD, RATE, SURFACE = "spot", "perpetual", "forward", "rate", "volatility"
STABLE = "stable coin"


@dataclass(frozen=True, slots=True)
class Value:
    """An oracle's value and how far it trusts itself, 0 ... 1."""

    value: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Expiry:
    """One expiry of one coin as the oracles see it.

    fixed         what of the forward the settlement average has fixed; it moves with nothing
    rate          per year, continuously compounded
    confidence    the least of forward, rate, volatility and what the quotes of it state
    """

    expiry: datetime
    seconds: float  # left, 0 when it has passed
    forward: float
    fixed: float
    rate: float
    confidence: float
    surface: Surface | None = None

    @property
    def years(self) -> float:
        """Time left in years of 365 days."""
        return max(self.seconds / SECONDS_PER_YEAR, SHORTEST)

    @property
    def variable(self) -> float:
        """What of the forward moves with spot."""
        return self.forward - self.fixed


class Oracle:
    """The oracles of one market. `missing` gathers what was read from quotes instead."""

    def __init__(self, market: MarketSnapshot) -> None:
        self.market = market
        self.missing: dict[str, None] = {}
        self._feeds: dict[tuple[str, str, datetime | None], Feed] = {
            (each.kind, each.underlying, each.expiry): each
            for each in market.oracles.feeds
            if each.venue == VENUE
        }
        self._surfaces = {
            (each.underlying, each.expiry): each
            for each in market.oracles.surfaces
            if each.venue == VENUE
        }

    def spot(self, coin: str) -> Value:
        """A coin in USD. Raises MarketError when nothing prices it."""
        feed = self._feeds.get(("spot", coin, None))
        if feed is not None:
            return Value(_positive(feed), _trust(feed.confidence))
        self.missing[SPOT] = None
        return Value(self.market.usd(coin, VENUE), 1.0)

    def stable(self) -> float:
        """USDC in USD; its confidence is not looked at."""
        feed = self._feeds.get(("stable", SETTLEMENT, None))
        if feed is not None:
            return _positive(feed)
        self.missing[STABLE] = None
        return self.market.index.get(
            f"{VENUE}:{SETTLEMENT}", self.market.index.get(SETTLEMENT, 1.0)
        )

    def perpetual(self, instrument: Perpetual) -> Value:
        """The price of a perpetual, in USD. Raises MarketError without feed and mark."""
        feed = self._feeds.get(("perp", instrument.base, None))
        row = self.market.universe.rows.get(instrument)
        quoted = np.nan if row is None else float(self.market.confidence[row])
        if feed is not None:
            return Value(_positive(feed), _least([_trust(feed.confidence), quoted]))
        self.missing[PERPETUAL] = None
        mark = float(self.market.mark[self.market.row(instrument)])
        if not mark > 0:
            raise MarketError(f"{instrument.name} has the mark price {mark:g}; give one above 0")
        return Value(mark, _least([quoted]))

    def expiry(
        self, coin: str, expiry: datetime, rows: Sequence[int], *, rates: bool = True
    ) -> Expiry:
        """What is known of an expiry.

        rows   of the market, options of that expiry: their quotes stand in for a silent oracle
        rates  whether the rules look at the rate at all; if not it is 0, and its trust no matter
        Raises MarketError when nothing states the forward.
        """
        forward = self._feeds.get(("forward", coin, expiry))
        rate = self._feeds.get(("rate", coin, expiry)) if rates else None
        surface = self._surfaces.get((coin, expiry))
        trust = [_trust(None if each is None else each.confidence) for each in (forward, rate)]
        trust.append(_trust(None if surface is None else surface.confidence))
        trust += self.market.confidence[list(rows)].tolist()
        if surface is None:
            self.missing[SURFACE] = None
        seconds = max(expiry.timestamp() - self.market.seconds, 0.0)
        whole, fixed = self._forward(coin, expiry, forward, rows, seconds)
        percent = self._rate(rate, rows) if rates else 0.0
        return Expiry(expiry, seconds, whole, fixed, percent, _least(trust), surface)

    def vols(self, expiry: Expiry, strikes: F64, rows: Sequence[int]) -> F64:
        """Volatility of each strike of an expiry, (O,). Raises MarketError when one is missing.

        rows  of the market, one for each strike: the quotes' own where there is no surface
        """
        if expiry.surface is not None:
            return svi.vol(expiry.surface, strikes, expiry.forward, expiry.years)
        quoted = self.market.vol[list(rows)]
        if expiry.seconds == 0:
            return np.zeros(len(strikes))  # worth its intrinsic value, whatever the volatility
        missing = np.isnan(quoted)
        if missing.any():
            name = self.market.universe.instruments[rows[int(np.argmax(missing))]].name
            raise without_vol(name)
        return quoted

    def note(self) -> str:
        """What was read from quotes, a sentence; empty when the oracles said everything."""
        if not self.missing:
            return ""
        return (
            f"no oracle of Derive for {_list(self.missing)}: the quotes' own, at full confidence"
            + (" and a rate of 0" if RATE in self.missing else "")
        )

    def _forward(
        self,
        coin: str,
        expiry: datetime,
        feed: Feed | None,
        rows: Sequence[int],
        seconds: float,
    ) -> tuple[float, float]:
        """The whole forward, and its fixed part."""
        if feed is not None:
            whole = _not_negative(feed)
        else:
            self.missing[FORWARD] = None
            quoted = self.market.forward[list(rows)]
            known = quoted[~np.isnan(quoted)]
            if not known.size:
                raise MarketError(
                    f"the {coin} options of {expiry:%d %b %Y} have no forward price in this market"
                )
            whole = float(np.median(known))
        if feed is not None and feed.fixed_part is not None:
            return whole, feed.fixed_part
        averaging = self.market.oracles.averaging(VENUE, coin, expiry)
        if averaging is None or seconds >= SETTLEMENT_WINDOW:
            return whole, 0.0
        past = 1.0 - min(averaging.seconds_left, SETTLEMENT_WINDOW) / SETTLEMENT_WINDOW
        return whole, min(averaging.average * past, whole)

    def _rate(self, feed: Feed | None, rows: Sequence[int]) -> float:
        if feed is not None:
            return feed.value
        quoted = self.market.rate[list(rows)]
        known = quoted[~np.isnan(quoted)]
        if known.size:
            return float(np.median(known))
        self.missing[RATE] = None
        return 0.0


def _trust(confidence: float | None) -> float:
    """A confidence, full where none is stated."""
    return 1.0 if confidence is None else confidence


def _least(confidences: Iterable[float]) -> float:
    """The least confidence that is stated; 1 when none is."""
    return min((each for each in confidences if each == each), default=1.0)  # noqa: PLR0124, NaN


def _positive(feed: Feed) -> float:
    if not 0 < feed.value < float("inf"):
        raise MarketError(
            f"the {feed.kind} oracle of {feed.underlying} says {feed.value:g}; it must be positive"
        )
    return feed.value


def _not_negative(feed: Feed) -> float:
    if not 0 <= feed.value < float("inf"):
        raise MarketError(
            f"the forward oracle of {feed.underlying} says {feed.value:g}; it must not be negative"
        )
    return feed.value


def _list(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
