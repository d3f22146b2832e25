"""Places the panels, owns the bars, and turns every action into one call. No logic."""

from dataclasses import replace
from functools import partial
from operator import attrgetter
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QMessageBox,
    QTabWidget,
)

from riskcore.market import MarketSnapshot
from ui.desktop import formats, saved_window, theme
from ui.desktop.actions import Action
from ui.desktop.book_files import BookFiles
from ui.desktop.dialogs.command_search import Command, CommandSearch
from ui.desktop.dialogs.parameter_date import ParameterDate
from ui.desktop.docks import LEFT, NARROW, RIGHT, Docks, Region, form_of
from ui.desktop.edge_bar import EdgeBar
from ui.desktop.guide import Guide
from ui.desktop.menus import Menus
from ui.desktop.panels.accounts import AccountsPanel
from ui.desktop.panels.balances import BalancesPanel
from ui.desktop.panels.explain import ExplainPanel
from ui.desktop.panels.matrix import MatrixPanel
from ui.desktop.panels.orders import OrdersPanel
from ui.desktop.panels.positions import PositionsPanel
from ui.desktop.panels.spot import SpotPanel
from ui.desktop.panels.status_bar import StatusBar
from ui.desktop.panels.summary import SummaryPanel
from ui.desktop.panels.top_bar import TopBar
from ui.desktop.panels.usage import UsagePanel
from ui.desktop.panels.venues import VenuesPanel
from ui.desktop.player import Player
from ui.desktop.ports import Feed
from ui.desktop.saved_window import LAYOUT, SavedWindow
from ui.desktop.session import Session
from ui.desktop.still import Still
from ui.desktop.workspaces import Workspaces

WINDOW = "window"  # its name in the store
SIZE = QSize(1680, 1050)
GREETED_AFTER = 1_500  # milliseconds: first the figures, then the hints
KEPT_EVERY = 30_000  # milliseconds between two notes of where the window stands
CENTRE = 560  # pixels of the grid and the plots between two open sides


