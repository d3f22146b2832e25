"""The command `margin`: what a book must post in its own market."""

from argparse import Namespace

from riskcore import report_file
from riskcore.errors import BookError, Unsupported
from riskcore.query import Report
from ui.cli.desk import Desk, printable
from ui.cli.margin_text import heading, result_lines
from ui.cli.questions import Questions


def run(asked: Namespace, desk: Desk) -> int:
    """Write the requirement of every account. Raises a Refusal."""
    book = desk.read_book(asked.book)
    if book.market is None:
        raise BookError(
            "market: this book has none; add one, or take it from a recording with "
            "replay --from DIR_OR_FILE"
        )
    models = desk.library.names() if asked.all_models else tuple(asked.models)
    questions = Questions(
        desk.library, book.accounts, models, book.parameters, asked.parameters_as_of
    )
    if not asked.all_models:
        write(desk, questions.answers(book.market), questions, asked.json)
        return 0
    reports: list[Report] = []
    refusals: list[str] = []
    for account in book.accounts:
        report, refused = questions.possible(account, book.market)
        reports += [] if report is None else [report]
        refusals += [f"{account.name} under {model}: {why}" for model, why in refused.items()]
    if not reports:
        raise Unsupported(f"no model can hold this book; {refusals[0]}")
    write(desk, tuple(reports), questions, asked.json)
    if refusals and not asked.json:
        desk.say("Models that cannot hold an account")
        for each in refusals:
            desk.say(f"- {printable(each)}")
    return 0


def write(desk: Desk, reports: tuple[Report, ...], questions: Questions, as_json: bool) -> None:
    """The reports of one instant, as text or as a report file."""
    if as_json:
        desk.say(report_file.write(reports, questions.names).rstrip("\n"))
        return
    for report in reports:
        desk.say(heading(report, questions.names[report.account]))
        for result in report.results:
            desk.say()
            for line in result_lines(report, result):
                desk.say(line)
        desk.say()
