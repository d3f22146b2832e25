"""The balances of an account as rows of the grid."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from math import fsum

from PySide6.QtCore import QObject, Qt

from riskcore.holdings import Account, Balance
from riskcore.market import MarketSnapshot
from riskcore.query import Report
from ui.desktop import edits, formats, typed
from ui.desktop.models.cells import Cell, Column, Edit, GridModel, Kind, Row
from ui.desktop.models.figures import cell, money

EMPTY = Balance(0.0)


class BalancesModel(GridModel):
    """One row per currency that is held or in which something held settles."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), parent)
        self._market: MarketSnapshot | None = None
        self._report: Report | None = None
        self._unit = "USD"
        self._is_stale = False
        self.prompt = self.tr("currency balance, e.g. BTC 12.5")
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
        self.account, self._market, self._report = account, market, report
        self._unit, self._is_stale = unit, is_stale
        titled = self._titled()
        if titled != self.columns:
            self.columns = titled
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(titled) - 1)
        if account is None:
            self.place((), ())
            return
        lines = [self._row(account, currency) for currency in account.holdings.currencies()]
        self.place(lines, self._tail_of(lines))

    def typed(self, row: int, column: int, text: str) -> Edit | None:
        account = self.account
        assert account is not None
        found = self.rows[row]
        if found.kind is Kind.ENTRY:
            currency, balance = typed.balance(text, self.known())
            if currency in account.holdings.balances:
                held = formats.full(account.holdings.balances[currency].amount)
                words = self.tr("{0} is already held, {1}; change its balance there.")
                raise typed.TypedError(words.format(currency, held))
            after = edits.with_balance(account, currency, balance)
            return Edit(after, self.tr("Add a balance of {0}").format(currency))
        currency, name = str(found.key), self.columns[column].name
        old = account.holdings.balances.get(currency, EMPTY)
        amount = typed.number(text, self.tr("an amount of {0}").format(currency))
        field = "amount" if name == "balance" else name
        new = replace(old, **{field: amount})
        after = edits.with_balance(account, currency, new)
        words = self.tr("{0}: {1} {2}").format(currency, name, formats.full(amount))
        return None if after == account else Edit(after, words)

    def heading(self, group: Hashable, members: Sequence[Row]) -> Row:
        raise NotImplementedError

    def known(self) -> list[str]:
        """The currencies that have a price."""
        index = self._market.index if self._market else self._report.index if self._report else {}
        return [name for name in index if name.isalnum()]

    def _row(self, account: Account, currency: str) -> Row:
        balance = account.holdings.balances.get(currency)
        enabled = account.holdings.settings.collateral_enabled
        is_enabled = enabled is None or currency in enabled
        price = self._price(currency)
        equity = self._figure("equity", currency)
        worth = None if equity is None or price is None else equity * price
        haircut = self._haircut(currency)
        value = None if worth is None or haircut is None else worth - haircut
        fraction = haircut / worth if haircut is not None and worth else haircut
        per_cent = None if fraction is None else 100 * fraction  # as the header says
        amounts = [
            _amount(None if balance is None else figure, currency)
            for figure in ((balance or EMPTY).amount, (balance or EMPTY).borrowed,
                           (balance or EMPTY).locked)
        ]  # fmt: skip
        shown_in = self._shown_in()
        return Row(
            Kind.LINE,
            currency,
            (
                Cell(currency, full=currency, value=currency),
                *amounts,
                cell(price, formats.price(price)),
                _amount(equity, currency),
                money(self._shown(worth), shown_in),
                cell(per_cent, formats.fixed(per_cent, 1)),
                money(self._shown(value), shown_in),
            ),
            is_ticked=is_enabled,
            is_faded=self._is_stale,
            note="" if is_enabled else self.tr("does not count as collateral"),
        )

    def _tail_of(self, lines: Sequence[Row]) -> list[Row]:
        rows = []
        if self._report is not None and len(lines) > 1:
            sums = [_sum(lines, self._column(name)) for name in ("worth", "value")]
            shown_in = self._shown_in()
            cells = (
                Cell(self.tr("Account")),
                *[Cell()] * 5,
                money(sums[0], shown_in),
                Cell(),
                money(sums[1], shown_in),
            )
            pools = len(self._report.results[0].pools)
            note = self.tr("{0} pools, an indicative sum").format(pools) if pools > 1 else ""
            rows.append(Row(Kind.TOTAL, "total", cells, is_faded=self._is_stale, note=note))
        invitation = Cell(self.tr("type or paste a balance…"), "mute")
        return [*rows, Row(Kind.ENTRY, "entry", (invitation, *[Cell()] * 8))]

    def _column(self, name: str) -> int:
        return next(at for at, each in enumerate(self.columns) if each.name == name)

    def _price(self, currency: str) -> float | None:
        index = self._report.index if self._report else self._market.index if self._market else {}
        return index.get(currency)

    def _figure(self, term: str, currency: str) -> float | None:
        """A field of the account in one currency, by the venue's own identities."""
        pools = self._report.results[0].pools if self._report else ()
        for pool in pools:
            for figure in pool.requirement.figures:
                if figure.term == term and figure.unit == currency:
                    return figure.amount
        return None

    def _haircut(self, currency: str) -> float | None:
        """What the requirement holds back for a currency, in USD; 0 where it has no haircut."""
        if self._report is None:
            return None
        held_back = 0.0
        for pool in self._report.results[0].pools:
            lines = list(pool.requirement.headline.walk())
            found = [each for each in lines if each.term == "currency_haircut"]
            named = [each for each in found if f" {currency} " in each.because]
            held_back += fsum(each.amount for each in named) * pool.usd
        return held_back

    def _shown(self, usd: float | None) -> float | None:
        index = self._report.index if self._report else {}
        return formats.in_unit(usd, "USD", self._unit, index)[0]

    def _shown_in(self) -> str:
        index = self._report.index if self._report else {}
        return formats.in_unit(0.0, "USD", self._unit, index)[1]

    def _titled(self) -> tuple[Column, ...]:
        tr, money_in = self.tr, self._shown_in()
        return (
            Column("currency", tr("Currency"), tr("Ticked: counts as collateral"),
                   is_figure=False, is_fixed=True, sample="BTC does not count as collateral"),
            Column("balance", tr("Balance"), tr("Settled cash, without open profit or options"),
                   is_editable=True, is_fixed=True),
            Column("borrowed", tr("Borrowed"), is_editable=True, gives_way=1, sample="1,234.5678"),
            Column("locked", tr("Locked"), tr("Cannot be withdrawn"), is_editable=True,
                   gives_way=2, sample="1,234.5678"),
            Column("price", tr("Price USD"), tr("Index"), gives_way=4, sample="71,446.89"),
            Column("equity", tr("Equity"), tr("As the venue counts it, in the currency itself"),
                   gives_way=5),
            Column("worth", tr("Equity {0}").format(money_in), gives_way=6),
            Column("haircut", tr("Haircut %"), tr("What the rules take off its worth"),
                   gives_way=3, sample="12.5"),
            Column("value", tr("Margin value {0}").format(money_in),
                   tr("Equity after haircut"), is_fixed=True),
        )  # fmt: skip


def _amount(amount: float | None, currency: str) -> Cell:
    return cell(amount, formats.money(amount, currency))


def _sum(lines: Sequence[Row], column: int) -> float | None:
    known = [value for row in lines if isinstance(value := row.cells[column].value, int | float)]
    return fsum(known) if known else None
