"""Rounds of reports: every account is answered, the one on the screen first."""

from PySide6.QtCore import QObject, QTimer, Signal

from riskcore.holdings import Account
from riskcore.market import MarketSnapshot
from ui.desktop.answers import Bound, Round, Setting, Wish, answers
from ui.desktop.bridge import Calculator

PATIENCE = 150  # milliseconds the account on the screen may wait before the screen says so


class Rounds(QObject):
    """Answers one wish after another. Of those that come while one is answered, the newest stays.

    So a fast market never starves the accounts that are not on the screen.
    """

    answered = Signal(object)  # Answer
    finished = Signal()
    computing_changed = Signal(bool)
    failed = Signal(str)  # a bug of ours, in words; the round goes on

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wish: Wish | None = None  # being answered
        self._next: Wish | None = None
        self._others_wait = False
        self._models: Bound = {}
        self._models_of: tuple[MarketSnapshot, Setting] | None = None
        self._is_said = False
        self._calculator = Calculator("reports", self)
        self._calculator.answered.connect(self._receive)
        self._calculator.failed.connect(self._fail)
        self._patience = QTimer(self, interval=PATIENCE, singleShot=True)
        self._patience.timeout.connect(self._say)

    @property
    def is_busy(self) -> bool:
        """Whether a wish is being answered."""
        return self._wish is not None

    def want(self, wish: Wish) -> None:
        """Answer this wish, after the one that is being answered."""
        if self._wish is None:
            self._begin(wish)
        else:
            self._next = wish

    def close(self) -> None:
        """Answer nothing more."""
        self._patience.stop()
        self._calculator.close()

    def _begin(self, wish: Wish) -> None:
        self._wish, self._next = wish, None
        if not self._is_said and not self._patience.isActive():
            self._patience.start()
        self._others_wait = len(wish.accounts) > 1
        if wish.accounts:
            self._ask(wish.accounts[:1], wish)
        else:
            self._end()

    def _ask(self, accounts: tuple[Account, ...], wish: Wish) -> None:
        of = self._models_of
        is_same = of is not None and of[0] is wish.market and of[1] is wish.setting
        models = self._models if is_same else {}
        self._calculator.ask(answers, accounts, wish.market, wish.setting, models)

    def _receive(self, answered: Round) -> None:
        wish = self._wish
        assert wish is not None
        self._models, self._models_of = answered.models, (wish.market, wish.setting)
        for answer in answered.answers:
            self.answered.emit(answer)
        if self._next is None or self._next.market is not wish.market:
            self._unsay()  # an edit that came meanwhile is still to be answered, a tick is news
        self._go_on()

    def _fail(self, sentence: str) -> None:
        self.failed.emit(sentence)
        self._go_on()

    def _go_on(self) -> None:
        if self._others_wait and self._wish is not None:
            self._others_wait = False
            self._ask(self._wish.accounts[1:], self._wish)
        else:
            self._end()

    def _end(self) -> None:
        self._wish = None
        self.finished.emit()
        if self.is_busy:
            return  # who heard of the end had a new wish
        if self._next is not None:
            self._begin(self._next)
            return
        self._unsay()

    def _unsay(self) -> None:
        self._patience.stop()
        if self._is_said:
            self._is_said = False
            self.computing_changed.emit(False)

    def _say(self) -> None:
        self._is_said = True
        self.computing_changed.emit(True)
