"""The market of a book file, both ways."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isnan, nan
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec
import numpy as np

from riskcore.book_document import (
    FeedDocument,
    LendingDocument,
    MarketDocument,
    QuoteDocument,
    SettlementDocument,
    SurfaceDocument,
    SviDocument,
)
from riskcore.errors import BookError, RiskcoreError
from riskcore.instruments import Instrument
from riskcore.json_text import ANY, FRACTION, NOT_NEGATIVE, POSITIVE, Bounds, number
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import directory
from riskcore.time import instant, iso
from riskcore.universe import USD, Universe

PRICES = {  # of a quote, to the columns of a snapshot
    "mark": NOT_NEGATIVE,
    "bid": NOT_NEGATIVE,
    "ask": NOT_NEGATIVE,
    "vol": NOT_NEGATIVE,
    "forward": POSITIVE,
    "funding_8h": ANY,
    "open_interest": NOT_NEGATIVE,
}
KEPT = {"confidence": FRACTION, "rate": ANY, "discount": POSITIVE, "delta": ANY}
ROWS = {  # of everything that is kept beside the quotes
    "a": ANY,
    "b": NOT_NEGATIVE,
    "rho": Bounds(-1.0, 1.0),
    "m": ANY,
    "sigma": NOT_NEGATIVE,
    "forward": POSITIVE,
    "tau": NOT_NEGATIVE,
    "confidence": FRACTION,
    "value": ANY,
    "fixed_part": ANY,
    "average": NOT_NEGATIVE,
    "seconds_left": NOT_NEGATIVE,
    "utilisation": FRACTION,
    "rate": ANY,
}

Row = TypeVar(
    "Row", SurfaceDocument, FeedDocument, SettlementDocument, LendingDocument, SviDocument
)


@dataclass(frozen=True, slots=True)
class Supplement:
    """What a book's market holds beyond prices. Its numbers are floats.

    quotes  per instrument any of confidence, rate, discount, delta
    """

    quotes: Mapping[Instrument, Mapping[str, float]] = field(default_factory=dict)
    surfaces: tuple[SurfaceDocument, ...] = ()
    feeds: tuple[FeedDocument, ...] = ()
    settlement: tuple[SettlementDocument, ...] = ()
    lending: tuple[LendingDocument, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "quotes", MappingProxyType(dict(self.quotes)))


def read(document: MarketDocument) -> tuple[MarketSnapshot, Supplement]:
    """The market a document describes, its quotes in the order of the file. Raises BookError."""
    as_of = _instant(document.as_of, "market.as_of")
    index = {
        name: number(price, f"market.index.{name}", POSITIVE)
        for name, price in document.index.items()
    }
    if index.get(USD, 1.0) != 1.0:
        raise BookError(f"market.index.{USD}: it is 1 by definition; remove the key")
    rows = _instruments(document.quotes)
    columns = {key: np.full(len(rows), nan) for key in (*PRICES, "quoted_at")}
    kept: dict[Instrument, dict[str, float]] = {}
    for row, (instrument, quote) in enumerate(zip(rows, document.quotes, strict=True)):
        place = f"market.quotes[{row}]"
        for key, bounds in PRICES.items():
            if (value := getattr(quote, key)) is not None:
                columns[key][row] = number(value, f"{place}.{key}", bounds)
        beside = {
            key: number(value, f"{place}.{key}", bounds)
            for key, bounds in KEPT.items()
            if (value := getattr(quote, key)) is not None
        }
        if beside:
            kept[instrument] = beside
        if quote.as_of is not None:
            columns["quoted_at"][row] = _instant(quote.as_of, f"{place}.as_of").timestamp()
    market = snapshot(
        as_of,
        Universe(tuple(rows)),
        index,
        source=document.source,
        synthetic=document.synthetic,
        notes=tuple(document.notes),
        without_futures=document.without_futures,
        **columns,
    )
    return market, Supplement(
        kept,
        tuple(_row(each, f"market.surfaces[{n}]") for n, each in enumerate(document.surfaces)),
        tuple(_row(each, f"market.feeds[{n}]") for n, each in enumerate(document.feeds)),
        tuple(_row(each, f"market.settlement[{n}]") for n, each in enumerate(document.settlement)),
        tuple(_row(each, f"market.lending[{n}]") for n, each in enumerate(document.lending)),
    )


def _instruments(quotes: list[QuoteDocument]) -> list[Instrument]:
    namings: dict[str, directory.Naming] = {}
    rows: dict[Instrument, int] = {}
    for row, quote in enumerate(quotes):
        place = f"market.quotes[{row}]"
        try:
            if quote.venue not in namings:
                namings[quote.venue] = directory.of(quote.venue)
            instrument = namings[quote.venue].parse(quote.instrument)
        except RiskcoreError as error:
            raise BookError(f"{place}: {error}") from None
        if instrument in rows:
            raise BookError(
                f"{place}: {quote.instrument} is also quoted at market.quotes[{rows[instrument]}]; "
                "keep one of them"
            )
        rows[instrument] = row
    return list(rows)


def _row(document: Row, place: str) -> Row:
    """The same row with every number a float and every instant checked."""
    plain: dict[str, Any] = {}
    for each in msgspec.structs.fields(document):
        key, value = each.name, getattr(document, each.name)
        where = f"{place}.{key}"
        match value:
            case None:
                continue
            case SviDocument():
                plain[key] = _row(value, where)
            case dict():
                plain[key] = {
                    name: number(cap, f"{where}.{name}", NOT_NEGATIVE)
                    for name, cap in value.items()
                }
            case _ if key in ROWS:
                plain[key] = number(value, where, ROWS[key])
            case _ if key == "expiry":
                plain[key] = iso(_instant(value, where))
    return msgspec.structs.replace(document, **plain)


def _instant(text: str, place: str) -> datetime:
    try:
        return instant(text)
    except RiskcoreError as error:
        raise BookError(f"{place}: {error}") from None


def write(market: MarketSnapshot, supplement: Supplement) -> dict[str, Any]:
    """The document of a market, without what is not known."""
    written: dict[str, Any] = {
        "as_of": iso(market.as_of),
        "index": {name: price for name, price in market.index.items() if name != USD},
        "quotes": _quotes(market, supplement),
    }
    for key in ("surfaces", "feeds", "settlement", "lending"):
        if rows := getattr(supplement, key):
            written[key] = [_without_none(msgspec.to_builtins(each)) for each in rows]
    for key in ("source", "without_futures"):
        if text := getattr(market, key):
            written[key] = text
    if market.synthetic:
        written["synthetic"] = True
    if market.notes:
        written["notes"] = list(market.notes)
    return written


def _quotes(market: MarketSnapshot, supplement: Supplement) -> list[dict[str, Any]]:
    columns = {key: getattr(market, key).tolist() for key in PRICES}
    quoted_at = market.quoted_at.tolist()
    quotes = []
    for row, instrument in enumerate(market.universe.instruments):
        quote: dict[str, Any] = {"venue": instrument.venue, "instrument": instrument.name}
        quote |= {key: column[row] for key, column in columns.items() if not isnan(column[row])}
        quote |= supplement.quotes.get(instrument, {})
        if not isnan(quoted_at[row]):
            quote["as_of"] = iso(datetime.fromtimestamp(quoted_at[row], UTC))
        quotes.append(quote)
    return quotes


def _without_none(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None}
