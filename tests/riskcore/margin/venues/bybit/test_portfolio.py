"""Bybit's portfolio margin by hand-computed figures, and what it refuses."""

from datetime import UTC, datetime
from math import ceil, erf, log, sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import ParameterError, Unsupported
from riskcore.holdings import Balance, Holdings
from riskcore.instruments import Option
from riskcore.margin.requirement import Requirement
from riskcore.margin.venues.bybit.contingency import matched
from riskcore.oracles import Feed, Oracles
from riskcore.repricing import risk
from tests.builders import library
from tests.riskcore.margin.venues.bybit import cases
from tests.riskcore.margin.venues.bybit.desk import (
    INDEX,
    SEPTEMBER,
    initial,
    line,
    market,
    order,
    position,
    required,
)

CASH = {"USDT": 100_000.0}
OLD = datetime(2024, 12, 1, 12, tzinfo=UTC)
NEAR, FAR = "BTC-30OCT26-70000-C-USDT", "BTC-25DEC26-70000-C-USDT"


def pm(held: Any, balances: Any = None, **terms: Any) -> Requirement:
    """What portfolio margin requires."""
    return required("portfolio", held, CASH if balances is None else balances, **terms)


def lost(found: Requirement) -> float:
    """The largest losses of all coins."""
    return sum(each.amount for each in found.maintenance.walk() if each.term == "worst_case")


def added(found: Requirement, term: str) -> float:
    """A contingency of all coins."""
    return sum(each.amount for each in found.maintenance.walk() if each.term == term)


def test_perpetual_loses_a_tenth_and_a_contingency() -> None:
    found = pm({"BTCUSDT": 2.0})
    assert lost(found) == pytest.approx(14_000)
    assert found.maintenance.amount == pytest.approx(14_000 + 2 * 70_000 * 0.0003)
    assert initial(found) == pytest.approx(1.2 * 14_042)
    assert found.worst_scenario == "BTC −10 %, vol up"
    assert pm({"BTCUSDT": -2.0}).worst_scenario == "BTC +10 %, vol up"


def test_before_2025_the_range_was_fifteen_per_cent() -> None:
    found = pm({"BTCUSDT": 1.0}, priced=market(["BTCUSDT"], at=OLD))
    assert lost(found) == pytest.approx(10_500)
    assert len(found.losses.label) == 34


def test_eleven_prices_by_three_volatilities() -> None:
    losses = pm({"BTCUSDT": 1.0}).losses
    assert losses.label[:5] == (
        "unmoved", "−10 %, vol up", "−10 %", "−10 %, vol down", "−8 %, vol up",
    )  # fmt: skip
    assert losses.move[1::3] == pytest.approx([each / 50 for each in range(-5, 6)])


def test_coins_do_not_net_and_contracts_of_one_do() -> None:
    apart = pm({"BTCUSDT": 1.0, "ETHUSDT": -35.0})
    assert lost(apart) == pytest.approx(14_000)
    together = pm({"BTCUSDT": 1.0, "BTCPERP": -1.0})
    assert lost(together) == pytest.approx(0)
    assert added(together, "futures_contingency") == pytest.approx(2 * 70_000 * 0.0003)


def test_basis_stays_when_the_index_moves() -> None:
    """A future above its index moves by the index's money."""
    priced = market(["BTCUSDT-25DEC26"], marks={"BTCUSDT-25DEC26": 73_500.0})
    assert lost(pm({"BTCUSDT-25DEC26": 1.0}, priced=priced)) == pytest.approx(7_000)
    feed = Oracles(feeds=(Feed("bybit", "BTC", "perp", 71_000.0),))
    own = market(["BTCUSDT"], oracles=feed)
    assert lost(pm({"BTCUSDT": 1.0}, priced=own)) == pytest.approx(7_100)


def test_inverse_contract_loses_in_a_coin_that_falls_as_well() -> None:
    found = pm({"BTCUSD": 70_000.0})
    assert lost(found) == pytest.approx((1 / 0.9 - 1) * 0.9 * 70_000)
    assert added(found, "futures_contingency") == pytest.approx(21)


def normal(value: float) -> float:
    """The normal distribution."""
    return (1 + erf(value / sqrt(2))) / 2


