"""The commands on a desk of the test: no file, no database, no clock."""

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import fsum, inf
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from riskcore import report_file
from riskcore.book import Book
from riskcore.errors import BookError, HoldingsError, MarketError, ParameterError, Refusal
from riskcore.holdings import Account, Position, Side
from riskcore.journal import Change, ImportedPositions, RowFate
from riskcore.margin.registry import Library
from riskcore.margin.requirement import Component, Rule, Trigger, larger_of, smaller_of, total
from riskcore.market import MarketSnapshot
from riskcore.naming import directory
from riskcore.query import query
from riskcore.report import report
from tests.builders import NOON, account, holdings, library, market
from tests.riskcore.analysis.venues import PlainModel, RefusingModel, other_venues
from ui.cli import commands, demo
from ui.cli.arguments import Mistake, parse
from ui.cli.desk import Desk, printable
from ui.cli.display import has_display
from ui.cli.margin_text import _Figures, result_lines, spoken, term, trigger
from ui.cli.models import card_label
from ui.cli.questions import Questions, named

__all__ = ["other_venues"]

NAMES = ("BTC-PERPETUAL", "BTC-27FEB26-60000-P", "ETH-PERPETUAL")
DESK = account("Desk", {"BTC-27FEB26-60000-P": -10.0, "BTC-PERPETUAL": 1e5}, {"BTC": 10.0})


class Recording:
    """A feed of three steps, the last of which cannot be read."""

    name = "Three steps"
    kind = "replay"
    synthetic = True
    instants = tuple(NOON + timedelta(hours=hour) for hour in range(3))

    def snapshot(self, step: int) -> MarketSnapshot:
        if step == 2:
            raise MarketError("the third step is damaged")
        return replace(market(*NAMES, as_of=self.instants[step]), synthetic=True)


class OneStep(Recording):
    """A feed of one market."""

    instants = (NOON,)

    def __init__(self, only: MarketSnapshot) -> None:
        self.only = only

    def snapshot(self, step: int) -> MarketSnapshot:
        return self.only


class Shelf:
    """An account store in memory."""

    def __init__(self, *accounts: Account) -> None:
        self.accounts = {each.key: each for each in accounts}
        self.changes: list[Change] = []

    def load(self) -> tuple[Account, ...]:
        return tuple(self.accounts.values())

    def save(self, account: Account, changes: Any) -> None:
        self.accounts[account.key] = account
        self.changes += changes


def made_desk(shelf: Shelf, book: Book | None = None, **more: Any) -> Desk:
    @contextmanager
    def opened() -> Iterator[Any]:
        yield shelf

    parts: dict[str, Any] = {
        "library": library(),
        "read_book": lambda path: book,
        "write_text": lambda path, text: None,
        "open_feed": lambda path: Recording(),
        "open_demo": lambda: (Recording(), (DESK,)),
        "read_positions": lambda path, venue: ImportedPositions((), ()),
        "write_positions": lambda path, positions: None,
        "stored": opened,
        "writing": opened,
        "card": lambda name: "# A card\n\n**Label:** `exact except`\nwhat is not published\n\nMore",
        "glossary": lambda: {"initial_margin": "Initial margin: what must be covered"},
        "now": lambda: datetime(2026, 3, 1, tzinfo=UTC),
        "wait": lambda seconds: None,
        "out": io.StringIO(),
    }
    return Desk(**(parts | more))


def said(desk: Desk) -> str:
    assert isinstance(desk.out, io.StringIO)
    return desk.out.getvalue()


def run(desk: Desk, *words: str) -> str:
    assert commands.run(parse(words), desk) == 0
    return said(desk)


@pytest.mark.parametrize(
    ("words", "models"),
    [
        ("margin b.json --model x/a x/b", ["x/a", "x/b"]),
        ("margin --model x/a x/b b.json", ["x/a", "x/b"]),
        ("margin --model x/a --model x/b b.json --json", ["x/a", "x/b"]),
        ("margin b.json", []),
        ("replay --from dir --model x/a b.json", ["x/a"]),
        ("replay --speed 60 --from dir.json b.json --model x/a", ["x/a"]),
    ],
)
def test_the_book_is_found_wherever_it_stands(words: str, models: list[str]) -> None:
    asked = parse(words.split())
    assert (asked.book, asked.models) == (Path("b.json"), models)


