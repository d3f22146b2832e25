"""Three short hints for the first minute."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygon
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.desktop.theme import Theme

WIDTH = 340
FOOT = 40  # from the lower left corner of the window, where nothing better is free
TIP = 8  # the little triangle that points at what is meant


class Hints(QFrame):
    """A card beside the region it speaks of; it goes when the user is done with it."""

    done = Signal()

    def __init__(
        self,
        hints: list[tuple[QWidget, str, str]],  # what it points at, headline, sentence
        theme: Theme,
        window: QWidget,
        grid: QWidget,  # its margins are never covered
    ) -> None:
        super().__init__(window)
        self._grid = grid
        self._hints, self._theme, self._window, self._place = hints, theme, window, 0
        self._has_tip = False
        self._tip_at = 24
        self.setAccessibleName(self.tr("Hint"))
        self.title = QLabel()
        self.title.setFont(theme.words(14, weight=QFont.Weight.DemiBold))
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.count = QLabel()
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.setAccessibleName(self.tr("Close the hints"))
        self.close_button.clicked.connect(self.finish)
        self.next_button = QPushButton()
        self.next_button.clicked.connect(self.advance)
        self.next_button.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.count)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.next_button)
        page = QVBoxLayout(self)
        page.setContentsMargins(16, 12 + TIP, 16, 12 + TIP)
        page.setSpacing(8)
        page.addWidget(self.title)
        page.addWidget(self.text)
        page.addLayout(buttons)
        self.setFixedWidth(WIDTH)
        self._application().installEventFilter(self)  # grids and editors keep Escape to themselves
        self._write()

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self._theme = theme
        self.update()

    def advance(self) -> None:
        """The next hint, or the end."""
        if self._place + 1 == len(self._hints):
            self.finish()
            return
        self._place += 1
        self._write()

    def show_last(self) -> None:
        """The hint that fits every account; the others speak of a book that is not shown."""
        if self._place + 1 < len(self._hints):
            self._place = len(self._hints) - 1
            self._write()

    def finish(self) -> None:
        """No more hints."""
        self._application().removeEventFilter(self)
        self.hide()
        self.done.emit()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay beside what is meant when the window changes; end with Escape, whoever has focus."""
        kind = event.type()
        if watched is self._window and kind in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._move()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            is_here = isinstance(watched, QWidget) and watched.window() is self._window
            if is_here and event.key() == Qt.Key.Key_Escape:
                self.finish()
                return True
        return False

    def _application(self) -> QCoreApplication:
        application = QCoreApplication.instance()
        assert application is not None
        return application

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The card and its tip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("accent")))
        painter.setBrush(self._theme.color("raised"))
        card = self.rect().adjusted(1, TIP, -1, -TIP)
        painter.drawRoundedRect(card, 6, 6)
        if not self._has_tip:
            return
        at, edge = self._tip_at, card.top()
        tip = QPolygon([QPoint(at - TIP, edge), QPoint(at, 0), QPoint(at + TIP, edge)])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(tip)
        painter.setPen(QPen(self._theme.color("accent")))
        painter.drawPolyline(tip)

    def _write(self) -> None:
        _, title, text = self._hints[self._place]
        self.title.setText(title)
        self.text.setText(text)
        self.count.setText(self.tr("{0} of {1}").format(self._place + 1, len(self._hints)))
        last = self._place + 1 == len(self._hints)
        self.next_button.setText(self.tr("Done") if last else self.tr("Next"))
        self.setAccessibleDescription(f"{title}. {text}")
        self.adjustSize()
        self._move()
        self.show()
        self.raise_()

    def _spared(self) -> QRect:
        """The right half of the grid, where the margins stand."""
        if not self._grid.isVisible():
            return QRect()
        half = self._grid.rect().adjusted(self._grid.width() // 2, 0, 0, 0)
        return half.translated(self._grid.mapTo(self._window, QPoint(0, 0)))

    def _move(self) -> None:
        target, window = self._hints[self._place][0], self._window
        box = QRect(target.mapTo(window, QPoint(0, 0)), target.size())
        height = self.sizeHint().height()
        left = min(max(box.left() + 8, 8), window.width() - WIDTH - 8)
        below = QRect(left, box.bottom() + 4, WIDTH, height)
        corner = QRect(left, max(box.bottom() - height - 8, 8), WIDTH, height)
        places = [below] if below.bottom() + 8 <= window.height() else [corner]
        if not target.isVisible():
            places = []
        spared = self._spared()
        outside = QRect(FOOT, window.height() - height - FOOT, WIDTH, height)
        place = next((each for each in places if not each.intersects(spared)), outside)
        left = place.left()
        self._has_tip = place == below
        self._tip_at = min(max(box.center().x() - left, 2 * TIP), WIDTH - 2 * TIP)
        self.setGeometry(place)
        self.raise_()
        self.update()
