"""The margin history of every account: what was seen, what is stored, what a plot shows."""

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Signal

from riskcore.query import Sample
from ui.desktop.bridge import Calculator
from ui.desktop.outbox import Outbox
from ui.desktop.ports import HistoryStore

SPAN = timedelta(hours=24)  # how far back a plot can look
BATCH = 1_000  # milliseconds between two writes
KEPT = 100_000  # points of one account in memory


class History(QObject):
    """Points by account in order of time, at most one a second; written in batches."""

    changed = Signal(str)  # key of the account

    def __init__(self, store: HistoryStore, outbox: Outbox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._outbox = store, outbox
        self._kept: dict[str, list[Sample]] = {}
        self._read: set[str] = set()
        self._pending: dict[tuple[str, datetime], Sample] = {}
        self._reader = Calculator("history", self)
        self._reader.answered.connect(self._receive)
        self._timer = QTimer(self, interval=BATCH)
        self._timer.timeout.connect(self._write)
        self._timer.start()

    def record(self, sample: Sample) -> None:
        """Add a point; one in the same second is replaced."""
        self._insert(sample)
        self._pending[sample.account, sample.as_of.replace(microsecond=0)] = sample
        self.changed.emit(sample.account)

    def want(self, account: str, until: datetime) -> None:
        """Fetch what is stored of an account, once."""
        if account not in self._read:
            self._reader.ask(_stored, self._store, account, until - SPAN)

    def samples(self, account: str, model: str, until: datetime) -> tuple[Sample, ...]:
        """The points of an account under a model up to an instant, oldest first."""
        kept = self._kept.get(account, [])
        first = bisect_left(kept, until - SPAN, key=_instant)
        last = bisect_right(kept, until, key=_instant)
        return tuple(each for each in kept[first:last] if each.model == model)

    def close(self) -> None:
        """Hand what was not written yet to the outbox."""
        self._timer.stop()
        self._reader.close()
        self._write()

    def _receive(self, answer: tuple[str, tuple[Sample, ...]]) -> None:
        account, samples = answer
        self._read.add(account)
        seen = {each.as_of for each in self._kept.get(account, [])}
        for each in samples:
            if each.as_of not in seen:
                self._insert(each)
        if samples:
            self.changed.emit(account)

    def _insert(self, sample: Sample) -> None:
        kept = self._kept.setdefault(sample.account, [])
        second = sample.as_of.replace(microsecond=0)
        row = bisect_left(kept, second, key=_instant)
        if row < len(kept) and kept[row].as_of.replace(microsecond=0) == second:
            kept[row] = sample
        else:
            kept.insert(row, sample)
        if len(kept) > KEPT:
            del kept[: KEPT // 10]

    def _write(self) -> None:
        if self._pending and not self._outbox.error:
            self._outbox.add(self._store.append, tuple(self._pending.values()), is_edit=False)
            self._pending = {}


def _stored(store: HistoryStore, account: str, since: datetime) -> tuple[str, tuple[Sample, ...]]:
    return account, store.read(account, since)


def _instant(sample: Sample) -> datetime:
    return sample.as_of
