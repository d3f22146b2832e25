"""The command `margin`: what a book must post in its own market."""

from argparse import Namespace

from riskcore import report_file
from riskcore.errors import BookError, Unsupported
from riskcore.holdings import Account
from riskcore.market import MarketSnapshot
from riskcore.query import Report
from riskcore.report_file import RefusalDocument
from ui.cli.comparison_text import comparison_lines
from ui.cli.desk import Desk
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
    if asked.json:
        _write_all(desk, book.accounts, book.market, questions)
    else:
        for account in book.accounts:
            _rank(desk, account, book.market, questions)
    return 0


def _write_all(
    desk: Desk, accounts: tuple[Account, ...], market: MarketSnapshot, questions: Questions
) -> None:
    """A report file of every model that can hold an account, and of those that cannot."""
    reports: list[Report] = []
    refusals: list[RefusalDocument] = []
    for account in accounts:
        report, refused = questions.possible(account, market)
        reports += [] if report is None else [report]
        refusals += [RefusalDocument(account.name, model, why) for model, why in refused.items()]
    if not reports:
        first = refusals[0]
        raise Unsupported(
            f"no model can hold this book; {first.account} under {first.model}: {first.reason}"
        )
    desk.say(report_file.write(reports, questions.names, refusals).rstrip("\n"))


def _rank(desk: Desk, account: Account, market: MarketSnapshot, questions: Questions) -> None:
    """The models in the order of what they require of an account, as text."""
    found = questions.compared(account, market)
    if not any(each.pools for each in found.standings):
        why = found.standings[0]
        raise Unsupported(
            f"no model can hold this book; {account.name} under {why.model}: {why.refusal}"
        )
    for line in comparison_lines(account, market, found):
        desk.say(line)
    desk.say()


def write(desk: Desk, reports: tuple[Report, ...], questions: Questions, as_json: bool) -> None:
    """The reports of one instant, as text or as a report file."""
    if as_json:
        desk.say(report_file.write(reports, questions.names).rstrip("\n"))
        return
    for report in reports:
        desk.say(heading(report, questions.names[report.account]))
        for result in report.results:
            desk.say()
            for line in result_lines(report, result, desk.glossary()):
                desk.say(line)
        desk.say()
