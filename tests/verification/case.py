"""A published figure and what the program makes of it: for tests and for the table of the guide."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


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


def check(case: Case) -> None:
    """Fail with the first figure that is not the published one."""
    for each in case.run():
        assert each.passed, (
            f"{case.name}, {each.field}: published {each.published!r}, found {each.found!r}, "
            f"allowed difference {each.within:g}"
        )
