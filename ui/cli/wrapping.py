"""Long sentences as lines of a terminal."""

from collections.abc import Iterator
from textwrap import wrap

from ui.cli.desk import printable

WIDTH = 100
INDENT = "  "


def wrapped(text: str, first: str = "", later: str = "", width: int = WIDTH) -> Iterator[str]:
    """A text in lines: the first with one indent, those behind it with another."""
    yield from wrap(
        printable(text),
        width,
        initial_indent=first,
        subsequent_indent=later,
        break_on_hyphens=False,
        break_long_words=False,
    )


def listed(text: str, indent: str = INDENT) -> Iterator[str]:
    """A text as one item of a list."""
    return wrapped(f"- {text}", indent, indent + INDENT)
