"""The requirement's tree as an item model."""

import pytest
from PySide6.QtCore import QModelIndex, Qt

from riskcore.margin.requirement import Component, Rule, larger_of, total
from tests.ui.desktop.desk import initial_margin
from ui.desktop.models.explain import AMOUNT, RULE, ExplainModel, tree


@pytest.fixture
def model(qapp) -> ExplainModel:
    made = ExplainModel()
    made.show(initial_margin())
    return made


def titles(model: ExplainModel) -> list[str]:
    return [model.title(line) for line in model.lines()]


def line_of(model: ExplainModel, term: str):
    return model.line(model.find_term(term))


def test_the_model_is_a_sound_tree(model, qtmodeltester) -> None:
    qtmodeltester.check(model)


def test_every_line_that_counts_is_the_sum_of_the_lines_below_it(model) -> None:
    for line in model.lines():
        counting = [each for each in line.lines if each.against is None]
        if counting:
            below = sum(each.component.amount for each in counting)
            assert line.component.amount == pytest.approx(below, rel=1e-12)


def test_terms_are_words_and_instruments_keep_their_names(model) -> None:
    assert titles(model)[0] == "Initial margin"
    assert "BTC-27FEB26-60000-P" in titles(model)


def test_what_was_considered_says_by_how_much_it_fell_short(model) -> None:
    line = line_of(model, "short_option_minimum")
    assert line.losing
    assert model.remark(line) == "0.01 BTC each · not binding, short by 299,410.00"


def test_an_alternative_that_ties_is_not_short_of_anything(qapp) -> None:
    model = ExplainModel()
    model.show(larger_of("margin", Component("first", 5.0), Component("second", 5.0)))
    assert model.remark(line_of(model, "second")) == "not binding, equal"


def test_the_smaller_of_two_says_what_the_other_is_over_by(qapp) -> None:
    model = ExplainModel()
    model.show(
        total(
            "charge",
            Component("cap", 3.0),
            rule=Rule.SMALLER_OF,
            considered=(Component("slope", 7.0),),
        )
    )
    assert model.remark(line_of(model, "slope")) == "not binding, over by 4.00"


def test_lines_below_a_losing_line_lose_too() -> None:
    loser = total("loser", Component("part", 1.0))
    lines = tree(larger_of("margin", Component("winner", 2.0), loser)).walk()
    assert [(line.component.term, line.losing) for line in lines] == [
        ("margin", False),
        ("winner", False),
        ("loser", True),
        ("part", True),
    ]


def test_only_a_line_with_parts_carries_the_sign_of_its_rule(model) -> None:
    assert model.sign(line_of(model, "scanning_risk")) == "worst"
    assert model.sign(line_of(model, "risk_matrix_margin")) == "max"
    assert model.sign(line_of(model, "open_orders_margin")) == ""


def test_a_long_fact_is_cut_where_a_clause_ends_and_says_so(qapp) -> None:
    model = ExplainModel()
    model.show(Component("roll_shock", 1.0, because="BTC-27FEB26: net delta -1,120, at 1 %"))
    assert model.remarks(model.lines()[0]) == (
        "BTC-27FEB26: net delta -1,120, at 1 %",
        "BTC-27FEB26: net delta -1,120 …",
        "BTC-27FEB26 …",
    )


def test_a_refresh_of_the_same_shape_keeps_indexes_and_tells_every_changed_level(
    model, qtbot
) -> None:
    index = model.find_term("roll_shock").siblingAtColumn(AMOUNT)
    told: list[tuple[QModelIndex, QModelIndex]] = []
    model.dataChanged.connect(lambda top, bottom: told.append((top, bottom)))
    assert model.show(initial_margin(2.0))
    assert index.isValid()
    above = model.find_term("scanning_risk")
    assert any(top.parent() == above for top, _ in told)


def test_a_refresh_of_another_shape_starts_over(model, qtbot) -> None:
    with qtbot.waitSignal(model.modelReset):
        assert not model.show(Component("initial_margin", 0.0))
    assert model.rowCount() == 1
    assert model.rowCount(model.index(0, 0)) == 0


def test_nothing_to_explain_is_an_empty_model(model) -> None:
    model.show(None)
    assert model.rowCount() == 0
    assert model.text() == ""


def test_the_copied_tree_is_indented_and_exact(qapp) -> None:
    model = ExplainModel()
    model.show(total("margin", Component("BTC-PERPETUAL", 0.1 + 0.2, Rule.POSITION)))
    assert model.text() == (
        "Margin\tΣ\t0.30000000000000004\n  BTC-PERPETUAL\t\t0.30000000000000004"
    )


def test_the_tooltip_says_meaning_fact_rule_and_source(qapp) -> None:
    model = ExplainModel()
    model.set_words({"roll_shock": "Roll shock: delta of each expiry"}, lambda a, s: f"{a:.0f}")
    model.show(
        total("roll_shock", Component("x", 1.0), because="3 expiries", source="Rulebook, section 6")
    )
    index = model.index(0, 0)
    assert model.data(index, Qt.ItemDataRole.ToolTipRole) == (
        "Roll shock: delta of each expiry\n3 expiries\nthe sum of the lines below it\n"
        "Rulebook, section 6"
    )


def test_figures_stand_right_and_words_left(model) -> None:
    root = model.index(0, 0)
    role = Qt.ItemDataRole.TextAlignmentRole
    assert model.data(root, role) is None
    for column in (RULE, AMOUNT):
        assert model.data(root.siblingAtColumn(column), role) & Qt.AlignmentFlag.AlignRight


def test_a_rounding_below_the_last_digit_is_copied_but_not_shown() -> None:
    model = ExplainModel()
    model.show(total("initial_margin", Component("roll_shock", 2.0), Component("rounding", 3e-10)))
    assert [line.component.term for line in model.lines()] == ["initial_margin", "roll_shock"]
    assert model.text().splitlines()[-1].endswith("3e-10")


def test_a_rounding_that_can_be_seen_is_shown() -> None:
    model = ExplainModel()
    model.show(total("initial_margin", Component("roll_shock", 2.0), Component("rounding", 0.5)))
    assert model.lines()[-1].component.term == "rounding"
