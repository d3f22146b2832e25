"""A pyqtgraph plot in the window's colours, with a crosshair for mouse and keys."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetricsF, QKeyEvent, QMouseEvent, QPen
from PySide6.QtWidgets import QWidget

from riskcore.arrays import F64
from ui.desktop.theme import Theme

ZONE = 0.10  # how opaque a zone is
HATCHED = 0.35
HATCHES = {
    "caution": Qt.BrushStyle.BDiagPattern,
    "call": Qt.BrushStyle.FDiagPattern,
    "liquidation": Qt.BrushStyle.DiagCrossPattern,
}
FIGURES = 11  # pixels of axis figures at 100 %


class Canvas(pg.PlotWidget):  # type: ignore[misc]
    """Axes without a box, horizontal grid lines, and a crosshair that steps from point to point.

    The range is fixed by whoever shows values. Wheel and drag zoom until Home or a double click.
    """

    pointed = Signal(object)  # x under the crosshair, or None
    axis_lines = 1  # lines of words below the horizontal axis

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        self._left, self._bottom = Axis("left"), Axis("bottom")
        super().__init__(parent, axisItems={"left": self._left, "bottom": self._bottom})
        self.theme = theme
        self.points: F64 = np.empty(0)  # where the crosshair stops
        self.zoomed = False
        self._at: float | None = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(self.Shape.NoFrame)
        self.setAntialiasing(True)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.box = self.getViewBox()
        self.box.disableAutoRange()
        self.box.setDefaultPadding(0)
        self.box.setMouseEnabled(x=True, y=False)
        self.box.sigRangeChangedManually.connect(self._note_zoom)
        self.cross = pg.InfiniteLine(angle=90, movable=False)
        self.cross.setZValue(20)
        self.cross.hide()
        self.addItem(self.cross, ignoreBounds=True)
        self.getPlotItem().setContentsMargins(4, 8, 12, 2)
        self._style()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.theme = theme
        self._style()
        self.restyle()

    def restyle(self) -> None:
        """Colour what a kind of chart draws beyond the axes."""

    def home(self) -> None:
        """Put the range where the chart wants it, when the user is done with zooming."""

    def line(self, role: str, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        """A pen of width 1, the fast one."""
        pen = QPen(self.theme.color(role), 1, style)
        pen.setCosmetic(True)
        return pen

    def zone(self, role: str) -> QBrush:
        """The fill of a zone; each hatched its own way in the palette that shares colours."""
        if not self.theme.colour_blind:
            return QBrush(self.theme.color(role, ZONE))
        return QBrush(self.theme.color(role, HATCHED), HATCHES[role])

    def point_at(self, at: float | None) -> None:
        """Put the crosshair at the point nearest to x, or take it away."""
        if at is not None and self.points.size:
            at = float(self.points[np.argmin(np.abs(self.points - at))])
            self.cross.setPos(at)
        else:
            at = None
        self.cross.setVisible(at is not None)
        if at != self._at:
            self._at = at
            self.pointed.emit(at)

    def _style(self) -> None:
        self.setBackground(self.theme.color("panel"))
        for axis in (self._left, self._bottom):
            axis.set_theme(self.theme, self.axis_lines)
        self.cross.setPen(self.line("dim", Qt.PenStyle.DashLine))

    def _note_zoom(self) -> None:
        self.zoomed = True

    def _unzoom(self) -> None:
        self.zoomed = False
        self.home()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The crosshair follows the mouse."""
        super().mouseMoveEvent(event)
        inside = self.box.sceneBoundingRect()
        spot = self.mapToScene(event.position().toPoint())
        self.point_at(self.box.mapSceneToView(spot).x() if inside.contains(spot) else None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click ends zooming."""
        super().mouseDoubleClickEvent(event)
        self._unzoom()

    def leaveEvent(self, event: QEvent) -> None:
        """The crosshair goes with the mouse."""
        super().leaveEvent(event)
        self.point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right move the crosshair by a point, Esc takes it away, Home ends zooming."""
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._step(1 if key == Qt.Key.Key_Right else -1)
        elif key == Qt.Key.Key_Escape and self._at is not None:
            self.point_at(None)
        elif key == Qt.Key.Key_Home:
            self._unzoom()
        else:
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        low, high = self.box.viewRange()[0]
        seen = self.points[(self.points >= low) & (self.points <= high)]
        if not seen.size:
            return
        if self._at is None:
            self.point_at(float(seen[-1]))
            return
        place = int(np.argmin(np.abs(seen - self._at))) + by
        self.point_at(float(seen[min(max(place, 0), seen.size - 1)]))


class Axis(pg.AxisItem):  # type: ignore[misc]
    """An axis whose ticks and their words are given, drawn as a faint grid without a spine."""

    def __init__(self, side: str) -> None:
        super().__init__(side, pen=pg.mkPen(None))
        self.setStyle(tickLength=0, hideOverlappingLabels=False, autoReduceTextSpace=False)

    def set_theme(self, theme: Theme, lines: int = 1) -> None:
        """Draw in other colours, with room for so many lines of words below a horizontal axis."""
        font = theme.figures(FIGURES)
        self.setStyle(tickFont=font)
        if self.orientation == "bottom":
            self.setHeight(QFontMetricsF(font).height() * lines + 6)
        self.setTextPen(theme.color("mute"))
        self.setTickPen(pg.mkPen(theme.color("line"), width=1))
        self.setGrid(150)
        self.picture = None
        self.update()

    def show_ticks(self, ticks: Sequence[tuple[float, str]]) -> None:
        """Put these ticks in place of the last ones."""
        self.setTicks([list(ticks)])


class Mark(pg.TextItem):  # type: ignore[misc]
    """Words beside a line of a chart, on the side where there is room."""

    def __init__(self) -> None:
        super().__init__("", anchor=(0, 0))
        self.setZValue(15)

    def write(self, text: str, theme: Theme, role: str) -> None:
        """Put these words in place of the last ones."""
        self.setFont(theme.words(FIGURES))
        self.setText(text, color=theme.color(role))

    def stand(self, place: QPointF, view: QRectF, pixels: float) -> None:
        """Stand at a place of the view, left of it when the words would end outside.

        pixels  width of the view on the screen
        """
        room = (view.right() - place.x()) / view.width() * pixels if view.width() else 0.0
        width = self.boundingRect().width()
        self.setAnchor((0.0 if room > width + 8 else 1.0, 0.0))
        self.setPos(place)
