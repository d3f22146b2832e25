"""The row of names and values beneath a chart."""

import pytest

from tests.ui.desktop.desk import look
from ui.desktop.plots.legend import Entry, Legend

pytestmark = pytest.mark.window
ENTRIES = (
    Entry("initial usage", "initial", "61.3 %", "accent"),
    Entry("stand-alone sum", "alone", "139.2 %", "dim"),
)


@pytest.fixture
def legend(qtbot) -> Legend:
    made = Legend(look())
    qtbot.addWidget(made)
    made.show_entries(ENTRIES)
    return made


def test_full_names_stand_where_there_is_room(legend) -> None:
    legend.resize(legend.sizeHint())
    assert legend.written() == ("initial usage", "stand-alone sum")


def test_names_get_shorter_and_then_go_before_a_value_is_cut(legend) -> None:
    legend.resize(legend.sizeHint().width() - 1, 20)
    assert legend.written() == ("initial usage", "alone")
    legend.resize(legend.minimumSizeHint().width() + 60, 20)
    assert legend.written() == ("initial", "")
    legend.resize(legend.minimumSizeHint())
    assert legend.written() == ("", "")


def test_it_reads_itself_out_in_full(legend) -> None:
    legend.resize(legend.minimumSizeHint())
    assert legend.accessibleDescription() == "initial usage 61.3 %; stand-alone sum 139.2 %"
