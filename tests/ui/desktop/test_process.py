"""The window as a process of its own: a second copy, files it cannot open, and its own death."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from storage.database.engine import open_database
from tests.ui.desktop.whole import program, sentence

ROOT = Path(__file__).parents[3]
MISTAKE = 2  # the exit status of a user's mistake

pytestmark = pytest.mark.window


def start(database: Path) -> subprocess.Popen:
    """The window in another process, without a screen."""
    return subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "--database", str(database)],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def refused(process: subprocess.Popen) -> str:
    """What a copy says that does not start."""
    out, err = process.communicate(timeout=60)
    assert process.returncode == MISTAKE, err
    assert out == ""
    return sentence(err)


def test_a_second_copy_of_the_program_says_so_and_goes(qtbot: QtBot, tmp_path: Path) -> None:
    with program(qtbot, tmp_path / "counterpoise.db", speed=1) as here:
        said = refused(start(tmp_path / "counterpoise.db"))
        assert "counterpoise.db is open in another copy of the program" in said
        assert here.window.isVisible()


def test_what_cannot_be_opened_is_said_in_one_sentence(tmp_path: Path) -> None:
    newer, text = tmp_path / "newer.db", tmp_path / "text.db"
    text.write_text("not a database at all, but long enough to look at\n" * 40)
    (tmp_path / "file").write_text("")
    open_database(newer).close()
    with closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for path, said in (
        (newer, "newer"),
        (text, "is not a Counterpoise database"),
        (tmp_path / "file" / "book.db", "cannot be opened"),
    ):
        assert said in refused(start(path))


def test_killed_while_it_was_open_it_says_at_the_next_start_what_is_kept(
    qtbot: QtBot, tmp_path: Path
) -> None:
    database = tmp_path / "counterpoise.db"
    process = start(database)
    deadline = time.monotonic() + 60
    while accounts_in(database) < 6 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    with program(qtbot, database) as here:
        assert "The program was not closed the last time" in sentence(here.said())
        assert len(here.session.accounts) == 6


def accounts_in(database: Path) -> int:
    """How many accounts a database holds, seen from another process."""
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM account").fetchone()[0])
    except sqlite3.OperationalError:  # it is just being made
        return 0
