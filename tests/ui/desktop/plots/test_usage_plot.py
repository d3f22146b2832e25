"""What the usage plot draws of a long history."""

import numpy as np
import pytest

from tests.ui.desktop.desk import look, samples
from ui.desktop.models.series import UsageHistory
from ui.desktop.plots.usage_plot import POINTS, UsagePlot, thinned

TIME = np.arange(10_000.0)
WAVE = np.sin(TIME / 50)
JOINED = np.ones(10_000)


def test_a_short_line_is_left_as_it_is() -> None:
    time, values, joined = thinned(TIME[:100], WAVE[:100], JOINED[:100])
    assert (time.size, values.size, joined.size) == (100, 100, 100)


def test_a_long_line_keeps_every_peak_and_both_ends() -> None:
    spiked = WAVE.copy()
    spiked[4321] = 9.0
    time, values, _ = thinned(TIME, spiked, JOINED)
    assert time.size <= POINTS + 10
    assert values.max() == 9.0
    assert (time[0], time[-1]) == (TIME[0], TIME[-1])
    assert values[-1] == spiked[-1]


def test_thinning_keeps_a_gap_open() -> None:
    apart = JOINED.copy()
    apart[5000] = 0.0
    _, _, joined = thinned(TIME, WAVE, apart)
    assert joined.min() == 0.0


@pytest.mark.window
@pytest.mark.parametrize("colour_blind", [False, True])
def test_zones_lie_from_75_to_100_from_100_to_the_trigger_and_beyond(qtbot, colour_blind) -> None:
    plot = UsagePlot(look(colour_blind=colour_blind))
    qtbot.addWidget(plot)
    history = UsageHistory()
    history.take(samples(50))
    plot.show_series(history.series(), 900.0, "trigger")
    regions = [zone.getRegion() for zone in plot._zones]
    assert regions[0] == pytest.approx((0.75, 1.0))
    assert regions[1] == pytest.approx((1.0, 1.25))
    assert regions[2] == pytest.approx((1.25, plot.value_range()[1]))


@pytest.mark.window
def test_zones_of_the_colour_blind_palette_differ_by_their_hatching(qtbot) -> None:
    plot = UsagePlot(look(colour_blind=True))
    qtbot.addWidget(plot)
    assert len({zone.brush.style() for zone in plot._zones}) == 3


@pytest.mark.window
def test_time_is_written_in_utc(qtbot) -> None:
    plot = UsagePlot(look())
    qtbot.addWidget(plot)
    plot.resize(560, 300)
    history = UsageHistory()
    history.take(samples(900))
    plot.show_series(history.series(), 900.0, "trigger")
    words = [text for _, text in plot._bottom._tickLevels[0]]
    assert "11:50" in words


@pytest.mark.window
def test_a_day_begins_with_its_date_on_a_long_axis(qtbot) -> None:
    plot = UsagePlot(look())
    qtbot.addWidget(plot)
    plot.resize(560, 300)
    history = UsageHistory()
    history.take(samples(80, seconds=3600.0))
    plot.show_series(history.series(), None, "trigger")
    assert "4 Feb" in [text for _, text in plot._bottom._tickLevels[0]]
