"""Reads the command line, opens what is needed, and opens the window or runs a command.

The only file that knows every package. What a command does not need is not imported: a margin of
a book file must not wait for Qt or the database.
"""

import os
import platform
import sys
import tomllib
import traceback
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import sleep

from riskcore.book import Book
from riskcore.errors import BookError, ParameterError, Refusal
from riskcore.holdings import Account, Position
from riskcore.journal import ImportedPositions
from riskcore.margin.registry import Library
from riskcore.market import MarketSnapshot
from ui.cli import arguments, commands, demo
from ui.cli.desk import Desk, Unwritten
from ui.cli.display import has_display
from ui.desktop import glossary
from ui.desktop.ports import AccountStore, Feed, Services

RESOURCES = Path(__file__).resolve().parent / "resources"
PROGRAM = "counterpoise"
DATABASE = "counterpoise.db"
ENVIRONMENT = "COUNTERPOISE_DATABASE"

MISTAKE = 2  # of the user
CRASH = 70  # an error of the program, as sysexits.h numbers it
INTERRUPTED = 130
NOBODY_READS = 141


def main(words: Sequence[str]) -> int:
    """Do what the words ask for; the exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a console that knows few letters
    try:
        status = run(words)
        sys.stdout.flush()
    except Refusal as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        if isinstance(error, Unwritten):
            drop_output()
        return MISTAKE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        drop_output()
        return NOBODY_READS
    except Exception as error:  # noqa: BLE001  the last resort: it becomes a crash report
        if "--debug" in words:
            traceback.print_exception(error)
        print(crash_sentence(error, words), file=sys.stderr)
        return CRASH
    return status


def drop_output() -> None:
    """Let what is still to be written go nowhere, so that ending says nothing more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run(words: Sequence[str]) -> int:
    """Parse the words and do what they ask for. Raises a Refusal."""
    asked = arguments.parse(words)
    if asked.version:
        print(f"Counterpoise {version()}")
        return 0
    path = database_path(asked.database)
    if asked.command in commands.COMMANDS:
        return commands.run(asked, desk(path))
    if asked.command == "screenshots":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        from ui.desktop import screenshots

        with opened(path) as services:
            return screenshots.run(services, asked.out)
    if not has_display(os.environ):
        return demo.run(desk(path))
    return show_window(path)


def show_window(database: Path) -> int:
    """The window; a Refusal to open what it needs is shown in one of its own, then raised."""
    from ui.desktop import app, start_refused

    with ExitStack() as stack:
        try:
            services = stack.enter_context(opened(database))
        except Refusal as error:
            start_refused.show(" ".join(str(error).split()), [arguments.PROGRAM], RESOURCES)
            raise
        return app.run(services, [arguments.PROGRAM])


def database_path(asked: Path | None) -> Path:
    """The database: as asked, else by the environment, else among the user's data."""
    if asked is not None:
        return asked
    if named := os.environ.get(ENVIRONMENT):
        return Path(named)
    return user_folder() / DATABASE


def user_folder() -> Path:
    """Where the system keeps a user's data."""
    from platformdirs import user_data_dir

    return Path(user_data_dir(PROGRAM, appauthor=False))


