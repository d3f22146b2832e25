"""The only way to another thread: pure jobs of frozen inputs, answered on the GUI thread.

A Calculator keeps the newest answer, a Clerk does every job in order. There are no locks.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal

from riskcore.errors import Refusal


class Bridge(QObject):
    """One worker thread. A refusal becomes a sentence; a bug of ours is raised here again."""

    answered = Signal(object)
    failed = Signal(str)
    _arrived = Signal(int, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, name)
        self._newest = 0
        self._closed = False
        self._waiting: dict[int, Future[None]] = {}
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._waiting)

    def ask(self, function: Callable[..., Any], *inputs: Any) -> None:
        """Run function(*inputs) on the worker; what comes of it is signalled. Not after close."""
        if self._closed:
            return
        self._newest += 1
        self._waiting[self._newest] = self._pool.submit(self._run, self._newest, function, inputs)

    def close(self) -> None:
        """Wait for what was asked and deliver it; nothing is asked afterwards."""
        self._closed = True
        self._pool.shutdown(wait=True)
        QCoreApplication.sendPostedEvents(self)

    def _run(self, ticket: int, function: Callable[..., Any], inputs: tuple[Any, ...]) -> None:
        self._arrived.emit(ticket, _attempt(function, inputs))

    def _wanted(self, _ticket: int) -> bool:
        return True

    def _deliver(self, ticket: int, answer: object) -> None:
        self._waiting.pop(ticket, None)
        if not self._wanted(ticket):
            return
        match answer:
            case Refusal():
                self.failed.emit(str(answer))
            case Exception():
                self.failed.emit(f"an error of the program: {type(answer).__name__}: {answer}")
                raise answer  # a bug of ours: the GUI thread's crash report shows it
            case _:
                self.answered.emit(answer)


class Calculator(Bridge):
    """Only the newest answer, jobs not yet started dropped: reports and reads."""

    def ask(self, function: Callable[..., Any], *inputs: Any) -> None:
        """Run function(*inputs) instead of anything still waiting."""
        self._drop()
        super().ask(function, *inputs)

    def close(self) -> None:
        """Wait for the running job only; its answer is not wanted any more."""
        self._drop()
        self._newest += 1
        super().close()

    def _drop(self) -> None:
        dropped = [ticket for ticket, job in self._waiting.items() if job.cancel()]
        for ticket in dropped:
            del self._waiting[ticket]

    def _wanted(self, ticket: int) -> bool:
        return ticket == self._newest


class Clerk(Bridge):
    """Every job, in the order it was asked for, none dropped: what is written."""


def _attempt(function: Callable[..., Any], inputs: tuple[Any, ...]) -> object:
    """The answer, or whatever went wrong, as a value that can cross threads."""
    try:
        return function(*inputs)
    except Exception as error:  # noqa: BLE001, nothing is swallowed: see Bridge._deliver
        return error
