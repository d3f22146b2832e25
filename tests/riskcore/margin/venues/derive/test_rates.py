"""Derive's lending pool, funding, feeds and trade checks by hand-computed figures."""

from math import exp

import pytest

from riskcore.errors import MarketError
from riskcore.instruments import Right
from riskcore.margin.venues.derive import cash, feeds, perps, trades
from riskcore.margin.venues.derive.trades import Change, Kind, may_trade, why_checked

CURVE = cash.Interest(
    min_rate=0.02, rate_mult=0.08, high_rate_mult=0.9, optimal_util=0.85, sm_fee=0.2
)
YEAR = 365 * 86_400.0
FUNDING = perps.Funding(static_rate=0.0000125, max_abs_rate=0.004, convergence_hours=8)


@pytest.mark.parametrize(
    ("used", "rate"),
    [(0.0, 0.02), (0.5, 0.06), (0.85, 0.088), (0.95, 0.178), (1.0, 0.223)],
)
def test_borrow_rate_bends_at_the_optimal_utilisation(used: float, rate: float) -> None:
    assert cash.borrow_rate(CURVE, used) == pytest.approx(rate, abs=1e-15)


def test_utilisation_is_at_most_one_and_zero_of_nothing() -> None:
    assert cash.utilisation(100.0, 150.0) == 1.0
    assert cash.utilisation(0.0, 10.0) == 0.0
    assert cash.utilisation(100.0, 0.0) == 0.0


def test_interest_is_shared_between_lenders_and_the_security_module() -> None:
    pool = cash.CashPool(supply=1000.0, borrowed=500.0, held=500.0)
    later = cash.accrued(pool, CURVE, YEAR)
    interest = 500 * (exp(0.06) - 1)
    assert later.borrowed == pytest.approx(500 + interest)
    assert later.supply == pytest.approx(1000 + 0.8 * interest)
    assert later.fees == pytest.approx(0.2 * interest)
    assert cash.balance(-100.0, pool, later) == pytest.approx(-100 * exp(0.06))
    assert cash.balance(100.0, pool, later) == pytest.approx(100 + 0.08 * interest)


def test_an_insolvent_pool_pays_its_lenders_nothing() -> None:
    pool = cash.CashPool(supply=1000.0, borrowed=500.0, held=400.0)
    assert not pool.solvent
    later = cash.accrued(pool, CURVE, YEAR)
    assert later.supply == 1000.0
    assert later.fees == pytest.approx(500 * (exp(0.06) - 1))


def test_a_pool_is_solvent_when_printed_cash_is_not_counted() -> None:
    assert cash.CashPool(supply=1100.0, borrowed=500.0, held=500.0, settled=100.0).solvent
    assert not cash.CashPool(supply=1000.0, borrowed=500.0, held=500.0, fees=1.0).solvent


def test_burned_cash_still_counts_as_supplied_and_printed_cash_does_not_count_twice() -> None:
    burned = cash.CashPool(supply=900.0, borrowed=500.0, held=500.0, settled=-100.0)
    printed = cash.CashPool(supply=1100.0, borrowed=550.0, held=500.0, settled=100.0)
    assert burned.utilisation == 0.5
    assert printed.utilisation == 0.5


def test_nothing_grows_where_nothing_is_borrowed() -> None:
    pool = cash.CashPool(supply=1000.0, borrowed=0.0, held=1000.0)
    assert cash.accrued(pool, CURVE, YEAR) == pool


def test_funding_between_the_impact_prices_is_the_static_rate() -> None:
    assert perps.hourly_rate(FUNDING, 1500.0, 1499.0, 1501.0) == 0.0000125


def test_funding_draws_a_price_above_the_index_down() -> None:
    rate = perps.hourly_rate(FUNDING, 1500.0, 1506.0, 1508.0)
    assert rate == pytest.approx(6 / 1500 / 8 + 0.0000125)
    assert perps.payment(rate, 1500.0, 2.0, 1800.0) == pytest.approx(-2 * 1500 * rate / 2)


def test_the_cap_holds_with_the_static_rate_in_it() -> None:
    assert perps.hourly_rate(FUNDING, 1500.0, 1600.0, 1600.0) == 0.004
    assert perps.hourly_rate(FUNDING, 1500.0, 1400.0, 1400.0) == -0.004


def test_impact_prices_that_cross_are_refused() -> None:
    with pytest.raises(MarketError, match="impact ask 1499 is below the impact bid 1500"):
        perps.hourly_rate(FUNDING, 1500.0, 1500.0, 1499.0)


def test_unsettled_cash_is_profit_and_funding() -> None:
    assert perps.unsettled(-2.0, 1500.0, 1490.0, -3.0) == 17.0


