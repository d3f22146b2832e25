"""Plays a feed at a speed: the clock of the replay, and the snapshots fetched on a worker."""

from bisect import bisect_right
from datetime import datetime, timedelta
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

from riskcore.market import MarketSnapshot
from ui.desktop.bridge import Calculator
from ui.desktop.ports import Feed

SPEEDS = (1, 2, 5, 10, 30, 60, 120, 300, 600)
TICK = 50  # milliseconds between two looks at the clock
LONGEST = 2.0  # seconds of ours to wait for a step that lies FAR beyond the one shown
FAR = timedelta(seconds=LONGEST * SPEEDS[-1])  # farther than the highest speed runs meanwhile


class Player(QObject):
    """Where a feed stands and whether it runs. At its last step it stops and says so.

    The feed's clock runs `speed` times as fast as the wall's. A step is shown when the clock has
    passed its instant; steps that passed while one was fetched are left out, never queued. Where
    days lie between two steps, the clock leaps to the next one after LONGEST.
    """

    opened = Signal(object)  # Feed
    arrived = Signal(object)  # MarketSnapshot
    moved = Signal()  # clock, step, speed or state changed
    failed = Signal(str)
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._feed: Feed | None = None
        self._instants: tuple[datetime, ...] = ()
        self._step = -1  # shown
        self._asked = -1
        self._speed = 60
        self._is_playing = False
        self._clock: datetime | None = None  # the feed's time at `_since`
        self._since = 0.0
        self._waiting_since = 0.0  # when the step on the screen was asked for, or played on
        self._fetcher = Calculator("feed", self)
        self._fetcher.answered.connect(self._receive)
        self._fetcher.failed.connect(self._fail)
        self._timer = QTimer(self, interval=TICK)
        self._timer.timeout.connect(self._look)

    @property
    def feed(self) -> Feed | None:
        """What is played."""
        return self._feed

    @property
    def step(self) -> int:
        """The step on the screen, -1 before the first."""
        return self._step

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return len(self._instants)

    @property
    def speed(self) -> int:
        """Seconds of the feed in one second of ours."""
        return self._speed

    @property
    def is_playing(self) -> bool:
        """Whether the clock runs."""
        return self._is_playing

    @property
    def has_ended(self) -> bool:
        """Whether the last step is shown."""
        return bool(self._instants) and self._step == len(self._instants) - 1

    @property
    def clock(self) -> datetime | None:
        """The feed's time now."""
        if self._clock is None or not self._instants:
            return None
        if not self._is_playing:
            return self._clock
        passed = timedelta(seconds=(monotonic() - self._since) * self._speed)
        return min(self._clock + passed, self._instants[-1])

    def open(self, feed: Feed, step: int = 0, *, play: bool = False) -> None:
        """Play another feed from a step on."""
        self._feed = feed
        self._instants = feed.instants
        self._step = self._asked = -1
        self._is_playing = False
        self._timer.stop()
        self.opened.emit(feed)
        self.seek(step)
        if play:
            self.play()

    def seek(self, step: int) -> None:
        """Show a step; the nearest there is."""
        if not self._instants:
            return
        step = min(max(step, 0), len(self._instants) - 1)
        self._set_clock(self._instants[step])
        self._fetch(step)
        self.moved.emit()

    def skip(self, steps: int) -> None:
        """Show a step further on, or back."""
        self.seek(max(self._asked, 0) + steps)

    def next(self) -> None:
        """Stop at the following step."""
        self.pause()
        self.skip(1)

    def previous(self) -> None:
        """Stop at the step before."""
        self.pause()
        self.skip(-1)

    def play(self) -> None:
        """Let the clock run; from the beginning when the end is shown."""
        if not self._instants or self._is_playing:
            return
        if self._asked == len(self._instants) - 1 and len(self._instants) > 1:
            self.seek(0)
        self._set_clock(self.clock)
        self._waiting_since = monotonic()
        self._is_playing = len(self._instants) > 1
        if self._is_playing:
            self._timer.start()
        self.moved.emit()

    def pause(self) -> None:
        """Stop the clock where it is."""
        if self._is_playing:
            self._set_clock(self.clock)
            self._is_playing = False
            self._timer.stop()
            self.moved.emit()

    def toggle(self) -> None:
        """Play or pause."""
        if self._is_playing:
            self.pause()
        else:
            self.play()

    def restart(self) -> None:
        """Play from the beginning."""
        self.pause()
        self.seek(0)
        self.play()

    def set_speed(self, speed: int) -> None:
        """Let the clock run so many times as fast as the wall's, between 1 and 600."""
        self._set_clock(self.clock)
        self._speed = min(max(speed, SPEEDS[0]), SPEEDS[-1])
        self.moved.emit()

    def faster(self) -> None:
        """The next higher speed."""
        self.set_speed(next((each for each in SPEEDS if each > self._speed), SPEEDS[-1]))

    def slower(self) -> None:
        """The next lower speed."""
        self.set_speed(next((each for each in reversed(SPEEDS) if each < self._speed), SPEEDS[0]))

    def close(self) -> None:
        """Stop the clock and wait for the worker."""
        self._timer.stop()
        self._is_playing = False
        self._fetcher.close()

    def _set_clock(self, moment: datetime | None) -> None:
        self._clock, self._since = moment, monotonic()

    def _look(self) -> None:
        self._leap()
        clock = self.clock
        if clock is None:
            return
        step = bisect_right(self._instants, clock) - 1
        if step > self._asked and not self._fetcher.is_busy:
            self._fetch(step)
        self.moved.emit()

    def _leap(self) -> None:
        following = self._asked + 1
        if self._fetcher.is_busy or not 0 < following < len(self._instants):
            return
        is_far = self._instants[following] - self._instants[following - 1] > FAR
        clock = self.clock
        if not is_far or clock is None or clock >= self._instants[following]:
            return
        if monotonic() - self._waiting_since >= LONGEST:
            self._set_clock(self._instants[following])

    def _fetch(self, step: int) -> None:
        if self._feed is None or step == self._asked:
            return
        self._asked, self._waiting_since = step, monotonic()
        self._fetcher.ask(_fetched, self._feed, step)

    def _receive(self, answer: tuple[Feed, int, MarketSnapshot]) -> None:
        feed, step, snapshot = answer
        if feed is not self._feed:
            return
        self._step = step
        stops = self.has_ended and self._is_playing
        if stops:
            self.pause()
        self.arrived.emit(snapshot)
        self.moved.emit()
        if stops:
            self.ended.emit()

    def _fail(self, sentence: str) -> None:
        self.pause()
        self.failed.emit(sentence)


def _fetched(feed: Feed, step: int) -> tuple[Feed, int, MarketSnapshot]:
    return feed, step, feed.snapshot(step)
