"""Margin history: a point of every account and model at every instant, thinned with age."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, delete, func, select, tuple_, type_coerce
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
        """How many old points were taken away.

        Of each minute, then of each quarter of an hour, the point nearest its trigger stays: a
        peak is what history is read for. Age counts from the newest point and not from a clock,
        so a replayed crash of years ago keeps its last day whole.
        """
        with self._sessions.begin() as session:
            return sum(_thin(session, age, apart) for age, apart in THINNING)


def _thin(session: Session, age: timedelta, apart: timedelta) -> int:
    series = (SampleRow.account, SampleRow.model)
    newest = func.max(SampleRow.as_of).over(partition_by=series)
    dated = select(*series, SampleRow.as_of, SampleRow.trigger, newest.label("newest")).subquery()
    ranked = (
        select(
            dated.c.account,
            dated.c.model,
            dated.c.as_of,
            func.row_number()
            .over(
                partition_by=(
                    dated.c.account,
                    dated.c.model,
                    type_coerce(dated.c.as_of, BigInteger) // (apart // MICROSECOND),
                ),
                order_by=(dated.c.trigger.desc(), dated.c.as_of.desc()),
            )
            .label("rank"),
        )
        .where(
            type_coerce(dated.c.as_of, BigInteger)
            < type_coerce(dated.c.newest, BigInteger) - age // MICROSECOND
        )
        .subquery()
    )
    surplus = select(ranked.c.account, ranked.c.model, ranked.c.as_of).where(ranked.c.rank > 1)
    gone = delete(SampleRow).where(tuple_(*series, SampleRow.as_of).in_(surplus))
    return len(session.execute(gone.returning(SampleRow.as_of)).all())
