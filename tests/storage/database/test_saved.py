from storage.database.engine import Database
from storage.database.saved import Workspaces


def test_a_state_replaces_what_stood_under_its_name(database: Database) -> None:
    workspaces = Workspaces(database.sessions)
    workspaces.save("last", b"one")
    workspaces.save("last", bytes(range(256)))
    workspaces.save("2", b"")
    assert workspaces.load("last") == bytes(range(256))
    assert workspaces.load("2") == b""
    assert workspaces.names() == ("2", "last")


def test_a_name_never_saved_has_no_state(database: Database) -> None:
    assert Workspaces(database.sessions).load("last") is None
