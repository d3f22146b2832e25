import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskcore import book, report_file
from riskcore.book import Book
from riskcore.book_document import MAX_BYTES, BookDocument
from riskcore.errors import BookError
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
from riskcore.market import COLUMNS, MarketSnapshot, snapshot
from riskcore.oracles import Averaging, Feed, Lending, Oracles, Surface
from riskcore.universe import Universe
from tests.builders import NOON, account, instrument, market

SCHEMA = Path(__file__).parents[2] / "resources" / "schemas" / "counterpoise-book-1.schema.json"
NAMES = (
    "BTC-PERPETUAL",
    "BTC-27FEB26",
    "BTC-27FEB26-60000-P",
    "ETH-27MAR26-2500-C",
    "ETH-PERPETUAL",
    "BTC_USDC-PERPETUAL",
    "XRP_USDC-27MAR26-1d5-C",
)


def example() -> dict[str, Any]:
    """The book of the format's description."""
    return {
        "format": "counterpoise-book/1",
        "name": "Vol desk",
        "accounts": [
            {
                "name": "BTC-ETH",
                "venue": "deribit",
                "model": "deribit/cross-portfolio",
                "parent": None,
                "collateral": {
                    "BTC": 12.5,
                    "USDC": {"balance": 250000.0, "borrowed": 0.0, "locked": 0.0},
                },
                "settings": {"position_mode": "net", "collateral_enabled": ["BTC", "USDC"]},
                "positions": [
                    {
                        "instrument": "BTC-27FEB26-60000-P",
                        "quantity": -120.0,
                        "entry_price": 0.0418,
                    },
                    {
                        "instrument": "BTC-PERPETUAL",
                        "quantity": 1250000.0,
                        "entry_price": 66020.5,
                        "settled_price": 67400.0,
                        "side": "net",
                        "margin_mode": "cross",
                        "leverage": None,
                        "isolated_margin": None,
                        "accrued_funding": 0.0,
                    },
                ],
                "orders": [
                    {
                        "instrument": "BTC-PERPETUAL",
                        "side": "buy",
                        "quantity": 10000.0,
                        "price": 60000.0,
                        "reduce_only": False,
                    }
                ],
            }
        ],
        "market": {
            "as_of": "2026-02-05T15:51:32Z",
            "index": {"BTC": 67984.99, "ETH": 1965.63, "USDC": 1.0, "okx:BTC": 67990.0},
            "quotes": [
                {
                    "venue": "deribit",
                    "instrument": "BTC-27FEB26-60000-P",
                    "mark": 0.02677195,
                    "bid": 0.026,
                    "ask": 0.027,
                    "vol": 0.7694,
                    "forward": 67952.55,
                },
                {"venue": "deribit", "instrument": "BTC-PERPETUAL", "mark": 67951.0},
            ],
        },
        "parameters": {"deribit/cross-portfolio": {"BTC": {"price_range": 0.16}}},
    }


def changed(path: str, value: Any) -> str:
    """The example with one value put in place; a missing last key is added, `...` removes it."""
    document = example()
    place: Any = document
    *steps, last = [int(each) if each.isdigit() else each for each in path.split("/")]
    for step in steps:
        place = place[step]
    if value is ...:
        del place[last]
    elif isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    return json.dumps(document)


def refusal(text: str | bytes) -> str:
    with pytest.raises(BookError) as caught:
        book.read(text)
    return str(caught.value)


def test_the_described_example_is_read_as_described() -> None:
    found = book.read(json.dumps(example()))
    desk = found.accounts[0]
    put, perpetual = desk.holdings.positions
    assert (found.name, desk.name, desk.key, desk.group) == ("Vol desk", "BTC-ETH", "BTC-ETH", "")
    assert (put.quantity, put.entry_price, put.settled_price) == (-120.0, 0.0418, None)
    assert perpetual.settled_price == 67400.0
    assert desk.holdings.balances["USDC"] == Balance(250000.0)
    assert desk.holdings.settings.collateral_enabled == ("BTC", "USDC")
    assert desk.holdings.orders[0].quantity == 10000.0
    assert found.market is not None
    assert found.market.index["okx:BTC"] == 67990.0
    assert found.market.vol[found.market.row(put.instrument)] == 0.7694
    assert found.parameters["deribit/cross-portfolio"]["BTC"]["price_range"] == 0.16


