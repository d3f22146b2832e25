"""What a venue publishes beside quotes: surfaces, oracle values, settlement averages, lending.

A venue whose rules read its own oracles is computed from these; where one is absent the model says
so and takes the quote.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Surface:
    """A venue's volatility of one expiry: total variance in log-moneyness.

    w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2)), k = ln(strike / forward)

    forward, tau  those the parameters were fitted with; tau in years
    confidence    of the venue's oracle, 0 ... 1
    """

    venue: str
    underlying: str
    expiry: datetime
    a: float
    b: float
    rho: float
    m: float
    sigma: float
    forward: float | None = None
    tau: float | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A venue's oracle value.

    kind        spot, perp, forward, rate, stable or twap; a forward or rate belongs to an expiry
    value       of a forward: the whole of it
    fixed_part  what of a forward a settlement average has fixed already
    confidence  0 ... 1
    """

    venue: str
    underlying: str
    kind: str
    value: float
    expiry: datetime | None = None
    fixed_part: float | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Averaging:
    """How far the averaging of a settlement price has come."""

    venue: str
    expiry: datetime
    average: float  # so far
    seconds_left: float
    underlying: str | None = None


@dataclass(frozen=True, slots=True)
class Lending:
    """A venue's lending pool of one currency.

    utilisation  borrowed over lent, 0 ... 1
    rate         per year
    caps         by the venue's own name of each
    """

    venue: str
    currency: str
    utilisation: float | None = None
    rate: float | None = None
    caps: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "caps", MappingProxyType(dict(self.caps)))


@dataclass(frozen=True, slots=True)
class Oracles:
    """Everything of that kind in one market. Looking up what is absent gives None."""

    surfaces: tuple[Surface, ...] = ()
    feeds: tuple[Feed, ...] = ()
    settlement: tuple[Averaging, ...] = ()
    lending: tuple[Lending, ...] = ()

    def surface(self, venue: str, underlying: str, expiry: datetime) -> Surface | None:
        """The surface of one expiry."""
        key = (venue, underlying, expiry)
        found = (
            each for each in self.surfaces if (each.venue, each.underlying, each.expiry) == key
        )
        return next(found, None)

    def feed(
        self, venue: str, kind: str, underlying: str, expiry: datetime | None = None
    ) -> Feed | None:
        """One oracle value."""
        key = (venue, kind, underlying, expiry)
        found = (
            each
            for each in self.feeds
            if (each.venue, each.kind, each.underlying, each.expiry) == key
        )
        return next(found, None)

    def averaging(self, venue: str, underlying: str, expiry: datetime) -> Averaging | None:
        """The averaging of an expiry; one without an underlying holds for all."""
        found = (
            each
            for each in self.settlement
            if (each.venue, each.expiry) == (venue, expiry)
            and each.underlying in (None, underlying)
        )
        return next(found, None)

    def pool(self, venue: str, currency: str) -> Lending | None:
        """The lending pool of a currency."""
        found = (each for each in self.lending if (each.venue, each.currency) == (venue, currency))
        return next(found, None)

    def moved(self, factor: Callable[[str], float]) -> "Oracles":
        """The same after every coin's price moved by its factor; surfaces keep their strikes."""
        if not self.feeds:
            return self
        prices = ("spot", "perp", "forward")
        return replace(
            self,
            feeds=tuple(
                replace(each, value=_moved(each, factor(each.underlying)))
                if each.kind in prices
                else each
                for each in self.feeds
            ),
        )


def _moved(feed: Feed, factor: float) -> float:
    """A price after a move; what is fixed already does not move."""
    fixed = feed.fixed_part or 0.0
    return fixed + (feed.value - fixed) * factor
