"""Oracles, labels, notes and refusals of Derive's portfolio managers."""

from dataclasses import replace
from datetime import datetime, timedelta
from math import exp

import numpy as np
import pytest

from riskcore.errors import MarketError, Unsupported
from riskcore.holdings import Holdings, MarginMode, Order, Position, Settings, Side
from riskcore.instruments import Future, Option
from riskcore.market import MarketSnapshot
from riskcore.naming import deribit, derive
from riskcore.oracles import Averaging, Feed, Oracles, Surface
from riskcore.time import SECONDS_PER_YEAR
from tests.builders import library
from tests.riskcore.margin.samples import derive as sample
from tests.riskcore.margin.venues.derive.portfolio_books import (
    BOTH,
    CALL,
    THEN,
    held,
    line,
    quoted,
    required,
    terms,
)

# Oracles and what stands in for them.


@BOTH
def test_confidence_below_the_threshold_costs_in_the_initial_margin_alone(model: str) -> None:
    spot = [Feed("derive", "ETH", "spot", 3_000.0, confidence=share) for share in (0.55, 0.54)]
    book = held({CALL: -2.0, "ETH-PERP": 1.0}, {"USDC": 0.0})
    names = (CALL, "ETH-PERP")
    at, below = (
        required(model, quoted(*names, oracles=Oracles(feeds=(each,))), book) for each in spot
    )
    margin = 1.0 if model == "derive/portfolio" else 0.4
    assert below.headline.amount - at.headline.amount == pytest.approx(0.46 * margin * 3 * 3_000)
    assert below.maintenance.amount == pytest.approx(at.maintenance.amount)
    doubted = line(below.initial, "confidence_contingency")
    assert {each.term for each in doubted.parts} == {CALL, "ETH-PERP"}


@BOTH
def test_a_doubtful_perpetual_makes_the_options_doubtful_too(model: str) -> None:
    oracles = Oracles(feeds=(Feed("derive", "ETH", "perp", 3_000.0, confidence=0.1),))
    market = quoted(CALL, "ETH-PERP", oracles=oracles)
    without = required(model, market, held({CALL: -1.0}))
    with_it = required(model, market, held({CALL: -1.0, "ETH-PERP": 1.0}))
    assert "confidence_contingency" not in terms(without.initial)
    assert len(line(with_it.initial, "confidence_contingency").parts) == 2


def test_the_confidence_of_a_quote_counts_where_it_is_stated() -> None:
    found = required("derive/portfolio", quoted(CALL, confidence=0.5), held({CALL: -1.0}))
    assert line(found.initial, "confidence_contingency").amount == pytest.approx(0.5 * 3_000)


@BOTH
def test_a_surface_gives_volatility_and_confidence(model: str) -> None:
    """A flat surface of total variance 0.04 over a quarter of a year: 40 %, at confidence 0.2."""
    option = derive.parse(CALL)
    assert isinstance(option, Option)
    flat = Surface(
        "derive", "ETH", option.expiry, 0.04, 0.0, 0.0, 0.0, 0.1, 3_000.0, 0.25, 0.2
    )  # fmt: skip
    found = required(model, quoted(CALL, oracles=Oracles((flat,))), held({CALL: 1.0}))
    plain = required(model, quoted(CALL, vol=0.4), held({CALL: 1.0}))
    assert found.equity.amount == pytest.approx(plain.equity.amount)
    margin = 1.0 if model == "derive/portfolio" else 0.4
    doubted = line(found.initial, "confidence_contingency")
    assert doubted.amount == pytest.approx(0.8 * margin * 3_000)


@BOTH
def test_quotes_stand_in_for_oracles_and_the_label_says_so(model: str) -> None:
    found = required(model, quoted(CALL), held({CALL: 1.0}))
    assert "quotes in place of oracles" in found.label
    assert any(note.startswith("no oracle of Derive for") for note in found.notes)


