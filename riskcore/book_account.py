"""An account of a book file, both ways."""

from typing import Any

import msgspec

from riskcore.book_document import (
    AccountDocument,
    BalanceDocument,
    Number,
    OrderDocument,
    PositionDocument,
)
from riskcore.errors import BookError, RiskcoreError
from riskcore.holdings import (
    Account,
    Balance,
    Holdings,
    MarginMode,
    Order,
    Position,
    Settings,
    Side,
)
from riskcore.json_text import ANY, NOT_NEGATIVE, POSITIVE, Bounds, number
from riskcore.naming import directory


def read(document: AccountDocument, place: str) -> Account:
    """The account a document describes; its name becomes its key. Raises BookError."""
    try:
        naming = directory.of(document.venue)
    except RiskcoreError as error:
        raise BookError(f"{place}.venue: {error}") from None
    positions: dict[tuple[str, str, str, str], Position] = {}
    places: dict[tuple[str, str, str, str], str] = {}
    excluded = set()
    for row, each in enumerate(document.positions):
        where = f"{place}.positions[{row}]"
        position = _position(each, naming, where)
        if position.key in positions:
            raise BookError(
                f"{where}: {each.instrument} stands twice, first at {places[position.key]}; "
                "write its quantities as one position"
            )
        positions[position.key], places[position.key] = position, where
        if not each.included:
            excluded.add(position.key)
    holdings = Holdings(
        tuple(positions.values()),
        {
            currency: _balance(each, _currency(currency, f"{place}.collateral.{currency}"))
            for currency, each in document.collateral.items()
        },
        tuple(
            _order(each, naming, f"{place}.orders[{row}]")
            for row, each in enumerate(document.orders)
        ),
        _settings(document),
    )
    group = document.parent or ""
    return Account(
        document.name,
        document.name,
        document.venue,
        document.model,
        holdings,
        group,
        frozenset(excluded),
    )


def _position(document: PositionDocument, naming: directory.Naming, place: str) -> Position:
    def optional(key: str, value: Number | None, bounds: Bounds) -> float | None:
        return None if value is None else number(value, f"{place}.{key}", bounds)

    try:
        return Position(
            naming.parse(document.instrument),
            number(document.quantity, f"{place}.quantity"),
            optional("entry_price", document.entry_price, NOT_NEGATIVE),
            optional("settled_price", document.settled_price, NOT_NEGATIVE),
            Side(document.side),
            MarginMode(document.margin_mode),
            optional("leverage", document.leverage, POSITIVE),
            optional("isolated_margin", document.isolated_margin, NOT_NEGATIVE),
            number(document.accrued_funding, f"{place}.accrued_funding"),
        )
    except BookError:
        raise
    except RiskcoreError as error:
        raise BookError(f"{place}: {error}") from None


def _order(document: OrderDocument, naming: directory.Naming, place: str) -> Order:
    size = number(document.quantity, f"{place}.quantity", POSITIVE)
    price = number(document.price, f"{place}.price", NOT_NEGATIVE)
    try:
        instrument = naming.parse(document.instrument)
    except RiskcoreError as error:
        raise BookError(f"{place}: {error}") from None
    return Order(instrument, size if document.side == "buy" else -size, price, document.reduce_only)


def _currency(name: str, place: str) -> str:
    """The place, when the currency bears the name it has everywhere. Raises BookError."""
    if name == "XBT":
        raise BookError(f"{place}: XBT is BTC here, at every venue; write BTC")
    return place


def _balance(document: Number | BalanceDocument, place: str) -> Balance:
    if not isinstance(document, BalanceDocument):
        return Balance(number(document, place))
    return Balance(
        number(document.balance, f"{place}.balance", ANY),
        number(document.borrowed, f"{place}.borrowed", NOT_NEGATIVE),
        number(document.locked, f"{place}.locked", NOT_NEGATIVE),
    )


def _settings(document: AccountDocument) -> Settings:
    enabled = document.settings.collateral_enabled
    return Settings(document.settings.position_mode, None if enabled is None else tuple(enabled))


def write(account: Account, place: str) -> dict[str, Any]:
    """The document of an account, without what has its default.

    Raises BookError when it holds an instrument of another venue: a file cannot say so.
    """
    holdings = account.holdings
    for instrument in holdings.instruments():
        if instrument.venue != account.venue:
            raise BookError(
                f"{place}: {instrument.name} is of {instrument.venue}, but the account "
                f"is at {account.venue}; move it to an account there"
            )
    enabled = holdings.settings.collateral_enabled
    settings: dict[str, Any] = {"position_mode": holdings.settings.position_mode}
    if enabled is not None:
        settings["collateral_enabled"] = list(enabled)
    return {
        "name": account.name,
        "venue": account.venue,
        "model": account.model,
        "parent": account.group or None,
        "collateral": {
            currency: _balance_document(each) for currency, each in holdings.balances.items()
        },
        "settings": settings,
        "positions": [
            _position_document(each, each.key not in account.excluded)
            for each in holdings.positions
        ],
        "orders": [_order_document(each) for each in holdings.orders],
    }


def _balance_document(balance: Balance) -> float | dict[str, float]:
    if balance.borrowed == balance.locked == 0:
        return balance.amount
    return {
        "balance": balance.amount,
        "borrowed": balance.borrowed,
        "locked": balance.locked,
    }


def _position_document(position: Position, included: bool) -> dict[str, Any]:
    document = PositionDocument(
        position.instrument.name,
        position.quantity,
        position.entry_price,
        position.settled_price,
        position.side.value,
        position.margin_mode.value,
        position.leverage,
        position.isolated_margin,
        position.accrued_funding,
        included,
    )
    return _changed(document)


def _order_document(order: Order) -> dict[str, Any]:
    return {
        "instrument": order.instrument.name,
        "side": "buy" if order.quantity > 0 else "sell",
        "quantity": abs(order.quantity),
        "price": order.price,
        "reduce_only": order.reduce_only,
    }


def _changed(document: msgspec.Struct) -> dict[str, Any]:
    """The keys of a document that do not have their default."""
    return {
        each.name: value
        for each in msgspec.structs.fields(document)
        if (value := getattr(document, each.name)) != each.default or each.required
    }
