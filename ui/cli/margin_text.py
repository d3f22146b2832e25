"""A report as text for a terminal: figures, the requirement as a tree, notes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from riskcore.margin.requirement import Component, Requirement, Rule, Trigger
from riskcore.market import MarketSnapshot
from riskcore.query import ModelResult, PoolResult, Report
from riskcore.report_file import notes
from ui.cli.desk import counted, printable
from ui.cli.wrapping import INDENT, listed, wrapped
from ui.desktop.formats import ABSENT, date, fixed, instant, money_decimals, percent
from ui.desktop.glossary import Glossary, title

SAID = 120  # width of a tree with what is said of its lines
LEAST_SAID = 40
NAME = 44  # characters of a line's name, indented; a longer one moves its figure
FIGURE = 18

_SIGNS = {
    Rule.LARGER_OF: "the larger",
    Rule.SMALLER_OF: "the smaller",
    Rule.WORST: "worst scenario",
    Rule.ROOT: "square root",
}


def heading(of: Report | MarketSnapshot, name: str) -> str:
    """The account, and the instant of its market."""
    made = ", synthetic market" if of.synthetic else ""
    return f"{printable(name)}, {instant(of.as_of)}{made}"


def result_lines(report: Report, result: ModelResult, words: Glossary) -> Iterator[str]:
    """One model's answer: every pool with its figures and tree, then what must be known."""
    yield from wrapped(f"{result.title} ({result.model}): {exactness(result)}", "", 2 * INDENT)
    yield from wrapped(parameters(result), INDENT, 2 * INDENT)
    labels = {pool.requirement.label for pool in result.pools}
    for pool in result.pools:
        yield ""
        yield from (
            f"{INDENT}{line}".rstrip() for line in _pool_lines(pool, words, len(labels) > 1)
        )
    said = dict.fromkeys(note for pool in result.pools for note in notes(report, result, pool))
    for heads, texts in (
        ("Mapped from the account's venue", result.mapping),
        ("Not mapped", result.unmapped),
        ("Notes", said),
        ("Sources", result.calibration.sources),
    ):
        if texts:
            yield ""
            yield f"{INDENT}{heads}"
            for text in texts:
                yield from listed(text)


def exactness(result: ModelResult) -> str:
    """The label, after what of the book the model does not see."""
    if not result.unmapped:
        return result.label
    return f"without {counted(len(result.unmapped), 'line')}; {result.label}"


def parameters(result: ModelResult) -> str:
    """The date of a model's parameters, and what was replaced in them."""
    calibration = result.calibration
    text = f"parameters of {date(calibration.dated)}"
    if calibration.overrides:
        text += f", replaced: {', '.join(calibration.overrides)}"
    return printable(text)


def trigger(found: Trigger) -> str:
    """The venue's liquidation figure and the level at which it acts."""
    ratio = "usage" in found.name or "ratio" in found.name
    figure, level = (
        (percent(found.figure), percent(found.level))
        if ratio
        else (fixed(found.figure, 2), fixed(found.level, 2))
    )
    falls = "" if found.above else " or less"
    acts = "REACHED" if found.reached else f"acts at {level}{falls}"
    return f"{found.name} {figure}, {acts}"


def _pool_lines(pool: PoolResult, words: Glossary, has_own_label: bool) -> Iterator[str]:
    required = pool.requirement
    shown = _Figures(required.currency, words)
    yield f"Pool {printable(required.pool)}, in {required.currency}"
    if has_own_label:
        yield from wrapped(required.label, INDENT, 2 * INDENT)
    yield from (f"{INDENT}{line}" for line in shown.summary(pool))
    above: set[Component] = set()
    for tree in (required.initial, required.maintenance, required.equity):
        if tree is not None:
            yield ""
            yield from (f"{INDENT}{line}" for line in shown.tree(tree, above))
    if required.figures:
        yield ""
        yield f"{INDENT}The account's fields as the venue names them"
        yield from (f"{INDENT}{line}" for line in shown.fields(required))


