from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

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
from riskcore.instruments import Future, Instrument, Option, Perpetual, Right, Spot
from riskcore.journal import Change, changes
from storage.database.accounts import Accounts
from storage.database.engine import Database
from storage.errors import NotFound
from tests.builders import NOON, account, instrument

words = st.text(max_size=8)
numbers = st.floats(allow_nan=False, allow_infinity=False)
prices = st.floats(0, 1e300)
positive = st.floats(1e-300, 1e300)
instants = st.datetimes(timezones=st.just(UTC))


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    """Any terms that the core accepts, also such as no venue lists."""
    venue, name = draw(st.sampled_from(("deribit", "okx"))), draw(words)
    base, quote, settlement = draw(words), draw(words), draw(words)
    match draw(st.integers(0, 3)):
        case 0:
            return Spot(venue, name, base, quote, draw(positive))
        case 1:
            return Perpetual(venue, name, base, quote, settlement, draw(positive))
        case 2:
            return Future(venue, name, base, quote, settlement, draw(instants), draw(positive))
    return Option(
        *(venue, name, base, quote, settlement),
        draw(instants),
        draw(positive),
        draw(st.sampled_from(Right)),
        draw(positive),
    )


@st.composite
def positions(draw: st.DrawFn) -> Position:
    """A position with any field set or not."""
    side = draw(st.sampled_from(Side))
    size = draw(numbers)
    return Position(
        draw(instruments()),
        abs(size) if side is Side.LONG else -abs(size) if side is Side.SHORT else size,
        draw(st.none() | prices),
        draw(st.none() | prices),
        side,
        draw(st.sampled_from(MarginMode)),
        draw(st.none() | numbers),
        draw(st.none() | numbers),
        draw(numbers),
    )


balances = st.builds(Balance, numbers, prices, prices)
orders = st.builds(
    Order, instruments(), numbers.filter(lambda size: size != 0), prices, st.booleans()
)
keys = st.tuples(words, words, words, words)


