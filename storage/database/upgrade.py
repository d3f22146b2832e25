"""Which schema version a database has, and how it becomes the newest."""

import sqlite3
from pathlib import Path

from sqlalchemy import Connection

from storage.database.failures import NOT_OURS, told
from storage.database.schema import APPLICATION, VERSION
from storage.errors import NewerFile

MIGRATIONS = Path(__file__).parent / "migrations"


def version(connection: sqlite3.Connection, path: Path) -> str:
    """The schema version; empty for a database without any table.

    Raises NewerFile for one that a later program made, StorageError for one of another program.
    """
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if not tables:
        return ""
    mark = connection.execute("PRAGMA application_id").fetchone()[0]
    if mark != APPLICATION or "alembic_version" not in tables:
        raise told(NOT_OURS, path)
    found = str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    if found > VERSION:
        raise NewerFile(
            f"{path} has schema version {int(found)} and this program knows versions up to "
            f"{int(VERSION)}; open it with the newer program that wrote it"
        )
    return found


def upgrade(connection: Connection) -> None:
    """Bring a database to the newest version, in the transaction of the connection."""
    from alembic import command  # noqa: PLC0415, needed once per version and slow to import
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