def test_options_of_the_program_stand_before_or_behind_the_command() -> None:
    before = parse(["--database", "x.db", "--debug", "models"])
    behind = parse(["models", "--database", "x.db", "--debug"])
    assert before.database == behind.database == Path("x.db")
    assert before.debug
    assert behind.debug


def test_no_command_is_the_window() -> None:
    assert parse([]).command is None


def test_a_replay_without_a_speed_is_as_fast_as_possible() -> None:
    assert parse(["replay", "--from", "x", "b.json"]).speed == inf


def test_options_are_not_guessed_from_their_beginning() -> None:
    with pytest.raises(Mistake):
        parse(["margin", "b.json", "--all"])


def test_a_tree_is_printed_with_its_figures_below_one_another() -> None:
    tree = total("initial_margin", Component("a", 1_234.5), Component("BTC-1", -2.0, Rule.POSITION))
    rows = list(_Figures("USD").tree(tree, set()))
    assert [row.split()[-1] for row in rows] == ["1,232.50", "1,234.50", "-2.00"]
    assert len({len(row) for row in rows}) == 1
    assert rows[2].lstrip().startswith("BTC-1")


def test_what_lost_says_how_far_it_was_from_binding() -> None:
    tree = larger_of("worst_case", Component("scan", 100.0), Component("minimum", 40.0))
    rows = list(_Figures("USD").tree(tree, set()))
    assert rows[0].endswith("the larger")
    assert rows[2].endswith("not binding, short by 60.00)")


def test_what_lost_to_a_smaller_line_is_above_it() -> None:
    tree = smaller_of("worst_case", Component("scan", 40.0), Component("minimum", 100.0))
    assert list(_Figures("USD").tree(tree, set()))[2].endswith("not binding, above by 60.00)")


def test_a_long_reason_goes_on_below_itself() -> None:
    said = " ".join(["0.02 of 90,300 USD"] * 8)
    rows = list(_Figures("USD").tree(Component("equity", 1.0, because=said), set()))
    assert len(rows) == 3
    assert max(map(len, rows)) <= 120
    assert " ".join(" ".join(rows).split()[2:]) == said


def test_terms_are_called_by_the_glossary() -> None:
    words = {"mr1": "MR1: the worst loss", "currency_equity": "Equity in a currency: cash"}
    assert spoken("mr1", words) == "MR1"
    assert spoken("currency_equity", words) == "equity in a currency"
    assert spoken("not_listed", words) == "not listed"


def test_a_tree_that_stands_above_is_not_printed_again() -> None:
    part = total("scan", Component("a", 1.0), Component("b", 2.0))
    above: set[Component] = set()
    first = list(_Figures("USD").tree(part, above))
    second = list(_Figures("USD").tree(total("all", part), above))
    assert len(first) == 3
    assert len(second) == 2
    assert second[1].endswith("as above")


def test_coins_have_more_decimals_than_dollars() -> None:
    assert "0.123457" in next(_Figures("BTC").tree(Component("equity", 0.1234567), set()))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Trigger("maintenance usage", 0.25, 1.0), "maintenance usage 25.0 %, acts at 100.0 %"),
        (Trigger("maintenance usage", 1.25, 1.0), "maintenance usage 125.0 %, REACHED"),
        (Trigger("margin level", 0.5, 1.1, above=False), "margin level 0.50, REACHED"),
        (Trigger("margin level", 2.0, 1.1, above=False), "margin level 2.00, acts at 1.10 or less"),
    ],
)
def test_a_trigger_is_said_in_words(found: Trigger, words: str) -> None:
    assert trigger(found) == words


def test_names_cannot_move_a_terminal() -> None:
    assert printable("a\x1b[2Jb\nc") == "a [2Jb c"
    assert term(Component("x\x1b", 0.0, Rule.POSITION), {}) == "x "


def test_every_printed_tree_adds_up() -> None:
    answer = report(query(DESK, market(*NAMES), library().bind(DESK.model, NOON)))
    lines = list(result_lines(answer, answer.results[0], {}))
    assert any(line.strip().startswith("netting saves") for line in lines)
    initial = answer.results[0].pools[0].requirement.initial
    assert initial is not None
    assert fsum(part.amount for part in initial.parts) == pytest.approx(initial.amount)
    assert any(f"{initial.amount:,.2f}" in line for line in lines)