def test_the_example_of_the_guide_can_be_read() -> None:
    guide = (Path(__file__).parents[2] / "resources" / "docs" / "book-file.md").read_text("utf-8")
    text, report = (block.partition("```")[0] for block in guide.split("```json")[1:])
    assert book.read(text).accounts[0].name == "BTC-ETH"
    assert report_file.read(report).results[0].account == "BTC-ETH"


def test_what_was_written_is_read_back_and_written_the_same() -> None:
    text = book.write(book.read(json.dumps(example())))
    assert book.write(book.read(text)) == text


def test_a_sell_order_is_negative_and_comes_out_as_sell() -> None:
    found = book.read(changed("accounts/0/orders/0/side", "sell"))
    assert found.accounts[0].holdings.orders[0].quantity == -10000.0
    assert json.loads(book.write(found))["accounts"][0]["orders"][0]["side"] == "sell"


def test_numbers_may_be_texts() -> None:
    found = book.read(changed("accounts/0/positions/0/quantity", "-120.50"))
    assert found.accounts[0].holdings.positions[0].quantity == -120.5


def test_a_book_may_have_no_market() -> None:
    assert book.read(changed("market", None)).market is None


def test_a_byte_order_mark_is_ignored() -> None:
    assert book.read(b"\xef\xbb\xbf" + json.dumps(example()).encode()).name == "Vol desk"


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("format", "counterpoise-book/2", "format: this key says 'counterpoise-book/2'"),
        ("format", ..., "format: this key is missing"),
        ("nmae", "x", "nmae: this key is unknown"),
        ("name", "  ", "name: a text other than blanks is expected"),
        ("accounts", {}, "accounts: a list [...] is expected, not an object"),
        ("accounts/0/venue", "nowhere", "accounts[0].venue: venue 'nowhere' is not known"),
        ("accounts/0/name", ..., "accounts[0].name: this key is missing"),
        ("accounts/0/colateral", {}, "accounts[0].colateral: this key is unknown"),
        ("accounts/0/collateral/BTC", None, "accounts[0].collateral.BTC: a number or"),
        ("accounts/0/collateral/BTC", "12,5", "accounts[0].collateral.BTC: a number is"),
        ("accounts/0/collateral/SOL", 5, "accounts[0].collateral.SOL: market.index has no price"),
        ("accounts/0/collateral/USDC/locked", -1, "collateral.USDC.locked: -1.0 cannot be"),
        ("accounts/0/collateral/USDC/locked", [], "accounts[0].collateral.USDC.locked: a number"),
        ("accounts/0/settings/position_mode", "both", "'both' is not one of net, hedge"),
        ("accounts/0/positions/0/instrument", "BTC-31FEB26", "accounts[0].positions[0]: 'BTC-31FE"),
        ("accounts/0/positions/0/instrument", "DOGE-PERPETUAL", "positions[0]: Deribit lists no"),
        ("accounts/0/positions/0/quantity", "many", "positions[0].quantity: a number is expected"),
        ("accounts/0/positions/0/quantity", "NaN", "positions[0].quantity: a number is expected"),
        ("accounts/0/positions/0/quantity", "1e999", "positions[0].quantity: 1e999 cannot be"),
        ("accounts/0/positions/0/quantity", True, "positions[0].quantity: a number or a text is"),
        ("accounts/0/positions/0/quantity", ..., "positions[0].quantity: this key is missing"),
        ("accounts/0/positions/0/entry_price", -1, "positions[0].entry_price: -1.0 cannot be"),
        ("accounts/0/positions/0/leverage", 0, "positions[0].leverage: 0.0 cannot be"),
        ("accounts/0/positions/0/side", "long", "positions[0]: BTC-27FEB26-60000-P: a long side"),
        ("accounts/0/orders/0/side", "up", "accounts[0].orders[0].side: 'up' is not one"),
        ("accounts/0/orders/0/quantity", 0, "orders[0].quantity: 0.0 cannot be; it must be above"),
        ("market/as_of", "yesterday", "market.as_of: 'yesterday' is not an instant"),
        ("market/as_of", "2026-02-05T15:51:32", "market.as_of: '2026-02-05T15:51:32' has no time"),
        ("market/index/BTC", 0, "market.index.BTC: 0.0 cannot be; it must be above 0"),
        ("market/index/BTC", {}, "market.index.BTC: a number or a text is expected"),
        ("market/index/USD", 2, "market.index.USD: it is 1 by definition"),
        ("market/index/BTC", ..., "accounts[0].positions[0]: market.index has no price of BTC"),
        ("market/quotes/0/vol", -0.5, "market.quotes[0].vol: -0.5 cannot be; it must be at least"),
        ("market/quotes/0/vol", "inf", "market.quotes[0].vol: a number is expected"),
        ("market/quotes/0/mark", ..., "accounts[0].positions[0]: BTC-27FEB26-60000-P has no mark"),
        ("market/quotes/1", ..., "accounts[0].positions[1]: BTC-PERPETUAL has no mark"),
        ("market/quotes/0/confidence", 2, "quotes[0].confidence: 2.0 cannot be; it must be at lea"),
        ("market/quotes/0/as_of", "then", "market.quotes[0].as_of: 'then' is not an instant"),
        ("market/as_of", "2026-02-27T08:00:00Z", "positions[0]: BTC-27FEB26-60000-P expired at"),
        ("parameters/deribit\\portfolio", {"BTC": 3}, "parameters.deribit\\portfolio.BTC: an obj"),
    ],
)
def test_a_mistake_is_named_by_the_path_of_its_key(path: str, value: Any, said: str) -> None:
    assert said in refusal(changed(path, value))


