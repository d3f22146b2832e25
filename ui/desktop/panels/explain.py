"""Why the requirement is what it is: a tree whose every line is the sum of the lines below it."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QFontMetrics,
    QGuiApplication,
    QKeySequence,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QTableView,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from riskcore.margin.requirement import Component, Requirement
from riskcore.query import PoolResult, Report
from ui.desktop import formats, glossary
from ui.desktop.chart_export import copy_numbers
from ui.desktop.line_delegate import PAD, SMALL, LineDelegate
from ui.desktop.models.account_fields import account_fields
from ui.desktop.models.explain import AMOUNT, RULE, TERM, ExplainModel, opens
from ui.desktop.models.series import Numbers, NumbersModel
from ui.desktop.models.tree_amounts import TreeAmounts
from ui.desktop.session import Session
from ui.desktop.staleness import stale_seconds
from ui.desktop.theme import Theme, row_height
from ui.desktop.tree_chooser import MARGINS, Tree, TreeChooser

SELECTED = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
NARROW = 340  # below so many pixels the tree steps in by less
WIDE_STEP, NARROW_STEP = 13, 8


class ExplainPanel(QWidget):
    """The trees of the pool nearest its trigger, or of the pool the user chose."""

    instrument_chosen = Signal(str)

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._report: Report | None = None
        self._tree = Tree.INITIAL
        self._open: dict[tuple[str, ...], bool] = {}  # what the user opened or closed, by path
        self._settling = False
        self._glossary = glossary.load(session.services.resources)
        self.setAccessibleName(self.tr("Explain"))
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.header = TreeChooser()  # a dock shows it in its title bar
        self.heading, self.buttons = self.header.heading, self.header.buttons
        self.header.chosen.connect(self._show_tree)
        self.hint = QLabel()
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.pools = QComboBox()
        self.pools.setAccessibleName(self.tr("Pool of collateral"))
        self.pools.activated.connect(self._choose_pool)
        self.pools.hide()
        self.model = ExplainModel(self)
        self.view = self._build_view(theme)
        self.fields_model = NumbersModel(self)
        self.fields = self._build_fields()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.view)
        self.pages.addWidget(self.fields)
        self.toggle = QToolButton()
        self.toggle.setText(self.tr("Fields"))
        self.toggle.setCheckable(True)
        self.toggle.setToolTip(self.tr("The fields of the account as the venue reports them"))
        self.toggle.setAccessibleName(self.tr("Show the fields of the account"))
        self.toggle.toggled.connect(self._write)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(self.header)
        page.addWidget(self.pages, 1)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(10, 2, 6, 4)
        bottom.addWidget(self.hint, 1)
        bottom.addWidget(self.pools)
        bottom.addWidget(self.toggle)
        page.addLayout(bottom)
        self.hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._build_copy()
        session.report_changed.connect(self.show_report)
        session.current_changed.connect(self._follow)
        session.unit_changed.connect(self._write)
        session.refused.connect(self._write)
        self.set_theme(theme)
        self.show_report(session.report)

    def _build_view(self, theme: Theme) -> QTreeView:
        view = QTreeView()
        view.setModel(self.model)
        view.setHeaderHidden(True)
        view.setUniformRowHeights(True)
        view.setFrameShape(QTreeView.Shape.NoFrame)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setExpandsOnDoubleClick(True)
        view.setAccessibleName(self.tr("The requirement, line by line"))
        header = view.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(10)
        header.hideSection(RULE)  # its sign is drawn at the end of the words
        header.setSectionResizeMode(AMOUNT, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(TERM, QHeaderView.ResizeMode.Stretch)
        self.delegate = LineDelegate(self.model, theme, view)
        view.setItemDelegate(self.delegate)
        view.expanded.connect(self._note_expanded)
        view.collapsed.connect(self._note_collapsed)
        view.clicked.connect(self._choose_line)
        view.activated.connect(self._choose_line)
        return view

    def _build_fields(self) -> QTableView:
        table = QTableView()
        table.setModel(self.fields_model)
        table.setAccessibleName(self.tr("Fields of the account"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setFrameShape(QTableView.Shape.NoFrame)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        table.horizontalHeader().hide()
        return table

    def _build_copy(self) -> None:
        self.copy_action = QAction(self.tr("Copy as text"), self)
        self.copy_action.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self.copy_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.copy_action.triggered.connect(self.copy)
        self.addAction(self.copy_action)
        unfold = QAction(self.tr("Open every line"), self)
        unfold.triggered.connect(self.view.expandAll)
        fold = QAction(self.tr("Close every line"), self)
        fold.triggered.connect(self.view.collapseAll)
        self.view.addActions([self.copy_action, unfold, fold])
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.delegate.set_theme(theme)
        self.header.set_theme(theme)
        self.hint.setFont(theme.words(SMALL))
        self.fields.setFont(theme.words(12))
        height = row_height(self.fields.fontMetrics()) - 4
        self.fields.verticalHeader().setMinimumSectionSize(height)
        self.toggle.setFont(theme.words(12))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorter words and smaller steps where it is narrow."""
        super().resizeEvent(event)
        self._word()

    def _word(self) -> None:
        self.header.fit(self.width())
        self._hint()
        self.view.setIndentation(WIDE_STEP if self.width() >= NARROW else NARROW_STEP)

    def _hint(self) -> None:
        """What a reader must know of the tree: that it is stale, else how to read it."""
        seconds = stale_seconds(self._session, self._report)
        texts: tuple[str, ...] = (
            self.tr("every line is the sum of the lines below it"),
            self.tr("a line is the sum of those below"),
        )
        if self.toggle.isChecked():
            texts = (self.tr("as the venue reports them"),)
        if seconds is not None:
            words = self.tr("stale {0}").format(formats.age(seconds))
            texts = (words if seconds > 0 else self.tr("stale"),)
        metrics = QFontMetrics(self.hint.font())
        taken = self.toggle.sizeHint().width() + MARGINS
        if self.pools.count() > 2:
            taken += self.pools.sizeHint().width() + MARGINS
        room = self.width() - taken
        found = (each for each in texts if metrics.horizontalAdvance(each) <= room)
        self.hint.setText(next(found, ""))
        self.hint.setForegroundRole(
            QPalette.ColorRole.PlaceholderText if seconds is None else QPalette.ColorRole.Text
        )

    def show_report(self, report: Report | None) -> None:
        """Show the trees of a report; what was open stays open."""
        self._report = report
        self._write()

    def show_term(self, term: str) -> None:
        """Open on a term: its own tree, or the first tree in which it stands."""
        here = [each for each in Tree if each.value == term]
        trees = here or [self._tree, *(each for each in Tree if each is not self._tree)]
        before = self._tree
        for tree in trees:
            self._show_tree(tree)
            index = self.model.find_term(term)
            if index.isValid():
                self._reveal(index)
                return
        self._show_tree(before)

    def copy(self) -> None:
        """Put the whole tree on the clipboard, indented, or the fields; with full precision."""
        if self.toggle.isChecked():
            copy_numbers(self.fields_model.numbers)
            return
        QGuiApplication.clipboard().setText(self.model.text())

    def _reveal(self, index: QModelIndex) -> None:
        above = index.parent()
        while above.isValid():
            self.view.expand(above)
            above = above.parent()
        self.view.setCurrentIndex(index)
        self.view.scrollTo(index)

    def _follow(self, _key: str = "") -> None:
        self.show_report(self._session.report)

    def _show_tree(self, tree: str) -> None:
        self._tree = Tree(tree)
        self.toggle.setChecked(False)
        self._write()

    def _choose_pool(self, _row: int) -> None:
        self._write()

    def _choose_line(self, index: QModelIndex) -> None:
        line = self.model.line(index)
        if line is not None and line.is_instrument:
            self.instrument_chosen.emit(line.component.term)

    def _pool(self) -> PoolResult | None:
        if self._report is None or not self._report.results:
            self._offer([])
            return None
        result = self._report.results[0]
        names = [each.requirement.pool for each in result.pools]
        self._offer(names)
        chosen = self.pools.currentData()
        found = (each for each in result.pools if each.requirement.pool == chosen)
        return next(found, result.nearest)

    def _offer(self, names: list[str]) -> None:
        known = [self.pools.itemData(row) for row in range(1, self.pools.count())]
        if known == names and self.pools.count():
            return
        chosen = self.pools.currentData()
        self.pools.clear()
        self.pools.addItem(self.tr("nearest pool"), "")
        for name in names:
            self.pools.addItem(self.tr("{0} pool").format(name), name)
        self.pools.setCurrentIndex(max(self.pools.findData(chosen), 0))
        self.pools.setVisible(len(names) > 1)

    def _component(self, required: Requirement) -> tuple[Tree, Component]:
        """The tree that was chosen; of a model without initial margin the maintenance margin."""
        self.buttons[Tree.INITIAL].setEnabled(required.initial is not None)
        if self._tree is Tree.EQUITY:
            return Tree.EQUITY, required.equity
        if required.initial is None or self._tree is Tree.MAINTENANCE:
            return Tree.MAINTENANCE, required.maintenance
        return Tree.INITIAL, required.initial

    def _write(self, *_: object) -> None:
        pool = self._pool()
        if pool is None or self._report is None:
            self.header.write(self.tr("Why?"), self.tr("Why?"))
            self._word()
            self.model.show(None)
            self.fields_model.show(Numbers())
            return
        self._show_fields(pool.requirement)
        tree, component = self._component(pool.requirement)
        self.buttons[tree].setChecked(True)
        money = TreeAmounts(self._report, pool.requirement.currency, self._session.unit, component)
        self.model.set_words(self._glossary, money)
        self.delegate.rising_is_good = tree is Tree.EQUITY
        line = self.model.line(self.view.currentIndex())
        height = self.view.verticalScrollBar().value()
        kept = self.model.show(component, self.view.isExpanded)
        amount = money(component.amount, False)
        self.header.write(self.tr("Why {0}?").format(amount), amount)
        self._word()
        self.heading.setToolTip(f"{formats.full(component.amount)} {pool.requirement.currency}")
        if not kept:
            self._settle(() if line is None else line.path, height)
        self._fit()

    def _show_fields(self, required: Requirement) -> None:
        self.toggle.setVisible(bool(required.figures))
        shown = self.toggle.isChecked() and bool(required.figures)
        self.pages.setCurrentWidget(self.fields if shown else self.view)
        if not shown:
            return
        titles = (self.tr("Field"), self.tr("Amount"), self.tr("Currency"))
        self.fields_model.show(account_fields(required.figures, self._glossary, titles))
        header = self.fields.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.hideSection(2)  # the amount says its currency

    def _settle(self, path: tuple[str, ...], height: int) -> None:
        """Open what the user opened, and what leads to the worst scenario unless he closed it.

        path, height  what was selected and how far the view was scrolled: they stay
        """
        self._settling = True
        for line in self.model.lines():
            opened = self._open.get(line.path, opens(line))
            self.view.setExpanded(self.model.index_of(line), opened)
        self._settling = False
        if (current := self.model.find(path)).isValid():
            self.view.selectionModel().setCurrentIndex(current, SELECTED)
        self.view.executeDelayedItemsLayout()
        self.view.verticalScrollBar().setValue(height)

    def _note_expanded(self, index: QModelIndex) -> None:
        self._note(index, opened=True)

    def _note_collapsed(self, index: QModelIndex) -> None:
        self._note(index, opened=False)

    def _note(self, index: QModelIndex, *, opened: bool) -> None:
        line = self.model.line(index)
        if line is not None and not self._settling:
            self._open[line.path] = opened

    def _fit(self) -> None:
        """Columns as wide as their longest figure; the words have the rest."""
        figures = QFontMetrics(self._theme.figures(12))
        amounts = [self.model.amount(line) for line in self.model.lines()]
        widest = max((figures.horizontalAdvance(each) for each in amounts), default=40)
        self.view.header().resizeSection(AMOUNT, widest + 2 * PAD)
