"""What a start owes a database once the window stands."""

from datetime import datetime
from pathlib import Path

from storage.database.backup import back_up_if_due
from storage.database.engine import Database
from storage.database.history import History


def upkeep(database: Database, now: datetime) -> Path | None:
    """Thins old history and makes the day's backup; the backup's path when one was due.

    May take seconds on a large file, but no long transaction: it runs on a thread of its own,
    beside the writes of the window.
    """
    History(database.sessions).thin()
    return back_up_if_due(database.path, now)
