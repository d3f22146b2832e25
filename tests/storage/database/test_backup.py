import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from storage.database.backup import back_up, back_up_if_due, restore
from storage.database.engine import Database, open_database
from storage.database.places import backups
from storage.database.saved import Workspaces
from storage.database.upkeep import upkeep
from storage.errors import InUse, StorageError
from tests.builders import NOON


def save(path: Path, state: bytes) -> None:
    """Store a state and end properly."""
    with open_database(path) as database:
        Workspaces(database.sessions).save("last", state)


def state(path: Path) -> bytes | None:
    """What is stored."""
    with open_database(path) as database:
        return Workspaces(database.sessions).load("last")


def test_a_backup_made_in_use_holds_what_was_committed_and_is_one_private_file(
    database: Database, path: Path
) -> None:
    workspaces = Workspaces(database.sessions)
    workspaces.save("last", b"before")
    made = back_up(path, NOON)
    workspaces.save("last", b"after")
    assert list(made.parent.iterdir()) == [made]
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    with closing(sqlite3.connect(made)) as connection:
        assert connection.execute("SELECT state FROM workspace").fetchall() == [(b"before",)]


def test_a_backup_is_due_once_a_day_and_the_oldest_go(database: Database, path: Path) -> None:
    labelled = back_up(path, NOON - timedelta(days=99), "before-version-1")
    for day in range(9):
        at = NOON + timedelta(days=day)
        made = back_up_if_due(path, at, keep=3)
        assert made == backups(path)[0]
        assert back_up_if_due(path, at + timedelta(hours=23), keep=3) is None
    assert len(backups(path)) == 4
    assert labelled in backups(path)


def test_upkeep_makes_the_days_backup(database: Database) -> None:
    assert upkeep(database, NOON) == backups(database.path)[0]
    assert upkeep(database, NOON) is None


def test_a_backup_that_cannot_be_written_leaves_no_half_of_one(path: Path) -> None:
    save(path, b"state")
    folder = path.with_name(f"{path.name}.backups")
    folder.write_bytes(b"a file where the folder should be")
    with pytest.raises(StorageError):
        back_up(path, NOON)
    folder.unlink()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StorageError, match="damaged"):
        back_up(path, NOON)
    assert list(folder.iterdir()) == []


def test_a_restored_backup_takes_the_place_and_what_stood_there_is_kept(path: Path) -> None:
    save(path, b"first")
    backup = back_up(path, NOON)
    save(path, b"second")
    kept = restore(backup, path, NOON)
    assert state(path) == b"first"
    assert kept is not None
    assert state(kept) == b"second"


def test_a_restored_backup_is_not_overrun_by_the_log_of_the_old_file(path: Path) -> None:
    save(path, b"first")
    backup = back_up(path, NOON)
    with closing(sqlite3.connect(path)) as killed:
        killed.execute("UPDATE workspace SET state = x'00'")
        killed.commit()
        log = path.with_name(f"{path.name}-wal")
        content = log.read_bytes()
    log.write_bytes(content)
    restore(backup, path, NOON)
    assert state(path) == b"first"


def test_a_damaged_database_is_replaced_where_there_is_a_backup(path: Path) -> None:
    save(path, b"first")
    backup = back_up(path, NOON)
    path.write_bytes(b"nothing of use")
    restore(backup, path, NOON)
    assert state(path) == b"first"


def test_a_lost_database_comes_back_from_its_backup(path: Path) -> None:
    save(path, b"first")
    backup = back_up(path, NOON)
    path.unlink()
    assert restore(backup, path, NOON) is None
    assert state(path) == b"first"


def test_a_database_in_use_is_not_replaced(path: Path) -> None:
    save(path, b"first")
    backup = back_up(path, NOON)
    with open_database(path), pytest.raises(InUse):
        restore(backup, path, NOON)


def test_a_backup_that_is_damaged_or_not_ours_replaces_nothing(path: Path) -> None:
    save(path, b"first")
    other = path.with_name("other")
    for content in (b"text" * 999, path.read_bytes()[:8_192]):
        other.write_bytes(content)
        with pytest.raises(StorageError):
            restore(other, path, NOON)
    with closing(sqlite3.connect(path.with_name("foreign"))) as connection, connection:
        connection.execute("CREATE TABLE workspace (name TEXT)")
    with pytest.raises(StorageError, match="is not a Counterpoise database"):
        restore(path.with_name("foreign"), path, NOON)
    assert state(path) == b"first"
