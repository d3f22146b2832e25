"""How much of the equity the margin used up, over time."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from riskcore.query import Report
from ui.desktop import formats
from ui.desktop.models.series import Column, Numbers, UsageHistory, UsageSeries, written_instant
from ui.desktop.plots.frame import ChartFrame
from ui.desktop.plots.legend import Entry, stale_entries
from ui.desktop.session import Session
from ui.desktop.staleness import stale_seconds
from ui.desktop.theme import Theme

if TYPE_CHECKING:
    from ui.desktop.plots.usage_plot import UsagePlot

PAUSE = 250  # milliseconds between two drawings: 4 Hz is what an eye can read
DASHES = Qt.PenStyle.DashLine
MINUTE = 60.0
SPANS: tuple[float | None, ...] = (15 * MINUTE, 60 * MINUTE, 360 * MINUTE, None)  # None: all


class UsagePanel(QWidget):
    """Initial and maintenance usage and the stand-alone sum, of the pool nearest its trigger."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = theme
        self._history = UsageHistory()
        self._series: UsageSeries = self._history.series()
        self._plot: UsagePlot | None = None
        self._at: float | None = None
        self._span: float | None = SPANS[0]
        name = self.tr("Margin usage over time")
        self.setAccessibleName(name)
        self.frame = ChartFrame(name, theme, self.numbers, self, newest_first=True)
        self.frame.refused.connect(session.refused)
        self.windows = QComboBox()
        self.windows.setAccessibleName(self.tr("How far back the chart goes"))
        words = (self.tr("15 min"), self.tr("1 h"), self.tr("6 h"), self.tr("all"))
        for text, span in zip(words, SPANS, strict=True):
            self.windows.addItem(text, span)
        self.windows.currentIndexChanged.connect(self.choose_window)
        self.frame.bar.insertWidget(1, self.windows)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.frame)
        self._pause = QTimer(self, interval=PAUSE, singleShot=True)
        self._pause.timeout.connect(self._draw_again)
        self._waiting = False
        session.samples_changed.connect(self.take_samples)
        session.current_changed.connect(self._follow)
        session.refused.connect(self._write_legend)
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.frame.set_theme(theme)
        if self._plot is not None:
            self._plot.set_theme(theme)

    def show_report(self, report: Report | None) -> None:
        """Nothing: the session records each report as a sample, and samples are what is drawn."""

    def take_samples(self) -> None:
        """Draw what the account's history has become, at most four times a second."""
        if self._plot is not None and not self.isVisible():
            return
        if self._pause.isActive():
            self._waiting = True
            return
        self._draw()
        self._pause.start()

    def choose_window(self, row: int) -> None:
        """Show this much of the past."""
        self._span = SPANS[row]
        self._draw()

    def numbers(self) -> Numbers:
        """The whole history as columns."""
        series = self._series
        usage = formats.percent
        return Numbers(
            (
                Column(self.tr("Time (UTC)"), series.time, written_instant, written_instant),
                Column(self.tr("Initial usage"), series.initial, usage),
                Column(self.tr("Maintenance usage"), series.maintenance, usage),
                Column(self.tr("Stand-alone usage"), series.alone, usage),
                Column(self.tr("Trigger"), series.trigger, usage),
            )
        )

    def showEvent(self, event: QShowEvent) -> None:
        """Make the plot when it is first seen."""
        super().showEvent(event)
        if self._plot is None:
            QTimer.singleShot(0, self, self._make_plot)
        else:
            self._draw()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is drawn that is not seen."""
        super().hideEvent(event)
        self._pause.stop()

    def _make_plot(self) -> None:
        if self._plot is not None:
            return
        from ui.desktop.plots.usage_plot import UsagePlot  # noqa: PLC0415, half a second to import

        self._plot = UsagePlot(self._theme)
        self._plot.pointed.connect(self._point)
        self.frame.place(self._plot)
        self._draw()

    def _draw_again(self) -> None:
        if self._waiting:
            self._waiting = False
            self._draw()
            self._pause.start()

    def _draw(self) -> None:
        self._history.take(self._session.samples())
        self._series = series = self._history.series()
        empty = not series.time.size
        self.frame.say(self.tr("No history yet: it begins with the first market.") if empty else "")
        if self._plot is not None:
            self._plot.show_series(series, self._span, self._trigger_words())
        self.frame.refresh()
        self._write_legend()

    def _follow(self, _key: str = "") -> None:
        self._pause.stop()
        self.take_samples()

    def _trigger_words(self) -> str:
        report = self._session.report
        if report is None or not report.results:
            return self.tr("trigger")
        trigger = report.results[0].nearest.requirement.trigger
        if trigger.name == "maintenance usage" and trigger.level == 1:
            return self.tr("trigger: maintenance = equity")
        return self.tr("trigger: {0} {1}").format(trigger.name, formats.percent(trigger.level, 0))

    def _point(self, at: float | None) -> None:
        self._at = at
        self._write_legend()

    def _write_legend(self, *_: object) -> None:
        series = self._series
        if not series.time.size:
            self.frame.legend.show_entries(())
            return
        row = -1
        entries = stale_entries(
            self.tr("stale"), stale_seconds(self._session, self._session.report)
        )
        if self._at is not None:
            row = int(np.argmin(np.abs(series.time - self._at)))
            moment = datetime.fromtimestamp(float(series.time[row]), UTC)
            entries.append(Entry(self.tr("at"), "", formats.clock(moment)))
        initial, maintenance, alone = (
            formats.percent(float(values[row]))
            for values in (series.initial, series.maintenance, series.alone)
        )
        entries += (
            Entry(self.tr("initial usage"), self.tr("initial"), initial, "accent"),
            Entry(self.tr("maintenance usage"), self.tr("maint."), maintenance, "caution"),
            Entry(self.tr("stand-alone sum"), self.tr("alone"), alone, "dim", DASHES),
        )
        self.frame.legend.show_entries(entries)