def test_a_position_that_stands_twice_is_refused_with_both_places() -> None:
    again = {"instrument": "BTC-PERPETUAL", "quantity": 10}
    said = refusal(changed("accounts/0/positions/2", again))
    assert said.startswith("accounts[0].positions[2]: BTC-PERPETUAL stands twice")
    assert "accounts[0].positions[1]" in said


def test_a_quote_that_stands_twice_is_refused() -> None:
    again = {"venue": "deribit", "instrument": "BTC-PERPETUAL", "mark": 1}
    assert "market.quotes[2]: BTC-PERPETUAL is also" in refusal(changed("market/quotes/2", again))


def test_two_accounts_of_one_name_are_refused() -> None:
    assert "accounts[1].name: 'BTC-ETH' is also" in refusal(
        changed("accounts/1", example()["accounts"][0])
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1, column 1: the file is not valid JSON"),
        ('{"format": "counterpoise-book/1",\n "name": }', "line 2, column 10"),
        ("[1]", "the file: an object {...} is expected, not a list"),
        ('{"name": 1, "name": 2}', "the key 'name' stands twice"),
        ('{"name": NaN}', "NaN is not a number that can be used"),
        ('{"name": ' + "9" * 5000 + "}", "too many digits"),
        ("[" * 100_000, "too deeply"),
        ('{"format": "counterpoise-book/1", "name": "\\ud800"}', "half a character"),
        (b"\xff\xfe{", "byte 0 of the file is not UTF-8"),
        (" " * (MAX_BYTES + 1), "at most 50,000,000 are read"),
    ],
)
def test_a_file_that_is_no_book_is_refused(text: str | bytes, said: str) -> None:
    assert said in refusal(text)


