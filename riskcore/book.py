"""The book file `counterpoise-book/1`: accounts, market and replaced parameters, both ways."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from riskcore import book_account, book_market
from riskcore.book_document import FORMAT, MAX_BYTES, VALUES, BookDocument
from riskcore.errors import BookError, MarketError
from riskcore.holdings import Account
from riskcore.instruments import Dated, Instrument
from riskcore.json_text import decode, laid_out
from riskcore.market import MarketSnapshot
from riskcore.time import iso

Parameters = Mapping[str, Mapping[str, Mapping[str, Any]]]  # model -> underlying -> key -> value


@dataclass(frozen=True, slots=True)
class Book:
    """One or more accounts and their market.

    market      None for a book that takes its market from elsewhere
    parameters  model -> underlying -> key -> value that replaces the published one

    With a market, everything an account counts must be quoted in it and not be expired. Raises
    BookError otherwise, or when two accounts have one name.
    """

    name: str
    accounts: tuple[Account, ...]
    market: MarketSnapshot | None = None
    parameters: Parameters = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise BookError("name: a book needs a name")
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))
        first: dict[str, int] = {}
        for row, account in enumerate(self.accounts):
            place = f"accounts[{row}]"
            if account.name in first:
                raise BookError(
                    f"{place}.name: {account.name!r} is also the name of "
                    f"accounts[{first[account.name]}]; every account needs its own"
                )
            first[account.name] = row
            if self.market is not None:
                _require_quoted(account, self.market, place)


def read(text: str | bytes) -> Book:
    """The book a file holds; accounts get their names as keys.

    Raises BookError, its sentence beginning with the path of the key.
    """
    document = decode(text, BookDocument, FORMAT, MAX_BYTES, VALUES)
    accounts = tuple(
        book_account.read(each, f"accounts[{row}]") for row, each in enumerate(document.accounts)
    )
    if document.market is None:
        return Book(document.name, accounts, None, document.parameters)
    return Book(document.name, accounts, book_market.read(document.market), document.parameters)


def write(book: Book) -> str:
    """The text of a book file; `read` gives the same book from it, keys of accounts apart."""
    written: dict[str, Any] = {
        "format": FORMAT,
        "name": book.name,
        "accounts": [
            book_account.write(each, f"accounts[{row}]") for row, each in enumerate(book.accounts)
        ],
    }
    if book.market is not None:
        written["market"] = book_market.write(book.market)
    if book.parameters:
        written["parameters"] = dict(book.parameters)
    return laid_out(written) + "\n"


def _require_quoted(account: Account, market: MarketSnapshot, place: str) -> None:
    held = [
        (f"{place}.positions[{row}]", each.instrument)
        for row, each in enumerate(account.holdings.positions)
        if each.key not in account.excluded
    ]
    ordered = [
        (f"{place}.orders[{row}]", each.instrument)
        for row, each in enumerate(account.holdings.orders)
    ]
    for where, instrument in held + ordered:
        _refuse_expired(instrument, market, where)
        try:
            market.row(instrument)
        except MarketError as error:
            raise BookError(f"{where}: {error}; add it to market.quotes") from None
        for currency in (instrument.base, instrument.settlement):
            _require_index(currency, market, where)
    for currency in account.holdings.balances:
        _require_index(currency, market, f"{place}.collateral.{currency}")


def _refuse_expired(instrument: Instrument, market: MarketSnapshot, where: str) -> None:
    if isinstance(instrument, Dated) and instrument.expiry <= market.as_of:
        raise BookError(
            f"{where}: {instrument.name} expired at {iso(instrument.expiry)}, and the market is of "
            f"{iso(market.as_of)}; remove it and book what it paid as collateral"
        )


def _require_index(currency: str, market: MarketSnapshot, where: str) -> None:
    if currency not in market.index:
        raise BookError(f"{where}: market.index has no price of {currency}; add it, in USD")
