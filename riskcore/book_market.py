"""The market of a book file, both ways."""

from datetime import UTC, datetime
from math import isnan, nan
from typing import Any

import numpy as np

from riskcore import book_oracles
from riskcore.arrays import F64
from riskcore.book_document import MarketDocument, QuoteDocument
from riskcore.errors import BookError, RiskcoreError
from riskcore.instruments import Instrument, Option
from riskcore.json_text import ANY, FRACTION, NOT_NEGATIVE, POSITIVE, number
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import directory
from riskcore.oracles import Oracles
from riskcore.pricing import svi
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
    "confidence": FRACTION,
    "rate": ANY,
    "discount": POSITIVE,
    "delta": ANY,
}


def read(document: MarketDocument) -> MarketSnapshot:
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
    for row, quote in enumerate(document.quotes):
        place = f"market.quotes[{row}]"
        for key, bounds in PRICES.items():
            if (value := getattr(quote, key)) is not None:
                columns[key][row] = number(value, f"{place}.{key}", bounds)
        if quote.as_of is not None:
            columns["quoted_at"][row] = _instant(quote.as_of, f"{place}.as_of").timestamp()
    universe = Universe(tuple(rows))
    oracles = book_oracles.read(document)
    _fill_from_surfaces(universe, as_of.timestamp(), oracles, columns)
    return snapshot(
        as_of,
        universe,
        index,
        source=document.source,
        synthetic=document.synthetic,
        notes=tuple(document.notes),
        without_futures=document.without_futures,
        oracles=oracles,
        **columns,
    )


def _fill_from_surfaces(
    universe: Universe, seconds: float, oracles: Oracles, columns: dict[str, F64]
) -> None:
    """Forward and volatility of options whose quote has none, where the venue publishes them."""
    if not (oracles.surfaces or oracles.feeds):
        return
    tau = universe.tau(seconds)
    for row in np.flatnonzero(universe.is_option).tolist():
        instrument = universe.instruments[row]
        assert isinstance(instrument, Option)
        expiry = (instrument.venue, instrument.base, instrument.expiry)
        feed = oracles.feed(instrument.venue, "forward", instrument.base, instrument.expiry)
        if isnan(columns["forward"][row]) and feed is not None:
            columns["forward"][row] = feed.value
        surface = oracles.surface(*expiry)
        if isnan(columns["vol"][row]) and surface is not None:
            forward = float(columns["forward"][row])
            strike = np.array([instrument.strike])
            columns["vol"][row] = svi.vol(surface, strike, forward, float(tau[row]))[0]


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


def _instant(text: str, place: str) -> datetime:
    try:
        return instant(text)
    except RiskcoreError as error:
        raise BookError(f"{place}: {error}") from None


def write(market: MarketSnapshot) -> dict[str, Any]:
    """The document of a market, without what is not known."""
    written: dict[str, Any] = {
        "as_of": iso(market.as_of),
        "index": {name: price for name, price in market.index.items() if name != USD},
        "quotes": _quotes(market),
    }
    written |= book_oracles.write(market.oracles)
    for key in ("source", "without_futures"):
        if text := getattr(market, key):
            written[key] = text
    if market.synthetic:
        written["synthetic"] = True
    if market.notes:
        written["notes"] = list(market.notes)
    return written


def _quotes(market: MarketSnapshot) -> list[dict[str, Any]]:
    columns = {key: getattr(market, key).tolist() for key in PRICES}
    quoted_at = market.quoted_at.tolist()
    quotes = []
    for row, instrument in enumerate(market.universe.instruments):
        quote: dict[str, Any] = {"venue": instrument.venue, "instrument": instrument.name}
        quote |= {key: column[row] for key, column in columns.items() if not isnan(column[row])}
        if not isnan(quoted_at[row]):
            quote["as_of"] = iso(datetime.fromtimestamp(quoted_at[row], UTC))
        quotes.append(quote)
    return quotes
