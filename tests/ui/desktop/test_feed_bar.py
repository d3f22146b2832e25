"""The market being played, in the top bar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from riskcore.market import MarketSnapshot
from tests.builders import NOON, market
from tests.ui.desktop.desk import RESOURCES, look
from tests.ui.desktop.measure import cut
from ui.desktop.feed_bar import FeedBar
from ui.desktop.player import SPEEDS, Player

pytestmark = pytest.mark.window


@dataclass
class Recording:
    """Three steps, and what the feed is called."""

    name: str
    apart: timedelta = timedelta(minutes=1)
    kind: str = "replay"
    synthetic: bool = False

    @property
    def instants(self) -> tuple[datetime, ...]:
        return tuple(NOON + step * self.apart for step in range(3))

    def snapshot(self, step: int) -> MarketSnapshot:
        return market("BTC-PERPETUAL", as_of=self.instants[step])


@pytest.fixture
def player(qtbot: QtBot) -> Iterator[Player]:
    made = Player()
    yield made
    made.close()


@pytest.fixture
def bar(qtbot: QtBot, player: Player) -> FeedBar:
    made = FeedBar(player, RESOURCES, look())
    made.setStyleSheet(look().style(RESOURCES))
    qtbot.addWidget(made)
    made.show()
    return made


def test_no_speed_is_cut(bar: FeedBar, player: Player) -> None:
    player.open(Recording("Replay 5 Feb 2026"))
    for speed in SPEEDS:
        player.set_speed(speed)
        bar.adjustSize()
        assert bar.speed.text() == f"×{speed}"
        assert cut(bar) == []


def test_the_clock_says_the_day_that_the_name_does_not(bar: FeedBar, player: Player) -> None:
    player.open(Recording("Replay 5 Feb 2026"))
    assert bar.clock.text() == "12:00:00"
    player.open(Recording("Replay 5 Feb 2026 – 15 Feb 2026", timedelta(days=5)))
    assert bar.clock.text() == "5 Feb 2026 12:00:00", "of two days in the name it says neither"
    player.open(Recording("My market"))
    assert bar.clock.text() == "5 Feb 2026 12:00:00"
