"""A chart's numbers and the history of margin usage."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.ui.desktop.desk import samples
from ui.desktop.models.series import (
    Column,
    Numbers,
    NumbersModel,
    UsageHistory,
    nice_top,
    written_instant,
)

NUMBERS = Numbers(
    (
        Column("Scenario", ("−14 %, vol up", "unmoved")),
        Column("Profit", np.array([-1234.5678, np.nan]), lambda each: f"{each:,.0f}"),
    )
)


def history(*points) -> UsageHistory:
    made = UsageHistory()
    made.take(points)
    return made


def test_numbers_are_copied_in_full_precision_and_absent_ones_as_nothing() -> None:
    assert NUMBERS.text() == "Scenario\tProfit\n−14 %, vol up\t-1234.5678\nunmoved\t\n"
    assert NUMBERS.csv() == 'Scenario,Profit\n"−14 %, vol up",-1234.5678\nunmoved,\n'


def test_the_table_shows_figures_as_written_and_exact_ones_in_the_tooltip(qapp, qtmodeltester):
    model = NumbersModel()
    model.show(NUMBERS)
    qtmodeltester.check(model)
    index = model.index(0, 1)
    assert model.data(index) == "-1,235"
    assert model.data(index, Qt.ItemDataRole.ToolTipRole) == "-1234.5678"
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Profit"


def test_the_newest_row_may_stand_first(qapp) -> None:
    model = NumbersModel(newest_first=True)
    model.show(NUMBERS)
    assert model.data(model.index(0, 0)) == "unmoved"


def test_usage_is_what_is_required_of_equity() -> None:
    point = samples(1)[0]
    series = history(point).series()
    assert series.initial[0] == pytest.approx(point.initial / point.equity)
    assert series.maintenance[0] == pytest.approx(point.maintenance / point.equity)
    assert series.alone[0] == pytest.approx(point.stand_alone_sum / point.equity)


def test_the_trigger_lies_at_125_percent_when_maintenance_is_four_fifths() -> None:
    assert history(*samples(3)).series().trigger == pytest.approx([1.25] * 3)


def test_without_initial_margin_the_trigger_lies_where_maintenance_meets_it() -> None:
    series = history(replace(samples(1)[0], initial=None)).series()
    assert np.isnan(series.initial[0])
    assert series.trigger == pytest.approx([1.0])


def test_without_equity_usage_is_infinite_and_absent_where_nothing_is_required() -> None:
    point = samples(1)[0]
    assert history(replace(point, equity=0.0)).series().initial[0] == np.inf
    assert np.isnan(history(replace(point, initial=0.0, equity=0.0)).series().initial[0])
    assert history(replace(point, initial=0.0)).series().initial[0] == 0.0


def test_a_growing_history_is_taken_up_from_where_it_was_left() -> None:
    points = samples(700)
    grown = history(*points[:300])
    grown.take(points[:500])
    grown.take(points)
    assert np.array_equal(grown.series().initial, history(*points).series().initial)


def test_a_history_that_forgets_its_oldest_points_is_followed() -> None:
    points = samples(100)
    moving = history(*points[:90])
    moving.take(points[20:100])
    assert moving.series().time.size == 80


def test_another_history_starts_over() -> None:
    made = history(*samples(50))
    other = samples(10, seed=9)
    made.take(other)
    assert made.series().time.size == 10
    made.take(())
    assert made.series().time.size == 0


def test_a_history_is_put_in_order_of_time() -> None:
    first, second, third = samples(3)
    assert np.all(np.diff(history(first, third, second).series().time) > 0)


def test_two_models_are_not_joined_by_a_line() -> None:
    first, second, third = samples(3)
    series = history(first, second, replace(third, model="deribit/portfolio")).series()
    assert series.joined.tolist() == [1.0, 0.0, 1.0]


def test_a_window_keeps_the_point_before_it_so_that_its_line_reaches_the_edge() -> None:
    series = history(*samples(100)).series()
    assert series.since(10.0).time.size == 12
    assert series.since(None).time.size == 100


@pytest.mark.parametrize(
    ("largest", "top"), [(0.0, 1.5), (1.4, 1.5), (1.5, 1.75), (2.2, 2.5), (80.0, 20.0)]
)
def test_the_usage_axis_grows_in_round_steps(largest: float, top: float) -> None:
    assert nice_top(largest) == top


def test_instants_are_written_in_utc_to_the_second() -> None:
    point = replace(samples(1)[0]).as_of + timedelta(milliseconds=400)
    assert written_instant(point.timestamp()) == "2026-02-05 12:00:00"
