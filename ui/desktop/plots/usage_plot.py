"""Margin usage over time, its zones and the trigger."""

from datetime import UTC, datetime

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from riskcore.arrays import F64
from ui.desktop.models.series import UsageSeries, nice_top
from ui.desktop.plots.canvas import Canvas, Mark, Place
from ui.desktop.theme import Theme

LINES = (
    ("alone", "dim", Qt.PenStyle.DashLine),
    ("maintenance", "caution", Qt.PenStyle.SolidLine),
    ("initial", "accent", Qt.PenStyle.SolidLine),
)
POINTS = 3000  # above so many a line is thinned to the extremes of each group
STEPS = (60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800)
HIGH = 0.9  # of the axis: words above a line higher than this would end outside
INSIDE = 1e-4  # of the axis: a tick at its very end would lose its words
TICKS = 5  # about so many on the time axis


class UsagePlot(Canvas):
    """Lines of usage on fixed axes: time, and 0 % to a round figure above the largest."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._span: float | None = 900.0
        self._series: UsageSeries | None = None
        self._caution = 0.75
        self._top = 1.5
        super().__init__("Margin usage over time", theme, parent)
        self.setAccessibleName(self.tr("Margin usage over time"))
        self._zones = [
            pg.LinearRegionItem((0, 0), orientation="horizontal", movable=False) for _ in range(3)
        ]
        for zone in self._zones:
            zone.setZValue(-20)
            self.addItem(zone, ignoreBounds=True)
        self._trigger = pg.InfiniteLine(angle=0, movable=False)
        self.addItem(self._trigger, ignoreBounds=True)
        self._curves = {name: pg.PlotCurveItem(antialias=True) for name, _, _ in LINES}
        for curve in self._curves.values():
            self.addItem(curve, ignoreBounds=True)
        self._last = pg.ScatterPlotItem(size=7, pxMode=True)
        self.addItem(self._last, ignoreBounds=True)
        self._words = Mark()
        self.addItem(self._words, ignoreBounds=True)
        self.box.sigXRangeChanged.connect(self._tick_time)
        self.restyle()
        self.home()

    def restyle(self) -> None:
        """Colour lines and zones."""
        for name, role, style in LINES:
            self._curves[name].setPen(self.line(role, style))
        for zone, role in zip(self._zones, ("caution", "call", "liquidation"), strict=True):
            zone.setBrush(self.zone(role))
            for edge in zone.lines:
                edge.setPen(pg.mkPen(None))
        self._trigger.setPen(self.line("liquidation", Qt.PenStyle.DotLine))
        self._last.setBrush(pg.mkBrush(self.theme.color("accent")))
        self._last.setPen(pg.mkPen(None))
        self._words.write(self._words.toPlainText(), self.theme, "liquidation")

    def show_series(self, series: UsageSeries, span: float | None, words: str) -> None:
        """Draw a history whose last so many seconds are seen; `words` stand at the trigger."""
        if span != self._span:
            self.zoomed = False
        self._span, self._series = span, series
        seen = series.since(None if self.zoomed else span)
        self.points = seen.time
        self._top = nice_top(_largest(seen))
        joined = seen.joined
        for name, curve in self._curves.items():
            values = np.minimum(getattr(seen, name), self._top)
            time, values, connected = thinned(seen.time, values, joined)
            curve.setData(time, values, connect=_connected(values, connected))
        self._mark_last(seen)
        self._trigger_at(series)
        self._words.write(words if self._trigger.isVisible() else "", self.theme, "liquidation")
        self.home()

    def trigger_level(self) -> float | None:
        """The usage at which the trigger is drawn."""
        return float(self._trigger.value()) if self._trigger.isVisible() else None

    def value_range(self) -> tuple[float, float]:
        """The usage axis."""
        return 0.0, self._top

    def home(self) -> None:
        """The axes: the newest time at the right edge unless the user zoomed."""
        self.box.setYRange(0, self._top, padding=0)
        step = 0.25 if self._top <= 1.75 else 0.5 if self._top <= 3 else self._top / 5
        levels = np.arange(0, self._top + step / 2, step)
        last = len(levels) - 1
        self._left.show_ticks(
            [
                (
                    float(min(max(y, self._top * INSIDE), self._top * (1 - INSIDE))),
                    f"{y * 100:.0f}" + (" %" if place == last else ""),
                )
                for place, y in enumerate(levels)
            ]
        )
        self._zones[0].setRegion((self._caution, 1.0))
        acts = self.trigger_level()
        ends = self._top if acts is None else min(max(acts, 1.0), self._top)
        self._zones[1].setRegion((1.0, ends))
        self._zones[2].setRegion((ends, self._top))
        if not self.zoomed:
            time = self._series.time if self._series is not None else np.empty(0)
            if time.size:
                start = float(time[0]) if self._span is None else float(time[-1]) - self._span
                self.box.setXRange(min(start, float(time[-1]) - 60), float(time[-1]), padding=0)
        self._tick_time()
        self._place_words()

    def _trigger_at(self, series: UsageSeries) -> None:
        known = np.flatnonzero(np.isfinite(series.trigger))
        self._trigger.setVisible(bool(known.size))
        if known.size:
            self._trigger.setValue(float(series.trigger[known[-1]]))

    def _mark_last(self, seen: UsageSeries) -> None:
        headline = seen.maintenance if np.isnan(seen.initial[-1:]).all() else seen.initial
        if headline.size and not np.isnan(headline[-1]):
            self._last.setData(seen.time[-1:], np.minimum(headline[-1:], self._top))
        else:
            self._last.clear()

    def _tick_time(self, *_: object) -> None:
        low, high = self.box.viewRange()[0]
        if high - low < 1 or high < 1e6:
            self._bottom.show_ticks([])
            return
        wanted = (high - low) / max(min(TICKS, self.width() / 90), 1)
        step = next((each for each in STEPS if each >= wanted), STEPS[-1])
        first = np.ceil(low / step) * step
        self._bottom.show_ticks(
            [(float(x), _time_words(float(x), step)) for x in np.arange(first, high, step)]
        )

    def _place_words(self) -> None:
        acts = self.trigger_level()
        if acts is None:
            return
        low, high = self.box.viewRange()[0]
        places = [
            Place(f"{name} {side}", x, acts, (x_anchor, y_anchor))
            for name, y_anchor in (("above", 1.0), ("below", 0.0))
            for side, x, x_anchor in (("right", high, 1.0), ("left", low, 0.0))
            if name == "below" or acts < self._top * HIGH
        ]
        lines = [curve.getData() for curve in self._curves.values()]
        self._words.settle(places, lines, self.box)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Fewer ticks when it is narrow."""
        super().resizeEvent(event)
        if hasattr(self, "_words"):
            self._tick_time()
            self._place_words()


