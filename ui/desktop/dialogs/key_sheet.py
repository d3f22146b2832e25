"""Every key on one sheet, read from the table of actions."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from ui.desktop.actions import ACTIONS, MENUS
from ui.desktop.theme import Theme

EDITING = (
    ("Enter, Tab", "Take what was typed"),
    ("Esc", "Give up what was typed"),
    ("0 … 9 + - .", "Start editing the cell with this character"),
    ("F1 F1", "This sheet"),
)

NUMBERED = "workspaces.open"  # its nine keys are one line


class KeySheet(QDialog):
    """The keys in columns, a heading for each menu."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard"))
        self._theme = theme
        columns = QHBoxLayout(self)
        columns.setContentsMargins(24, 20, 24, 20)
        columns.setSpacing(36)
        sections = [(_plain(menu), _keys(menu)) for menu in MENUS]
        sections.append((self.tr("While editing"), [(key, self.tr(word)) for key, word in EDITING]))
        for some in (sections[:2], sections[2:3], sections[3:]):
            column = QVBoxLayout()
            column.setSpacing(16)
            for title, keys in some:
                column.addLayout(self._section(title, keys))
            column.addStretch(1)
            columns.addLayout(column)

    def _section(self, title: str, keys: list[tuple[str, str]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(5)
        heading = QLabel(title)
        heading.setFont(self._theme.words(weight=QFont.Weight.DemiBold))
        grid.addWidget(heading, 0, 0, 1, 2)
        for row, (key, meaning) in enumerate(keys, 1):
            label = QLabel(key)
            label.setFont(self._theme.figures(12))
            palette = label.palette()
            palette.setColor(label.foregroundRole(), self._theme.color("accent"))
            label.setPalette(palette)
            grid.addWidget(label, row, 0)
            grid.addWidget(QLabel(meaning), row, 1)
        grid.setColumnStretch(1, 1)
        return grid


def _keys(menu: str) -> list[tuple[str, str]]:
    keys = []
    for each in ACTIONS:
        if each.menu != menu or not each.shortcut:
            continue
        if each.slot != NUMBERED:
            keys.append((", ".join(each.shortcuts), each.title))
        elif each.argument == "1":
            keys.append(("Ctrl+1 … 9", each.title.format("1 … 9")))
    return keys


def _plain(menu: str) -> str:
    return menu.replace("&", "")
