"""The same book under every model that can hold it, and the others with the reason."""

from datetime import datetime

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QFontMetrics,
    QGuiApplication,
    QHideEvent,
    QKeySequence,
    QPalette,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from riskcore.analysis.comparison import Comparison
from ui.desktop import formats
from ui.desktop.models.venues import LINE, VenueLine, VenueLines, VenuesModel
from ui.desktop.session import Session
from ui.desktop.theme import Theme
from ui.desktop.venue_delegate import VenueDelegate

MARGINS = 24
PATIENCE = 300  # milliseconds after an edit in which the figures before it stand as they are


class VenuesPanel(QWidget):
    """Compare models, and choose one as the account's."""

    said = Signal(str)
    card_asked = Signal(str)  # the name of a model

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._theme = session, theme
        self._found: Comparison | None = None
        self._as_of: datetime | None = None
        self._refusal = ""
        self._maker = VenueLines(self)
        self._patience = QTimer(self, interval=PATIENCE, singleShot=True)
        self.setAccessibleName(self.tr("Venues"))
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.model = VenuesModel(self._maker, self)
        self.view = QListView()
        self.delegate = VenueDelegate(self.view, theme)
        self.note = QLabel()
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.use_button = QToolButton()
        self.use_button.setText(self.tr("Use"))
        self.use_button.setAccessibleName(self.tr("Use the selected model for this account"))
        self.use_button.setToolTip(self.tr("Use the selected model for this account (Enter)"))
        self.use_button.clicked.connect(self.use_selected)
        self.notice = QLabel()
        self.notice.setWordWrap(True)
        self.notice.setContentsMargins(10, 6, 10, 6)
        self.notice.hide()
        self.header = tools = QHBoxLayout()  # a dock shows it in its title bar
        tools.setContentsMargins(10, 0, 6, 0)
        tools.addStretch(1)
        tools.addWidget(self.note)
        tools.addWidget(self.use_button)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(tools)
        page.addWidget(self.notice)
        page.addWidget(self.view, 1)
        self.setFocusProxy(self.view)
        self._set_up_view()
        self._connect()
        self.set_theme(theme)
        self._write()

    def _set_up_view(self) -> None:
        view = self.view
        view.setModel(self.model)
        view.setItemDelegate(self.delegate)
        view.setAccessibleName(self.tr("The account under every model"))
        view.setFrameShape(QListView.Shape.NoFrame)
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # widths stay
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        copying = QAction(self.tr("Copy as text"), self)
        copying.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copying.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        copying.triggered.connect(self.copy)
        self.addAction(copying)

    def _connect(self) -> None:
        session, view = self._session, self.view
        view.activated.connect(self._use)
        view.customContextMenuRequested.connect(self._offer)
        view.selectionModel().currentChanged.connect(self._show_button)
        session.comparison_changed.connect(self.show_comparison)
        session.comparison_refused.connect(self._refuse)
        session.current_changed.connect(self._forget)
        session.holdings_changed.connect(self._note_edit)
        session.unit_changed.connect(self._write)
        self._patience.timeout.connect(self._fade)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.delegate.set_theme(theme)
        for part in (self.note, self.use_button, self.notice):
            part.setFont(theme.words(12))
        bar = self.view.verticalScrollBar().sizeHint().width()
        self.view.setMinimumWidth(self.delegate.least_width() + bar)
        self.view.doItemsLayout()
        self._fit()

    def show_comparison(self, found: Comparison, as_of: datetime) -> None:
        """Show what every model requires; what is selected stays selected."""
        self._found, self._as_of, self._refusal = found, as_of, ""
        self._patience.stop()
        self.delegate.is_faded = False
        self._write()

    def use_selected(self) -> None:
        """Make the selected model that of the account."""
        self._use(self.view.currentIndex())

    def copy(self) -> None:
        """Put the table on the clipboard."""
        QGuiApplication.clipboard().setText(self.model.text())

    def line_menu(self) -> QMenu:
        """What can be done with the selected model."""
        menu = QMenu(self.tr("Venues"), self)
        line = self._line(self.view.currentIndex())
        if line is not None:
            use = menu.addAction(f"{self.tr('Use for this account')}\tEnter", self.use_selected)
            use.setEnabled(self._can_use(line))
            about = menu.addAction(self.tr("About this model"), self._ask_card)
            about.setData(line.model)
            menu.addSeparator()
        menu.addAction(f"{self.tr('Copy as text')}\tCtrl+C", self.copy)
        return menu

    def showEvent(self, event: QShowEvent) -> None:
        """Compare while somebody looks."""
        super().showEvent(event)
        self._session.watch_models(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: nothing is computed for this panel."""
        super().hideEvent(event)
        self._patience.stop()
        self._session.watch_models(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorter words, and remarks wrapped anew."""
        super().resizeEvent(event)
        self.view.doItemsLayout()
        self._fit()

    # What the session says.

    def _forget(self, _key: str = "") -> None:
        self._found = None
        self._refusal = ""
        self._write()

    def _note_edit(self, key: str) -> None:
        current = self._session.current
        if current is not None and current.key == key and self._found is not None:
            self._patience.start()
            self._write()  # the model may be another already

    def _fade(self) -> None:
        """What is shown is of the account before an edit."""
        self.delegate.is_faded = True
        self.view.viewport().update()

    def _refuse(self, sentence: str) -> None:
        self._refusal = sentence
        self.delegate.is_faded = True
        self._write()

    def _write(self, *_: object) -> None:
        account, market = self._session.current, self._session.market
        lines: tuple[VenueLine, ...] = ()
        if self._found is not None and account is not None and market is not None:
            lines = self._maker.of(self._found, account.model, self._session.unit, market.index)
        height = self.view.verticalScrollBar().value()
        selected = self._line(self.view.currentIndex())
        self.model.show(lines)
        if lines and account is not None and not self.view.currentIndex().isValid():
            row = -1 if selected is None else self.model.row_of(selected.model)
            row = self.model.row_of(account.model) if row < 0 else row
            self.view.setCurrentIndex(self.model.index(max(row, 0)))
        self.view.verticalScrollBar().setValue(height)
        self.view.viewport().update()
        text = f"▲ {self._refusal}" if self._refusal else ""
        if not text and not lines:
            text = self.tr("computing…") if account is not None else self.tr("no account")
        self.notice.setText(text)
        self.notice.setVisible(bool(text))
        self._show_button()
        self._fit()

    def _fit(self) -> None:
        """What the figures are and of when, in as many words as there is room for."""
        unit = self._session.unit
        currency = "USD" if unit == formats.POOL else unit
        texts = [currency, ""]
        if self._as_of is not None and self.model.lines:
            clock = formats.clock(self._as_of)
            texts = [
                self.tr("initial margin, {0} · {1}").format(currency, clock),
                f"{currency} · {clock}",
                *texts,
            ]
            self.note.setToolTip(
                self.tr("Initial margin, or maintenance margin of a model without one, at {0}")
                .format(formats.instant(self._as_of))
            )  # fmt: skip
        metrics = QFontMetrics(self.note.font())
        room = self.width() - self.use_button.sizeHint().width() - MARGINS
        room -= metrics.horizontalAdvance(self.accessibleName()) + MARGINS
        found = (each for each in texts if metrics.horizontalAdvance(each) <= room)
        self.note.setText(next(found, ""))

    # Choosing.

    def _line(self, index: QModelIndex) -> VenueLine | None:
        line = index.data(LINE)
        return line if isinstance(line, VenueLine) else None

    def _can_use(self, line: VenueLine) -> bool:
        return not (line.is_own or line.refuses)

    def _show_button(self, *_: object) -> None:
        line = self._line(self.view.currentIndex())
        self.use_button.setEnabled(line is not None and self._can_use(line))

    def _use(self, index: QModelIndex) -> None:
        line, account = self._line(index), self._session.current
        if line is None or account is None or line.is_own:
            return
        if line.refuses:
            self.said.emit(self.tr("{0} cannot hold this account: {1}").format(
                line.title, line.remark))  # fmt: skip
            return
        self._session.set_model(account.key, line.model)

    def _ask_card(self) -> None:
        if line := self._line(self.view.currentIndex()):
            self.card_asked.emit(line.model)

    def _offer(self, at: QPoint) -> None:
        menu = self.line_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.viewport().mapToGlobal(at))
