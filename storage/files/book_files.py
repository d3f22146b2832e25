"""Book files on disk: read within a bound, written whole or not at all."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from riskcore import book
from riskcore.book import Book
from riskcore.book_document import MAX_BYTES
from riskcore.errors import BookError
from riskcore.holdings import Account
from riskcore.market import MarketSnapshot
from storage.errors import StorageError
from storage.files import packed

MODE = 0o644


def read_book(path: Path) -> Book:
    """The book in a file, plain or gzip. Raises StorageError or BookError, naming the file."""
    raw = packed.unpacked(path, MAX_BYTES)
    try:
        return book.read(raw)
    except BookError as error:
        raise BookError(f"{path.name}: {error}") from None


def write_book(
    path: Path, accounts: Sequence[Account], market: MarketSnapshot | None = None, name: str = ""
) -> None:
    """These accounts as a book file, in place of what stood there.

    Raises BookError for accounts that make no book, StorageError when it cannot be written; what
    stood there is then untouched.
    """
    made = Book(name or path.stem, tuple(accounts), market)
    replace_text(path, book.write(made))


def replace_text(path: Path, text: str) -> None:
    """A text in place of what stood in a file: after a crash it is the old or the new one.

    Raises StorageError when it cannot be written.
    """
    scratch: Path | None = None
    try:
        target = path.resolve() if path.is_symlink() else path
        handle, made = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
        scratch = Path(made)
        with open(handle, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123, a handle
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        scratch.chmod(target.stat().st_mode & 0o777 if target.exists() else MODE)
        scratch.replace(target)
        scratch = None
        _settle(target.parent)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written ({error.strerror or error}); what stood there is untouched"
        ) from None
    finally:
        if scratch is not None:
            scratch.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """The folder's own entry on the disk, where the system can do that."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
