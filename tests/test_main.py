"""The real program, started as a user starts it."""

import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import main
from riskcore import book, report_file
from riskcore.book import Book
from riskcore.errors import BookError
from tests.builders import account, market

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("BTC-PERPETUAL", "BTC-27FEB26-60000-P", "BTC-27MAR26-80000-C", "ETH-PERPETUAL")
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    """The environment of a user without a display, whose data lie in a folder of the test."""
    kept = {name: value for name, value in os.environ.items() if name not in DISPLAYS}
    return kept | {
        "COUNTERPOISE_DATABASE": str(tmp_path / "desk.db"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
    }


@pytest.fixture
def run(surroundings: dict[str, str], tmp_path: Path) -> Run:
    def started(*words: object, **more: Any) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, str(ROOT / "main.py"), *map(str, words)],
            capture_output=True,
            text=True,
            env=surroundings | more,
            cwd=tmp_path,
            timeout=60,
            check=False,
        )

    return started


def desk_book() -> Book:
    held = {"BTC-PERPETUAL": 250_000.0, "BTC-27FEB26-60000-P": -20.0, "BTC-27MAR26-80000-C": -5.0}
    desk = account("Vol desk", held, {"BTC": 12.5, "USDC": 250_000.0})
    return Book("The book", (desk,), market(*NAMES))


@pytest.fixture
def book_file(tmp_path: Path) -> Path:
    path = tmp_path / "book.json"
    path.write_text(book.write(desk_book()), encoding="utf-8")
    return path


def sentence(done: "subprocess.CompletedProcess[str]") -> str:
    """What a mistake ends with: one line, status 2, no traceback."""
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr.strip()


def test_margin_as_text_names_every_figure(run: Run, book_file: Path) -> None:
    done = run("margin", book_file)
    assert (done.returncode, done.stderr) == (0, "")
    for word in (
        "Vol desk, 5 Feb 2026 12:00:00 UTC",
        "Deribit cross portfolio (deribit/cross-portfolio): exact except",
        "initial margin",
        "maintenance margin",
        "netting saves",
        "worst scenario",
        "BTC-27FEB26-60000-P",
        "Notes",
    ):
        assert word in done.stdout


def test_margin_as_report_adds_up(run: Run, book_file: Path) -> None:
    done = run("margin", book_file, "--json")
    found = report_file.read(done.stdout).results
    assert [each.account for each in found] == ["Vol desk"]
    initial = found[0].breakdown.initial
    assert initial is not None
    assert initial.amount == found[0].initial_margin
    assert found[0].excess == found[0].equity - found[0].initial_margin


def test_margin_under_all_models_has_a_result_of_each(run: Run, book_file: Path) -> None:
    done = run("margin", book_file, "--all-models", "--json")
    listed = run("models").stdout
    found = {each.model for each in report_file.read(done.stdout).results}
    assert len(found) > 1
    assert all(f"{model}  " in listed for model in found)


def test_margin_under_one_model_is_that_model(run: Run, book_file: Path) -> None:
    done = run("margin", "--model", "deribit/portfolio", book_file, "--json")
    found = report_file.read(done.stdout).results
    assert {each.model for each in found} == {"deribit/portfolio"}
    assert {"BTC", "USDC"} <= {each.pool for each in found}


def test_parameters_of_a_book_are_marked_in_the_result(run: Run, tmp_path: Path) -> None:
    document = json.loads(book.write(desk_book()))
    document["parameters"] = {"deribit/cross-portfolio": {"BTC": {"price_range": 0.3}}}
    path = tmp_path / "wide.json"
    path.write_text(json.dumps(document))
    found = report_file.read(run("margin", path, "--json").stdout).results[0]
    assert any("price_range" in each for each in found.parameters.overrides)


