"""Margin history: a point of every account and model at every instant, thinned with age."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, delete, func, select, type_coerce
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session, sessionmaker

from riskcore.query import Sample
from storage.database.columns import MICROSECOND
from storage.database.schema import SampleRow

# age, counted back from the account's newest point -> how far apart points of that age lie
THINNING = (
    (timedelta(days=1), timedelta(minutes=1)),
    (timedelta(days=30), timedelta(minutes=15)),
)
FIELDS = tuple(column.name for column in SampleRow.__table__.columns)
_KEY = ("account", "model", "as_of")


class History:
    """Where margin history lives. Every call is one transaction.

    Raises StorageError when the database cannot be read or written; nothing is stored then.
    """

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def append(self, samples: Sequence[Sample]) -> None:
        """Add points; one already stored for that account, model and instant is replaced."""
        if not samples:
            return
        put = insert(SampleRow)
        replace = {name: put.excluded[name] for name in FIELDS if name not in _KEY}
        with self._sessions.begin() as session:
            session.execute(
                put.on_conflict_do_update(index_elements=_KEY, set_=replace),
                [{name: getattr(each, name) for name in FIELDS} for each in samples],
            )

    def read(self, account: str, since: datetime) -> tuple[Sample, ...]:
        """The points of an account from an instant on, oldest first, of whatever model."""
        columns = [getattr(SampleRow, name) for name in FIELDS]
        points = (
            select(*columns)
            .where(SampleRow.account == account, SampleRow.as_of >= since)
            .order_by(SampleRow.as_of, SampleRow.model)
        )
        with self._sessions() as session:
            return tuple(Sample(**row) for row in session.execute(points).mappings())

    def thin(self) -> int:
        """How many old points were taken away, one transaction for each account and model.

        Of each minute, then of each quarter of an hour, the point nearest its trigger stays: a
        peak is what history is read for. Age counts from the newest point and not from a clock,
        so a replayed crash of years ago keeps its last day whole.
        """
        newest = select(SampleRow.account, SampleRow.model, func.max(SampleRow.as_of)).group_by(
            SampleRow.account, SampleRow.model
        )
        with self._sessions() as session:
            series = session.execute(newest).all()
        gone = 0
        for account, model, last in series:
            with self._sessions.begin() as session:
                for age, apart in THINNING:
                    gone += _thin(session, account, model, last - age, apart)
        return gone


def _thin(session: Session, account: str, model: str, before: datetime, apart: timedelta) -> int:
    """Keep one point of each interval before an instant; how many were taken away."""
    interval = type_coerce(SampleRow.as_of, BigInteger) // (apart // MICROSECOND)
    rank = func.row_number().over(
        partition_by=interval, order_by=(SampleRow.trigger.desc(), SampleRow.as_of.desc())
    )
    old = (SampleRow.account == account, SampleRow.model == model, SampleRow.as_of < before)
    ranked = select(SampleRow.as_of, rank.label("rank")).where(*old).subquery()
    surplus = select(ranked.c.as_of).where(ranked.c.rank > 1)
    gone = delete(SampleRow).where(*old, SampleRow.as_of.in_(surplus)).returning(SampleRow.as_of)
    return len(session.execute(gone).all())
