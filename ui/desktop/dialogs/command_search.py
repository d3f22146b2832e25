"""Any command by a few letters of its name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ui.desktop.theme import Theme, row_height

WIDTH, ROWS = 560, 12
SHORTCUT = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Command:
    """Something to run, and how it is found."""

    title: str
    run: Callable[[], object]
    shortcut: str = ""
    is_enabled: bool = True


class CommandSearch(QDialog):
    """A field and the commands that fit what stands in it, the best first."""

    def __init__(
        self, commands: Sequence[Command], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._commands = tuple(each for each in commands if each.is_enabled)
        self._found: tuple[Command, ...] = ()
        self.setAccessibleName(self.tr("Search or run a command"))
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Type a few letters of a command"))
        self.field.setAccessibleName(self.tr("Command"))
        self.field.textEdited.connect(self._filter)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Commands"))
        self.list.setItemDelegate(_CommandDelegate(theme, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._run)
        self.nothing = QLabel(self.tr("No command has these letters."))
        self.nothing.setContentsMargins(8, 6, 8, 6)
        self.nothing.hide()
        page = QVBoxLayout(self)
        page.setContentsMargins(8, 8, 8, 8)
        page.setSpacing(6)
        for widget in (self.field, self.nothing, self.list):
            page.addWidget(widget)
        self.setFixedWidth(WIDTH)
        self._filter("")

    def open_above(self, window: QWidget) -> None:
        """Show it in the upper middle of a window."""
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - WIDTH) // 2, corner.y() + window.height() // 8)
        self.show()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move in the list while the field has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            steps = {
                Qt.Key.Key_Down: 1,
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_PageDown: ROWS,
                Qt.Key.Key_PageUp: -ROWS,
            }
            if key in steps:
                row = self.list.currentRow() + steps[Qt.Key(key)]
                self.list.setCurrentRow(min(max(row, 0), self.list.count() - 1))
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run()
                return True
        return super().eventFilter(watched, event)

    def _filter(self, text: str) -> None:
        self._found = found(self._commands, text)
        self.list.clear()
        for command in self._found:
            item = QListWidgetItem(command.title)
            item.setData(SHORTCUT, command.shortcut)
            item.setData(
                Qt.ItemDataRole.AccessibleTextRole, f"{command.title} {command.shortcut}".strip()
            )
            self.list.addItem(item)
        self.list.setCurrentRow(0 if self._found else -1)
        self.nothing.setVisible(not self._found)
        rows = min(max(len(self._found), 1), ROWS)
        self.list.setVisible(bool(self._found))
        self.list.setFixedHeight(rows * row_height(self.fontMetrics()) + 2)
        self.adjustSize()

    def _run(self, *_: object) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._found):
            run = self._found[row].run
            self.close()
            run()


class _CommandDelegate(QStyledItemDelegate):
    """The title on the left, the shortcut on the right."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, _index: object) -> QSize:
        return QSize(0, row_height(option.fontMetrics))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: object) -> None:
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self._theme.color("selection"))
        inside = rect.adjusted(10, 0, -10, 0)
        shortcut = index.data(SHORTCUT)  # type: ignore[attr-defined]
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(self._theme.color("mute"))
        painter.setFont(self._theme.figures(12))
        width = painter.fontMetrics().horizontalAdvance(shortcut)
        painter.drawText(inside, Qt.AlignmentFlag.AlignRight | middle, shortcut)
        painter.setPen(self._theme.color("text"))
        painter.setFont(option.font)
        room = inside.width() - width - 12
        title = index.data(Qt.ItemDataRole.DisplayRole)  # type: ignore[attr-defined]
        shown = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | middle, shown)


def found(commands: Sequence[Command], text: str) -> tuple[Command, ...]:
    """The commands whose titles have these letters in this order, the closest first."""
    scored = [(fit(each.title, text), row) for row, each in enumerate(commands)]
    best = sorted((score, row) for score, row in scored if score is not None)
    return tuple(commands[row] for _, row in best)


def fit(title: str, text: str) -> int | None:
    """How far a title is from what was typed, 0 is nearest; None when the letters are not there."""
    title, text = title.casefold(), text.casefold().strip()
    if not text:
        return 0
    if all(any(word.startswith(part) for word in title.split()) for part in text.split()):
        return 0 if title.startswith(text) else 1
    if text in title:
        return 2 + title.index(text)
    place, gaps = -1, 0
    for letter in text.replace(" ", ""):
        following = title.find(letter, place + 1)
        if following < 0:
            return None
        gaps += following - place - 1
        place = following
    return 100 + gaps
