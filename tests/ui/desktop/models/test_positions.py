"""The rows of the positions grid, from reports made by hand."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from riskcore.errors import Refusal
from riskcore.holdings import Account, Position
from riskcore.margin.model import Calibration
from riskcore.margin.requirement import Component, Requirement, Rule, Trigger, total
from riskcore.query import Line, ModelResult, PoolResult, Report
from tests.builders import INDEX, NOON, account, market
from ui.desktop.models.cells import Kind
from ui.desktop.models.positions import PositionsModel

HELD = {"BTC-27FEB26-60000-P": -120.0, "BTC-27FEB26-50000-P": 120.0, "ETH-PERPETUAL": 4_000.0}
SHARES = {"BTC-27FEB26-60000-P": 9.0, "BTC-27FEB26-50000-P": -2.5, "ETH-PERPETUAL": 0.75}
DESK = account("Desk", HELD, {"BTC": 12.0})
MARKET = market(*HELD)


def line(position: Position, share: float, pool: str = "BTC") -> Line:
    name = position.instrument.name
    return Line(
        position=position,
        mark=2_000.05 if "PERP" in name else 0.0437,
        vol=None if "PERP" in name else 0.682,
        forward=None if "PERP" in name else 64_182.0,
        value=-5.0,
        value_usd=-336_640.0 if "60000" in name else 20_000.0,
        profit_usd=-122_160.4 if "60000" in name else None,
        delta=34.9,
        gamma=0.002,
        vega=-810_000.0,
        theta=2_153_500.0,
        pool=pool,
        alone=11.5,
        share=share,
    )


def report(desk: Account = DESK, *, usd: float = 70_000.0, initial: bool = True) -> Report:
    leaves = [Component(name, share, Rule.POSITION) for name, share in SHARES.items()]
    orders = Component("open_orders_margin", 0.5)
    required = total("initial_margin", *leaves, orders)
    requirement = Requirement(
        pool="BTC",
        currency="BTC",
        equity=Component("equity", 12.0),
        initial=required if initial else None,
        maintenance=required,
        trigger=Trigger("maintenance usage", 0.5, 1.0),
        label="exact",
    )
    pool = PoolResult(
        requirement, usd, 35.0, None, (orders,), (Component("open_orders_margin", 0.5),)
    )
    lines = tuple(line(each, SHARES[each.instrument.name]) for each in desk.holdings.positions)
    result = ModelResult("m", "Model", Calibration(), (pool,), lines)
    return Report(desk.key, NOON, (result,), INDEX, {}, ())


@pytest.fixture
def model(qapp: object) -> PositionsModel:
    made = PositionsModel()
    made.show(DESK, MARKET, report())
    return made


def cells(model: PositionsModel, name: str) -> dict[str, str]:
    row = next(each for each in model.rows if each.cells[0].text.startswith(name))
    return {column.name: cell.text for column, cell in zip(model.columns, row.cells, strict=True)}


def test_lines_stand_in_groups_of_underlying_and_expiry(model: PositionsModel) -> None:
    assert [(row.kind, row.cells[0].text) for row in model.rows] == [
        (Kind.GROUP, "BTC · 27 Feb 2026 · F 64,182 · 21.8 d"),
        (Kind.LINE, "BTC-27FEB26-50000-P"),
        (Kind.LINE, "BTC-27FEB26-60000-P"),
        (Kind.GROUP, "ETH · perpetual · index 2,000"),
        (Kind.LINE, "ETH-PERPETUAL"),
        (Kind.OTHER, "Orders and add-ons"),
        (Kind.TOTAL, "Account"),
        (Kind.ENTRY, "type or paste a position…"),
    ]


def test_a_line_shows_desk_units(model: PositionsModel) -> None:
    shown = cells(model, "BTC-27FEB26-60000-P")
    assert shown == {
        "instrument": "BTC-27FEB26-60000-P",
        "quantity": "-120.0",
        "entry": "-",
        "mark": "0.0437",
        "vol": "68.2",
        "value": "-336,640",
        "profit": "-122,160",
        "delta": "+34.9",
        "gamma": "+1.28",  # coins for 1 % of the forward
        "vega": "-8.1k",  # one volatility point
        "theta": "+5.9k",  # a day
        "alone": "805,000",
        "share": "+630,000",
    }


@pytest.mark.parametrize(("name", "total"), [("share", "542,500"), ("alone", "2,450,000")])
def test_lines_with_orders_and_add_ons_add_up_to_the_account(
    model: PositionsModel, name: str, total: str
) -> None:
    column = model.column(name)
    parts = [row.cells[column].value for row in model.rows if row.kind in (Kind.LINE, Kind.OTHER)]
    whole = next(row for row in model.rows if row.kind is Kind.TOTAL).cells[column]
    assert sum(parts) == pytest.approx(whole.value, rel=1e-12)
    assert whole.text == total


def test_orders_and_add_ons_are_named_in_words(qapp: object) -> None:
    model = PositionsModel({"open_orders_margin": "resting orders"}.__getitem__)
    model.show(DESK, MARKET, report())
    row = next(each for each in model.rows if each.kind is Kind.OTHER)
    assert row.note == "resting orders 35,000"


def test_what_rounding_leaves_over_is_no_add_on(qapp: object) -> None:
    shown = report()
    pool = shown.results[0].pools[0]
    rounding = Component("rounding", 3e-9)
    left = replace(pool, other_shares=(rounding,), other_alone=(rounding,))
    result = replace(shown.results[0], pools=(left, *shown.results[0].pools[1:]))
    model = PositionsModel({}.__getitem__)
    model.show(DESK, MARKET, replace(shown, results=(result,)), "BTC")
    assert all(row.kind is not Kind.OTHER for row in model.rows)


def test_what_does_not_add_up_is_left_empty(model: PositionsModel) -> None:
    shown = cells(model, "Account")
    assert shown["value"] == ""
    assert shown["delta"] == shown["gamma"] == ""  # two coins
    assert cells(model, "BTC ·")["delta"] == "+69.8"


def test_a_profit_that_leaves_lines_out_is_starred_and_says_how_many(model: PositionsModel) -> None:
    lines = len(DESK.holdings.positions)
    assert cells(model, "Account")["profit"] == "-122,160 *"
    assert cells(model, "BTC ·")["profit"] == "-122,160 *"
    total = next(row for row in model.rows if row.kind is Kind.TOTAL)
    words = f"* P&L: {lines - 1} of {lines} lines have no entry price and are not in this sum"
    index = model.index(model.row_of("total"), model.column("profit"))
    assert index.data(Qt.ItemDataRole.ToolTipRole) == f"-122160.4\n{words}"
    assert total.warning == words
    whole = report()
    known = tuple(replace(each, profit_usd=-10.0) for each in whole.results[0].lines)
    model.show(DESK, MARKET, replace(whole, results=(replace(whole.results[0], lines=known),)))
    assert cells(model, "Account")["profit"] == f"{-10 * lines:,}"


def test_margins_follow_the_display_currency(model: PositionsModel) -> None:
    model.show(DESK, MARKET, report(), "BTC")
    assert cells(model, "BTC-27FEB26-60000-P")["share"] == "+9.0000"
    assert cells(model, "BTC-27FEB26-60000-P")["value"] == "-4.8091"
    assert model.columns[model.column("value")].title == "Value BTC"
    model.show(DESK, MARKET, report(initial=False))
    assert model.columns[model.column("alone")].title == "Alone MM"


def test_only_profit_and_what_adds_margin_have_a_colour(model: PositionsModel) -> None:
    row = model.rows[model.row_of(DESK.holdings.positions[0].key)]
    tones = {column.name: cell.tone for column, cell in zip(model.columns, row.cells, strict=True)}
    assert (tones.pop("profit"), tones.pop("share")) == ("loss", "loss")
    assert set(tones.values()) <= {"text", "mute"}


def test_full_precision_is_in_the_tooltip(model: PositionsModel) -> None:
    row = model.row_of(DESK.holdings.positions[0].key)
    index = model.index(row, model.column("profit"))
    assert index.data() == "-122,160"
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "-122160.4"
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "P&L: -122,160"


def test_a_column_in_per_cent_is_copied_and_filtered_in_per_cent(model: PositionsModel) -> None:
    cell = model.rows[model.row_of(DESK.holdings.positions[0].key)].cells[model.column("vol")]
    assert cell.text == "68.2"
    assert float(cell.full) == pytest.approx(68.2)
    assert cell.value == pytest.approx(68.2)


def test_an_edited_line_shows_the_new_quantity_and_fades_old_figures(
    model: PositionsModel,
) -> None:
    key = DESK.holdings.positions[0].key
    edit = model.typed(model.row_of(key), model.column("quantity"), "-100")
    assert edit is not None
    model.show(edit.after, MARKET, report())
    row = model.rows[model.row_of(key)]
    assert row.cells[1].text == "-100.0"
    assert row.is_faded
    assert not model.rows[model.row_of(DESK.holdings.positions[1].key)].is_faded


def test_a_line_without_a_report_has_no_figures(model: PositionsModel) -> None:
    model.show(DESK, MARKET, None)
    assert cells(model, "ETH-PERPETUAL")["share"] == "-"
    model.show(DESK, MARKET, None, is_computing=True)
    assert cells(model, "ETH-PERPETUAL")["share"] == "…"


def test_the_report_of_another_account_is_not_shown(model: PositionsModel) -> None:
    model.show(replace(DESK, key="other"), MARKET, report())
    assert cells(model, "ETH-PERPETUAL")["share"] == "-"


def test_an_excluded_position_stays_and_counts_for_nothing(model: PositionsModel) -> None:
    out = replace(DESK, excluded=frozenset({DESK.holdings.positions[2].key}))
    model.show(out, MARKET, report())
    row = model.rows[model.row_of(DESK.holdings.positions[2].key)]
    assert (row.is_ticked, row.is_faded, row.note) == (False, True, "excluded")
    assert cells(model, "ETH-PERPETUAL")["delta"] == "-"


def test_an_old_quote_says_its_age(model: PositionsModel) -> None:
    made = report()
    model.show(DESK, MARKET, replace(made, ages={"ETH-PERPETUAL": 600.0}))
    row = model.rows[model.row_of(DESK.holdings.positions[2].key)]
    assert (row.is_faded, row.note) == (True, "10 min old")


def test_a_hypothetical_line_is_marked(model: PositionsModel) -> None:
    made = report()
    tried = replace(DESK.holdings.positions[0], quantity=5.0)
    bare = replace(DESK, holdings=replace(DESK.holdings, positions=DESK.holdings.positions[1:]))
    result = replace(made.results[0], lines=(line(tried, 1.0), *made.results[0].lines[1:]))
    model.show(bare, MARKET, replace(made, results=(result,)))
    row = next(row for row in model.rows if row.kind is Kind.HYPOTHETICAL)
    assert row.note == "what-if"
    assert not model.is_editable(model.rows.index(row), 1)


def test_sorting_stays_while_figures_move(model: PositionsModel) -> None:
    model.group(False)
    model.sort(model.column("share"), Qt.SortOrder.DescendingOrder)
    order = [row.cells[0].text for row in model.rows if row.kind is Kind.LINE]
    assert order == ["BTC-27FEB26-60000-P", "ETH-PERPETUAL", "BTC-27FEB26-50000-P"]
    made = report()
    moved = tuple(replace(each, share=-each.share) for each in made.results[0].lines)
    model.show(DESK, MARKET, replace(made, results=(replace(made.results[0], lines=moved),)))
    assert [row.cells[0].text for row in model.rows if row.kind is Kind.LINE] == order
    model.sort(-1)
    assert model.rows[0].cells[0].text == "BTC-27FEB26-50000-P"


def test_a_filter_shows_matching_lines_and_the_whole_account(model: PositionsModel) -> None:
    model.filter_by(model.column("share"), ">0")
    assert model.line_count() == (2, 3)
    assert cells(model, "Account")["share"] == "542,500"
    model.filter_by(0, "eth*")
    assert model.line_count() == (1, 3)
    with pytest.raises(Refusal):
        model.filter_by(1, ">x")
    model.clear_filters()
    assert model.line_count() == (3, 3)


def test_a_folded_group_keeps_its_sums(model: PositionsModel) -> None:
    group = model.rows[0].group
    model.fold(group)
    assert not model.rows[0].is_open
    assert cells(model, "BTC ·")["share"] == "+455,000"
    assert model.line_count() == (3, 3)
    assert [row.kind for row in model.rows[:2]] == [Kind.GROUP, Kind.GROUP]


def test_rows_stand_still_while_something_is_typed(model: PositionsModel) -> None:
    before = [row.key for row in model.rows]
    model.hold(True)
    bare = replace(DESK, holdings=replace(DESK.holdings, positions=DESK.holdings.positions[1:]))
    model.show(bare, MARKET, report(bare))
    assert [row.key for row in model.rows] == before
    with pytest.raises(Refusal, match="no longer held"):
        model.typed(model.row_of(DESK.holdings.positions[0].key), 1, "5")
    model.hold(False)
    assert len(model.rows) == len(before) - 1


@pytest.mark.parametrize(
    ("column", "text", "sentence"),
    [
        ("quantity", "abc", "“abc” is not a quantity; write it like -120"),
        ("quantity", "", "is not a quantity"),
        ("entry", "-5", "is negative"),
        ("entry", "x", "is not an entry price"),
    ],
)
def test_bad_figures_are_refused(
    model: PositionsModel, column: str, text: str, sentence: str
) -> None:
    row = model.row_of(DESK.holdings.positions[0].key)
    with pytest.raises(Refusal, match=sentence):
        model.typed(row, model.column(column), text)


def test_typing_what_stands_there_is_no_edit(model: PositionsModel) -> None:
    row = model.row_of(DESK.holdings.positions[0].key)
    assert model.typed(row, model.column("quantity"), "-120") is None
    assert model.typed(row, model.column("entry"), "") is None