def black(forward: float, strike: float, years: float, vol: float, sign: float) -> float:
    """An option on a forward, without discount."""
    width = vol * sqrt(years)
    above = log(forward / strike) / width + width / 2
    return sign * (forward * normal(sign * above) - strike * normal(sign * (above - width)))


def test_volatility_shock_grows_towards_expiry_by_whole_days() -> None:
    """34.8 days are 35: 24 % x (30 / 35)^0.3."""
    found = pm({NEAR: -1.0})
    at = (datetime(2026, 10, 30, 8, tzinfo=UTC) - SEPTEMBER).total_seconds() / 86_400
    shock = 0.24 * (30 / ceil(at)) ** 0.3
    up = black(77_000, 70_000, at / 365, 0.6 * (1 + shock), 1)
    assert lost(found) == pytest.approx(up - black(70_000, 70_000, at / 365, 0.6, 1))
    assert found.worst_scenario == "BTC +10 %, vol up"
    long = pm({NEAR: 1.0})
    down = black(63_000, 70_000, at / 365, 0.6 * (1 - 0.2 * (30 / 35) ** 0.3), 1)
    assert lost(long) == pytest.approx(black(70_000, 70_000, at / 365, 0.6, 1) - down)


def test_spot_hedge_gains_and_is_no_larger_than_the_delta() -> None:
    held = {"BTCUSDT": -1.0}
    bare = pm(held, {"USDT": 1e5})
    hedged = pm(held, {"USDT": 1e5, "BTC": 5.0})
    assert lost(bare) == pytest.approx(7_000)
    assert lost(hedged) == pytest.approx(0)
    part = pm(held, {"USDT": 1e5, "BTC": Balance(1.4, borrowed=1.0)})
    assert lost(part) == pytest.approx(4_200)
    same_way = pm(held, {"USDT": 1e6, "BTC": -3.0})
    assert lost(same_way) == pytest.approx(7_000)
    assert "spot hedges" not in same_way.label
    off = pm(held, {"BTC": 5.0}, rules={"portfolio": {"spot_hedging": False}})
    assert lost(off) == pytest.approx(7_000)
    assert "spot hedges" in hedged.label
    assert hedged.notes[-1] == "+1 BTC of spot hedge, where they gain"


def test_spot_hedge_never_loses_unless_it_is_read_so() -> None:
    """A short call in the money against coins: when they fall, their loss does not count."""
    held = {NEAR: -1.0}
    gains = pm(held, {"BTC": 1.0})
    both = pm(held, {"BTC": 1.0}, rules={"portfolio": {"spot_gains": "and_losses"}})
    down = gains.losses.label.index("−10 %, vol down")
    assert both.losses.profit[0][down] < gains.losses.profit[0][down] - 3_000
    up = gains.losses.label.index("+10 %, vol up")
    assert both.losses.profit[0][up] == pytest.approx(gains.losses.profit[0][up])


def test_contingencies_by_hand() -> None:
    """One call sold near and bought far: 56 days apart, by quantity and by delta."""
    found = pm({NEAR: -1.0, FAR: 1.0})
    days = 56
    assert added(found, "vega_contingency") == pytest.approx(days * 0.0003 * 70_000)
    left = [
        (each - SEPTEMBER).total_seconds() / 86_400 / 365
        for each in (datetime(2026, 10, 30, 8, tzinfo=UTC), datetime(2026, 12, 25, 8, tzinfo=UTC))
    ]
    deltas = [normal(0.6 * sqrt(each) / 2) for each in left]
    assert added(found, "delta_contingency") == pytest.approx(
        min(deltas) * days / 365 * 0.6 * 70_000
    )
    one_way = pm({NEAR: 1.0, FAR: 1.0, "BTCUSDT": 1.0})
    assert added(one_way, "delta_contingency") == added(one_way, "vega_contingency") == 0
    future = pm({"BTCUSDT-25DEC26": 1.0, "BTCUSDT": -1.0})
    assert added(future, "delta_contingency") == pytest.approx(left[1] * 0.6 * 70_000)


