"""States of the window, by name: arrangements, settings, where one was."""

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from storage.database.schema import WorkspaceRow


class Workspaces:
    """Where window arrangements and settings live, by name. Every call is one transaction.

    Raises StorageError when the database cannot be read or written; nothing is stored then.
    """

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def save(self, name: str, state: bytes) -> None:
        """Keep a state under a name, in place of what stood there."""
        with self._sessions.begin() as session:
            session.merge(WorkspaceRow(name=name, state=bytes(state)))

    def load(self, name: str) -> bytes | None:
        """The state under a name."""
        with self._sessions() as session:
            return session.scalar(select(WorkspaceRow.state).where(WorkspaceRow.name == name))

    def names(self) -> tuple[str, ...]:
        """Every name, sorted."""
        with self._sessions() as session:
            return tuple(session.scalars(select(WorkspaceRow.name).order_by(WorkspaceRow.name)))
