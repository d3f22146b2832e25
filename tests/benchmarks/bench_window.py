"""The window: how soon it shows figures, how fast an edit is answered, what a busy market costs."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.row import Row

ROOT = Path(__file__).parents[2]
STARTS = 5
SOON = 2.0  # seconds to the first figures, and to an accepted key
POSITIONS, EDITS = 40, 30
CROWDS = (800, 1_600)  # at least so many instruments tick
TICKING = 20  # seconds
SHARE, WAIT = 40.0, 50.0  # per cent of a core, milliseconds
WIDTH, HEIGHT = 1_680, 1_050
SCREEN = {"name": "bench", "x": 0, "y": 0, "width": WIDTH, "height": HEIGHT}


def rows() -> Iterable[Row]:
    """Without a screen, and in a real window where a display can be made."""
    with tempfile.TemporaryDirectory() as folder:
        screen = Path(folder) / "screen.json"
        screen.write_text(json.dumps({"screens": [SCREEN]}), encoding="utf-8")
        platform = f"offscreen:configfile={screen}"
        yield from _rows_on("offscreen", {"QT_QPA_PLATFORM": platform})
    if shutil.which("Xvfb"):
        with _display() as name:
            yield from _rows_on("Xvfb", {"QT_QPA_PLATFORM": "xcb", "DISPLAY": name})


def _rows_on(where: str, environment: dict[str, str]) -> Iterator[Row]:
    _measured("start", environment, started=True)  # the first start writes the byte code
    starts = [_measured("start", environment, started=True) for _ in range(STARTS)]
    for found, what in (("figures", "first figures shown"), ("key", "first key accepted")):
        seconds = [each[found] for each in starts]
        own = median(each["own"] for each in starts)
        remark = f"{min(seconds):.2f} to {max(seconds):.2f} in {STARTS}"
        remark = f"{remark}, own processor time {own:.2f}; {_load(starts[-1])}"
        yield Row(f"{where}: start to {what}", median(seconds), "s", SOON, remark)
    longest = median(each["longest wait"] for each in starts)
    yield Row(f"{where}: longest wait of a key while starting", longest * 1_000)
    edit = _measured("edit", environment, EDITS, POSITIONS)
    what = f"{where}: edit of {POSITIONS} positions, committed to"
    yield Row(f"{what} report", edit["received"] * 1_000, remark=_load(edit))
    remark = f"longest {edit['longest'] * 1_000:.0f}"
    yield Row(f"{what} painted", edit["painted"] * 1_000, remark=remark)
    for crowd in CROWDS:
        yield from _load_rows(where, _measured("load", environment, crowd, TICKING))


def _load_rows(where: str, found: dict[str, Any]) -> Iterator[Row]:
    what = f"{where}: {found['instruments']} instruments ticking,"
    remark = (
        f"{found['steps']:.1f} steps and {found['reports']:.1f} reports a second, "
        f"whole process {found['process']:.0%}, "
        f"without a core {found['no core']:.0%}; {_load(found)}"
    )
    yield Row(f"{what} interface thread", found["interface"] * 100, "%", SHARE, remark)
    remark = f"p50 {found['p50'] * 1_000:.1f}, p99 {found['p99'] * 1_000:.1f}"
    remark = f"{remark}, {found['inputs']} inputs"
    yield Row(f"{what} longest wait", found["longest"] * 1_000, bound=WAIT, remark=remark)


def _load(found: dict[str, Any]) -> str:
    return "" if found["load"] is None else f"load {found['load']:.1f}"


def _measured(
    what: str, environment: dict[str, str], *inputs: object, started: bool = False
) -> dict[str, Any]:
    """What a program of its own found, with a fresh database."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "tests.benchmarks.watched_window", what]
        words += [str(Path(folder) / "bench.sqlite"), *map(str, inputs)]
        words += [repr(time.monotonic())] if started else []
        done = subprocess.run(
            words,
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        raise RuntimeError(f"measuring {what} ended with {done.returncode}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(lines[-1])
    return found


@contextmanager
def _display() -> Iterator[str]:
    """The name of a display of our own."""
    reading, writing = os.pipe()
    words = ["Xvfb", "-displayfd", str(writing), "-screen", "0"]
    words += [f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"]
    with subprocess.Popen(words, pass_fds=(writing,), stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        try:
            with os.fdopen(reading) as told:
                yield f":{told.readline().strip()}"
        finally:
            server.terminate()
