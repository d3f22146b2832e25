"""What rests at the venue, and the margin each order adds."""

from collections.abc import Hashable
from dataclasses import replace
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from riskcore.errors import Refusal
from riskcore.holdings import Order
from riskcore.journal import RowFate
from riskcore.naming import directory
from riskcore.query import Report
from ui.desktop import edits, typed
from ui.desktop.completion import Completion
from ui.desktop.grid_panel import GridPanel
from ui.desktop.models.cells import Edit, Kind
from ui.desktop.models.orders import OrdersModel
from ui.desktop.session import Session
from ui.desktop.theme import Theme


class OrdersPanel(GridPanel):
    """Resting orders, edited like positions; Space changes whether one only reduces."""

    model: OrdersModel

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(session, theme, OrdersModel(), self.tr("Orders"), parent)
        self.view.cells.completion = Completion(self._names, self)
        session.market_changed.connect(self._follow_market)
        self.follow(theme)

    def show_report(self, report: Report | None) -> None:
        session = self.session
        self.model.show(
            session.current, session.market, report, session.unit, is_stale=self.is_stale
        )

    def remove_lines(self) -> None:
        gone = self._places(self.chosen_keys())
        orders = self._orders()
        if gone and self.session.current is not None:
            kept = tuple(each for at, each in enumerate(orders) if at not in gone)
            after = edits.with_orders(self.session.current, kept)
            words = self.tr("Remove {0} orders").format(len(gone))
            self.apply(Edit(after, self.tr("Remove an order") if len(gone) == 1 else words))

    def tick(self, keys: list[Hashable]) -> None:
        chosen = self._places(keys)
        if chosen and self.session.current is not None:
            orders = self._orders()
            reduces = not all(orders[at].reduce_only for at in chosen)
            changed = tuple(
                replace(each, reduce_only=reduces) if at in chosen else each
                for at, each in enumerate(orders)
            )
            after = edits.with_orders(self.session.current, changed)
            self.apply(Edit(after, self.tr("Change reduce only")))

    def nudge(self, lots: int) -> None:
        account, current = self.session.current, self.view.currentIndex()
        if account is None or not current.isValid():
            return
        orders = self._orders()
        for at in self._places([self.model.rows[current.row()].key]):
            order = orders[at]
            lot = directory.of(order.instrument.venue).lot(order.instrument)
            size = Decimal(repr(abs(order.quantity))) + lots * Decimal(repr(lot))
            if size <= 0:
                self.say(self.tr("An order needs a quantity; Del removes it."))
                return
            changed = replace(order, quantity=float(size) * (1 if order.quantity > 0 else -1))
            after = edits.with_orders(account, (*orders[:at], changed, *orders[at + 1 :]))
            words = self.tr("Change the order in {0} by lots").format(order.instrument.name)
            self.apply(Edit(after, words, merge=f"nudge order {at}"))

    def paste_text(self, text: str) -> None:
        account = self.session.current
        assert account is not None
        good: list[Order] = []
        fates = []
        for row, line in enumerate(text.splitlines(), 1):
            try:
                order = typed.order(line.replace("\t", " "), account.venue, self.session.market)
            except Refusal as refusal:
                if row > 1 or any(each.isdigit() for each in line):  # else it is a header
                    fates.append(RowFate(row, line, str(refusal)))
                continue
            good.append(order)
        after = edits.with_orders(account, (*self._orders(), *good))
        self.take_rows(Edit(after, self.tr("Paste orders"), "paste"), len(good), fates)

    def _follow_market(self, *_: object) -> None:
        self.model.market = self.session.market

    def _orders(self) -> tuple[Order, ...]:
        account = self.session.current
        return () if account is None else account.holdings.orders

    def _places(self, keys: list[Hashable]) -> set[int]:
        """The places of the orders among these rows."""
        rows = {row.key: row for row in self.model.rows if row.kind is Kind.LINE}
        return {self.model.place_of(key) for key in keys if key in rows}

    def _names(self) -> list[str]:
        account, market = self.session.current, self.session.market
        return [] if account is None or market is None else typed.names(account.venue, market)
