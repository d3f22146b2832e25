"""Options of one expiry in cross margin: by hand, and once more from the page."""

import random
from datetime import UTC, datetime

import pytest

from riskcore.margin.requirement import Component, Rule
from tests.riskcore.margin.venues.paradex.desk import find, held, line, market, priced, required

OCTOBER = datetime(2026, 10, 2, tzinfo=UTC)
SPOT = {"BTC": 100_000.0}
LOW, HIGH = "BTC-USD-30OCT26-100000-C", "BTC-USD-30OCT26-110000-C"
PUT, LATER = "BTC-USD-30OCT26-90000-P", "BTC-USD-27NOV26-110000-C"
FAR = "BTC-USD-30OCT26-80000-P"
MARK = {LOW: 4_000.0, HIGH: 1_500.0, PUT: 1_000.0, LATER: 3_000.0, FAR: 300.0}
THERE = market({name: {"mark": mark, "vol": 0.5} for name, mark in MARK.items()}, SPOT, OCTOBER)


def initial(book: dict[str, float], *orders: tuple[str, float, float]) -> float:
    return required("cross", THERE, held(book, orders=orders)).headline.amount


def test_a_spread_needs_what_it_can_lose_in_both_margins() -> None:
    found = required("cross", THERE, held({LOW: 1.0, HIGH: -1.0}))
    assert found.headline.amount == found.maintenance.amount == pytest.approx(2_500)
    tree = line(found.initial, "expiry_margin")
    assert tree.because == "BTC 30 Oct 2026"
    assert line(tree, "largest_loss").because == "BTC 30 Oct 2026 settles at 0"
    assert line(tree, "options_apart").amount == pytest.approx(14_000)
    assert found.label == "exact"


def test_every_position_has_its_part_of_the_group() -> None:
    found = required("cross", THERE, held({LOW: 1.0, HIGH: -1.0}))
    assert found.initial is not None
    leaves = {each.term: each.amount for each in found.initial.walk() if each.rule is Rule.POSITION}
    assert leaves == {LOW: pytest.approx(4_000), HIGH: pytest.approx(-1_500)}


def test_calls_sold_without_a_counterpart_reserve_more_than_spot() -> None:
    found = required("cross", THERE, held({LOW: 1.0, HIGH: -1.001}))
    reserve = line(found.initial, "unpaired_calls")
    assert reserve.amount == pytest.approx(1.2 * 0.001 * 100_000)
    assert line(found.maintenance, "unpaired_calls").amount == pytest.approx(100)
    assert found.headline.amount == pytest.approx(4_000 - 1.001 * 1_500 + 120)


def test_margins_apart_are_taken_where_they_are_less() -> None:
    assert initial({LOW: 1.0, HIGH: -2.0}) == pytest.approx(4_000 + 20_000)
    assert initial({PUT: 1.0, FAR: -1.0}) == pytest.approx(700)
    assert initial({PUT: -1.0, FAR: 1.0}) == pytest.approx(10_000 - 700)


def test_only_options_of_one_expiry_of_which_one_is_sold_make_a_group() -> None:
    assert initial({LOW: 1.0, LATER: -1.0}) == pytest.approx(14_000)
    assert initial({LOW: 1.0, HIGH: 1.0}) == pytest.approx(5_500)
    assert initial({HIGH: -1.0}) == pytest.approx(10_000)
    assert initial({LOW: 1.0, HIGH: 0.0}) == pytest.approx(4_000)
    assert find(required("cross", THERE, held({HIGH: -1.0})).headline, "expiry_margin") is None


def test_options_bought_are_no_group_though_they_cannot_lose_all() -> None:
    inside = "BTC-USD-30OCT26-110000-P"
    quotes = {LOW: {"mark": 4_000.0, "vol": 0.5}, inside: {"mark": 11_000.0, "vol": 0.5}}
    there = market(quotes, SPOT, OCTOBER)
    found = required("cross", there, held({LOW: 1.0, inside: 1.0}))
    assert found.headline.amount == pytest.approx(15_000)