def test_what_nets_at_one_time_is_not_hedged_between_times() -> None:
    assert matched([(0.0, 1.0), (0.0, -1.0), (56.0, 1.0)]) == (0.0, 0.0)
    assert matched([(0.0, 2.0), (0.0, -1.0), (56.0, -3.0)]) == (1.0, 56.0)
    assert matched([(0.0, -1.0), (10.0, 1.0), (30.0, 3.0)]) == (1.0, 25.0)


def test_stablecoin_contingency_is_the_spread_on_what_is_hedged_between_them() -> None:
    names = ["BTCUSDT", "BTCPERP"]
    index = {**INDEX, "USDT": 0.98, "USDC": 1.0}
    found = pm({"BTCUSDT": 1.0, "BTCPERP": -0.4}, priced=market(names, index=index))
    assert added(found, "stablecoin_contingency") == pytest.approx(0.4 * 70_000 * 0.02)
    alike = pm({"BTCUSDT": 1.0, "BTCPERP": 0.4}, priced=market(names, index=index))
    assert added(alike, "stablecoin_contingency") == 0


def test_short_options_have_a_factor_when_one_is_given() -> None:
    rules = {"BTC": {"short_option_factor": 0.01}}
    put = "BTC-30OCT26-70000-P-USDT"
    found = pm({NEAR: -2.0, FAR: 0.5, put: 3.0}, rules=rules)
    assert added(found, "short_option_contingency") == pytest.approx(1.5 * 700)
    assert "left out" not in found.label
    without = pm({NEAR: -1.0})
    assert "contingency of short options left out" in without.label
    assert "left out" not in pm({NEAR: 1.0}).label


def test_orders_need_what_the_book_with_them_needs_more() -> None:
    bid = order("BTCUSDT", 1.0, 60_000.0)
    found = pm({"BTCUSDT": 1.0}, orders=[bid])
    assert initial(found) == pytest.approx(1.2 * 14_042)
    assert line(found.initial, "open_orders_margin").amount == pytest.approx(1.2 * 7_021)
    assert found.maintenance.amount == pytest.approx(7_021)
    offer = pm({"BTCUSDT": 1.0}, orders=[order("BTCUSDT", -1.0, 80_000.0)])
    assert line(offer.initial, "open_orders_margin").amount == 0
    reducing = order("BTCUSDT", -1.0, 80_000.0, reduce_only=True)
    assert "open orders" not in pm({"BTCUSDT": 1.0}, orders=[reducing]).label
    none = pm({"BTCUSDT": 1.0}, orders=[bid], rules={"portfolio": {"orders": "none"}})
    assert initial(none) == pytest.approx(1.2 * 7_021)


def test_equity_has_the_value_of_options_and_loans_are_margined() -> None:
    priced = market([NEAR], marks={NEAR: 5_000.0})
    found = pm({NEAR: 1.0}, priced=priced)
    assert found.equity.amount == pytest.approx(105_000)
    lent = pm({}, {"BTC": Balance(2.0, borrowed=1.0)})
    assert initial(lent) == pytest.approx(14_000)
    assert lent.maintenance.amount == pytest.approx(2_800)
    assert lent.trigger.level == 0.85
    sold = pm({NEAR: -1.0}, {}, priced=priced)  # what an option sold is worth is no loan
    assert added(sold, "borrowing_margin") == 0


def test_trigger_is_the_maintenance_rate() -> None:
    for cash, reached in ((7_021.0, True), (7_022.0, False)):
        found = pm({"BTCUSDT": 1.0}, {"USDT": cash})
        assert found.trigger.reached is reached


def test_labels_are_approximate_and_name_why() -> None:
    january = market(["BTCUSDT"], at=datetime(2026, 1, 1, tzinfo=UTC))
    assert pm({"BTCUSDT": 1.0}, priced=january).label == (
        "approximate: contingencies of which only that of futures is confirmed"
    )
    assert "parameters of another date" in pm({"BTCUSDT": 1.0}).label
    assert "factors of ETH" in pm({"ETHUSDT": 1.0}).label
    assert "volatility shocks inferred from one answer" in pm({NEAR: 1.0}).label