def test_a_margin_is_that_of_every_account() -> None:
    other = replace(DESK, key="other", name="Other")
    text = run(made_desk(Shelf(), Book("b", (DESK, other), market(*NAMES))), "margin", "b.json")
    assert "Desk, 5 Feb 2026 12:00:00 UTC" in text
    assert "Other, 5 Feb 2026 12:00:00 UTC" in text


def test_models_that_cannot_hold_a_book_are_listed_with_the_reason() -> None:
    sol = account("Sol", {"BTC-PERPETUAL": 10.0}, {"SOL": 5.0})
    quoted = market(*NAMES, index={"BTC": 7e4, "ETH": 2e3, "USDC": 1.0, "SOL": 100.0})
    text = run(made_desk(Shelf(), Book("b", (sol,), quoted)), "margin", "b.json", "--all-models")
    assert "Models that cannot hold the account" in text
    assert "- Deribit cross portfolio (deribit/cross-portfolio): " in text


def test_an_account_is_named_when_it_is_refused() -> None:
    desk = made_desk(Shelf(), Book("b", (replace(DESK, model="x/y"),), market(*NAMES)))
    with pytest.raises(ParameterError, match="Desk: no margin model is named 'x/y'"):
        run(desk, "margin", "b.json")


def test_a_replay_shows_what_it_can_and_says_at_the_end_what_it_could_not() -> None:
    desk = made_desk(Shelf(), Book("b", (DESK,)))
    with pytest.raises(ParameterError, match="1 of 3 answers were refused, the first: 2026-02-05"):
        run(desk, "replay", "--from", "x", "b.json")
    lines = said(desk).splitlines()
    assert "synthetic" in lines[0]
    assert [line[:19] for line in lines[3:]] == [
        "2026-02-05 12:00:00",
        "2026-02-05 13:00:00",
        "2026-02-05 14:00:00",
    ]
    assert lines[5].endswith("refused: the third step is damaged")


def test_a_replay_says_once_which_parameters_each_account_and_model_took() -> None:
    both = account("Both", {"BTC-PERPETUAL": 1e5, "ETH-PERPETUAL": 1e4}, {"BTC": 10.0, "ETH": 9.0})
    desk = made_desk(Shelf(), Book("b", (DESK, both)))
    with pytest.raises(ParameterError):
        run(desk, "replay", "--from", "x", "b.json", "--model", "deribit/portfolio")
    told = [line for line in said(desk).splitlines() if "parameters: " in line]
    assert len(told) == 2
    assert told[0].startswith("  Desk, deribit/portfolio: parameters: BTC 17 Jun 2024; exact")
    assert "BTC 17 Jun 2024, ETH 15 Feb 2026 (observed later); exact except" in told[1]


def test_a_margin_has_notes_only_of_what_the_account_holds() -> None:
    desk = made_desk(Shelf(), Book("b", (DESK,), market(*NAMES)))
    run(desk, "margin", "b.json", "--parameters-as-of", "2026-02-20")
    notes = said(desk).partition("Notes")[2].partition("Sources")[0]
    assert "- BTC: " in notes
    assert "- general: " in notes
    assert not any(f"- {coin}: " in notes for coin in ("ETH", "SOL", "BUIDL", "STETH", "USYC"))
    assert notes.count("our reading of unpublished rules: ") == 1
    assert "volatility_order = up_same_down; " in notes
    run(desk, "models", "deribit/cross-portfolio")
    assert "SOL: " in said(desk)


def test_parameters_before_every_set_are_said_to_be_so() -> None:
    desk = made_desk(Shelf(), Book("b", (DESK,), market(*NAMES)))
    run(desk, "margin", "b.json", "--parameters-as-of", "2010-01-01")
    assert "lies before every set of deribit/portfolio parameters: the earliest" in said(desk)


def test_a_replay_as_reports_is_one_report_a_line() -> None:
    desk = made_desk(Shelf(), Book("b", (DESK,)))
    with pytest.raises(Refusal):
        run(desk, "replay", "--from", "x", "b.json", "--json")
    found = [report_file.read(line) for line in said(desk).splitlines()]
    assert [each.as_of for each in found] == ["2026-02-05T12:00:00Z", "2026-02-05T13:00:00Z"]


