"""BitMEX's rules by hand-computed figures, and what it refuses."""

from dataclasses import replace

import pytest

from riskcore.errors import Unsupported
from riskcore.holdings import Balance, Holdings, MarginMode, Order, Position
from riskcore.margin.requirement import Requirement
from riskcore.naming import bitmex
from riskcore.repricing import risk
from tests.builders import NOON, library
from tests.riskcore.margin.venues.bitmex.cases import market, pools

LONG = {"XBTUSDT": 1e6}  # one coin, 70,000 USDT


def initial(required: Requirement) -> float:
    assert required.initial is not None
    return required.initial.amount


def test_a_step_begins_above_the_base_risk_limit() -> None:
    at, above = (pools({"XBTUSD": value * 70_000})["BTC"] for value in (200.0, 200.001))
    assert initial(at) == pytest.approx(2.0)
    assert initial(above) == pytest.approx(200.001 * 0.015)


def test_positions_do_not_net() -> None:
    both = pools({"XBTUSD": 700_000.0, "XBTH26": -700_000.0})["BTC"]
    assert initial(both) == pytest.approx(2 * 10 * 0.01)


def test_every_settlement_coin_has_its_pool() -> None:
    found = pools({"XBTUSD": 70_000.0, **LONG}, {"BTC": 1.0, "USDT": 5_000.0})
    assert found["BTC"].equity.amount == pytest.approx(1 + 0.95 * 5_000 / 70_000)
    assert found["USDT"].equity.amount == pytest.approx(5_000 + 0.95 * 70_000)
    alone = pools({"XBTUSD": 70_000.0}, {"USDT": 5_000.0}, rules={"multi_asset": False})
    assert alone["BTC"].equity.amount == 0


def test_what_backs_several_pools_is_said_to_stand_in_each() -> None:
    said = "BTC stands in the equity of each pool it backs, BTC and USDT: it can be lost once"
    found = pools({"XBTUSD": 70_000.0, **LONG}, {"BTC": 1.0})
    assert all(said in each.notes for each in found.values())
    assert not any(
        "it can be lost once" in note for note in pools(LONG, {"BTC": 1.0})["USDT"].notes
    )


def test_limits_are_written_in_full() -> None:
    tree = pools(LONG)["USDT"].maintenance
    assert "70,000 is 0 steps above 10,000,000: " in tree.parts[0].parts[0].because


def test_haircut_of_a_settlement_coin_differs() -> None:
    found = pools({"XBTUSD": 70_000.0, **LONG}, {"USDC": 1_000.0})
    assert found["BTC"].equity.amount * 70_000 == pytest.approx(950)
    assert found["USDT"].equity.amount == pytest.approx(980)


def test_a_debt_is_counted_whole() -> None:
    found = pools({"XBTUSD": 70_000.0}, {"BTC": 1.0, "USDT": -7_000.0})
    assert found["BTC"].equity.amount == pytest.approx(0.9)


def test_a_coin_that_is_not_accepted_backs_nothing_and_is_owed_whole() -> None:
    index = {"LTC": 100.0}
    owned = pools(LONG, {"USDT": 1_000.0, "LTC": 5.0}, index=index)["USDT"]
    assert owned.equity.amount == pytest.approx(1_000)
    assert "LTC backs no position that settles in USDT" in owned.notes
    owed = pools(LONG, {"USDT": 1_000.0, "LTC": -5.0}, index=index)["USDT"]
    assert owed.equity.amount == pytest.approx(500)


def test_open_gains_back_other_positions_unless_they_are_kept_apart() -> None:
    held = {"XBTUSDT": 1e6, "ETHUSDT": 1e5}
    entries = {"XBTUSDT": 69_000.0, "ETHUSDT": 2_100.0}
    counted = pools(held, {"USDT": 5_000.0}, entries=entries)["USDT"]
    rules = {"gains": "own_position"}
    apart = pools(held, {"USDT": 5_000.0}, entries=entries, rules=rules)["USDT"]
    assert apart.equity.amount == pytest.approx(4_900)
    assert counted.equity.amount == pytest.approx(5_900)


def test_orders_count_with_their_larger_side() -> None:
    orders = [("XBTUSDT", 2e6), ("XBTUSDT", -2.5e6)]
    required = pools(LONG, orders=orders)["USDT"]  # 3 long against 1.5 short
    assert initial(required) == pytest.approx(3 * 70_000 * 0.01)
    assert required.maintenance.amount == pytest.approx(70_000 * 0.005)
    alone = pools({}, orders=[("ETHUSDT", -1e5)])["USDT"]
    assert initial(alone) == pytest.approx(2_000 * 0.01)


def test_what_only_reduces_reserves_nothing_and_funding_is_a_profit() -> None:
    priced = market({"XBTUSDT": 70_000.0})
    model = library().bind("bitmex/cross", NOON)
    moved = risk(priced, model.scenarios(priced.universe, priced))
    instrument = bitmex.parse("XBTUSDT")
    account = Holdings(
        (Position(instrument, 1e6, accrued_funding=-50.0),),
        {"USDT": Balance(1_000.0)},
        (Order(instrument, 9e6, 60_000.0, reduce_only=True),),
    )
    (required,) = model.requirement(account, moved)
    assert initial(required) == pytest.approx(700)
    assert required.equity.amount == pytest.approx(950)


def test_an_order_may_lift_a_position_into_the_next_step() -> None:
    required = pools({"XBTUSD": 180.0 * 70_000}, orders=[("XBTUSD", 50.0 * 70_000)])["BTC"]
    assert initial(required) == pytest.approx(230 * 0.015)


def test_trigger_is_reached_when_maintenance_takes_up_equity() -> None:
    assert pools(LONG, {"USDT": 350.0})["USDT"].trigger.reached
    assert not pools(LONG, {"USDT": 351.0})["USDT"].trigger.reached


def test_future_takes_its_own_section() -> None:
    assert initial(pools({"XBTH26": 70_000.0})["BTC"]) == pytest.approx(0.01)
    held = {"XBTH26": 70_000.0}
    model = library().bind("bitmex/cross", NOON, {"XBTUSD-FUTURES": {"base_initial": 0.05}})
    priced = market(dict.fromkeys(held, 70_000.0))
    moved = risk(priced, model.scenarios(priced.universe, priced))
    account = Holdings((Position(bitmex.parse("XBTH26"), 70_000.0),))
    assert initial(model.requirement(account, moved)[0]) == pytest.approx(0.05)


def test_assumed_limits_are_approximate() -> None:
    assert pools(LONG)["USDT"].label.startswith("approximate: assumed risk limits")
    assert pools({"XBTUSD": 70_000.0})["BTC"].label.startswith("exact except")


def test_what_is_not_held_there_is_refused() -> None:
    priced = market({"XBTUSDT": 70_000.0})
    model = library().bind("bitmex/cross", NOON)
    moved = risk(priced, model.scenarios(priced.universe, priced))
    single = Position(bitmex.parse("XBTUSDT"), 1e6)
    apart = Holdings((replace(single, margin_mode=MarginMode.ISOLATED),))
    with pytest.raises(Unsupported, match="one net position in cross margin"):
        model.requirement(apart, moved)


def test_contract_without_a_risk_limit_is_refused_with_the_keys_to_give() -> None:
    with pytest.raises(Unsupported, match=r"risk limit of LTCUSDT .* base_initial"):
        pools({"LTCUSDT": 1e4}, marks={"LTCUSDT": 100.0})
