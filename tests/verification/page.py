"""Every published figure beside the program's own, as a page of the guide."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, isinf

from riskcore.errors import Refusal
from tests.builders import library
from tests.verification.case import ROOT, Case, cases
from ui.cli.models import card_label

PAGE = ROOT / "resources" / "docs" / "verification.md"
CARDS = ROOT / "resources" / "docs" / "models"
LABELS = """An error of a figure that was printed in few digits, or is nearly nothing, is large in
itself and small beside what is allowed.
"""
HEAD = """# Verification

What venues publish, and others measured at them, beside what the program computes. Every figure is
compared within the precision in which it was printed, or the tolerance its source states. A case
that does not pass is no failure of the tests only if it stands below with its reason.

The page is written by `make verification`; a test compares it with the code.
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case, and what came of it.

    worst  the largest relative error of its figures, and of which field
    share  the largest part of an allowed difference that is used up
    """

    case: Case
    figures: int
    passed: bool
    worst: float
    field: str
    share: float = 0.0


def outcome(case: Case) -> Outcome:
    """Runs a case; one that the program refuses has no figures and does not pass."""
    try:
        checked = case.run()
    except Refusal as refusal:
        return Outcome(case, 0, False, inf, str(refusal))
    worst = max(checked, key=lambda each: each.relative_error)
    passed = all(each.passed for each in checked)
    share = max(abs(each.found - each.published) / each.within if each.within else 0.0
                for each in checked)  # fmt: skip
    return Outcome(case, len(checked), passed, worst.relative_error, worst.field, share)


def page() -> str:
    """The whole page."""
    ran = {venue: [outcome(each) for each in found] for venue, found in cases().items()}
    head = ("venue", "cases", "figures", "passed", "worst relative error", "of what is allowed")
    parts = [HEAD, _table(head, [
        (f"[{venue}](#{venue})", len(found), sum(each.figures for each in found),
         sum(each.passed for each in found), _error(_worst(found)), f"{_share(found):.0%}")
        for venue, found in ran.items()
    ]), LABELS, _table(("model", "how exact it calls itself"), _labels())]  # fmt: skip
    for venue, found in ran.items():
        parts.append(f"## {venue}\n")
        parts.append(_table(("case", "figures", "passed", "worst error", "label", "source"), [
            (each.case.name, each.figures, "yes" if each.passed else "**no**",
             _error(each.worst), each.case.label, each.case.source)
            for each in found
        ]))  # fmt: skip
        reasons = [each.case for each in found if each.case.except_]
        if reasons:
            parts.append("Exceptions:\n")
            parts.append("\n".join(f"- *{each.name}*: {each.except_}" for each in reasons) + "\n")
    return "\n".join(parts)


def _labels() -> list[tuple[str, str]]:
    """Every model and the label its card states."""
    found = []
    for name in library().names():
        card = f"{name.replace('/', '-')}.md"
        text = (CARDS / card).read_text("utf-8")
        found.append((f"[{name}](models/{card})", card_label(text)))
    return found


def _share(found: Iterable[Outcome]) -> float:
    """The largest part of an allowed difference that a case that must pass uses up."""
    return max((each.share for each in found if not each.case.except_), default=0.0)


def _worst(found: Iterable[Outcome]) -> float:
    """The largest error of the cases that must pass."""
    return max((each.worst for each in found if not each.case.except_), default=0.0)


def _error(error: float) -> str:
    """An error in one digit; below a billionth the rounding of machines differs."""
    if isinf(error):
        return "refused"
    return "< 1e-9" if error < 1e-9 else f"{error:.0e}"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(each) for each in line)} |" for line in lines) + "\n"


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
