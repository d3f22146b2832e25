"""What everything below is about: the account, its model, the market, the display currency."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QFont, QIcon, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QWidget

from riskcore.naming import directory
from riskcore.query import ModelResult, Report
from ui.desktop import formats
from ui.desktop.chip import Chip
from ui.desktop.feed_bar import FeedBar
from ui.desktop.icons import icon
from ui.desktop.player import Player
from ui.desktop.session import Session
from ui.desktop.theme import Theme

LESS = ("search words", "captions", "slider", "note", "search", "product", "feed name")


class TopBar(QWidget):
    """Product, account, model, feed, currency, command search, look."""

    asked = Signal(str)  # id of an action

    def __init__(
        self, session: Session, player: Player, menu: QMenu, resources: Path, theme: Theme
    ) -> None:
        super().__init__()
        self._session, self._resources, self._theme = session, resources, theme
        self._named: object = None  # what the model's chip says
        self.setAutoFillBackground(True)
        self.setAccessibleName(self.tr("Top bar"))
        self.menu_button = self._tool(self.tr("Menu"), "")
        self.menu_button.setMenu(menu)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.product = QLabel("Counterpoise")
        self.account = Chip(self.tr("Account"), theme)
        self.account.menu.aboutToShow.connect(self._offer_accounts)
        self.model = Chip(self.tr("Model"), theme)
        self.model.menu.aboutToShow.connect(self._offer_models)
        self.feed = FeedBar(player, resources, theme)
        self.feed.asked.connect(self.asked)
        self.feed.renamed.connect(self.fit)
        self.unit = Chip(self.tr("Money in"), theme)
        self.unit.shorten(1)
        self.unit.menu.aboutToShow.connect(self._offer_units)
        self.search = QPushButton()
        self.search.setAccessibleName(self.tr("Search or run a command"))
        self.search.setProperty("action", "view.command")
        self.search.clicked.connect(self._ask)
        self.search.setToolTip(self.tr("Search or run a command (Ctrl+K)"))
        self.look = self._tool(self.tr("Light or dark colours"), "view.light")
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(6, 5, 8, 5)
        row.setSpacing(8)
        left = (self.menu_button, self.product, self.account, self.model, self.feed)
        right = (self.unit, self.search, self.look)
        for each in left:
            row.addWidget(each)
        row.addStretch(1)
        for other in right:
            row.addWidget(other)
        session.current_changed.connect(self._show_account)
        session.accounts_changed.connect(self._show_account)
        session.holdings_changed.connect(self._show_account)
        session.report_changed.connect(self.show_report)
        session.unit_changed.connect(self._show_unit)
        self.set_theme(theme)
        self._show_account()
        self._show_unit()

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self._theme = theme
        palette = self.palette()
        palette.setColor(self.backgroundRole(), theme.color("panel"))
        self.setPalette(palette)
        self.product.setFont(theme.words(15, weight=QFont.Weight.DemiBold))
        for chip in (self.account, self.model, self.unit):
            chip.set_theme(theme)
        self.feed.set_theme(theme)
        self.menu_button.setIcon(self._icon("menu", "dim"))
        self.search.setIcon(self._icon("search", "dim"))
        self.look.setIcon(self._icon("sun" if theme.name == "dark" else "moon", "dim"))

    def show_report(self, report: Report | None) -> None:
        """Name the model, the date of its parameters and how exact it is."""
        if report is None:
            self._show_account()
            return
        result = report.results[0]
        is_chosen = self._session.parameters_as_of is not None
        named = (
            result.title, result.calibration, result.label, is_chosen, bool(result.mapping),
            result.unmapped,
        )  # fmt: skip
        if named == self._named:
            return
        self._named = named
        dated = formats.date(result.calibration.dated) if result.calibration.dated else ""
        if dated and is_chosen:
            dated = self.tr("{0}, chosen").format(dated)
        exact = exactness(result.label)
        seen = self._seen(result)
        note = " · ".join(part for part in (dated, exact, seen) if part)
        is_plain = exact == "exact" and not result.unmapped
        self.model.show_choice(result.title, note, "dim" if is_plain else "caution")
        notes = (*result.calibration.notes, *result.calibration.overrides)
        lines = [
            result.title,
            self.tr("Parameters of {0}").format(dated) if dated else "",
            result.label,
            *result.unmapped,
            *result.mapping,
            *result.calibration.sources,
            *notes,
        ]
        self.model.setToolTip("\n".join(line for line in lines if line))
        self.fit()

    def _seen(self, result: ModelResult) -> str:
        """Whether the model sees the book as another venue would list it, in few words."""
        if result.unmapped:
            return self.tr("mapped, {0} left out").format(len(result.unmapped))
        return self.tr("mapped") if result.mapping else ""

    def minimumSizeHint(self) -> QSize:
        """Narrow if it must be: what then has no room is in the menu."""
        return QSize(480, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line below it."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(self._theme.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Drop words before anything is cut."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Drop as few words as will do for this width."""
        for words in range(len(LESS) + 1):
            dropped = set(LESS[:words])
            self.search.setText(self._search_text(dropped))
            for chip, caption, note in (
                (self.account, "captions", ""),
                (self.model, "captions", "note"),
            ):
                chip.shorten(2 if note in dropped else 1 if caption in dropped else 0)
            self.feed.shorten("slider" in dropped, "feed name" in dropped)
            self.product.setHidden("product" in dropped)
            if self._row.sizeHint().width() <= self.width():
                return

    def _search_text(self, dropped: set[str]) -> str:
        if "search" in dropped:
            return ""
        return "Ctrl+K" if "search words" in dropped else self.tr("Run a command") + "   Ctrl+K"

    def _show_account(self, _key: str = "") -> None:
        account = self._session.current
        if account is None:
            self._named = None
            self.account.show_choice(self.tr("none"))
            self.model.show_choice(formats.ABSENT)
            return
        name = f"{account.group} / {account.name}" if account.group else account.name
        self.account.show_choice(name)
        report = self._session.report
        if report is not None and report.results[0].model == account.model:
            self.show_report(report)
        else:
            self._named = None
            self.model.show_choice(self._session.model_title(account.model))
        self.fit()

    def _show_unit(self, _unit: str = "") -> None:
        unit = self._session.unit
        self.unit.show_choice(self.tr("pool's own") if unit == formats.POOL else unit)
        self.fit()

    def _offer_accounts(self) -> None:
        menu = self.account.menu
        menu.clear()
        for account in self._session.accounts.values():
            name = f"{account.group} / {account.name}" if account.group else account.name
            self._offer(menu, name, account.key, account == self._session.current)
        menu.addSeparator()
        self._offer_action(menu, self.tr("New account…"), "account.new")

    def _offer_models(self) -> None:
        menu = self.model.menu
        menu.clear()
        account = self._session.current
        if account is None:
            return
        for venue, names in self._by_venue(account.venue).items():
            target = menu
            if venue != account.venue:
                title = directory.title(venue)
                target = menu.addMenu(f"● {title}" if account.model in names else title)
            for name in names:
                title = self._session.model_title(name)
                self._offer(target, title, name, name == account.model)
            if venue == account.venue:
                menu.addSeparator()
        menu.addSeparator()
        self._offer_action(menu, self.tr("About this model"), "help.models")
        self._offer_action(menu, self.tr("Use the parameters of a date…"), "market.parameters")

    def _by_venue(self, own: str) -> dict[str, list[str]]:
        """Every model, the account's own venue first."""
        found: dict[str, list[str]] = {own: []}
        for name in self._session.services.library.names():
            found.setdefault(name.partition("/")[0], []).append(name)
        return found

    def _offer_units(self) -> None:
        self.unit.menu.clear()
        for unit in formats.UNITS:
            text = self.tr("the pool's own") if unit == formats.POOL else unit
            self._offer(self.unit.menu, text, unit, unit == self._session.unit)

    def _offer(self, menu: QMenu, text: str, value: str, is_chosen: bool) -> None:
        action = QAction(text, menu)
        action.setCheckable(True)
        action.setChecked(is_chosen)
        action.setData(value)
        action.triggered.connect(self._choose)
        menu.addAction(action)

    def _offer_action(self, menu: QMenu, text: str, identity: str) -> None:
        action = QAction(text, menu)
        action.setProperty("action", identity)
        action.triggered.connect(self._ask)
        menu.addAction(action)

    def _choose(self) -> None:
        action = self.sender()
        if not isinstance(action, QAction):
            return
        value, menu = str(action.data()), action.parent()
        if menu is self.account.menu:
            self._session.select(value)
        elif menu is self.unit.menu:
            self._session.set_unit(value)
        elif account := self._session.current:
            self._session.set_model(account.key, value)

    def _ask(self) -> None:
        self.asked.emit(str(self.sender().property("action")))

    def _tool(self, name: str, identity: str) -> QToolButton:
        button = QToolButton()
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setIconSize(QSize(18, 18))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if identity:
            button.setProperty("action", identity)
            button.clicked.connect(self._ask)
        return button

    def _icon(self, name: str, role: str) -> QIcon:
        return icon(self._resources, name, self._theme.color(role))


def exactness(label: str) -> str:
    """A model's label in at most two words; a star says that the status bar has the rest."""
    if label == "exact":
        return label
    return "exact except *" if label.startswith("exact except") else "approximate *"
