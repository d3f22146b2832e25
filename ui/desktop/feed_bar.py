"""The market being played: its name and clock, play and pause, speed, and where it stands."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from ui.desktop import formats
from ui.desktop.icons import icon
from ui.desktop.player import SPEEDS, Player
from ui.desktop.theme import Theme
from ui.desktop.ticker import Ticker

DOT = 8
TRACK = 64  # pixels of the slider
PADDING = 8  # of a tool button in the style sheet, its border and a pixel of rounding


class FeedBar(QWidget):
    """State, name, clock and controls of the feed."""

    asked = Signal(str)  # id of an action
    renamed = Signal()

    def __init__(
        self, player: Player, resources: Path, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._player, self._resources, self._theme = player, resources, theme
        self._is_synthetic = False
        self._drawn = ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.name = QLabel(self.tr("No market"))
        self.badge = QLabel(self.tr("synthetic"))
        self.badge.setToolTip(self.tr("These prices were made by a program, not recorded."))
        self.badge.hide()
        self.clock = Ticker()
        self.clock.setText(formats.ABSENT)
        self.play = self._button(self.tr("Play or pause"), "market.play")
        self.speed = QToolButton()
        self.speed.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.speed.setAccessibleName(self.tr("Speed"))
        self.speed.setMenu(self._speeds())
        self.track = QSlider(Qt.Orientation.Horizontal)
        self.track.setFixedWidth(TRACK)
        self.track.setAccessibleName(self.tr("Step of the replay"))
        self.track.valueChanged.connect(self._seek)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(10 + DOT + 8, 1, 6, 1)
        row.setSpacing(7)
        for widget in (self.name, self.badge, self.clock, self.play, self.speed, self.track):
            row.addWidget(widget)
        player.opened.connect(self._show_feed)
        player.moved.connect(self.refresh)
        self.set_theme(theme)
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self._theme = theme
        self._drawn = ""
        self.clock.setFont(theme.figures())
        self.speed.setFont(theme.figures())
        fastest = QFontMetrics(theme.figures()).horizontalAdvance(f"×{max(SPEEDS)}")
        self.speed.setFixedWidth(fastest + 2 * PADDING)
        self.name.setFont(theme.words(weight=theme.words().Weight.DemiBold))
        self.badge.setStyleSheet(
            f"color: {theme.colours['caution']}; border: 1px solid {theme.colours['caution']};"
            "border-radius: 3px; padding: 0 4px;"
        )
        self.badge.setFont(theme.words(11))
        self.refresh()

    def shorten(self, without_slider: bool, without_name: bool) -> None:
        """Leave out the slider, and the name too: it is in the tooltip."""
        self.track.setHidden(without_slider or self._player.steps < 2)
        self.name.setHidden(without_name)
        self._row.invalidate()
        self.updateGeometry()

    def refresh(self) -> None:
        """Show where the player stands."""
        player = self._player
        moment = player.clock
        text = formats.clock(moment)
        if moment is not None and not self._is_dated(moment):
            text = f"{formats.date(moment)} {text}"
        if text != self.clock.text():
            self.clock.setText(text)
            self.clock.setToolTip(formats.full(moment))
        state = (
            "pause" if player.is_playing else "restart" if player.has_ended else "play",
            f"×{player.speed}",
        )
        if self._drawn != str(state):
            self._drawn = str(state)
            self.play.setIcon(icon(self._resources, state[0], self._theme.color("accent")))
            self.speed.setText(state[1])
            self.play.setEnabled(player.steps > 1)
            for action in self.speed.menu().actions():
                action.setChecked(action.data() == player.speed)
            self.setAccessibleName(f"{self.name.text()}: {self._state()}")
            self.update()
        if player.step != self.track.value() and not self.track.isSliderDown():
            self.track.blockSignals(True)
            self.track.setValue(max(player.step, 0))
            self.track.blockSignals(False)

    def sizeHint(self) -> QSize:
        """As high as the chips beside it."""
        return QSize(super().sizeHint().width(), self.fontMetrics().height() + 14)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The box and the dot that says whether it runs."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("line")))
        painter.setBrush(self._theme.color("raised"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        running = self._player.is_playing
        colour = self._theme.color("gain" if running else "mute")
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(colour if running else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(11, (self.height() - DOT) // 2, DOT, DOT)

    def _show_feed(self, _feed: object) -> None:
        feed = self._player.feed
        if feed is None:
            return
        self.name.setText(feed.name)
        self.badge.setVisible(feed.synthetic)
        steps = len(feed.instants)
        self.track.blockSignals(True)
        self.track.setRange(0, max(steps - 1, 0))
        self.track.setPageStep(max(steps // 20, 1))
        self.track.blockSignals(False)
        self.track.setEnabled(steps > 1)
        self.setToolTip(feed.name)
        self._drawn = ""
        self.refresh()
        self.renamed.emit()

    def _state(self) -> str:
        player = self._player
        if player.is_playing:
            return self.tr("playing {0} times as fast").format(player.speed)
        return self.tr("at its end") if player.has_ended else self.tr("paused")

    def _is_dated(self, moment: datetime) -> bool:
        """Whether the name says the day: that of a recording of several days says only two."""
        feed = self._player.feed
        if feed is None or not feed.instants:
            return False
        days = {formats.date(feed.instants[0]), formats.date(feed.instants[-1])}
        return days == {formats.date(moment)} and formats.date(moment) in self.name.text()

    def _seek(self, step: int) -> None:
        if step != self._player.step:
            self._player.seek(step)

    def _speeds(self) -> QMenu:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for speed in SPEEDS:
            action = QAction(f"×{speed}", group)
            action.setData(speed)
            action.setCheckable(True)
            menu.addAction(action)
        group.triggered.connect(self._choose_speed)
        return menu

    def _choose_speed(self, action: QAction) -> None:
        self._player.set_speed(int(action.data()))

    def _button(self, name: str, identity: str) -> QToolButton:
        button = QToolButton()
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setProperty("action", identity)
        button.clicked.connect(self._ask)
        return button

    def _ask(self) -> None:
        self.asked.emit(str(self.sender().property("action")))
