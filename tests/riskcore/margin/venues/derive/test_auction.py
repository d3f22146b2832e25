"""Derive's auction by hand-computed figures."""

import pytest

from riskcore.errors import ParameterError
from riskcore.margin.venues.derive import auction
from riskcore.margin.venues.derive.auction import AuctionTerms

TERMS = AuctionTerms(
    start=0.95,
    cutoff=0.7,
    fast_length=900,
    slow_length=43_200,
    insolvent_length=3_600,
    fee=0.1,
    buffer=0.15,
    mtm_cutoff=50.0,
)


@pytest.mark.parametrize(
    ("elapsed", "factor"),
    [(0, 0.95), (450, 0.825), (900, 0.7), (22_500, 0.35), (44_100, 0.0), (50_000, 0.0)],
)
def test_price_falls_fast_then_slowly_then_is_nothing(elapsed: float, factor: float) -> None:
    assert auction.price_factor(TERMS, elapsed) == pytest.approx(factor, abs=1e-15)


def test_buffer_is_a_share_of_the_distance_to_the_value() -> None:
    assert auction.buffer_margin(TERMS, -100.0, 300.0) == -160.0


def test_the_largest_share_brings_the_buffer_margin_to_zero() -> None:
    factor, maintenance, value = 0.8, -100.0, 300.0
    share = auction.largest_share(TERMS, factor, maintenance, value)
    paid = auction.bid_price(factor, value) * share
    left = maintenance * (1 - share) + paid, value * (1 - share) + paid
    assert auction.buffer_margin(TERMS, *left) == pytest.approx(0.0, abs=1e-12)


def test_the_largest_share_counts_the_cash_of_earlier_bids() -> None:
    assert auction.largest_share(TERMS, 0.8, -100.0, 300.0, 50.0) == pytest.approx(
        160 / (160 + 240 + 10)
    )


def test_an_account_above_its_buffer_offers_nothing() -> None:
    assert auction.largest_share(TERMS, 0.8, 100.0, 300.0) == 0.0


def test_an_account_of_little_value_is_sold_whole() -> None:
    assert auction.largest_share(TERMS, 0.8, -100.0, 49.9) == 1.0
    assert auction.largest_share(TERMS, 0.8, -100.0, 50.0) < 1.0


def test_the_fee_is_a_share_of_what_could_be_sold_at_the_start() -> None:
    assert auction.starting_fee(TERMS, -100.0, 300.0) == pytest.approx(160 / 460 * 300 * 0.1)
    assert auction.starting_fee(TERMS, -100.0, -1.0) == 0.0


def test_a_bidder_holds_the_price_and_what_the_account_lacks() -> None:
    needs = auction.bidder_needs(TERMS, 0.8, -100.0, 300.0, 50.0, 0.25)
    assert needs == pytest.approx((0.8 * 250 + 210) * 0.25)
    assert auction.insolvent_bidder_needs(-300.0, 50.0, 0.5) == 100.0


def test_the_payout_for_an_insolvent_account_rises_to_its_maintenance_margin() -> None:
    prices = [auction.insolvent_price(TERMS, -300.0, -100.0, each) for each in (0, 900, 3600, 9999)]
    assert prices == [-100.0, -150.0, -300.0, -300.0]
    assert auction.insolvent_price(TERMS, 1.0, -100.0, 900) == 0.0
    assert auction.insolvent_price(TERMS, -300.0, 100.0, 1800) == -150.0


def test_a_price_that_would_rise_is_refused() -> None:
    rising = AuctionTerms(
        start=0.6, cutoff=0.7, fast_length=1, slow_length=1, insolvent_length=1, fee=0, buffer=0
    )
    with pytest.raises(ParameterError, match=r"auction\.cutoff is 0\.7; it must not exceed"):
        rising.checked()
    assert TERMS.checked() is TERMS
