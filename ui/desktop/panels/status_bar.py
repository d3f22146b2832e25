"""What is true of every figure on the screen: how old, how much, how long, saved or not."""

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from riskcore.query import Report
from ui.desktop import formats
from ui.desktop.session import Session
from ui.desktop.theme import Theme
from ui.desktop.ticker import Ticker

OLD = 60.0  # seconds after which an input makes what is derived from it stale
SECOND = 1_000  # milliseconds


class Sentence(Ticker):
    """A text that takes the room there is and ends in an ellipsis; all of it is in the tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        """Say something else."""
        super().setText(text)
        self.setToolTip(text)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The text at the right, shortened when there is too little room."""
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(
            self.rect(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown
        )


class StatusBar(QWidget):
    """Age of the oldest input, size and time of the last computation, save state, UTC clock."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._theme = session, theme
        self._saved: datetime | None = None
        self._passing, self._busy = "", ""
        self._is_computing = False
        self.setAutoFillBackground(True)
        self.setAccessibleName(self.tr("Status bar"))
        self.age, self.extent, self.time, self.save, self.clock = (Ticker() for _ in range(5))
        self.sentence = Sentence()
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 10, 4)
        row.setSpacing(18)
        for label in (self.age, self.extent, self.time, self.save):
            row.addWidget(label)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.clock)
        self._second = QTimer(self, interval=SECOND)
        self._second.timeout.connect(self._tick)
        self._second.start()
        self._clear = QTimer(self, interval=8 * SECOND, singleShot=True)
        self._clear.timeout.connect(self._forget)
        session.report_changed.connect(self.show_report)
        session.refused.connect(self._write)
        session.computing_changed.connect(self._show_computing)
        session.saved.connect(self._show_saved)
        session.save_failed.connect(self._write)
        session.current_changed.connect(self._write)
        self.set_theme(theme)
        self._write()
        self._tick()

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self._theme = theme
        palette = self.palette()
        palette.setColor(self.backgroundRole(), theme.color("panel"))
        self.setPalette(palette)
        labels = (self.age, self.extent, self.time, self.save, self.clock, self.sentence)
        for label in labels:
            label.setFont(theme.words(12))
        self._write()
        self._tick()

    def show_report(self, _report: Report | None) -> None:
        """Show what the newest report rests on."""
        self._write()

    def say(self, sentence: str) -> None:
        """Show a sentence for a few seconds."""
        self._passing = sentence
        self._clear.start()
        self._write()

    def say_busy(self, what: str) -> None:
        """Show what takes time, until it is done."""
        self._busy = what
        self.say(what)

    def say_done(self) -> None:
        """Take back what took time; what was said since stays."""
        if self._passing == self._busy:
            self._forget()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what is least needed before the sentence is cut."""
        super().resizeEvent(event)
        self._fit()

    def stop(self) -> None:
        """No more ticking."""
        self._second.stop()
        self._clear.stop()

    def _write(self, *_: object) -> None:
        report, market = self._session.report, self._session.market
        if report is not None:
            text, role = self._age_of(report)
            self._put(self.age, text, role)
            self.age.setToolTip(self.tr("Age of the oldest price that a figure rests on"))
            losses = report.results[0].nearest.requirement.losses
            quoted = 0 if market is None else len(market.universe)
            self._put(
                self.extent,
                self.tr("{0} instruments · {1} scenarios").format(
                    formats.fixed(quoted), formats.fixed(len(losses.label))
                ),
            )
        else:
            self._put(self.age, self.tr("no figures yet"))
            self._put(self.extent, "")
        if self._is_computing:
            self._put(self.time, self.tr("computing…"), "accent")
        elif self._session.seconds is not None:
            took = formats.milliseconds(self._session.seconds)
            self._put(self.time, self.tr("recomputed in {0}").format(took))
        self._write_save()
        self._write_sentence()

    def _age_of(self, report: Report) -> tuple[str, str]:
        """How old the figures are, and the role of its colour."""
        market = self._session.market
        behind = 0.0 if market is None else (market.as_of - report.as_of).total_seconds()
        if self._session.refusal and behind < 0:  # of a market that is later than the one refused
            return self.tr("▲ stale, of {0}").format(formats.instant(report.as_of)), "caution"
        oldest = max(report.ages.values(), default=0.0) + max(behind, 0.0)
        age = formats.age(oldest)
        if self._session.refusal or oldest > OLD:
            return self.tr("▲ stale, {0} old").format(age), "caution"
        return self.tr("● marks {0} old").format(age), "dim"

    def _write_save(self) -> None:
        place = self._session.services.database
        database = Path(place).name
        if error := self._session.save_error:
            self._put(self.save, self.tr("▲ not saved: {0}").format(error), "loss")
        elif self._session.unsaved:
            self._put(self.save, self.tr("saving…"))
        elif self._saved is not None:
            moment = formats.clock(self._saved)
            self._put(self.save, self.tr("saved {0} · {1}").format(moment, database))
        else:
            self._put(self.save, self.tr("saved · {0}").format(database))
        self.save.setToolTip(f"{self.save.text()}\n{place}")

    def _write_sentence(self) -> None:
        report = self._session.report
        if self._passing:
            text, role = self._passing, "text"
        elif refusal := self._session.refusal:
            text, role = f"▲ {refusal}", "caution"
        elif report is not None:
            label = report.results[0].label
            text, role = ("" if label == "exact" else f"* {label}"), "dim"
        else:
            text, role = "", "dim"
        if text != self.sentence.text():
            self._put(self.sentence, text, role)
            self._fit()
        self._put(self.sentence, text, role)

    def _fit(self) -> None:
        kept = [self.age, self.save, self.time, self.extent]  # the last goes first
        needed = (
            self.fontMetrics().horizontalAdvance(self.sentence.text())
            + self.clock.sizeHint().width()
        )
        room = self.width() - 20 - 18 * (len(kept) + 1) - needed
        while len(kept) > 2 and sum(label.sizeHint().width() for label in kept) > room:
            kept.pop()
        for label in (self.time, self.extent):
            label.setHidden(label not in kept)

    def _put(self, label: Ticker, text: str, role: str = "dim") -> None:
        label.setText(text)
        palette = label.palette()
        if palette.color(label.foregroundRole()) != self._theme.color(role):
            palette.setColor(label.foregroundRole(), self._theme.color(role))
            label.setPalette(palette)

    def _show_computing(self, is_computing: bool) -> None:
        self._is_computing = is_computing
        self._write()

    def _show_saved(self, moment: datetime) -> None:
        self._saved = moment
        self._write()

    def _forget(self) -> None:
        self._passing = ""
        self._write()

    def _tick(self) -> None:
        self._put(self.clock, f"{formats.clock(datetime.now(UTC))} UTC")
