"""Surfaces, oracle values, settlement averages and lending of a book file, both ways."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from riskcore.book_document import FeedDocument, MarketDocument, SurfaceDocument, SviDocument
from riskcore.errors import BookError, RiskcoreError
from riskcore.json_text import ANY, FRACTION, NOT_NEGATIVE, POSITIVE, Bounds, number
from riskcore.naming import directory
from riskcore.oracles import Averaging, Feed, Lending, Oracles, Surface
from riskcore.time import instant, iso

ROWS = {
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
DATED = ("forward", "rate")  # kinds of feeds of which each expiry has its own
Row = TypeVar("Row", bound=msgspec.Struct)
SVI = tuple(each.name for each in msgspec.structs.fields(SviDocument))


def read(document: MarketDocument) -> Oracles:
    """What a market document says of a venue's oracles. Raises BookError."""
    return Oracles(
        tuple(
            _surface(each, place)
            for each, place in _placed(document.surfaces, "surfaces", ("underlying", "expiry"))
        ),
        tuple(
            _feed(each, place)
            for each, place in _placed(document.feeds, "feeds", ("underlying", "kind", "expiry"))
        ),
        tuple(
            Averaging(**_plain(each, place))
            for each, place in _placed(document.settlement, "settlement", ("underlying", "expiry"))
        ),
        tuple(
            Lending(**_plain(each, place))
            for each, place in _placed(document.lending, "lending", ("currency",))
        ),
    )


def _placed(rows: Sequence[Row], name: str, keys: Sequence[str]) -> Iterator[tuple[Row, str]]:
    """Every row of a list with its place. Raises BookError for one that stands there twice.

    keys  those that, with the venue, say what a row is about
    """
    places: dict[tuple[object, ...], str] = {}
    for row, each in enumerate(rows):
        place = f"market.{name}[{row}]"
        venue = each.venue  # type: ignore[attr-defined]
        try:
            directory.of(venue)
        except RiskcoreError as error:
            raise BookError(f"{place}.venue: {error}") from None
        about = venue, *(getattr(each, key) for key in keys)
        if about in places:
            said = " ".join(str(each) for each in about if each is not None)
            raise BookError(f"{place}: {said} stands also at {places[about]}; keep one of them")
        places[about] = place
        yield each, place


def write(oracles: Oracles) -> dict[str, Any]:
    """The keys of a market document, without what is not known."""
    written: dict[str, Any] = {}
    if oracles.surfaces:
        written["surfaces"] = [_surface_document(each) for each in oracles.surfaces]
    for key in ("feeds", "settlement", "lending"):
        if rows := getattr(oracles, key):
            written[key] = [_document(each) for each in rows]
    return written


def _surface(document: SurfaceDocument, place: str) -> Surface:
    plain = _plain(document, place)
    svi = plain.pop("svi")
    return Surface(**plain, **_plain(svi, f"{place}.svi"))


def _feed(document: FeedDocument, place: str) -> Feed:
    if document.kind in DATED and document.expiry is None:
        raise BookError(f"{place}.expiry: this key is missing; a {document.kind} belongs to one")
    return Feed(**_plain(document, place))


def _plain(document: msgspec.Struct, place: str) -> dict[str, Any]:
    """The keys that are there, every number a float and every instant checked."""
    plain: dict[str, Any] = {}
    for each in msgspec.structs.fields(document):
        key, value = each.name, getattr(document, each.name)
        where = f"{place}.{key}"
        if value is None:
            continue
        if isinstance(value, dict):
            plain[key] = {
                name: number(cap, f"{where}.{name}", NOT_NEGATIVE) for name, cap in value.items()
            }
        elif key in ROWS:
            plain[key] = number(value, where, ROWS[key])
        elif key == "expiry":
            plain[key] = _instant(value, where)
        else:
            plain[key] = value
    return plain


def _surface_document(surface: Surface) -> dict[str, Any]:
    document = _document(surface)
    return {
        **{key: value for key, value in document.items() if key not in SVI},
        "svi": {key: document[key] for key in SVI},
    }


def _document(row: Surface | Feed | Averaging | Lending) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for each in fields(row):
        value = getattr(row, each.name)
        if isinstance(value, datetime):
            document[each.name] = iso(value)
        elif each.name == "caps":
            document |= {"caps": dict(value)} if value else {}
        elif value is not None:
            document[each.name] = value
    return document


def _instant(text: str, place: str) -> datetime:
    try:
        return instant(text)
    except RiskcoreError as error:
        raise BookError(f"{place}: {error}") from None
