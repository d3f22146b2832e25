"""The crash of 4-7 February 2026, replayed in the window under every Deribit model."""

from collections.abc import Iterator
from math import fsum
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from riskcore.query import Report
from tests.ui.desktop.whole import CONTROL, KEY, WAIT, Program, program

BOOK = Path(__file__).parents[2] / "data" / "crash_book.json"
CHAINS = "01_deribit_chain_snapshots_2026"
LATE = "deribit_options_snapshot_20260502T215348Z.csv.gz"
STEPS, TROUGH = 16, 7  # of the four days; the evening of 5 February
MODELS = {
    "Deribit cross portfolio": ("deribit/cross-portfolio", True),
    "Deribit portfolio": ("deribit/portfolio", True),
    "Deribit cross standard": ("deribit/cross-standard", False),
    "Deribit standard": ("deribit/standard", False),
}  # title in the chooser: name, whether it scans scenarios
SENTENCE = "snapshots after 15 Apr 2026 have no perpetual or dated price"

pytestmark = [pytest.mark.window, pytest.mark.shared]


@pytest.fixture
def recording(shared_data: Path, tmp_path: Path) -> Path:
    """The four days, one moment after 15 April, and the prices of futures beside them."""
    folder = tmp_path / "February"
    folder.mkdir()
    names = {each.name for day in (4, 5, 6, 7) for each in chain(shared_data, f"202602{day:02}")}
    names |= {LATE, "perpetual_futures_prices.csv.gz", "term_futures_marks.csv.gz"}
    for name in names:
        (folder / name).symlink_to(shared_data / CHAINS / name)
    assert len(names) == STEPS + 3
    return folder


def chain(shared_data: Path, day: str) -> list[Path]:
    return sorted((shared_data / CHAINS).glob(f"deribit_options_snapshot_{day}T*.csv.gz"))


@pytest.fixture
def crash(
    qtbot: QtBot, tmp_path: Path, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Program]:
    """The window with the recording and the book opened in it."""
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(recording))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(BOOK), ""))
    with program(qtbot, tmp_path / "counterpoise.db", speed=1) as here:
        here.rest()
        here.press(KEY.Key_O, CONTROL)
        qtbot.waitUntil(lambda: here.session.current.name == "Crash replay", timeout=WAIT)
        here.command("folder of recorded")
        qtbot.waitUntil(lambda: here.window.player.steps == STEPS + 1, timeout=WAIT)
        here.rest()
        assert not here.window.top.feed.badge.isVisible(), "nothing is synthetic here"
        yield here


def test_usage_rises_and_every_figure_is_the_sum_of_its_tree_under_all_four_models(
    crash: Program,
) -> None:
    forward = True
    for title, (model, scans) in MODELS.items():
        choose_model(crash, title)
        assert crash.session.report.results[0].model == model
        usage: dict[int, dict[str, float]] = {}
        for turn in range(STEPS):
            step = turn if forward else STEPS - 1 - turn
            assert crash.window.player.step == step
            usage[step] = looked_at(crash, scans=scans)
            if turn < STEPS - 1:
                crash.press(KEY.Key_Right if forward else KEY.Key_Left, CONTROL)
                crash.settle()
        for pool, before in usage[0].items():
            assert usage[TROUGH][pool] > 1.4 * before, f"{model}, {pool}"
        fullest = {step: max(each.values()) for step, each in usage.items()}
        assert max(fullest, key=fullest.__getitem__) == TROUGH, model
        forward = not forward
    assert len(crash.session.current.holdings.positions) == 14


def test_after_15_april_it_is_refused_with_the_sentence_and_nothing_is_lost(
    crash: Program,
) -> None:
    window, session = crash.window, crash.session
    crash.press(KEY.Key_Right, CONTROL, times=STEPS - 1)
    crash.settle()
    curve = crash.panel("spot").frame.legend
    crash.qtbot.waitUntil(lambda: bool(curve.accessibleDescription()), timeout=WAIT)
    last, accounts = session.report, dict(session.accounts)
    shown = crash.tile("Initial margin")
    crash.press(KEY.Key_Right, CONTROL)
    crash.settle()
    assert SENTENCE in session.refusal
    assert SENTENCE in crash.said()
    assert SENTENCE in crash.grid("positions").message.text()
    assert crash.grid("positions").message.isVisible()
    assert "stale" in window.status.age.text()
    assert crash.panel("summary").tiles[0].note().startswith("stale ")
    assert crash.panel("explain").hint.text().startswith("stale ")
    for plot in ("matrix", "spot"):  # the usage plot has nothing of the last 24 hours
        assert "stale" in crash.panel(plot).frame.legend.accessibleDescription(), plot
    assert all(
        row.is_faded for row in crash.grid("positions").model.rows if row.kind.value == "line"
    )
    assert crash.tile("Initial margin") == shown
    assert session.report is last
    assert dict(session.accounts) == accounts
    crash.press(KEY.Key_Left, CONTROL)
    crash.settle()
    assert session.refusal == ""
    assert session.report.results == last.results
    assert not crash.grid("positions").message.isVisible()
    assert "stale" not in crash.panel("explain").hint.text()


def choose_model(crash: Program, title: str) -> None:
    """By the chip in the top bar."""
    chip = crash.window.top.model
    crash.click(chip)
    crash.pick(chip.menu, title)
    crash.settle()
    assert crash.window.top.model.accessibleName().startswith(f"Model: {title}")


def looked_at(crash: Program, *, scans: bool) -> dict[str, float]:
    """Usage by pool, once what the panels show has been checked against the report."""
    report = crash.session.report
    assert crash.session.refusal == ""
    assert report.as_of == crash.session.market.as_of
    explained(crash)
    matches_the_summary(crash, report)
    worst = report.results[0].nearest.requirement.worst_scenario
    matrix = crash.panel("matrix")
    if scans:
        assert "%" in worst
        assert "vol" in worst
        notes = crash.panel("summary").tiles[1].reading.notes
        assert worst in notes
        assert "worst" in matrix.frame.legend.accessibleDescription()
    else:
        assert worst == ""
        assert "looks at no scenarios" in matrix.frame.sentence.text()
    return {
        pool.requirement.pool: pool.requirement.initial.amount / pool.requirement.equity.amount
        for pool in report.results[0].pools
    }


def explained(crash: Program) -> None:
    """Every line of Explain, as the screen has them, is the sum of the lines below it."""
    model = crash.panel("explain").model
    waiting, seen = [model.index(0, 0)], 0
    while waiting:
        index = waiting.pop()
        below = [model.index(row, 0, index) for row in range(model.rowCount(index))]
        waiting += below
        lines = [model.line(each) for each in below]
        parts = [each.component.amount for each in lines if each.against is None]
        if parts:
            amount = model.line(index).component.amount
            assert fsum(parts) == pytest.approx(amount, rel=1e-9, abs=1e-9)
            seen += 1
    assert seen >= 3
    leaves = fsum(
        each.component.amount
        for each in model.lines()
        if not each.losing and not each.component.parts
    )
    root = model.line(model.index(0, 0, QModelIndex()))
    assert leaves == pytest.approx(root.component.amount, rel=1e-9)


def matches_the_summary(crash: Program, report: Report) -> None:
    """Summary and Explain show one requirement."""
    required = report.results[0].nearest.requirement
    root = crash.panel("explain").model.line(crash.panel("explain").model.index(0, 0))
    assert root.component.amount == required.initial.amount
    assert crash.tile("Initial margin") in crash.panel("explain").heading.text()
