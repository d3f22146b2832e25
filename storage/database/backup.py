"""Copies of a database made while it is in use, and the way back from one."""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.database.failures import DAMAGED, NOT_OURS, refusal, told
from storage.database.lock import Lock
from storage.database.places import backup_folder, backups
from storage.database.schema import APPLICATION

EVERY = timedelta(days=1)
KEEP = 7
_STAMP = "%Y%m%dT%H%M%SZ"


def back_up(database: Path, at: datetime, label: str = "") -> Path:
    """A checked copy of the database as it is, while others read and write it.

    Raises StorageError when it cannot be written or the database is damaged; no half copy stays.
    """
    name = "-".join(filter(None, (f"{at.astimezone(UTC):{_STAMP}}", label)))
    path = backup_folder(database) / f"{name}.sqlite"
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL, 0o600))
        with closing(_connect(database)) as source, closing(_connect(part)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        _require_sound(part)
        part.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise refusal(error, path) from error
    finally:
        if part.exists():
            part.unlink()
    return path


def back_up_if_due(
    database: Path, now: datetime, every: timedelta = EVERY, keep: int = KEEP
) -> Path | None:
    """A new backup when the newest is older than `every`; beyond `keep` the oldest go.

    Those made before an upgrade carry a label and are never removed.
    """
    regular = [each for each in backups(database) if _instant(each) is not None]
    newest = _instant(regular[0]) if regular else None
    if newest is not None and now - newest < every:
        return None
    made = back_up(database, now)
    for old in [each for each in regular if each != made][keep - 1 :]:
        old.unlink(missing_ok=True)
    return made


def restore(backup: Path, database: Path, now: datetime) -> Path | None:
    """Put a backup in the place of a database; what stood there is kept beside it, at this path.

    Raises StorageError when the backup is damaged or not ours, InUse when the database is open.
    """
    _require_sound(backup)
    lock = Lock(database)
    part = database.with_name(f"{database.name}.restoring")
    aside = database.with_name(f"{database.name}.replaced-{now.astimezone(UTC):{_STAMP}}")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL, 0o600))
        shutil.copyfile(backup, part)
        _settle(part)
        stood = database.exists()
        if stood:
            shutil.copy2(database, aside)
        for tail in ("-wal", "-shm"):  # the log of the old file would be played into the new one
            log = database.with_name(database.name + tail)
            if log.exists():
                log.replace(aside.with_name(aside.name + tail))
        part.replace(database)
    except OSError as error:
        raise refusal(error, database) from error
    finally:
        part.unlink(missing_ok=True)
        lock.release()
    return aside if stood else None


def fault(connection: sqlite3.Connection, *, thorough: bool) -> str:
    """What SQLite's own check finds wrong, its first line; empty when nothing is."""
    try:
        check = "integrity_check" if thorough else "quick_check"
        found = str(connection.execute(f"PRAGMA {check}(1)").fetchone()[0])
        if found == "ok" and thorough:
            loose = connection.execute("PRAGMA foreign_key_check").fetchone()
            return "" if loose is None else f"a row of {loose[0]} belongs to nothing"
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return str(error)
    return "" if found == "ok" else found.splitlines()[-1]


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=5)


def _require_sound(path: Path) -> None:
    try:
        with closing(_connect(path)) as connection:
            mark = connection.execute("PRAGMA application_id").fetchone()[0]
            found = fault(connection, thorough=True)
    except sqlite3.Error as error:
        raise refusal(error, path) from error
    if mark != APPLICATION:
        raise told(NOT_OURS, path)
    if found:
        raise told(DAMAGED, path)


def _settle(path: Path) -> None:
    """Wait until a file is on the disk itself."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _instant(backup: Path) -> datetime | None:
    try:
        return datetime.strptime(backup.stem, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
