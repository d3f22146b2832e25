"""A session over a small market, and hands that type into grids."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from riskcore.holdings import Account
from riskcore.market import MarketSnapshot
from storage.files.positions import read_positions
from tests.builders import market
from tests.ui.desktop.stand_ins import RESOURCES, MemoryAccounts, desk, services
from ui.desktop import theme
from ui.desktop.grid import GridView
from ui.desktop.grid_panel import GridPanel
from ui.desktop.session import Session

STRIKES = range(40_000, 90_000, 500)
LISTED = (
    "BTC-PERPETUAL",
    "ETH-PERPETUAL",
    "BTC_USDC-PERPETUAL",
    "BTC-27MAR26",
    "ETH-27MAR26-2000-C",
    *(f"BTC-27FEB26-{strike}-{right}" for strike in STRIKES for right in "CP"),
)
DARK = theme.load(RESOURCES)
LIGHT = theme.load(RESOURCES, "light")
WAIT = 20_000  # milliseconds; the first report imports the models


def listed(scale: float = 1.0) -> MarketSnapshot:
    """A market of all that is listed, its prices times a scale."""
    return market(
        *LISTED,
        index={"BTC": 70_000.0 * scale, "ETH": 2_000.0 * scale, "USDC": 1.0, "USDE": 1.0},
    )


@contextmanager
def session(*accounts: Account, groups: tuple[str, ...] = ()) -> Iterator[Session]:
    """A session whose accounts are kept in memory."""
    kept = MemoryAccounts({each.key: each for each in accounts or (desk(),)}, groups)
    made = Session(services(kept, read_positions=read_positions))
    try:
        yield made
    finally:
        made.close()


def settle(qtbot: object, made: Session) -> None:
    """Wait until the report is that of what the account holds now."""

    def is_settled() -> bool:
        account, report = made.current, made.report
        if account is None or report is None or made.is_computing:
            return False
        held = {each.key: each for each in account.included().positions}
        lines = report.results[0].lines
        return held == {line.position.key: line.position for line in lines}

    qtbot.waitUntil(is_settled, timeout=WAIT)  # type: ignore[attr-defined]


def editor(view: GridView) -> QLineEdit:
    """The open editor of a grid."""
    found = view.indexWidget(view.currentIndex())
    assert isinstance(found, QLineEdit), "no editor is open"
    return found


def typing(view: GridView, text: str, *keys: Qt.Key) -> None:
    """Type into a grid as a person does: the first key opens the editor."""
    for character in text:
        QTest.keyClick(editor(view) if view.is_editing else view, character)
    for key in keys:
        QTest.keyClick(editor(view) if view.is_editing else view, key)


def click(view: GridView, row: int, column: int, x: int = -1) -> None:
    """Click into a cell, at its middle or so many pixels from its left edge."""
    rect = view.visualRect(view.model().index(row, column))
    at = rect.center() if x < 0 else QPoint(rect.left() + x, rect.center().y())
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def row_of(panel: GridPanel, name: str) -> int:
    """The row whose first cell has this text."""
    return next(at for at, row in enumerate(panel.model.rows) if row.cells[0].text == name)


def texts(panel: GridPanel, column: str) -> Mapping[str, str]:
    """What stands in a column, by the text of the first cell."""
    at = next(at for at, each in enumerate(panel.model.columns) if each.name == column)
    return {row.cells[0].text: row.cells[at].text for row in panel.model.rows}


def copied() -> str:
    """The text on the clipboard."""
    return QApplication.clipboard().text()


def copy(text: str) -> None:
    """Put a text on the clipboard."""
    QApplication.clipboard().setText(text)
