"""Equity and margin when spot moves, and where the venue acts."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from riskcore.analysis.liquidation import SpotCurve
from riskcore.query import Report
from ui.desktop import formats
from ui.desktop.models.series import Column, Numbers
from ui.desktop.plots.frame import ChartFrame
from ui.desktop.plots.legend import Entry, stale_entries
from ui.desktop.session import Session
from ui.desktop.staleness import stale_seconds
from ui.desktop.theme import Theme

if TYPE_CHECKING:
    from ui.desktop.plots.spot_plot import SpotPlot


class SpotPanel(QWidget):
    """Equity, maintenance and initial margin against the price of the main underlying."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = theme
        self._curve: SpotCurve | None = None
        self._plot: SpotPlot | None = None
        self._at: float | None = None
        name = self.tr("Margin against spot")
        self.setAccessibleName(name)
        self.frame = ChartFrame(name, theme, self.numbers, self)
        self.frame.refused.connect(session.refused)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.frame)
        session.curve_changed.connect(self.show_curve)
        session.report_changed.connect(self.show_report)
        session.current_changed.connect(self._forget)
        session.unit_changed.connect(self._write_legend)
        session.refused.connect(self._note_refusal)
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.frame.set_theme(theme)
        if self._plot is not None:
            self._plot.set_theme(theme)

    def show_report(self, _report: Report | None) -> None:
        """See the curve from the price of this report; the session computes its own curve later."""
        if self._curve is None:
            return
        if self._plot is not None and self.isVisible():
            self._plot.show_index(self._index(self._curve))
        self._write_legend()

    def show_curve(self, curve: SpotCurve | None) -> None:
        """Draw this curve."""
        self._curve = curve
        self._draw()

    def numbers(self) -> Numbers:
        """The curve as columns, in the pool's currency."""
        curve = self._curve
        if curve is None:
            return Numbers()
        currency, prices = curve.currency, curve.index * (1 + curve.move)
        initial = np.full(curve.move.shape, np.nan) if curve.initial is None else curve.initial
        written = partial(formats.money, currency=currency)
        columns = [
            Column(self.tr("Move"), curve.move, _move),
            Column(self.tr("{0} price").format(curve.underlying), prices, formats.price),
        ]
        for title, values in (
            (self.tr("Equity, {0}"), curve.equity),
            (self.tr("Initial margin, {0}"), initial),
            (self.tr("Maintenance margin, {0}"), curve.maintenance),
        ):
            columns.append(Column(title.format(currency), values, written))
        return Numbers(tuple(columns))

    def showEvent(self, event: QShowEvent) -> None:
        """Make the plot when it is first seen."""
        super().showEvent(event)
        if self._plot is None:
            QTimer.singleShot(0, self, self._make_plot)
        else:
            self._draw()

    def _make_plot(self) -> None:
        if self._plot is not None:
            return
        from ui.desktop.plots.spot_plot import SpotPlot  # noqa: PLC0415, half a second to import

        self._plot = SpotPlot(self._theme)
        self._plot.pointed.connect(self._point)
        self.frame.place(self._plot)
        self._draw()

    def _forget(self, _key: str = "") -> None:
        self.show_curve(None)

    def _note_refusal(self, _sentence: str = "") -> None:
        if self._curve is None:
            self._draw()
        else:
            self._write_legend()

    def _draw(self) -> None:
        curve = self._curve
        words = self.tr("The curve is being computed.")
        if self._session.refusal:
            words = self.tr("This account cannot be computed in this market.")
        self.frame.say(words if curve is None else "")
        if self._plot is not None and curve is not None and self.isVisible():
            self._plot.show_curve(curve, self._index(curve))
        self.frame.refresh()
        self._write_legend()

    def _index(self, curve: SpotCurve) -> float:
        """The price of the curve's underlying now, which may have moved since it was computed."""
        report = self._session.report
        return curve.index if report is None else report.index.get(curve.underlying, curve.index)

    def _point(self, at: float | None) -> None:
        self._at = at
        self._write_legend()

    def _write_legend(self, *_: object) -> None:
        curve = self._curve
        if curve is None:
            self.frame.legend.show_entries(())
            return
        index = self._index(curve)
        at = index / curve.index - 1 if self._at is None else self._at
        row = int(np.argmin(np.abs(curve.move - at)))
        move = float(curve.move[row])
        price = formats.price(curve.index * (1 + move))
        where = f"{price} ({_move(curve.seen_from(move, index))})"
        if self._at is None:
            where = formats.price(index)
        entries = stale_entries(
            self.tr("stale"), stale_seconds(self._session, self._session.report)
        )
        entries += [
            Entry(curve.underlying, curve.underlying, where, "dim", Qt.PenStyle.DotLine),
            self._entry(*self._equity_words(curve.currency), curve.equity[row], "gain"),
            self._entry(
                self.tr("maintenance margin"), self.tr("maint."), curve.maintenance[row], "caution"
            ),
        ]
        if curve.initial is not None:
            style = Qt.PenStyle.DashLine
            entries.append(
                self._entry(
                    self.tr("initial margin"), self.tr("initial"), curve.initial[row], "dim", style
                )
            )
        self.frame.legend.show_entries(entries)

    def _equity_words(self, currency: str) -> tuple[str, str]:
        """The name of the first line, with the currency of all when no other place says it."""
        if currency == self._session.unit:
            return self.tr("equity"), self.tr("eq.")
        return self.tr("equity, {0}").format(currency), self.tr("eq. {0}").format(currency)

    def _entry(
        self,
        name: str,
        short: str,
        amount: float,
        role: str,
        style: Qt.PenStyle = Qt.PenStyle.SolidLine,
    ) -> Entry:
        currency = "" if self._curve is None else self._curve.currency
        return Entry(name, short, formats.money(float(amount), currency), role, style)


def _move(move: float) -> str:
    return formats.percent(move, sign=True)
