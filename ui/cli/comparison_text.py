"""One account under every model as text for a terminal: a ranked table, mappings, refusals."""

from collections.abc import Iterator
from textwrap import wrap

from riskcore.analysis.comparison import Comparison, Standing
from riskcore.holdings import Account
from riskcore.market import MarketSnapshot
from riskcore.naming import directory
from ui.cli.desk import counted, printable
from ui.cli.margin_text import heading
from ui.desktop.formats import fixed, percent

WIDTH = 100
INDENT = "  "
NAME = 40  # characters of a model's title
FIGURE = 18
USAGE = 11


def comparison_lines(account: Account, market: MarketSnapshot, found: Comparison) -> Iterator[str]:
    """The models that hold the book, in the order of what they require; then what to know."""
    holding = [each for each in found.standings if each.pools]
    yield heading(market, account.name)
    yield ""
    head = f"{'required, USD':>{FIGURE}}{'usage':>{USAGE}}"
    yield f"{INDENT}{'model':<{NAME}}{head}   label"
    yield from (f"{INDENT}{_line(each, account)}" for each in holding)
    if any(not each.has_initial for each in holding):
        yield ""
        yield f"{INDENT}* maintenance margin: the model has no initial margin"
    yield from _mappings(holding)
    refusing = [each for each in found.standings if not each.pools]
    if refusing:
        yield ""
        yield f"{INDENT}Models that cannot hold the account"
        for each in refusing:
            yield f"{INDENT}- {printable(f'{each.title} ({each.model}): {each.refusal}')}"


def _line(standing: Standing, account: Account) -> str:
    own = ", the account's" if standing.model == account.model else ""
    star = "" if standing.has_initial else " *"
    said = [standing.label]
    if standing.unmapped:
        said = [f"without {counted(len(standing.unmapped), 'line')}", *said]
    if len(standing.pools) > 1:
        said.append(f"sum of {len(standing.pools)} pools, usage of the nearest")
    figures = f"{fixed(standing.required, 2):>{FIGURE}}{percent(standing.usage):>{USAGE}}"
    return printable(f"{standing.title + own + star:<{NAME}}{figures}   {'; '.join(said)}")


def _mappings(holding: list[Standing]) -> Iterator[str]:
    """How each venue sees the book, once for all its models."""
    seen: dict[str, Standing] = {}
    for each in holding:
        if each.summary or each.unmapped:
            seen.setdefault(each.model.partition("/")[0], each)
    for venue, each in sorted(seen.items()):
        yield ""
        yield f"{INDENT}As {directory.title(venue)} sees the book"
        yield from (f"{INDENT}- {printable(note)}" for note in each.summary)
        yield from _left_out(each.unmapped)


def _left_out(unmapped: tuple[str, ...]) -> Iterator[str]:
    """Everything that is not mapped, what has one reason together."""
    names: dict[str, list[str]] = {}
    for line in unmapped:
        name, _, reason = line.partition(": ")
        names.setdefault(reason, []).append(name)
    for reason, those in names.items():
        yield from wrap(
            printable(f"- not mapped, {reason}: {', '.join(those)}"),
            WIDTH,
            initial_indent=INDENT,
            subsequent_indent=2 * INDENT,
            break_on_hyphens=False,
        )
