"""The commands `import` and `export`: between files and the database."""

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from riskcore import book
from riskcore.book import Book
from riskcore.errors import BookError, HoldingsError, InstrumentError, ParameterError
from riskcore.holdings import Account, Position, Side
from riskcore.instruments import Instrument
from riskcore.journal import changes
from riskcore.naming import directory
from ui.cli.arguments import Mistake
from ui.cli.desk import Desk, counted, printable
from ui.cli.questions import named
from ui.desktop.ports import AccountStore

SOURCE = "import"  # what the audit log calls it
BOOKS = (".json", ".gz")
LISTS = (".csv", ".txt", ".tsv")


def bring(asked: Namespace, desk: Desk) -> int:
    """Take a file into the database, all of it or nothing. Raises a Refusal."""
    kind = asked.file.suffix.lower()
    if kind in BOOKS:
        book_read = desk.read_book(asked.file)
        accounts = _of_book(asked, book_read)
        with desk.writing() as stored:
            _refuse_known(accounts, stored.load())
            for account in accounts:
                _save(desk, stored, None, account)
        for account in accounts:
            held = counted(len(account.holdings.positions), "position")
            desk.say(f"{printable(account.name)}: imported with {held}")
        if book_read.parameters:
            desk.say("the book's parameters are not stored: figures will use the published ones")
        return 0
    if kind not in LISTS:
        raise BookError(
            f"{asked.file.name}: its name ends in {kind or 'nothing'}; a book file (.json) or a "
            "list of positions (.csv) can be imported"
        )
    if asked.venue is None:
        raise Mistake("a list of positions needs --venue V, e.g. --venue deribit")
    positions = _of_list(asked.file, asked.venue, desk)
    with desk.writing() as stored:
        before, after = _with_positions(asked, positions, stored.load(), desk)
        _save(desk, stored, before, after)
    known = set() if before is None else {each.key for each in before.holdings.positions}
    replaced = sum(each.key in known for each in positions)
    desk.say(
        f"{printable(after.name)}: {counted(len(positions) - replaced, 'position')} added, "
        f"{replaced} replaced, {len(after.holdings.positions)} in all"
        f"{f'; a new account under {after.model}' if before is None else ''}"
    )
    return 0


def hand_out(asked: Namespace, desk: Desk) -> int:
    """Write an account of the database to a file. Raises a Refusal."""
    kind = asked.to.suffix.lower()
    if kind not in (".json", ".csv"):
        raise BookError(
            f"{asked.to.name}: its name ends in {kind or 'nothing'}; an account is written as a "
            "book file (.json) or as a list of positions (.csv)"
        )
    with desk.stored() as stored:
        account = named(stored.load(), asked.account, "the database")
    if kind == ".json":
        desk.write_text(asked.to, book.write(Book(account.name, (account,))))
        desk.say(f"{printable(account.name)}: written to {asked.to}")
        return 0
    desk.write_positions(asked.to, account.holdings.positions)
    desk.say(
        f"{printable(account.name)}: its positions are written to {asked.to}; "
        "balances and orders are not in a list, only in a book file (.json)"
    )
    return 0


def _of_book(asked: Namespace, book_read: Book) -> tuple[Account, ...]:
    accounts = book_read.accounts
    if asked.account is not None:
        accounts = (named(accounts, asked.account, asked.file.name),)
    if not accounts:
        raise BookError(f"{asked.file.name}: accounts: the book has none to import")
    elsewhere = [each for each in accounts if asked.venue not in (None, each.venue)]
    if elsewhere:
        raise BookError(
            f"{asked.file.name}: {elsewhere[0].name!r} is at {elsewhere[0].venue}, "
            f"not at {asked.venue}; leave --venue out for a book"
        )
    return accounts


def _refuse_known(accounts: tuple[Account, ...], stored: tuple[Account, ...]) -> None:
    known = {each.name for each in stored} | {each.key for each in stored}
    twice = [each.name for each in accounts if each.name in known]
    if twice:
        raise HoldingsError(
            f"an account named {twice[0]!r} is stored already, so nothing was imported; rename one "
            "of them, or choose others with --account"
        )


def _of_list(path: Path, venue: str, desk: Desk) -> tuple[Position, ...]:
    found = desk.read_positions(path, venue)
    if found.refused:
        first = found.refused[0]
        more = len(found.refused) - 1
        rest = f" ({counted(more, 'further row')} refused)" if more else ""
        raise HoldingsError(
            f"{path.name}, line {first.row}: {first.refused}{rest}; nothing was imported"
        )
    if not found.positions:
        raise HoldingsError(f"{path.name} lists no position; nothing was imported")
    return found.positions


def _with_positions(
    asked: Namespace, positions: tuple[Position, ...], stored: tuple[Account, ...], desk: Desk
) -> tuple[Account | None, Account]:
    """The account before and after; one that a list makes gets a model that holds it."""
    if asked.account is None and any(each.name == asked.file.stem for each in stored):
        raise HoldingsError(
            f"an account named {asked.file.stem!r} is stored already; "
            "say with --account which account the list goes to"
        )
    name = asked.account or asked.file.stem
    before = next((each for each in stored if name in (each.name, each.key)), None)
    if before is not None and before.venue != asked.venue:
        raise HoldingsError(f"{before.name!r} is at {before.venue}, not at {asked.venue}")
    after = before or Account(name, name, asked.venue, _model(asked.venue, positions, desk))
    holdings = after.holdings
    for position in positions:
        holdings = holdings.with_position(position)
    if before is None and any(each.side is not Side.NET for each in positions):
        holdings = replace(holdings, settings=replace(holdings.settings, position_mode="hedge"))
    return before, replace(after, holdings=holdings)


def _model(venue: str, positions: tuple[Position, ...], desk: Desk) -> str:
    """The venue's first model whose wallet holds every position, else its first."""
    names = [each for each in desk.library.names() if each.startswith(f"{venue}/")]
    if not names:
        raise ParameterError(f"no margin model of {venue!r} is known; see main.py models")
    for name in names:
        wallet = getattr(desk.library.bind(name, desk.now()), "wallet", "")
        if not wallet or all(_holds(venue, wallet, each.instrument) for each in positions):
            return name
    return names[0]


def _holds(venue: str, wallet: str, instrument: Instrument) -> bool:
    try:
        return directory.nearest(venue, wallet, instrument) == instrument
    except InstrumentError:
        return False


def _save(desk: Desk, stored: AccountStore, before: Account | None, after: Account) -> None:
    stored.save(after, changes(before, after, desk.now(), SOURCE))
