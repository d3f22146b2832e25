"""Single rules of Kraken by figures made by hand, refusals, labels."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from riskcore.errors import ParameterError, Refusal
from riskcore.holdings import Balance, Holdings, MarginMode, Order, Position, Settings
from riskcore.naming import deribit, kraken
from riskcore.repricing import risk
from tests.builders import library
from tests.riskcore.margin.venues.kraken.desk import (
    AUTUMN,
    INDEX,
    held,
    initial,
    line,
    market,
    pools,
)

MARKS = {
    "PF_XBTUSD": 80_000.0,
    "FF_XBTUSD_261225": 80_700.0,
    "PF_ETHUSD": 2_500.0,
    "PF_AAVEUSD": 200.0,
    "PI_XBTUSD": 80_000.0,
    "FI_XBTUSD_261225": 80_000.0,
    "PI_BCHUSD": 500.0,
}
THERE = market(MARKS, INDEX | {"BCH": 500.0})


def test_levels_are_marginal() -> None:
    found = pools(THERE, held({"PF_AAVEUSD": (10_000.0, 200.0)}))["USD"]
    assert initial(found) == pytest.approx(5_000 + 20_000 + 15_000 + 100_000)
    assert found.maintenance.amount == pytest.approx(70_000)


@pytest.mark.parametrize(
    ("letter", "expected"),
    [("A", 0.02), ("B", 0.02), ("C", 0.04), ("D", 0.06), ("E", 0.1), ("F", 0.15), ("G", 0.2)],
)
def test_first_and_last_level_of_every_class(letter: str, expected: float) -> None:
    overrides = {"AAVE": {"margin_class": letter}}
    small = pools(THERE, held({"PF_AAVEUSD": (1.0, 200.0)}), overrides)["USD"]
    assert initial(small) == pytest.approx(expected * 200)
    assert small.maintenance.amount == pytest.approx(expected * 100)
    large, larger = (
        initial(pools(THERE, held({"PF_AAVEUSD": (size, 200.0)}), overrides)["USD"])
        for size in (1e6, 1e6 + 1)
    )
    assert larger - large == pytest.approx(0.25 * 200)  # level VII


def test_own_schedule_of_a_contract_precedes_its_class() -> None:
    one = pools(THERE, held({"PF_XBTUSD": (1.0, 80_000.0)}))["USD"]
    assert initial(one) == pytest.approx(800)
    assert one.maintenance.amount == pytest.approx(400)
    future = pools(THERE, held({"FF_XBTUSD_261225": (-30.0, 80_000.0)}))["USD"]
    assert initial(future) == pytest.approx(2e6 * 0.02 + 4e5 * 0.04)


def test_margin_is_taken_on_the_value_at_entry() -> None:
    found = pools(THERE, held({"PF_XBTUSD": (1.0, 60_000.0)}))["USD"]
    assert initial(found) == pytest.approx(600)
    assert found.maintenance.amount == pytest.approx(300)
    book = held({"PF_XBTUSD": (1.0, 60_000.0)})
    marked = pools(THERE, book, {"rules": {"value_at": "mark"}})["USD"]
    assert initial(marked) == pytest.approx(600)
    assert marked.maintenance.amount == pytest.approx(400)
    unknown = pools(THERE, held({"PF_XBTUSD": (1.0, None)}))["USD"]
    assert initial(unknown) == pytest.approx(800)
    assert "the value at entry" in unknown.label
    assert any("for want of its entry" in note for note in unknown.notes)


def test_only_the_larger_side_of_a_coin_counts() -> None:
    book = held({"FF_XBTUSD_261225": (1.5, 80_000.0), "PF_XBTUSD": (-1.0, 80_000.0)})
    found = pools(THERE, book)["USD"]
    assert initial(found) == pytest.approx(2_400)
    assert found.maintenance.amount == pytest.approx(1_200)
    netted = line(found.initial, "netted_margin")
    assert netted.considered[0].term == "short_margin"
    assert netted.considered[0].amount == pytest.approx(800)


def test_coins_do_not_net() -> None:
    book = held({"PF_AAVEUSD": (1_000.0, 200.0), "PF_XBTUSD": (-1.0, 80_000.0)})
    assert initial(pools(THERE, book)["USD"]) == pytest.approx(4_000 + 800)


def test_equity_takes_the_haircut_and_adds_open_profit() -> None:
    book = held(
        {"PF_XBTUSD": (2.0, 79_000.0)},
        {"USD": 1_000.0, "BTC": 0.5, "AAVE": 10.0},
        accrued_funding=7.0,
    )
    found = pools(THERE, book)["USD"]
    collateral = 1_000 + 0.97 * 40_000 + 0.8 * 2_000
    assert found.equity.amount == pytest.approx(collateral + 2_000 + 7)
    figures = {each.term: each.amount for each in found.figures}
    assert figures["collateral_counted"] == pytest.approx(collateral)
    assert figures["margin_equity"] == found.equity.amount
    assert figures["available_margin"] == pytest.approx(found.equity.amount - initial(found))


def test_what_is_owed_counts_whole() -> None:
    found = pools(THERE, held({}, {"USD": 100.0, "EUR": -10.0}))["USD"]
    assert found.equity.amount == pytest.approx(100 - 11)


def test_a_currency_switched_off_backs_nothing() -> None:
    book = replace(
        held({}, {"USD": 100.0, "EUR": 10.0}), settings=Settings(collateral_enabled=("USD",))
    )
    assert pools(THERE, book)["USD"].equity.amount == 100


def test_inverse_contracts_have_a_wallet_of_their_coin() -> None:
    book = held(
        {"PI_XBTUSD": (800_000.0, 80_000.0), "PF_XBTUSD": (1.0, 80_000.0)},
        {"BTC": 2.0, "USD": 500.0},
    )
    found = pools(THERE, book)
    assert set(found) == {"USD", "BTC"}
    assert found["BTC"].equity.amount == pytest.approx(2)
    assert found["USD"].equity.amount == pytest.approx(500)
    share = (500_000 * 0.02 + 300_000 * 0.04) / 800_000
    assert initial(found["BTC"]) == pytest.approx(share * 10)
    assert found["BTC"].maintenance.amount == pytest.approx(share * 5)


def test_inverse_contracts_of_a_coin_net_as_well() -> None:
    book = held({"PI_XBTUSD": (400_000.0, 80_000.0), "FI_XBTUSD_261225": (-320_000.0, 80_000.0)})
    assert initial(pools(THERE, book)["BTC"]) == pytest.approx(0.02 * 5)


def test_levels_may_be_skipped() -> None:
    book = held({"PI_BCHUSD": (6e6, 500.0)})
    usd = 5e5 * 0.04 + 15e5 * 0.06 + 1e6 * 0.1 + 2e6 * 0.2 + 1e6 * 0.5
    assert initial(pools(THERE, book)["BCH"]) * 500 == pytest.approx(usd)


def test_a_coin_returns_to_the_wallet_in_usd_without_inverse_contracts() -> None:
    found = pools(THERE, held({"PI_XBTUSD": (0.0, 80_000.0)}, {"BTC": 1.0}))
    assert set(found) == {"USD"}
    assert found["USD"].equity.amount == pytest.approx(0.97 * 80_000)


def test_orders_count_beyond_what_they_close() -> None:
    def needed(size: float, *orders: tuple[str, float, float]) -> float:
        return initial(pools(THERE, held({"PF_XBTUSD": (size, 80_000.0)}, orders=orders))["USD"])

    buy, sell = ("PF_XBTUSD", 2.0, 79_000.0), ("PF_XBTUSD", -3.0, 81_000.0)
    assert needed(1.0) == pytest.approx(800)
    assert needed(1.0, buy) == pytest.approx(0.01 * (80_000 + 158_000))
    assert needed(1.0, sell) == pytest.approx(0.01 * 2 * 81_000)
    assert needed(-1.0, buy) == pytest.approx(800)  # one coin beyond, 790, is the smaller side
    assert needed(1.0, buy, sell) == pytest.approx(0.01 * (80_000 + 158_000))
    book = held({"PF_XBTUSD": (1.0, 80_000.0)}, orders=(buy,))
    assert pools(THERE, book)["USD"].maintenance.amount == pytest.approx(400)
    reduce = Order(kraken.parse("PF_XBTUSD"), -5.0, 80_000.0, reduce_only=True)
    kept = Holdings(held({"PF_XBTUSD": (1.0, 80_000.0)}).positions, {}, (reduce,))
    assert initial(pools(THERE, kept)["USD"]) == pytest.approx(800)


def test_isolated_position_has_its_own_pool() -> None:
    one = Position(
        kraken.parse("PF_XBTUSD"),
        -1.0,
        79_000.0,
        margin_mode=MarginMode.ISOLATED,
        isolated_margin=2_000.0,
    )
    crossed = held({"FF_XBTUSD_261225": (1.0, 80_000.0)}).positions
    found = pools(THERE, Holdings((one, *crossed), {"USD": Balance(5_000.0)}))
    assert initial(found["USD"]) == pytest.approx(1_600)
    alone = found["PF_XBTUSD"]
    assert alone.members == {one.key}
    assert initial(alone) == pytest.approx(790)
    assert alone.maintenance.amount == pytest.approx(395)
    assert alone.equity.amount == pytest.approx(2_000 - 1_000)
    assert found["USD"].equity.amount == pytest.approx(5_000 + 700)


def test_liquidation_stands_where_equity_is_the_maintenance_margin() -> None:
    found = pools(THERE, held({"PF_XBTUSD": (1.0, 80_000.0)}, {"USD": 400.0}))["USD"]
    assert found.trigger.figure == pytest.approx(1)
    assert found.trigger.level == 1
    assert found.trigger.reached


def test_alone_a_position_has_no_hedge() -> None:
    model = library().bind("kraken/multi-collateral", AUTUMN)
    moved = risk(THERE, model.scenarios(THERE.universe, THERE))
    book = held({"FF_XBTUSD_261225": (1.5, 80_000.0), "PF_XBTUSD": (-1.0, 80_000.0)})
    assert model.stand_alone(book, moved) == pytest.approx(np.array([2_400.0, 800.0]))
    assert model.isolated(book, moved) == pytest.approx(np.array([2_400.0, 800.0]))


def refusal(book: Holdings, overrides: dict | None = None) -> str:  # type: ignore[type-arg]
    there = market(MARKS | {"PF_PEPEUSD": 1.0, "PI_LTCUSD": 90.0}, INDEX | {"PEPE": 1.0})
    with pytest.raises(Refusal) as caught:
        pools(there, book, overrides)
    return str(caught.value)


def test_what_is_refused() -> None:
    assert "margin class of PEPE is not known; give [parameters.PEPE] with margin_class" in refusal(
        held({"PF_PEPEUSD": (1.0, 1.0)})
    )
    assert "haircut of PEPE is not known" in refusal(held({}, {"PEPE": 1.0}))
    option = Holdings((Position(deribit.parse("BTC-27MAR26-60000-P"), 1.0),))
    assert "covers perpetuals and futures, so remove it" in refusal(option)
    one = kraken.parse("PF_XBTUSD")
    alone = Holdings((Position(one, 1.0, margin_mode=MarginMode.ISOLATED),))
    assert "is isolated; give its isolated margin" in refusal(alone)
    assert "borrowed" in refusal(Holdings((), {"USD": Balance(0.0, borrowed=1.0)}))
    assert "one rate more than upto has ends" in refusal(held({}), {"PF_XBTUSD": {"upto": [1.0]}})
    assert "one more than inverse_upto" in refusal(held({}), {"BTC": {"inverse_upto": [1.0]}})


def test_lists_of_a_wrong_length_are_the_parameters_fault() -> None:
    with pytest.raises(ParameterError):
        pools(THERE, held({}), {"PF_XBTUSD": {"upto": [1.0]}})


def test_only_an_override_of_the_class_itself_takes_the_assumption_away() -> None:
    book = held({"PF_ETHUSD": (1.0, 2_500.0)})
    beside = pools(THERE, book, {"EUR": {"haircut": 0.02}})["USD"].label
    assert beside.startswith("approximate: an assumed margin class")
    own = pools(THERE, book, {"ETH": {"margin_class": "B"}})["USD"].label
    assert own.startswith("exact except")
    assert own.endswith("overridden parameters")


def test_an_order_without_a_price_is_refused() -> None:
    with pytest.raises(Refusal, match="PI_XBTUSD: an order at the price 0"):
        pools(THERE, held(orders=(("PI_XBTUSD", 100.0, 0.0),)))
    with pytest.raises(Refusal, match="an order's profit since 1e-300 is more than 1e"):
        pools(THERE, held(orders=(("PI_XBTUSD", 100.0, 1e-300),)))


def test_labels() -> None:
    def label(at: datetime, *names: str, **balances: float) -> str:
        there = market(MARKS, INDEX | {"BCH": 500.0}, at)
        book = held({name: (1.0, MARKS[name]) for name in names}, balances)
        return next(iter(pools(there, book).values())).label

    recorded = datetime(2026, 9, 25, 12, tzinfo=UTC)
    entry = "the value maintenance margin is taken on"
    assert label(recorded, "PF_XBTUSD") == f"exact except {entry}"
    classes = f"{entry}, the rates of the size classes"
    assert label(AUTUMN, "PF_AAVEUSD") == f"exact except {classes}"
    assert label(AUTUMN, "PF_XBTUSD") == f"exact except {entry}, parameters of another date"
    assert label(AUTUMN, "PF_AAVEUSD", EUR=1.0) == f"exact except {classes}, collateral haircuts"
    assert label(AUTUMN, "PF_ETHUSD") == f"approximate: an assumed margin class, {classes}"
    assert label(AUTUMN, "PI_XBTUSD", BTC=1.0) == f"exact except {entry}"
    large = held({"PF_XBTUSD": (100.0, 80_000.0)})
    there = market(MARKS, INDEX | {"BCH": 500.0}, recorded)
    assert "levels beyond the recorded ones" in pools(there, large)["USD"].label
    orders = held({}, orders=(("PF_AAVEUSD", 1.0, 200.0),))
    both = "open orders, the rates of the size classes"
    assert pools(THERE, orders)["USD"].label == f"exact except {both}"
