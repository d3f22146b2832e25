"""Markets as they were, by source and instant."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from riskcore.instruments import Instrument
from riskcore.market import COLUMNS, MarketSnapshot, snapshot
from riskcore.time import iso
from riskcore.universe import Universe
from storage.database import instruments
from storage.database.schema import SnapshotRow
from storage.errors import NotFound


class Snapshots:
    """Where recorded markets live. Every call is one transaction.

    Raises StorageError when the database cannot be read or written; nothing is stored then.
    """

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def save(self, market: MarketSnapshot) -> None:
        """Keep a market, in place of what its source stored for that instant."""
        with self._sessions.begin() as session:
            ids = instruments.numbers(session, market.universe.instruments)
            session.merge(
                SnapshotRow(
                    source=market.source,
                    as_of=market.as_of,
                    synthetic=market.synthetic,
                    notes=list(market.notes),
                    index=dict(market.index),
                    instruments=np.array([ids[each] for each in market.universe.instruments]),
                    values=np.array([getattr(market, name) for name in COLUMNS]),
                    columns=list(COLUMNS),
                )
            )

    def load(self, source: str, as_of: datetime) -> MarketSnapshot:
        """The market of a source at exactly this instant. Raises NotFound."""
        with self._sessions() as session:
            row = session.get(SnapshotRow, (source, as_of))
            if row is None:
                raise NotFound(f"no market of {source!r} is stored for {iso(as_of)}")
            return _market(row, instruments.terms(session, row.instruments.tolist()))

    def newest(self) -> MarketSnapshot | None:
        """The latest market of any source."""
        latest = select(SnapshotRow).order_by(SnapshotRow.as_of.desc()).limit(1)
        with self._sessions() as session:
            row = session.scalar(latest)
            if row is None:
                return None
            return _market(row, instruments.terms(session, row.instruments.tolist()))

    def instants(self, source: str) -> tuple[datetime, ...]:
        """When the stored markets of a source were, oldest first."""
        stored = select(SnapshotRow.as_of).where(SnapshotRow.source == source)
        with self._sessions() as session:
            return tuple(session.scalars(stored.order_by(SnapshotRow.as_of)))


def _market(row: SnapshotRow, terms: Mapping[int, Instrument]) -> MarketSnapshot:
    return snapshot(
        row.as_of,
        Universe(tuple(terms[number] for number in row.instruments.tolist())),
        row.index,
        source=row.source,
        synthetic=row.synthetic,
        notes=tuple(row.notes),
        **dict(zip(row.columns, row.values, strict=True)),
    )