def test_parameters_as_of_a_date_are_those_of_the_date(run: Run, book_file: Path) -> None:
    dates = [
        report_file.read(
            run("margin", book_file, "--json", "--parameters-as-of", day).stdout
        ).results[0].parameters.date
        for day in ("2024-07-01", "2026-10-01")
    ]  # fmt: skip
    assert dates[0] < dates[1]


def test_models_are_listed_with_dates_and_sources(run: Run) -> None:
    done = run("models")
    assert done.returncode == 0
    for word in ("deribit/cross-portfolio", "deribit/portfolio", "parameters of", "sources"):
        assert word in done.stdout


def test_one_model_is_printed_in_full(run: Run) -> None:
    done = run("models", "deribit/cross-portfolio")
    assert done.returncode == 0
    assert "Parameters in force on" in done.stdout


def test_a_book_goes_into_the_database_and_comes_out_the_same(
    run: Run, book_file: Path, tmp_path: Path
) -> None:
    assert run("import", book_file).stdout == "Vol desk: imported with 3 positions\n"
    out = tmp_path / "out.json"
    assert run("export", "--account", "Vol desk", "--to", out).returncode == 0
    before, after = desk_book().accounts[0], book.read(out.read_text()).accounts[0]
    assert after.holdings == before.holdings
    assert (after.venue, after.model, after.name) == (before.venue, before.model, before.name)


def test_a_list_goes_into_an_account_and_comes_out_the_same(run: Run, tmp_path: Path) -> None:
    listed = tmp_path / "listed.csv"
    listed.write_text("instrument,quantity,entry_price\nBTC-PERPETUAL,1000,60000\n")
    done = run("import", listed, "--venue", "deribit", "--account", "New")
    assert done.stdout == (
        "New: 1 position added, 0 replaced, 1 in all; a new account under deribit/cross-portfolio\n"
    )
    again = run("import", listed, "--venue", "deribit", "--account", "New")
    assert again.stdout == "New: 0 positions added, 1 replaced, 1 in all\n"
    out = tmp_path / "out.csv"
    assert run("export", "--account", "New", "--to", out).returncode == 0
    assert "BTC-PERPETUAL,1000,60000" in out.read_text()


def test_a_refused_row_keeps_the_whole_list_out(run: Run, tmp_path: Path) -> None:
    listed = tmp_path / "listed.csv"
    listed.write_text("instrument,quantity\nBTC-PERPETUAL,1000\nBTC-PERPETUALS,5\nETH-PERPETUAL\n")
    said = sentence(run("import", listed, "--venue", "deribit"))
    assert said.startswith("listed.csv, line 3: ")
    assert "nothing was imported" in said
    assert "there is no database" in sentence(
        run("export", "--account", "listed", "--to", "x.json")
    )


def test_an_account_of_that_name_keeps_a_book_out(run: Run, book_file: Path) -> None:
    run("import", book_file)
    assert "'Vol desk' is stored already" in sentence(run("import", book_file))


def test_a_replay_has_a_line_for_each_account_and_step(run: Run, book_file: Path) -> None:
    done = run("replay", "--from", book_file, book_file)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("2026-02-05 12:00:00  Vol desk")