@dataclass(frozen=True, slots=True)
class _Figures:
    """Lines with their amounts under one another, in one currency."""

    currency: str
    words: Glossary = field(default_factory=dict)

    def summary(self, pool: PoolResult) -> Iterator[str]:
        required = pool.requirement
        initial = required.initial
        yield self._line("equity", required.equity.amount)
        yield self._line(
            "initial margin",
            None if initial is None else initial.amount,
            f"usage {percent(required.initial_usage)}" if initial is not None else "",
        )
        yield self._line(
            "maintenance margin",
            required.maintenance.amount,
            f"usage {percent(required.maintenance_usage)}",
        )
        yield self._line("excess", required.excess)
        yield self._line("stand-alone sum", pool.stand_alone_sum)
        alone = pool.stand_alone_sum
        share = f"{percent(pool.netting_saves / alone)} of it" if alone else ""
        yield self._line("netting saves", pool.netting_saves, share)
        if pool.isolated is not None:
            yield self._line("isolated requirement", pool.isolated)
        yield f"{'liquidation':<{NAME}}{trigger(required.trigger)}"
        if required.losses.sets or required.worst_scenario:
            yield f"{'worst scenario':<{NAME}}{printable(required.worst_scenario) or ABSENT}"

    def tree(self, component: Component, above: set[Component], depth: int = 0) -> Iterator[str]:
        """A line and every line below it, unless the same stands above already.

        What lost to another is marked and indented.
        """
        name = INDENT * depth + term(component, self.words)
        if component.parts and component in above:
            yield from self._lines(name, component.amount, "as above")
            return
        above.add(component)
        said = printable(component.because)
        sign = _SIGNS.get(component.rule, "")
        yield from self._lines(
            name, component.amount, f"{sign}: {said}" if sign and said else sign or said
        )
        for part in component.parts:
            yield from self.tree(part, above, depth + 1)
        for loser in component.considered:
            name = f"{INDENT * (depth + 1)}({term(loser, self.words)}"
            yield from self._lines(name, loser.amount, f"{self._why(component, loser)})")

    def _why(self, component: Component, loser: Component) -> str:
        """Why a line does not count."""
        if component.rule not in (Rule.LARGER_OF, Rule.SMALLER_OF):
            return "considered"
        apart = fixed(abs(component.amount - loser.amount), self._decimals)
        how = "short by" if component.rule is Rule.LARGER_OF else "above by"
        return f"not binding, {how} {apart}"

    def fields(self, required: Requirement) -> Iterator[str]:
        for figure in required.figures:
            decimals = money_decimals(figure.unit) + 2 if figure.unit else 4
            amount = fixed(figure.amount, decimals)
            name = spoken(figure.term, self.words)
            yield f"{INDENT + name:<{NAME}}{amount:>{FIGURE}} {figure.unit}".rstrip()

    @property
    def _decimals(self) -> int:
        return money_decimals(self.currency) + 2

    def _lines(self, name: str, amount: float, said: str) -> Iterator[str]:
        """A line of a tree, and in lines of its own what does not fit behind its figure."""
        head = self._line(name, amount)
        first, *more = wrapped(said, width=max(SAID - len(head) - 3, LEAST_SAID)) if said else ("",)
        yield f"{head}   {first}".rstrip()
        yield from (f"{' ' * len(head)}   {line}" for line in more)

    def _line(self, name: str, amount: float | None, said: str = "") -> str:
        figure = fixed(amount, self._decimals)
        return f"{name:<{NAME}}{figure:>{FIGURE}}   {said}".rstrip()


def term(component: Component, words: Glossary) -> str:
    """A line's name as it is read: an instrument, or the words of the glossary."""
    name = component.term
    return printable(name) if component.rule is Rule.POSITION else spoken(name, words)


def spoken(name: str, words: Glossary) -> str:
    """The title of a term inside a line: small, unless it is an abbreviation."""
    said = title(name, words)
    return printable(said if said[1:2].isupper() else said[:1].lower() + said[1:])
