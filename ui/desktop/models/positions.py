"""The positions of an account as rows of the grid."""

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from math import fsum
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt

from riskcore.errors import HoldingsError
from riskcore.holdings import Account, MarginMode, Position, Side
from riskcore.instruments import Future, Instrument, Option, Perpetual, sort_key
from riskcore.market import MarketSnapshot
from riskcore.naming import directory
from riskcore.query import Line, PoolResult, Report
from ui.desktop import edits, formats, typed
from ui.desktop.models.cells import Cell, Column, Edit, GridModel, Kind, Row
from ui.desktop.models.figures import (
    RESIDUE,
    Figures,
    Scale,
    added,
    money,
    required,
    scale,
)

STALE_SECONDS = 60.0
OF_ONE_COIN = ("delta", "gamma")  # sums over several coins say nothing
COMPUTING = Cell("…", "mute", "-")
NOTHING = Cell("-", "mute", "-")


class Group(NamedTuple):
    """What is read together: a coin and an expiry."""

    coin: str
    what: str  # "", "perpetual", "spot"
    expiry: datetime | None


class PositionsModel(GridModel):
    """One row per position, grouped by underlying and expiry, with subtotals and the account."""

    def __init__(self, title: Callable[[str], str] = str, parent: QObject | None = None) -> None:
        """`title` puts a term of the requirement in words."""
        super().__init__((), parent)
        self._title = title
        self.market: MarketSnapshot | None = None
        self._report: Report | None = None
        self._scale: Scale | None = None
        self._is_computing = self._is_stale = False
        self._figures: dict[Hashable, Figures] = {}
        self._held: dict[Hashable, Position] = {}
        self._namings: dict[str, directory.Naming | None] = {}
        self.is_grouped = True
        self.prompt = self.tr("instrument quantity entry price, e.g. BTC-PERPETUAL 10,000")
        self.columns = self._titled(is_initial=True)

    def show(
        self,
        account: Account | None,
        market: MarketSnapshot | None,
        report: Report | None,
        unit: str = "USD",
        *,
        is_computing: bool = False,
        is_stale: bool = False,
    ) -> None:
        """Show an account with the figures of a report, which may be older than the account.

        Stale figures are faded; so are those of a line that has been edited since.
        """
        if report is not None and (account is None or report.account != account.key):
            report = None
        self.account, self.market, self._report = account, market, report
        self._scale = None if report is None else scale(report, unit)
        self._is_computing, self._is_stale = is_computing, is_stale
        self._retitle()
        self._figures = {}
        self._held = {}
        if account is None:
            self.place((), ())
            return
        lines = self._lines_of(account, report)
        self.place(lines, self._tail_of(lines, report))

    def column(self, name: str) -> int:
        """The place of a column."""
        return next(at for at, each in enumerate(self.columns) if each.name == name)

    def position(self, row: int) -> Position | None:
        """The position in a row, none in rows of another kind."""
        return self._held.get(self.rows[row].key)

    def typed(self, row: int, column: int, text: str) -> Edit | None:
        account, position = self.account, self.position(row)
        assert account is not None
        if self.rows[row].kind is Kind.ENTRY:
            new = typed.position(text, account.venue, self.market)
            words = self.tr("Add {0}").format(new.instrument.name)
            return Edit(edits.added(account, new), words)
        if position is None:
            raise HoldingsError(self.tr("This position is no longer held."))
        name = position.instrument.name
        if self.columns[column].name == "quantity":
            quantity = typed.number(text, self.tr("a quantity"))
            after = edits.with_position(account, position.key, quantity=quantity)
            words = self.tr("{0}: quantity {1}").format(name, formats.quantity(quantity))
        else:
            entry = typed.price(text, self.tr("an entry price"))
            after = edits.with_position(account, position.key, entry_price=entry)
            words = self.tr("{0}: entry price {1}").format(name, formats.full(entry))
        return None if after == account else Edit(after, words)

    def heading(self, group: Hashable, members: Sequence[Row]) -> Row:
        assert isinstance(group, Group)
        words = [group.coin, group.what or formats.date(group.expiry), *self._level(group, members)]
        parts = [self._figures[row.key] for row in members if row.key in self._figures]
        figures = self._scale.cells(added(parts), tone="dim") if self._scale else self._blank(8)
        warning = self._mark_partial(figures, parts)
        if len(members) == 1:
            figures = self._blank(8)  # the line below says it all
        cells = (Cell(" · ".join(words), "dim"), *self._blank(4), *figures)
        return Row(Kind.GROUP, ("group", group), cells, group, warning=warning)

    # Lines.

    def _lines_of(self, account: Account, report: Report | None) -> list[Row]:
        found = {line.position.key: line for line in report.results[0].lines} if report else {}
        held = sorted(
            account.holdings.positions, key=lambda each: (sort_key(each.instrument), each.key)
        )
        rows = []
        for position in held:
            self._held[position.key] = position
            is_in = position.key not in account.excluded
            line = found.pop(position.key, None)
            rows.append(self._row(position, line if is_in else None, is_in=is_in))
        hypothetical = [
            self._row(line.position, line, is_in=None)
            for line in found.values()
            if line.position.key not in account.excluded
        ]
        return rows + hypothetical

    def _row(self, position: Position, line: Line | None, *, is_in: bool | None) -> Row:
        instrument, quantity = position.instrument, position.quantity
        notes = [str(each) for each in (position.side, position.margin_mode) if each not in _USUAL]
        warnings = []
        if line is None:
            figures = [COMPUTING if self._is_computing and is_in else NOTHING] * 10
        else:
            assert self._scale is not None
            assert self._report is not None
            figures = self._figures_of(line, self._scale, counts=is_in is not None)
            age = self._report.ages.get(instrument.name, 0.0)
            if age > STALE_SECONDS:
                notes.append(self.tr("{0} old").format(formats.age(age)))
                warnings.append(self.tr("The quote is {0} old.").format(formats.age(age)))
            if not line.pool:
                notes.append(self.tr("left out"))
                warnings += [f"{each}." for each in self._reasons(position)]
        if is_in is False:
            notes.append(self.tr("excluded"))
        if is_in is None:
            notes.append(self.tr("what-if"))
        return Row(
            Kind.LINE if is_in is not None else Kind.HYPOTHETICAL,
            position.key if is_in is not None else ("what-if", position.key),
            (
                Cell(instrument.name, full=instrument.name, value=instrument.name),
                Cell(formats.quantity(quantity), "text", formats.full(quantity), quantity),
                self._price(instrument, position.entry_price),
                *figures,
            ),
            Group(instrument.base, *_when(instrument)),
            is_in,
            is_faded=is_in is False
            or bool(warnings)
            or self._is_stale
            or _is_older(line, position),
            note=" · ".join(notes),
            warning=" ".join(warnings),
        )

    def _reasons(self, position: Position) -> list[str]:
        """Why the model's venue cannot hold a position."""
        unmapped = () if self._report is None else self._report.results[0].unmapped
        return [each for each in unmapped if each.startswith(f"{position.label}: ")]

    def _figures_of(self, line: Line, scale: Scale, *, counts: bool) -> list[Cell]:
        figures = scale.figures(line)
        if counts:
            self._figures[line.position.key] = figures
        per_cent = None if line.vol is None else 100 * line.vol  # as the header says
        vol = Cell(formats.vol(line.vol), "text", formats.full(per_cent), per_cent)
        mark = self._price(line.position.instrument, line.mark)
        return [mark, vol, *scale.cells(figures, line.pool)]

    def _level(self, group: Group, members: Sequence[Row]) -> list[str]:
        """What the prices of a group hang on: forward and days left, or the index."""
        report = self._report
        if report is None:
            return []
        if group.expiry is None:
            index = report.index.get(group.coin)
            return [] if index is None else [self.tr("index {0}").format(formats.price(index, 1.0))]
        days = (group.expiry - report.as_of).total_seconds() / 86_400
        left = self.tr("{0} d").format(formats.fixed(days, 1))
        keys = {row.key for row in members}
        lines = [each for each in report.results[0].lines if each.position.key in keys]
        for line in lines:
            is_future = isinstance(line.position.instrument, Future)
            forward = line.mark if is_future and line.forward is None else line.forward
            if forward is not None:
                return [self.tr("F {0}").format(formats.price(forward, 1.0)), left]
        return [left]

    # Rows that stand below.

    def _tail_of(self, lines: Sequence[Row], report: Report | None) -> list[Row]:
        rows = []
        if report is not None and self._scale is not None and lines:
            pools = report.results[0].pools
            rows = self._others(pools, self._scale)
            rows.append(self._total(lines, pools, self._scale))
        invitation = Cell(self.tr("type or paste a position…"), "mute")
        return [*rows, Row(Kind.ENTRY, "entry", (invitation, *self._blank(12)))]

    def _others(self, pools: Sequence[PoolResult], scale: Scale) -> list[Row]:
        """What of both margin columns is no position's, so that each adds up to the account."""
        shares = [(pool, part) for pool in pools for part in pool.other_shares]
        alone = [(pool, part) for pool in pools for part in pool.other_alone]
        currency = scale.margin_currency
        parts = shares + alone
        if currency is None or all(abs(part.amount) < RESIDUE for _, part in parts):
            return []
        sums: dict[str, list[float]] = {}
        for pool, part in shares:
            sums.setdefault(part.term, []).append(scale.amount(part.amount, pool) or 0.0)
        added_up = {term: fsum(each) for term, each in sums.items()}
        words = [
            f"{self._title(term)} {formats.money(amount, currency)}"
            for term, amount in added_up.items()
            if abs(amount) >= RESIDUE
        ]
        first = Cell(self.tr("Orders and add-ons"), "dim", full=" · ".join(words))
        by_itself = fsum(scale.amount(part.amount, pool) or 0.0 for pool, part in alone)
        whole = fsum(amount for each in sums.values() for amount in each)
        cells = (
            first,
            *self._blank(10),
            money(by_itself, currency) if alone else Cell(),
            required(whole, currency),
        )
        return [Row(Kind.OTHER, "other", cells, is_faded=self._is_stale, note=" · ".join(words))]

    def _total(self, lines: Sequence[Row], pools: Sequence[PoolResult], scale: Scale) -> Row:
        parts = tuple(self._figures.values())
        sums = scale.cells(added(parts))
        warning = self._mark_partial(sums, parts)
        currency = scale.margin_currency
        alone = fsum(scale.amount(pool.stand_alone_sum, pool) or 0.0 for pool in pools)
        headline = fsum(
            scale.amount(pool.requirement.headline.amount, pool) or 0.0 for pool in pools
        )
        sums[-2:] = [money(alone, currency), money(headline, currency)]
        sums[0] = Cell()  # notionals of futures and values of options do not add up
        if len({row.group.coin for row in lines if isinstance(row.group, Group)}) > 1:
            for name in OF_ONE_COIN:
                sums[self.column(name) - 5] = Cell()
        note = self.tr("{0} pools, an indicative sum").format(len(pools)) if len(pools) > 1 else ""
        is_faded = any(row.is_faded and row.is_ticked for row in lines) or self._is_stale
        cells = (Cell(self.tr("Account")), *self._blank(4), *sums)
        return Row(Kind.TOTAL, "total", cells, is_faded=is_faded, note=note, warning=warning)

    def _mark_partial(self, sums: list[Cell], parts: Sequence[Figures]) -> str:
        """Star a profit that some lines are missing from, and say which; empty when none is."""
        unknown = sum(each.profit is None for each in parts)
        if not 0 < unknown < len(parts):
            return ""
        at = self.column("profit") - 5
        sums[at] = sums[at]._replace(text=f"{sums[at].text} *")
        return self.tr(
            "* P&L: {0} of {1} lines have no entry price and are not in this sum"
        ).format(unknown, len(parts))

    def _price(self, instrument: Instrument, price: float | None) -> Cell:
        venue = instrument.venue
        if venue not in self._namings:
            is_known = venue in directory.venues()
            self._namings[venue] = directory.of(venue) if is_known else None
        naming = self._namings[venue]
        tick = None if price is None or naming is None else naming.tick(instrument, price)
        return Cell(formats.price(price, tick), "text", formats.full(price), price)

    def _blank(self, count: int) -> list[Cell]:
        return [Cell()] * count

    # Columns.

    def _retitle(self) -> None:
        pools = self._report.results[0].pools if self._report else ()
        is_initial = not pools or pools[0].requirement.initial is not None
        titled = self._titled(is_initial=is_initial)
        if titled != self.columns:
            self.columns = titled
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(titled) - 1)

    def _titled(self, *, is_initial: bool) -> tuple[Column, ...]:
        tr = self.tr
        money_in = self._scale.currency if self._scale else "USD"
        margin_in = (self._scale.margin_currency if self._scale else "USD") or tr("pool")
        margin = tr("IM") if is_initial else tr("MM")
        whole = tr("initial margin") if is_initial else tr("maintenance margin")
        alone = tr("Margin of the line alone under the same model, {0}").format(margin_in)
        share = tr("Share of the {0}, {1}; shares, orders and add-ons add up to it").format(
            whole, margin_in
        )
        return (
            Column("instrument", tr("Instrument"), is_figure=False, is_fixed=True,
                   sample="BTC-27FEB26-100000-P"),
            Column("quantity", tr("Quantity"), tr("In the venue's unit, long positive"),
                   is_editable=True, is_fixed=True, sample="+1,250,000"),
            Column("entry", tr("Entry"), tr("Entry price as the venue quotes it"),
                   is_editable=True, sample="66,020.5", gives_way=5),
            Column("mark", tr("Mark"), tr("Mark price as the venue quotes it"),
                   sample="64,127.0", gives_way=7),
            Column("vol", tr("IV %"), tr("Implied volatility"), sample="168.2", gives_way=4),
            Column("value", tr("Value {0}").format(money_in),
                   tr("Market value; notional of futures"), sample="+1,250,000", gives_way=8),
            Column("profit", tr("P&L"), tr("Profit since entry, {0}").format(money_in),
                   sample="-122,160", gives_way=9),
            Column("delta", tr("Delta"), tr("Coins"), sample="-139.8", gives_way=6),
            Column("gamma", tr("Gamma"), tr("Coins of delta for 1 % of the forward"),
                   sample="+12.3", gives_way=1),
            Column("vega", tr("Vega"), tr("For one volatility point, quote currency"),
                   sample="+12.6k", gives_way=3),
            Column("theta", tr("Theta"), tr("For a day, quote currency"),
                   sample="+12.6k", gives_way=2),
            Column("alone", tr("Alone {0}").format(margin), alone, is_fixed=True,
                   sample="1,660,510"),
            Column("share", tr("In portfolio"), share, is_fixed=True, sample="+1,181,900"),
        )  # fmt: skip


_USUAL = (Side.NET, MarginMode.CROSS)


def _when(instrument: Instrument) -> tuple[str, datetime | None]:
    match instrument:
        case Future() | Option():
            return "", instrument.expiry
        case Perpetual():
            return "perpetual", None
        case _:
            return "spot", None


def _is_older(line: Line | None, position: Position) -> bool:
    """Whether figures are those of the position before its last edit."""
    return line is not None and line.position != position