def thinned(time: F64, values: F64, joined: F64) -> tuple[F64, F64, F64]:
    """A long line by the lowest and highest value of each group of points, ends kept."""
    if time.size <= POINTS:
        return time, values, joined
    group = -(-time.size // (POINTS // 2))
    start = time.size % group
    blocks = values[start:].reshape(-1, group)
    low, high = blocks.min(axis=1), blocks.max(axis=1)
    rising = blocks[:, -1] >= blocks[:, 0]
    pairs = np.column_stack([np.where(rising, low, high), np.where(rising, high, low)])
    pairs[-1, 1] = values[-1]
    times = time[start:].reshape(-1, group)[:, [0, -1]]
    whole = joined[start:].reshape(-1, group).min(axis=1)
    links = np.column_stack([np.ones_like(whole), whole])
    return (
        np.concatenate([time[:start], times.ravel()]),
        np.concatenate([values[:start], pairs.ravel()]),
        np.concatenate([joined[:start], links.ravel()]),
    )


def _connected(values: F64, joined: F64) -> F64:
    """1 where a point is joined to the next: never to one that is not known."""
    known = np.isfinite(values)
    onward = np.append(known[1:], False)
    links: F64 = (joined * known * onward).astype(np.int32)
    return links


def _largest(series: UsageSeries) -> float:
    values = np.concatenate([series.initial, series.maintenance, series.alone, series.trigger[-1:]])
    known = values[np.isfinite(values)]
    return float(known.max()) if known.size else 0.0


def _time_words(seconds: float, step: int) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    if step >= 86400 or (moment.hour == 0 and moment.minute == 0 and step >= 3600):
        return f"{moment.day} {moment:%b}"
    return f"{moment:%H:%M}"
