"""What a window says to bad input: one sentence, nothing lost, nothing half done, no traceback."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import Engine, event

from storage.files.book_files import write_book
from tests.ui.desktop import grids
from tests.ui.desktop.whole import CONTROL, KEY, SHIFT, WAIT, Program, program, sentence, shown
from ui.desktop import outbox
from ui.desktop.dialogs.parameter_date import ParameterDate
from ui.desktop.dialogs.pasted_rows import PastedRows

ROOT = Path(__file__).parents[3]
MISTAKE = 2  # the exit status of a user's mistake
PUT = "BTC-30OCT26-66000-P"
PLENTY = 1_000_000  # pages of a database

pytestmark = pytest.mark.window


@pytest.fixture
def here(qtbot: QtBot, tmp_path: Path) -> Iterator[Program]:
    """The program with its demo book, at rest."""
    with program(qtbot, tmp_path / "counterpoise.db", speed=1) as opened:
        opened.rest()
        yield opened


@pytest.fixture
def unchanged(here: Program) -> Iterator[None]:
    """Whatever happens: every account, every figure and the undo stack are as they were."""
    accounts, report = dict(here.session.accounts), here.session.report
    yield
    here.settle()
    assert dict(here.session.accounts) == accounts
    assert here.session.report.results == report.results
    assert here.session.undo.count() == 0
    assert here.session.unsaved == 0


class Connections:
    """Every connection that SQLAlchemy opened to SQLite."""

    def __init__(self) -> None:
        self.all: list[sqlite3.Connection] = []
        self.pages = PLENTY

    def note(self, connection: sqlite3.Connection, _record: object) -> None:
        self.all.append(connection)
        self.limit(self.pages)

    def limit(self, pages: int) -> None:
        """Let no database grow beyond so many pages, nor beyond what it has if that is more."""
        self.pages = pages
        for each in self.all:
            with suppress(sqlite3.ProgrammingError):  # it is closed
                each.execute(f"PRAGMA max_page_count = {pages}")


@pytest.fixture
def connections() -> Iterator[Connections]:
    """The connections of this test."""
    noted = Connections()
    event.listen(Engine, "connect", noted.note)
    yield noted
    event.remove(Engine, "connect", noted.note)


@pytest.mark.usefixtures("unchanged")
def test_text_in_a_number_cell_stays_there_to_be_mended(here: Program) -> None:
    panel = here.grid("positions")
    for text in ("12 puts", "-2x", "1,25", "1e999", "1..5", "--3"):
        here.set_cell("positions", PUT, "quantity", text)
        assert grids.editor(panel.view).text() == text
        assert panel.message.isVisible()
        assert sentence(panel.message.text())
        here.press(KEY.Key_Escape)
        assert not panel.view.is_editing
        assert not panel.message.isVisible()


@pytest.mark.usefixtures("unchanged")
def test_a_line_that_is_no_new_position_is_refused_where_it_was_typed(here: Program) -> None:
    panel = here.grid("positions")
    for text, said in (
        ("BTC-30OCT26-66123-P 5", "not quoted in this market; the nearest name is"),
        ("BTC-27FEB26-60000-P 5", "BTC-27FEB26-60000-P is not quoted in this market"),  # expired
        ("DOGE-PERPETUAL 5", "DOGE"),
        ("BTC 30 OCT", "BTC"),
        (f"{PUT} nan", "nan"),
        (f"{PUT} 1e999", "quantity"),
        (f"{PUT} 5 -0.1", "negative"),
        (f"{PUT} 5", f"{PUT} is already held, -20"),
        (PUT, "quantity"),
    ):
        row = panel.model.row_of("entry")
        panel.view.scrollTo(panel.model.index(row, 0))
        grids.click(panel.view, row, 0)
        grids.typing(panel.view, text)
        if popup := QApplication.activePopupWidget():
            QTest.keyClick(popup, KEY.Key_Escape)
        grids.typing(panel.view, "", KEY.Key_Return)
        assert said in sentence(panel.message.text())
        assert grids.editor(panel.view).text() == text
        grids.typing(panel.view, "", KEY.Key_Escape)


def test_a_paste_with_ragged_rows_is_shown_before_any_of_it_is_taken(here: Program) -> None:
    before = here.session.current
    rows = (
        "Instrument\tQuantity\tEntry price",
        "BTC-30OCT26-70000-C\t7\t0.02",
        "BTC-30OCT26-70000-P",
        "BTC-30OCT26-72000-C\tseven\t0.02",
        "ETH-PERPETUAL\tNaN",
        "\t\t",
        "NOTHING-AT-ALL\t5",
        "BTC-30OCT26-72000-P\t-3\t0.03\tand\tmore",
        "BTC-30OCT26-74000-C\t2\t",
    )
    grids.copy("\n".join(rows))
    here.press(KEY.Key_V, CONTROL)
    (preview,) = shown(PastedRows)
    refused = {
        int(preview.table.item(row, 0).text()): preview.table.item(row, 2).text()
        for row in range(preview.table.rowCount())
    }
    assert set(refused) == {3, 4, 5, 7, 8}
    assert preview.take.text() == "Add the 2 other rows"
    assert all(sentence(each) for each in refused.values())
    assert here.session.current == before
    QTest.keyClick(preview, KEY.Key_Escape)
    assert here.session.current == before
    assert here.session.undo.count() == 0

    here.press(KEY.Key_V, CONTROL)
    (preview,) = shown(PastedRows)
    here.click(preview.take)
    here.settle()
    held = {each.instrument.name: each.quantity for each in here.session.current.holdings.positions}
    assert held["BTC-30OCT26-70000-C"] == 7
    assert held["BTC-30OCT26-74000-C"] == 2
    assert here.session.undo.count() == 1
    here.press(KEY.Key_Z, CONTROL)
    assert here.session.current == before


@pytest.mark.usefixtures("unchanged")
def test_a_file_that_cannot_be_read_is_named_with_its_place(
    here: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = json.loads((ROOT / "resources/demo/book.json").read_text(encoding="utf-8"))
    unknown = json.loads(json.dumps(demo))
    unknown["accounts"][0]["positions"][2]["instrument"] = "BTC-31FEB26-60000-P"
    twice = json.loads(json.dumps(demo))
    twice["accounts"][0]["positions"] *= 2
    not_a_number = json.dumps(demo).replace("-1120000.0", "NaN", 1)
    words = json.dumps(demo).replace("-1120000.0", '"many"', 1)
    quoted = written(here, tmp_path / "quoted.json", "Short gamma")
    quote = next(each for each in quoted["market"]["quotes"] if "vol" in each)
    quote["vol"] = -0.5
    unquoted = written(here, tmp_path / "unquoted.json", "Basis carry")
    missing = unquoted["market"]["quotes"].pop()["instrument"]
    for name, text, places in (
        ("negative.json", json.dumps(quoted), ("negative.json", "market.quotes[", "vol")),
        ("unquoted.json", json.dumps(unquoted), ("unquoted.json", f"{missing} has no mark price")),
        ("half.json", json.dumps(demo)[:500], ("half.json",)),
        ("unknown.json", json.dumps(unknown), ("unknown.json", "BTC-31FEB26-60000-P")),
        ("twice.json", json.dumps(twice), ("twice.json", "BTC-PERPETUAL")),
        ("nan.json", not_a_number, ("nan.json",)),
        ("words.json", words, ("words.json", "quantity")),
        ("other.json", "[1, 2]", ("other.json",)),
        ("picture.json", "\x89PNG\0\0", ("picture.json",)),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert_refused(here, monkeypatch, KEY.Key_O, CONTROL, tmp_path / name, places)
    gone = tmp_path / "gone.json"
    assert_refused(here, monkeypatch, KEY.Key_O, CONTROL, gone, ("gone.json",))
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\xd8")
    binary = tmp_path / "binary.csv"
    assert_refused(here, monkeypatch, KEY.Key_I, CONTROL, binary, ("binary.csv",))
    (tmp_path / "market.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    market = tmp_path / "market.csv"
    assert_refused(here, monkeypatch, KEY.Key_O, CONTROL | SHIFT, market, ("market.csv",))


def written(here: Program, path: Path, name: str) -> dict:
    """A book file of one account of the demo with the market it needs, as the document it is."""
    account = next(each for each in here.session.accounts.values() if each.name == name)
    held = [each.instrument for each in account.holdings.positions]
    write_book(path, (account,), here.session.market.restricted(held))
    return json.loads(path.read_text(encoding="utf-8"))


def assert_refused(
    here: Program,
    monkeypatch: pytest.MonkeyPatch,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    path: Path,
    places: tuple[str, ...],
) -> None:
    """A file chosen in the dialog that a key opens is answered by one sentence at the bottom."""
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    here.window.status.say("")
    here.press(key, modifier)
    here.qtbot.waitUntil(lambda: here.said().startswith("▲"), timeout=WAIT)
    said = sentence(here.said())
    for place in places:
        assert place in said, f"{path.name}: {said}"


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("text", ["2026-13-45", "yesterday"])
def test_a_date_that_is_none_is_refused_and_asked_for_again(here: Program, text: str) -> None:
    told: list[str] = []

    def answer() -> None:
        (dialog,) = shown(ParameterDate)
        line = dialog.findChild(QLineEdit)
        line.selectAll()
        QTest.keyClicks(line, text)
        QTest.keyClick(line, KEY.Key_Return)
        told.append(dialog.labelText() if dialog.isVisible() else "")
        QTest.keyClick(dialog, KEY.Key_Escape)

    QTimer.singleShot(300, here.window, answer)
    here.command("parameters of a date")
    assert f"'{text}' is not an instant; write it like" in told[0]
    assert "or a date alone like 2026-02-05" in told[0]
    assert here.session.parameters_as_of is None


def test_a_date_is_taken_after_one_that_was_none(here: Program) -> None:
    def answer() -> None:
        (dialog,) = shown(ParameterDate)
        line = dialog.findChild(QLineEdit)
        for text in ("yesterday", "2026-02-05"):
            line.selectAll()
            QTest.keyClicks(line, text)
            QTest.keyClick(line, KEY.Key_Return)

    QTimer.singleShot(300, here.window, answer)
    here.command("parameters of a date")
    assert here.session.parameters_as_of == datetime(2026, 2, 5, tzinfo=UTC)


def test_a_full_disk_is_said_while_editing_goes_on_and_everything_is_saved_later(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, connections: Connections
) -> None:
    monkeypatch.setattr(outbox, "RETRY", 200)
    database = tmp_path / "counterpoise.db"
    with program(qtbot, database, speed=1) as here:
        here.rest()
        qtbot.waitUntil(lambda: not here.session.unsaved, timeout=WAIT)
        connections.limit(1)
        names = [each.name for each in here.session.market.universe.instruments][:300]
        grids.copy("\n".join(f"{name}\t10" for name in names if name.startswith("BTC-")))
        here.press(KEY.Key_V, CONTROL)
        qtbot.waitUntil(lambda: "not saved" in here.window.status.save.text(), timeout=WAIT)
        assert "the disk is full" in sentence(here.window.status.save.text())
        here.settle()
        here.set_cell("positions", PUT, "quantity", "-33")
        here.settle()
        assert not here.session.refusal
        assert here.session.unsaved == 2
        kept = here.session.current
        connections.limit(PLENTY)
        qtbot.waitUntil(lambda: here.session.unsaved == 0, timeout=WAIT)
        assert "not saved" not in here.window.status.save.text()
        here.press(KEY.Key_Q, CONTROL)
    with program(qtbot, database) as again:
        assert again.session.accounts[kept.key] == kept


def test_a_database_moved_away_while_editing_is_said_and_saved_when_it_is_back(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "RETRY", 200)
    database, elsewhere = tmp_path / "counterpoise.db", tmp_path / "elsewhere.db"
    with program(qtbot, database, speed=1) as here:
        here.rest()
        qtbot.waitUntil(lambda: not here.session.unsaved, timeout=WAIT)
        database.rename(elsewhere)
        here.set_cell("positions", PUT, "quantity", "-34")
        qtbot.waitUntil(lambda: "not saved" in here.window.status.save.text(), timeout=WAIT)
        assert "was moved or replaced" in sentence(here.window.status.save.text())
        here.settle()
        assert not here.session.refusal
        elsewhere.rename(database)
        qtbot.waitUntil(lambda: here.session.unsaved == 0, timeout=WAIT)
        assert "not saved" not in here.window.status.save.text()
        kept = here.session.current
        here.press(KEY.Key_Q, CONTROL)
    with program(qtbot, database) as again:
        assert again.session.accounts[kept.key] == kept
