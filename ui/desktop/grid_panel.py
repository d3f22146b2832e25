"""What every panel with an editable grid has: tools, a filter, the grid and a line for refusals."""

from collections.abc import Callable, Hashable, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPalette, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from riskcore.errors import Refusal
from riskcore.holdings import Account
from riskcore.journal import RowFate
from riskcore.query import Report
from ui.desktop import clipboard
from ui.desktop.dialogs.pasted_rows import PastedRows
from ui.desktop.filter_row import FilterRow
from ui.desktop.grid import GridView
from ui.desktop.models.cells import Edit, GridModel, Kind
from ui.desktop.session import Session
from ui.desktop.theme import Theme

COPIED = (Kind.LINE, Kind.HYPOTHETICAL)


class GridPanel(QWidget):
    """A grid over one part of the account on the screen. Every edit is one step of the session."""

    _left = Signal(object, object)  # account, edit: typed when another account was shown

    def __init__(
        self,
        session: Session,
        theme: Theme,
        model: GridModel,
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.session, self.model = session, model
        self.is_computing = self._is_edited = False
        self._is_behind = False
        self._said = ""
        self.setAccessibleName(name)
        model.setParent(self)
        self.view = GridView(model, theme)
        self.view.setAccessibleName(name)
        self.filters = FilterRow(self.view, model)
        self.count = QLabel()
        self.count.setAccessibleName(self.tr("Lines"))
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setAccessibleName(self.tr("What was refused"))
        self.message.setContentsMargins(10, 4, 10, 4)
        self.message.hide()
        self.tools = QHBoxLayout()
        self.tools.setContentsMargins(10, 0, 4, 0)
        self.tools.setSpacing(2)
        self.tools.addWidget(self.count)
        self.tools.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.tools)
        column.addWidget(self.filters)
        column.addWidget(self.view, 1)
        column.addWidget(self.message)
        self.setFocusProxy(self.view)
        self.setAutoFillBackground(True)
        self.setMinimumWidth(280)
        self._connect()

    def _connect(self) -> None:
        view, model = self.view, self.model
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._offer)
        view.remove_asked.connect(self.remove_lines)
        view.tick_asked.connect(self.tick)
        view.nudge_asked.connect(self.nudge)
        view.copy_asked.connect(self.copy)
        view.paste_asked.connect(self.paste)
        view.filter_asked.connect(self.filter_lines)
        view.cells.refused.connect(self.say)
        self.filters.refused.connect(self.say)
        model.edited.connect(self.apply)
        model.refused.connect(self.say)
        model.arranged.connect(self.show_count)
        self._left.connect(self._finish, Qt.ConnectionType.QueuedConnection)

    def follow(self, theme: Theme) -> None:
        """Show what the session has, from now on. The last line of a panel's constructor."""
        session = self.session
        session.report_changed.connect(self._take_report)
        session.current_changed.connect(self._change_account)
        session.holdings_changed.connect(self._note_edit)
        session.computing_changed.connect(self._show_computing)
        session.unit_changed.connect(self._refresh)
        session.refused.connect(self._refresh)
        self.set_theme(theme)
        self._refresh()
        self.show_count()

    @property
    def is_stale(self) -> bool:
        """Whether the figures on the screen are not those of what the account holds now."""
        return bool(self.session.refusal) or (self._is_edited and self.is_computing)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours and fonts from now on."""
        self.view.set_theme(theme)
        self.filters.set_theme(theme)
        ground = self.palette()
        ground.setColor(QPalette.ColorRole.Window, theme.color("panel"))
        self.setPalette(ground)
        for label, role in ((self.count, "mute"), (self.message, "loss")):
            palette = label.palette()
            palette.setColor(QPalette.ColorRole.WindowText, theme.color(role))
            label.setPalette(palette)
            label.setFont(theme.words(12))

    def tool(self, text: str, slot: Callable[[], object], tip: str = "") -> QToolButton:
        """A button with words at the right of the tools."""
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip or text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(slot)
        self.tools.addWidget(button)
        return button

    def say(self, sentence: str) -> None:
        """Show a refusal below the grid; without one, why there is no current report."""
        self._said = sentence
        shown = sentence or self.session.refusal
        if shown != self.message.text() or bool(shown) != self.message.isVisible():
            self.message.setText(shown)
            self.message.setVisible(bool(shown))

    def apply(self, edit: Edit) -> None:
        """Make an edit."""
        try:
            self.session.edit(edit.after, edit.words, edit.source, edit.merge)
        except Refusal as refusal:
            self.say(str(refusal))
        else:
            self.say("")

    def show_count(self) -> None:
        """Say how many lines there are, and how many of them are shown."""
        shown, there = self.model.line_count()
        text = self.tr("1 line") if there == 1 else self.tr("{0} lines").format(there)
        if shown != there:
            text = self.tr("{0} of {1}").format(shown, text)
        self.count.setText(text)

    def chosen_keys(self, *kinds: Kind) -> list[Hashable]:
        """The keys of the selected rows of these kinds."""
        rows = [self.model.rows[row] for row in self.view.chosen()]
        return [row.key for row in rows if row.kind in (kinds or (Kind.LINE,))]

    # What the menu of the window calls, too.

    def edit_cell(self) -> None:
        """Open an editor in the current cell."""
        current = self.view.currentIndex()
        if current.isValid():
            self.view.open_or_fold(current)

    def add_line(self) -> None:
        """Open the line in which a new row is typed."""
        self.view.begin_entry()

    def remove_lines(self) -> None:
        """Take the selected lines out of the account."""
        raise NotImplementedError

    def toggle_included(self) -> None:
        """Include or exclude the selected lines."""
        self.tick([self.model.rows[row].key for row in self.view.chosen()])

    def nudge_up(self) -> None:
        """One lot more."""
        self.nudge(1)

    def nudge_down(self) -> None:
        """One lot less."""
        self.nudge(-1)

    def copy(self) -> None:
        """Put the selected lines on the clipboard with every digit, all when none is selected."""
        rows = [self.model.rows[row] for row in self.view.chosen()]
        rows = [row for row in rows if row.kind in COPIED] or list(self.model.lines())
        header = [column.title for column in self.model.columns]
        texts = [[_plain(cell.full or cell.text) for cell in row.cells] for row in rows]
        QGuiApplication.clipboard().setMimeData(clipboard.copied(header, texts))

    def paste(self) -> None:
        """Take what is on the clipboard into the account as one step."""
        text = clipboard.pasted(QGuiApplication.clipboard().mimeData())
        if not text.strip():
            self.say(self.tr("The clipboard holds no text; copy cells or lines first."))
        elif self.session.current is not None:
            self.paste_text(text)

    def take_rows(self, edit: Edit, good: int, refused: Sequence[RowFate]) -> None:
        """Make an edit that pasted rows mean, after showing the rows that cannot be taken."""
        if refused:
            preview = PastedRows(refused, good, self)
            preview.setProperty("edit", edit)
            preview.accepted.connect(self._take_previewed)
            preview.open()
        elif good:
            self.apply(edit)
        else:
            self.say(self.tr("Nothing was found in what was pasted."))

    def filter_lines(self) -> None:
        """Show the row of filters, or take it away."""
        self.filters.toggle()

    # What a panel of one kind does.

    def show_report(self, report: Report | None) -> None:
        """Show the figures of a report on the account of the session."""
        raise NotImplementedError

    def tick(self, keys: list[Hashable]) -> None:
        """Turn the tick boxes of these rows."""

    def nudge(self, lots: int) -> None:
        """Move the quantity of the current line."""

    def paste_text(self, text: str) -> None:
        """Take pasted lines, cells between tabs."""
        raise NotImplementedError

    # What the screen follows.

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_behind:
            self._refresh()

    def _refresh(self, *_: object) -> None:
        self._is_behind = self.window().isVisible() and not self.isVisible()  # behind another tab
        if not self._is_behind:
            self.show_report(self.session.report)
            self.say(self._said)

    def _take_report(self, _: Report | None) -> None:
        self._is_edited = False
        self._refresh()

    def _note_edit(self, key: str) -> None:
        if self.session.current is not None and key == self.session.current.key:
            self._is_edited = True
            self._refresh()

    def _change_account(self, *_: object) -> None:
        before = self.model.account
        edit = self.view.cells.finish(self.view.indexWidget(self.view.currentIndex()))
        if edit is not None:
            self._left.emit(before, edit)  # queued: undo may be what shows another account
        self.model.hold(False)
        self.say("")
        self._refresh()
        self.show_count()

    def _show_computing(self, is_computing: bool) -> None:
        was_stale = self.is_stale
        self.is_computing = is_computing
        if self.is_stale != was_stale:
            self._refresh()

    def _finish(self, before: Account, edit: Edit) -> None:
        """Make an edit whose account has left the screen, if nothing else happened to it."""
        if self.session.accounts.get(before.key) == before:
            self.apply(edit)

    # Inside.

    def _take_previewed(self) -> None:
        preview = self.sender()
        assert isinstance(preview, QDialog)
        edit = preview.property("edit")
        if self.session.current is not None and edit.after.key == self.session.current.key:
            self.apply(edit)

    def _offer(self, at: QPoint) -> None:
        menu = self.line_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.viewport().mapToGlobal(at))

    def line_menu(self) -> QMenu:
        """What can be done with the selected lines."""
        menu = QMenu(self.tr("Lines"), self)
        for text, keys, slot in self.line_actions():
            menu.addAction(f"{text}\t{keys}", slot)
        menu.addMenu(self.view.fit.menu())
        return menu

    def line_actions(self) -> list[tuple[str, str, Callable[[], None]]]:
        """Words, key and slot of every entry of the lines' menu."""
        return [
            (self.tr("Edit"), "F2", self.edit_cell),
            (self.tr("Add a line"), "Ins", self.add_line),
            (self.tr("Copy"), "Ctrl+C", self.copy),
            (self.tr("Paste"), "Ctrl+V", self.paste),
            (self.tr("Remove"), "Del", self.remove_lines),
        ]


def _plain(text: str) -> str:
    """A cell for a spreadsheet: what is not available is empty."""
    return "" if text in ("-", "…") else text
