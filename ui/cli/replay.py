"""The command `replay`: a recorded market through the same engine as live."""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isinf

from riskcore import report_file
from riskcore.errors import ParameterError, Refusal
from riskcore.query import ModelResult, Report
from ui.cli.arguments import Mistake
from ui.cli.desk import Desk, counted, printable
from ui.cli.margin_text import exactness, parameters
from ui.cli.questions import Questions, named
from ui.cli.wrapping import INDENT
from ui.desktop.formats import fixed, money_decimals, percent
from ui.desktop.ports import Feed

COLUMNS = ("instant (UTC)", "account", "model", "pool", "equity", "initial", "maintenance",
           "initial %", "maint. %", "worst scenario")  # fmt: skip
WIDTHS = (19, 16, 23, 4, 15, 14, 14, 9, 9, 0)
WORDS = (0, 1, 2, 3, 9)  # columns of words, on the left; the others are figures


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a replay ended: how many reports were shown, and why the others were not."""

    shown: int
    refused: tuple[str, ...]


def run(asked: Namespace, desk: Desk) -> int:
    """Play the recording. Raises a Refusal, also at the end when a step was refused."""
    questions = _questions(asked, desk)
    feed = desk.open_feed(asked.source)
    outcome = play(desk, feed, questions, asked.speed, asked.json)
    if outcome.refused:
        total = outcome.shown + len(outcome.refused)
        raise ParameterError(
            f"{len(outcome.refused)} of {total} answers were refused, the first: "
            f"{outcome.refused[0]}"
        )
    return 0


def play(
    desk: Desk,
    feed: Feed,
    questions: Questions,
    speed: float = inf,
    as_json: bool = False,
    every: int = 1,
) -> Outcome:
    """Every step of a feed, or each so-many-th: a line for each account and model, or a report.

    speed  recorded seconds for each second of the clock
    """
    if not as_json:
        made = ", a synthetic market: its prices were made, not recorded" if feed.synthetic else ""
        desk.say(f"{printable(feed.name)}{made}; {counted(len(feed.instants), 'step')}")
        desk.say(_row(COLUMNS))
    refused: list[str] = []
    shown = 0
    before = None
    told: dict[tuple[str, str], str] = {}
    for step in range(0, len(feed.instants), every):
        instant = feed.instants[step]
        if before is not None and not isinf(speed):
            desk.wait(max((instant - before).total_seconds(), 0.0) / speed)
        before = instant
        reports, why = _step(feed, step, questions)
        shown += len(reports)
        refused += [f"{instant:%Y-%m-%d %H:%M:%S} {each}" for each in why]
        if as_json and reports:
            desk.say(report_file.line(reports, questions.names))
        elif not as_json:
            for report in reports:
                for line in _lines(report, questions.names[report.account], told):
                    desk.say(line)
            for each in why:
                desk.say(printable(f"{instant:%Y-%m-%d %H:%M:%S}  refused: {each}"))
    return Outcome(shown, tuple(refused))


def _step(feed: Feed, step: int, questions: Questions) -> tuple[list[Report], list[str]]:
    """The reports of a step, and why an account has none: the others are answered all the same."""
    reports: list[Report] = []
    refused: list[str] = []
    try:
        market = feed.snapshot(step)
    except Refusal as error:
        return reports, [str(error)]
    for account in questions.accounts:
        try:
            reports.append(questions.answer(account, market))
        except Refusal as error:
            refused.append(str(error))
    return reports, refused


def _questions(asked: Namespace, desk: Desk) -> Questions:
    if (asked.book is None) == (asked.account is None):
        raise Mistake("replay takes either BOOK.json or --account A; see main.py replay --help")
    models = tuple(asked.models)
    if asked.account is None:
        book = desk.read_book(asked.book)
        return Questions(
            desk.library, book.accounts, models, book.parameters, asked.parameters_as_of
        )
    with desk.stored() as accounts:
        account = named(accounts.load(), asked.account, "the database")
    return Questions(desk.library, (account,), models, as_of=asked.parameters_as_of)


def _lines(report: Report, name: str, told: dict[tuple[str, str], str]) -> Iterator[str]:
    """A row for each model; before it which parameters it used, when that was not said yet.

    told  (account, model) -> what was said of its parameters last
    """
    for result in report.results:
        said = f"{INDENT}{printable(name)}, {result.model}: {_used(result)}"
        if told.get((report.account, result.model)) != said:
            told[report.account, result.model] = said
            yield said
        yield _row(_cells(report, result, name))


def _used(result: ModelResult) -> str:
    """The parameters of a result by their dates, what replaced them, and how exact it is."""
    days = result.calibration.days
    text = f"parameters: {printable(days)}" if days else parameters(result)
    if days and result.calibration.overrides:
        text += f", replaced: {printable(', '.join(result.calibration.overrides))}"
    return f"{text}; {printable(exactness(result))}"


def _cells(report: Report, result: ModelResult, name: str) -> tuple[str, ...]:
    """The pool nearest its trigger, which is the one a venue acts on first."""
    required = result.nearest.requirement
    decimals = money_decimals(required.currency) + 2
    return (
        f"{report.as_of:%Y-%m-%d %H:%M:%S}",
        printable(name),
        result.model,
        required.pool,
        fixed(required.equity.amount, decimals),
        fixed(None if required.initial is None else required.initial.amount, decimals),
        fixed(required.maintenance.amount, decimals),
        percent(required.initial_usage),
        percent(required.maintenance_usage),
        printable(required.worst_scenario) or "-",
    )


def _row(cells: tuple[str, ...]) -> str:
    return "  ".join(
        f"{cell:<{width}}" if column in WORDS else f"{cell:>{width}}"
        for column, (cell, width) in enumerate(zip(cells, WIDTHS, strict=True))
    ).rstrip()
