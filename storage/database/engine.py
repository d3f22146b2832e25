"""Opens a database: one file, one writer, checked and brought to the newest schema."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from storage.database import audit
from storage.database.backup import back_up, fault
from storage.database.failures import DAMAGED, MOVED, refusal, told, translate
from storage.database.lock import Lock
from storage.database.schema import VERSION, AccountRow
from storage.database.upgrade import upgrade, version
from storage.errors import NotFound, StorageError

BUSY_MILLISECONDS = 5_000  # how long to wait for another program that writes


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. Accounts, History, Snapshots and Workspaces are made from its sessions."""

    path: Path
    engine: Engine
    sessions: sessionmaker[Session]
    recovered: str = ""  # what the start found and mended, a sentence
    lock: Lock | None = None  # none when opened for reading

    def close(self) -> None:
        """End properly: the write-ahead log goes into the file, which then stands alone."""
        if self.lock is None:
            self.engine.dispose()
            return
        try:
            with suppress(StorageError), _plain(self.engine, self.path) as connection:
                # On a full disk the log stays beside the file, and nothing is lost.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self.engine.dispose()
            self.lock.release()

    def __enter__(self) -> "Database":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_database(path: Path) -> Database:
    """The database at a path, made when there is none, for the one copy that writes to it.

    Raises InUse when another copy has it, NewerFile when a later program wrote it, and
    StorageError when it cannot be read or written, is damaged or is not ours. The file is then
    as it was.
    """
    path = path.resolve()  # one lock, by whatever link the file is reached
    lock = Lock(path)
    engine = _engine(path)
    try:
        _create(path)
        _make_current(engine, path, thorough=lock.left_open)
        _refuse_when_moved(engine, path)
        sessions = sessionmaker(engine)
        recovered = _recovered(sessions) if lock.left_open else ""
    except BaseException:
        engine.dispose()
        lock.release(properly=not lock.left_open)
        raise
    return Database(path, engine, sessions, recovered, lock)


def read_database(path: Path) -> Database:
    """The database at a path for reading only, also while another copy writes to it.

    Raises NotFound when there is none, NewerFile or StorageError as open_database does.
    """
    path = path.resolve()
    if not path.exists():
        raise NotFound(f"there is no database at {path}; start the program once to make one")
    engine = _engine(path, "query_only = ON")
    try:
        _require_current(engine, path)
    except BaseException:
        engine.dispose()
        raise
    return Database(path, engine, sessionmaker(engine))


def _engine(path: Path, *pragmas: str) -> Engine:
    never_made = {"mode": "rw", "uri": "true"}
    engine = create_engine(URL.create("sqlite", database=path.as_uri(), query=never_made))
    settings = (
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_MILLISECONDS}",
        "synchronous = FULL",  # what was acknowledged outlives a power cut, not only a kill
        *pragmas,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # sqlite3 would commit before a CREATE TABLE
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    translate(engine, path)
    return engine


def _create(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise refusal(error, path) from error


def _require_current(engine: Engine, path: Path) -> None:
    with _plain(engine, path) as connection:
        found = version(connection, path)
    if found != VERSION:
        raise StorageError(
            f"{path} has schema version {int(found or 0)} and this program reads version "
            f"{int(VERSION)}; open it in the window once, which brings it up to date"
        )


def _make_current(engine: Engine, path: Path, *, thorough: bool) -> None:
    with _plain(engine, path) as connection:
        found = version(connection, path)
        if found and fault(connection, thorough=thorough):
            raise told(DAMAGED, path)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("PRAGMA user_version = 0")  # fails here and not at the first edit
        connection.execute("ROLLBACK")
        connection.execute("PRAGMA journal_mode = WAL")
    if found == VERSION:
        return
    if found:
        back_up(path, datetime.now(UTC), f"before-version-{int(VERSION)}")
    with engine.begin() as transaction:
        upgrade(transaction)


def _refuse_when_moved(engine: Engine, path: Path) -> None:
    """Fail a commit into a file that is no longer at its path, which SQLite would let pass."""
    opened = path.stat()

    @event.listens_for(engine, "commit")
    def check(_: Connection) -> None:
        try:
            stands = os.path.samestat(path.stat(), opened)
        except OSError:
            stands = False
        if not stands:
            raise told(MOVED, path)


@contextmanager
def _plain(engine: Engine, path: Path) -> Iterator[sqlite3.Connection]:
    """SQLite's own connection, outside any transaction."""
    try:
        pooled = engine.raw_connection()
        try:
            connection = pooled.driver_connection
            assert isinstance(connection, sqlite3.Connection)
            yield connection
        finally:
            pooled.close()
    except sqlite3.Error as error:
        raise refusal(error, path) from error


def _recovered(sessions: sessionmaker[Session]) -> str:
    with sessions() as session:
        last = next(iter(audit.newest(session, None, 1)), None)
        row = None if last is None else session.get(AccountRow, last.account)
    if last is None:
        kept = "no edit had been made"
    else:
        name = last.account if row is None else row.name
        kept = f"the last edit kept is of {last.at:%Y-%m-%d %H:%M:%S} UTC, in {name!r}"
    return f"The program was not closed the last time; {kept}, and the file passes its check"