def test_a_whole_number_too_large_for_a_float_is_refused() -> None:
    assert "number out of range" in refusal(changed("accounts/0/positions/0/quantity", 10**400))


def test_an_instrument_of_another_venue_is_not_written() -> None:
    elsewhere = replace(account(positions={"BTC-PERPETUAL": 10.0}), venue="elsewhere")
    with pytest.raises(BookError, match=r"accounts\[0\]: BTC-PERPETUAL is of deribit"):
        book.write(Book("x", (elsewhere,)))


def test_an_unticked_position_needs_no_quote() -> None:
    text = changed("market/quotes/1", ...)
    document = json.loads(text)
    document["accounts"][0]["positions"][1]["included"] = False
    document["accounts"][0]["orders"] = []
    found = book.read(json.dumps(document))
    assert found.accounts[0].excluded == {("deribit", "BTC-PERPETUAL", "net", "cross")}


def test_the_published_schema_is_that_of_the_types() -> None:
    made = msgspec.json.schema(BookDocument)
    assert json.loads(SCHEMA.read_text())["$defs"] == made["$defs"]


finite = st.floats(allow_nan=False, allow_infinity=False, width=64)
positive = st.floats(1e-9, 1e12)
optional = st.none() | positive
texts = st.text(min_size=1, max_size=20).filter(lambda text: text.strip() != "")


@st.composite
def positions(draw: st.DrawFn, name: str) -> Position:
    side = draw(st.sampled_from(Side))
    size = draw(positive)
    quantity = {Side.LONG: size, Side.SHORT: -size}.get(side, draw(finite))
    return Position(
        instrument(name),
        quantity,
        draw(optional),
        draw(optional),
        side,
        draw(st.sampled_from(MarginMode)),
        draw(optional),
        draw(optional),
        draw(finite),
    )


@st.composite
def accounts(draw: st.DrawFn, name: str) -> Account:
    held = tuple(
        draw(positions(each)) for each in draw(st.lists(st.sampled_from(NAMES), unique=True))
    )
    ordered = tuple(
        Order(
            instrument(each), draw(positive) * draw(st.sampled_from((1, -1))), draw(positive), True
        )
        for each in draw(st.lists(st.sampled_from(NAMES), max_size=3))
    )
    balances = {
        currency: Balance(draw(finite), draw(positive | st.just(0.0)), draw(st.just(0.0)))
        for currency in draw(st.sets(st.sampled_from(("BTC", "ETH", "USDC"))))
    }
    enabled = draw(st.none() | st.lists(st.sampled_from(("BTC", "USDC")), unique=True).map(tuple))
    holdings = Holdings(
        held, balances, ordered, Settings(draw(st.sampled_from(("net", "hedge"))), enabled)
    )
    excluded = frozenset(each.key for each in held if draw(st.booleans()))
    group = draw(st.just("") | texts)
    return Account(name, name, "deribit", "deribit/portfolio", holdings, group, excluded)


@st.composite
def markets(draw: st.DrawFn) -> MarketSnapshot:
    order = draw(st.permutations(NAMES))
    columns = {
        name: np.array([draw(positive | st.just(np.nan)) for _ in order]) for name in COLUMNS
    }
    columns["confidence"] = np.array([draw(st.floats(0, 1) | st.just(np.nan)) for _ in order])
    columns["mark"] = np.array([draw(positive) for _ in order])
    instants = [NOON - timedelta(microseconds=draw(st.integers(0, 10**12))) for _ in order]
    columns["quoted_at"] = np.array([each.timestamp() for each in instants])
    index = {name: draw(positive) for name in ("BTC", "ETH", "XRP", "USDC", "okx:BTC")}
    return snapshot(
        NOON + timedelta(microseconds=draw(st.integers(0, 10**6))),
        Universe(tuple(instrument(each) for each in order)),
        index,
        source=draw(st.just("") | texts),
        synthetic=draw(st.booleans()),
        notes=tuple(draw(st.lists(texts, max_size=2))),
        without_futures=draw(st.just("") | texts),
        oracles=draw(st.sampled_from((Oracles(), ORACLES))),
        **columns,
    )


