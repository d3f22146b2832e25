import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from riskcore.journal import changes
from storage.database.accounts import Accounts
from storage.database.backup import back_up
from storage.database.engine import Database, open_database, read_database
from storage.database.saved import Workspaces
from storage.errors import InUse, NewerFile, NotFound, StorageError
from tests.builders import NOON, account

REPOSITORY = Path(__file__).parents[3]
OrdinaryUser = Callable[[Path], AbstractContextManager[None]]


def filled(path: Path) -> None:
    """Make a database that holds one account."""
    with open_database(path) as database:
        made = account("Desk", {"BTC-PERPETUAL": 10.0})
        Accounts(database.sessions).save(made, changes(None, made, NOON, "key"))


def held(path: Path) -> float:
    """The quantity of the one position in it."""
    with read_database(path) as database:
        (found,) = Accounts(database.sessions).load()
    return found.holdings.positions[0].quantity


def test_a_new_database_is_readable_by_its_owner_only(path: Path) -> None:
    nested = path.parent / "new" / "folder" / "desk.sqlite"
    with open_database(nested) as database:
        Workspaces(database.sessions).save("last", b"state")
        files = list(nested.parent.iterdir())
        assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}
        assert stat.S_IMODE(nested.parent.stat().st_mode) == 0o700


def test_a_closed_database_is_one_file_without_a_log(path: Path) -> None:
    filled(path)
    assert sorted(each.name for each in path.parent.iterdir()) == [path.name, f"{path.name}.lock"]


def test_every_connection_keeps_the_rules(database: Database) -> None:
    with database.engine.connect() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "busy_timeout", "synchronous", "journal_mode")
        }
    assert values == {
        "foreign_keys": 1,
        "busy_timeout": 5_000,
        "synchronous": 2,
        "journal_mode": "wal",
    }


def test_a_proper_end_leaves_nothing_to_recover(path: Path) -> None:
    filled(path)
    with open_database(path) as database:
        assert database.recovered == ""


def test_after_an_end_that_was_not_proper_the_last_edit_kept_is_named(path: Path) -> None:
    filled(path)
    database = open_database(path)
    database.engine.dispose()
    assert database.lock is not None
    database.lock.release(properly=False)
    with open_database(path) as again:
        assert again.recovered == (
            "The program was not closed the last time; the last edit kept is of "
            "2026-02-05 12:00:00 UTC, in 'Desk', and the file passes its check"
        )
    with open_database(path) as after:
        assert after.recovered == ""


def test_without_any_edit_that_is_what_is_said(path: Path) -> None:
    database = open_database(path)
    database.engine.dispose()
    assert database.lock is not None
    database.lock.release(properly=False)
    with open_database(path) as again:
        assert "not closed the last time; no edit had been made" in again.recovered


def test_a_second_copy_of_the_program_is_refused_with_the_first_ones_number(path: Path) -> None:
    with (
        open_database(path),
        pytest.raises(InUse, match=rf"is open in another copy .*\(process {os.getpid()}\); close"),
    ):
        open_database(path)
    with open_database(path) as database:
        assert database.recovered == ""


def test_a_command_reads_while_the_window_writes(path: Path) -> None:
    filled(path)
    with open_database(path) as database, read_database(path) as reader:
        store = Accounts(database.sessions)
        store.save(account("Desk", {"BTC-PERPETUAL": 11.0}), ())
        assert Accounts(reader.sessions).load() == store.load()
        with pytest.raises(StorageError):
            Workspaces(reader.sessions).save("x", b"")
    assert held(path) == 11.0


def test_reading_what_is_not_there_makes_no_file(path: Path) -> None:
    with pytest.raises(NotFound, match=r"there is no database at .*desk\.sqlite; start the"):
        read_database(path)
    assert not path.exists()


@pytest.mark.parametrize("opened", [open_database, read_database])
def test_a_database_of_a_newer_program_is_refused_naming_both_versions(
    path: Path, opened: Callable[[Path], Database]
) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0007'")
    before = path.read_bytes()
    with pytest.raises(NewerFile, match=r"has schema version 7 and this program knows .* up to 1;"):
        opened(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"no database at all, only text" * 99, b"SQLite format 3\0x"])
def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(StorageError, match=r"is not a Counterpoise database; choose another file"):
        open_database(path)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
    before = path.read_bytes()
    with pytest.raises(StorageError, match="is not a Counterpoise database"):
        open_database(path)
    assert path.read_bytes() == before


def test_a_folder_in_place_of_a_file_is_refused(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StorageError, match="cannot be opened; choose a file"):
        open_database(path)


def test_a_damaged_database_is_refused_naming_its_newest_backup(path: Path) -> None:
    filled(path)
    backup = back_up(path, NOON)
    whole = bytearray(path.read_bytes())
    for page in range(4_096, len(whole), 4_096):
        whole[page : page + 100] = b"\xff" * 100
    path.write_bytes(whole)
    with pytest.raises(StorageError, match=rf"is damaged; restore its newest backup, {backup}$"):
        open_database(path)
    assert path.read_bytes() == whole


def test_a_cut_database_is_refused(path: Path) -> None:
    filled(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StorageError, match=r"is damaged; choose another file$"):
        open_database(path)


