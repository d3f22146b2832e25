"""The account on the screen under every model: after an edit at once, and now and then between."""

from PySide6.QtCore import QObject, QTimer, Signal

from riskcore.holdings import Account
from riskcore.market import MarketSnapshot
from ui.desktop.answers import Setting, compared
from ui.desktop.bridge import Calculator

PAUSE = 1_000  # milliseconds between two comparisons while the market moves


class Comparisons(QObject):
    """Answers the newest wish, and only while somebody looks; the other wishes are forgotten."""

    compared = Signal(object, object, object, object)  # Account, market, Setting, Comparison
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wish: tuple[Account, MarketSnapshot, Setting] | None = None
        self._is_watched = False
        self._calculator = Calculator("comparisons", self)
        self._calculator.answered.connect(self._receive)
        self._calculator.failed.connect(self._fail)
        self._pause = QTimer(self, interval=PAUSE, singleShot=True)
        self._pause.timeout.connect(self._ask)

    def watch(self, is_watched: bool) -> None:
        """Whether somebody looks at what comes of it."""
        self._is_watched = is_watched
        self._ask()

    def want(self, account: Account, market: MarketSnapshot, setting: Setting) -> None:
        """Compare the models on this account, when the pause is over."""
        self._wish = account, market, setting
        self._ask()

    def hurry(self) -> None:
        """The next wish does not wait for the pause."""
        self._pause.stop()

    def close(self) -> None:
        """Compare nothing more."""
        self._is_watched = False
        self._pause.stop()
        self._calculator.close()

    def _ask(self) -> None:
        if not self._is_watched or self._wish is None:
            return
        if self._calculator.is_busy or self._pause.isActive():
            return
        wish, self._wish = self._wish, None
        self._pause.start()
        self._calculator.ask(compared, *wish)

    def _receive(self, answered: tuple[object, object, object, object]) -> None:
        self.compared.emit(*answered)
        self._ask()

    def _fail(self, sentence: str) -> None:
        self.failed.emit(sentence)
        self._ask()
