"""What a book file says of a venue's oracles: refused when it stands twice or cannot be placed."""

import json
from copy import deepcopy
from typing import Any

import pytest

from riskcore import book
from riskcore.errors import BookError

EXPIRY = "2026-12-25T08:00:00Z"
SVI = {"a": 0.03, "b": 0.05, "rho": -0.2, "m": 0.0, "sigma": 0.3}
MARKET: dict[str, Any] = {
    "as_of": "2026-09-25T12:00:00Z",
    "index": {"BTC": 60000.0, "USDC": 1.0},
    "quotes": [],
    "surfaces": [{"venue": "derive", "underlying": "BTC", "expiry": EXPIRY, "svi": SVI}],
    "feeds": [
        {"venue": "derive", "underlying": "BTC", "kind": "spot", "value": 60000.0},
        {"venue": "derive", "underlying": "BTC", "kind": "rate", "value": 0.04, "expiry": EXPIRY},
    ],
    "settlement": [{"venue": "derive", "expiry": EXPIRY, "average": 60000.0, "seconds_left": 60}],
    "lending": [{"venue": "hyperliquid", "currency": "USDC", "rate": 0.06}],
}


def read(market: dict[str, Any]) -> book.Book:
    text = {"format": "counterpoise-book/1", "name": "b", "accounts": [], "market": market}
    return book.read(json.dumps(text))


def refusal(market: dict[str, Any]) -> str:
    with pytest.raises(BookError) as refused:
        read(market)
    return str(refused.value)


def test_a_market_with_every_list_is_read() -> None:
    found = read(MARKET).market
    assert found is not None
    assert len(found.oracles.feeds) == 2


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("surfaces", f"derive BTC {EXPIRY}"),
        ("feeds", "derive BTC spot"),
        ("settlement", f"derive {EXPIRY}"),
        ("lending", "hyperliquid USDC"),
    ],
)
def test_what_stands_twice_is_refused(name: str, about: str) -> None:
    market = deepcopy(MARKET)
    last = len(market[name])
    market[name].append(market[name][0])
    assert refusal(market) == (
        f"market.{name}[{last}]: {about} stands also at market.{name}[0]; keep one of them"
    )


@pytest.mark.parametrize("name", ["surfaces", "feeds", "settlement", "lending"])
def test_an_unknown_venue_is_refused(name: str) -> None:
    market = deepcopy(MARKET)
    market[name][0]["venue"] = "deriv"
    assert refusal(market).startswith(f"market.{name}[0].venue: venue 'deriv' is not known; known")


@pytest.mark.parametrize("kind", ["forward", "rate"])
def test_a_forward_or_rate_without_an_expiry_is_refused(kind: str) -> None:
    market = deepcopy(MARKET)
    market["feeds"] = [{"venue": "derive", "underlying": "BTC", "kind": kind, "value": 1.0}]
    assert refusal(market).startswith("market.feeds[0].expiry: this key is missing")


def test_an_unknown_kind_is_refused_with_those_there_are() -> None:
    market = deepcopy(MARKET)
    market["feeds"][0]["kind"] = "spott"
    assert refusal(market) == (
        "market.feeds[0].kind: 'spott' is not one of spot, perp, forward, rate, stable, twap"
    )
