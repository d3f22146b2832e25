"""A pyqtgraph plot in the window's colours, with a crosshair for mouse and keys."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetricsF, QKeyEvent, QMouseEvent, QPen
from PySide6.QtWidgets import QWidget

from riskcore.arrays import F64
from ui.desktop.theme import Theme

ZONE = 0.10  # how opaque a zone is
HATCHED = 0.25
HATCHES = {
    "caution": Qt.BrushStyle.BDiagPattern,
    "call": Qt.BrushStyle.FDiagPattern,
    "liquidation": Qt.BrushStyle.DiagCrossPattern,
}
SAMPLES = 24  # places at which words are checked for lines that run through them
RELUCTANCE = 4  # so many samples clearer must a place be before words move there
OVERHANG = 12  # pixels the words of an axis may stand out at its ends
FIGURES = 11  # pixels of axis figures at 100 %

Line = tuple[F64, F64]  # x ascending, y


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

    def boundingRect(self) -> QRectF:
        """Room beyond both ends, so that the words of a tick at an end are drawn as well."""
        rect: QRectF = super().boundingRect()
        along = 0 if self.orientation == "left" else OVERHANG
        across = OVERHANG - along
        return rect.adjusted(-along, -across, along, across)

    def show_ticks(self, ticks: Sequence[tuple[float, str]]) -> None:
        """Put these ticks in place of the last ones."""
        self.setTicks([list(ticks)])


class Mark(pg.TextItem):  # type: ignore[misc]
    """Words beside a line of a chart, where they cover least of the other lines."""

    def __init__(self) -> None:
        super().__init__("", anchor=(0, 0))
        self.setZValue(15)
        self._place: Place | None = None

    def write(self, text: str, theme: Theme, role: str) -> None:
        """Put these words in place of the last ones."""
        self.setFont(theme.words(FIGURES))
        self.setText(text, color=theme.color(role))

    def fit(self, texts: Sequence[str], room: float, theme: Theme, role: str) -> None:
        """Put the first of these in place that fits into so many pixels, else the last."""
        metrics, around = (
            QFontMetricsF(theme.words(FIGURES)),
            2 * self.textItem.document().documentMargin(),
        )
        widths = (metrics.horizontalAdvance(each) + around for each in texts)
        fitting = (each for each, width in zip(texts, widths, strict=True) if width <= room)
        text = next(fitting, texts[-1])
        if text != self.toPlainText():
            self.write(text, theme, role)

    def settle(self, places: Sequence["Place"], lines: Sequence[Line], box: pg.ViewBox) -> None:
        """Stand at the freest of the places; the last one is left only for a clearly better one."""
        view, words = box.viewRect(), self.boundingRect()
        if not (view.width() and view.height() and box.width() and box.height()):
            return
        width = words.width() * view.width() / box.width()
        height = words.height() * view.height() / box.height()
        crowds = [_crowd(each.rect(width, height), lines, view) for each in places]
        best = int(np.argmin(crowds))
        for place, crowd in zip(places, crowds, strict=True):
            kept = self._place is not None and self._place.name == place.name
            if kept and crowd <= crowds[best] + RELUCTANCE:
                best = places.index(place)
        self._place = places[best]
        self.setAnchor(self._place.anchor)
        self.setPos(self._place.x, self._place.y)


@dataclass(frozen=True, slots=True)
class Place:
    """Where words may stand: a point of the view, and which corner of the words it is."""

    name: str
    x: float
    y: float
    anchor: tuple[float, float]  # (0, 0) is the upper left corner

    def rect(self, width: float, height: float) -> QRectF:
        """What words of this size cover, in the units of the view: left, lower end, size."""
        left = self.x - self.anchor[0] * width
        return QRectF(left, self.y - (1 - self.anchor[1]) * height, width, height)


def _crowd(rect: QRectF, lines: Sequence[Line], view: QRectF) -> int:
    """At how many of the sampled places lines run through a rectangle; many when it sticks out."""
    at = np.linspace(rect.left(), rect.right(), SAMPLES)
    over = (rect.left() < view.left()) or (rect.right() > view.right())
    crowd = SAMPLES * 10 if over else 0
    for x, y in lines:
        if not x.size:
            continue
        values = np.interp(at, x, y, left=np.nan, right=np.nan)
        crowd += int(np.count_nonzero((values >= rect.top()) & (values <= rect.bottom())))
    return crowd
