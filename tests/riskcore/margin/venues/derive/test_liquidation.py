"""A liquidation under the standard manager, step by step and by hand."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from riskcore.errors import HoldingsError
from riskcore.margin.venues.derive import liquidation
from riskcore.margin.venues.derive.auction import AuctionTerms
from riskcore.margin.venues.derive.liquidation import Auction
from riskcore.repricing import risk
from riskcore.risk_array import Risk
from tests.riskcore.margin.venues.derive.standard_desk import DAY, Desk, desk
from tests.riskcore.margin.venues.derive.test_standard import account


def terms(fee: float = 0.0) -> AuctionTerms:
    """An auction of ten minutes and two hours."""
    return AuctionTerms(
        start=1.0,
        cutoff=0.8,
        fast_length=600,
        slow_length=7_200,
        insolvent_length=600,
        fee=fee,
        buffer=0.2,
    )


def short(cash: float, **has: Any) -> Desk:
    """An account short of ten perpetuals at 2010, which have lost 200."""
    return desk(account(cash=cash, perp=-10.0, perp_unsettled=-200.0, **has))


def at(seen: Desk, seconds: float, price: float = 2010.0) -> Risk:
    """The desk's market some seconds after the first, with another price of the perpetual."""
    feeds = tuple(
        replace(each, value=price) if each.kind == "perp" else each
        for each in seen.market.oracles.feeds
    )
    market = replace(
        seen.market,
        as_of=DAY + timedelta(seconds=seconds),
        oracles=replace(seen.market.oracles, feeds=feeds),
    )
    return risk(market, seen.model.scenarios(market.universe, market))


def started(seen: Desk, fee: float = 0.0) -> Auction:
    """The account at the start of its auction."""
    return liquidation.start(seen.model, terms(fee), seen.holdings, at(seen, 0))


def cash(running: Auction) -> float:
    """The account's cash."""
    return running.holdings.balances["USDC"].amount


def size(running: Auction) -> float:
    """The account's perpetuals."""
    (position,) = running.holdings.positions
    return position.quantity


def test_the_start_settles_perpetuals_and_takes_the_fee() -> None:
    # worth 1000 - 200 = 800; net maintenance 800 - 1005 = -205; buffer -205 - 0.2 x 1005 = -406
    running = started(short(1000.0), fee=0.05)
    fee = 406 / (406 + 800) * 800 * 0.05
    assert running.fee == pytest.approx(fee)
    assert cash(running) == pytest.approx(800 - fee)
    (position,) = running.holdings.positions
    assert position.accrued_funding == 0.0
    assert position.settled_price == 2010.0
    assert not running.insolvent


def test_perpetuals_settle_at_the_oracles_price() -> None:
    seen = short(1000.0)
    bought = replace(seen.holdings.positions[0], entry_price=2000.0)
    holdings = replace(seen.holdings, positions=(bought,))
    running = liquidation.start(seen.model, terms(), holdings, at(seen, 0, 2020.0))
    assert cash(running) == pytest.approx(1000 - 200 - 10 * 20)
    assert running.holdings.positions[0].settled_price == 2020.0


def test_what_bids_pay_is_not_sold_again() -> None:
    seen = short(1000.0)
    first, sale = liquidation.bid(started(seen), at(seen, 300), 0.1)
    assert (sale.share, sale.paid) == (0.1, pytest.approx(0.9 * 800 * 0.1))
    assert cash(first) == pytest.approx(800 * 0.9 + 72)
    assert size(first) == pytest.approx(-9.0)
    assert first.reserved == pytest.approx(72.0)
    assert not first.ended
    second, sale = liquidation.bid(first, at(seen, 300), 0.1)
    assert sale.paid == pytest.approx(0.9 * (792 - 72) * 0.1)
    assert cash(second) == pytest.approx((792 - 72) * 0.9 + 72 + 64.8)
    assert size(second) == pytest.approx(-8.1)


