"""Starts the window and ends it cleanly."""

import logging
import os
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from ui.desktop import saved_window, theme
from ui.desktop.crash import CrashReport
from ui.desktop.main_window import WINDOW, MainWindow
from ui.desktop.player import Player
from ui.desktop.ports import Services
from ui.desktop.session import Session

# Seconds a worker may keep the interpreter while the GUI thread waits for it, many times a frame.
TURN = 0.000_5

_log = logging.getLogger(__name__)


def run(services: Services, argv: list[str]) -> int:
    """The window, until the user closes it; the exit status."""
    app = application(argv, services.resources)
    crash = CrashReport(_crashes(services.database))
    crash.install()
    try:
        window = open_window(services)
        window.show()
        QTimer.singleShot(0, window.begin)
        return app.exec()
    finally:
        crash.remove()


def application(argv: list[str], resources: Path) -> QApplication:
    """The Qt application in our style and with our fonts."""
    os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")
    sys.setswitchinterval(TURN)
    known = QApplication.instance()
    app = known if isinstance(known, QApplication) else QApplication(argv)
    app.setApplicationName("counterpoise")
    app.setApplicationDisplayName("Counterpoise")
    app.setStyle("Fusion")
    theme.load_fonts(resources)
    return app


def open_window(services: Services) -> MainWindow:
    """The window as it was left, not shown yet."""
    saved = saved_window.saved_window(services.workspaces.load(WINDOW))
    look = theme.load(
        services.resources,
        saved.theme if saved.theme in ("dark", "light") else "dark",
        colour_blind=saved.colour_blind,
    )
    theme.apply(look, services.resources)
    session = Session(services)
    if not session.accounts:
        session.load_demo()
    return MainWindow(session, Player(), look, saved)


def _crashes(database: str) -> Path:
    """Beside the database."""
    return Path(database).parent / "crashes"
