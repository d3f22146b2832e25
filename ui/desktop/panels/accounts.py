"""Every account and how much of its collateral is used."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHBoxLayout,
    QMenu,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from riskcore.holdings import Account
from ui.desktop.account_delegate import INDENT, SIDE, AccountDelegate
from ui.desktop.models.accounts import NODE, AccountsModel, Node
from ui.desktop.session import Session, new_key
from ui.desktop.theme import Theme

FIRST_MODEL = "deribit/cross-portfolio"  # of the first account there is
EDITING = QAbstractItemView.State.EditingState


class AccountTree(QTreeView):
    """The keys and the mouse of the tree."""

    remove_asked = Signal()
    new_asked = Signal()
    duplicate_asked = Signal()
    shift_asked = Signal(int)  # rows

    def event(self, event: QEvent) -> bool:
        """Keys that mean something here are not taken by an action of the window."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._meaning(event) is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        meaning = self._meaning(event)
        if meaning is None:
            super().keyPressEvent(event)
        else:
            meaning()

    def mousePressEvent(self, event: object) -> None:
        at = event.position().toPoint()  # type: ignore[attr-defined]
        index = self.indexAt(at)
        node = index.data(NODE)
        if isinstance(node, Node) and node.is_group and at.x() < SIDE + INDENT:
            self.setExpanded(index, not self.isExpanded(index))
            return
        super().mousePressEvent(event)  # type: ignore[arg-type]

    def closeEditor(self, editor: QWidget, _hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Tab takes a name like Enter; it does not rename the next row."""
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def edit_current(self) -> None:
        """Rename the current row."""
        if self.currentIndex().isValid() and self.state() != EDITING:
            self.edit(self.currentIndex())

    def _meaning(self, event: QKeyEvent) -> Callable[[], None] | None:
        if self.state() == EDITING:
            return None
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        match modifiers, event.key():
            case Qt.KeyboardModifier.NoModifier, Qt.Key.Key_F2:
                return self.edit_current
            case Qt.KeyboardModifier.NoModifier, Qt.Key.Key_Delete:
                return self.remove_asked.emit
            case Qt.KeyboardModifier.NoModifier, Qt.Key.Key_Insert:
                return self.new_asked.emit
            case Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_D:
                return self.duplicate_asked.emit
            case Qt.KeyboardModifier.AltModifier, Qt.Key.Key_Up:
                return self._up
            case Qt.KeyboardModifier.AltModifier, Qt.Key.Key_Down:
                return self._down
            case _:
                return None

    def _up(self) -> None:
        self.shift_asked.emit(-1)

    def _down(self) -> None:
        self.shift_asked.emit(1)


class AccountsPanel(QWidget):
    """Choose, make, rename, duplicate, move and delete accounts; every step can be undone."""

    import_asked = Signal()
    _named = Signal()  # an editor has closed; what arrived meanwhile can be shown

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.model = AccountsModel(self)
        self._closed: set[str] = set()
        self._is_following = False
        self.setAccessibleName(self.tr("Accounts"))
        self.setAutoFillBackground(True)
        self.tree = AccountTree()
        self.cells = AccountDelegate(theme, self.tree)
        self.tree.setItemDelegate(self.cells)
        self.tree.setModel(self.model)
        self._set_up_tree()
        self.new_button = self._tool(self.tr("+ New"), self.tr("New account"), self.new_account)
        self.import_button = self._tool(
            self.tr("Import"), self.tr("Import positions from a file"), self.import_asked.emit
        )
        self.header = tools = QHBoxLayout()  # a dock shows it in its title bar
        tools.setContentsMargins(6, 0, 6, 0)
        tools.setSpacing(0)
        tools.addStretch(1)
        tools.addWidget(self.new_button)
        tools.addWidget(self.import_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(tools)
        layout.addWidget(self.tree, 1)
        self.setFocusProxy(self.tree)
        self.setTabOrder(self.tree, self.new_button)
        self.setTabOrder(self.new_button, self.import_button)
        self.setMinimumWidth(150)
        self._connect()
        self.set_theme(theme)
        self.show_accounts()

    def _set_up_tree(self) -> None:
        tree = self.tree
        tree.setAccessibleName(self.tr("Accounts"))
        tree.setHeaderHidden(True)
        tree.setRootIsDecorated(False)
        tree.setIndentation(0)
        tree.setUniformRowHeights(True)
        tree.setExpandsOnDoubleClick(False)
        tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tree.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        tree.setDefaultDropAction(Qt.DropAction.MoveAction)
        tree.setDropIndicatorShown(True)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def _connect(self) -> None:
        session, tree, model = self.session, self.tree, self.model
        tree.customContextMenuRequested.connect(self._offer)
        tree.selectionModel().currentChanged.connect(self._choose)
        tree.doubleClicked.connect(self._open)
        tree.collapsed.connect(self._note_closed)
        tree.expanded.connect(self._note_open)
        tree.remove_asked.connect(self.remove_lines)
        tree.new_asked.connect(self.new_account)
        tree.duplicate_asked.connect(self.duplicate)
        tree.shift_asked.connect(self.shift)
        self.cells.closeEditor.connect(self._note_named)
        self._named.connect(self.show_accounts, Qt.ConnectionType.QueuedConnection)
        model.renamed.connect(self._rename)
        model.moved.connect(self._move)
        session.accounts_changed.connect(self.show_accounts)
        session.holdings_changed.connect(self.show_accounts)
        session.reports_changed.connect(self.show_accounts)
        session.report_changed.connect(self.show_accounts)
        session.unit_changed.connect(self.show_accounts)
        session.current_changed.connect(self._follow_current)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours and fonts from now on."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, theme.color("panel"))
        self.setPalette(palette)
        self.cells.set_theme(theme)
        for button in (self.new_button, self.import_button):
            button.setFont(theme.words(12))
        self.tree.doItemsLayout()

    def show_accounts(self, *_: object) -> None:
        """Show every account with the newest figures there are."""
        session, tree = self.session, self.tree
        if tree.state() == EDITING:
            return  # a name is being typed; the next figures are not far
        self.model.show(
            tuple(session.accounts.values()),
            session.groups,
            session.reports,
            session.refusals,
            session.unit,
            session.model_title,
        )
        for row, node in enumerate(self.model.nodes):
            if node.is_group:
                tree.setExpanded(self.model.index(row, 0), node.key not in self._closed)
        self._keep_current()

    # What the menu of the window calls, too.

    def new_account(self) -> None:
        """Add an empty account like the one on the screen, and let its name be typed."""
        current = self.session.current
        model = current.model if current else FIRST_MODEL
        venue = current.venue if current else model.partition("/")[0]
        group = current.group if current else ""
        node = self.tree.currentIndex().data(NODE)
        if isinstance(node, Node) and node.is_group:
            group = node.key
        account = Account(new_key(), self._free_name(), venue, model, group=group)
        self._closed.discard(group)
        self.session.add_account(account)
        self.tree.setFocus()
        self.tree.edit_current()

    def new_group(self) -> None:
        """Add an empty group, and let its name be typed."""
        taken = set(self.session.groups)
        name = _free(self.tr("New group"), taken)
        self.session.add_group(name)
        self.tree.setFocus()
        self.tree.setCurrentIndex(self.model.index_of(name, is_group=True))
        self.tree.edit_current()

    def duplicate(self) -> None:
        """Add a copy of the current account."""
        if node := self._current_account():
            self.session.duplicate(node.key)

    def edit_cell(self) -> None:
        """Rename the current row."""
        self.tree.edit_current()

    def add_line(self) -> None:
        """Add an account."""
        self.new_account()

    def remove_lines(self) -> None:
        """Delete the current account; of a group, only the group, what is in it stays."""
        node = self.tree.currentIndex().data(NODE)
        if isinstance(node, Node):
            remove = self.session.remove_group if node.is_group else self.session.remove_account
            remove(node.key)

    def nudge_up(self) -> None:
        """Put the current account before the one above it."""
        self.shift(-1)

    def nudge_down(self) -> None:
        """Put the current account behind the one below it."""
        self.shift(1)

    def shift(self, rows: int) -> None:
        """Move the current account by so many rows within its group."""
        node = self._current_account()
        if node is None:
            return
        accounts = self.session.accounts
        group = accounts[node.key].group
        keys = [key for key, each in accounts.items() if each.group == group]
        at = keys.index(node.key)
        to = min(max(at + rows, 0), len(keys) - 1)
        if to != at:
            keys.insert(to, keys.pop(at))
            rest = [key for key, each in accounts.items() if each.group != group]
            self.session.arrange((*keys, *rest))

    def line_menu(self) -> QMenu:
        """What can be done with the current row."""
        menu = QMenu(self.tr("Accounts"), self)
        node = self.tree.currentIndex().data(NODE)
        menu.addAction(f"{self.tr('New account')}\tIns", self.new_account)
        menu.addAction(self.tr("New group"), self.new_group)
        menu.addAction(self.tr("Import positions…"), self.import_asked.emit)
        if not isinstance(node, Node):
            return menu
        menu.addSeparator()
        menu.addAction(f"{self.tr('Rename')}\tF2", self.edit_cell)
        if node.is_group:
            menu.addAction(f"{self.tr('Dissolve the group')}\tDel", self.remove_lines)
            return menu
        menu.addAction(f"{self.tr('Duplicate')}\tCtrl+D", self.duplicate)
        groups = menu.addMenu(self.tr("Move to group"))
        for path in ("", *self.session.groups):
            action = groups.addAction(path or self.tr("no group"))
            action.setData(path)
            action.setEnabled(path != self.session.accounts[node.key].group)
        groups.triggered.connect(self._move_current)
        menu.addAction(f"{self.tr('Delete')}\tDel", self.remove_lines)
        return menu

    # What the tree says.

    def _choose(self, index: QModelIndex, _before: QModelIndex) -> None:
        node = index.data(NODE)
        if isinstance(node, Node) and not node.is_group and not self._is_following:
            self.session.select(node.key)

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.tree.edit_current()

    def _note_closed(self, index: QModelIndex) -> None:
        self._closed.add(index.data(NODE).key)

    def _note_open(self, index: QModelIndex) -> None:
        self._closed.discard(index.data(NODE).key)

    def _note_named(self, *_: object) -> None:
        self._named.emit()  # queued, as the editor closes only after this

    def _rename(self, key: str, name: str, is_group: bool) -> None:
        if not is_group:
            self.session.rename(key, name)
            return
        if key in self._closed:
            self._closed.add(name)
        self.session.rename_group(key, name)

    def _move(self, key: str, group: str, before: str) -> None:
        account = self.session.accounts.get(key)
        if account is None:
            return
        if account.group != group:
            self.session.move_to_group(key, group)
            return
        keys = [each for each in self.session.accounts if each != key]
        keys.insert(keys.index(before) if before in keys else len(keys), key)
        self.session.arrange(tuple(keys))

    def _move_current(self, action: object) -> None:
        node = self._current_account()
        if node is not None:
            self.session.move_to_group(node.key, action.data())  # type: ignore[attr-defined]

    def _keep_current(self) -> None:
        """Mark the account on the screen where no row is current, as after a change of the rows."""
        if not self.tree.currentIndex().isValid():
            self._follow_current()

    def _follow_current(self, *_: object) -> None:
        """Mark the account on the screen, but never leave a name that is being typed."""
        if self.tree.state() == EDITING:
            return
        current = self.session.current
        index = QModelIndex() if current is None else self.model.index_of(current.key)
        if index.isValid() and index != self.tree.currentIndex():
            self._is_following = True
            self.tree.setCurrentIndex(index)
            self._is_following = False

    def _offer(self, at: QPoint) -> None:
        menu = self.line_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.tree.viewport().mapToGlobal(at))

    def _current_account(self) -> Node | None:
        node = self.tree.currentIndex().data(NODE)
        return node if isinstance(node, Node) and not node.is_group else None

    def _free_name(self) -> str:
        return _free(self.tr("New account"), {each.name for each in self.session.accounts.values()})

    def _tool(self, text: str, name: str, slot: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(slot)
        return button


def _free(name: str, taken: set[str]) -> str:
    """A name that nobody has."""
    number = 2
    found = name
    while found in taken:
        found, number = f"{name} {number}", number + 1
    return found
