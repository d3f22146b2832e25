"""Columns of a recording -> a snapshot, with names parsed once and the universe used again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

import numpy as np

from riskcore.arrays import F64
from riskcore.errors import InstrumentError
from riskcore.instruments import Dated, Instrument
from riskcore.market import NO_ORACLES, MarketSnapshot, snapshot
from riskcore.naming import directory
from riskcore.universe import Universe, universe

USDC_IS_ONE = "USDC counts as 1 USD: the recording has no index of it"


@dataclass(slots=True)
class Columns:
    """What is quoted for each name: one list a column, all of one length."""

    names: list[str] = field(default_factory=list)
    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, names: Sequence[str], values: Mapping[str, Sequence[float]]) -> None:
        """Further names; a column they do not have is NaN for them."""
        before, after = len(self.names), len(self.names) + len(names)
        self.names.extend(names)
        for key, column in values.items():
            known = self.values.setdefault(key, [])
            known.extend([np.nan] * (before - len(known)))
            known.extend(column)
        for known in self.values.values():
            known.extend([np.nan] * (after - len(known)))


class Board:
    """The instruments a recording has named so far, and the universe of its last step."""

    def __init__(self, venue: str) -> None:
        self._parse = directory.of(venue).parse
        self._instruments: dict[str, Instrument] = {}
        self._universe = Universe(())
        self._rows: dict[str, int] = {}

    def instrument(self, name: str) -> Instrument:
        """The instrument of a name. Raises InstrumentError."""
        found = self._instruments.get(name)
        if found is None:
            found = self._instruments[name] = self._parse(name)
        return found

    def known(self, name: str) -> bool:
        """Whether the venue's naming knows this name."""
        try:
            self.instrument(name)
        except InstrumentError:
            return False
        return True

    def snapshot(
        self,
        as_of: datetime,
        columns: Columns,
        index: Mapping[str, Sequence[float]],
        usdc: float | None,
        *,
        source: str,
        notes: tuple[str, ...],
        without_futures: str,
    ) -> MarketSnapshot:
        """The market of these columns; what has expired by then is left out.

        index  every price of each coin that was recorded: their median counts
        usdc   the index of USDC, None to have none
        Raises MarketError for an impossible price.
        """
        alive = [row for row, name in enumerate(columns.names) if self._lives(name, as_of)]
        names = [columns.names[row] for row in alive]
        listed = self._universe_of(names)
        place = np.array([self._rows[name] for name in names], dtype=np.int64)
        filled: dict[str, F64] = {}
        for key, values in columns.values.items():
            column = np.full(len(listed), np.nan)
            column[place] = np.array(values, dtype=np.float64)[alive]
            filled[key] = column
        prices = {coin: float(median(each)) for coin, each in index.items() if each}
        if usdc is not None and "USDC" not in prices:
            prices["USDC"] = usdc
            notes = (*notes, USDC_IS_ONE if usdc == 1 else f"USDC counts as {usdc} USD by a switch")
        return snapshot(
            as_of,
            listed,
            prices,
            source=source,
            synthetic=False,
            notes=notes,
            without_futures=without_futures,
            oracles=NO_ORACLES,
            **filled,
        )

    def _lives(self, name: str, as_of: datetime) -> bool:
        instrument = self.instrument(name)
        return not isinstance(instrument, Dated) or instrument.expiry > as_of

    def _universe_of(self, names: Sequence[str]) -> Universe:
        """The last universe when it has the same instruments, else a new one."""
        if self._rows.keys() != set(names):
            self._universe = universe(self._instruments[name] for name in names)
            rows = enumerate(self._universe.instruments)
            self._rows = {instrument.name: row for row, instrument in rows}
        return self._universe
