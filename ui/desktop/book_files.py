"""Files the user opens and saves: books, position lists, recorded markets."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from riskcore.errors import Refusal
from riskcore.holdings import Account
from riskcore.journal import ImportedPositions
from riskcore.market import MarketSnapshot
from ui.desktop.bridge import Clerk
from ui.desktop.ports import Services
from ui.desktop.session import Session, new_key

BOOKS = "Books (*.json)"
LISTS = "Position lists (*.csv *.tsv *.txt);;All files (*)"
MARKETS = "Recorded markets (*.csv *.csv.gz *.json *.json.gz);;All files (*)"


class BookFiles(QObject):
    """Reads and writes on a worker; what it says goes to the status bar."""

    said = Signal(str)
    busy = Signal(str)  # what takes time
    done = Signal()  # it is done
    feed_opened = Signal(object, str)  # Feed, path
    market_read = Signal(object)  # MarketSnapshot

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._services: Services = session.services
        self._clerk = Clerk("files", self)
        self._clerk.answered.connect(self._receive)
        self._clerk.failed.connect(self._fail)

    def close(self) -> None:
        """Wait for what is being read or written."""
        self._clerk.close()

    def open_book(self) -> None:
        """Ask for a book file and add its accounts."""
        path = QFileDialog.getOpenFileName(self._window, self.tr("Open book"), "", BOOKS)[0]
        if path:
            self.read_book(Path(path))

    def save_book(self) -> None:
        """Ask for a name and write every account and the market to it."""
        name = QFileDialog.getSaveFileName(
            self._window, self.tr("Save a copy of the book"), "book.json", BOOKS
        )[0]
        if name:
            self.write_book(Path(name))

    def import_positions(self) -> None:
        """Ask for a position list and add what it holds to the account on the screen."""
        path = QFileDialog.getOpenFileName(
            self._window, self.tr("Import positions from a file"), "", LISTS
        )[0]
        if path:
            self.read_positions(Path(path))

    def open_feed(self) -> None:
        """Ask for a recorded market file."""
        path = QFileDialog.getOpenFileName(
            self._window, self.tr("Open a recorded market file"), "", MARKETS
        )[0]
        if path:
            self.read_feed(Path(path))

    def open_feed_folder(self) -> None:
        """Ask for a folder of recorded markets."""
        path = QFileDialog.getExistingDirectory(
            self._window, self.tr("Open a folder of recorded markets")
        )
        if path:
            self.read_feed(Path(path))

    def read_book(self, path: Path) -> None:
        """Add the accounts of a book file, and show its market when it has one."""
        self._ask(self.tr("Reading {0}").format(path.name), _read_book, self._services, path)

    def write_book(self, path: Path) -> None:
        """Write every account and the market."""
        accounts = tuple(self._session.accounts.values())
        self._ask(
            self.tr("Writing {0}").format(path.name),
            _write_book,
            self._services,
            path,
            accounts,
            self._session.market,
        )

    def read_positions(self, path: Path) -> None:
        """Add the positions of a list to the account on the screen."""
        account = self._session.current
        if account is None:
            self.said.emit(self.tr("Add an account first: positions need one to be in"))
            return
        self._ask(
            self.tr("Reading {0}").format(path.name), _read_list, self._services, path, account
        )

    def read_feed(self, path: Path) -> None:
        """Open a recorded market, a file or a folder."""
        self._ask(self.tr("Opening {0}").format(path.name), _read_feed, self._services, path)

    def _ask(self, what: str, function: Callable[..., object], *inputs: object) -> None:
        self.busy.emit(what)
        self._clerk.ask(function, *inputs)

    def _receive(self, answer: tuple[str, Path, object]) -> None:
        self.done.emit()
        kind, path, result = answer
        match kind, result:
            case "book", (tuple() as accounts, MarketSnapshot() | None as market):
                self._take_book(path, accounts, market)
            case "feed", feed:
                self.feed_opened.emit(feed, str(path))
            case "list", (str() as key, ImportedPositions() as imported):
                self._take_positions(path, key, imported)
            case "written", int(count):
                self.said.emit(self.tr("{0} accounts are written to {1}").format(count, path.name))
            case _:
                raise AssertionError(kind)

    def _take_book(
        self, path: Path, accounts: tuple[Account, ...], market: MarketSnapshot | None
    ) -> None:
        fresh = tuple(replace(each, key=new_key()) for each in accounts)
        text = self.tr("Open {0}").format(path.name)
        self._session.add_accounts(fresh, text, "import")
        if market is not None:
            self.market_read.emit(market)
        many = self.tr("{0} accounts are added from {1}").format(len(fresh), path.name)
        one = self.tr("1 account is added from {0}").format(path.name)
        self.said.emit(one if len(fresh) == 1 else many)

    def _take_positions(self, path: Path, key: str, imported: ImportedPositions) -> None:
        account = self._session.accounts.get(key)
        if account is None:
            return
        holdings = account.holdings
        for position in imported.positions:
            holdings = holdings.with_position(position)
        after = replace(account, holdings=holdings)
        self._session.edit(after, self.tr("Import {0}").format(path.name), "import")
        taken, refused = len(imported.positions), imported.refused
        sentence = self.tr("{0} positions are taken from {1}").format(taken, path.name)
        if refused:
            first = refused[0]
            sentence += self.tr("; {0} lines are refused, line {1}: {2}").format(
                len(refused), first.row, first.refused
            )
        self.said.emit(sentence)

    def _fail(self, sentence: str) -> None:
        self.done.emit()
        self.said.emit(f"▲ {sentence}")


def _read_book(services: Services, path: Path) -> tuple[str, Path, object]:
    return "book", path, services.read_book(path)


def _write_book(
    services: Services, path: Path, accounts: tuple[Account, ...], market: MarketSnapshot | None
) -> tuple[str, Path, object]:
    services.write_book(path, accounts, market)
    return "written", path, len(accounts)


def _read_list(services: Services, path: Path, account: Account) -> tuple[str, Path, object]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", "") or "it is not text in UTF-8"
        raise Refusal(f"{path.name} cannot be read: {reason}") from None
    return "list", path, (account.key, services.read_positions(text, account.venue))


def _read_feed(services: Services, path: Path) -> tuple[str, Path, object]:
    return "feed", path, services.open_feed(path)