def test_a_market_with_every_oracle_is_exact_on_the_day_of_the_parameters() -> None:
    priced = sample.priced()
    names = [each.name for each in priced.universe.instruments if each.base == "ETH"]
    book = held(dict.fromkeys(names, 1.0), {"USDC": 1e5})
    market = replace_date(priced, THEN)
    for model in ("derive/portfolio", "derive/portfolio-2"):
        assert required(model, market, book).label == "exact"
        later = replace_date(priced, THEN + timedelta(days=40))
        assert required(model, later, book).label == "exact except parameters of another date"


def replace_date(market: MarketSnapshot, as_of: datetime) -> MarketSnapshot:
    return replace(market, as_of=as_of)


def test_options_are_marked_at_the_rate_in_the_second_manager_only() -> None:
    market = quoted(CALL, rate=0.1)
    years = (derive.parse(CALL).expiry - THEN).total_seconds() / SECONDS_PER_YEAR
    first, second = (
        required(model, market, held({CALL: 1.0})).equity.amount
        for model in ("derive/portfolio", "derive/portfolio-2")
    )
    assert second == pytest.approx(first * exp(-0.1 * years))


def test_what_the_settlement_average_has_fixed_does_not_move() -> None:
    """Ten minutes before expiry two thirds of the forward stand; a call moves with the rest."""
    name = "ETH-20251208-1000-C"
    as_of = THEN - timedelta(minutes=10)
    averaging = Averaging("derive", THEN, 3_000.0, 600.0, "ETH")
    market = quoted(name, as_of=as_of, oracles=Oracles(settlement=(averaging,)))
    found = required("derive/portfolio", market, held({name: -1.0}))
    worst = line(found.initial, "scenario_loss")
    assert worst.amount == pytest.approx(0.18 * 1_000, rel=1e-6)


def test_an_expired_option_is_worth_what_exercise_pays() -> None:
    name = "ETH-20251208-1000-C"
    market = quoted(name, as_of=THEN + timedelta(hours=1), vol=np.nan)
    found = required("derive/portfolio", market, held({name: 1.0}))
    assert found.equity.amount == pytest.approx(2_000)


@pytest.mark.parametrize("what", ["vol", "forward"])
def test_a_missing_quote_without_an_oracle_is_refused(what: str) -> None:
    market = quoted(CALL, **{what: np.nan})
    with pytest.raises(MarketError, match="in this market"):
        required("derive/portfolio", market, held({CALL: 1.0}))


@pytest.mark.parametrize("kind", ["spot", "perp", "stable"])
def test_an_oracle_that_says_nothing_positive_is_refused(kind: str) -> None:
    coin = "USDC" if kind == "stable" else "ETH"
    oracles = Oracles(feeds=(Feed("derive", coin, kind, 0.0),))
    with pytest.raises(MarketError, match=f"the {kind} oracle of {coin} says 0"):
        required("derive/portfolio", quoted("ETH-PERP", oracles=oracles), held({"ETH-PERP": 1.0}))


def test_unsettled_cash_of_a_perpetual_counts_in_full() -> None:
    position = Position(derive.parse("ETH-PERP"), 2.0, entry_price=2_900.0, accrued_funding=-7.0)
    found = required("derive/portfolio", quoted("ETH-PERP"), Holdings((position,)))
    assert found.equity.amount == pytest.approx(200 - 7)


# Labels, notes and refusals.


def test_the_chain_holds_discounts_that_look_turned_around_and_a_note_says_so() -> None:
    for coin in ("BTC", "ETH"):
        name = f"{coin}-20251226-3000-C"
        found = required("derive/portfolio-2", quoted(name), held({name: 1.0}))
        assert any("look turned around" in note for note in found.notes)
    usual = {"ETH": {"long_base_static_discount": 0.95, "short_base_static_discount": 1.04}}
    found = required("derive/portfolio-2", quoted(CALL), held({CALL: 1.0}), usual)
    assert not any("turned around" in note for note in found.notes)
    assert "overridden parameters" in found.label