def test_a_group_that_cannot_lose_needs_nothing() -> None:
    quotes = {LOW: {"mark": 1_000.0, "vol": 0.5}, HIGH: {"mark": 1_500.0, "vol": 0.5}}
    there = market(quotes, SPOT, OCTOBER)
    assert required("cross", there, held({LOW: 1.0, HIGH: -1.0})).headline.amount == 0


def test_an_order_counts_as_if_filled_and_never_lowers() -> None:
    spread = {LOW: 1.0, HIGH: -1.0}
    assert initial(spread, (HIGH, -1.0, 1_500.0)) == pytest.approx(4_000 + 20_000)
    assert initial({LOW: 1.0}, (HIGH, -1.0, 1_500.0)) == pytest.approx(4_000)
    assert initial({HIGH: -1.0}, (LOW, 1.0, 4_000.0)) == pytest.approx(10_000)
    assert initial(spread, (LOW, 1.0, 4_000.0)) == pytest.approx(6_500)
    assert initial(spread, (HIGH, 1.0, 1_400.0)) == pytest.approx(4_000)
    found = required("cross", THERE, held(spread, orders=((HIGH, -1.0, 1_500.0),)))
    assert found.maintenance.amount == pytest.approx(2_500)
    assert found.label == "exact except open orders for options"


def test_before_the_page_had_it_options_add_up() -> None:
    for at in (datetime(2026, 4, 22, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)):
        there = market({name: {"mark": MARK[name], "vol": 0.5} for name in (LOW, HIGH)}, SPOT, at)
        assert required("cross", there, held({LOW: 1.0, HIGH: -1.0})).headline.amount == 14_000
    early = required(
        "cross",
        market({name: {"mark": MARK[name], "vol": 0.5} for name in (LOW, HIGH)}, SPOT, OCTOBER),
        held({LOW: 1.0, HIGH: -1.0}),
        {"spread": {"offset": False}},
    )
    assert early.headline.amount == 14_000
    assert early.label == "exact except overridden parameters"


def test_stand_alone_has_no_group() -> None:
    model, moved = priced("cross", THERE)
    book = held({LOW: 1.0, HIGH: -1.0})
    assert model.stand_alone(book, moved).tolist() == pytest.approx([4_000, 10_000])


def group(book: dict[str, float], scale: float, apart: dict[str, float]) -> float:
    """Once more: names to sizes, all of one expiry."""
    sizes = [size for size in book.values() if size]
    alone = sum(apart[name] for name in book)
    if len(sizes) < 2 or min(sizes) > 0:
        return alone
    terms = {name: (float(name.split("-")[3]), name[-1] == "C") for name in book}

    def value(settled: float) -> float:
        return sum(
            size * max(settled - strike if call else strike - settled, 0.0)
            for (strike, call), size in zip(terms.values(), book.values(), strict=True)
        )

    least = min(value(price) for price in (0.0, *(strike for strike, _ in terms.values())))
    now = sum(MARK[name] * size for name, size in book.items())
    calls = sum(size for name, size in book.items() if terms[name][1])
    return min(alone, max(now - least, 0.0) + scale * max(-calls, 0.0) * SPOT["BTC"])


@pytest.mark.parametrize("seed", range(60))
def test_random_groups(seed: int) -> None:
    chance = random.Random(seed)
    names = [name for name in MARK if name != LATER]
    book = {name: round(chance.uniform(-2, 2), 3) for name in names if chance.random() < 0.8}
    model, moved = priced("cross", THERE)
    for name in chance.sample(names, 1):
        book[name] = 0.0
    positions = held(book)
    found = required("cross", THERE, positions)
    apart = dict(zip(book, model.stand_alone(positions, moved).tolist(), strict=True))
    assert found.headline.amount == pytest.approx(group(book, 1.2, apart), abs=1e-6)
    tree: Component | None = found.initial
    assert tree is not None
    leaves = sum(each.amount for each in tree.walk() if each.rule is Rule.POSITION)
    assert leaves == pytest.approx(found.headline.amount, abs=1e-6)
