"""What the account holds: one line per position, with what it adds to the margin."""

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QWidget

from riskcore.errors import Refusal
from riskcore.holdings import Account, Position
from riskcore.journal import ImportedPositions, RowFate
from riskcore.query import Report
from ui.desktop import edits, glossary, typed
from ui.desktop.completion import Completion
from ui.desktop.glossary import Glossary
from ui.desktop.grid_panel import GridPanel
from ui.desktop.models.cells import Edit, Kind
from ui.desktop.models.positions import PositionsModel
from ui.desktop.session import Session
from ui.desktop.theme import Theme


class PositionsPanel(GridPanel):
    """Edited in place, added by typing, pasted from a spreadsheet."""

    model: PositionsModel

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        words = partial(_words, known=glossary.load(session.services.resources))
        super().__init__(session, theme, PositionsModel(words), self.tr("Positions"), parent)
        self.view.cells.completion = Completion(self._names, self)
        self._grouping = self.tool(
            "", self.toggle_grouping, self.tr("Group by underlying and expiry")
        )
        self.tool(
            self.tr("paste from spreadsheet"), self.paste, self.tr("Paste from a spreadsheet")
        )
        self.tool(self.tr("copy all"), self.copy_all, self.tr("Copy every line for a spreadsheet"))
        session.market_changed.connect(self._follow_market)
        self._say_grouping()
        self.follow(theme)

    def show_report(self, report: Report | None) -> None:
        """Show the figures of a report on the account of the session."""
        session = self.session
        self.model.show(
            session.current,
            session.market,
            report,
            session.unit,
            is_computing=self.is_computing,
            is_stale=self.is_stale,
        )

    def select_instrument(self, name: str) -> bool:
        """Select the first line of an instrument; whether it is held."""
        for row in self.model.lines():
            if row.cells[0].value == name:
                if self.model.row_of(row.key) < 0 and row.group is not None:
                    self.model.fold(row.group)
                return self.view.choose(row.key)
        return False

    def toggle_grouping(self) -> None:
        """Gather lines by underlying and expiry, or show them in one list."""
        self.model.group(not self.model.is_grouped)
        self._say_grouping()

    def copy_all(self) -> None:
        """Copy every line that passes the filter."""
        self.view.clearSelection()
        self.copy()

    def remove_lines(self) -> None:
        account = self.session.current
        keys = self._positions_of(self.chosen_keys())
        if account is None or not keys:
            return
        words = self.tr("Remove {0}").format(self._called(keys))
        at = min(self.view.chosen())
        self.apply(Edit(edits.without(account, keys), words))
        self._choose_near(at)

    def tick(self, keys: list[Hashable]) -> None:
        account = self.session.current
        chosen = self._positions_of(self._with_members(keys))
        if account is None or not chosen:
            return
        after = edits.ticked(account, chosen)
        is_in = len(after.excluded) < len(account.excluded)
        words = self.tr("Include {0}") if is_in else self.tr("Exclude {0}")
        self.apply(Edit(after, words.format(self._called(chosen))))

    def nudge(self, lots: int) -> None:
        account, current = self.session.current, self.view.currentIndex()
        position = self.model.position(current.row()) if current.isValid() else None
        if account is None or position is None:
            return
        try:
            after = edits.nudged(account, position.key, lots)
        except Refusal as refusal:
            self.say(str(refusal))
            return
        words = self.tr("Change {0} by lots").format(position.instrument.name)
        self.apply(Edit(after, words, merge=f"nudge {'/'.join(position.key)}"))

    def paste_text(self, text: str) -> None:
        account = self.session.current
        assert account is not None
        try:
            if self._fill_down(account, text):
                return
            read = self.session.services.read_positions(text, account.venue)
        except Refusal as refusal:
            self.say(str(refusal))
            return
        good, refused = self._checked(account, read)
        try:
            after = edits.merged(account, good)
        except Refusal as refusal:
            self.say(str(refusal))
            return
        words = self.tr("Paste {0}").format(self._called({each.key for each in good}))
        self.take_rows(Edit(after, words, "paste"), len(good), refused)

    def line_actions(self) -> list[tuple[str, str, Callable[[], None]]]:
        return [
            *super().line_actions(),
            (self.tr("Include or exclude"), self.tr("Space"), self.toggle_included),
            (self.tr("One lot more"), "Alt+Up", self.nudge_up),
            (self.tr("One lot less"), "Alt+Down", self.nudge_down),
        ]

    # Pasting.

    def _checked(
        self, account: Account, read: ImportedPositions
    ) -> tuple[tuple[Position, ...], tuple[RowFate, ...]]:
        """The positions this market can price, and what is refused, in the order of the rows."""
        taken = [fate for fate in read.fates if not fate.refused]
        taken = taken[len(taken) - len(read.positions) :]  # a header is taken, too
        good, refused = [], list(read.refused)
        for position, fate in zip(read.positions, taken, strict=True):
            try:
                typed.instrument(position.instrument.name, account.venue, self.session.market)
            except Refusal as refusal:
                refused.append(replace(fate, refused=str(refusal)))
            else:
                good.append(position)
        return tuple(good), tuple(sorted(refused, key=lambda fate: fate.row))

    def _fill_down(self, account: Account, text: str) -> bool:
        """Whether a block of figures was put into the cells from the current one on.

        Raises Refusal for a cell that does not take its figure; then nothing has changed.
        """
        current = self.view.currentIndex()
        block = [line.split("\t") for line in text.splitlines()]
        if not current.isValid() or not all(_is_figure(cell) for line in block for cell in line):
            return False
        columns = [at for at in (self.model.column("quantity"), self.model.column("entry"))
                   if at >= current.column()]  # fmt: skip
        rows = [
            at
            for at in range(current.row(), len(self.model.rows))
            if self.model.rows[at].kind is Kind.LINE
        ]
        if current.column() not in columns or max(map(len, block)) > len(columns):
            return False
        after = account
        for row, line in zip(rows, block, strict=False):
            position = self.model.position(row)
            assert position is not None
            for column, cell in zip(columns, line, strict=False):
                name = self.model.columns[column].name
                field = "quantity" if name == "quantity" else "entry_price"
                value = typed.number(cell)
                after = edits.with_position(after, position.key, **{field: value})
        if len(block) > len(rows):
            words = self.tr("{0} figures were copied, and only {1} lines stand from here on.")
            self.say(words.format(len(block), len(rows)))
            return True
        self.apply(Edit(after, self.tr("Paste figures"), "paste"))
        return True

    def _follow_market(self, *_: object) -> None:
        """A new market is followed by its report; only what may be typed changes at once."""
        self.model.market = self.session.market

    # Words and keys.

    def _names(self) -> list[str]:
        account, market = self.session.current, self.session.market
        return [] if account is None or market is None else typed.names(account.venue, market)

    def _say_grouping(self) -> None:
        self._grouping.setText(
            self.tr("grouped") if self.model.is_grouped else self.tr("not grouped")
        )

    def _with_members(self, keys: Sequence[Hashable]) -> list[Hashable]:
        """These keys, a group's replaced by those of its lines."""
        groups = {
            row.group for row in self.model.rows if row.key in keys and row.kind is Kind.GROUP
        }
        members = [row.key for row in self.model.lines() if row.group in groups]
        return [*keys, *members]

    def _positions_of(self, keys: Sequence[Hashable]) -> frozenset[edits.Key]:
        held = () if self.session.current is None else self.session.current.holdings.positions
        return frozenset(each.key for each in held if each.key in keys)

    def _called(self, keys: Collection[edits.Key]) -> str:
        if len(keys) == 1:
            return next(iter(keys))[1]
        return self.tr("{0} positions").format(len(keys))

    def _choose_near(self, row: int) -> None:
        """Select the line that moved up to where removed ones were."""
        lines = [at for at, each in enumerate(self.model.rows) if each.kind is Kind.LINE]
        if lines:
            near = min(lines, key=lambda at: abs(at - row))
            self.view.choose(self.model.rows[near].key, max(self.view.currentIndex().column(), 0))


def _words(term: str, known: Glossary) -> str:
    """A term of the requirement inside a sentence."""
    title = glossary.title(term, known)
    return title[:1].lower() + title[1:]


def _is_figure(text: str) -> bool:
    try:
        typed.number(text)
    except Refusal:
        return False
    return True
