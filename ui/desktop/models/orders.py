"""The resting orders of an account as rows of the grid."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from math import fsum

from PySide6.QtCore import QObject, Qt

from riskcore.holdings import Account, Order
from riskcore.margin.requirement import Component
from riskcore.market import MarketSnapshot
from riskcore.naming import directory
from riskcore.query import PoolResult, Report
from ui.desktop import edits, formats, typed
from ui.desktop.models.cells import Cell, Column, Edit, GridModel, Kind, Row
from ui.desktop.models.figures import Scale, cell, money, scale

BUY, SELL = "buy", "sell"
YES, NO = "yes", "no"


class OrdersModel(GridModel):
    """One row per order, with the margin it adds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), parent)
        self.market: MarketSnapshot | None = None
        self._report: Report | None = None
        self._scale: Scale | None = None
        self._is_stale = False
        self.prompt = self.tr(
            "side instrument quantity price, e.g. buy BTC-PERPETUAL 10,000 60,000"
        )
        self.columns = self._titled()

    def show(
        self,
        account: Account | None,
        market: MarketSnapshot | None,
        report: Report | None,
        unit: str = "USD",
        *,
        is_stale: bool = False,
    ) -> None:
        """Show an account with the figures of a report, which may be older than the account."""
        if report is not None and (account is None or report.account != account.key):
            report = None
        self.account, self.market, self._report = account, market, report
        self._scale = None if report is None else scale(report, unit)
        self._is_stale = is_stale
        titled = self._titled()
        if titled != self.columns:
            self.columns = titled
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(titled) - 1)
        if account is None:
            self.place((), ())
            return
        lines = [self._row(at, order) for at, order in enumerate(account.holdings.orders)]
        self.place(lines, self._tail_of(lines))

    def typed(self, row: int, column: int, text: str) -> Edit | None:
        account = self.account
        assert account is not None
        orders = account.holdings.orders
        found = self.rows[row]
        if found.kind is Kind.ENTRY:
            new = typed.order(text, account.venue, self.market)
            words = self.tr("Add an order in {0}").format(new.instrument.name)
            return Edit(edits.with_orders(account, (*orders, new)), words)
        at = self.place_of(found.key)
        if at >= len(orders):
            raise typed.TypedError(self.tr("This order no longer rests."))
        changed = self._changed(orders[at], self.columns[column].name, text)
        if changed == orders[at]:
            return None
        after = edits.with_orders(account, (*orders[:at], changed, *orders[at + 1 :]))
        return Edit(after, self.tr("Change the order in {0}").format(changed.instrument.name))

    def place_of(self, key: Hashable) -> int:
        """The place of an order in the account."""
        assert isinstance(key, tuple)
        at: int = key[1]
        return at

    def heading(self, group: Hashable, members: Sequence[Row]) -> Row:
        raise NotImplementedError

    def _changed(self, order: Order, name: str, text: str) -> Order:
        word = text.strip().lower()
        sign = 1.0 if order.quantity > 0 else -1.0
        if name == "side":
            if word not in (BUY, SELL, "b", "s"):
                raise typed.TypedError(self.tr("“{0}” is no side; write buy or sell").format(text))
            return replace(order, quantity=abs(order.quantity) * (1 if word[0] == "b" else -1))
        if name == "reduce":
            if word not in (YES, NO, "y", "n"):
                raise typed.TypedError(self.tr("write yes or no, not “{0}”").format(text))
            return replace(order, reduce_only=word[0] == "y")
        if name == "quantity":
            return replace(order, quantity=sign * abs(typed.number(text, self.tr("a quantity"))))
        price = typed.price(text)
        if price is None:
            raise typed.TypedError(self.tr("a resting order needs a price"))
        return replace(order, price=price)

    def _row(self, at: int, order: Order) -> Row:
        name = order.instrument.name
        mark = self._mark(order)
        distance = None if mark is None or not mark else 100 * (order.price / mark - 1)
        tick = directory.of(order.instrument.venue).tick(order.instrument, order.price)
        side = BUY if order.quantity > 0 else SELL
        size = abs(order.quantity)
        margin, why = self._margin(order)
        reduce = YES if order.reduce_only else NO
        return Row(
            Kind.LINE,
            ("order", at),
            (
                Cell(name, full=name, value=name),
                Cell(side, "gain" if side == BUY else "loss", side, side),
                cell(size, formats.quantity(size, sign=False)),
                cell(order.price, formats.price(order.price, tick)),
                cell(mark, formats.price(mark, tick)),
                cell(distance, formats.fixed(distance, 1, sign=True)),
                Cell(reduce, "text" if order.reduce_only else "dim", reduce, reduce),
                margin,
            ),
            is_faded=self._is_stale,
            warning=why,
        )  # fmt: skip

    def _mark(self, order: Order) -> float | None:
        market = self.market
        if market is None or market.universe.rows.get(order.instrument) is None:
            return None
        mark = float(market.mark[market.universe.row(order.instrument)])
        return None if mark != mark else mark  # noqa: PLR0124, NaN is not itself

    def _margin(self, order: Order) -> tuple[Cell, str]:
        """What an order adds to the initial margin, and why."""
        if self._scale is None:
            return cell(None, formats.ABSENT), ""
        side = BUY if order.quantity > 0 else SELL
        told = f"{side} {abs(order.quantity):,.8g} {order.instrument.name} at {order.price:,.8g}"
        for pool in self._scale.pools.values():
            for line in _order_lines(pool):
                if line.because.startswith(told):
                    return self._amount(line.amount, pool), line.because
        nothing = self._amount(0.0, next(iter(self._scale.pools.values())))
        if order.reduce_only:
            return nothing, self.tr("It can only reduce a position.")
        return nothing, self.tr("It adds nothing: the other side's orders need more.")

    def _amount(self, amount: float, pool: PoolResult) -> Cell:
        assert self._scale is not None
        shown = formats.in_unit(
            amount, pool.requirement.currency, self._scale.unit, self._scale.index
        )
        return money(*shown)

    def _tail_of(self, lines: Sequence[Row]) -> list[Row]:
        rows = []
        blank = [Cell()] * (len(self.columns) - 2)
        scale = self._scale
        if lines and scale is not None and scale.margin_currency is not None:
            whole = fsum(
                scale.amount(part.amount, pool) or 0.0
                for pool in scale.pools.values()
                for part in pool.other_shares
                if part.term == "open_orders_margin"
            )
            cells = (Cell(self.tr("All orders")), *blank, money(whole, scale.margin_currency))
            rows.append(Row(Kind.TOTAL, "total", cells, is_faded=self._is_stale))
        invitation = Cell(self.tr("type or paste an order…"), "mute")
        return [*rows, Row(Kind.ENTRY, "entry", (invitation, *blank, Cell()))]

    def _titled(self) -> tuple[Column, ...]:
        tr = self.tr
        margin_in = (self._scale.margin_currency if self._scale else "USD") or tr("pool")
        return (
            Column("instrument", tr("Instrument"), is_figure=False, is_fixed=True,
                   sample="BTC-27FEB26-100000-P"),
            Column("side", tr("Side"), is_figure=False, is_editable=True, is_fixed=True,
                   sample="sell "),
            Column("quantity", tr("Quantity"), tr("In the venue's unit"), is_editable=True,
                   is_fixed=True, sample="1,250,000"),
            Column("price", tr("Price"), tr("As the venue quotes it"), is_editable=True,
                   is_fixed=True, sample="66,020.5"),
            Column("mark", tr("Mark"), gives_way=2, sample="66,020.5"),
            Column("distance", tr("From mark %"), tr("Price over mark, less one"), gives_way=1,
                   sample="-12.5"),
            Column("reduce", tr("Reduce only"), tr("yes or no; Space changes it"),
                   is_figure=False, is_editable=True, gives_way=3, sample="yes "),
            Column("margin", tr("Adds IM {0}").format(margin_in),
                   tr("What the order adds to the initial margin"), is_fixed=True),
        )  # fmt: skip


def _order_lines(pool: PoolResult) -> Iterator[Component]:
    for line in pool.requirement.headline.walk():
        if line.term == "order_margin" and not line.parts:
            yield line
