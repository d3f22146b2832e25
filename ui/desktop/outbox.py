"""What waits for the store: every write in order, kept until it is on the disk."""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from riskcore.errors import Refusal
from ui.desktop.bridge import Clerk

RETRY = 5_000  # milliseconds

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Write:
    """A store call, and whether it carries an edit of the user's."""

    function: Callable[..., None]
    inputs: tuple[Any, ...]
    is_edit: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many writes of a batch were done, and what stopped the next one."""

    done: int
    error: Exception | None


class Outbox(QObject):
    """Sends writes to the store one batch after another. A write that fails is tried again."""

    saved = Signal(object)  # datetime
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clerk = Clerk("store", self)
        self._clerk.answered.connect(self._receive)
        self._waiting: deque[Write] = deque()
        self._sent = 0
        self._error = ""
        self._retry = QTimer(self, interval=RETRY, singleShot=True)
        self._retry.timeout.connect(self._send)

    @property
    def error(self) -> str:
        """Why the oldest write could not be done; empty when all is well."""
        return self._error

    @property
    def unsaved(self) -> int:
        """How many edits are not on the disk yet."""
        return sum(write.is_edit for write in self._waiting)

    def add(self, function: Callable[..., None], *inputs: Any, is_edit: bool = True) -> None:
        """Do this write after all that wait."""
        self._waiting.append(Write(function, inputs, is_edit))
        self._send()

    def close(self) -> None:
        """Wait for what was sent and do the rest here; what still fails stays in `unsaved`."""
        self._retry.stop()
        self._clerk.close()
        if self._waiting:
            self._receive(_carry_out(tuple(self._waiting)))
        self._retry.stop()

    def _send(self) -> None:
        if self._sent or not self._waiting:
            return
        self._retry.stop()
        self._sent = len(self._waiting)
        self._clerk.ask(_carry_out, tuple(self._waiting))

    def _receive(self, outcome: Outcome) -> None:
        self._sent = 0
        done = [self._waiting.popleft() for _ in range(outcome.done)]
        known = self._error
        self._error = "" if outcome.error is None else _sentence(outcome.error)
        is_mended = bool(known) and not self._error
        if is_mended or any(write.is_edit for write in done):
            self.saved.emit(datetime.now(UTC))
        if outcome.error is None:
            self._send()
            return
        self._retry.start()
        self.failed.emit(self._error)
        if not isinstance(outcome.error, Refusal) and known != self._error:
            raise outcome.error  # a bug of ours: the crash report shows it once


def _carry_out(writes: tuple[Write, ...]) -> Outcome:
    for done, write in enumerate(writes):
        try:
            write.function(*write.inputs)
        except Exception as error:  # noqa: BLE001, nothing is swallowed: see Outbox._receive
            _log.warning("a write failed: %s", error)
            return Outcome(done, error)
    return Outcome(len(writes), None)


def _sentence(error: Exception) -> str:
    return str(error) if isinstance(error, Refusal) else f"{type(error).__name__}: {error}"
