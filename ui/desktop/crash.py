"""What happens when the program itself is wrong: a report on the disk, one sentence on the screen.

Every edit is on the disk already, so the window stays open.
"""

import faulthandler
import logging
import platform
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
    qVersion,
)
from PySide6.QtWidgets import QApplication, QMessageBox

_log = logging.getLogger(__name__)
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class CrashReport(QObject):
    """Catches what nothing else caught, on any thread; the same mistake is shown once."""

    _happened = Signal(str, str)  # headline, traceback

    def __init__(self, folder: Path | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._seen: set[str] = set()
        self._faults: TextIO | None = None
        self._hooks = (sys.excepthook, threading.excepthook)
        # Queued: a slot that failed has returned before a dialog opens.
        self._happened.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Catch from now on."""
        sys.excepthook = self._caught
        threading.excepthook = self._caught_in_thread
        qInstallMessageHandler(_logged)
        if self._folder is not None:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._faults = (self._folder / "fault.txt").open("w", encoding="utf-8")
                faulthandler.enable(self._faults)
            except OSError as error:
                _log.warning("no crash reports can be kept in %s: %s", self._folder, error)
                self._folder = None

    def remove(self) -> None:
        """Catch no more."""
        sys.excepthook, threading.excepthook = self._hooks
        qInstallMessageHandler(None)
        if self._faults is not None:
            faulthandler.disable()
            self._faults.close()
            self._faults = None

    def _caught(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        _log.error("%s", text)
        self._happened.emit(f"{kind.__name__}: {error}", text)

    def _caught_in_thread(self, caught: threading.ExceptHookArgs) -> None:
        if caught.exc_value is not None:
            self._caught(caught.exc_type, caught.exc_value, caught.exc_traceback)

    def _show(self, headline: str, text: str) -> None:
        place = text.rpartition('  File "')[2]
        if place in self._seen:
            return
        self._seen.add(place)
        path = self._write(text)
        sentence = self.tr("The program made a mistake ({0}).").format(headline)
        kept = self.tr("Your edits are saved; the window stays open.")
        where = "" if path is None else self.tr("A report is in {0}.").format(path)
        box = QMessageBox(
            QMessageBox.Icon.Warning, "Counterpoise", f"{sentence} {kept} {where}".strip()
        )
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setDetailedText(text)
        box.setWindowModality(Qt.WindowModality.NonModal)
        box.show()
        self._box = box  # kept: nothing else refers to it

    def _write(self, text: str) -> Path | None:
        if self._folder is None:
            return None
        now = datetime.now(UTC)
        path = self._folder / f"crash-{now:%Y%m%dT%H%M%S}.txt"
        system = f"{now:%Y-%m-%d %H:%M:%S} UTC, Python {platform.python_version()}, Qt {qVersion()}"
        try:
            path.write_text(f"{system}, {platform.platform()}\n\n{text}", encoding="utf-8")
        except OSError as error:
            _log.warning("the crash report %s cannot be written: %s", path, error)
            return None
        return path


def _logged(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    if not message.startswith("This plugin does not support"):  # the offscreen platform, harmless
        logging.getLogger("qt").log(_LEVELS.get(kind, logging.WARNING), "%s", message)
