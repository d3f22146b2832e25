"""Equity and margin against spot, and where the venue acts."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from riskcore.analysis.liquidation import SpotCurve
from ui.desktop import formats
from ui.desktop.plots.canvas import Canvas, Mark, Place
from ui.desktop.theme import Theme

LINES = (
    ("initial", "dim", Qt.PenStyle.DashLine),
    ("maintenance", "caution", Qt.PenStyle.SolidLine),
    ("equity", "gain", Qt.PenStyle.SolidLine),
)
MARGIN = 0.06  # of the value axis, free above and below the lines
NEAR = 1e-9


class SpotPlot(Canvas):
    """Straight lines through the curve's own points, so that a kink stays a kink."""

    axis_lines = 2  # a price and its move

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._curve: SpotCurve | None = None
        super().__init__("Margin against spot", theme, parent)
        self.setAccessibleName(self.tr("Equity and margin against spot"))
        self._zones = [pg.LinearRegionItem((0, 0), movable=False) for _ in range(2)]
        self._levels = [pg.InfiniteLine(angle=90, movable=False) for _ in range(2)]
        self._words = [Mark(), Mark()]
        for item in (*self._zones, *self._levels, *self._words):
            self.addItem(item, ignoreBounds=True)
        for zone in self._zones:
            zone.setZValue(-20)
        self._zero = pg.InfiniteLine(0, angle=0, movable=False)
        self._spot = pg.InfiniteLine(0, angle=90, movable=False)
        self._curves = {name: pg.PlotCurveItem(antialias=True) for name, _, _ in LINES}
        for item in (self._zero, self._spot, *self._curves.values()):
            self.addItem(item, ignoreBounds=True)
        self.box.sigXRangeChanged.connect(self._tick)
        self.restyle()

    def restyle(self) -> None:
        """Colour lines and zones."""
        for name, role, style in LINES:
            self._curves[name].setPen(self.line(role, style))
        for zone in self._zones:
            zone.setBrush(self.zone("liquidation"))
            for edge in zone.lines:
                edge.setPen(pg.mkPen(None))
        for level in self._levels:
            level.setPen(self.line("liquidation"))
        self._spot.setPen(self.line("dim", Qt.PenStyle.DotLine))
        self._zero.setPen(self.line("line"))
        for words in self._words:
            words.write(words.toPlainText(), self.theme, "liquidation")

    def show_curve(self, curve: SpotCurve) -> None:
        """Draw a curve; its levels are shaded outward."""
        ends = (curve.move[0], curve.move[-1])
        if self._curve is None or ends != (self._curve.move[0], self._curve.move[-1]):
            self.zoomed = False
        self._curve = curve
        self.points = curve.move
        for name, line in self._curves.items():
            values = getattr(curve, name)
            if values is None:
                line.setData([], [])
            else:
                line.setData(curve.move, values, connect="finite")
        self._place_levels(curve)
        self.home()

    def level_words(self) -> tuple[str, ...]:
        """What stands at the levels drawn."""
        return tuple(words.toPlainText() for words in self._words if words.isVisible())

    def home(self) -> None:
        """The axes: all moves unless the user zoomed, all values with some air."""
        curve = self._curve
        if curve is None:
            return
        columns = [curve.equity, curve.maintenance]
        if curve.initial is not None:
            columns.append(curve.initial)
        values = np.concatenate([each[np.isfinite(each)] for each in columns])
        low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
        low = min(low, 0.0)
        high = high if high > low else 1.0  # nothing is held: an axis without depth has no figures
        air = max((high - low) * MARGIN, NEAR)
        self.box.setYRange(low - (air if low < 0 else 0.0), high + air, padding=0)
        if not self.zoomed:
            self.box.setXRange(float(curve.move[0]), float(curve.move[-1]), padding=0)
        self._tick()

    def _place_levels(self, curve: SpotCurve) -> None:
        ends = (float(curve.move[0]), float(curve.move[-1]))
        found = (curve.level_down, curve.level_up)
        if found == (0.0, 0.0):
            found = (0.0, None)  # reached already: everything is beyond the level
        for place, (at, end) in enumerate(zip(found, ends, strict=True)):
            seen = at is not None and ends[0] <= at <= ends[1]
            for item in (self._zones[place], self._levels[place], self._words[place]):
                item.setVisible(seen)
            if at is None or not seen:
                continue
            reached = curve.level_down == 0.0 == curve.level_up
            self._zones[place].setRegion(ends if reached else (end, at))
            self._levels[place].setValue(at)
            price = formats.price(curve.index * (1 + at))
            pool = (curve.pool_down, curve.pool_up)[place]
            word = self.tr("liquidation {0} ({1})")
            if pool not in ("", curve.pool):
                word = self.tr("liquidation of the {2} pool {0} ({1})")
            text = (
                self.tr("liquidation reached")
                if reached
                else word.format(price, formats.percent(at, sign=True), pool)
            )
            self._words[place].write(text, self.theme, "liquidation")

    def _tick(self, *_: object) -> None:
        curve = self._curve
        if curve is None:
            return
        low, high = self.box.viewRange()[0]
        step = _round_step((high - low) / max(min(7.0, self.width() / 80), 1.0))
        moves = np.arange(np.ceil(low / step - NEAR), np.floor(high / step + NEAR) + 1) * step
        self._bottom.show_ticks(
            [
                (float(x), f"{formats.short(curve.index * (1 + x))}\n{_move_words(x, step)}")
                for x in moves
                if low + step * 0.2 <= x <= high - step * 0.2
            ]
        )
        bottom, top = self.box.viewRange()[1]
        scale = _round_step((top - bottom) / 5)
        values = np.arange(np.ceil(bottom / scale), np.floor(top / scale) + 1) * scale
        self._left.show_ticks([(float(y), formats.short(float(y))) for y in values])
        lines = [line.getData() for line in self._curves.values()]
        lines = [(x, y) for x, y in lines if x is not None]
        for row, (level, words) in enumerate(zip(self._levels, self._words, strict=True)):
            if words.isVisible():
                lower = row * words.boundingRect().height() / max(self.box.height(), 1.0)
                shift = lower * (top - bottom)  # so that the words of two levels never meet
                at = float(level.value())
                places = [
                    Place(f"{name} {side}", at, y, (x_anchor, y_anchor))
                    for name, y, y_anchor in (
                        ("top", top - shift, 0.0),
                        ("bottom", bottom + shift, 1.0),
                    )
                    for side, x_anchor in (("right", 0.0), ("left", 1.0))
                ]
                words.settle(places, lines, self.box)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Fewer ticks when it is narrow."""
        super().resizeEvent(event)
        if hasattr(self, "_curves"):
            self._tick()


def _round_step(wanted: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten."""
    if not wanted > 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(wanted))
    return float(
        next(each * power for each in (1, 2, 2.5, 5, 10) if each * power >= wanted * 0.999)
    )


def _move_words(move: float, step: float) -> str:
    decimals = 0 if step >= 0.00999 else 1
    return formats.percent(move, decimals, sign=True)
