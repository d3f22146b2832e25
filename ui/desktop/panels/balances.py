"""What collateral the account has, and what of it counts."""

from collections.abc import Hashable

from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from riskcore.errors import Refusal
from riskcore.journal import RowFate
from riskcore.query import Report
from ui.desktop import edits, typed
from ui.desktop.grid_panel import GridPanel
from ui.desktop.models.balances import BalancesModel
from ui.desktop.models.cells import Edit
from ui.desktop.session import Session
from ui.desktop.theme import Theme

MODES = ("net", "hedge")


class BalancesPanel(GridPanel):
    """Balances per currency, and the settings of the account at its venue."""

    model: BalancesModel

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(session, theme, BalancesModel(), self.tr("Balances"), parent)
        self._mode_label = QLabel(self.tr("Position mode"))
        self.mode = QComboBox()
        self.mode.addItem(self.tr("net: one position per instrument"), MODES[0])
        self.mode.addItem(self.tr("hedge: long and short apart"), MODES[1])
        self.mode.setAccessibleName(self.tr("Position mode"))
        self._mode_label.setBuddy(self.mode)
        self.mode.activated.connect(self._set_mode)
        self.tools.addWidget(self._mode_label)
        self.tools.addWidget(self.mode)
        self.follow(theme)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        for widget in (self._mode_label, self.mode):
            widget.setFont(theme.words(12))

    def show_report(self, report: Report | None) -> None:
        session = self.session
        account = session.current
        self.model.show(account, session.market, report, session.unit, is_stale=self.is_stale)
        self.mode.setEnabled(account is not None)
        if account is not None:
            self.mode.setCurrentIndex(MODES.index(account.holdings.settings.position_mode))

    def remove_lines(self) -> None:
        account = self.session.current
        if account is None:
            return
        chosen = [str(key) for key in self.chosen_keys() if key in account.holdings.balances]
        after = account
        for currency in chosen:
            after = edits.with_balance(after, currency, None)
        if chosen:
            words = self.tr("Remove the balance of {0}").format(", ".join(chosen))
            self.apply(Edit(after, words))

    def tick(self, keys: list[Hashable]) -> None:
        account = self.session.current
        if account is None:
            return
        there = account.holdings.currencies()
        chosen = {str(key) for key in keys if key in there}
        enabled = account.holdings.settings.collateral_enabled
        now = set(there) if enabled is None else set(enabled)
        if not chosen:
            return
        after = now - chosen if chosen <= now else now | chosen
        kept = None if after >= set(there) else tuple(sorted(after))
        names = ", ".join(sorted(chosen))
        words = self.tr("Count {0} as collateral") if chosen <= after else self.tr("Leave out {0}")
        changed = edits.with_settings(account, collateral_enabled=kept)
        self.apply(Edit(changed, words.format(names)))

    def paste_text(self, text: str) -> None:
        account = self.session.current
        assert account is not None
        after, good, fates = account, 0, []
        known = self.model.known()
        for row, line in enumerate(text.splitlines(), 1):
            try:
                currency, balance = typed.balance(line.replace("\t", " "), known)
            except Refusal as refusal:
                if row > 1 or any(each.isdigit() for each in line):  # else it is a header
                    fates.append(RowFate(row, line, str(refusal)))
                continue
            after = edits.with_balance(after, currency, balance)
            good += 1
        self.take_rows(Edit(after, self.tr("Paste balances"), "paste"), good, fates)

    def _set_mode(self, place: int) -> None:
        account = self.session.current
        if account is not None and account.holdings.settings.position_mode != MODES[place]:
            after = edits.with_settings(account, position_mode=MODES[place])
            words = self.tr("Position mode {0}").format(MODES[place])
            self.apply(Edit(after, words))