EXPIRY = datetime(2026, 3, 27, 8, tzinfo=UTC)
ORACLES = Oracles(
    (Surface("derive", "BTC", EXPIRY, 0.01, 0.2, -0.3, 0.0, 0.1, forward=70_000.0, tau=0.1),),
    (Feed("derive", "BTC", "spot", 70_000.0, fixed_part=0.0, confidence=1.0),),
    (Averaging("deribit", EXPIRY, 69_000.0, 600.0, "BTC"),),
    (Lending("okx", "USDC", 0.8, 0.05, {"supply": 1e9}),),
)


@st.composite
def books(draw: st.DrawFn) -> Book:
    names = draw(st.lists(texts, unique=True, max_size=3))
    priced = draw(st.booleans())
    return Book(
        draw(texts),
        tuple(draw(accounts(name)) for name in names),
        draw(markets()) if priced else None,
        draw(st.just({}) | st.just({"deribit/portfolio": {"BTC": {"price_range": 0.2}}})),
    )


@settings(max_examples=60, deadline=None)
@given(books())
def test_a_round_trip_loses_nothing(before: Book) -> None:
    after = book.read(book.write(before))
    assert (after.name, after.accounts) == (before.name, before.accounts)
    assert after.parameters == before.parameters
    if before.market is None:
        assert after.market is None
        return
    assert after.market is not None
    assert after.market.universe.instruments == before.market.universe.instruments
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(after.market, name), getattr(before.market, name))
    for name in ("as_of", "index", "oracles", "source", "synthetic", "notes", "without_futures"):
        assert getattr(after.market, name) == getattr(before.market, name)


def test_numbers_of_what_is_kept_may_be_texts_too() -> None:
    feed = {"venue": "derive", "underlying": "BTC", "kind": "spot", "value": "70000.50"}
    document = example()
    document["market"]["feeds"] = [feed]
    priced = book.read(json.dumps(document)).market
    assert priced is not None
    assert priced.oracles.feeds[0].value == 70000.5
    feed["value"] = "x"
    assert "market.feeds[0].value: a number is expected" in refusal(json.dumps(document))


def test_the_market_of_a_snapshot_is_written_with_its_label() -> None:
    made = replace(market("BTC-PERPETUAL"), synthetic=True, notes=("made by a seed",))
    found = book.read(book.write(Book("x", (), made))).market
    assert found is not None
    assert found.synthetic
    assert found.notes == ("made by a seed",)
    assert found.as_of == datetime(2026, 2, 5, 12, tzinfo=UTC)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value in a document."""
    inside = document.items() if isinstance(document, dict) else ()
    inside = enumerate(document) if isinstance(document, list) else inside
    found = [path] if path else []
    for key, value in inside:
        found += places(value, (*path, key))
    return found


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(places(example())), values)
def test_any_value_anywhere_is_read_or_refused_in_one_sentence(
    path: tuple[Any, ...], value: Any
) -> None:
    document = example()
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    said, found = attempted(json.dumps(document))
    assert "Expected" not in said
    if found is not None:
        assert book.write(book.read(book.write(found))) == book.write(found)


def attempted(text: str) -> tuple[str, Book | None]:
    """The book, or what is said against it."""
    try:
        return "", book.read(text)
    except BookError as error:
        return str(error), None


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60))
def test_what_is_no_book_is_refused(raw: bytes | str) -> None:
    with pytest.raises(BookError):
        book.read(raw)


def test_bitcoin_bears_one_name_at_every_venue() -> None:
    document = example()
    document["accounts"][0]["collateral"] = {"XBT": 1.0}
    assert refusal(json.dumps(document)) == (
        "accounts[0].collateral.XBT: XBT is BTC here, at every venue; write BTC"
    )