def test_a_forward_at_the_edge_of_the_window_has_no_fixed_part() -> None:
    assert feeds.forward(990.0, 10.0, 1800.0, 0.0, 1800.0) == feeds.Forward(0.0, 1000.0)
    half = feeds.forward(990.0, 10.0, 900.0, 990.0 * 900, 1800.0)
    assert (half.fixed, half.variable, half.price) == (495.0, 500.0, 995.0)


def test_a_negative_forward_is_refused() -> None:
    with pytest.raises(MarketError, match="negative forward"):
        feeds.forward(990.0, -991.0, 3600.0, 0.0, 1800.0)


def test_settlement_is_the_average_over_the_window() -> None:
    assert feeds.settlement_price(1_890_000.0, 1800.0) == 1050.0
    assert feeds.forward(990.0, 10.0, 0.0, 1_890_000.0, 1800.0).price == 1050.0


def test_confidence_is_that_of_the_weaker_source() -> None:
    assert feeds.confidence(0.9, 0.7) == 0.7
    assert feeds.confidence(0.6, 0.7) == 0.6


LESS_CASH = Change("USDC", Kind.CASH, -1.0, 5.0)
MORE_CASH = Change("USDC", Kind.CASH, 1.0, 5.0)
BOUGHT = Change("ETH-20260627-3500-C", Kind.OPTION, 1.0, 1.0)
SOLD = Change("ETH-20260627-3500-C", Kind.OPTION, -1.0, -1.0)
LARGER = Change("ETH-PERP", Kind.PERPETUAL, -1.0, -3.0)
SMALLER = Change("ETH-PERP", Kind.PERPETUAL, -1.0, 2.0)


@pytest.mark.parametrize(
    ("change", "portfolio", "standard"),
    [
        (LESS_CASH, True, True),
        (MORE_CASH, False, False),
        (BOUGHT, False, False),
        (SOLD, True, True),
        (LARGER, True, True),
        (SMALLER, True, False),
        (Change("ETH-PERP", Kind.PERPETUAL, 0.0, 2.0), False, False),
    ],
)
def test_which_changes_are_checked(change: Change, portfolio: bool, standard: bool) -> None:
    assert bool(why_checked([change], standard=False)) == portfolio
    assert bool(why_checked([change], standard=True)) == standard


def test_a_trade_that_is_checked_needs_initial_margin() -> None:
    assert may_trade([SOLD], 0.0, standard=True).allowed
    refused = may_trade([MORE_CASH, SOLD], -0.01, standard=True)
    assert not refused.allowed
    assert refused.because == (
        "ETH-20260627-3500-C becomes less, and the initial margin would be -0.01"
    )


def test_a_trade_that_only_reduces_needs_none() -> None:
    assert may_trade([SMALLER], -100.0, standard=True).allowed
    assert not may_trade([SMALLER], -100.0, standard=False).allowed


def test_an_account_in_auction_trades_nothing() -> None:
    assert not may_trade([MORE_CASH], 100.0, standard=True, in_auction=True).allowed


def test_an_account_of_the_largest_size_may_not_grow() -> None:
    full = {"standard": True, "largest": 48}
    assert may_trade([MORE_CASH], 1.0, assets=48, assets_before=47, **full).allowed
    assert not may_trade([MORE_CASH], 1.0, assets=49, assets_before=48, **full).allowed
    assert may_trade([MORE_CASH], 1.0, assets=50, assets_before=50, **full).allowed


FEES = trades.Fees(oi_fee_rate=0.1, min_oi_fee=50.0)


def test_open_interest_fee_is_a_share_of_the_notional_and_has_a_least() -> None:
    assert trades.open_interest_fee(FEES, -2.0, 3000.0, before=10.0, after=11.0) == 600.0
    assert trades.open_interest_fee(FEES, 0.1, 3000.0, before=10.0, after=11.0) == 50.0
    assert trades.open_interest_fee(FEES, 2.0, 3000.0, before=11.0, after=11.0) == 0.0
    assert trades.open_interest_fee(FEES, 0.0, 3000.0, before=10.0, after=11.0) == 0.0


def test_a_perpetual_stays_near_spot() -> None:
    assert feeds.around_spot(1000.0, 50.0, 0.06) == 1050.0
    assert feeds.around_spot(1000.0, 70.0, 0.06) == 1060.0
    assert feeds.around_spot(1000.0, -70.0, 0.06) == 940.0


def test_an_option_settles_to_what_exercise_pays() -> None:
    assert feeds.settled_value(Right.PUT, 1000.0, -2.0, 900.0) == -200.0
    assert feeds.settled_value(Right.CALL, 1000.0, 2.0, 900.0) == 0.0
