"""Portfolio margin against a calculation of its own, one number at a time."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskcore.instruments import Option
from riskcore.naming import paradex
from tests.riskcore.margin.venues.paradex import scalar
from tests.riskcore.margin.venues.paradex.desk import (
    APRIL,
    AUTUMN,
    CALL,
    GOLDEN,
    PERPETUAL,
    april,
    held,
    market,
    required,
)
from tests.riskcore.margin.venues.paradex.scalar import Leg, table

TAIL = {-0.66: 0.18, -0.33: 0.36, 0.5: 0.24, 1: 0.12, 2: 0.06, 3: 0.04, 4: 0.03, 5: 0.024}
BTC = table((0.16, 0.12, 0.08, 0.04), (0.4, -0.22), TAIL)
HYPE_TAIL = {-0.66: 0.3, -0.33: 0.5, 0.5: 0.4, 1: 0.2, 2: 0.1, 3: 0.07, 4: 0.05, 5: 0.04}
HYPE = table((0.28, 0.21, 0.14, 0.07), (0.64, -0.352), HYPE_TAIL)
TOLD = GOLDEN["april"]


def legs(cdf: scalar.Cdf, book: dict[str, float]) -> scalar.Margin:
    perpetual, call = TOLD["perpetual"], TOLD["call"]
    days = (datetime(2026, 5, 8, 8, tzinfo=UTC) - APRIL).total_seconds() / 86_400
    one = Leg(perpetual["mark"], perpetual["delta"])
    two = Leg(call["mark"], call["delta"], 78_000.0, days, call["vol"], 1)
    return scalar.margin(
        [(one, book["perpetual"]), (two, book["call"])],
        [],
        spot=TOLD["spot"],
        basis=perpetual["mark"] / TOLD["spot"] - 1,
        funding=perpetual["funding_8h"],
        rows=BTC,
        factors=(0.02, 0.01),
        cdf=cdf,
    )


@pytest.mark.parametrize("book", GOLDEN["portfolio"]["books"], ids=lambda book: book["name"])
def test_the_rest_is_the_engine_s_normal_distribution(book: dict[str, float]) -> None:
    """With Abramowitz and Stegun's 7.1.26 the published figures come out to every digit printed."""
    found = legs(scalar.abramowitz_stegun, book)
    assert found.initial == pytest.approx(book["initial"], abs=book["precision"])
    assert found.maintenance == pytest.approx(book["maintenance"], abs=book["precision"])


@pytest.mark.parametrize("book", GOLDEN["portfolio"]["books"], ids=lambda book: book["name"])
def test_published_books_with_the_exact_distribution(book: dict[str, float]) -> None:
    sizes = {PERPETUAL: book["perpetual"], CALL: book["call"]}
    ours = required("portfolio", april(), held({n: size for n, size in sizes.items() if size}))
    expected = legs(scalar.exact, book)
    assert ours.initial is not None
    assert ours.initial.amount == pytest.approx(expected.initial, rel=1e-9)
    assert ours.maintenance.amount == pytest.approx(expected.maintenance, rel=1e-9)


NAMES = {
    "BTC": (
        "BTC-USD-PERP",
        "BTC-USD-21AUG26-70000-C",
        "BTC-USD-18SEP26-65000-P",
        "BTC-USD-20SEP26-75000-C",
        "BTC-USD-25DEC26-60000-P",
    ),
    "HYPE": ("HYPE-USD-PERP", "HYPE-USD-28AUG26-40-C", "HYPE-USD-25DEC26-30-P"),
}
SPOT = {"BTC": 70_000.0, "HYPE": 40.0}
sizes = st.floats(-20, 20).map(lambda size: round(size, 3))


@st.composite
def situations(draw: st.DrawFn) -> dict[str, object]:
    coin = draw(st.sampled_from(sorted(NAMES)))
    spot = SPOT[coin]
    quotes: dict[str, dict[str, float]] = {}
    rate = draw(st.sampled_from((0.0, 0.03, -0.01)))
    for name in NAMES[coin]:
        instrument = paradex.parse(name)
        if isinstance(instrument, Option):
            inside = max(0.0, instrument.right.sign * (spot - instrument.strike))
            quotes[name] = {
                "mark": inside + draw(st.floats(0.001, 0.1)) * spot,
                "vol": draw(st.floats(0.05, 2.0)),
                "delta": instrument.right.sign * draw(st.floats(0.01, 0.99)),
            }
        else:
            quotes[name] = {
                "mark": spot * draw(st.floats(0.99, 1.01)),
                "delta": draw(st.floats(0.98, 1.02)),
                "rate": rate,
                "funding_8h": draw(st.floats(-0.002, 0.002)),
            }
    book = {name: draw(sizes) for name in NAMES[coin]}
    orders = tuple(
        (name, draw(sizes) or 1.0, quotes[name]["mark"] * draw(st.floats(0.5, 1.5)))
        for name in draw(st.lists(st.sampled_from(NAMES[coin]), max_size=4))
    )
    return {"coin": coin, "quotes": quotes, "book": book, "orders": orders, "rate": rate}


@settings(max_examples=60, deadline=None)
@given(situations())
def test_random_books_and_orders(some: dict) -> None:  # type: ignore[type-arg]
    coin, quotes, spot = some["coin"], some["quotes"], SPOT[some["coin"]]
    there = market(quotes, SPOT, AUTUMN)
    ours = required("portfolio", there, held(some["book"], orders=some["orders"]))
    one = {}
    for name, quote in quotes.items():
        instrument = paradex.parse(name)
        if isinstance(instrument, Option):
            days = (instrument.expiry - AUTUMN).total_seconds() / 86_400
            one[name] = Leg(
                quote["mark"],
                quote["delta"],
                instrument.strike,
                days,
                quote["vol"],
                int(instrument.right.sign),
            )
        else:
            one[name] = Leg(quote["mark"], quote["delta"])
    perpetual = NAMES[coin][0]
    expected = scalar.margin(
        [(one[name], size) for name, size in some["book"].items()],
        [(one[name], size, price) for name, size, price in some["orders"]],
        spot=spot,
        basis=quotes[perpetual]["mark"] / spot - 1,
        funding=quotes[perpetual]["funding_8h"],
        rows=BTC if coin == "BTC" else HYPE,
        factors=(0.02, 0.01) if coin == "BTC" else (0.03, 0.015),
        rate=some["rate"],
        floor=0.4 if coin == "BTC" else 0.6,
    )
    scale = 1e-9 * spot * 100
    assert ours.initial is not None
    assert ours.initial.amount == pytest.approx(expected.initial, rel=1e-9, abs=scale)
    assert ours.maintenance.amount == pytest.approx(expected.maintenance, rel=1e-9, abs=scale)
