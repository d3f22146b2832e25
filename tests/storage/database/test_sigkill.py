"""The program is killed at random moments while edits stream in."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from storage.database.engine import open_database
from tests.builders import NOON
from tests.storage.database.editor import STRIKES

REPOSITORY = Path(__file__).parents[3]
KILLS = 100
LONGEST = 0.06  # seconds from the stage after which it is killed
STAGES = ("started", "opened", "kept")


@pytest.mark.slow
def test_whatever_was_acknowledged_survives_a_kill_at_any_moment(path: Path) -> None:
    moments = random.Random(20260205)
    kept: set[int] = set()  # what the killed programs said was kept
    newest, opened = 0, 0
    with editors() as editor:
        for _ in range(KILLS):
            stage, pause = moments.choice(STAGES), moments.uniform(0.0, LONGEST)
            said = life(editor, path, stage, pause)
            start = next((line for line in said if line.startswith("opened")), None)
            if start is not None and opened:
                assert start == f"opened {what_is_recovered(newest)}"
            edits = {int(line.split()[1]) for line in said if line.startswith("kept")}
            opened += start is not None
            kept |= edits
            newest = newest_whole_edit(path, kept)
    assert len(kept) > KILLS / 2  # that it was a trial at all, also on a busy machine
    with open_database(path) as database:
        assert database.recovered == what_is_recovered(newest)
    with open_database(path) as database:
        assert database.recovered == ""


@contextmanager
def editors() -> Iterator[subprocess.Popen[str]]:
    """The program whose children edit, ended with the test."""
    command = [sys.executable, "-m", "tests.storage.database.editor"]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as editor:
        assert editor.stdin is not None
        try:
            yield editor
        finally:
            editor.stdin.close()


def life(editor: subprocess.Popen[str], path: Path, stage: str, pause: float) -> list[str]:
    """What a child said that edited until it was killed, some seconds after a stage."""
    assert editor.stdin is not None
    editor.stdin.write(f"{path}\n")
    editor.stdin.flush()
    said = [*lines_until("started", editor)]
    child = int(said[-1].split()[1])
    if not any(line.startswith(stage) for line in said):
        said += lines_until(stage, editor)
    time.sleep(pause)
    os.kill(child, signal.SIGKILL)
    return [*said, *lines_until("ended", editor)]


def lines_until(word: str, editor: subprocess.Popen[str]) -> Iterator[str]:
    """What it says, up to and with the line that starts with a word."""
    assert editor.stdout is not None
    line = ""
    while not line.startswith(word):
        line = editor.stdout.readline()
        assert line, "the editing program ended by itself"
        yield line.strip()


def what_is_recovered(newest: int) -> str:
    """The sentence of the next start."""
    at = NOON + timedelta(seconds=newest)
    edit = f"the last edit kept is of {at:%Y-%m-%d %H:%M:%S} UTC, in 'Desk'"
    return (
        "The program was not closed the last time; "
        f"{edit if newest else 'no edit had been made'}, and the file passes its check"
    )


def newest_whole_edit(path: Path, kept: set[int]) -> int:
    """The number of the newest edit, none of which may be half there or missing.

    Looked up in a copy: opening the files here would mend what the next start shall mend.
    """
    copy = path.parent / "copy" / path.name
    shutil.rmtree(copy.parent, ignore_errors=True)
    copy.parent.mkdir()
    for tail in ("", "-wal"):
        if (part := path.with_name(path.name + tail)).exists():
            shutil.copy(part, copy.with_name(copy.name + tail))
    if not copy.exists():
        return 0
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
        if ("audit",) not in tables:
            assert tables == []
            return 0
        edits = connection.execute("SELECT count(DISTINCT at) FROM audit").fetchone()[0]
        accounts = connection.execute("SELECT amount FROM collateral").fetchall()
        assert accounts == ([(edits,)] if edits else [])
        quantities = "SELECT DISTINCT quantity, count(*) FROM holding GROUP BY quantity"
        held = connection.execute(quantities).fetchall()
        assert held == ([(edits, len(STRIKES))] if edits else [])
        samples = {int(number) for (number,) in connection.execute("SELECT trigger FROM sample")}
    assert kept <= samples <= set(range(1, edits + 1))
    return int(edits)
