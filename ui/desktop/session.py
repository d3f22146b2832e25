"""What the window works on: the accounts, the market and their reports. The only mutable state."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from uuid import uuid4

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from riskcore.analysis.comparison import Comparison
from riskcore.analysis.liquidation import SpotCurve
from riskcore.analysis.views import HOUSE
from riskcore.errors import Refusal
from riskcore.holdings import Account
from riskcore.journal import changes
from riskcore.market import MarketSnapshot
from riskcore.query import Report, Sample, sample
from ui.desktop.answers import Answer, Setting, Wish
from ui.desktop.collector import Collector
from ui.desktop.commands import Shelf, Step
from ui.desktop.comparisons import Comparisons
from ui.desktop.curves import Curves
from ui.desktop.formats import UNITS
from ui.desktop.history import History
from ui.desktop.outbox import Outbox
from ui.desktop.ports import Services
from ui.desktop.rounds import Rounds


class Session(QObject):
    """Every edit goes through here: one undo step, saved at once, computed at once."""

    accounts_changed = Signal()
    current_changed = Signal(str)
    holdings_changed = Signal(str)
    market_changed = Signal(object)
    report_changed = Signal(object)  # Report; None: there is none any more
    reports_changed = Signal(object)
    curve_changed = Signal(object)  # the same of a SpotCurve
    comparison_changed = Signal(object, object)  # Comparison, the instant of its market
    comparison_refused = Signal(str)
    computing_changed = Signal(bool)
    refused = Signal(str)  # empty: nothing is refused any more
    unit_changed = Signal(str)
    samples_changed = Signal()
    saved = Signal(object)  # datetime
    save_failed = Signal(str)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.services = services
        self._collector = Collector(self)
        self.undo = QUndoStack(self)
        self._setting = Setting(services.library)
        self._shelf = Shelf(services.accounts.load(), services.accounts.groups())
        self._current = self._shelf.accounts[0].key if self._shelf.accounts else ""
        self._market: MarketSnapshot | None = None
        self._unit = "USD"
        self._reports: dict[str, Report] = {}
        self._refusals: dict[str, str] = {}
        self._seconds: float | None = None
        self._told = ""  # the refusal that panels were told last
        self._outbox = Outbox(self)
        self._outbox.saved.connect(self.saved)
        self._outbox.failed.connect(self.save_failed)
        self._history = History(services.history, self._outbox, self)
        self._history.changed.connect(self._tell_samples)
        self._rounds = Rounds(self)
        self._rounds.answered.connect(self._take)
        self._rounds.finished.connect(self._finish)
        self._rounds.failed.connect(self._fail)
        self._rounds.computing_changed.connect(self.computing_changed)
        self._curves = Curves(self)
        self._curves.drawn.connect(self._show_curve)
        self._comparisons = Comparisons(self)
        self._comparisons.compared.connect(self._show_comparison)
        self._comparisons.failed.connect(self.comparison_refused)

    # What there is

    @property
    def accounts(self) -> Mapping[str, Account]:
        """Every account by its key, in the user's order."""
        return MappingProxyType({each.key: each for each in self._shelf.accounts})

    @property
    def groups(self) -> tuple[str, ...]:
        """Every group by its path."""
        return self._shelf.groups

    @property
    def current(self) -> Account | None:
        """The account on the screen."""
        return self._shelf.account(self._current)

    @property
    def market(self) -> MarketSnapshot | None:
        """The market everything is computed in."""
        return self._market

    @property
    def report(self) -> Report | None:
        """The newest report of the account on the screen, stale while `refusal` is not empty."""
        return self._reports.get(self._current)

    @property
    def reports(self) -> Mapping[str, Report]:
        """The newest report of every account that has one."""
        return MappingProxyType(self._reports)

    @property
    def refusals(self) -> Mapping[str, str]:
        """Why an account has no current report, by its key."""
        return MappingProxyType(self._refusals)

    @property
    def refusal(self) -> str:
        """Why the account on the screen has no current report; empty when it has."""
        return self._refusals.get(self._current, "")

    @property
    def seconds(self) -> float | None:
        """How long the newest report of the account on the screen took."""
        return self._seconds

    @property
    def unit(self) -> str:
        """The display currency."""
        return self._unit

    @property
    def parameters_as_of(self) -> datetime | None:
        """The instant whose parameters are used instead of the market's own."""
        return self._setting.parameters_as_of

    @property
    def unsaved(self) -> int:
        """How many edits are not on the disk yet."""
        return self._outbox.unsaved

    @property
    def save_error(self) -> str:
        """Why edits cannot be saved; empty when they can."""
        return self._outbox.error

    @property
    def is_computing(self) -> bool:
        """Whether a report is still to come."""
        return self._rounds.is_busy

    def model_title(self, name: str) -> str:
        """How a desk calls a model; its name when there is no such model."""
        try:
            return self.services.library.title(name)
        except Refusal:
            return name

    def held_as(self, name: str) -> str:
        """The held instrument that a breakdown calls by this name; a mapped book has others."""
        lines = () if self.report is None else self.report.results[0].lines
        found = (each.position.instrument.name for each in lines if each.mapped == name)
        return next(found, name)

    def samples(self) -> tuple[Sample, ...]:
        """The history of the account on the screen under its model, up to the market's instant."""
        account = self.current
        if account is None or self._market is None:
            return ()
        return self._history.samples(account.key, account.model, self._market.as_of)

    # What a user does

    def edit(self, after: Account, text: str, source: str = "key", merge: str = "") -> None:
        """Put an account in place of what stood under its key, as one undo step.

        Consecutive steps with the same non-empty merge key become one.
        """
        self._step(self._shelf.with_account(after), text, source, merge and f"{after.key} {merge}")

    def add_account(self, account: Account, source: str = "key") -> None:
        """Add an account and show it."""
        self._step(
            self._shelf.with_account(account), self.tr("Add {0}").format(account.name), source
        )
        self.select(account.key)

    def add_accounts(self, accounts: tuple[Account, ...], text: str, source: str) -> None:
        """Add several accounts as one undo step, and show the first."""
        after = self._shelf
        for account in accounts:
            after = after.with_account(account)
        self._step(after, text, source)
        if accounts:
            self.select(accounts[0].key)

    def remove_account(self, key: str) -> None:
        """Delete an account; undo brings it back with everything in it."""
        if account := self._shelf.account(key):
            self._step(self._shelf.without(key), self.tr("Delete {0}").format(account.name))

    def rename(self, key: str, name: str) -> None:
        """Give an account another name."""
        if account := self._shelf.account(key):
            self._try_edit(account, self.tr("Rename {0}").format(account.name), name=name.strip())

    def set_model(self, key: str, model: str) -> None:
        """Compute an account under another model; one that holds nothing yet moves to its venue."""
        if account := self._shelf.account(key):
            text = self.tr("Use {0}").format(self.model_title(model))
            held = account.holdings
            is_bare = not (held.positions or held.orders) and not model.startswith(f"{HOUSE}/")
            venue = model.partition("/")[0] if is_bare else account.venue
            self._try_edit(account, text, model=model, venue=venue)

    def move_to_group(self, key: str, group: str) -> None:
        """Put an account into a group, which is made when there is none of that path."""
        if account := self._shelf.account(key):
            self._try_edit(account, self.tr("Move {0}").format(account.name), group=group)

    def duplicate(self, key: str) -> None:
        """Add a copy of an account below it, and show the copy."""
        account = self._shelf.account(key)
        if account is None:
            return
        copy = replace(account, key=new_key(), name=self.tr("{0} copy").format(account.name))
        text = self.tr("Duplicate {0}").format(account.name)
        self._step(self._shelf.with_copy(key, copy), text)
        self.select(copy.key)

    def arrange(self, keys: tuple[str, ...]) -> None:
        """Put the accounts into this order."""
        self._step(self._shelf.arranged(keys), self.tr("Arrange accounts"))

    def add_group(self, path: str) -> None:
        """Add an empty group."""
        if path.strip() and path not in self._shelf.groups:
            groups = (*self._shelf.groups, path.strip())
            self._step(replace(self._shelf, groups=groups), self.tr("Add group {0}").format(path))

    def rename_group(self, path: str, new: str) -> None:
        """Give a group, and every group in it, another path."""
        if new.strip() and new != path:
            text = self.tr("Rename group {0}").format(path)
            self._step(self._shelf.regrouped(path, new.strip()), text)

    def remove_group(self, path: str) -> None:
        """Dissolve a group: what was in it moves one level up."""
        text = self.tr("Remove group {0}").format(path)
        self._step(self._shelf.regrouped(path, path.rpartition("/")[0]), text)

    def select(self, key: str) -> None:
        """Show an account."""
        if key == self._current or self._shelf.account(key) is None:
            return
        self._current = key
        self._announce_current()
        self.recompute()

    def show_market(self, snapshot: MarketSnapshot) -> None:
        """Compute everything in this market from now on."""
        self._market = snapshot
        self.market_changed.emit(snapshot)
        if account := self.current:
            self._history.want(account.key, snapshot.as_of)
        self.recompute()

    def set_unit(self, unit: str) -> None:
        """Show money in this currency."""
        if unit in UNITS and unit != self._unit:
            self._unit = unit
            self.unit_changed.emit(unit)

    def set_parameters_as_of(self, at: datetime | None) -> None:
        """Use the parameters in force at an instant; None follows the market."""
        self._setting = replace(self._setting, parameters_as_of=at)
        self.recompute()

    def recompute(self) -> None:
        """Ask for every report again, the account on the screen first."""
        if self._market is not None:
            rows = sorted(self._shelf.accounts, key=lambda each: each.key != self._current)
            self._rounds.want(Wish(tuple(rows), self._market, self._setting))

    def watch_models(self, is_watched: bool) -> None:
        """Whether the account on the screen is to be compared under every model."""
        self._comparisons.watch(is_watched)

    def keep(self, name: str, state: bytes) -> None:
        """Store how the window stands, under a name."""
        self._outbox.add(self.services.workspaces.save, name, state, is_edit=False)

    def load_demo(self) -> None:
        """Save the demo accounts as ordinary ones; there is nothing before them to go back to."""
        after = self._shelf
        for account in self.services.demo_accounts:
            after = after.with_account(account)
        self._put(after, "import")

    def close(self) -> None:
        """Stop computing and wait for every write."""
        self.undo.blockSignals(True)  # it signals once more when it is taken apart
        self._rounds.close()
        self._curves.close()
        self._comparisons.close()
        self._history.close()
        self._outbox.close()
        self._collector.close()

    # Edits

    def _try_edit(self, account: Account, text: str, **fields: str) -> None:
        try:
            after = replace(account, **fields)  # type: ignore[arg-type]
        except Refusal as refusal:
            self.refused.emit(str(refusal))  # stands until the next edit
            return
        self.edit(after, text)

    def _step(self, after: Shelf, text: str, source: str = "key", merge: str = "") -> None:
        if after != self._shelf:
            self.undo.push(Step(self._shelf, after, text, source, merge, self._put))

    def _put(self, after: Shelf, source: str) -> None:
        before, self._shelf = self._shelf, after
        old = {each.key: each for each in before.accounts}
        new = {each.key: each for each in after.accounts}
        touched = [key for key in old.keys() | new.keys() if old.get(key) != new.get(key)]
        for key in touched:
            self._save(old.get(key), new.get(key), source)
        arranged = tuple(new) != tuple(old) or after.groups != before.groups
        if arranged:
            self._outbox.add(self.services.accounts.arrange, tuple(new), after.groups)
        for key in old.keys() - new.keys():
            self._reports.pop(key, None)
            self._refusals.pop(key, None)
        self._follow(before, source, [key for key in touched if key in new])
        if arranged or any(_face(old.get(key)) != _face(new.get(key)) for key in touched):
            self.accounts_changed.emit()
        for key in touched:
            if key in new:
                self.holdings_changed.emit(key)
        if touched:
            self._told = self.refusal
            self.refused.emit(self._told)
            self._hurry()  # an edit is answered at once
            self.recompute()

    def _save(self, before: Account | None, after: Account | None, source: str) -> None:
        lines = changes(before, after, datetime.now(UTC), source)
        if after is not None:
            self._outbox.add(self.services.accounts.save, after, lines)
        elif before is not None:
            self._outbox.add(self.services.accounts.delete, before.key, lines)

    def _follow(self, before: Shelf, source: str, touched: list[str]) -> None:
        """Keep an account on the screen: the one that undo changed, or the neighbour of a gone."""
        current = self._current
        if source in ("undo", "redo") and len(touched) == 1:
            current = touched[0]
        if self._shelf.account(current) is None:
            keys = [each.key for each in before.accounts]
            place = keys.index(current) if current in keys else 0
            rest = self._shelf.accounts
            current = rest[min(place, len(rest) - 1)].key if rest else ""
        if current != self._current:
            self._current = current
            self._announce_current()

    def _hurry(self) -> None:
        self._curves.hurry()
        self._comparisons.hurry()

    def _announce_current(self) -> None:
        self._hurry()
        if self._market is not None and self._current:
            self._history.want(self._current, self._market.as_of)
        self.current_changed.emit(self._current)
        if report := self.report:
            self.report_changed.emit(report)
        self._told = self.refusal
        self.refused.emit(self._told)
        self.samples_changed.emit()

    # Computations

    def _take(self, answer: Answer) -> None:
        account = answer.account
        if self._shelf.account(account.key) != account:
            return  # it was edited meanwhile, and is asked again
        if answer.report is None:
            self._refusals[account.key] = answer.refusal
            self._drop_report_of_another_model(account)
        else:
            self._refusals.pop(account.key, None)
            self._reports[account.key] = answer.report
            self._history.record(sample(answer.report))
        if account.key == self._current:
            self._seconds = answer.seconds
            if answer.report is not None and self._market is not None:
                self.report_changed.emit(answer.report)
                self._curves.want(account, self._market, self._setting)
            if self._market is not None:
                self._comparisons.want(account, self._market, self._setting)
            self._tell(answer.refusal)

    def _drop_report_of_another_model(self, account: Account) -> None:
        """Old figures stand as stale, but never below the name of a model that has none."""
        report = self._reports.get(account.key)
        if report is None or report.results[0].model == account.model:
            return
        del self._reports[account.key]
        if account.key == self._current:
            self.report_changed.emit(None)
            self.curve_changed.emit(None)
            self.samples_changed.emit()

    def _finish(self) -> None:
        self.reports_changed.emit(dict(self._reports))

    def _fail(self, sentence: str) -> None:
        """A bug of ours stopped a computation: what is on the screen is stale."""
        if self._current:
            self._refusals[self._current] = sentence
        self._tell(sentence)

    def _tell(self, sentence: str) -> None:
        """Say once why there is no current report, or that there is one again."""
        if sentence != self._told:
            self._told = sentence
            self.refused.emit(sentence)

    def _show_curve(self, account: Account, curve: SpotCurve) -> None:
        if account == self.current:
            self.curve_changed.emit(curve)

    def _show_comparison(
        self, account: Account, market: MarketSnapshot, setting: Setting, found: Comparison
    ) -> None:
        if account == self.current and setting == self._setting:
            self.comparison_changed.emit(found, market.as_of)

    def _tell_samples(self, account: str) -> None:
        if account == self._current:
            self.samples_changed.emit()


def new_key() -> str:
    """A key no account has."""
    return uuid4().hex


def _face(account: Account | None) -> tuple[str, ...]:
    """What a list of accounts shows of one."""
    return () if account is None else (account.name, account.group, account.venue, account.model)
