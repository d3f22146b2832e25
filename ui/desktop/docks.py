"""The regions of the window as docks, and where they stand at each size."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QMenu, QTabBar, QWidget

from ui.desktop.saved_window import LAYOUT
from ui.desktop.theme import Theme
from ui.desktop.title_bar import TitleBar

WIDE, MEDIUM, NARROW = "wide", "medium", "narrow"
LOW = 950  # below this height the matrix is a tab of the plots
LEFT = {WIDE: 248, MEDIUM: 180, NARROW: 180}
RIGHT = {WIDE: 372, MEDIUM: 320, NARROW: 320}
PLOTS = 240  # the least height of the plots
LEFT_BUTTON = Qt.MouseButton.LeftButton


@dataclass(frozen=True, slots=True)
class Region:
    """One dock: its id, its title, and how its panel is made."""

    id: str
    title: str
    make: Callable[[], QWidget]


class Docks(QObject):
    """Makes the docks, arranges them, and keeps a title bar off every dock that is a tab."""

    def __init__(
        self, window: QMainWindow, regions: tuple[Region, ...], resources: Path, theme: Theme
    ) -> None:
        super().__init__(window)
        self._window = window
        self.docks: dict[str, QDockWidget] = {}
        self.panels: dict[str, QWidget] = {}
        self.form = ""  # the arrangement; empty when the user made another
        self._is_arranging = self._is_closed = False
        self._entered = ""  # the region whose tab was clicked
        self._bars: dict[str, TitleBar] = {}
        self._settle = QTimer(self, interval=0, singleShot=True)
        self._settle.timeout.connect(self._fold)
        for region in regions:
            self._add(region, resources, theme)

    def set_theme(self, theme: Theme) -> None:
        """Use other colours in every title bar and panel."""
        for key, bar in self._bars.items():
            bar.set_theme(theme)
            self.panels[key].set_theme(theme)  # type: ignore[attr-defined]

    def show(self, key: str) -> QWidget:
        """Bring a region to the front and the focus into it."""
        dock, panel = self.docks[key], self.panels[key]
        dock.show()
        dock.raise_()
        target = panel.focusProxy() or _first_focusable(panel) or panel
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return panel

    def region_of(self, widget: QWidget | None) -> str:
        """The id of the region a widget stands in; empty for none."""
        for key, dock in self.docks.items():
            if widget is not None and (widget is dock or dock.isAncestorOf(widget)):
                return key
        return ""

    def fit(self, size: QSize) -> None:
        """Arrange them anew when this size asks for it; what the user arranged stays."""
        if self.form and self.form != form_of(size):
            self.arrange(size)

    def restore(self, state: bytes, form: str = "") -> bool:
        """Put the docks where they were; whether that could be done."""
        self._is_arranging = True
        is_done = self._window.restoreState(state, LAYOUT)
        if is_done:
            self.form = form
        self._settle_soon()
        return is_done

    def arrange(self, size: QSize) -> None:
        """Put every dock where it stands at this size; the focus stays in its region."""
        focused = self.region_of(QApplication.focusWidget())
        self._is_arranging = True
        focus = self._window.focusWidget()
        self.form = form_of(size)
        form, _, lowness = self.form.partition(" ")
        window, docks = self._window, self.docks
        for dock in docks.values():
            dock.setFloating(False)
            window.removeDockWidget(dock)
        accounts, summary = docks["accounts"], docks["summary"]
        explain, venues = docks["explain"], docks["venues"]
        positions, usage, spot, matrix = (
            docks[key] for key in ("positions", "usage", "spot", "matrix")
        )
        area = Qt.DockWidgetArea.LeftDockWidgetArea
        window.addDockWidget(area, accounts)
        window.splitDockWidget(accounts, summary, Qt.Orientation.Horizontal)
        window.splitDockWidget(summary, explain, Qt.Orientation.Horizontal)
        window.splitDockWidget(summary, positions, Qt.Orientation.Vertical)
        window.splitDockWidget(positions, usage, Qt.Orientation.Vertical)
        low = bool(lowness)
        if not low:
            window.splitDockWidget(usage, matrix, Qt.Orientation.Vertical)
        if form == WIDE:
            window.splitDockWidget(usage, spot, Qt.Orientation.Horizontal)
            window.splitDockWidget(explain, venues, Qt.Orientation.Vertical)
        else:
            window.tabifyDockWidget(usage, spot)
            window.tabifyDockWidget(explain, venues)
        if low:
            window.tabifyDockWidget(usage, matrix)
        for key in ("balances", "orders"):
            window.tabifyDockWidget(positions, docks[key])
        for dock in docks.values():
            dock.show()
        if form == NARROW:
            for dock in (accounts, explain, venues):
                dock.hide()
        for dock in (positions, usage, explain):
            dock.raise_()
        self._size(form, size, low)
        if focus is not None:
            focus.setFocus()
        if focused:  # a dock that is moved is hidden for a moment, and loses it
            self.show("positions" if docks[focused].isHidden() else focused)
        self._settle_soon()

    def close(self) -> None:
        """Follow no more what happens to the docks."""
        self._is_closed = True
        self._settle.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that a dock was tabbed, moved, floated or closed."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.ParentChange):
            self._settle_soon()
        return super().eventFilter(watched, event)

    def _add(self, region: Region, resources: Path, theme: Theme) -> None:
        panel = region.make()
        dock = QDockWidget(region.title, self._window)
        dock.setObjectName(region.id)
        dock.setAccessibleName(region.title)
        dock.setWidget(panel)
        bar = TitleBar(dock, resources, theme)
        dock.setTitleBarWidget(bar)
        dock.topLevelChanged.connect(self._note_move)
        dock.dockLocationChanged.connect(self._note_move)
        bar.close_button.clicked.connect(self._note_move)
        dock.visibilityChanged.connect(self._settle_soon)
        panel.windowTitleChanged.connect(dock.setWindowTitle)
        dock.installEventFilter(self)
        self.docks[region.id], self.panels[region.id] = dock, panel
        self._bars[region.id] = bar

    def _size(self, form: str, size: QSize, low: bool) -> None:
        window, docks = self._window, self.docks
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        left = 0 if form == NARROW else LEFT[form]
        right = 0 if form == NARROW else RIGHT[form]
        centre = max(size.width() - left - right, 300)
        if form == NARROW:
            window.resizeDocks([docks["positions"]], [centre], across)
        else:
            window.resizeDocks(
                [docks["accounts"], docks["positions"], docks["explain"]],
                [left, centre, right],
                across,
            )
        height = size.height() - 160
        matrix = 0 if low else 190
        plots = max(PLOTS, int((height - matrix) * 0.38))
        rows = [docks["positions"], docks["usage"]] + ([] if low else [docks["matrix"]])
        window.resizeDocks(rows, [height - plots - matrix, plots, *([matrix] * (not low))], down)
        if form == WIDE:
            window.resizeDocks([docks["usage"], docks["spot"]], [centre // 2, centre // 2], across)
            venues = int(size.height() * 0.36)
            window.resizeDocks(
                [docks["explain"], docks["venues"]], [size.height() - venues, venues], down
            )

    def _settle_soon(self, *_: object) -> None:
        if not self._is_closed:
            self._settle.start()

    def _note_move(self, *_: object) -> None:
        """The user moved, floated or closed a dock: from now on it is his arrangement."""
        if not self._is_arranging and self._window.isVisible():
            self.form = ""
        self._settle_soon()

    def _fold(self) -> None:
        self._is_arranging = False
        for key, dock in self.docks.items():
            tabbed = bool(self._window.tabifiedDockWidgets(dock)) and not dock.isFloating()
            self._bars[key].fold(tabbed or key == "summary")
        for tabs in self._window.findChildren(
            QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly
        ):
            tabs.setDocumentMode(True)
            tabs.setDrawBase(False)
            tabs.setExpanding(False)
            tabs.setUsesScrollButtons(True)
            tabs.setElideMode(Qt.TextElideMode.ElideNone)
            tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            tabs.setAccessibleName(self.tr("Panels"))
            tabs.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            if not tabs.property("offers"):
                tabs.setProperty("offers", True)
                tabs.customContextMenuRequested.connect(self._offer)
                tabs.tabBarClicked.connect(self._enter)

    def _enter(self, row: int) -> None:
        """The tab that is clicked gets the keys, too."""
        tabs = self.sender()
        if not isinstance(tabs, QTabBar) or QApplication.mouseButtons() != LEFT_BUTTON:
            return
        title = tabs.tabText(row)
        found = (key for key, dock in self.docks.items() if dock.windowTitle() == title)
        self._entered = next(found, "")
        QTimer.singleShot(0, self, self._show_entered)  # the bar first turns to the tab itself

    def _show_entered(self) -> None:
        if self._entered and not self._is_closed:
            self.show(self._entered)

    def _offer(self, place: object) -> None:
        """Float or close the tab that was clicked with the right button."""
        tabs = self.sender()
        if not isinstance(tabs, QTabBar):
            return
        row = tabs.tabAt(place)  # type: ignore[arg-type]
        title = tabs.tabText(row)
        dock = next((each for each in self.docks.values() if each.windowTitle() == title), None)
        if dock is None:
            return
        menu = QMenu(tabs)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        floating = QAction(self.tr("Float {0}").format(title), menu)
        floating.triggered.connect(self._bars[dock.objectName()].float_button.click)
        closing = QAction(self.tr("Close {0}").format(title), menu)
        closing.triggered.connect(dock.close)
        menu.addActions([floating, closing])
        menu.popup(tabs.mapToGlobal(place))  # type: ignore[call-overload]


def form_of(size: QSize) -> str:
    """Which arrangement a window of this size has, e.g. "wide" or "medium low"."""
    width = size.width()
    form = WIDE if width >= 1600 else MEDIUM if width >= 1280 else NARROW
    return f"{form} low" if size.height() < LOW else form


def _first_focusable(panel: QWidget) -> QWidget | None:
    return next(
        (
            each
            for each in panel.findChildren(QWidget)
            if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisibleTo(panel)
        ),
        None,
    )
