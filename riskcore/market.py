"""What the market was at one instant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType

import numpy as np

from riskcore.arrays import F64, locked
from riskcore.errors import MarketError
from riskcore.instruments import Future, Instrument, Option, Perpetual
from riskcore.oracles import Oracles
from riskcore.universe import USD, Universe

COLUMNS = (
    "mark", "bid", "ask", "forward", "vol", "open_interest", "funding_8h", "quoted_at",
    "confidence", "rate", "discount", "delta",
)  # fmt: skip
NO_ORACLES = Oracles()
LARGEST = 1e15  # USD: beyond it a figure in floating point cannot show one unit more


def without_vol(name: str) -> MarketError:
    """The refusal of an option of which the market has no volatility."""
    return MarketError(
        f"{name} has no volatility in this market; add vol to its quote, or a surface of its expiry"
    )


@dataclass(frozen=True, slots=True, eq=False)
class MarketSnapshot:
    """Prices, volatilities and indices at one instant. NaN means not available.

    index          {U}    price of a currency in USD; USD itself is 1; "venue:coin" at one venue
    mark, bid, ask (I,)   as the venue quotes them: coins for inverse options, else quote currency
    forward        (I,)   of the option's own expiry, quote currency per coin
    vol            (I,)   per square-root year, 0.6 is 60 %
    open_interest  (I,)   in the unit of the position
    funding_8h     (I,)   fraction
    quoted_at      (I,)   seconds since 1970 UTC of the quote; NaN means as_of
    confidence     (I,)   of the venue's oracle, 0 ... 1
    rate           (I,)   per year, continuously compounded
    discount       (I,)   factor on what an option pays
    delta          (I,)   of one unit, as the venue states it, coins
    oracles        surfaces, feeds, settlement averages and lending of the venues
    notes          what a reader must know of these prices, e.g. that they are synthetic
    without_futures  why it prices no perpetual and no dated future; empty where it does

    Raises MarketError when a price or volatility is negative or infinite, a mark is missing or an
    instant is not in UTC.
    """

    as_of: datetime
    universe: Universe
    index: Mapping[str, float]
    mark: F64
    bid: F64
    ask: F64
    forward: F64
    vol: F64
    open_interest: F64
    funding_8h: F64
    quoted_at: F64
    confidence: F64
    rate: F64
    discount: F64
    delta: F64
    oracles: Oracles = field(default_factory=Oracles)
    source: str = ""
    synthetic: bool = False
    notes: tuple[str, ...] = ()
    without_futures: str = ""
    seconds: float = field(init=False, repr=False)  # as_of, seconds since 1970

    def __post_init__(self) -> None:
        if self.as_of.tzinfo is not UTC:
            raise MarketError(f"the market's instant {self.as_of} is not in UTC")
        for currency, price in self.index.items():
            if not 0 < price < LARGEST:
                raise MarketError(
                    f"the index of {currency} is {price}; it must be positive and below {LARGEST:g}"
                )
        object.__setattr__(self, "index", MappingProxyType({**self.index, USD: 1.0}))
        object.__setattr__(self, "seconds", self.as_of.timestamp())
        for name in COLUMNS:
            column = getattr(self, name)
            if column.shape != (len(self.universe),):
                raise MarketError(f"{name} has {column.shape} values, not one for each instrument")
            locked(column)
        for name in ("mark", "forward", "vol", "bid", "ask"):
            self._refuse(name)
        beyond = (self.confidence < 0) | (self.confidence > 1)
        if beyond.any():
            row = int(np.argmax(beyond))
            raise MarketError(
                f"{self.universe.instruments[row].name}: its confidence is {self.confidence[row]}; "
                "it must be between 0 and 1"
            )

    def _refuse(self, name: str) -> None:
        column: F64 = getattr(self, name)
        wrong = np.isinf(column) | (column < 0)
        if wrong.any():
            row = int(np.argmax(wrong))
            raise MarketError(
                f"{self.universe.instruments[row].name}: its {name} is {column[row]}; "
                "it must be a finite number, not negative"
            )

    def row(self, instrument: Instrument) -> int:
        """The row of an instrument that has a mark. Raises MarketError without one."""
        row = self.universe.rows.get(instrument)
        if row is None or np.isnan(self.mark[row]):
            raise MarketError(self._unpriced(instrument))
        return row

    def _unpriced(self, instrument: Instrument) -> str:
        """Why an instrument has no mark here, a sentence."""
        if isinstance(instrument, Future | Option) and instrument.expiry <= self.as_of:
            return (
                f"{instrument.name} expired at {instrument.expiry:%d %b %Y %H:%M} UTC, "
                f"before this market ({self.as_of:%d %b %Y %H:%M} UTC); remove it"
            )
        known = not isinstance(instrument, Perpetual | Future) or not self.without_futures
        why = "" if known else f": {self.without_futures}"
        return f"{instrument.name} has no mark price in this market{why}"

    def usd(self, currency: str, venue: str = "") -> float:
        """The price of a currency in USD, a venue's own where it has one.

        Raises MarketError without an index.
        """
        price = self.index.get(f"{venue}:{currency}", self.index.get(currency))
        if price is None:
            raise MarketError(f"{currency} has no index price in this market")
        return price

    def restricted(self, instruments: Sequence[Instrument]) -> "MarketSnapshot":
        """The same market with these instruments only, in this order.

        Raises MarketError when one of them has no mark.
        """
        rows = np.array([self.row(each) for each in instruments], dtype=np.int64)
        columns = {name: getattr(self, name)[rows] for name in COLUMNS}
        return MarketSnapshot(
            as_of=self.as_of,
            universe=Universe(tuple(instruments)),
            index=self.index,
            oracles=self.oracles,
            source=self.source,
            synthetic=self.synthetic,
            notes=self.notes,
            without_futures=self.without_futures,
            **columns,
        )

    def ages(self) -> F64:
        """Seconds since each quote, (I,)."""
        age: F64 = np.where(np.isnan(self.quoted_at), 0.0, self.seconds - self.quoted_at)
        return age


def snapshot(
    as_of: datetime,
    universe: Universe,
    index: Mapping[str, float],
    *,
    source: str = "",
    synthetic: bool = False,
    notes: tuple[str, ...] = (),
    without_futures: str = "",
    oracles: Oracles = NO_ORACLES,
    **columns: F64,
) -> MarketSnapshot:
    """A snapshot in which every column not given is NaN."""
    filled = {
        name: np.array(columns.get(name, np.full(len(universe), np.nan)), dtype=np.float64)
        for name in COLUMNS
    }
    return MarketSnapshot(
        as_of,
        universe,
        index,
        oracles=oracles,
        source=source,
        synthetic=synthetic,
        notes=notes,
        without_futures=without_futures,
        **filled,
    )
