import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from riskcore.holdings import (
    Account,
    Balance,
    Holdings,
    MarginMode,
    Order,
    Position,
    Settings,
    Side,
)
from riskcore.journal import changes
from riskcore.query import Sample
from storage.database import engine, upgrade
from storage.database.accounts import Accounts
from storage.database.engine import Database, open_database, read_database
from storage.database.history import History
from storage.database.places import backups
from storage.database.saved import Workspaces
from storage.database.schema import VERSION, Base
from storage.database.snapshots import Snapshots
from storage.errors import StorageError
from tests.builders import NOON, instrument, market

RELEASED = Path(__file__).parents[2] / "databases"

NEXT = """
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("CREATE TABLE later (id INTEGER)")
    op.execute("{statement}")
"""

# What tests/databases/v1.sqlite holds: it was written by fill() when version 1 was released.
RICH = Account(
    "rich",
    "Vol desk, BTC and ETH",
    "deribit",
    "deribit/cross-portfolio",
    Holdings(
        (
            Position(instrument("BTC-27MAR26-60000-P"), -120.0, 0.0418),
            Position(
                instrument("BTC-PERPETUAL"),
                1_250_000.0,
                66_020.5,
                67_400.0,
                accrued_funding=-0.0125,
            ),
            Position(
                instrument("ETH_USDC-PERPETUAL"),
                -10.0,
                side=Side.SHORT,
                margin_mode=MarginMode.ISOLATED,
                leverage=5.0,
                isolated_margin=4_000.0,
            ),
            Position(instrument("ETH-27MAR26"), 5_000.0),
        ),
        {"BTC": Balance(12.5), "USDC": Balance(250_000.0, 1_000.0, 0.5)},
        (
            Order(instrument("BTC-PERPETUAL"), 10_000.0, 60_000.0),
            Order(instrument("BTC-PERPETUAL"), -10_000.0, 80_000.0, reduce_only=True),
        ),
        Settings("hedge", ("BTC", "USDC")),
    ),
    "Desk/Vol",
    frozenset({("deribit", "ETH-27MAR26", "net", "cross")}),
)
PLAIN = Account("plain", "Empty one", "deribit", "deribit/standard")
MARKET = market("BTC-PERPETUAL", "BTC-27MAR26-60000-P", "ETH-27MAR26")
POINT = Sample("rich", NOON, "deribit/cross-portfolio", 1e6, None, 5e5, 9e5, 0.5, "spot -15 %")


def fill(database: Database) -> None:
    """Put one of everything into it."""
    store = Accounts(database.sessions)
    for each in (PLAIN, RICH):
        store.save(each, changes(None, each, NOON, "import"))
    store.arrange(["rich", "plain"], ["Desk/Vol", "Empty group"])
    Snapshots(database.sessions).save(MARKET)
    History(database.sessions).append([POINT])
    Workspaces(database.sessions).save("last", b"\x00state")


@pytest.fixture(params=sorted(RELEASED.glob("v*.sqlite")), ids=lambda file: file.stem)
def released(request: pytest.FixtureRequest, path: Path) -> Path:
    """A database of every version that was ever released."""
    shutil.copy(request.param, path)
    return path


def test_a_database_of_every_released_version_opens_with_all_it_held(released: Path) -> None:
    with open_database(released) as database:
        store = Accounts(database.sessions)
        assert store.load() == (RICH, PLAIN)
        assert store.groups() == ("Desk/Vol", "Empty group")
        assert store.audit("rich", 9) == changes(None, RICH, NOON, "import")
        found = Snapshots(database.sessions).load("", NOON)
        assert found.universe.instruments == MARKET.universe.instruments
        assert found.mark.tolist() == MARKET.mark.tolist()
        assert History(database.sessions).read("rich", NOON - timedelta(days=1)) == (POINT,)
        assert Workspaces(database.sessions).load("last") == b"\x00state"


def test_every_version_has_its_file() -> None:
    files = {f"v{number}.sqlite" for number in range(1, int(VERSION) + 1)}
    assert {each.name for each in RELEASED.glob("*.sqlite")} == files


def test_an_upgraded_database_has_the_schema_the_rows_expect(released: Path) -> None:
    with open_database(released) as database, database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_the_newest_migration_is_the_version_the_program_names() -> None:
    config = Config()
    config.set_main_option("script_location", str(upgrade.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [VERSION]


@pytest.fixture
def next_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """A program one version ahead, whose migration ends with the statement of the test."""
    copy = tmp_path / "migrations"
    shutil.copytree(upgrade.MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    statement = request.param
    (copy / "versions" / "next.py").write_text(NEXT.format(statement=statement))
    monkeypatch.setattr(upgrade, "MIGRATIONS", copy)
    for module in (upgrade, engine):
        monkeypatch.setattr(module, "VERSION", "0002")


@pytest.mark.usefixtures("next_version")
@pytest.mark.parametrize("next_version", ["DELETE FROM workspace"], indirect=True)
def test_an_upgrade_is_preceded_by_a_backup_of_the_old_version(released: Path) -> None:
    with open_database(released) as database, database.engine.connect() as connection:
        connection.execute(text("SELECT id FROM later"))
        assert Workspaces(database.sessions).names() == ()
    (backup,) = backups(released)
    assert backup.stem.endswith("-before-version-2")
    with closing(sqlite3.connect(backup)) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert old.execute("SELECT name FROM workspace").fetchall() == [("last",)]
    with open_database(released):
        assert backups(released) == (backup,)


@pytest.mark.usefixtures("next_version")
@pytest.mark.parametrize("next_version", ["SELECT no_such_column FROM account"], indirect=True)
def test_an_upgrade_that_fails_leaves_the_old_version_whole(released: Path) -> None:
    for _ in range(2):
        with pytest.raises(OperationalError, match="no_such_column"):
            open_database(released)
    with closing(sqlite3.connect(released)) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert old.execute("SELECT name FROM sqlite_master WHERE name = 'later'").fetchall() == []


@pytest.mark.usefixtures("next_version")
@pytest.mark.parametrize("next_version", ["SELECT 1"], indirect=True)
def test_a_command_does_not_upgrade_but_says_what_would(released: Path) -> None:
    with pytest.raises(StorageError, match=r"has schema version 1 and .* reads version 2; open it"):
        read_database(released)
