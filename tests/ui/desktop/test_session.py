"""ui/desktop/session.py."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pytestqt.qtbot import QtBot

from riskcore.holdings import Account, Position
from riskcore.query import Report
from tests.builders import NOON, instrument
from tests.ui.desktop.stand_ins import MemoryAccounts, desk, noon, services
from ui.desktop.session import Session

Open = Callable[..., Session]


@pytest.fixture
def open_session(qtbot: QtBot) -> Iterator[Open]:
    opened = []

    def make(store: MemoryAccounts | None = None) -> Session:
        store = store or MemoryAccounts({each.key: each for each in (desk(), desk("Other"))})
        opened.append(Session(services(store)))
        return opened[-1]

    yield make
    for session in opened:
        session.close()


@pytest.fixture
def session(qtbot: QtBot, open_session: Open) -> Session:
    made = open_session()
    with qtbot.waitSignal(made.reports_changed):
        made.show_market(noon())
    return made


def with_quantity(account: Account, size: float) -> Account:
    held = account.holdings.with_position(Position(instrument("BTC-PERPETUAL"), size))
    return replace(account, holdings=held)


def settled(qtbot: QtBot, session: Session, act: Callable[[], object]) -> Report:
    """The report after an edit."""
    with qtbot.waitSignal(session.reports_changed):
        act()
    assert session.report is not None
    return session.report


def test_an_edit_gives_a_new_report_and_undo_the_identical_one(
    qtbot: QtBot, session: Session
) -> None:
    before, account = session.report, session.current
    after = settled(qtbot, session, lambda: session.edit(with_quantity(account, 5e5), "More"))
    assert after.results[0].pools != before.results[0].pools
    back = settled(qtbot, session, session.undo.undo)
    assert session.current == account
    assert back.results == before.results
    again = settled(qtbot, session, session.undo.redo)
    assert again.results == after.results


def test_an_edit_is_stored_with_its_audit_lines(qtbot: QtBot, open_session: Open) -> None:
    store = MemoryAccounts({"desk": desk()})
    session = open_session(store)
    with qtbot.waitSignal(session.saved):
        session.edit(with_quantity(session.current, 5e5), "More", "paste")
    assert store.kept["desk"] == session.current
    line = store.lines[-1]
    assert (line.old, line.new, line.source) == ("100000.0", "500000.0", "paste")
    with qtbot.waitSignal(session.saved):
        session.undo.undo()
    assert (store.lines[-1].new, store.lines[-1].source) == ("100000.0", "undo")


def test_steps_with_one_merge_key_are_one_step(session: Session) -> None:
    account = session.current
    for size in (1.0, 2.0, 3.0):
        session.edit(with_quantity(session.current, size), "Nudge", merge="nudge")
    assert session.undo.count() == 1
    session.undo.undo()
    assert session.current == account


def test_steps_that_come_back_to_where_they_began_are_no_step(session: Session) -> None:
    account = session.current
    session.edit(with_quantity(account, 1.0), "Nudge", merge="nudge")
    session.edit(account, "Nudge", merge="nudge")
    assert session.undo.count() == 0


def test_an_edit_that_changes_nothing_is_no_step(session: Session) -> None:
    session.edit(session.current, "Nothing")
    assert session.undo.count() == 0


def test_no_edit_is_lost_when_the_store_fails(qtbot: QtBot, open_session: Open) -> None:
    store = MemoryAccounts({"desk": desk()}, broken="the disk is full")
    session = open_session(store)
    with qtbot.waitSignal(session.save_failed) as failed:
        session.edit(with_quantity(session.current, 1.0), "First")
    assert failed.args == ["the disk is full"]
    assert (session.unsaved, session.save_error) == (1, "the disk is full")
    store.broken = ""
    with qtbot.waitSignal(session.saved):
        session.edit(with_quantity(session.current, 2.0), "Second")
    assert (session.unsaved, session.save_error) == (0, "")
    assert [line.new for line in store.lines] == ["1.0", "2.0"]


def test_closing_saves_what_waits(qtbot: QtBot, open_session: Open) -> None:
    store = MemoryAccounts({"desk": desk()})
    session = open_session(store)
    for size in range(1, 50):
        session.edit(with_quantity(session.current, float(size)), "Edit")
    session.close()
    assert store.kept["desk"].holdings.positions[0].quantity == 49.0
    assert len(store.lines) == 49


def test_an_account_that_is_deleted_comes_back_whole(qtbot: QtBot, open_session: Open) -> None:
    store = MemoryAccounts({each.key: each for each in (desk(), desk("Other"))})
    session = open_session(store)
    gone = session.current
    session.remove_account(gone.key)
    assert session.current.key == "other"
    qtbot.waitUntil(lambda: list(store.kept) == ["other"])
    session.undo.undo()
    assert session.accounts["desk"] == gone
    assert session.current == gone
    qtbot.waitUntil(lambda: list(store.kept) == ["desk", "other"])


def test_a_copy_stands_below_its_original_and_is_shown(session: Session) -> None:
    session.duplicate("desk")
    names = [each.name for each in session.accounts.values()]
    assert names == ["Desk", "Desk copy", "Other"]
    assert session.current.name == "Desk copy"


def test_groups_are_renamed_with_everything_in_them(session: Session) -> None:
    session.move_to_group("desk", "Vol/BTC")
    session.rename_group("Vol", "Desk")
    assert session.groups == ("Desk/BTC",)
    assert session.accounts["desk"].group == "Desk/BTC"
    session.remove_group("Desk/BTC")
    assert session.accounts["desk"].group == "Desk"


def test_an_account_without_a_name_is_refused_and_keeps_its_own(
    qtbot: QtBot, session: Session
) -> None:
    with qtbot.waitSignal(session.refused) as refused:
        session.rename("desk", "  ")
    assert refused.args == ["an account needs a name"]
    assert session.accounts["desk"].name == "Desk"


def test_a_missing_price_makes_the_report_stale_and_says_so(qtbot: QtBot, session: Session) -> None:
    kept = session.report
    account = session.current
    held = account.holdings.with_position(Position(instrument("BTC-25DEC26"), 10.0))
    with qtbot.waitSignal(session.reports_changed):
        session.edit(replace(account, holdings=held), "Add")
    assert "BTC-25DEC26" in session.refusal
    assert session.report is kept
    settled(qtbot, session, session.undo.undo)
    assert session.refusal == ""


def test_every_account_gets_a_report_though_one_is_refused(qtbot: QtBot, session: Session) -> None:
    account = session.current
    held = account.holdings.with_position(Position(instrument("BTC-25DEC26"), 10.0))
    with qtbot.waitSignal(session.reports_changed) as changed:
        session.edit(replace(account, holdings=held), "Add")
    assert set(changed.args[0]) == {"desk", "other"}


def test_the_curve_of_the_account_on_the_screen_follows(qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(session.curve_changed):
        session.edit(with_quantity(session.current, 7.0), "Edit")
    with qtbot.waitSignal(session.curve_changed):
        session.select("other")


def test_history_is_kept_up_to_the_instant_of_the_market(qtbot: QtBot, session: Session) -> None:
    later = NOON + timedelta(minutes=1)
    settled(qtbot, session, lambda: session.show_market(noon(later)))
    assert [each.as_of for each in session.samples()] == [NOON, later]
    settled(qtbot, session, lambda: session.show_market(noon(NOON)))
    assert [each.as_of for each in session.samples()] == [NOON]


def test_history_is_read_again_by_the_next_session(qtbot: QtBot, session: Session) -> None:
    session.close()
    following = Session(replace(session.services))
    with qtbot.waitSignal(following.samples_changed):
        following.show_market(noon(NOON + timedelta(minutes=5)))
    qtbot.waitUntil(lambda: len(following.samples()) == 2)
    following.close()


def test_the_newest_market_wins(qtbot: QtBot, session: Session) -> None:
    last = NOON + timedelta(minutes=30)
    for minute in range(31):
        session.show_market(noon(NOON + timedelta(minutes=minute)))
    qtbot.waitUntil(lambda: session.report.as_of == last)


def test_figures_of_one_model_never_stand_below_the_name_of_another(
    qtbot: QtBot, session: Session
) -> None:
    curves: list[object] = []
    session.curve_changed.connect(curves.append)
    seen: list[object] = []
    session.report_changed.connect(seen.append)
    with qtbot.waitSignal(session.reports_changed):
        session.set_model("desk", "deribit/unknown")
    assert session.report is None
    assert session.reports.keys() == {"other"}
    assert seen == [None]
    assert curves[-1] is None
    with qtbot.waitSignal(session.reports_changed):
        session.undo.undo()
    assert session.report is not None
    assert session.report.results[0].model == session.current.model


def test_a_model_that_is_not_there_is_refused_and_undone(qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(session.reports_changed):
        session.set_model("desk", "deribit/unknown")
    assert "deribit/unknown" in session.refusal
    with qtbot.waitSignal(session.reports_changed):
        session.undo.undo()
    assert session.refusal == ""
