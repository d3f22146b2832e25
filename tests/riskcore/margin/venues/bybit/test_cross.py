"""Bybit's cross margin by hand-computed figures, what it refuses, and how exact it calls itself."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import ParameterError, RiskcoreError, Unsupported
from riskcore.holdings import Balance, MarginMode, Side
from riskcore.margin.requirement import Requirement
from tests.builders import library
from tests.riskcore.margin.venues.bybit.desk import (
    INDEX,
    SEPTEMBER,
    figure,
    initial,
    line,
    market,
    order,
    position,
    required,
)

CASH = {"USDT": 100_000.0}
NO_FEE = {"rules": {"closing_fee": 0.0}}
TEN = {"leverage": 10.0}
AUGUST = datetime(2026, 8, 5, 12, tzinfo=UTC)


def bare(*held: Any, **terms: Any) -> Requirement:
    """An account without the closing fee."""
    rules = {**NO_FEE, **terms.pop("rules", {})}
    balances = terms.pop("balances", CASH)
    return required("cross", held, balances, rules=rules, **terms)


def test_linear_margin_by_tier_and_leverage() -> None:
    """140,000 USDT lie in the first tier, 700,000 in the second, whose deduction is 510."""
    small = bare(position("BTCUSDT", 2.0, **TEN))
    assert initial(small) == pytest.approx(14_000)
    assert small.maintenance.amount == pytest.approx(140_000 * 0.0033)
    large = bare(position("BTCUSDT", -10.0, **TEN))
    assert large.maintenance.amount == pytest.approx(700_000 * 0.005 - 510)
    assert initial(bare(position("BTCUSDT", 2.0))) == pytest.approx(140_000 / 150)


def test_help_page_rate_of_the_second_tier_in_august() -> None:
    """2,600,000 USDT: 0.5 % up to 2,000,000, 0.56 % of what lies above."""
    priced = market(["BTCUSDT"], at=AUGUST, index={**INDEX, "BTC": 65_000.0})
    found = bare(position("BTCUSDT", 40.0, **TEN), priced=priced)
    assert found.maintenance.amount == pytest.approx(10_000 + 600_000 * 0.0056)


def test_leverage_is_limited_to_that_of_the_tier() -> None:
    assert initial(bare(position("BTCUSDT", 10.0, leverage=150.0))) == pytest.approx(7_000)
    assert initial(bare(position("BTCUSDT", 10.0, leverage=50.0))) == pytest.approx(14_000)


def test_closing_fee_stands_in_both_margins() -> None:
    found = required("cross", [position("BTCUSDT", 2.0, **TEN)], CASH)
    assert initial(found) == pytest.approx(14_000 + 77)
    assert found.maintenance.amount == pytest.approx(462 + 77)


def test_value_may_be_taken_at_entry() -> None:
    held = position("BTCUSDT", 2.0, entry_price=60_000.0, **TEN)
    assert initial(bare(held)) == pytest.approx(14_000)
    entry = {"rules": {"closing_fee": 0.0, "value_at": "entry"}}
    assert initial(bare(held, rules=entry)) == pytest.approx(12_000)


def test_inverse_margin_is_in_the_coin() -> None:
    """10,500,000 USD are 150 BTC, the end of the first tier; 20 BTC above it pay 1 %."""
    edge = bare(position("BTCUSD", 10_500_000.0, **TEN))
    assert edge.maintenance.amount == pytest.approx(0.75 * 70_000)
    above = bare(position("BTCUSD", -11_900_000.0, **TEN))
    assert above.maintenance.amount == pytest.approx((0.75 + 0.2) * 70_000)
    assert initial(above) == pytest.approx(17 * 70_000)
    priced = market(["BTCUSD"], marks={"BTCUSD": 70_350.0})
    off = bare(position("BTCUSD", 703_500.0, **TEN), priced=priced)
    assert initial(off) == pytest.approx(70_000)


def test_a_contract_without_limits_takes_those_of_its_coin() -> None:
    usdc = bare(position("BTCPERP", -10.0, **TEN))
    assert usdc.maintenance.amount == pytest.approx(700_000 * 0.005 - 510)
    assert usdc.label.startswith("approximate: risk limits of another contract")
    future = bare(position("BTCUSDZ26", 70_000.0, **TEN))
    assert future.maintenance.amount == pytest.approx(350)
    assert future.label.startswith("exact except tiers of which only the first")
    later = bare(position("BTCUSDH27", 70_000.0, **TEN))  # by BTCUSD, not by BTCUSDT
    assert later.maintenance.amount == pytest.approx(350)
    assert later.label.startswith("approximate: risk limits of another contract")
    ether = bare(position("ETHUSD", 2_000_000.0, **TEN))  # by ETHUSDT, whose tiers are in dollars
    assert ether.maintenance.amount == pytest.approx(2_000_000 * 0.0071 - 2_700)


def test_option_margin_per_coin() -> None:
    """A call 10,000 out of the money, and one so far out that the floor of 10 % holds."""
    names = ["BTC-27NOV26-72000-C-USDT", "BTC-27NOV26-80000-C-USDT"]
    priced = market(names, marks=dict.fromkeys(names, 500.0))
    near, far = (bare(position(name, -2.0), priced=priced) for name in names)
    assert initial(near) == pytest.approx(2 * (10_500 - 2_000 + 500))
    assert initial(far) == pytest.approx(2 * (7_000 + 500))
    assert far.maintenance.amount == pytest.approx(2 * (2_100 + 500 + 140))
    bought = bare(position(names[0], 2.0), priced=priced)
    assert initial(bought) == bought.maintenance.amount == 0


def test_option_sold_dearer_than_its_mark_needs_what_it_was_sold_at() -> None:
    name = "BTC-27NOV26-70000-P-USDT"
    priced = market([name], marks={name: 500.0})
    found = bare(position(name, -1.0, entry_price=900.0), priced=priced)
    assert initial(found) == pytest.approx(10_500 + 900)
    cheap = bare(position(name, -1.0, entry_price=100.0), priced=priced)
    assert initial(cheap) == pytest.approx(10_500 + 500)


def test_option_dearer_than_its_coin_needs_a_share_of_its_mark() -> None:
    name = "BTC-27NOV26-200000-P-USDT"
    priced = market([name], marks={name: 130_000.0})
    found = bare(position(name, -1.0), priced=priced)
    assert found.maintenance.amount == pytest.approx(3_900 + 130_000 + 140)
    assert initial(found) == pytest.approx(10_500 + 130_000)


def test_initial_margin_is_at_least_the_maintenance_margin() -> None:
    name = "BTC-27NOV26-200000-P-USDT"
    rules = {**NO_FEE, "options": {"option_initial": 0.0, "option_initial_floor": 0.0}}
    priced = market([name], marks={name: 100.0})
    found = required("cross", {name: -1.0}, CASH, priced=priced, rules=rules)
    assert initial(found) == found.maintenance.amount == pytest.approx(2_100 + 100 + 140)


def test_tether_is_counted_at_its_index() -> None:
    names = ["BTCUSDT", "BTC-27NOV26-80000-C-USDT"]
    priced = market(names, index={**INDEX, "USDT": 0.5}, marks={names[1]: 500.0})
    found = bare(position("BTCUSDT", 1.0, **TEN), priced=priced)
    assert initial(found) == pytest.approx(3_500)
    assert found.equity.amount == pytest.approx(50_000)
    short = bare(position(names[1], -1.0), priced=priced)  # the coin is at 140,000 USDT
    assert initial(short) == pytest.approx((21_000 + 500) * 0.5)


def test_collateral_ratio_by_quantity_and_debts_whole() -> None:
    found = bare(balances={"BTC": 2.0, "USDT": -1_000.0})
    assert found.equity.amount == pytest.approx(0.85 * 140_000 - 1_000)
    tiers = {"BTC": {"collateral_upto": [1.0, 2.0], "collateral_ratio": [0.9, 0.5]}}
    found = bare(balances={"BTC": 3.0}, rules=tiers)
    assert found.equity.amount == pytest.approx((0.9 + 0.5) * 70_000)
    assert figure(found, "total_account_equity") == pytest.approx(210_000)
    assert figure(found, "margin_balance") == pytest.approx(98_000)


def test_collateral_that_was_not_read_is_assumed_and_approximate() -> None:
    found = bare(balances={"ETH": 10.0})
    assert found.equity.amount == pytest.approx(17_000)
    assert found.label.startswith("approximate: collateral ratio of ETH")
    assert bare(balances={"USDC": 10.0}).equity.amount == 10


def test_profit_of_futures_counts_and_options_do_not() -> None:
    name = "BTC-27NOV26-70000-P-USDT"
    held = [position("BTCUSDT", 1.0, entry_price=69_000.0), position(name, 1.0)]
    priced = market(["BTCUSDT", name], marks={name: 500.0})
    found = bare(*held, priced=priced)
    assert found.equity.amount == pytest.approx(101_000)
    assert figure(found, "total_account_equity") == pytest.approx(101_500)
    inverse = bare(position("BTCUSD", 70_000.0, entry_price=35_000.0), balances={})
    assert inverse.equity.amount == pytest.approx(0.85 * 70_000)


def test_loans_are_margined_by_quantity() -> None:
    """Borrowed beside what a negative balance is short of; above 390 BTC the rate steps up."""
    lent = bare(balances={"BTC": Balance(5.0, borrowed=2.0)})
    assert initial(lent) == pytest.approx(0.2 * 140_000)
    assert lent.maintenance.amount == pytest.approx(0.04 * 140_000)
    short = bare(balances={"BTC": Balance(-1.0, borrowed=2.0), "USDT": Balance(1e6)})
    assert initial(short) == pytest.approx(0.2 * 210_000)
    many = bare(balances={"BTC": Balance(400.0, borrowed=391.5)})
    assert initial(many) == pytest.approx(0.33333333 * 391.5 * 70_000)
    other = bare(balances={"ETH": Balance(0.0, borrowed=1.0), "USDT": Balance(1e6)})
    assert initial(other) == pytest.approx(400)
    assert other.label.startswith("approximate: margin of borrowed ETH")


def test_losses_in_a_currency_without_cash_are_a_loan() -> None:
    found = bare(position("BTCUSDT", 1.0, entry_price=71_000.0), balances={"USDC": 1e5})
    assert line(found.initial, "borrowing_margin").amount == pytest.approx(200)


def test_trigger_is_the_maintenance_rate_lower_with_loans() -> None:
    held = position("BTCUSDT", 2.0, **TEN)
    for cash, reached in ((462.0, True), (463.0, False)):
        found = bare(held, balances={"USDT": cash})
        assert found.trigger.reached is reached
        assert found.trigger.level == 1
    assert figure(found, "account_mm_rate") == pytest.approx(462 / 463)
    assert figure(found, "account_im_rate") == pytest.approx(14_000 / 463)
    assert figure(found, "available_funds") == 0
    owed = {"BTC": Balance(1.0, borrowed=1.0), "USDT": Balance(1e5)}
    lent = bare(balances=owed)
    assert lent.trigger.level == 0.85
    assert lent.notes[-1].startswith("with loans Bybit repays automatically from a rate of 85%")
    kept = {"rules": {"closing_fee": 0.0, "trigger_with_loans": "liquidation"}}
    assert bare(balances=owed, rules=kept).trigger.level == 1


def test_orders_add_what_they_would_need_as_positions() -> None:
    held = position("BTCUSDT", 1.0, **TEN)
    bids = [order("BTCUSDT", 1.0, 60_000.0), order("BTCUSDT", -1.0, 90_000.0, reduce_only=True)]
    found = bare(held, orders=bids)
    assert initial(found) == pytest.approx(7_000 + 6_000)
    assert found.maintenance.amount == pytest.approx(231)
    assert found.equity.amount == pytest.approx(100_000)
    assert initial(bare(held, orders=bids, rules={"cross": {"orders": "none"}})) == (
        pytest.approx(7_000)
    )
    name = "BTC-27NOV26-80000-C-USDT"
    priced = market(["BTCUSDT", name], marks={name: 500.0})
    sold = bare(held, orders=[order(name, -1.0, 800.0)], priced=priced)
    assert initial(sold) == pytest.approx(7_000 + 7_000 + 800)
    cheap = bare(held, orders=[order(name, 2.0, 40.0)], priced=priced)
    assert initial(cheap) == pytest.approx(7_000 + 2 * (40 + 5))


def test_order_loss_is_what_an_order_beyond_the_mark_would_lose() -> None:
    held = position("BTCUSDT", 1.0, **TEN)
    found = bare(held, orders=[order("BTCUSDT", 2.0, 71_000.0), order("BTCUSDT", -1.0, 75_000.0)])
    assert found.equity.amount == pytest.approx(100_000 - 2_000)
    inverse = bare(orders=[order("BTCUSD", -70_000.0, 35_000.0)])
    assert inverse.equity.amount == pytest.approx(100_000 - 70_000)
    assert bare(orders=[order("BTCUSD", 70_000.0, 35_000.0)]).equity.amount == 100_000


def test_haircut_loss_is_what_a_spot_order_takes_off_the_collateral() -> None:
    priced = market(["BTC/USDT"])
    bid = bare(orders=[order("BTC/USDT", 1.0, 60_000.0)], priced=priced)
    assert bid.equity.amount == pytest.approx(100_000 - 0.15 * 60_000)
    assert initial(bid) == 0
    offer = bare(orders=[order("BTC/USDT", -1.0, 60_000.0)], priced=priced)
    assert offer.equity.amount == pytest.approx(100_000)


def test_both_sides_of_a_contract_count() -> None:
    held = [
        position("BTCUSDT", 1.0, side=Side.LONG, **TEN),
        position("BTCUSDT", -1.0, side=Side.SHORT, **TEN),
    ]
    found = bare(*held, mode="hedge")
    assert initial(found) == pytest.approx(14_000)
    assert "positions held on both sides" in found.label


def test_labels() -> None:
    plain = required("cross", [position("BTCUSDT", 1.0, **TEN)], CASH).label
    assert plain == "exact except the price that values positions, the closing fee"
    assert required("cross", [], CASH).label == "exact"
    at = datetime(2026, 9, 27, 12, tzinfo=UTC)
    later = required("cross", {"BTCUSDT": 1.0}, CASH, priced=market(["BTCUSDT"], at=at)).label
    assert later.endswith("parameters of another date")
    name = "BTC-29DEC23-31000-C"
    december = market([name], at=datetime(2023, 12, 10, tzinfo=UTC))
    assert required("cross", {name: -1.0}, {"USDC": 1e5}, priced=december).label == "exact"
    assert "above the risk limit" in bare(position("BTCUSDT", 20_000.0)).label
    assert "overridden parameters" in bare(position("BTCUSDT", 1.0)).label


def refused(*held: Any, kind: type[RiskcoreError] = Unsupported, **terms: Any) -> str:
    """The sentence with which cross margin refuses an account."""
    with pytest.raises(kind) as found:
        required("cross", held, CASH, **terms)
    return str(found.value)


def test_contract_without_limits_is_refused_with_the_keys_to_give() -> None:
    priced = market(["XRPUSDT"], index={**INDEX, "XRP": 2.0})
    assert refused(position("XRPUSDT", 1.0), priced=priced) == (
        "Bybit's risk limits of XRPUSDT are not known; give upto, maintenance and leverage in "
        "[parameters.XRPUSDT] of a parameter file of your own, or as overrides"
    )


def test_what_cannot_be_held_is_refused() -> None:
    assert refused(position("BTCUSDT", 1.0, leverage=200.0)) == (
        "BTCUSDT has leverage 200; Bybit allows 1 to 150 on BTCUSDT"
    )
    isolated = position("BTCUSDT", 1.0, margin_mode=MarginMode.ISOLATED)
    assert refused(isolated).startswith("BTCUSDT is margined in isolation")
    assert refused(orders=[order("BTCUSDT", 1.0, 0.0)]).startswith("BTCUSDT: an order at the price")


@pytest.mark.parametrize(
    "wrong",
    [
        {"BTCUSDT": {"upto": [1.0, 2.0]}},
        {"XUSDT": {"upto": [2.0, 1.0], "maintenance": [0.1, 0.2], "leverage": [5.0, 2.0]}},
        {"BTC": {"collateral_upto": [1.0, 2.0]}},
        {"BTC": {"loan_initial": [0.2]}},
        {"rules": {"value_at": "last"}},
    ],
)
def test_parameters_that_do_not_fit_are_refused(wrong: dict[str, dict[str, object]]) -> None:
    with pytest.raises(ParameterError):
        library().bind("bybit/cross", SEPTEMBER, wrong)


@given(
    st.lists(st.floats(-3_000, 3_000), min_size=3, max_size=3),
    st.floats(-500_000, 500_000),
    st.sampled_from([None, 1.0, 10.0, 75.0]),
)
def test_scalar_recomputation(sizes: list[float], cash: float, leverage: float | None) -> None:
    """Maintenance slice by slice: each part of a value at the rate of its own tier."""
    names = ("BTCUSDT", "ETHUSDT", "SOLUSDT")
    priced = market(names, at=AUGUST)
    held = [
        position(name, size, leverage=leverage) for name, size in zip(names, sizes, strict=True)
    ]
    found = bare(*held, balances={"USDT": cash}, priced=priced)
    bound = library().bind("bybit/cross", AUGUST)
    kept = needed = 0.0
    for each in held:
        limits = bound.parameters.ladders[each.instrument.name]  # type: ignore[attr-defined]
        value = abs(each.quantity) * INDEX[each.instrument.base]
        ends = [*limits.lower[1:], float("inf")]
        for low, end, rate in zip(limits.lower, ends, limits.rate, strict=True):
            kept += max(min(value, end) - low, 0.0) * rate
        highest = next(
            most for end, most in zip(ends, limits.leverage, strict=True) if value <= end
        )
        needed += value / min(leverage or 1e9, highest)
    loan = max(-cash, 0.0)
    assert found.maintenance.amount == pytest.approx(kept + 0.04 * loan)
    assert initial(found) == pytest.approx(needed + 0.2 * loan)
    assert found.equity.amount == pytest.approx(cash)
