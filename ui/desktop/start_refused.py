"""Says in a window why the program does not start: a start by the mouse has no terminal."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from ui.desktop import theme
from ui.desktop.app import application

UNSEEN = ("offscreen", "minimal")  # platforms of Qt on which nobody could close the window


def show(sentence: str, argv: list[str], resources: Path) -> None:
    """Show the sentence until the user has read it; where nothing is seen, do nothing."""
    app = application(argv, resources)
    if QGuiApplication.platformName() in UNSEEN:
        return
    theme.apply(theme.load(resources, "dark", colour_blind=False), resources)
    box = message(sentence, app.applicationDisplayName())
    box.exec()
    box.deleteLater()


def message(sentence: str, title: str) -> QMessageBox:
    """The window with the sentence, which can be copied from it."""
    heading = QCoreApplication.translate("StartRefused", "{0} does not start").format(title)
    box = QMessageBox(QMessageBox.Icon.Warning, heading, sentence)
    box.setAccessibleName(heading)
    return box
