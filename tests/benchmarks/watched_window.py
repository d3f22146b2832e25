"""The program as a user starts it, with someone at the window who measures: one line of JSON.

Run by bench_window.py as a process of its own: NAME OF THE MEASUREMENT, DATABASE, then its inputs.
"""

import json
import os
import runpy
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any, NoReturn

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget

from ui.desktop import app
from ui.desktop.main_window import MainWindow

MAIN = Path(__file__).parents[2] / "main.py"
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
PLAIN = Qt.KeyboardModifier.NoModifier
SETTLED = 6.0  # seconds after the first figures: plots are built, the first curve is drawn
CALM_TICK = 0.05  # seconds between two keys while the program starts
BUSY_INPUTS = 0.0873  # seconds between two inputs: they must not keep step with the ticks


class Watcher(QObject):
    """Sits at a window from the moment it is made until it has measured, then closes it."""

    def __init__(self, window: MainWindow, inputs: list[str]) -> None:
        super().__init__(window)
        self.window, self.inputs = window, inputs
        self.grid = window.docks.panels["positions"].view  # type: ignore[attr-defined]
        self.found: dict[str, Any] = {}
        self.waits: list[float] = []
        self._unpainted: list[QWidget] = []
        self._after: Callable[[], None] | None = None
        self._open = ExitStack()
        self._notifier: QSocketNotifier | None = None
        self._hand: deque[Callable[[], None]] = deque()
        self.begin()

    def begin(self) -> None:
        """What is done before the window is shown."""
        raise NotImplementedError

    def end(self) -> None:
        """Say what was found and close the window."""
        self.stop_inputs()
        self.found["load"] = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
        print(json.dumps(self.found), flush=True)
        self.window.close()

    def fail(self, sentence: str) -> NoReturn:
        """End at once: what was measured is not what was meant."""
        print(sentence, file=sys.stderr, flush=True)
        os._exit(1)

    # Paint

    def after_paint(self, widgets: list[QWidget], function: Callable[[], None]) -> None:
        """Call a function when all of these have been painted and are on the screen."""
        self._unpainted, self._after = list(widgets), function
        for each in widgets:
            each.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice a paint."""
        if event.type() == QEvent.Type.Paint and watched in self._unpainted:
            watched.removeEventFilter(self)
            self._unpainted.remove(watched)  # type: ignore[arg-type]
            if not self._unpainted and self._after is not None:
                QTimer.singleShot(0, self._after)
        return False

    # Inputs

    def start_inputs(self, every: float, hand: list[Callable[[], None]]) -> None:
        """Do these in turn, each when a moment comes, and note how long it waited."""
        from tests.benchmarks.input_source import inputs

        self._hand = deque(hand)
        pipe = self._open.enter_context(inputs(every))
        self._notifier = QSocketNotifier(pipe, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._take_inputs)

    def stop_inputs(self) -> None:
        """No more of them."""
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier = None
        self._open.close()

    def _take_inputs(self, *_: object) -> None:
        from tests.benchmarks.input_source import moments

        if self._notifier is None:
            return
        for made in moments(int(self._notifier.socket())):
            self._hand[0]()
            self._hand.rotate(-1)
            self.waits.append(time.monotonic() - made)

    def key(self, key: Qt.Key, text: str = "", target: QWidget | None = None) -> None:
        """Press and release a key."""
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(target or self.grid, QKeyEvent(kind, key, PLAIN, text))

    def mouse(self, kind: QEvent.Type, target: QWidget, at: QPoint) -> None:
        """Move the mouse over a widget, or press its left button there."""
        held = NONE if kind == QEvent.Type.MouseMove else LEFT
        local, on_screen = QPointF(at), QPointF(target.mapToGlobal(at))
        event = QMouseEvent(kind, local, on_screen, held, held, PLAIN)
        QApplication.sendEvent(target, event)

    def wheel(self, target: QWidget, notches: int) -> None:
        """Turn the wheel over a widget."""
        at = QPointF(target.rect().center())
        turned = QPoint(0, 120 * notches)
        event = QWheelEvent(
            at,
            QPointF(target.mapToGlobal(at.toPoint())),
            QPoint(),
            turned,
            NONE,
            PLAIN,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(target, event)


class Start(Watcher):
    """From the start of the process until the first figures are shown and a key is accepted."""

    def begin(self) -> None:
        self._started = float(self.inputs[0])
        self.window.session.report_changed.connect(self._see_report)
        self.start_inputs(CALM_TICK, [self._press])

    def _press(self) -> None:
        self.key(Qt.Key.Key_Down)
        is_taken = self.window.isVisible() and self.grid.currentIndex().isValid()
        if is_taken and "key" not in self.found:
            self.found["key"] = time.monotonic() - self._started

    def _see_report(self, *_: object) -> None:
        self.window.session.report_changed.disconnect(self._see_report)
        panels = self.window.docks.panels
        self.after_paint([panels["summary"], self.grid.viewport()], self._see_figures)

    def _see_figures(self) -> None:
        self.found["figures"] = time.monotonic() - self._started
        self.found["own"] = time.process_time()
        model = self.grid.model()
        column = model.column("quantity") + 2  # the mark
        if not any(model.index(row, column).data() for row in range(model.rowCount())):
            self.fail("the grid was painted without marks")
        QTimer.singleShot(int(SETTLED * 1_000), self._see_rest)

    def _see_rest(self) -> None:
        self.found["longest wait"] = max(self.waits)
        self.end()


class Edit(Watcher):
    """From committing a quantity to the new report, and until it is painted."""

    def begin(self) -> None:
        self._received: list[float] = []
        self._painted: list[float] = []
        self._since = 0.0
        self._left = int(self.inputs[0])
        QTimer.singleShot(int(SETTLED * 1_000), self._prepare)

    def _prepare(self) -> None:
        from tests.benchmarks.held_book import book

        self.window.player.pause()
        session = self.window.session
        session.add_account(book(session.market, int(self.inputs[1])))
        QTimer.singleShot(2_500, self._edit)

    def _edit(self) -> None:
        model = self.grid.model()
        column = model.column("quantity")
        row = next(at for at in range(model.rowCount()) if model.is_editable(at, column))
        is_open = self.grid.edit_cell(row, column, str(1_000 + self._left))
        editor = self.grid.indexWidget(model.index(row, column))
        if not is_open or editor is None:
            self.fail("no editor opens in the first quantity")
        self.window.session.report_changed.connect(self._see_report)
        self._since = time.monotonic()
        self.key(Qt.Key.Key_Return, "\r", editor)

    def _see_report(self, *_: object) -> None:
        self._received.append(time.monotonic() - self._since)
        self.window.session.report_changed.disconnect(self._see_report)
        panels = self.window.docks.panels
        self.after_paint([panels["summary"], self.grid.viewport()], self._see_painted)

    def _see_painted(self) -> None:
        self._painted.append(time.monotonic() - self._since)
        self._left -= 1
        if self._left:
            QTimer.singleShot(150, self._edit)
            return
        self.found["received"] = median(self._received)
        self.found["painted"] = median(self._painted)
        self.found["longest"] = max(self._painted)
        self.end()


class Load(Watcher):
    """Every instrument ticking at 10 Hz: the share of a core, and how long inputs wait."""

    def begin(self) -> None:
        self._reports = self._steps = 0
        QTimer.singleShot(int(SETTLED * 1_000), self._prepare)

    def _prepare(self) -> None:
        from tests.benchmarks.crowded_market import crowded

        self._seconds = float(self.inputs[1])
        feed = crowded(int(self.inputs[0]), self._seconds + 12)
        self.found["instruments"] = len(feed.snapshots[0].universe)
        self.found["size"] = [self.window.width(), self.window.height()]
        self.window.player.set_speed(1)
        self.window.player.open(feed, 0, play=True)
        QTimer.singleShot(5_000, self._measure)

    def _measure(self) -> None:
        self.window.session.report_changed.connect(self._count_report)
        self.window.session.market_changed.connect(self._count_step)
        self.start_inputs(BUSY_INPUTS, self._gestures())
        self._stood = _waited_for_a_core()
        self._since = time.monotonic(), time.thread_time(), time.process_time()
        QTimer.singleShot(int(self._seconds * 1_000), self._see_rest)

    def _gestures(self) -> list[Callable[[], None]]:
        """What a hand does: the arrows, the wheel, clicks, and the mouse over every panel."""
        cells = self.grid.viewport()
        panels = self.window.docks.panels
        over = [panels["matrix"], panels["explain"], panels["accounts"], cells]
        over += [
            view.viewport()
            for key in ("usage", "spot")
            for view in panels[key].findChildren(QGraphicsView)
        ]
        moves, place = QEvent.Type.MouseMove, [0]

        def move(target: QWidget) -> None:
            place[0] = (place[0] + 37) % 200
            middle = target.rect().center()
            self.mouse(moves, target, middle + QPoint(place[0] - 100, place[0] % 20))

        def click() -> None:
            for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
                self.mouse(kind, cells, cells.rect().center())

        hand: list[Callable[[], None]] = []
        for target in over:
            hand.append(lambda: self.key(Qt.Key.Key_Down))
            hand.append(lambda at=target: move(at))
            hand.append(lambda: self.wheel(cells, -1))
            hand.append(lambda: self.key(Qt.Key.Key_Up))
            hand.append(lambda: self.wheel(cells, 1))
            hand.append(click)
        return hand

    def _count_report(self, *_: object) -> None:
        self._reports += 1

    def _count_step(self, *_: object) -> None:
        self._steps += 1

    def _see_rest(self) -> None:
        wall, mine, all_threads = self._since
        seconds = time.monotonic() - wall
        waits = sorted(self.waits)
        self.found["no core"] = (_waited_for_a_core() - self._stood) / seconds
        self.found["interface"] = (time.thread_time() - mine) / seconds
        self.found["process"] = (time.process_time() - all_threads) / seconds
        self.found["steps"] = self._steps / seconds
        self.found["reports"] = self._reports / seconds
        self.found["inputs"] = len(waits)
        self.found["p50"], self.found["p99"] = (
            waits[int(len(waits) * 0.5)],
            waits[int(len(waits) * 0.99)],
        )
        self.found["longest"] = waits[-1]
        self.end()


def _waited_for_a_core() -> float:
    """Seconds in which this thread could have run and other programs had the cores; Linux only."""
    told = Path("/proc/thread-self/schedstat")
    return int(told.read_text().split()[1]) / 1e9 if told.exists() else 0.0


def run(measurement: str, database: str, inputs: list[str]) -> None:
    """Start the program with a watcher at its window."""
    watcher = {"start": Start, "edit": Edit, "load": Load}[measurement]
    opened = app.open_window

    def open_watched(*given: Any) -> MainWindow:
        window = opened(*given)
        watcher(window, inputs)
        return window

    app.open_window = open_watched
    sys.argv = [str(MAIN), "--database", database]
    runpy.run_path(str(MAIN), run_name="__main__")


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], sys.argv[3:])