def test_a_read_only_file_is_refused_at_the_start_and_can_still_be_read(
    public_path: Path, as_ordinary_user: OrdinaryUser
) -> None:
    filled(public_path)
    public_path.chmod(0o444)
    with as_ordinary_user(public_path.parent):
        with pytest.raises(StorageError, match="cannot be written because the file or its folder"):
            open_database(public_path)
        assert held(public_path) == 10.0


def test_a_read_only_folder_is_refused_at_the_start(
    public_path: Path, as_ordinary_user: OrdinaryUser
) -> None:
    public_path.parent.chmod(0o555)
    with (
        as_ordinary_user(public_path.parent),
        pytest.raises(StorageError, match="cannot be written because the file or its folder"),
    ):
        open_database(public_path)
    assert list(public_path.parent.iterdir()) == []


def test_a_folder_that_becomes_read_only_fails_the_edit_and_keeps_what_was(
    database: Database,
) -> None:
    store = Accounts(database.sessions)
    store.save(account("Desk", {"BTC-PERPETUAL": 10.0}), ())
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(StorageError, match="cannot be written because"):
        store.save(account("Desk", {"BTC-PERPETUAL": 11.0}), ())
    assert store.load() == (account("Desk", {"BTC-PERPETUAL": 10.0}),)


def test_a_database_at_its_largest_fails_the_edit_and_keeps_what_was(database: Database) -> None:
    workspaces = Workspaces(database.sessions)
    workspaces.save("last", b"small")
    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageError, match=r"the disk is full: .* free some space"):
        workspaces.save("last", bytes(1_000_000))
    assert workspaces.load("last") == b"small"
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    workspaces.save("last", bytes(1_000_000))
    assert workspaces.load("last") == bytes(1_000_000)


def test_a_database_moved_away_fails_the_edit_until_it_is_back(
    database: Database, path: Path
) -> None:
    workspaces = Workspaces(database.sessions)
    elsewhere = path.with_name("elsewhere")
    path.rename(elsewhere)
    for _ in range(2):
        with pytest.raises(StorageError, match="was moved or replaced while it was open; move it"):
            workspaces.save("last", b"state")
        database.engine.dispose()
        with pytest.raises(StorageError, match="cannot be opened"):
            workspaces.load("last")
        assert not path.exists()
        elsewhere.rename(path)
        workspaces.save("last", b"state")
        path.rename(elsewhere)
    elsewhere.rename(path)
    assert workspaces.load("last") == b"state"


def test_two_links_to_one_file_are_one_database(path: Path) -> None:
    link = path.with_name("link.sqlite")
    link.symlink_to(path)
    with open_database(path), pytest.raises(InUse):
        open_database(link)


def test_a_database_written_by_another_program_is_told(database: Database, path: Path) -> None:
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="is being written by another program; close that"):
            Workspaces(database.sessions).save("last", b"state")
        other.execute("ROLLBACK")
    Workspaces(database.sessions).save("last", b"state")


def test_threads_read_while_one_writes(database: Database) -> None:
    store = Accounts(database.sessions)
    store.save(account("Desk", {"BTC-PERPETUAL": 1.0}), ())

    def read(_: int) -> set[float]:
        found = [store.load() for _ in range(20)]
        return {one.holdings.positions[0].quantity for (one,) in found}

    with ThreadPoolExecutor(3) as pool:
        reads = pool.map(read, range(2))
        for number in range(1, 41):
            store.save(account("Desk", {"BTC-PERPETUAL": float(number)}), ())
        assert set().union(*reads) <= set(range(1, 41))
    assert store.load()[0].holdings.positions[0].quantity == 40.0


def test_closing_twice_is_closing_once(path: Path) -> None:
    with open_database(path) as database:
        database.close()
    with open_database(path) as again:
        assert again.recovered == ""


FILL_THE_DISK = """
import sys
from pathlib import Path
from storage.database.engine import open_database
from storage.database.saved import Workspaces
from storage.errors import StorageError

path = Path(sys.argv[1])
database = open_database(path)
workspaces = Workspaces(database.sessions)
try:
    for number in range(1_000):
        workspaces.save(str(number), bytes([number % 256]) * 50_000)
        kept = number
except StorageError as error:
    print(error)
names = set(workspaces.names())
print(names == {str(number) for number in range(kept + 1)}, kept > 3)
print(database.engine.connect().exec_driver_sql("PRAGMA integrity_check").scalar())
database.close()
other = path.with_name("other.sqlite")
try:
    open_database(other)
except StorageError as error:
    print(error)
"""


def test_a_disk_that_is_really_full_is_told_and_loses_nothing(tmp_path: Path) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("a small disk needs unshare, which is not here")
    mount = f"mount -t tmpfs -o size=1m none {tmp_path}"
    trial = ["unshare", "-rm", "sh", "-c", f'{mount} && exec "$0" -c ""', sys.executable]
    allowed = subprocess.run(trial, check=False, capture_output=True)
    if allowed.returncode != 0:
        pytest.skip("a small disk needs user namespaces, which this machine refuses")
    done = subprocess.run(
        [
            *("unshare", "-rm", "sh", "-c"),
            f'{mount} && exec "$0" -c "$1" {tmp_path}/desk.sqlite',
            *(sys.executable, FILL_THE_DISK),
        ],
        check=False,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    first, complete, check, other = done.stdout.splitlines()
    assert first.startswith("the disk is full: ")
    assert (complete, check) == ("True True", "ok")
    assert other.startswith("the disk is full: ")
