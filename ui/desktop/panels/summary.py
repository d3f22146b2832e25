"""What the account must post, at a glance: one figure beside the other."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QSizePolicy, QWidget

from riskcore.analysis.liquidation import SpotCurve
from riskcore.margin.requirement import Requirement, usage
from riskcore.query import ModelResult, PoolResult, Report
from ui.desktop import formats
from ui.desktop.plots.tile import Reading, Tile
from ui.desktop.session import Session
from ui.desktop.staleness import stale_seconds
from ui.desktop.theme import Theme

IMPLIED = (4, 2, 5)  # places of Available, Maintenance margin, Netting saves, in this order
NOTHING = 1e-9  # of the stand-alone sum: what adding up leaves over is no saving


class SummaryPanel(QWidget):
    """Equity, margins, usage, what is available, what netting saves, and how far liquidation is."""

    explain_asked = Signal(str)

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._report: Report | None = None
        self._curve: SpotCurve | None = None
        self._computing = False
        self.setAccessibleName(self.tr("Summary"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        strip = QHBoxLayout(self)
        strip.setContentsMargins(0, 0, 0, 0)
        strip.setSpacing(0)
        strip.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # tiles may give way
        self.tiles = [Tile(theme, self) for _ in range(7)]
        for tile in self.tiles:
            tile.asked.connect(self.explain_asked)
            strip.addWidget(tile, 1)
        session.report_changed.connect(self.show_report)
        session.curve_changed.connect(self.show_curve)
        session.current_changed.connect(self._forget)
        session.computing_changed.connect(self._note_computing)
        session.unit_changed.connect(self._write)
        session.refused.connect(self._write)
        self.set_theme(theme)
        self.show_report(session.report)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        for tile in self.tiles:
            tile.set_theme(theme)
        self._theme = theme
        self._write()

    def sizeHint(self) -> QSize:
        """Room for every tile, also while some are left out: the docks beside it keep theirs."""
        hints = [tile.sizeHint() for tile in self.tiles]
        return QSize(sum(each.width() for each in hints), hints[0].height())

    def minimumSizeHint(self) -> QSize:
        """Room for the figures that no others imply."""
        least = [tile.least_width(has_tail=False) for tile in self.tiles]
        height = super().minimumSizeHint().height()
        return QSize(self._least(least, len(IMPLIED)), height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def show_report(self, report: Report | None) -> None:
        """Show the figures of a report."""
        self._report = report
        self._write()

    def show_curve(self, curve: SpotCurve | None) -> None:
        """Show how far liquidation is."""
        self._curve = curve
        self._write()

    def _forget(self, _key: str = "") -> None:
        self._curve = None
        self.show_report(self._session.report)

    def _note_computing(self, computing: bool) -> None:
        self._computing = computing
        self._write()

    def _write(self, *_: object) -> None:
        state, role = self._state()
        readings = self._readings()
        for place, (tile, reading) in enumerate(zip(self.tiles, readings, strict=True)):
            tile.show_reading(reading, state if place == 0 else "", role)
        self._fit()

    def _fit(self) -> None:
        """Leave out second figures, then the figures that others imply, before one is cut."""
        whole = sum(tile.least_width(has_tail=True) for tile in self.tiles)
        least = [tile.least_width(has_tail=False) for tile in self.tiles]
        gone = 0
        while gone < len(IMPLIED) and self._least(least, gone) > self.width():
            gone += 1
        for place, tile in enumerate(self.tiles):
            tile.show_tail(whole <= self.width())
            tile.setHidden(place in IMPLIED[:gone])

    def _least(self, widths: list[int], gone: int) -> int:
        return sum(each for place, each in enumerate(widths) if place not in IMPLIED[:gone])

    def _state(self) -> tuple[str, str]:
        """What is not current, in words, and the colour of it; nothing when all is."""
        report = self._report
        if report is None:
            return (self.tr("computing"), "accent") if self._computing else ("", "")
        seconds = stale_seconds(self._session, report)
        if seconds is not None and (self._session.refusal or not self._computing):
            words = self.tr("stale {0}").format(formats.age(seconds))
            return words if seconds > 0 else self.tr("stale"), "caution"
        return (self.tr("computing"), "accent") if self._computing else ("", "")

    def _readings(self) -> Sequence[Reading]:
        titles = (
            (self.tr("Equity"), "equity"),
            (self.tr("Initial margin"), "initial_margin"),
            (self.tr("Maintenance margin"), "maintenance_margin"),
            (self.tr("Initial usage"), "initial_margin"),
            (self.tr("Available"), "initial_margin"),
            (self.tr("Netting saves"), "initial_margin"),
            (self.tr("Liquidation"), "maintenance_margin"),
        )
        if self._report is None or not self._report.results:
            return [Reading(title, formats.ABSENT, term) for title, term in titles]
        result = self._report.results[0]
        pool = result.nearest
        return (
            self._equity(result, pool),
            self._initial(pool),
            self._maintenance(pool),
            self._usage(pool),
            self._available(pool),
            self._netting(pool),
            self._liquidation(pool),
        )

    def _money(self, amount: float | None, pool: PoolResult, *, sign: bool = False) -> str:
        shown, currency = self._in_unit(amount, pool)
        return formats.money(shown, currency, sign=sign)

    def _in_unit(self, amount: float | None, pool: PoolResult) -> tuple[float | None, str]:
        assert self._report is not None, "figures are written from a report"
        currency = pool.requirement.currency
        return formats.in_unit(amount, currency, self._session.unit, self._report.index)

    def _full(self, amount: float | None, pool: PoolResult) -> str:
        return f"{formats.full(amount)} {pool.requirement.currency}"

    def _equity(self, result: ModelResult, pool: PoolResult) -> Reading:
        amount = pool.requirement.equity.amount
        _, currency = self._in_unit(amount, pool)
        notes: tuple[str, ...] = (self.tr("{0}, before haircut").format(currency), currency)
        if len(result.pools) > 1:
            name = pool.requirement.pool
            notes = (
                self.tr("{0}, {1} pool, nearest of {2}").format(currency, name, len(result.pools)),
                self.tr("{0}, {1} pool").format(currency, name),
                self.tr("{0} pool").format(name),
            )
        return Reading(
            self.tr("Equity"),
            self._money(amount, pool),
            "equity",
            notes=notes,
            role="text" if amount >= 0 else "loss",
            full=self._full(amount, pool),
        )

    def _initial(self, pool: PoolResult) -> Reading:
        required = pool.requirement
        worst = required.worst_scenario
        amount = None if required.initial is None else required.initial.amount
        first = worst.partition("; ")[0]  # of several underlyings, each with its own worst
        notes: tuple[str, ...] = ()
        if worst and required.initial is not None and required.initial.amount:
            notes = (self.tr("worst {0}").format(worst), worst, first, first.partition(", ")[0])
        elif worst:
            notes = (worst,)
        if amount is None:
            notes = (self.tr("none under this model"), self.tr("none"))
        return Reading(
            self.tr("Initial margin"),
            self._money(amount, pool),
            "initial_margin",
            notes=notes,
            full=self._full(amount, pool),
        )

    def _maintenance(self, pool: PoolResult) -> Reading:
        required = pool.requirement
        amount = required.maintenance.amount
        share = formats.percent(_share(amount, required))
        notes: tuple[str, ...] = (
            self.tr("usage {0} of equity").format(share),
            self.tr("usage {0}").format(share),
        )
        if required.equity.amount < 0:
            notes = (self.tr("equity is negative"), self.tr("equity below 0"))
        return Reading(
            self.tr("Maintenance margin"),
            self._money(amount, pool),
            "maintenance_margin",
            notes=notes,
            full=self._full(amount, pool),
        )

    def _usage(self, pool: PoolResult) -> Reading:
        required = pool.requirement
        used, title, term = required.initial_usage, self.tr("Initial usage"), "initial_margin"
        if used is None:
            used, title = required.maintenance_usage, self.tr("Maintenance usage")
            term = "maintenance_margin"
        reached = 1.0 if required.trigger.reached else 0.0
        return Reading(
            title,
            formats.percent(_share(required.headline.amount, required)),
            term,
            role=self._theme.zone(used, reached),
            bar=used,
            full=self.tr("{0} {1}, the venue acts at {2}").format(
                required.trigger.name,
                formats.full(required.trigger.figure),
                formats.full(required.trigger.level),
            ),
        )

    def _available(self, pool: PoolResult) -> Reading:
        required = pool.requirement
        notes: tuple[str, ...] = (self.tr("equity less initial"), self.tr("less initial"))
        if required.initial is None:
            notes = (self.tr("equity less maintenance"), self.tr("less maint."))
        for figure in required.figures:
            if figure.term == "available_withdrawal_funds":
                shown, currency = formats.in_unit(
                    figure.amount,
                    figure.unit,
                    self._session.unit,
                    {} if self._report is None else self._report.index,
                )
                amount = formats.money(shown, currency)
                notes = (
                    self.tr("withdrawable {0}").format(amount),
                    self.tr("withdraw {0}").format(amount),
                    notes[-1],
                )
        return Reading(
            self.tr("Available"),
            self._money(required.excess, pool),
            "initial_margin" if required.initial is not None else "maintenance_margin",
            notes=notes,
            role="text" if required.excess >= 0 else "loss",
            full=self._full(required.excess, pool),
        )

    def _netting(self, pool: PoolResult) -> Reading:
        saves, alone = pool.netting_saves, pool.stand_alone_sum
        share = formats.percent(saves / alone if alone else None, 0)
        full = self._money(alone, pool)
        return Reading(
            self.tr("Netting saves"),
            self._money(saves, pool),
            "initial_margin",
            notes=(
                self.tr("{0} of {1} alone").format(share, full),
                self.tr("{0} of {1}").format(share, full),
                share,
            ),
            role="gain" if saves > NOTHING * alone else "text",
            full=self._full(saves, pool),
        )

    def _liquidation(self, pool: PoolResult) -> Reading:
        title, term, curve = self.tr("Liquidation"), "maintenance_margin", self._curve
        if pool.requirement.trigger.reached:
            words = self.tr("trigger is met")
            return Reading(title, self.tr("reached"), term, notes=(words,), role="liquidation")
        if curve is None or curve.pool != pool.requirement.pool:
            return Reading(title, formats.ABSENT, term)
        none = self.tr("none")
        levels = (curve.level_down, curve.level_up)
        if levels == (None, None):
            notes = (self.tr("at no spot price"), self.tr("at no spot"))
            return Reading(title, none, term, notes=notes)
        assert self._report is not None, "the level is seen from the report's prices"
        now = self._report.index.get(curve.underlying, curve.index)
        down, up = (
            none if at is None else formats.percent(curve.seen_from(at, now), sign=True)
            for at in levels
        )
        prices = [none if at is None else formats.price(curve.index * (1 + at)) for at in levels]
        return Reading(
            title,
            down,
            term,
            tail=f" / {up}",
            notes=(
                ", ".join([f"{curve.underlying} {prices[0]} / {prices[1]}", *self._pools(curve)]),
                f"{curve.underlying} {prices[0]} / {prices[1]}",
                f"{curve.underlying} {prices[0]}" if levels[0] is not None else prices[1],
                prices[0] if levels[0] is not None else prices[1],
            ),
            full="\n".join(
                [self.tr("all coins moved together, volatility unchanged"), *self._pools(curve)]
            ),
        )

    def _pools(self, curve: SpotCurve) -> list[str]:
        """Which other pools than the one shown a level is about."""
        words = []
        if curve.pool_down not in ("", curve.pool):
            words.append(self.tr("below: of the {0} pool").format(curve.pool_down))
        if curve.pool_up not in ("", curve.pool):
            words.append(self.tr("above: of the {0} pool").format(curve.pool_up))
        return words


def _share(amount: float, required: Requirement) -> float | None:
    """An amount over equity; nothing over no equity is no share."""
    equity = required.equity.amount
    return None if equity <= 0 and not amount else usage(amount, equity)
