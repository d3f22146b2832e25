"""Python's cyclic garbage collection, kept on the GUI thread.

A collection runs on whichever thread happens to allocate. On a worker it would take Qt objects
apart there, which ends in a crash; so it is switched off and done by a timer here.
"""

import gc

from PySide6.QtCore import QObject, QTimer

PAUSE = 1_000  # milliseconds


class Collector(QObject):
    """Collects what Python itself would have collected, a little later and on this thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self, interval=PAUSE)
        self._timer.timeout.connect(collect)
        self._timer.start()

    def close(self) -> None:
        """Leave it to Python again; no worker may run any more."""
        self._timer.stop()
        if self._was_enabled:
            gc.enable()


def collect() -> None:
    """Collect the oldest generation that is full."""
    counts, limits = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if counts[generation] > limits[generation]:
            gc.collect(generation)
            return