def version() -> str:
    """The version of this program, which stands in pyproject.toml."""
    with (RESOURCES.parent / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def library() -> Library:
    """The margin models with every parameter file of the project."""
    folder = RESOURCES / "parameters"
    files = sorted(folder.rglob("*.toml"))
    return Library(
        {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}
    )


def with_users_files(database: Path) -> tuple[Library, tuple[str, ...]]:
    """The margin models with the user's own parameter files too, and what is wrong with those."""
    from storage.files.parameter_files import read_parameter_folder

    texts, unread = read_parameter_folder(database)
    if not texts:
        return library(), unread
    grown, refused = library().with_yours(texts)
    return grown, (*unread, *refused)


def checked_library(database: Path) -> Library:
    """The same for a command, which refuses a broken file. Raises ParameterError."""
    found, refused = with_users_files(database)
    if refused:
        more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
        raise ParameterError(f"{refused[0]}{more}")
    return found


def card(model: str) -> str:
    """What is said of a model."""
    path = RESOURCES / "docs" / "models" / f"{model.replace('/', '-')}.md"
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        raise ParameterError(f"the card of {model!r} is missing: {path.name}") from None


def desk(database: Path) -> Desk:
    """What the commands are handed."""
    return Desk(
        library=checked_library(database),
        read_book=read_book,
        write_text=write_text,
        open_feed=open_feed,
        open_demo=open_demo,
        read_positions=read_list,
        write_positions=write_list,
        stored=lambda: stored(database),
        writing=lambda: writing(database),
        card=card,
        glossary=lambda: glossary.load(RESOURCES),
        now=now,
        wait=sleep,
        out=sys.stdout,
    )


@contextmanager
def opened(path: Path) -> Iterator[Services]:
    """Everything the window is handed, with the database open for as long as it is used."""
    from storage.database.accounts import Accounts
    from storage.database.engine import open_database
    from storage.database.history import History
    from storage.database.saved import Workspaces
    from storage.database.upkeep import upkeep
    from storage.files.book_files import write_book
    from storage.files.positions import read_positions

    feed, accounts = open_demo()
    with open_database(path) as database:
        upkeep(database, now())
        found, refused = with_users_files(path)
        yield Services(
            accounts=Accounts(database.sessions),
            history=History(database.sessions),
            workspaces=Workspaces(database.sessions),
            library=found,
            refused_parameters=refused,
            demo_feed=feed,
            demo_accounts=accounts,
            open_feed=open_feed,
            read_positions=read_positions,
            read_book=_accounts_and_market,
            write_book=write_book,
            resources=RESOURCES,
            database=str(database.path),
            recovered=database.recovered,
            version=version(),
        )


@contextmanager
def stored(path: Path) -> Iterator[AccountStore]:
    """The accounts of a database, to read."""
    from storage.database.accounts import Accounts
    from storage.database.engine import read_database

    with read_database(path) as database:
        yield Accounts(database.sessions)


@contextmanager
def writing(path: Path) -> Iterator[AccountStore]:
    """The accounts of a database, to change."""
    from storage.database.accounts import Accounts
    from storage.database.engine import open_database

    with open_database(path) as database:
        yield Accounts(database.sessions)


def read_book(path: Path) -> Book:
    """The book in a file."""
    from storage.files.book_files import read_book as read

    return read(path)


def _accounts_and_market(path: Path) -> tuple[tuple[Account, ...], MarketSnapshot | None]:
    book = read_book(path)
    if book.parameters:  # figures that a book's own parameters change must not look published
        raise BookError(
            f"{path.name}: parameters: the window computes with the published ones; remove this "
            "key, or ask for the figures with `margin` on the command line"
        )
    return book.accounts, book.market


def write_text(path: Path, text: str) -> None:
    """A text as a file, in place of what stood there."""
    from storage.files.book_files import replace_text

    replace_text(path, text)


def read_list(path: Path, venue: str) -> ImportedPositions:
    """The positions listed in a file."""
    from storage.files.position_files import read_position_file

    return read_position_file(path, venue)


def write_list(path: Path, positions: Sequence[Position]) -> None:
    """Positions as CSV, in place of what stood there."""
    from storage.files.position_files import write_position_file

    write_position_file(path, positions)


def open_feed(path: Path) -> Feed:
    """A recorded market as a feed."""
    from storage.feeds.replay import open_replay

    return open_replay(path)


def open_demo() -> tuple[Feed, tuple[Account, ...]]:
    """The made market and the book of the demo."""
    from storage.feeds.demo import open_demo as made

    folder = RESOURCES / "demo"
    return made(folder), read_book(folder / "book.json").accounts


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def crash_sentence(error: Exception, words: Sequence[str]) -> str:
    """What the user is told of an error of the program; the rest goes into a report file."""
    what = f"an error of the program ({type(error).__name__}) ended it"
    try:
        path = write_crash(error, words, crash_folder(words))
    except OSError as failure:
        return f"{what}, and no crash report could be written: {failure.strerror or failure}"
    return f"{what}; nothing saved is lost, and the crash report is {path}"


def crash_folder(words: Sequence[str]) -> Path:
    """Beside the database, where the window puts its reports too."""
    try:
        asked = arguments.parse(words).database
    except Refusal:
        asked = None
    return database_path(asked).absolute().parent / "crashes"


def write_crash(error: Exception, words: Sequence[str], folder: Path) -> Path:
    """The crash report, with what is needed to find the error."""
    at = now()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"crash-{at:%Y%m%dT%H%M%S%f}Z.txt"
    lines = (
        f"{PROGRAM} crash report, {at:%Y-%m-%d %H:%M:%S} UTC",
        f"Python {platform.python_version()} on {platform.platform()}",
        f"command line: {' '.join(words) or '(none)'}",
        "",
        "".join(traceback.format_exception(error)),
    )
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
