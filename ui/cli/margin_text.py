"""A report as text for a terminal: figures, the requirement as a tree, notes."""

from collections.abc import Iterator
from dataclasses import dataclass

from riskcore.margin.requirement import Component, Requirement, Rule, Trigger
from riskcore.market import MarketSnapshot
from riskcore.query import ModelResult, PoolResult, Report
from riskcore.report_file import notes
from ui.cli.desk import printable
from ui.desktop.formats import ABSENT, date, fixed, instant, money_decimals, percent

INDENT = "  "
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


def result_lines(report: Report, result: ModelResult) -> Iterator[str]:
    """One model's answer: every pool with its figures and tree, then what must be known."""
    yield f"{result.title} ({result.model}): {result.label}"
    yield f"{INDENT}{parameters(result)}"
    for pool in result.pools:
        yield ""
        yield from (f"{INDENT}{line}".rstrip() for line in _pool_lines(pool))
    said = dict.fromkeys(note for pool in result.pools for note in notes(report, result, pool))
    for title, texts in (
        ("Mapped from the account's venue", result.mapping),
        ("Not mapped", result.unmapped),
        ("Notes", said),
        ("Sources", result.calibration.sources),
    ):
        if texts:
            yield ""
            yield f"{INDENT}{title}"
            yield from (f"{INDENT}- {printable(text)}" for text in texts)


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
    acts = "REACHED" if found.reached else f"acts at {level}"
    return f"{found.name} {figure}, {acts}"


def _pool_lines(pool: PoolResult) -> Iterator[str]:
    required = pool.requirement
    shown = _Figures(required.currency)
    yield f"Pool {required.pool}, in {required.currency}"
    yield from (f"{INDENT}{line}" for line in shown.summary(pool))
    yield ""
    above: set[Component] = set()
    for tree in (required.initial, required.maintenance, required.equity):
        if tree is not None:
            yield from (f"{INDENT}{line}" for line in shown.tree(tree, above))
            yield ""
    if required.figures:
        yield f"{INDENT}The account's fields as the venue names them"
        yield from (f"{INDENT}{line}" for line in shown.fields(required))


@dataclass(frozen=True, slots=True)
class _Figures:
    """Lines with their amounts under one another, in one currency."""

    currency: str

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
        saved = pool.netting_saves / alone if alone else None
        yield self._line("netting saves", pool.netting_saves, f"{percent(saved)} of it")
        if pool.isolated is not None:
            yield self._line("isolated requirement", pool.isolated)
        yield f"{'liquidation':<{NAME}}{trigger(required.trigger)}"
        yield f"{'worst scenario':<{NAME}}{printable(required.worst_scenario) or ABSENT}"

    def tree(self, component: Component, above: set[Component], depth: int = 0) -> Iterator[str]:
        """A line and every line below it, unless the same stands above already.

        What lost to another is marked and indented.
        """
        name = INDENT * depth + term(component)
        if component.parts and component in above:
            yield self._line(name, component.amount, "as above")
            return
        above.add(component)
        said = printable(component.because)
        sign = _SIGNS.get(component.rule, "")
        yield self._line(
            name, component.amount, f"{sign}: {said}" if sign and said else sign or said
        )
        for part in component.parts:
            yield from self.tree(part, above, depth + 1)
        for loser in component.considered:
            short = component.amount - loser.amount
            why = f"not binding, short by {fixed(short, self._decimals)}"
            if component.rule not in (Rule.LARGER_OF, Rule.SMALLER_OF):
                why = "considered"
            yield self._line(
                f"{INDENT * (depth + 1)}({term(loser)}", loser.amount, f"{why})".strip()
            )

    def fields(self, required: Requirement) -> Iterator[str]:
        for figure in required.figures:
            decimals = money_decimals(figure.unit) + 2 if figure.unit else 4
            amount = fixed(figure.amount, decimals)
            name = figure.term.replace("_", " ")
            yield f"{INDENT + name:<{NAME}}{amount:>{FIGURE}} {figure.unit}".rstrip()

    @property
    def _decimals(self) -> int:
        return money_decimals(self.currency) + 2

    def _line(self, name: str, amount: float | None, said: str = "") -> str:
        figure = fixed(amount, self._decimals)
        return f"{name:<{NAME}}{figure:>{FIGURE}}   {said}".rstrip()


def term(component: Component) -> str:
    """A line's name as it is read: an instrument, or the words of the glossary."""
    name = component.term
    return printable(name if component.rule is Rule.POSITION else name.replace("_", " "))