def test_a_bid_for_too_much_is_cut_and_ends_the_auction() -> None:
    seen = short(1000.0)
    done, sale = liquidation.bid(started(seen), at(seen, 300), 1.0)
    assert sale.share == pytest.approx(406 / (406 + 720))
    assert done.ended == "all that was offered is sold"
    found = {
        each.term: each.amount
        for each in done.model.requirement(done.holdings, at(seen, 300))[0].figures
    }
    left = found["net_maintenance_margin"]
    assert left + 0.2 * (left - found["mark_to_market"]) == pytest.approx(0.0, abs=1e-9)
    with pytest.raises(HoldingsError, match="the auction is over: all that was offered"):
        liquidation.bid(done, at(seen, 300), 0.1)


def test_collateral_is_sold_with_the_rest() -> None:
    seen = short(-1000.0, base=1.0)
    running, sale = liquidation.bid(started(seen), at(seen, 300), 0.5)
    assert sale.paid == pytest.approx(0.9 * 800 * 0.5)
    assert running.holdings.balances["ETH"].amount == 0.5
    assert cash(running) == pytest.approx(-1200 * 0.5 + 360)


@pytest.mark.parametrize(
    ("price", "why"),
    [
        (1900.0, "the buffer margin is met"),
        (2100.0, "the account has no value"),
    ],
)
def test_an_auction_ends_when_the_market_mends_or_ruins_the_account(price: float, why: str) -> None:
    seen = short(1000.0)
    running = started(seen)
    assert not liquidation.looked_at(running, at(seen, 300)).ended
    assert liquidation.looked_at(running, at(seen, 300, price)).ended == why
    with pytest.raises(HoldingsError, match=why):
        liquidation.bid(running, at(seen, 300, price), 0.1)


def test_an_auction_ends_when_only_the_cash_of_bids_is_left() -> None:
    seen = short(1000.0)
    running = replace(started(seen), reserved=800.0)
    assert liquidation.looked_at(running, at(seen, 300)).ended == (
        "only the cash of the bids is left"
    )


def test_an_account_without_value_is_paid_for_by_the_security_module() -> None:
    # worth 100 - 200 = -100; net maintenance -100 - 1005 = -1105
    seen = short(100.0)
    running = started(seen, fee=0.05)
    assert running.insolvent
    assert running.fee == 0.0
    left, sale = liquidation.bid(running, at(seen, 300), 0.4)
    assert (sale.paid, sale.paid_out) == (0.0, pytest.approx(0.4 * (100 + 1105) / 2))
    assert cash(left) == pytest.approx(-60.0)
    assert size(left) == pytest.approx(-6.0)
    assert not left.ended
    done, sale = liquidation.bid(left, at(seen, 600), 1.0)
    assert sale.paid_out == pytest.approx(0.6 * 1105)
    assert done.ended == "all that was offered is sold"
    assert liquidation.looked_at(left, at(seen, 300, 1500.0)).ended == (
        "the maintenance margin is met"
    )


def test_an_auction_that_ran_out_becomes_insolvent() -> None:
    seen = short(1000.0)
    running = started(seen)
    with pytest.raises(HoldingsError, match="still has a price"):
        liquidation.insolvent(running, at(seen, 7_799))
    turned = liquidation.insolvent(running, at(seen, 7_800))
    assert turned.insolvent
    assert liquidation.offer(turned, at(seen, 7_800)).price == 0.0
    assert liquidation.offer(turned, at(seen, 8_100)).price == pytest.approx(-205 / 2)
    mended = liquidation.insolvent(running, at(seen, 7_800, 1900.0))
    assert mended.ended == "the maintenance margin is met"
    assert not mended.insolvent


def test_a_healthy_account_and_impossible_shares_are_refused() -> None:
    seen = short(5000.0)
    with pytest.raises(HoldingsError, match=r"3,795\.00 USDC above its maintenance margin"):
        started(seen)
    seen = short(1000.0)
    for share in (0.0, 1.01):
        with pytest.raises(HoldingsError, match="must be above 0 and at most 1"):
            liquidation.bid(started(seen), at(seen, 0), share)
