"""The audit log: lines are added, never altered or removed; the database itself refuses both."""

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from riskcore.journal import Change
from storage.database.schema import AuditRow


def append(session: Session, changes: Sequence[Change]) -> None:
    """Add lines, in the transaction of the edit they tell of."""
    if changes:
        session.execute(
            insert(AuditRow),
            [
                {
                    "at": change.at,
                    "account": change.account,
                    "place": change.place,
                    "old": change.old,
                    "new": change.new,
                    "source": change.source,
                }
                for change in changes
            ],
        )


def newest(session: Session, account: str | None, count: int) -> tuple[Change, ...]:
    """The newest lines of an account, or of all of them, newest first."""
    lines = select(AuditRow).order_by(AuditRow.id.desc()).limit(count)
    if account is not None:
        lines = lines.where(AuditRow.account == account)
    return tuple(
        Change(row.at, row.account, row.place, row.old, row.new, row.source)
        for row in session.scalars(lines)
    )
