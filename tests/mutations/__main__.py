"""Tries every fault of tests/mutations: `python -m tests.mutations [venue ...] [--jobs N]`.

Each fault is put into a copy of the project and the venue's tests are run there until one fails.
Ends with status 1 when a fault survives, 2 when the tests fail without any, or a list is stale.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue

from tests.mutations.mutation import ROOT, Mutation, Trial, lists, trial

COPIED = ("riskcore", "tests", "resources", "pyproject.toml")
LONGEST = 600.0  # seconds for one run
FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", re.MULTILINE)
NOTHING_COLLECTED = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a fault was noticed, and by which test."""

    mutation: Mutation
    killed: bool
    by: str


def main(wanted: list[str]) -> int:
    """Tries the lists, prints what became of each fault, and says by the status how it went."""
    asked = arguments(wanted)
    try:
        trials = [trial(path) for path in lists(asked.venue)]
    except ValueError as error:
        print(error)
        return 2
    if not trials:
        print(f"no list in tests/mutations begins with {' or '.join(asked.venue) or 'anything'}")
        return 2
    stale = [said for each in trials for one in each.mutations if (said := one.refusal())]
    for said in stale:
        print(said)
    if stale:
        return 2
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        statuses = [tried(each, Path(folder), asked.jobs, asked.only) for each in trials]
    return max(statuses)


def arguments(wanted: list[str]) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("venue", nargs="*", help="what a list's name begins with; none for all")
    parser.add_argument("--jobs", type=int, default=1, help="copies of the project at work at once")
    parser.add_argument("--only", default="", help="faults whose rule has these words")
    return parser.parse_args(wanted)


def tried(each: Trial, folder: Path, jobs: int, only: str) -> int:
    """The status of one list: 0 when every fault was noticed."""
    chosen = [one for one in each.mutations if only.lower() in one.rule.lower()]
    if not chosen:
        return 0
    first = copied(ROOT, folder / f"{each.venue}-{each.mutations[0].place.split()[0]}-0")
    runs = []
    for run in each.tests:
        passed, by = sound(first, *run)
        if passed:
            runs.append(run)
        elif run == each.tests[0]:
            print(f"{each.venue}: its tests fail without any fault: {by}")
            return 2
        elif by:
            print(f"{each.venue}: {run[0][0]} fails without any fault ({by}) and is left out")
    usable = replace(each, tests=tuple(runs))
    trees: SimpleQueue[Path] = SimpleQueue()
    trees.put(first)
    for number in range(1, max(jobs, 1)):
        trees.put(copied(first, first.with_name(f"{first.name[:-1]}{number}")))

    def outcome(mutation: Mutation) -> Outcome:
        tree = trees.get()
        try:
            return fate(mutation, usable, tree)
        finally:
            trees.put(tree)

    with ThreadPoolExecutor(max(jobs, 1)) as pool:
        outcomes = []
        for found in pool.map(outcome, chosen):
            outcomes.append(found)
            verdict = "killed  " if found.killed else "SURVIVED"
            print(f"{verdict} {found.mutation.place}: {found.mutation.rule}", flush=True)
            if found.by:
                print(f"           by {found.by}", flush=True)
    lived = [found for found in outcomes if not found.killed]
    print(f"{each.venue}: {len(outcomes) - len(lived)} of {len(outcomes)} faults noticed")
    return int(bool(lived))


def copied(source: Path, target: Path) -> Path:
    """A copy of what the tests of the core need; the recorded markets stand beside it."""
    tree = target / "project"
    origin = source if source == ROOT else source / "project"
    for name in COPIED:
        if (origin / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "ui") if source == ROOT else None
            shutil.copytree(origin / name, tree / name, ignore=ignored)
        else:
            shutil.copy2(origin / name, tree / name)
    beside = ROOT.parent / "shared"
    if beside.is_dir():
        (target / "shared").symlink_to(beside, target_is_directory=True)
    return target


def sound(place: Path, paths: tuple[str, ...], named: str) -> tuple[bool, str]:
    """Whether tests pass on the source as it is; if not, the first that fails, "" for none found.

    Compiled modules are kept for the runs to come.
    """
    there = tuple(each for each in paths if (place / "project" / each).exists())
    if not there:
        return False, ""
    status, by = tests(place, there, named, keep=True)
    return status == 0, "" if status == NOTHING_COLLECTED else by


def fate(mutation: Mutation, each: Trial, place: Path) -> Outcome:
    """What becomes of a fault: the tests are run in order until one notices it."""
    with faulty(mutation, place / "project" / mutation.file):
        for paths, named in each.tests:
            status, by = tests(place, paths, named, keep=False)
            if status not in (0, NOTHING_COLLECTED):
                return Outcome(mutation, True, by)
    return Outcome(mutation, False, "")


@contextmanager
def faulty(mutation: Mutation, path: Path) -> Iterator[None]:
    """The file with the fault in it, and afterwards as it was, its date as well."""
    text, stat = path.read_text("utf-8"), path.stat()
    path.write_text(mutation.applied(text), "utf-8")
    # A compiled module is told from its source by size and second: the fault's must differ.
    os.utime(path, (stat.st_atime + 10, stat.st_mtime + 10))
    try:
        yield
    finally:
        path.write_text(text, "utf-8")
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def tests(place: Path, paths: tuple[str, ...], named: str, *, keep: bool) -> tuple[int, str]:
    """Status of a run of tests, and the name of the first that failed."""
    words = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *paths]
    words += ["-k", named] if named else []
    surroundings = os.environ | {"CI": "1", "PYTHONDONTWRITEBYTECODE": "" if keep else "1"}
    try:
        run = subprocess.run(
            words,
            cwd=place / "project",
            env=surroundings,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 1, f"no end within {LONGEST:g} seconds"
    found = FAILED.search(run.stdout)
    tail = (run.stdout + run.stderr).strip().splitlines()[-1:]
    return run.returncode, found[1] if found else " ".join(tail)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
