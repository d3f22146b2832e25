"""What the commands are handed from outside.

main.py builds it, and nothing in it is opened before a command asks.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from riskcore.book import Book
from riskcore.errors import Refusal
from riskcore.holdings import Account, Position
from riskcore.journal import ImportedPositions
from riskcore.margin.registry import Library
from ui.desktop.glossary import Glossary
from ui.desktop.ports import AccountStore, Feed


class Unwritten(Refusal):
    """Standard output that takes nothing, such as a file on a full disk."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a command may use. Every callable may raise a Refusal."""

    library: Library
    read_book: Callable[[Path], Book]
    write_text: Callable[[Path, str], None]  # in place of what stood there, whole or not at all
    open_feed: Callable[[Path], Feed]
    open_demo: Callable[[], tuple[Feed, tuple[Account, ...]]]
    read_positions: Callable[[Path, str], ImportedPositions]  # a list as CSV, of a venue
    write_positions: Callable[[Path, Sequence[Position]], None]
    stored: Callable[[], AbstractContextManager[AccountStore]]  # for reading only
    writing: Callable[[], AbstractContextManager[AccountStore]]  # the one writer
    card: Callable[[str], str]  # what is said of a model, by its name
    glossary: Callable[[], Glossary]  # the words of a breakdown
    now: Callable[[], datetime]
    wait: Callable[[float], None]  # seconds
    out: TextIO

    def say(self, text: str = "") -> None:
        """A line, at once: a replay is watched. Raises Unwritten, or BrokenPipeError."""
        try:
            self.out.write(f"{text}\n")
            self.out.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise Unwritten(f"the output cannot be written: {error.strerror or error}") from None


def printable(text: str) -> str:
    """A text without what would move a terminal's cursor or colour it."""
    return "".join(each if each.isprintable() else " " for each in text)


def counted(number: int, thing: str) -> str:
    """How many of a thing, e.g. "1 step", "2 steps"."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