def test_a_replay_writes_a_report_on_each_line(run: Run, book_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "recording"
    folder.mkdir()
    for hour in (12, 13):
        moved = json.loads(book_file.read_text())
        moved["market"]["as_of"] = f"2026-02-05T{hour}:00:00Z"
        (folder / f"{hour}.json").write_text(json.dumps(moved))
    done = run("replay", "--from", folder, book_file, "--json", "--model", "deribit/portfolio")
    found = [report_file.read(line) for line in done.stdout.splitlines()]
    assert [each.as_of for each in found] == ["2026-02-05T12:00:00Z", "2026-02-05T13:00:00Z"]


def test_a_replay_takes_an_account_of_the_database(run: Run, book_file: Path) -> None:
    run("import", book_file)
    done = run("replay", "--from", book_file, "--account", "Vol desk", "--json")
    assert report_file.read(done.stdout).results[0].account == "Vol desk"


def test_a_replay_at_a_speed_waits_between_steps(run: Run, book_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "recording"
    folder.mkdir()
    for second in (0, 10):
        moved = json.loads(book_file.read_text())
        moved["market"]["as_of"] = f"2026-02-05T12:00:{second:02d}Z"
        (folder / f"{second:02d}.json").write_text(json.dumps(moved))
    start = time.monotonic()
    assert run("replay", "--from", folder, book_file, "--speed", "10").returncode == 0
    assert time.monotonic() - start > 1


def test_a_step_that_cannot_be_computed_is_said_and_the_others_are_shown(
    run: Run, book_file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "recording"
    folder.mkdir()
    for day, name in (("05", "a"), ("28", "b")):
        moved = json.loads(book_file.read_text()) | {"accounts": []}
        moved["market"]["as_of"] = f"2026-02-{day}T12:00:00Z"
        (folder / f"{name}.json").write_text(json.dumps(moved))
    done = run("replay", "--from", folder, book_file)
    assert done.stdout.splitlines()[3].startswith("2026-02-05 12:00:00  Vol desk")
    assert "refused: Vol desk: BTC-27FEB26-60000-P expired" in done.stdout
    assert sentence(done).startswith("1 of 2 answers were refused, the first: 2026-02-28 12:00:00")


@pytest.mark.parametrize("more", [{}, {"DISPLAY": ":59999"}], ids=["none", "dead"])
def test_without_a_display_the_demo_is_reviewed_in_the_terminal(
    run: Run, more: dict[str, str]
) -> None:
    done = run(**more)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Here is no display, so the demo book is reviewed")
    assert "synthetic" in done.stdout
    assert "initial margin" in done.stdout
    assert "refused" not in done.stdout


def changed(path: Path, key: str, value: Any) -> Path:
    """The book file with one value put in place; `...` removes the key."""
    document = json.loads(path.read_text())
    place: Any = document
    *steps, last = [int(each) if each.isdigit() else each for each in key.split("/")]
    for step in steps:
        place = place[step]
    if value is ...:
        del place[last]
    elif isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    other = path.with_name("changed.json")
    other.write_text(json.dumps(document))
    return other


TWICE = {"instrument": "BTC-PERPETUAL", "quantity": 1}


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("nmae", 1, "changed.json: nmae: this key is unknown"),
        ("accounts/0/positions/0/instrument", "DOGE-1", "accounts[0].positions[0]: 'DOGE-1'"),
        ("market/quotes/0/vol", -0.5, "market.quotes[0].vol: -0.5 cannot be"),
        ("market/quotes/0/vol", "NaN", "market.quotes[0].vol: a number is expected"),
        ("market/quotes/0", ..., "has no mark price in this market"),
        ("market/as_of", "2026-02-28T00:00:00Z", "BTC-27FEB26-60000-P expired at 2026-02-27T08"),
        ("accounts/0/positions/3", TWICE, "accounts[0].positions[3]: BTC-PERPETUAL stands twice"),
        ("parameters", {"deribit/cross-portfolio": {"BTC": {"price_range": 7}}}, "price_range"),
        ("parameters", {"deribit/cross-portfolio": {"BTC": {"prize_range": 1}}}, "prize_range"),
        ("parameters", {"deribit/portfolios": {}}, "parameters.deribit/portfolios: no margin"),
        ("accounts/0/model", "deribit/other", "no margin model is named 'deribit/other'"),
        ("accounts", [], "the book has none"),
        ("market", None, "market: this book has none"),
    ],
)
def test_a_mistake_in_a_book_is_one_sentence(
    run: Run, book_file: Path, key: str, value: Any, said: str
) -> None:
    assert said in sentence(run("margin", changed(book_file, key, value)))


def test_a_book_that_is_no_json_is_one_sentence(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "book.json"
    path.write_text('{"format": "counterpoise-book/1",')
    assert "book.json: line 1, column" in sentence(run("margin", path))
    path.write_bytes(b"\xff\xfe\x00")
    assert "book.json: byte 0 of the file is not UTF-8" in sentence(run("margin", path))


def test_a_book_too_large_is_not_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "book.json"
    with path.open("wb") as file:
        file.truncate(10_000_000_000)
    assert "larger than" in sentence(run("margin", path))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("margin",), "the following arguments are required: BOOK.json; see main.py margin --help"),
        (("margin", "missing.json"), "missing.json cannot be read: No such file or directory"),
        (("margin", "/"), "cannot be read: Is a directory"),
        (("margins",), "invalid choice: 'margins'"),
        (("models", "deribit/other"), "no margin model is named 'deribit/other'"),
        (("models", "--parameters-as-of", "soon"), "'soon' is not an instant"),
        (("import", "missing.csv", "--venue", "deribit"), "missing.csv cannot be read"),
        (("import", "list.csv"), "needs --venue"),
        (("import", "list.xlsb"), "its name ends in .xlsb"),
        (("export", "--account", "A", "--to", "a.pdf"), "its name ends in .pdf"),
        (("export", "--account", "A", "--to", "a.json"), "there is no database at"),
        (("replay", "--from", "."), "either BOOK.json or --account"),
        (("replay", "--from", ".", "--account", "A", "--speed", "0"), "'0' is not a speed"),
        (("--database",), "argument --database: expected one argument"),
    ],
)
def test_a_mistake_in_the_words_is_one_sentence(
    run: Run, words: tuple[str, ...], said: str
) -> None:
    assert said in sentence(run(*words))


