"""Equity and margin against spot, and where the venue acts."""

from collections.abc import Sequence
from typing import TypeGuard

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
        self._index = 1.0  # the price of its underlying now
        super().__init__("Margin against spot", theme, parent)
        self.setAccessibleName(self.tr("Equity and margin against spot"))
        self._zones: list[pg.LinearRegionItem] = []
        self._levels = [pg.InfiniteLine(angle=90, movable=False) for _ in range(2)]
        self._words = [Mark(), Mark()]
        self._wordings: list[tuple[str, ...]] = [(), ()]  # of each level, the longest first
        for item in (*self._levels, *self._words):
            self.addItem(item, ignoreBounds=True)
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
            self._paint(zone)
        for level in self._levels:
            level.setPen(self.line("liquidation"))
        self._spot.setPen(self.line("dim", Qt.PenStyle.DotLine))
        self._zero.setPen(self.line("line"))
        for words in self._words:
            words.write(words.toPlainText(), self.theme, "liquidation")

    def show_curve(self, curve: SpotCurve, index: float) -> None:
        """Draw a curve, seen from this price; what lies beyond its levels is shaded."""
        ends = (curve.move[0], curve.move[-1])
        if self._curve is None or ends != (self._curve.move[0], self._curve.move[-1]):
            self.zoomed = False
        self._curve, self._index = curve, index
        self.points = curve.move
        for name, line in self._curves.items():
            values = getattr(curve, name)
            if values is None:
                line.setData([], [])
            else:
                line.setData(curve.move, values, connect="finite")
        self._place_levels(curve)
        self.home()

    def show_index(self, index: float) -> None:
        """See the curve from another price of its underlying."""
        if self._curve is None or index == self._index:
            return
        self._index = index
        self._place_levels(self._curve)
        self._tick()

    def zones(self) -> tuple[tuple[float, float], ...]:
        """The moves that are shaded, from and to."""
        return tuple(zone.getRegion() for zone in self._zones if zone.isVisible())

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
        now = self._index / curve.index - 1
        self._spot.setValue(now)
        found = (curve.level_down, curve.level_up)
        reached = found == (0.0, 0.0)
        if reached:
            found = (now, None)
            self._shade(_uncovered(curve))
        else:
            levels = zip(found, ends, strict=True)
            beyond = [(at, end) for at, end in levels if _is_seen(at, ends)]
            self._shade([(min(each), max(each)) for each in beyond])
        for place, at in enumerate(found):
            for item in (self._levels[place], self._words[place]):
                item.setVisible(_is_seen(at, ends))
            if not _is_seen(at, ends):
                continue
            self._levels[place].setValue(at)
            pool = (curve.pool_down, curve.pool_up)[place]
            self._wordings[place] = (
                (self.tr("liquidation reached"), self.tr("reached"))
                if reached
                else self._said(curve, at, "" if pool == curve.pool else pool)
            )
            self._words[place].write(self._wordings[place][0], self.theme, "liquidation")

    def _said(self, curve: SpotCurve, at: float, pool: str) -> tuple[str, ...]:
        """What stands at a level, in ever fewer words; the summary has them all."""
        price = formats.price(curve.index * (1 + at))
        move = formats.percent(curve.seen_from(at, self._index), sign=True)
        words = [self.tr("liquidation {0} ({1})"), "{0} ({1})", "{0}"]
        if pool:
            words[:0] = [self.tr("liquidation of the {2} pool {0} ({1})"), "{2} {0} ({1})"]
        return tuple(each.format(price, move, pool) for each in words)

    def _shade(self, regions: Sequence[tuple[float, float]]) -> None:
        while len(self._zones) < len(regions):
            zone = pg.LinearRegionItem((0, 0), movable=False)
            zone.setZValue(-20)
            self.addItem(zone, ignoreBounds=True)
            self._paint(zone)
            self._zones.append(zone)
        for zone in self._zones[len(regions) :]:
            zone.setVisible(False)
        for zone, region in zip(self._zones, regions, strict=False):
            zone.setRegion(region)
            zone.setVisible(True)

    def _paint(self, zone: pg.LinearRegionItem) -> None:
        zone.setBrush(self.zone("liquidation"))
        for edge in zone.lines:
            edge.setPen(pg.mkPen(None))

    def _tick(self, *_: object) -> None:
        curve = self._curve
        if curve is None:
            return
        low, high = self.box.viewRange()[0]
        step = _round_step((high - low) / max(min(7.0, self.width() / 80), 1.0))
        first, last = (curve.seen_from(end, self._index) for end in (low, high))
        moves = np.arange(np.ceil(first / step - NEAR), np.floor(last / step + NEAR) + 1) * step
        ratio = self._index / curve.index
        ticks = [(float(move), (1 + float(move)) * ratio - 1) for move in moves]
        self._bottom.show_ticks(
            [
                (x, f"{formats.short(self._index * (1 + move))}\n{_move_words(move, step)}")
                for move, x in ticks
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
                room = max(at - low, high - at) / (high - low) * self.box.width()
                words.fit(self._wordings[row], room, self.theme, "liquidation")
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


def _is_seen(at: float | None, ends: tuple[float, float]) -> TypeGuard[float]:
    return at is not None and ends[0] <= at <= ends[1]


def _uncovered(curve: SpotCurve) -> list[tuple[float, float]]:
    """Where the lines drawn have maintenance at or above equity, from and to."""
    lack = curve.maintenance - curve.equity
    regions: list[tuple[float, float]] = []
    for place in range(len(lack) - 1):
        (left, right), (here, there) = curve.move[place : place + 2], lack[place : place + 2]
        if not (np.isfinite(here) and np.isfinite(there)) or max(here, there) < 0:
            continue
        cut = left + (right - left) * here / (here - there) if here * there < 0 else left
        start, end = (left if here >= 0 else cut), (right if there >= 0 else cut)
        if regions and regions[-1][1] == start:
            start = regions.pop()[0]
        regions.append((float(start), float(end)))
    return [(start, end) for start, end in regions if end > start]


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