def test_a_replay_at_a_speed_waits_its_share_of_the_recorded_time() -> None:
    waits: list[float] = []
    desk = made_desk(Shelf(DESK), wait=waits.append)
    with pytest.raises(Refusal):
        run(desk, "replay", "--from", "x", "--account", "Desk", "--speed", "3600")
    assert waits == [1.0, 1.0]


def test_the_demo_is_reviewed_to_its_worst_step() -> None:
    desk = made_desk(Shelf())
    with pytest.raises(MarketError):
        demo.run(desk)  # the third step of this recording cannot be read
    assert "Here is no display" in said(desk)


def test_models_are_listed_with_label_date_and_sources() -> None:
    text = run(made_desk(Shelf()), "models")
    assert "  deribit/cross-portfolio   Deribit cross portfolio, parameters of 15 Feb 2026" in text
    assert "label: exact except what is not published" in text
    lines = text.splitlines()
    assert "Deribit" in lines
    mine = lines[lines.index("Deribit") :]
    mine = mine[: mine.index("")]
    assert mine.count("  sources") == 1, "once for a venue, not for each model"
    assert max(map(len, lines)) <= 100
    assert any(line.startswith("    - deribit/portfolio, 17 Jun 2024: ") for line in mine)


def test_a_model_in_full_has_every_value_with_its_file() -> None:
    text = run(made_desk(Shelf()), "models", "deribit/cross-portfolio")
    assert max(map(len, text.splitlines())) <= 100
    values = text.partition("Where the values come from")[2]
    assert "  deribit/portfolio.2024-06-17.toml, 17 Jun 2024\n    BTC: " in values
    assert "price_range = 0.16" in values


def test_pools_of_several_labels_have_each_its_own() -> None:
    answer = report(query(DESK, market(*NAMES), library().bind(DESK.model, NOON)))
    first = answer.results[0].pools[0]
    doubt = replace(first.requirement, pool="Z", label="exact except a rule of Z")
    both = replace(
        answer.results[0], pools=(first, replace(first, requirement=doubt, isolated=None))
    )
    lines = list(result_lines(answer, both, {}))
    assert "  exact except a rule of Z" in " ".join(lines)
    assert "a rule of Z" in " ".join(lines[:3]), "the model's label names the doubts of all pools"
    alone = list(result_lines(answer, answer.results[0], {}))
    assert sum("exact" in line for line in alone) == 1


def test_a_missing_card_keeps_no_model_off_the_list() -> None:
    def missing(name: str) -> str:
        raise ParameterError("none")

    text = run(made_desk(Shelf(), card=missing), "models")
    assert "deribit/cross-portfolio" in text
    assert "label" not in text


@pytest.mark.parametrize(
    ("card", "label"),
    [
        ("# X\n\nLabel: exact\n", "exact"),
        ("**Label:** `approximate`,\nas read\n\nMore", "approximate, as read"),
        ("# X\nNo such line", ""),
    ],
)
def test_the_label_of_a_card_is_found(card: str, label: str) -> None:
    assert card_label(card) == label


def test_a_book_is_imported_with_its_audit_lines() -> None:
    shelf = Shelf()
    run(made_desk(shelf, Book("b", (DESK,))), "import", "b.json")
    assert shelf.load() == (DESK,)
    assert [(each.place, each.source) for each in shelf.changes] == [("account", "import")]


def test_an_import_says_that_parameters_of_a_book_are_not_stored() -> None:
    replaced = {"deribit/cross-portfolio": {"BTC": {"price_range": 0.3}}}
    said = run(made_desk(Shelf(), Book("b", (DESK,), None, replaced)), "import", "b.json")
    assert "parameters are not stored" in said
    assert "parameters" not in run(made_desk(Shelf(), Book("b", (DESK,))), "import", "b.json")


def test_one_account_of_a_book_can_be_imported() -> None:
    shelf = Shelf()
    other = replace(DESK, key="other", name="Other")
    run(made_desk(shelf, Book("b", (DESK, other))), "import", "b.json", "--account", "Other")
    assert [each.name for each in shelf.load()] == ["Other"]


