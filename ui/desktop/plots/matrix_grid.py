"""The scenario matrix as coloured cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui.desktop.theme import Theme

GAP = 2.0
BETWEEN = " / "  # the moves of two coins in one head
PAD = 10.0
FIGURES, WORDS, HEADS = 12, 12, 11  # pixels at 100 %
READABLE = 4.5  # least contrast of a cell's figure on its colour
TALLEST = 34.0
CROWDED = 16  # columns; with more, figures and heads are left out where they have no room
NARROWEST = 8.0
FAINTEST = 0.08  # share of the colour in a cell of almost nothing
CURVE = 0.8  # below 1 small losses are told apart more easily

Place = tuple[int, int]  # row, column; the row after the last volatility is the second strip


@dataclass(frozen=True, slots=True)
class Cell:
    """One scenario; `share` is its amount over the largest one, -1 to 1."""

    scenario: int
    text: str
    share: float
    words: str  # in full, for the tooltip and the screen reader
    worst: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the grid draws."""

    columns: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    cells: tuple[tuple[Place, Cell], ...] = ()
    strip: tuple[str, ...] = ()  # heads of the second strip
    strip_row: str = ""
    corner: str = ""  # what the heads stand for


class MatrixGrid(QWidget):
    """Rounded cells whose colour says sign and size; the sign stands in the text as well.

    Arrow keys move the marked cell, Enter chooses it, Esc lets it go.
    """

    chosen = Signal(int)  # scenario, -1 for none

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = Board()
        self._cells: Mapping[Place, Cell] = {}
        self._marked: Place | None = None
        self.set_theme(theme)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Scenario matrix"))

    @property
    def board(self) -> Board:
        """What is drawn now."""
        return self._board

    @property
    def marked(self) -> Cell | None:
        """The cell the user chose."""
        return None if self._marked is None else self._cells.get(self._marked)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours; as strong as the text stays readable on them."""
        self._theme = theme
        self._measure()
        self._strength = {role: _strongest(theme, role) for role in ("gain", "loss")}
        self.updateGeometry()
        self.update()

    def show_board(self, board: Board) -> None:
        """Draw this in place of the last one; the marked place stays marked."""
        if board == self._board:
            return
        other = _names(board) != _names(self._board)
        self._board, self._cells = board, dict(board.cells)
        if self._marked not in self._cells:
            self._marked = None
        if other:
            self._measure()
            self.updateGeometry()
        self._describe()
        self.update()

    def choose(self, place: Place | None) -> None:
        """Mark a cell and tell which scenario it is."""
        self._marked = place if place in self._cells else None
        cell = self.marked
        self._describe()
        self.update()
        self.chosen.emit(-1 if cell is None else cell.scenario)

    def minimumSizeHint(self) -> QSize:
        """Room for every figure."""
        figures = QFontMetricsF(self._theme.figures(FIGURES))
        texts = [cell.text for _, cell in self._board.cells] + ["-000k"]
        widest = max(figures.horizontalAdvance(text) for text in texts)
        columns = max(len(self._board.columns), len(self._board.strip), 1)
        heads = QFontMetricsF(self._theme.figures(HEADS))
        for text in (*self._board.columns, *self._board.strip):
            for part in text.split(BETWEEN):  # in two lines when there is too little room
                widest = max(widest, heads.horizontalAdvance(part) - 4)
        if columns > CROWDED:  # colours only where it is narrow; the tooltip has the figure
            widest = NARROWEST
        width = self._left + columns * (widest + 8 + GAP) + PAD
        lines = len(self._board.rows) + (2 if self._board.strip else 0)
        height = self._head + lines * (figures.height() + 6 + GAP) + 8
        return QSize(round(width), round(height))

    def sizeHint(self) -> QSize:
        """Rows as tall as the eye likes."""
        least = self.minimumSizeHint()
        rows = len(self._board.rows) + (1 if self._board.strip else 0)
        return QSize(max(least.width(), 620), least.height() + rows * 8)

    def place_rect(self, place: Place) -> QRectF:
        """Where a cell is drawn."""
        row, column = place
        board, head = self._board, self._head
        far = row >= len(board.rows)
        columns = max(len(board.strip if far else board.columns), 1)
        width = (self.width() - self._left - PAD) / columns
        lines = len(board.rows) + (1 if board.strip else 0)
        heads = head * (2 if board.strip else 1)
        height = min(max((self.height() - heads - 6) / max(lines, 1), 1.0), TALLEST)
        top = head + row * height + (head if far else 0.0)
        left = self._left + column * width
        return QRectF(left, top, width - GAP, height - GAP)

    def _measure(self) -> None:
        """Room for row names and heads, measured once for many cells."""
        words = QFontMetricsF(self._theme.words(WORDS))
        names = (*self._board.rows, self._board.strip_row, self._board.corner)
        self._left = max((words.horizontalAdvance(each) for each in names), default=0.0) + 2 * PAD
        heads = QFontMetricsF(self._theme.figures(HEADS))
        room = self.width() - self._left - PAD
        self._tight = any(  # the moves of two coins are wider than a column
            heads.horizontalAdvance(text) > room / max(len(row), 1)
            for row in (self._board.columns, self._board.strip)
            for text in row
        )
        self._head = heads.height() * (2 if self._tight else 1) + 7

    def _every(self, heads: Sequence[str]) -> int:
        """Of so many columns one head is drawn, where there are too many for all."""
        if len(heads) <= CROWDED:
            return 1
        metrics = QFontMetricsF(self._theme.figures(HEADS))
        widest = max(metrics.horizontalAdvance(each) for each in heads) + GAP
        room = (self.width() - self._left - PAD) / len(heads)
        return max(ceil(widest / max(room, 1.0)), 1)

    def _describe(self) -> None:
        cell = self.marked
        self.setAccessibleDescription("" if cell is None else cell.words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Heads of two lines where the columns have become narrow."""
        self._measure()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Heads, row names, cells."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.color("panel"))
        board = self._board
        if not board.cells:
            return
        painter.setFont(self._theme.figures(HEADS))
        painter.setPen(self._theme.color("mute"))
        for row, heads in ((0, board.columns), (len(board.rows), board.strip)):
            every = self._every(heads)
            for column, text in enumerate(heads):
                if column % every:
                    continue
                cell = self.place_rect((row, column))
                width = cell.width() + (every - 1) * (cell.width() + GAP)
                place = QRectF(cell.left(), cell.top() - self._head, width, self._head)
                shown = text.replace(BETWEEN, "\n") if self._tight else text
                middle = Qt.AlignmentFlag.AlignCenter
                aside = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(place, middle if every == 1 else aside, shown)
        painter.setFont(self._theme.words(WORDS))
        painter.setPen(self._theme.color("dim"))
        for row, text in enumerate((*board.rows, board.strip_row)):
            cell = self.place_rect((row, 0))
            place = QRectF(0, cell.top(), self._left - 8, cell.height())
            painter.drawText(
                place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text
            )
        painter.setFont(self._theme.figures(FIGURES))
        for at, each in board.cells:
            self._paint_cell(painter, self.place_rect(at), each)
        if self._marked is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("accent"), 1.6))
            painter.drawRoundedRect(self.place_rect(self._marked).adjusted(2, 2, -2, -2), 2, 2)

    def _paint_cell(self, painter: QPainter, place: QRectF, cell: Cell) -> None:
        role = "gain" if cell.share > 0 else "loss"
        strongest, size = self._strength[role], min(abs(cell.share), 1.0) ** CURVE
        fill = self._theme.color("raised")
        if cell.share != 0:
            fill = self._theme.mixed(role, FAINTEST + (strongest - FAINTEST) * size)
        painter.setBrush(fill)
        painter.setPen(QPen(self._theme.color("text"), 1.5) if cell.worst else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(place.adjusted(0.75, 0.75, -0.75, -0.75), 3, 3)
        if painter.fontMetrics().horizontalAdvance(cell.text) <= place.width():
            painter.setPen(self._theme.color("text"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, cell.text)

    def _at(self, point: QPointF) -> Place | None:
        return next((at for at in self._cells if self.place_rect(at).contains(point)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a cell chooses it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.choose(self._at(event.position()))
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Enter, Esc."""
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is not None and self._cells:
            self._move(step)
        elif event.key() == Qt.Key.Key_Escape and self._marked is not None:
            self.choose(None)
        else:
            super().keyPressEvent(event)

    def _move(self, step: Place) -> None:
        if self._marked is None:
            worst = (at for at, cell in self._board.cells if cell.worst)
            self.choose(next(worst, self._board.cells[0][0]))
            return
        row, column = self._marked
        columns = max(len(self._board.columns), len(self._board.strip))
        while 0 <= row <= len(self._board.rows) and 0 <= column < columns:
            row, column = row + step[0], column + step[1]
            if row == len(self._board.rows) and self._board.strip:
                column = min(column, len(self._board.strip) - 1) if step[0] else column
            if (row, column) in self._cells:  # a place without a scenario is passed over
                self.choose((row, column))
                return

    def event(self, event: QEvent) -> bool:
        """The full words of the cell under the mouse as a tooltip."""
        if isinstance(event, QHelpEvent):
            at = self._at(QPointF(event.pos()))
            text = "" if at is None else self._cells[at].words
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)


def _names(board: Board) -> tuple[object, ...]:
    """What the room depends on."""
    longest = max((len(cell.text) for _, cell in board.cells), default=0)
    return (board.columns, board.rows, board.strip, board.strip_row, board.corner, longest)


def _strongest(theme: Theme, role: str) -> float:
    """The largest share of a colour on which the text is still readable."""
    ink = theme.color("text")
    shares = (step / 100 for step in range(85, 0, -1))
    return next(
        (each for each in shares if contrast(ink, theme.mixed(role, each)) >= READABLE), 0.0
    )


def contrast(one: QColor, other: QColor) -> float:
    """How far apart two colours are in lightness, 1 to 21, as WCAG 2 counts it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: QColor) -> float:
    parts = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
        for each in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
