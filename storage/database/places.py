"""The files that lie beside a database."""

from pathlib import Path


def lock_file(database: Path) -> Path:
    """What the writing copy of the program holds."""
    return database.with_name(f"{database.name}.lock")


def backup_folder(database: Path) -> Path:
    """Where its backups lie."""
    return database.with_name(f"{database.name}.backups")


def backups(database: Path) -> tuple[Path, ...]:
    """Every backup, newest first."""
    return tuple(sorted(backup_folder(database).glob("*.sqlite"), reverse=True))
