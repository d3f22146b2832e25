"""Why the requirement is what it is: a tree whose every line is the sum of the lines below it."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QFont,
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
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from riskcore.margin.requirement import Component, Requirement, Rule
from riskcore.query import PoolResult, Report
from ui.desktop import formats
from ui.desktop.line_delegate import PAD, SMALL, LineDelegate
from ui.desktop.models.explain import AMOUNT, RULE, TERM, ExplainModel, Line
from ui.desktop.session import Session
from ui.desktop.theme import Theme

MARGINS = 20  # left and right of heading and buttons, and between them
GAP = 2
NARROW = 340  # below so many pixels the tree steps in by less
WIDE_STEP, NARROW_STEP = 13, 8
SMALL_MONEY = 1_000.0  # below so much a tree is written in cents


class Tree(StrEnum):
    """Which tree of a requirement is shown."""

    INITIAL = "initial_margin"
    MAINTENANCE = "maintenance_margin"
    EQUITY = "equity"


class ExplainPanel(QWidget):
    """The trees of the pool nearest its trigger, or of the pool the user chose."""

    instrument_chosen = Signal(str)

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._report: Report | None = None
        self._tree = Tree.INITIAL
        self._heading = self._amount = ""
        self._open: dict[tuple[str, ...], bool] = {}  # what the user opened or closed, by path
        self._settling = False
        self._glossary = glossary(session.services.resources)
        self.setAccessibleName(self.tr("Explain"))
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.heading = QLabel()
        self.heading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.hint = QLabel(self.tr("every line is the sum of the lines below it"))
        self.pools = QComboBox()
        self.pools.setAccessibleName(self.tr("Pool of collateral"))
        self.pools.activated.connect(self._choose_pool)
        self.pools.hide()
        self.buttons = {each: self._button(each) for each in Tree}
        self.model = ExplainModel(self)
        self.view = self._build_view(theme)
        self.header = top = QHBoxLayout()  # a dock shows it in its title bar
        top.setContentsMargins(10, 4, 6, 2)
        top.setSpacing(GAP)
        top.addWidget(self.heading, 1)
        for button in self.buttons.values():
            top.addWidget(button)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(top)
        page.addWidget(self.view, 1)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(10, 2, 6, 4)
        bottom.addWidget(self.hint, 1)
        bottom.addWidget(self.pools)
        page.addLayout(bottom)
        self.hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._build_copy()
        session.report_changed.connect(self.show_report)
        session.current_changed.connect(self._follow)
        session.unit_changed.connect(self._write)
        self.set_theme(theme)
        self.show_report(session.report)

    def _button(self, tree: Tree) -> QToolButton:
        words = {
            Tree.INITIAL: self.tr("Initial"),
            Tree.MAINTENANCE: self.tr("Maintenance"),
            Tree.EQUITY: self.tr("Equity"),
        }
        button = QToolButton()
        button.setText(words[tree])
        button.setCheckable(True)
        button.setAutoExclusive(True)
        button.setChecked(tree is self._tree)
        button.setProperty("tree", tree.value)
        button.setAccessibleName(self.tr("Explain {0}").format(words[tree].lower()))
        button.clicked.connect(self._choose_tree)
        return button

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
        self.heading.setFont(theme.words(weight=QFont.Weight.DemiBold))
        self.hint.setFont(theme.words(SMALL))
        for button in self.buttons.values():
            button.setFont(theme.words(12))
            button.setMinimumWidth(QFontMetrics(button.font()).horizontalAdvance("Maint."))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorter words and smaller steps where it is narrow."""
        super().resizeEvent(event)
        self._word()

    def _word(self) -> None:
        """Write heading and buttons in the fullest words that fit."""
        metrics = QFontMetrics(self.heading.font())
        buttons = self.buttons[Tree.MAINTENANCE]
        for maintenance, heading in (
            (self.tr("Maintenance"), self._heading),
            (self.tr("Maint."), self._heading),
            (self.tr("Maint."), self._amount),
        ):
            buttons.setText(maintenance)
            needed = sum(each.sizeHint().width() + GAP for each in self.buttons.values())
            self.heading.setText(heading)
            if metrics.horizontalAdvance(heading) + needed + MARGINS <= self.width():
                break
        self.view.setIndentation(WIDE_STEP if self.width() >= NARROW else NARROW_STEP)

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
        """Put the whole tree on the clipboard, indented, with full precision."""
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

    def _choose_tree(self) -> None:
        button = self.sender()
        if isinstance(button, QToolButton):
            self._show_tree(Tree(button.property("tree")))

    def _show_tree(self, tree: Tree) -> None:
        self._tree = tree
        self._write()

    def _choose_pool(self, _row: int) -> None:
        self._write()

    def _choose_line(self, index: QModelIndex) -> None:
        line = self.model.line(index)
        if line is not None and line.is_instrument:
            self.instrument_chosen.emit(line.component.term)

    def _pool(self) -> PoolResult | None:
        if self._report is None or not self._report.results:
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

    def _component(self, required: Requirement) -> Component:
        without = required.initial is None
        self.buttons[Tree.INITIAL].setEnabled(not without)
        if self._tree is Tree.EQUITY:
            return required.equity
        if required.initial is None or self._tree is Tree.MAINTENANCE:
            self._tree = Tree.MAINTENANCE
            return required.maintenance
        return required.initial

    def _write(self, *_: object) -> None:
        pool = self._pool()
        if pool is None or self._report is None:
            self._heading = self._amount = self.tr("Why?")
            self._word()
            self.model.show(None)
            return
        component = self._component(pool.requirement)
        self.buttons[self._tree].setChecked(True)
        money = Writer(self._report, pool.requirement.currency, self._session.unit, component)
        self.model.set_words(self._glossary, money)
        self.delegate.rising_is_good = self._tree is Tree.EQUITY
        kept = self.model.show(component)
        self._amount = money(component.amount, False)
        self._heading = self.tr("Why {0}?").format(self._amount)
        self._word()
        self.heading.setToolTip(f"{formats.full(component.amount)} {pool.requirement.currency}")
        if not kept:
            self._settle()
        self._fit()

    def _settle(self) -> None:
        """Open what the user opened, and what leads to the worst scenario unless he closed it."""
        self._settling = True
        for line in self.model.lines():
            opened = self._open.get(line.path, opens(line))
            self.view.setExpanded(self.model.index_of(line), opened)
        self._settling = False

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


class Writer:
    """How the amounts of one tree are written: in the display currency, cents when it is small."""

    def __init__(self, report: Report, currency: str, unit: str, root: Component) -> None:
        self._report, self._unit, self._currency = report, unit, currency
        amount, self._shown = formats.in_unit(root.amount, currency, unit, report.index)
        small = amount is not None and 0 < abs(amount) < SMALL_MONEY
        self._decimals = max(formats.money_decimals(self._shown), 2 if small else 0)

    def __call__(self, amount: float, signed: bool) -> str:
        """An amount of the pool's currency as text."""
        shown, _ = formats.in_unit(amount, self._currency, self._unit, self._report.index)
        return formats.fixed(shown, self._decimals, sign=signed)


def opens(line: Line) -> bool:
    """Whether a line is open at first: the root, and what leads to a worst scenario."""
    if line.losing or not line.lines:
        return False
    leads = any(each.component.rule is Rule.WORST for each in line.walk() if not each.losing)
    return line.parent is None or leads


def glossary(resources: Path) -> Mapping[str, str]:
    """Every term and its line, from resources/glossary.toml; empty without the file."""
    path = resources / "glossary.toml"
    if not path.exists():
        return {}
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return {term: words for term, words in found.items() if isinstance(words, str)}