def test_nothing_of_a_book_is_imported_when_one_of_its_accounts_is_there() -> None:
    shelf = Shelf(DESK)
    other = replace(DESK, key="other", name="Other")
    with pytest.raises(HoldingsError, match="'Desk' is stored already"):
        run(made_desk(shelf, Book("b", (other, DESK))), "import", "b.json")
    assert shelf.load() == (DESK,)


def test_a_list_replaces_its_positions_and_leaves_the_others() -> None:
    shelf = Shelf(DESK)
    listed = holdings({"BTC-PERPETUAL": 5.0, "ETH-PERPETUAL": 7.0}).positions
    desk = made_desk(shelf, read_positions=lambda path, venue: ImportedPositions(listed, ()))
    text = run(desk, "import", "l.csv", "--venue", "deribit", "--account", "Desk")
    assert text == "Desk: 1 position added, 1 replaced, 3 in all\n"
    quantities = {
        each.instrument.name: each.quantity for each in shelf.load()[0].holdings.positions
    }
    assert quantities == {
        "BTC-27FEB26-60000-P": -10.0,
        "BTC-PERPETUAL": 5.0,
        "ETH-PERPETUAL": 7.0,
    }
    assert {each.place for each in shelf.changes} >= {"positions/BTC-PERPETUAL/net/cross/quantity"}


@pytest.mark.parametrize(
    ("names", "model", "mode"),
    [
        ({"BTCUSDT": (1.0, Side.NET)}, "binance/portfolio", "net"),
        ({"BTC-261225-65000-C": (-1.0, Side.NET)}, "binance/options", "net"),
        ({"BTCUSDT": (-1.0, Side.SHORT)}, "binance/portfolio", "hedge"),
        ({"BTCUSDT": (1.0, Side.NET), "BTC-261225-65000-C": (-1.0, Side.NET)},
         "binance/options", "net"),
    ],
)  # fmt: skip
def test_a_list_makes_an_account_under_a_model_that_holds_it(
    names: dict[str, tuple[float, Side]], model: str, mode: str
) -> None:
    shelf = Shelf()
    listed = tuple(
        Position(directory.of("binance").parse(name), size, side=side)
        for name, (size, side) in names.items()
    )
    desk = made_desk(shelf, read_positions=lambda path, venue: ImportedPositions(listed, ()))
    text = run(desk, "import", "l.csv", "--venue", "binance")
    (made,) = shelf.load()
    assert text.endswith(f"; a new account under {model}\n")
    assert (made.model, made.holdings.settings.position_mode) == (model, mode)


def test_a_refused_row_refuses_the_list() -> None:
    fates = (RowFate(1, "a"), RowFate(2, "b", "b is nothing"), RowFate(3, "c", "nor is c"))
    listed = ImportedPositions(holdings({"BTC-PERPETUAL": 5.0}).positions, fates)
    shelf = Shelf(DESK)
    desk = made_desk(shelf, read_positions=lambda path, venue: listed)
    with pytest.raises(HoldingsError, match=r"l.csv, line 2: b is nothing \(1 further row refused"):
        run(desk, "import", "l.csv", "--venue", "deribit", "--account", "Desk")
    assert shelf.load() == (DESK,)


def test_a_list_does_not_go_into_an_account_that_happens_to_have_its_name() -> None:
    listed = ImportedPositions(holdings({"BTC-PERPETUAL": 5.0}).positions, ())
    desk = made_desk(Shelf(DESK), read_positions=lambda path, venue: listed)
    with pytest.raises(HoldingsError, match="say with --account which account"):
        run(desk, "import", "Desk.csv", "--venue", "deribit")


def test_a_book_of_another_venue_is_not_imported_as_that_of_a_venue() -> None:
    desk = made_desk(Shelf(), Book("b", (DESK,)))
    with pytest.raises(BookError, match="is at deribit, not at okx"):
        run(desk, "import", "b.json", "--venue", "okx")


def test_an_account_is_found_by_name_before_key() -> None:
    first, second = replace(DESK, name="b", key="a"), replace(DESK, name="a", key="c")
    assert named((first, second), "a", "here") is second
    assert named((first, second), "c", "here") is second
    with pytest.raises(ParameterError, match="here has no account 'x'; there are: 'b', 'a'"):
        named((first, second), "x", "here")


