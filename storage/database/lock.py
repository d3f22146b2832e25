"""Keeps a second copy of the program off a database, and knows how the last one ended."""

import fcntl
import os
from io import FileIO
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
            self._file = FileIO(os.open(lock_file(database), os.O_RDWR | os.O_CREAT, 0o600), "r+")
        except OSError as error:
            raise refusal(error, database) from error
        try:
            self.left_open = self._take(database)
        except OSError as error:
            self._file.close()
            raise refusal(error, database) from error
        except InUse:
            self._file.close()
            raise

    def _take(self, database: Path) -> bool:
        """Hold the file; whether whoever held it last ended without emptying it."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = self._file.read(20).decode("ascii", "replace").strip()
            raise InUse(
                f"{database} is open in another copy of the program"
                f"{f' (process {holder})' if holder else ''}; close that copy or open another file"
            ) from None
        left_open = bool(self._file.read(20))
        self._file.seek(0)
        self._file.truncate(self._file.write(f"{os.getpid()}\n".encode("ascii")))
        return left_open

    def release(self, *, properly: bool = True) -> None:
        """Let another copy have the database; an end that is not proper is told the next time."""
        if self._file.closed:
            return
        if properly:
            self._file.truncate(0)
        self._file.close()
