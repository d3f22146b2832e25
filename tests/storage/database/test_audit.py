import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from riskcore.journal import Change
from storage.database import audit
from storage.database.engine import Database
from tests.builders import NOON

LINE = Change(NOON, "desk", "positions/BTC-PERPETUAL/quantity", "1", "2", "key")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET new = '3'",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT id, at, account, place, old, '3', source FROM audit",
    ],
)
def test_the_database_itself_refuses_to_rewrite_the_audit_log(
    database: Database, statement: str
) -> None:
    with database.sessions.begin() as session:
        audit.append(session, [LINE])
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(text(statement))
    with database.sessions() as session:
        assert audit.newest(session, None, 9) == (LINE,)


def test_lines_of_all_accounts_are_read_in_the_order_of_writing(database: Database) -> None:
    other = Change(NOON, "other", "name", "", "x", "import")
    with database.sessions.begin() as session:
        audit.append(session, [LINE, other])
        audit.append(session, [])
    with database.sessions() as session:
        assert audit.newest(session, None, 9) == (other, LINE)
        assert audit.newest(session, "desk", 9) == (LINE,)
