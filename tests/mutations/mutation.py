"""A deliberate fault in a venue's rules, and where the list of them stands.

tests/mutations/<venue>*.toml holds `[[mutation]]` tables: `rule` says in words what is dropped or
swapped, `old` occurs exactly once in `file`, `new` takes its place. A list may name `tests` of its
own; else those of the venue must notice every fault.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LISTS = ROOT / "tests" / "mutations"
VENUES = "tests/riskcore/margin/venues"
PUBLISHED = "tests/riskcore/margin/test_cases.py"
CONFORMANCE = "tests/riskcore/margin/conformance"
KEYS = {"rule", "file", "old", "new"}


@dataclass(frozen=True, slots=True)
class Mutation:
    """One fault.

    place  the list it stands in, and its number there from 1
    rule   what is dropped or swapped
    file   below the top of the project
    """

    place: str
    rule: str
    file: str
    old: str
    new: str

    def refusal(self, root: Path = ROOT) -> str:
        """Why it cannot be tried on the source as it is; empty when it can."""
        path = root / self.file
        if not path.is_file():
            return f"{self.place}: there is no {self.file}"
        text = path.read_text("utf-8")
        found = text.count(self.old)
        if found != 1:
            return f"{self.place}: {self.old!r} occurs {found} times in {self.file}, not once"
        if self.old == self.new:
            return f"{self.place}: `new` is `old`"
        if path.suffix == ".py":
            try:
                compile(self.applied(text), self.file, "exec")
            except SyntaxError as error:
                return f"{self.place}: with `new`, {self.file} is not Python: {error}"
        return ""

    def applied(self, text: str) -> str:
        """The file's text with the fault."""
        return text.replace(self.old, self.new)


@dataclass(frozen=True, slots=True)
class Trial:
    """One list of faults, and the tests that must notice each.

    named  of these tests only those whose name has this word, "" for all
    """

    venue: str
    mutations: tuple[Mutation, ...]
    tests: tuple[tuple[tuple[str, ...], str], ...]  # runs, in order: (paths, named)


def lists(venues: list[str] | None = None) -> list[Path]:
    """The files of these venues, or all."""
    return [
        path
        for path in sorted(LISTS.glob("*.toml"))
        if not venues or any(path.stem.startswith(venue) for venue in venues)
    ]


def trial(path: Path, root: Path = ROOT) -> Trial:
    """What a file lists. Raises ValueError, naming the file, when it is not as it should be."""
    document = tomllib.loads(path.read_text("utf-8"))
    name = path.name
    rows = document.get("mutation", [])
    if set(document) - {"mutation", "tests"} or not rows:
        raise ValueError(f"{name}: a list has [[mutation]] tables, and perhaps `tests`")
    for number, row in enumerate(rows, 1):
        if set(row) != KEYS or not all(isinstance(each, str) for each in row.values()):
            raise ValueError(f"{name} {number}: a mutation has the texts {', '.join(sorted(KEYS))}")
    mutations = tuple(Mutation(f"{name} {number}", **row) for number, row in enumerate(rows, 1))
    if "tests" in document:
        return Trial(path.stem, mutations, ((tuple(document["tests"]), ""),))
    folders = sorted(each.name for each in (root / VENUES).iterdir() if each.is_dir())
    fitting = [each for each in folders if path.stem.startswith(each)]
    if not fitting:
        raise ValueError(f"{name}: no folder in {VENUES} has the name it begins with")
    venue = max(fitting, key=len)
    own = [f"{VENUES}/{venue}", f"tests/riskcore/naming/test_{venue}.py"]
    there = tuple(each for each in own if (root / each).exists())
    return Trial(venue, mutations, ((there, ""), ((PUBLISHED,), venue), ((CONFORMANCE,), venue)))
