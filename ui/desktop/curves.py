"""The spot curve of the account on the screen: at once after an edit, now and then in between."""

from PySide6.QtCore import QObject, QTimer, Signal

from riskcore.analysis.liquidation import SpotCurve
from riskcore.holdings import Account
from riskcore.market import MarketSnapshot
from ui.desktop.answers import Setting, curve
from ui.desktop.bridge import Calculator

PAUSE = 1_000  # milliseconds between two curves while the market moves


class Curves(QObject):
    """Draws the newest wish; the others are forgotten."""

    drawn = Signal(object, object)  # Account, SpotCurve

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wish: tuple[Account, MarketSnapshot, Setting] | None = None
        self._calculator = Calculator("curves", self)
        self._calculator.answered.connect(self._receive)
        self._calculator.failed.connect(self._ask)  # the report of the account says why
        self._pause = QTimer(self, interval=PAUSE, singleShot=True)
        self._pause.timeout.connect(self._ask)

    def want(self, account: Account, market: MarketSnapshot, setting: Setting) -> None:
        """Draw the curve of this account, when the pause is over."""
        self._wish = account, market, setting
        self._ask()

    def hurry(self) -> None:
        """The next wish does not wait for the pause."""
        self._pause.stop()

    def close(self) -> None:
        """Draw nothing more."""
        self._pause.stop()
        self._calculator.close()

    def _ask(self, *_: object) -> None:
        if self._wish is None or self._calculator.is_busy or self._pause.isActive():
            return
        wish, self._wish = self._wish, None
        self._pause.start()
        self._calculator.ask(curve, *wish)

    def _receive(self, answered: tuple[Account, SpotCurve]) -> None:
        self.drawn.emit(*answered)
        self._ask()
