"""The instruments a calculation is about, as columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from riskcore.arrays import F64, Bools, Ints, locked
from riskcore.errors import InstrumentError
from riskcore.instruments import Dated, Instrument, Option, Spot, is_inverse, sort_key
from riskcore.time import SECONDS_PER_YEAR

USD = "USD"  # every index is a price in it


@dataclass(frozen=True, slots=True, eq=False)
class Universe:
    """Instruments, one row each, and their terms as columns.

    rows           {I}     row by instrument
    currencies     (U,)    every base, quote and settlement currency, sorted
    strike         (I,)    quote currency per coin, NaN where there is none
    expiry         (I,)    seconds since 1970 UTC, NaN where there is none
    sign           (I,)    +1 call, -1 put, 0 otherwise
    multiplier     (I,)    coins (linear, options) or quote currency (inverse futures) per unit
    is_option, is_spot, is_inverse   (I,)
    base, quote, settlement          (I,)  rows of `currencies`

    Raises InstrumentError when an instrument stands in it twice.
    """

    instruments: tuple[Instrument, ...]
    rows: Mapping[Instrument, int] = field(init=False, repr=False)
    currencies: tuple[str, ...] = field(init=False)
    strike: F64 = field(init=False, repr=False)
    expiry: F64 = field(init=False, repr=False)
    sign: F64 = field(init=False, repr=False)
    multiplier: F64 = field(init=False, repr=False)
    is_option: Bools = field(init=False, repr=False)
    is_spot: Bools = field(init=False, repr=False)
    is_inverse: Bools = field(init=False, repr=False)
    base: Ints = field(init=False, repr=False)
    quote: Ints = field(init=False, repr=False)
    settlement: Ints = field(init=False, repr=False)

    def __post_init__(self) -> None:
        instruments = self.instruments
        rows = {instrument: row for row, instrument in enumerate(instruments)}
        if len(rows) < len(instruments):
            twice = next(each for row, each in enumerate(instruments) if rows[each] != row)
            raise InstrumentError(f"{twice.name} stands twice among the instruments")
        names = {name for each in instruments for name in (each.base, each.quote, each.settlement)}
        currencies = tuple(sorted(names | {USD}))
        place = {currency: row for row, currency in enumerate(currencies)}
        options = [isinstance(each, Option) for each in instruments]
        columns = {
            "rows": MappingProxyType(rows),
            "currencies": currencies,
            "strike": np.array(
                [each.strike if isinstance(each, Option) else np.nan for each in instruments]
            ),
            "expiry": np.array(
                [
                    each.expiry.timestamp() if isinstance(each, Dated) else np.nan
                    for each in instruments
                ]
            ),
            "sign": np.array(
                [each.right.sign if isinstance(each, Option) else 0.0 for each in instruments]
            ),
            "multiplier": np.array([each.multiplier for each in instruments], dtype=np.float64),
            "is_option": np.array(options, dtype=np.bool_),
            "is_spot": np.array([isinstance(each, Spot) for each in instruments], dtype=np.bool_),
            "is_inverse": np.array([is_inverse(each) for each in instruments], dtype=np.bool_),
            "base": np.array([place[each.base] for each in instruments], dtype=np.int64),
            "quote": np.array([place[each.quote] for each in instruments], dtype=np.int64),
            "settlement": np.array(
                [place[each.settlement] for each in instruments], dtype=np.int64
            ),
        }
        for name, column in columns.items():
            value = locked(column) if isinstance(column, np.ndarray) else column
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.instruments)

    def row(self, instrument: Instrument) -> int:
        """The row of an instrument. Raises InstrumentError when it is not here."""
        found = self.rows.get(instrument)
        if found is None:
            raise InstrumentError(f"{instrument.name} is not quoted in this market")
        return found

    def tau(self, as_of: float) -> F64:
        """Years from an instant (seconds since 1970) to each expiry, (I,), never negative."""
        years: F64 = np.maximum(self.expiry - as_of, 0.0) / SECONDS_PER_YEAR
        return years


def universe(instruments: Iterable[Instrument]) -> Universe:
    """The universe of these instruments, each once, in reading order."""
    return Universe(tuple(sorted(set(instruments), key=sort_key)))
