"""A published figure and what the program makes of it: for tests and for the table of the guide."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]
RECORDED = ROOT.parent / "shared"  # some cases are read from the vectors that stand there


@dataclass(frozen=True, slots=True)
class Checked:
    """One figure of a case.

    within  the largest difference allowed, absolute: the printed precision, or the stated tolerance
    """

    field: str
    published: float
    found: float
    within: float

    @property
    def passed(self) -> bool:
        """Whether the program's figure is the published one."""
        return abs(self.found - self.published) <= self.within

    @property
    def relative_error(self) -> float:
        """Difference over the published figure; absolute where that is 0."""
        return abs(self.found - self.published) / (abs(self.published) or 1.0)


@dataclass(frozen=True, slots=True)
class Case:
    """Published figures of one situation.

    name    as the facts call it, e.g. "PDX-7 +1 perp, -5 calls"
    label   how exact the model calls itself there
    source  who published or measured it
    except_ why it cannot pass, empty for every case that must
    """

    venue: str
    name: str
    source: str
    label: str
    run: Callable[[], Sequence[Checked]]
    except_: str = ""


def cases() -> dict[str, tuple[Case, ...]]:
    """The cases of every venue, by the name of its folder."""
    found = {}
    for path in sorted((ROOT / "tests/riskcore/margin/venues").glob("*/cases.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found[path.parent.name] = tuple(import_module(name).CASES)
    return found


def check(case: Case) -> None:
    """Fail with the first figure that is not the published one."""
    for each in case.run():
        assert each.passed, (
            f"{case.name}, {each.field}: published {each.published!r}, found {each.found!r}, "
            f"allowed difference {each.within:g}"
        )
