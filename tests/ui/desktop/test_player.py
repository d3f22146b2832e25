"""ui/desktop/player.py."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from riskcore.errors import Refusal
from riskcore.market import MarketSnapshot
from tests.builders import NOON, market
from ui.desktop.player import Player


@dataclass
class Recording:
    """A feed of one instrument, a minute between its steps unless told."""

    length: int = 5
    broken: frozenset[int] = frozenset()
    every: timedelta = timedelta(minutes=1)
    name: str = "Recording"
    kind: str = "replay"
    synthetic: bool = False
    asked: list[int] = field(default_factory=list)

    @property
    def instants(self) -> tuple[datetime, ...]:
        return tuple(NOON + step * self.every for step in range(self.length))

    def snapshot(self, step: int) -> MarketSnapshot:
        self.asked.append(step)
        if step in self.broken:
            raise Refusal(f"step {step} cannot be read")
        return market("BTC-PERPETUAL", as_of=self.instants[step])


@pytest.fixture
def player(qtbot: QtBot) -> Iterator[Player]:
    made = Player()
    yield made
    made.close()


def test_opening_a_feed_shows_its_first_step_and_waits(qtbot: QtBot, player: Player) -> None:
    with qtbot.waitSignal(player.arrived) as caught:
        player.open(Recording())
    assert caught.args[0].as_of == NOON
    assert not player.is_playing
    assert player.clock == NOON


def test_it_plays_to_the_end_and_stops_there(qtbot: QtBot, player: Player) -> None:
    shown = []
    player.arrived.connect(lambda snapshot: shown.append(snapshot.as_of))
    player.set_speed(600)
    with qtbot.waitSignal(player.ended, timeout=3000):
        player.open(Recording(), play=True)
    assert player.has_ended
    assert shown == sorted(shown)
    assert not player.is_playing
    assert player.clock == NOON + timedelta(minutes=4)


def test_after_the_end_playing_begins_again(qtbot: QtBot, player: Player) -> None:
    player.open(Recording(), 4)
    qtbot.waitUntil(lambda: player.has_ended)
    player.play()
    qtbot.waitUntil(lambda: player.step == 0)
    assert player.is_playing


def test_the_clock_runs_at_the_chosen_speed(qtbot: QtBot, player: Player) -> None:
    player.set_speed(60)
    player.open(Recording(100), play=True)
    qtbot.wait(300)
    player.pause()
    passed = player.clock - NOON
    assert timedelta(seconds=15) < passed < timedelta(seconds=40)
    qtbot.wait(100)
    assert player.clock - NOON == passed


def test_days_between_two_steps_are_waited_for_no_longer_than_two_seconds(
    qtbot: QtBot, player: Player
) -> None:
    feed = Recording(4, every=timedelta(days=2))
    shown = []
    player.arrived.connect(lambda snapshot: shown.append(snapshot.as_of))
    player.set_speed(60)
    player.open(feed, play=True)
    qtbot.wait(1_500)
    assert shown == [NOON]
    qtbot.waitUntil(lambda: player.step == 1, timeout=1_500)
    assert player.clock - feed.instants[1] < timedelta(minutes=2)
    player.pause()
    qtbot.wait(2_200)
    assert shown == list(feed.instants[:2])


def test_a_chosen_speed_is_not_cut_short_between_minutes(qtbot: QtBot, player: Player) -> None:
    player.set_speed(1)
    player.open(Recording(), play=True)
    qtbot.wait(2_400)
    assert player.step == 0


def test_steps_go_forth_and_back_but_not_beyond_the_ends(qtbot: QtBot, player: Player) -> None:
    player.open(Recording(3))
    qtbot.waitUntil(lambda: player.step == 0)
    player.skip(1)
    qtbot.waitUntil(lambda: player.step == 1)
    player.skip(10)
    qtbot.waitUntil(lambda: player.step == 2)
    player.skip(-10)
    qtbot.waitUntil(lambda: player.step == 0)


def test_a_step_that_cannot_be_read_pauses_and_says_why(qtbot: QtBot, player: Player) -> None:
    player.set_speed(600)
    with qtbot.waitSignal(player.failed, timeout=3000) as caught:
        player.open(Recording(5, frozenset({3})), 2, play=True)
    assert caught.args == ["step 3 cannot be read"]
    assert not player.is_playing


def test_a_snapshot_of_the_feed_before_is_not_shown(qtbot: QtBot, player: Player) -> None:
    first, second = Recording(), Recording(2)
    shown = []
    player.arrived.connect(lambda snapshot: shown.append(snapshot.as_of))
    player.open(first, 3)
    player.open(second, 1)
    qtbot.waitUntil(lambda: player.step == 1)
    assert shown == [NOON + timedelta(minutes=1)]


def test_speeds_stay_between_one_and_six_hundred(player: Player) -> None:
    for _ in range(20):
        player.faster()
    assert player.speed == 600
    for _ in range(20):
        player.slower()
    assert player.speed == 1
