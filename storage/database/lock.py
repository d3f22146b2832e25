"""Keeps a second copy of the program off a database, and knows how the last one ended."""

import fcntl
import os
from pathlib import Path

from storage.database.failures import refusal
from storage.database.places import lock_file
from storage.errors import InUse


class Lock:
    """A file beside the database, held for as long as the program writes to it.

    The kernel lets go of it however the program ends; only a proper end empties it. It is never
    removed: two starting copies would otherwise each hold a file of that name.

    Raises InUse when another copy holds it, StorageError when the folder cannot be written.
    """

    def __init__(self, database: Path) -> None:
        try:
            database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(lock_file(database), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise refusal(error, database) from error
        try:
            self._take(database)
        except BaseException:
            os.close(self._file)
            raise

    def _take(self, database: Path) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            holder = os.read(self._file, 20).decode("ascii", "replace").strip()
        except BlockingIOError:
            holder = os.read(self._file, 20).decode("ascii", "replace").strip()
            raise InUse(
                f"{database} is open in another copy of the program"
                f"{f' (process {holder})' if holder else ''}; close that copy or open another file"
            ) from None
        except OSError as error:
            raise refusal(error, database) from error
        self.left_open = bool(holder)
        try:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, f"{os.getpid()}\n".encode("ascii"), 0)
        except OSError as error:
            raise refusal(error, database) from error

    def release(self, *, properly: bool = True) -> None:
        """Let another copy have the database; an end that is not proper is told the next time."""
        if properly:
            os.ftruncate(self._file, 0)
        os.close(self._file)
