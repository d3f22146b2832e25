"""The words of the command line."""

import argparse
from collections.abc import Sequence
from datetime import datetime
from math import inf, nan
from pathlib import Path
from typing import Any, NoReturn

from riskcore.errors import Refusal
from riskcore.time import instant

PROGRAM = "main.py"
# Options that take exactly one word, so that it is not mistaken for the book.
_VALUED = ("--database", "--parameters-as-of", "--from", "--account", "--speed")
_MODEL = "--model"


class Mistake(Refusal):
    """A command line that cannot be understood."""


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes are one sentence."""

    def error(self, message: str) -> NoReturn:
        """Raises Mistake."""
        raise Mistake(f"{message}; see {self.prog} --help")


def parse(words: Sequence[str]) -> argparse.Namespace:
    """What the words ask for; `command` is None when the window is. Raises Mistake."""
    return parser().parse_args(_book_first(list(words)))


def parser() -> Parser:
    """Every command with its options."""
    top = _example(
        Parser(
            prog=PROGRAM,
            description="The margin workstation. Without a command it opens the window.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        ),
        f"python {PROGRAM}",
        f"python {PROGRAM} margin BOOK.json --model deribit/cross-portfolio",
        f"python {PROGRAM} margin --help",
    )
    _common(top, None, default=False)
    top.add_argument("--version", action="store_true", help="print the version and end")
    commands = top.add_subparsers(
        title="commands", metavar="COMMAND", dest="command", parser_class=Parser
    )
    for add in (_margin, _models, _import, _export, _replay, _screenshots):
        add(commands)
    return top


def _margin(commands: Any) -> None:
    command = _command(
        commands,
        "margin",
        "What every account of a book must post in the book's own market, and why.",
        "margin BOOK.json",
        "margin BOOK.json --model deribit/portfolio deribit/cross-portfolio --json",
        "margin BOOK.json --all-models --parameters-as-of 2026-02-15",
    )
    command.add_argument("book", metavar="BOOK.json", type=Path, help="a counterpoise-book/1 file")
    _which_models(command)
    command.add_argument(
        "--all-models",
        action="store_true",
        help="every model that can hold the book, and why the others cannot",
    )
    _as_of(command)
    command.add_argument("--json", action="store_true", help="write a counterpoise-report/1")


def _models(commands: Any) -> None:
    command = _command(
        commands,
        "models",
        "The margin models, their parameter dates and sources; with a name, one in full.",
        "models",
        "models deribit/cross-portfolio",
    )
    command.add_argument("model", metavar="M", nargs="?", help="a model, to read its card")
    _as_of(command)


def _import(commands: Any) -> None:
    command = _command(
        commands,
        "import",
        "Bring a book file, or a list of positions as CSV, into the database.",
        "import BOOK.json",
        "import positions.csv --venue deribit --account BTC-ETH",
    )
    command.add_argument(
        "file", metavar="FILE", type=Path, help="a book file (.json) or a list of positions (.csv)"
    )
    command.add_argument("--venue", metavar="V", help="the venue of a list, e.g. deribit")
    command.add_argument(
        "--account",
        metavar="A",
        help="of a list: the account it goes to (else one named after the file); "
        "of a book: the only account to take",
    )


def _export(commands: Any) -> None:
    command = _command(
        commands,
        "export",
        "Write an account of the database as a book file or as a list of positions.",
        "export --account BTC-ETH --to btc-eth.json",
        "export --account BTC-ETH --to positions.csv",
    )
    command.add_argument("--account", metavar="A", required=True, help="the account's name")
    command.add_argument(
        "--to", metavar="FILE", type=Path, required=True, help="where to: .json or .csv"
    )


def _replay(commands: Any) -> None:
    command = _command(
        commands,
        "replay",
        "Feed a recorded market through the same engine as live, a line for each step.",
        "replay --from SNAPSHOTS/ BOOK.json",
        "replay --from day.json --account BTC-ETH --model deribit/cross-portfolio --speed 600",
    )
    command.add_argument(
        "book", metavar="BOOK.json", type=Path, nargs="?", help="the accounts, by a book file"
    )
    command.add_argument("--account", metavar="A", help="an account of the database instead")
    command.add_argument(
        "--from",
        dest="source",
        metavar="DIR_OR_FILE",
        type=Path,
        required=True,
        help="a folder of snapshots, or one file",
    )
    _which_models(command)
    _as_of(command)
    command.add_argument(
        "--speed",
        metavar="N",
        type=_speed,
        default=inf,
        help="recorded seconds for each second of the clock; without it as fast as possible",
    )
    command.add_argument(
        "--json", action="store_true", help="write a counterpoise-report/1 on a line for each step"
    )


def _screenshots(commands: Any) -> None:
    command = _command(
        commands,
        "screenshots",
        "Draw every region and theme of the window on the demo book into PNG files.",
        "screenshots --out build/screenshots",
    )
    command.add_argument("--out", metavar="DIR", type=Path, required=True, help="the folder")


def _command(commands: Any, name: str, purpose: str, *examples: str) -> Parser:
    command: Parser = commands.add_parser(
        name,
        help=purpose,
        description=purpose,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _common(command, argparse.SUPPRESS, default=argparse.SUPPRESS)
    return _example(command, *(f"python {PROGRAM} {each}" for each in examples))


def _example(command: Parser, *examples: str) -> Parser:
    command.epilog = "\n  ".join(("examples:", *examples))
    return command


def _common(command: Parser, nothing: str | None, *, default: bool | str) -> None:
    """The options that may stand before a command and behind it."""
    command.add_argument(
        "--database",
        type=Path,
        metavar="PATH",
        default=nothing,
        help="the database (else COUNTERPOISE_DATABASE, else among the user's data)",
    )
    command.add_argument(
        "--debug",
        action="store_true",
        default=default,
        help="show the traceback of an error of the program",
    )


def _which_models(command: Parser) -> None:
    command.add_argument(
        _MODEL,
        dest="models",
        metavar="M",
        nargs="+",
        action="extend",
        default=[],
        help="one or several models (else each account's own)",
    )


def _as_of(command: Parser) -> None:
    command.add_argument(
        "--parameters-as-of",
        metavar="DATE",
        type=_instant,
        help="use the parameters in force then, e.g. 2026-02-15 (else at the market's instant)",
    )


def _instant(text: str) -> datetime:
    try:
        return instant(text)
    except Refusal as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = nan
    if not 0 < speed < inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a speed; give a number above 0, e.g. 60")
    return speed


def _book_first(words: list[str]) -> list[str]:
    """The words with the book straight behind its command, where argparse looks for it."""
    start = next((row for row, word in enumerate(words) if word in ("margin", "replay")), None)
    if start is None:
        return words
    behind = words[start + 1 :]
    listing = False  # whether the words are names of models
    for row, word in enumerate(behind):
        if word.startswith("-"):
            listing = word == _MODEL
        elif not (row and behind[row - 1] in _VALUED) and (not listing or word.endswith(".json")):
            return [*words[: start + 1], word, *behind[:row], *behind[row + 1 :]]
    return words
