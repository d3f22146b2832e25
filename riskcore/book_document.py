"""The book file `counterpoise-book/1` as it is written: keys, types and bounds of size.

The JSON Schema of the format is made from these types. Meaning is checked in book.py, where a
refusal can say which account or quote it is about.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

FORMAT = "counterpoise-book/1"
MAX_BYTES = 50_000_000
MAX_ACCOUNTS = 1_000
MAX_ROWS = 20_000  # positions or orders of one account
MAX_QUOTES = 100_000
MAX_TEXT = 1_000

_DECIMAL = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"

Number = float | Annotated[str, Meta(pattern=_DECIMAL, max_length=64)]
Text = Annotated[str, Meta(max_length=MAX_TEXT)]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Instant = Annotated[str, Meta(max_length=40, description="ISO 8601, ending in Z")]


class BalanceDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The venue's cash balance of one currency, without open profit or option value."""

    balance: Number
    borrowed: Number = 0.0
    locked: Number = 0.0


class PositionDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A position; the quantity is in the unit in which the venue states it, long positive."""

    instrument: Code
    quantity: Number
    entry_price: Number | None = None
    settled_price: Number | None = None
    side: Literal["net", "long", "short"] = "net"
    margin_mode: Literal["cross", "isolated"] = "cross"
    leverage: Number | None = None
    isolated_margin: Number | None = None
    accrued_funding: Number = 0.0
    included: bool = True


class OrderDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A resting order; its quantity is positive, its side says which way."""

    instrument: Code
    side: Literal["buy", "sell"]
    quantity: Number
    price: Number
    reduce_only: bool = False


class SettingsDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the venue keeps the account; null means every currency counts as collateral."""

    position_mode: Literal["net", "hedge"] = "net"
    collateral_enabled: list[Code] | None = None


Collateral = Number | BalanceDocument


class AccountDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One collateral pool at one venue; `parent` is the path of its group."""

    name: Name
    venue: Code
    model: Code
    parent: Name | None = None
    collateral: dict[Code, Collateral] = {}
    settings: SettingsDocument = SettingsDocument()
    positions: Annotated[list[PositionDocument], Meta(max_length=MAX_ROWS)] = []
    orders: Annotated[list[OrderDocument], Meta(max_length=MAX_ROWS)] = []


class QuoteDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a venue quotes for an instrument; `vol` is a fraction, prices are as quoted there."""

    venue: Code
    instrument: Code
    mark: Number | None = None
    bid: Number | None = None
    ask: Number | None = None
    vol: Number | None = None
    forward: Number | None = None
    funding_8h: Number | None = None
    open_interest: Number | None = None
    confidence: Number | None = None
    rate: Number | None = None
    discount: Number | None = None
    delta: Number | None = None
    as_of: Instant | None = None


class SviDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Total variance w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2))."""

    a: Number
    b: Number
    rho: Number
    m: Number
    sigma: Number


class SurfaceDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A venue's volatility surface of one expiry."""

    venue: Code
    underlying: Code
    expiry: Instant
    svi: SviDocument
    forward: Number | None = None
    tau: Number | None = None
    confidence: Number | None = None


class FeedDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A venue's oracle value; a forward or rate belongs to an expiry."""

    venue: Code
    underlying: Code
    kind: Literal["spot", "perp", "forward", "rate", "stable", "twap"]
    value: Number
    expiry: Instant | None = None
    fixed_part: Number | None = None
    confidence: Number | None = None


class SettlementDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far the averaging of a settlement price has come."""

    venue: Code
    expiry: Instant
    average: Number
    seconds_left: Number
    underlying: Code | None = None


class LendingDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A venue's lending pool of one currency."""

    venue: Code
    currency: Code
    utilisation: Number | None = None
    rate: Number | None = None
    caps: dict[Code, Number] = {}


class MarketDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The market at one instant; an index `venue:coin` overrides that of the coin there."""

    as_of: Instant
    index: dict[Code, Number]
    quotes: Annotated[list[QuoteDocument], Meta(max_length=MAX_QUOTES)] = []
    surfaces: Annotated[list[SurfaceDocument], Meta(max_length=MAX_ROWS)] = []
    feeds: Annotated[list[FeedDocument], Meta(max_length=MAX_ROWS)] = []
    settlement: Annotated[list[SettlementDocument], Meta(max_length=MAX_ROWS)] = []
    lending: Annotated[list[LendingDocument], Meta(max_length=MAX_ROWS)] = []
    source: Text = ""
    synthetic: bool = False
    notes: Annotated[list[Text], Meta(max_length=1_000)] = []
    without_futures: Text = ""


Overrides = dict[str, dict[str, Any]]


class BookDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Accounts, their market and the parameters their owner replaced."""

    format: Literal["counterpoise-book/1"]
    name: Name
    accounts: Annotated[list[AccountDocument], Meta(max_length=MAX_ACCOUNTS)]
    market: MarketDocument | None = None
    parameters: dict[Code, Overrides] = {}


VALUES: dict[str, Any] = {  # what the keys of free mappings lead to, to name the key that is wrong
    "collateral": Collateral,
    "index": Number,
    "caps": Number,
    "parameters": Overrides,
}
