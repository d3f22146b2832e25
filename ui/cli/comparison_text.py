"""One account under every model as text for a terminal: a ranked table, mappings, refusals."""

from collections.abc import Iterator

from riskcore.analysis.comparison import Comparison, Standing
from riskcore.holdings import Account
from riskcore.market import MarketSnapshot
from riskcore.naming import directory
from ui.cli.desk import counted, printable
from ui.cli.margin_text import heading
from ui.cli.wrapping import INDENT, WIDTH, listed, wrapped
from ui.desktop.formats import fixed, percent

NAME = 27  # characters of a model's title
FIGURE = 15
USAGE = 9


def comparison_lines(account: Account, market: MarketSnapshot, found: Comparison) -> Iterator[str]:
    """The models that hold the book, in the order of what they require; then what to know."""
    holding = [each for each in found.standings if each.pools]
    yield heading(market, account.name)
    yield ""
    head = f"{'required, USD':>{FIGURE}}{'usage':>{USAGE}}"
    yield f"{INDENT}{'model':<{NAME}}{head}   label"
    for each in holding:
        yield from _lines(each, account)
    if any(not each.has_initial for each in holding):
        yield ""
        yield f"{INDENT}* maintenance margin: the model has no initial margin"
    yield from _mappings(holding)
    refusing = [each for each in found.standings if not each.pools]
    if refusing:
        yield ""
        yield f"{INDENT}Models that cannot hold the account"
        for each in refusing:
            yield from listed(f"{each.title} ({each.model}): {each.refusal}")


def _lines(standing: Standing, account: Account) -> Iterator[str]:
    """A model with its figures, and its label in a column of its own."""
    said = [standing.label]
    if standing.unmapped:
        said = [f"without {counted(len(standing.unmapped), 'line')}", *said]
    if standing.model == account.model:
        said = ["the account's own", *said]
    if len(standing.pools) > 1:
        said.append(f"sum of {len(standing.pools)} pools, usage of the nearest")
    star = "" if standing.has_initial else " *"
    figures = f"{fixed(standing.required, 2):>{FIGURE}}{percent(standing.usage):>{USAGE}}"
    head = printable(f"{INDENT}{standing.title + star:<{NAME}}{figures}   ")
    first, *more = wrapped("; ".join(said), width=WIDTH - len(head))
    yield f"{head}{first}"
    yield from (f"{' ' * len(head)}{line}" for line in more)


def _mappings(holding: list[Standing]) -> Iterator[str]:
    """How each venue sees the book, once for all its models."""
    seen: dict[str, Standing] = {}
    for each in holding:
        if each.summary or each.unmapped:
            seen.setdefault(each.model.partition("/")[0], each)
    for venue, each in sorted(seen.items()):
        yield ""
        yield f"{INDENT}As {directory.title(venue)} sees the book"
        for note in each.summary:
            yield from listed(note)
        yield from _left_out(each.unmapped)


def _left_out(unmapped: tuple[str, ...]) -> Iterator[str]:
    """Everything that is not mapped, what has one reason together."""
    names: dict[str, list[str]] = {}
    for line in unmapped:
        name, _, reason = line.partition(": ")
        names.setdefault(reason, []).append(name)
    for reason, those in names.items():
        yield from listed(f"not mapped, {reason}: {', '.join(those)}")
