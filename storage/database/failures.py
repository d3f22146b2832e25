"""Turns what the disk and SQLite report into sentences, in one place."""

import errno
import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from storage.database.places import backups
from storage.errors import StorageError

FULL = "the disk is full: {path} could not be written; free some space"
READ_ONLY = (
    "{path} cannot be written because the file or its folder is read-only; "
    "make both writable or choose a database elsewhere"
)
UNREADABLE = "{path} cannot be opened; choose a file in a folder that you may read and write"
DAMAGED = "{path} is damaged; {way_out}"
NOT_OURS = "{path} is not a Counterpoise database; {way_out}"
MOVED = "{path} was moved or replaced while it was open; move it back to where it was"
BUSY = "{path} is being written by another program; close that one and try again"
FAILING = "{path} could not be read or written: {reason}; check the disk it lies on"

_BY_ERRNO = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EACCES: READ_ONLY,
    errno.EPERM: READ_ONLY,
    errno.EROFS: READ_ONLY,
    errno.ENOTDIR: UNREADABLE,
    errno.EISDIR: UNREADABLE,
    errno.ENOENT: UNREADABLE,
    errno.EEXIST: UNREADABLE,  # its folder is a file
}
_BY_CODE = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: UNREADABLE,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: NOT_OURS,
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_IOERR: FAILING,
}
_SCRAP = 1 << 16  # bytes; SQLite reports a full disk as a failing one when its index cannot grow


def refusal(error: OSError | sqlite3.Error, path: Path) -> StorageError:
    """The sentence for what went wrong with a database file.

    Raises the error itself when neither the disk nor the user can be its cause.
    """
    if isinstance(error, OSError):
        text = _BY_ERRNO.get(error.errno or 0, FAILING)
        return told(text, path, error.strerror or "")
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code not in _BY_CODE:
        raise error
    text = FULL if code == sqlite3.SQLITE_IOERR and _no_room(path) else _BY_CODE[code]
    return told(text, path, str(error))


def told(text: str, path: Path, reason: str = "") -> StorageError:
    """A sentence with the file's name, the reason and the way out filled in."""
    newest = next(iter(backups(path)), None)
    way_out = "choose another file" if newest is None else f"restore its newest backup, {newest}"
    return StorageError(text.format(path=path, reason=reason, way_out=way_out))


def translate(engine: Engine, path: Path) -> None:
    """Make every statement of an engine fail with a sentence where there is one."""

    @event.listens_for(engine, "handle_error")
    def replace(context: ExceptionContext) -> None:
        error = context.original_exception
        if isinstance(error, sqlite3.Error):
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in _BY_CODE:
                raise refusal(error, path) from error


def _no_room(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _SCRAP
    except OSError:
        return False
