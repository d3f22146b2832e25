"""A database of its own for every test, and the rights of an ordinary user."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from storage.database.engine import Database, open_database

NOBODY = 65534


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a database would be."""
    return tmp_path / "desk.sqlite"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    """An open, empty database."""
    with open_database(path) as opened:
        yield opened


@pytest.fixture
def public_path() -> Iterator[Path]:
    """Where a database would be that an ordinary user may reach."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder / "desk.sqlite"
    folder.chmod(0o700)
    shutil.rmtree(folder)


@pytest.fixture
def as_ordinary_user() -> Callable[[Path], AbstractContextManager[None]]:
    """Gives a folder to an ordinary user and acts as that user: to root nothing is read-only."""

    @contextmanager
    def act(folder: Path) -> Iterator[None]:
        if os.geteuid() != 0:
            yield
            return
        for each in (folder, *folder.rglob("*")):
            os.chown(each, NOBODY, NOBODY)
        os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(0)

    return act