def test_parameters_of_a_model_there_is_not_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"parameters\.x/y: no margin model"):
        Questions(library(), (DESK,), parameters={"x/y": {}})


def test_a_display_is_there_when_something_answers(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "wayland-0"))
        there = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}
        assert not has_display(there, "linux")
        listening.listen()
        assert has_display(there, "linux")


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({}, False),
        ({"DISPLAY": ""}, False),
        ({"DISPLAY": ":59999"}, False),
        ({"DISPLAY": "localhost:59000.0"}, False),
        ({"DISPLAY": "nonsense"}, False),
        ({"WAYLAND_DISPLAY": "wayland-99", "XDG_RUNTIME_DIR": "/nowhere"}, False),
        ({"QT_QPA_PLATFORM": "offscreen"}, True),
    ],
)
def test_a_display_that_does_not_answer_is_none(environment: dict[str, str], shown: bool) -> None:
    assert has_display(environment, "linux") is shown


def test_other_systems_always_have_a_display() -> None:
    assert has_display({}, "darwin")


@pytest.mark.usefixtures("other_venues")
def test_all_models_are_ranked_with_what_was_mapped_and_what_was_refused(monkeypatch) -> None:
    models = {"acme/plain": PlainModel(), "acme/none": RefusingModel(),
              "deribit/portfolio": library().bind("deribit/portfolio", NOON)}  # fmt: skip
    shelf = SimpleNamespace(
        names=lambda: tuple(models),
        title=lambda name: models[name].title,
        bind=lambda name, at, overrides: models[name],
    )
    held = account(
        "Desk", {"BTC-27FEB26-60000-P": -10.0, "BTC-27FEB26-70000-C": 1.0, "BTC-PERPETUAL": 1e5},
        {"BTC": 10.0}, model="deribit/portfolio",
    )  # fmt: skip
    quoted = market(*NAMES, "BTC-27FEB26-70000-C")
    desk = made_desk(Shelf(), Book("b", (held,), quoted), library=shelf)
    text = run(desk, "margin", "b.json", "--all-models")
    lines = text.splitlines()
    assert lines[0] == "Desk, 5 Feb 2026 12:00:00 UTC"
    ranked = [line for line in lines if "exact" in line]
    assert ranked[0].startswith("  Deribit portfolio ")
    assert "the account's own; exact except" in ranked[0]
    assert ranked[1].startswith("  Acme plain ")
    assert "without 1 line; exact" in ranked[1]
    assert "  As Acme sees the book" in lines
    assert "  - not mapped, Acme lists no calls: BTC-27FEB26-70000-C" in lines
    assert "  - Acme none (acme/none): Acme has published no rule for what is held" in lines
    asked = made_desk(Shelf(), Book("b", (held,), quoted), library=shelf)
    written = report_file.read(run(asked, "margin", "b.json", "--all-models", "--json"))
    assert [each.model for each in written.refusals] == ["acme/none"]
    by_model = {each.model: each for each in written.results}
    assert by_model["acme/plain"].unmapped == ["BTC-27FEB26-70000-C: Acme lists no calls"]
    assert by_model["deribit/portfolio"].mapping == []
    plain = run(
        made_desk(Shelf(), Book("b", (held,), quoted), library=shelf),
        "margin", "b.json", "--model", "acme/plain",
    )  # fmt: skip
    assert "Mapped from the account's venue" in plain
    assert "Not mapped" in plain
    assert "(acme/plain): without 1 line; exact" in plain
    steps = made_desk(
        Shelf(), Book("b", (held,)), library=shelf, open_feed=lambda path: OneStep(quoted)
    )
    played = run(steps, "replay", "--from", "x", "b.json", "--model", "acme/plain")
    assert "Desk, acme/plain: parameters of -; without 1 line; exact" in played


def test_a_book_that_no_model_can_hold_is_refused_with_a_reason() -> None:
    desk = made_desk(Shelf(), Book("b", (DESK,), market(*NAMES)), library=Library({}))
    with pytest.raises(Refusal, match="no model can hold this book; Desk under "):
        run(desk, "margin", "b.json", "--all-models")
