"""Pictures of the window and of each of its regions, in every look, at a fixed step of the demo."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QWidget

from riskcore.holdings import Account
from riskcore.journal import Change
from riskcore.query import Sample, sample
from ui.desktop import saved_window, theme
from ui.desktop.answers import Setting, answers
from ui.desktop.app import application, open_window
from ui.desktop.crash import CrashReport
from ui.desktop.main_window import WINDOW, MainWindow
from ui.desktop.ports import Services
from ui.desktop.saved_window import SavedWindow

STEP = 985  # the crash is under way
EVERY = 6  # of the steps before it become history
LOOKS = (("dark", False), ("light", False), ("dark", True), ("light", True))
SIZES = (QSize(1680, 1050), QSize(1280, 900))
PATIENCE = 60.0  # seconds for the first figures on a slow machine
SETTLED = 0.5  # seconds for layouts and plots


@dataclass
class NothingKept:
    """Stores that forget: pictures touch nobody's data."""

    states: dict[str, bytes] = field(default_factory=dict)

    def load(self, name: str = "") -> bytes | None:
        """The state under a name."""
        return self.states.get(name)

    def names(self) -> tuple[str, ...]:
        """Every name."""
        return tuple(self.states)

    def save(self, name: str, state: bytes) -> None:
        """Keep a state under a name."""
        self.states[name] = state


class NoAccounts:
    """A store that begins empty and forgets what it is given."""

    def load(self) -> tuple[Account, ...]:
        """None."""
        return ()

    def groups(self) -> tuple[str, ...]:
        """None."""
        return ()

    def save(self, account: Account, changes: Sequence[Change]) -> None:
        """Nothing."""

    def delete(self, key: str, changes: Sequence[Change]) -> None:
        """Nothing."""

    def arrange(self, keys: Sequence[str], groups: Sequence[str]) -> None:
        """Nothing."""

    def audit(self, _account: str, _newest: int) -> tuple[Change, ...]:
        """None."""
        return ()


@dataclass
class MadeHistory:
    """The history of one account, computed beforehand."""

    samples: tuple[Sample, ...] = ()

    def append(self, samples: Sequence[Sample]) -> None:
        """Nothing."""

    def read(self, account: str, since: datetime) -> tuple[Sample, ...]:
        """The points of an account from an instant on."""
        return tuple(
            each for each in self.samples if each.account == account and each.as_of >= since
        )


def run(services: Services, out: Path) -> int:
    """Write every picture into a folder; the exit status."""
    out.mkdir(parents=True, exist_ok=True)
    app = application(["counterpoise"], services.resources)
    crash = CrashReport(None)
    crash.install()
    kept = NothingKept({WINDOW: saved_window.encode(SavedWindow(step=STEP, hints_seen=True))})
    alone = replace(
        services,
        accounts=NoAccounts(),
        history=MadeHistory(_history(services)),
        workspaces=kept,
        database="counterpoise.db",
        recovered="",
    )
    window = open_window(alone)
    try:
        _show(app, window)
        for name, colour_blind in LOOKS:
            window.set_theme(theme.load(services.resources, name, colour_blind=colour_blind))
            look = f"{name}-colour-blind" if colour_blind else name
            for size in SIZES:
                window.resize(size)
                _settle(app)
                window.grab().save(str(out / f"window-{look}-{size.width()}x{size.height()}.png"))
            if not colour_blind:
                window.resize(SIZES[0])
                _settle(app)
                _regions(app, window, look, out)
                _dialogs(app, window, look, out)
    finally:
        window.close()
        crash.remove()
    return 0


def _history(services: Services) -> tuple[Sample, ...]:
    """What the usage plot would have gathered by now."""
    setting = Setting(services.library)
    account = services.demo_accounts[:1]
    made = []
    for step in range(0, STEP, EVERY):
        done = answers(account, services.demo_feed.snapshot(step), setting, {})
        made += [sample(answer.report) for answer in done.answers if answer.report is not None]
    return tuple(made)


def _show(app: QApplication, window: MainWindow) -> None:
    window.resize(SIZES[0])
    window.show()
    window.begin()
    window.player.pause()
    _wait(app, lambda: window.session.report is not None)
    _wait(app, lambda: len(window.session.reports) == len(window.session.accounts))
    _settle(app)
    _wait(app, lambda: len(window.session.samples()) > 1)
    _settle(app)


def _regions(app: QApplication, window: MainWindow, look: str, out: Path) -> None:
    for key, dock in window.docks.docks.items():
        dock.raise_()
        _settle(app)
        dock.grab().save(str(out / f"region-{key}-{look}.png"))
    for key in ("positions", "usage"):
        window.docks.docks[key].raise_()
    window.top.grab().save(str(out / f"region-top-bar-{look}.png"))
    window.status.grab().save(str(out / f"region-status-bar-{look}.png"))


def _dialogs(app: QApplication, window: MainWindow, look: str, out: Path) -> None:
    for name, show in (
        ("command-search", window.search_commands),
        ("keyboard", window.guide.show_keys),
        ("help", window.guide.show_help),
        ("about", window.guide.show_about),
    ):
        before = set(_dialogs_of(app))
        show()
        _settle(app)
        for dialog in set(_dialogs_of(app)) - before:
            dialog.grab().save(str(out / f"dialog-{name}-{look}.png"))
            dialog.close()
        _settle(app)


def _dialogs_of(app: QApplication) -> list[QWidget]:
    return [each for each in app.topLevelWidgets() if each.isVisible()]


def _settle(app: QApplication) -> None:
    end = monotonic() + SETTLED
    _wait(app, lambda: monotonic() > end)


def _wait(app: QApplication, until: Callable[[], bool]) -> None:
    """Let the window work until something holds. Raises AssertionError when it never does."""
    end = monotonic() + PATIENCE
    while not until():
        app.processEvents()
        if monotonic() > end:
            raise AssertionError("the window did not become ready for its picture")
