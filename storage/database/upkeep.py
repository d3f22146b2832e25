"""What a start owes a database once the window stands."""

from datetime import datetime
from pathlib import Path

from storage.database.backup import back_up_if_due
from storage.database.engine import Database
from storage.database.history import History


def upkeep(database: Database, now: datetime) -> Path | None:
    """Thins old history and makes the day's backup; the backup's path when one was due.

    May take seconds on a large file and no longer than a tenth in one transaction, so it runs beside
    the writes of the window, on a thread of its own.
    """
    History(database.sessions).thin()
    return back_up_if_due(database.path, now)