class MainWindow(QMainWindow):
    """The window. It is built without a market; `begin` opens the one that was open before."""

    def __init__(
        self, session: Session, player: Player, look: theme.Theme, saved: SavedWindow
    ) -> None:
        super().__init__()
        self.session, self.player, self.look, self.saved = session, player, look, saved
        self._feed_path = saved.feed
        self._is_placed = False
        self.setWindowTitle("Counterpoise")
        self.setDockNestingEnabled(True)
        self.setDockOptions(
            QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.GroupedDragging
        )
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.menus = Menus(self, self.run)
        self.files = BookFiles(session, self)
        self.status = StatusBar(session, look)
        self.top = TopBar(session, player, self.menus.all, self.resources, look)
        self._place_bars()
        self.docks = Docks(self, self._regions(), self.resources, look)
        self.menus.add_panels([each.toggleViewAction() for each in self.docks.docks.values()])
        self.edges = self._build_edges()
        self.guide = Guide(self, self.docks, self.top.search, session.services, look)
        self.workspaces = Workspaces(self, self.docks, session)
        self._fit = QTimer(self, interval=120, singleShot=True)
        self._fit.timeout.connect(self._rearrange)
        self._keep = QTimer(self, interval=KEPT_EVERY)
        self._keep.timeout.connect(self.keep)
        self._greet = QTimer(self, interval=GREETED_AFTER, singleShot=True)
        self._greet.timeout.connect(self.guide.show_hints)
        self._connect()
        self._restore()

    @property
    def resources(self) -> Path:
        """Where icons, help and themes are."""
        return self.session.services.resources

    def begin(self) -> None:
        """Open the market that was open before, and offer the hints once."""
        services = self.session.services
        self.player.set_speed(self.saved.speed)
        if self._feed_path:
            self.files.read_feed(Path(self._feed_path))
        else:
            self.player.open(services.demo_feed, self.saved.step, play=not self.saved.is_paused)
        if services.recovered:
            self.status.say(services.recovered)
        if services.refused_parameters:
            self.guide.show_refused(services.refused_parameters)
        if not self.saved.hints_seen:
            self._greet.start()
        self._keep.start()

    def run(self, action: Action) -> None:
        """Do what an action says: of the panel in focus, or of this window."""
        if action.in_panel:
            panel = self.docks.panels.get(self.docks.region_of(QApplication.focusWidget()))
            slot = getattr(panel or self.docks.panels["positions"], action.slot, None)
            if slot is None:
                self.status.say(self.tr("{0}: not in this panel").format(action.title))
                return
            slot()
            return
        slot = attrgetter(action.slot)(self)
        slot(action.argument) if action.argument else slot()

    # File and edit

    def new_account(self) -> None:
        panel = self.docks.show("accounts")
        panel.new_account()  # type: ignore[attr-defined]

    def undo(self) -> None:
        text = self.session.undo.undoText()
        self.session.undo.undo()
        if text:
            self.status.say(self.tr("Undone: {0}").format(text))

    def redo(self) -> None:
        text = self.session.undo.redoText()
        self.session.undo.redo()
        if text:
            self.status.say(self.tr("Done again: {0}").format(text))

    def filter_lines(self) -> None:
        key = self.docks.region_of(QApplication.focusWidget())
        panel = self.docks.panels.get(key)
        if not hasattr(panel, "filter_lines"):
            panel = self.docks.show("positions")
        panel.filter_lines()  # type: ignore[union-attr]

    # View

    def open_menu(self) -> None:
        self.top.menu_button.showMenu()

    def search_commands(self) -> None:
        search = CommandSearch(self._commands(), self.look, self)
        search.open_above(self)

    def set_light(self) -> None:
        name = "dark" if self.look.name == "light" else "light"
        self.set_theme(theme.load(self.resources, name, colour_blind=self.look.colour_blind))

    def set_colour_blind(self) -> None:
        self.set_theme(
            theme.load(self.resources, self.look.name, colour_blind=not self.look.colour_blind)
        )

    def set_theme(self, look: theme.Theme) -> None:
        """Draw everything in other colours."""
        self.look = look
        theme.apply(look, self.resources)
        for part in (self.top, self.status, self.docks, self.guide, *self.edges):
            part.set_theme(look)
        self._show_checks()

    def reset_arrangement(self) -> None:
        self.docks.arrange(self.size())
        self._show_edges()

    # Market

    def open_demo(self) -> None:
        self._feed_path = ""
        self.player.open(self.session.services.demo_feed, play=True)

    def choose_parameter_date(self) -> None:
        dialog = ParameterDate(self.session.parameters_as_of, self)
        if dialog.exec():
            self.session.set_parameters_as_of(dialog.chosen)
        dialog.deleteLater()

    # Help

    def show_model_card(self) -> None:
        if account := self.session.current:
            self._show_card(account.model)

    # Where the window stands

    def state(self) -> SavedWindow:
        """Everything that the next start takes up again."""
        player = self.player
        return replace(
            self.saved,
            geometry=bytes(self.saveGeometry().data()),
            state=bytes(self.saveState(LAYOUT).data()),
            form=self.docks.form,
            account=self.session.current.key if self.session.current else "",
            theme=self.look.name,
            colour_blind=self.look.colour_blind,
            unit=self.session.unit,
            feed=self._feed_path,
            step=max(player.step, 0),
            speed=player.speed,
            is_paused=not player.is_playing if player.steps > 1 else self.saved.is_paused,
        )

    def keep(self) -> None:
        """Note where the window stands, for the next start."""
        if not self._is_placed:
            return
        now = self.state()
        if now != self.saved:
            self.saved = now
            self.session.keep(WINDOW, saved_window.encode(now))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save what is left; ask before an edit is lost."""
        if not self._is_placed:
            super().closeEvent(event)
            return
        self.keep()
        if self.session.save_error and self.session.unsaved and not self._give_up_edits():
            event.ignore()
            return
        self._is_placed = False
        for timer in (self._fit, self._keep, self._greet):
            timer.stop()
        self.status.stop()
        self.docks.close()
        self.player.close()
        self.files.close()
        self.session.close()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another arrangement when the window crosses a size."""
        super().resizeEvent(event)
        if self._is_placed:
            self._fit.start()

    def _restore(self) -> None:
        saved = self.saved
        if not (saved.geometry and self.restoreGeometry(saved.geometry)):
            screen = QGuiApplication.primaryScreen()
            self.resize(SIZE.boundedTo(screen.availableSize()))
        self.session.select(saved.account)
        self.session.set_unit(saved.unit)
        self.docks.arrange(self.size())
        if saved.state and saved.form in ("", self.docks.form):
            self.docks.restore(saved.state, saved.form)
        self._is_placed = True
        self._show_edges()
        self._show_checks()
        self.docks.panels["positions"].setFocus()

    def _rearrange(self) -> None:
        self.docks.fit(self.size())
        self._show_edges()

    def _show_edges(self) -> None:
        for bar in self.edges:
            bar.setVisible(form_of(self.size()).startswith(NARROW))

    # How it is put together

    def _regions(self) -> tuple[Region, ...]:
        session, look = self.session, self.look
        return (
            Region("accounts", self.tr("Accounts"), lambda: AccountsPanel(session, look)),
            Region("summary", self.tr("Summary"), lambda: SummaryPanel(session, look)),
            Region("positions", self.tr("Positions"), lambda: PositionsPanel(session, look)),
            Region("balances", self.tr("Balances"), lambda: BalancesPanel(session, look)),
            Region("orders", self.tr("Orders"), lambda: OrdersPanel(session, look)),
            Region("usage", self.tr("Margin usage"), lambda: UsagePanel(session, look)),
            Region("spot", self.tr("Margin against spot"), lambda: SpotPanel(session, look)),
            Region("matrix", self.tr("Scenario losses"), lambda: MatrixPanel(session, look)),
            Region("explain", self.tr("Explain"), lambda: ExplainPanel(session, look)),
            Region("venues", self.tr("Venues"), lambda: VenuesPanel(session, look)),
        )

    def _place_bars(self) -> None:
        self.setMenuWidget(self.top)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(self.status, 1)
        self.statusBar().setContentsMargins(0, 0, 0, 0)

    def _build_edges(self) -> tuple[EdgeBar, EdgeBar]:
        docks, look = self.docks.docks, self.look
        left = EdgeBar(self.tr("Left edge"), [docks["accounts"]], LEFT[NARROW], look)
        right = EdgeBar(
            self.tr("Right edge"), [docks["explain"], docks["venues"]], RIGHT[NARROW], look
        )
        for bar in (left, right):
            for button in bar.buttons:
                button.toggled.connect(self._make_room)
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, left)
        self.addToolBar(Qt.ToolBarArea.RightToolBarArea, right)
        return left, right

    def _make_room(self, shown: bool) -> None:
        """One side gives way to the other when both would squeeze what stands between them."""
        if not shown or self.width() >= LEFT[NARROW] + CENTRE + RIGHT[NARROW]:
            return
        for button in (each for bar in self.edges for each in bar.buttons):
            if button is not self.sender():
                button.setChecked(False)

    def _connect(self) -> None:
        session, player, files = self.session, self.player, self.files
        self.top.asked.connect(self.menus.trigger)
        player.arrived.connect(session.show_market)
        player.failed.connect(self._refuse)
        player.ended.connect(self._say_end)
        files.said.connect(self.status.say)
        self.workspaces.said.connect(self.status.say)
        self.workspaces.changed.connect(self._name_workspaces)
        self.guide.hints_done.connect(self._end_hints)
        files.busy.connect(self.status.say_busy)
        files.done.connect(self.status.say_done)
        files.feed_opened.connect(self._play)
        files.market_read.connect(self._show_still)
        session.undo.canUndoChanged.connect(self._show_undo)
        session.undo.canRedoChanged.connect(self._show_undo)
        session.undo.indexChanged.connect(self._show_undo)
        session.accounts_changed.connect(self._show_title)
        session.current_changed.connect(self._show_title)
        session.current_changed.connect(self._fit_hints)
        session.unit_changed.connect(self._show_checks)
        panels = self.docks.panels
        panels["accounts"].import_asked.connect(self.files.import_positions)  # type: ignore[attr-defined]
        panels["summary"].explain_asked.connect(self._explain)  # type: ignore[attr-defined]
        panels["venues"].said.connect(self.status.say)  # type: ignore[attr-defined]
        panels["venues"].card_asked.connect(self._show_card)  # type: ignore[attr-defined]
        for key in ("explain", "matrix"):
            panels[key].instrument_chosen.connect(self._choose_instrument)  # type: ignore[attr-defined]
        self._show_undo()
        self._show_title()
        self._name_workspaces()

    def _play(self, feed: Feed, path: str) -> None:
        restarted = bool(self._feed_path) and path == self._feed_path and self.player.feed is None
        step = self.saved.step if restarted else 0
        self._feed_path = path
        is_paused = restarted and self.saved.is_paused
        self.player.open(feed, step, play=len(feed.instants) > 1 and not is_paused)

    def _show_still(self, market: MarketSnapshot) -> None:
        self._feed_path = ""
        self.player.open(Still(market.source or self.tr("Market of the book"), market))

    def _say_end(self) -> None:
        self.status.say(self.tr("The replay has come to its end; Ctrl+Home plays it again"))

    def _refuse(self, sentence: str) -> None:
        self.status.say(f"▲ {sentence}")

    def _show_card(self, model: str) -> None:
        self.guide.open_page(model.replace("/", "-"))

    def _explain(self, term: str) -> None:
        panel = self.docks.show("explain")
        panel.show_term(term)  # type: ignore[attr-defined]

    def _choose_instrument(self, name: str) -> None:
        panel = self.docks.show("positions")
        panel.select_instrument(self.session.held_as(name))  # type: ignore[attr-defined]

    def _commands(self) -> list[Command]:
        session = self.session
        found = self.menus.commands()
        for account in session.accounts.values():
            title = self.tr("Account: {0}").format(account.name)
            found.append(Command(title, partial(session.select, account.key)))
        current = session.current
        if current is not None:
            for name in session.services.library.names():
                title = self.tr("Model: {0}").format(session.model_title(name))
                found.append(Command(title, partial(session.set_model, current.key, name)))
        for key, dock in self.docks.docks.items():
            for words, run in (
                (self.tr("Go to panel: {0}"), partial(self.docks.show, key)),
                (self.tr("Float panel: {0}"), partial(dock.setFloating, True)),
                (self.tr("Close panel: {0}"), dock.close),
            ):
                found.append(Command(words.format(dock.windowTitle()), run))
        return found

    def _fit_hints(self, _key: str = "") -> None:
        account = self.session.current
        if account is None or not account.holdings.positions:
            self.guide.leave_book()

    def _end_hints(self) -> None:
        self.saved = replace(self.saved, hints_seen=True)
        self.keep()

    def _show_undo(self, *_: object) -> None:
        undo = self.session.undo
        for identity, is_there, text, word in (
            ("edit.undo", undo.canUndo(), undo.undoText(), self.tr("Undo")),
            ("edit.redo", undo.canRedo(), undo.redoText(), self.tr("Redo")),
        ):
            action = self.menus.actions[identity]
            action.setEnabled(is_there)
            action.setText(f"{word}: {text}" if text else word)

    def _name_workspaces(self) -> None:
        for number, kept in self.workspaces.kept.items():
            text = self.tr("Workspace {0}: {1}").format(number, kept.name)
            self.menus.actions[f"workspace.{number}"].setText(text)

    def _show_title(self, *_: object) -> None:
        account = self.session.current
        self.setWindowTitle("Counterpoise" if account is None else f"{account.name} - Counterpoise")

    def _show_checks(self, *_: object) -> None:
        actions = self.menus.actions
        actions["view.light"].setChecked(self.look.name == "light")
        actions["view.colour_blind"].setChecked(self.look.colour_blind)
        for unit in formats.UNITS:
            action = actions[f"unit.{unit.lower()}"]
            action.setCheckable(True)
            action.setChecked(unit == self.session.unit)

    def _give_up_edits(self) -> bool:
        session = self.session
        answer = QMessageBox.question(
            self,
            "Counterpoise",
            self.tr("{0} edits are not saved: {1}. Close and lose them?").format(
                session.unsaved, session.save_error
            ),
            QMessageBox.StandardButton.Close | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Cancel,
        )
        return answer == QMessageBox.StandardButton.Close