def test_an_empty_folder_is_no_recording(run: Run, book_file: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "holds nothing to play" in sentence(run("replay", "--from", "empty", book_file))


def test_a_file_that_is_no_database_is_left_alone(
    run: Run, book_file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    other.write_text("not a database at all, but a letter\n" * 50)
    said = sentence(run("--database", other, "import", book_file))
    assert "other.db is not a Counterpoise database" in said
    assert other.read_text().startswith("not a database")


def test_a_database_in_use_is_one_sentence(run: Run, book_file: Path, tmp_path: Path) -> None:
    from storage.database.engine import open_database

    with open_database(tmp_path / "desk.db"):
        assert "open in another copy of the program" in sentence(run("import", book_file))
        assert "there are: none" in sentence(run("export", "--account", "A", "--to", "a.json"))


def test_a_file_that_cannot_be_written_is_one_sentence(run: Run, book_file: Path) -> None:
    run("import", book_file)
    said = sentence(run("export", "--account", "Vol desk", "--to", "/proc/out.json"))
    assert said.startswith("/proc/out.json cannot be written")


@pytest.mark.parametrize("command", ["margin", "models", "import", "export", "replay", ""])
def test_help_shows_an_example(run: Run, command: str) -> None:
    done = run(*command.split(), "--help")
    assert done.returncode == 0
    assert f"python main.py {command}".strip() in done.stdout.partition("examples:")[2]


def test_nobody_reading_ends_it_quietly(surroundings: dict[str, str], book_file: Path) -> None:
    words = f'"{sys.executable}" "{ROOT / "main.py"}" replay --from "{book_file}" "{book_file}"'
    done = subprocess.run(
        ["sh", "-c", f"{words} | true"],
        capture_output=True, text=True, env=surroundings, timeout=60, check=False,
    )  # fmt: skip
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="here is no disk that is always full")
def test_a_full_disk_is_one_sentence(surroundings: dict[str, str], book_file: Path) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            [sys.executable, str(ROOT / "main.py"), "margin", str(book_file)],
            stdout=full, stderr=subprocess.PIPE, text=True, env=surroundings, timeout=60,
            check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "the output cannot be written: No space left on device\n"


@pytest.mark.skipif(os.name != "posix", reason="signals are sent the POSIX way")
def test_an_interrupt_ends_it_quietly(
    surroundings: dict[str, str], book_file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "recording"
    folder.mkdir()
    for hour in (12, 13):
        moved = json.loads(book_file.read_text())
        moved["market"]["as_of"] = f"2026-02-05T{hour}:00:00Z"
        (folder / f"{hour}.json").write_text(json.dumps(moved))
    words = [sys.executable, str(ROOT / "main.py"), "replay", "--from", str(folder), str(book_file)]
    with subprocess.Popen(
        [*words, "--speed", "1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=surroundings,
    ) as started:  # fmt: skip
        assert started.stdout is not None
        for line in started.stdout:
            if "Vol desk" in line:
                break
        started.send_signal(signal.SIGINT)
        _, said = started.communicate(timeout=30)
    assert (started.returncode, said) == (130, "")


def test_an_error_of_the_program_becomes_a_crash_report(
    surroundings: dict[str, str], book_file: Path, tmp_path: Path
) -> None:
    broken = (
        "import sys; import main; from ui.cli import commands\n"
        "def fail(asked, desk): raise ZeroDivisionError('of ours')\n"
        "commands.run = fail\n"
        "sys.exit(main.main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", broken, "margin", str(book_file)],
        capture_output=True, text=True, env=surroundings, cwd=ROOT, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 70
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    reports = list((tmp_path / "crashes").glob("crash-*.txt"))
    assert len(reports) == 1
    assert str(reports[0]) in done.stderr
    assert "ZeroDivisionError: of ours" in reports[0].read_text()


def test_a_margin_is_there_within_a_second_and_loads_neither_qt_nor_sql(
    surroundings: dict[str, str], book_file: Path
) -> None:
    watched = (
        "import sys; import main\n"
        "status = main.main(sys.argv[1:])\n"
        "assert not {'PySide6', 'sqlalchemy', 'pyqtgraph'} & set(sys.modules)\n"
        "sys.exit(status)"
    )
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", watched, "margin", str(book_file)],
        capture_output=True, text=True, env=surroundings, cwd=ROOT, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert time.monotonic() - start < 3  # 0.3 s on an idle core; the machine may be loaded


CRASH = {  # what an options desk held when BTC fell by a fifth in four days
    "BTC-27FEB26-70000-P": -30.0,
    "BTC-27FEB26-60000-P": 20.0,
    "BTC-27MAR26-65000-P": -25.0,
    "BTC-27MAR26-90000-C": -20.0,
    "BTC-26JUN26-80000-C": 15.0,
    "BTC-PERPETUAL": 600_000.0,
    "BTC-27MAR26": -250_000.0,
    "ETH-27FEB26-2200-P": -300.0,
    "ETH-27FEB26-1800-P": 200.0,
    "ETH-27MAR26-2000-P": -250.0,
    "ETH-27MAR26-3000-C": -150.0,
    "ETH-PERPETUAL": 200_000.0,
}
ENTRIES = {"BTC-PERPETUAL": 76_500.0, "BTC-27MAR26": 77_000.0, "ETH-PERPETUAL": 2_270.0}
FEBRUARY = tuple(f"202602{day:02d}T" for day in (4, 5, 6, 7))
DERIBIT = ("standard", "cross-standard", "portfolio", "cross-portfolio")


@pytest.mark.shared
def test_a_real_crash_is_replayed_under_every_model(
    run: Run, shared_data: Path, tmp_path: Path
) -> None:
    source = shared_data / "01_deribit_chain_snapshots_2026"
    folder = tmp_path / "crash"
    folder.mkdir()
    steps = 0
    for each in source.iterdir():
        step = any(day in each.name for day in FEBRUARY)
        if step or "futures" in each.name:
            shutil.copy(each, folder)
            steps += step
    desk = account("Crash", CRASH, {"BTC": 18.0, "ETH": 320.0, "USDC": 150_000.0})
    positions = (
        replace(each, entry_price=ENTRIES.get(each.instrument.name))
        for each in desk.holdings.positions
    )
    desk = replace(desk, holdings=replace(desk.holdings, positions=tuple(positions)))
    path = tmp_path / "crash.json"
    path.write_text(book.write(Book("Crash", (desk,))))
    models = [f"deribit/{each}" for each in DERIBIT]
    done = run("replay", "--from", folder, path, "--json", "--model", *models)
    assert (done.returncode, done.stderr) == (0, "")
    found = [report_file.read(line) for line in done.stdout.splitlines()]
    assert len(found) == steps == 16
    for model in models:
        usages = []
        for report in found:
            pools = [each for each in report.results if each.model == model]
            assert pools
            for pool in pools:
                require_sums(pool.breakdown.maintenance)
                assert pool.breakdown.maintenance.amount == pool.maintenance_margin
                assert pool.worst_scenario or "portfolio" not in model or not pool.initial_margin
            usages.append(max(each.maintenance_usage or 0.0 for each in pools))
        assert max(usages) > 1.2 * usages[0], model
    for result in found[0].results:
        if "portfolio" in result.model:
            assert "deribit/portfolio, 17 Jun 2024" in result.parameters.source
            later = [note for note in result.notes if note.startswith("ETH: ")]
            assert any("price_range" in note and "15 Feb 2026" in note for note in later)


def require_sums(line: report_file.ComponentDocument) -> None:
    """Every line is the sum of its parts."""
    if line.parts:
        total = math.fsum(each.amount or 0.0 for each in line.parts)
        assert line.amount == pytest.approx(total, rel=1e-9, abs=1e-9), line.term
    for each in line.parts:
        require_sums(each)


def test_the_version_is_that_of_the_project(run: Run) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert run("--version").stdout == f"Counterpoise {declared}\n"


def test_the_window_does_not_open_a_book_of_other_parameters_as_if_they_were_published(
    tmp_path: Path,
) -> None:
    document = json.loads(book.write(desk_book()))
    path = tmp_path / "wide.json"
    path.write_text(json.dumps(document))
    with main.opened(tmp_path / "desk.db") as services:
        accounts, _ = services.read_book(path)
        assert accounts
        document["parameters"] = {"deribit/cross-portfolio": {"BTC": {"price_range": 0.3}}}
        path.write_text(json.dumps(document))
        with pytest.raises(BookError, match=r"wide.json: parameters: .*published"):
            services.read_book(path)


def parameter_file(tmp_path: Path, value: float) -> None:
    folder = tmp_path / "parameters"
    folder.mkdir(exist_ok=True)
    (folder / "mine.toml").write_text(
        'family = "deribit/portfolio"\nobserved_on = 2026-02-01\nsource = "my reading"\n'
        f"[parameters.BTC]\nprice_range = {value}\n",
        encoding="utf-8",
    )


def test_parameters_of_the_user_are_used_and_named(
    run: Run, book_file: Path, tmp_path: Path
) -> None:
    plain = report_file.read(run("margin", book_file, "--json").stdout).results[0]
    parameter_file(tmp_path, 0.3)
    own = report_file.read(run("margin", book_file, "--json").stdout).results[0]
    assert own.initial_margin != plain.initial_margin
    assert any("your parameters/mine.toml" in note for note in own.notes)
    listed = run("models", "deribit/portfolio", "--parameters-as-of", "2026-02-05").stdout
    assert "Where the values come from" in listed
    assert "  parameters/mine.toml, 1 Feb 2026\n    BTC: price_range = 0.3" in listed


def test_a_broken_file_of_the_user_is_refused_by_a_command(
    run: Run, book_file: Path, tmp_path: Path
) -> None:
    parameter_file(tmp_path, 30.0)
    said = sentence(run("margin", book_file))
    assert said.startswith("parameters/mine.toml: BTC.price_range is 30: it must be")