def test_coin_without_a_row_is_refused_with_the_keys_to_give() -> None:
    priced = market(["SOLUSDT"])
    model = library().bind("bybit/portfolio", SEPTEMBER)
    with pytest.raises(Unsupported) as refused:
        model.scenarios(priced.universe, priced)
    text = str(refused.value)
    assert text.startswith("Bybit's stress test of SOL is not known; give price_range, price_steps")
    assert text.endswith("in [parameters.SOL] of a parameter file of your own, or as overrides")


def test_a_coin_can_be_given_as_an_override() -> None:
    row = {
        "price_range": 0.2, "price_steps": 4, "im_factor": 1.5, "iv_up": 0.3, "iv_down": 0.2,
        "iv_power": 0.3, "future_factor": 0.001, "vega_factor": 0.0, "delta_factor": 0.5,
        "short_option_factor": 0.0,
    }  # fmt: skip
    found = pm({"SOLUSDT": 100.0}, rules={"SOL": row})
    assert found.maintenance.amount == pytest.approx(1_800 + 9)
    assert initial(found) == pytest.approx(1.5 * 1_809)
    both = pm({"SOLUSDT": 100.0, "BTCUSDT": 1.0}, rules={"SOL": row})
    assert lost(both) == pytest.approx(1_800 + 7_000)


def test_isolated_rule_is_the_cross_margin_of_each_position() -> None:
    model = library().bind("bybit/portfolio", SEPTEMBER)
    priced = market(["BTCUSDT"])
    moved = risk(priced, model.scenarios(priced.universe, priced))
    alone = model.isolated(Holdings((position("BTCUSDT", 1.0, leverage=10.0),)), moved)
    assert alone is not None
    assert alone.tolist() == pytest.approx([7_000 + 38.5])


def test_values_out_of_bounds_are_refused() -> None:
    for wrong in ({"BTC": {"price_range": 1.0}}, {"BTC": {"im_factor": 0.9}}):
        with pytest.raises(ParameterError):
            library().bind("bybit/portfolio", SEPTEMBER, wrong)


NAMES = ("BTCUSDT", NEAR, FAR, "BTC-30OCT26-60000-P-USDT")


@given(
    st.lists(st.floats(-20, 20).map(lambda each: round(each, 2)), min_size=4, max_size=4),
    st.floats(-5, 5).map(lambda each: round(each, 2)),
)
def test_scalar_recomputation(sizes: list[float], coins: float) -> None:
    """The whole stress test, one price and one volatility after the other."""
    balances = {"USDT": 1e7, "BTC": coins}
    found = pm(dict(zip(NAMES, sizes, strict=True)), balances, priced=market(NAMES))
    held = [position(name, size) for name, size in zip(NAMES, sizes, strict=True)]
    delta = 0.0
    worst = 0.0
    for each in held:
        option = each.instrument
        if not isinstance(option, Option):
            delta += each.quantity
            continue
        years = (option.expiry - SEPTEMBER).total_seconds() / 86_400 / 365
        width = 0.6 * sqrt(years)
        above = log(70_000 / option.strike) / width + width / 2
        delta += each.quantity * option.right.sign * normal(option.right.sign * above)
    hedge = min(abs(coins), abs(delta)) * (1 if coins > 0 else -1) if coins * delta < 0 else 0.0
    for step in range(-5, 6):
        for shock in (0.24, 0.0, -0.2):
            gain = max(hedge * 70_000 * step / 50, 0.0)
            for each in held:
                option = each.instrument
                if not isinstance(option, Option):
                    gain += each.quantity * 70_000 * step / 50
                    continue
                days = (option.expiry - SEPTEMBER).total_seconds() / 86_400
                vol = 0.6 * (1 + shock * (30 / ceil(days)) ** 0.3)
                sign = option.right.sign
                after = black(70_000 * (1 + step / 50), option.strike, days / 365, vol, sign)
                now = black(70_000, option.strike, days / 365, 0.6, sign)
                gain += each.quantity * (after - now)
            worst = max(worst, -gain)
    assert lost(found) == pytest.approx(worst, rel=1e-9, abs=1e-6)
    assert added(found, "futures_contingency") == pytest.approx(abs(sizes[0]) * 21)


def test_label_of_the_recorded_account_is_that_of_its_cases() -> None:
    assert cases.answer().label == cases.PORTFOLIO