@st.composite
def accounts(draw: st.DrawFn, key: str = "desk") -> Account:
    """An account with everything an account can have."""
    held = draw(st.lists(positions(), max_size=6, unique_by=lambda position: position.key))
    currencies = st.dictionaries(words, balances, max_size=4)
    enabled = st.none() | st.lists(words, max_size=3).map(tuple)
    unticked = draw(st.frozensets(keys, max_size=3))
    return Account(
        key,
        draw(words.filter(str.strip)),
        draw(words),
        draw(words),
        Holdings(
            tuple(held),
            draw(currencies),
            tuple(draw(st.lists(orders, max_size=4))),
            Settings(draw(words), draw(enabled)),
        ),
        draw(words),
        unticked | frozenset(each.key for each in held[: draw(st.integers(0, 2))]),
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(account=accounts())
def test_an_account_is_read_as_it_was_saved_whatever_stood_there(
    database: Database, account: Account
) -> None:
    store = Accounts(database.sessions)
    store.save(account, ())
    (found,) = store.load()
    assert found == account
    assert found.holdings.positions == account.holdings.positions


def test_two_instruments_of_one_name_and_other_terms_are_kept_apart(database: Database) -> None:
    listed = instrument("BTC-PERPETUAL")
    assert isinstance(listed, Perpetual)
    other = replace(listed, multiplier=10.0)
    orders = tuple(Order(each, 1.0, 60_000.0) for each in (listed, other, listed))
    held = replace(account(), holdings=Holdings(orders=orders))
    Accounts(database.sessions).save(held, ())
    assert Accounts(database.sessions).load() == (held,)


def test_half_a_character_does_not_keep_an_account_from_being_saved(database: Database) -> None:
    store = Accounts(database.sessions)
    broken = replace(account("Desk \ud83d"), key="a")
    store.save(broken, changes(None, broken, NOON, "paste"))
    assert store.load() == (replace(account("Desk ?"), key="a"),)


def test_accounts_come_back_in_the_order_the_user_gave_them(database: Database) -> None:
    store = Accounts(database.sessions)
    for name in ("A", "B", "C"):
        store.save(account(name), ())
    store.arrange(["c", "a", "b"], [])
    store.save(account("A", {"BTC-PERPETUAL": 10.0}), ())
    store.save(account("D"), ())
    assert [each.name for each in store.load()] == ["C", "A", "B", "D"]


def test_accounts_left_out_of_an_arrangement_come_last(database: Database) -> None:
    store = Accounts(database.sessions)
    for name in ("A", "B", "C"):
        store.save(account(name), ())
    store.arrange(["c"], [])
    assert [each.key for each in store.load()] == ["c", "a", "b"]


def test_an_empty_group_is_kept_and_a_used_one_is_never_lost(database: Database) -> None:
    store = Accounts(database.sessions)
    store.save(replace(account("A"), group="Desk/Vol"), ())
    store.arrange(["a"], ["Empty", "Other"])
    assert store.groups() == ("Empty", "Other", "Desk/Vol")
    store.arrange(["a"], ["Desk/Vol", "Other"])
    assert store.groups() == ("Desk/Vol", "Other")
    store.save(account("A"), ())
    store.arrange([], [])
    assert store.groups() == ()


def test_a_deleted_account_leaves_its_audit_lines(database: Database) -> None:
    store = Accounts(database.sessions)
    made = account("A", {"BTC-PERPETUAL": 10.0}, {"BTC": 1.0})
    store.save(made, changes(None, made, NOON, "key"))
    store.delete("a", changes(made, None, NOON + timedelta(seconds=1), "undo"))
    assert store.load() == ()
    assert store.audit("a", 9) == (
        Change(NOON + timedelta(seconds=1), "a", "account", "A", "", "undo"),
        Change(NOON, "a", "account", "", "A", "key"),
    )
    store.save(made, ())
    assert store.load() == (made,)


def test_the_newest_audit_lines_come_first_and_only_as_many_as_asked(database: Database) -> None:
    store = Accounts(database.sessions)
    lines = [Change(NOON, "desk", f"place {number}", "", "1", "key") for number in range(5)]
    store.save(account(), lines)
    store.save(account("Other"), [Change(NOON, "other", "place", "", "1", "key")])
    assert store.audit("desk", 2) == (lines[4], lines[3])


def test_an_unknown_account_is_refused_by_its_key(database: Database) -> None:
    store = Accounts(database.sessions)
    store.save(account("A"), ())
    with pytest.raises(NotFound, match=r"^no account 'x' is stored$"):
        store.delete("x", ())
    with pytest.raises(NotFound, match=r"^no account 'x' is stored$"):
        store.arrange(["x", "a"], ["Group"])
    assert store.groups() == ()


def test_an_edit_that_fails_on_its_last_line_changes_nothing(database: Database) -> None:
    store = Accounts(database.sessions)
    before = account("A", {"BTC-PERPETUAL": 10.0}, {"BTC": 1.0})
    store.save(before, ())
    naive = Change(datetime(2026, 2, 5), "a", "x", "", "", "key")  # noqa: DTZ001, what must fail
    with pytest.raises(Exception, match="offset-naive"):
        store.save(account("A", {"ETH-PERPETUAL": 1.0}), [*changes(None, before, NOON, ""), naive])
    assert store.load() == (before,)
    assert store.audit("a", 9) == ()


def test_an_edit_of_one_quantity_writes_one_position(database: Database) -> None:
    store = Accounts(database.sessions)
    held = {f"BTC-27MAR26-{strike}-P": 1.0 for strike in range(20_000, 40_000, 100)}
    store.save(account("A", held), ())
    written = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(_c: object, _x: object, statement: str, values: object, *_: object) -> None:
        if not statement.startswith(("SELECT", "BEGIN")):
            written.append((statement, values))

    store.save(account("A", held | {"BTC-27MAR26-30000-P": 2.0}), ())
    assert len(written) == 1
    assert written[0][0].startswith("UPDATE holding SET quantity=?")