@BOTH
def test_a_resting_order_adds_nothing_and_the_label_says_so(model: str) -> None:
    order = Order(derive.parse("ETH-PERP"), 5.0, 2_900.0)
    market = quoted("ETH-PERP")
    plain = required(model, market, held({"ETH-PERP": 1.0}))
    found = required(model, market, held({"ETH-PERP": 1.0}, orders=(order,)))
    assert found.headline.amount == plain.headline.amount
    assert "open orders" in found.label
    reducing = replace(order, quantity=-1.0, reduce_only=True)
    found = required(model, market, held({"ETH-PERP": 1.0}, orders=(reducing,)))
    assert "open orders" not in found.label


def test_more_assets_than_the_manager_admits_are_said() -> None:
    sets = {"ETH": {"max_account_size": 1}}
    found = required("derive/portfolio", quoted("ETH-PERP"), held({"ETH-PERP": 1.0}), sets)
    assert "ETH: 2 assets are held, Derive's manager admits 1" in found.notes


@BOTH
def test_the_trigger_is_reached_when_maintenance_margin_is_not_covered(model: str) -> None:
    market = quoted("ETH-PERP")
    needed = required(model, market, held({"ETH-PERP": 1.0})).maintenance.amount
    for cash, reached in ((needed + 1, False), (needed - 1, True)):
        found = required(model, market, held({"ETH-PERP": 1.0}, {"USDC": cash}))
        assert found.trigger.reached == reached
        net = {each.term: each.amount for each in found.figures}
        assert net["net_maintenance_margin"] == pytest.approx(1 if not reached else -1)
        assert net["mark_to_market"] == pytest.approx(cash)


def refused(position: Position, *, mode: str = "net") -> str:
    market = quoted("ETH-PERP", "SOL-PERP")
    book = Holdings((position,), settings=Settings(position_mode=mode))
    with pytest.raises((Unsupported, MarketError)) as caught:
        required("derive/portfolio", market, book)
    return str(caught.value)


def test_what_a_manager_cannot_hold_is_refused_in_a_sentence() -> None:
    eth = derive.parse("ETH-PERP")
    expiry = THEN + timedelta(days=10)
    assert "no portfolio manager of SOL" in refused(Position(derive.parse("SOL-PERP"), 1.0))
    assert "hedge mode" in refused(Position(eth, 1.0), mode="hedge")
    assert "long side" in refused(Position(eth, 1.0, side=Side.LONG))
    assert "in isolation" in refused(Position(eth, 1.0, margin_mode=MarginMode.ISOLATED))
    assert "more than can be counted" in refused(Position(eth, 1e16))
    assert "listed at deribit" in refused(Position(deribit.parse("BTC-PERPETUAL"), 1.0))
    assert "enter the coin as a balance" in refused(Position(derive.parse("ETH-USDC"), 1.0))
    future = Future("derive", "ETH-20251218", "ETH", "USD", "USDC", expiry)
    assert "perpetuals and options only" in refused(Position(future, 1.0))
    option = derive.parse("ETH-20251226-3000-C")
    assert isinstance(option, Option)
    assert "no price in this market" in refused(Position(option, 1.0))


def test_the_second_manager_has_four_underlyings_and_33_scenarios_of_the_large_ones() -> None:
    rows = library().bind("derive/portfolio-2", THEN).parameters.rows
    assert {coin: len(each.scenarios) for coin, each in rows.items()} == {
        "BTC": 33, "ETH": 33, "HYPE": 32, "SOL": 33,
    }  # fmt: skip
    first = library().bind("derive/portfolio", THEN).parameters.rows
    assert {coin: len(each.scenarios) for coin, each in first.items()} == {"BTC": 23, "ETH": 23}


def test_different_tables_are_numbered_and_the_shorter_is_filled_up() -> None:
    market = quoted("HYPE-PERP", "ETH-PERP")
    found = required("derive/portfolio-2", market, held({"HYPE-PERP": 1.0, "ETH-PERP": 1.0}))
    assert found.losses.label[0] == "scenario 1"
    assert {len(each) for each in found.losses.profit} == {33}
    assert found.losses.profit[1][-1] == 0
