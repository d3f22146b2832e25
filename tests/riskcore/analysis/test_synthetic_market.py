"""The made market is reproducible, consistent with Black-76 and free of plain arbitrage."""

from pathlib import Path

import numpy as np
import pytest

from riskcore.analysis.synthetic_market import SyntheticMarket, script
from riskcore.errors import MarketError, ParameterError
from riskcore.instruments import Option, Perpetual
from riskcore.naming import deribit
from riskcore.pricing import black

TEXT = (Path(__file__).parents[3] / "resources" / "demo" / "market.toml").read_text()
MARKET = SyntheticMarket(script(TEXT))
TROUGH = int(MARKET.index[0].argmin())
STEPS = (0, 700, TROUGH, len(MARKET) - 1)


@pytest.fixture(scope="module", params=STEPS)
def step(request):
    return request.param


def test_six_hours_of_about_eight_hundred_instruments():
    assert len(MARKET) == 2160
    assert 780 <= len(MARKET.universe) <= 860
    assert (MARKET.instants[-1] - MARKET.instants[0]).total_seconds() == 21_590
    names = {each.name for each in MARKET.universe.instruments}
    assert {"BTC-PERPETUAL", "ETH-PERPETUAL", "BTC_USDC-PERPETUAL", "ETH_USDC-PERPETUAL"} <= names
    assert all(deribit.parse(each.name) == each for each in MARKET.universe.instruments)


def test_btc_falls_a_sixth_within_two_hours_and_recovers_in_part():
    btc, eth = MARKET.index / MARKET.index[:, :1] - 1
    assert -0.19 < btc.min() < -0.16
    assert btc[TROUGH - 720] > -0.02
    assert -0.11 < btc[-1] < -0.07
    assert eth.min() < btc.min()


def test_the_crash_lifts_volatility_and_turns_the_basis():
    calm, low = MARKET.at(0), MARKET.at(TROUGH)
    for expiry, factor in (("BTC-27NOV26-", 1.3), ("BTC-16OCT26-", 2.0)):
        smile = [
            row
            for row, each in enumerate(MARKET.universe.instruments)
            if each.name.startswith(expiry)
        ]
        assert low.vol[smile].min() > factor * calm.vol[smile].min()
    future = MARKET.universe.row(deribit.parse("BTC-27NOV26"))
    assert calm.mark[future] > calm.usd("BTC")
    assert low.mark[future] < low.usd("BTC")


def test_a_step_is_the_same_in_any_order_and_any_build(step):
    before = MARKET.at(step)
    MARKET.at((step + 11) % 2160)
    again, other = MARKET.at(step), SyntheticMarket(script(TEXT)).at(step)
    for name in ("mark", "bid", "ask", "vol", "forward"):
        np.testing.assert_array_equal(getattr(before, name), getattr(again, name))
        np.testing.assert_array_equal(getattr(before, name), getattr(other, name))
    assert dict(before.index) == dict(other.index)


def test_every_step_shares_one_universe():
    assert MARKET.at(0).universe is MARKET.at(9).universe is MARKET.universe


def test_every_step_says_it_was_made(step):
    market = MARKET.at(step)
    assert market.synthetic
    assert "synthetic" in market.notes[0]


def test_marks_are_black_76_of_the_shown_forward_and_volatility(step):
    market, listed = MARKET.at(step), MARKET.universe
    tau = listed.tau(market.seconds)[listed.is_option]
    forward, vol = market.forward[listed.is_option], market.vol[listed.is_option]
    strike, sign = listed.strike[listed.is_option], listed.sign[listed.is_option]
    worth = black.price(forward, strike, tau, vol, sign) / forward
    np.testing.assert_allclose(market.mark[listed.is_option], worth, rtol=0, atol=1e-15)


def test_a_listed_future_is_the_forward_of_its_options(step):
    market = MARKET.at(step)
    future = market.mark[MARKET.universe.row(deribit.parse("ETH-25DEC26"))]
    assert market.forward[MARKET.universe.row(deribit.parse("ETH-25DEC26-2000-C"))] == future


def test_quotes_stand_on_either_side_of_the_mark(step):
    market = MARKET.at(step)
    has_bid = ~np.isnan(market.bid)
    assert np.all(market.ask >= market.mark)
    assert np.all(market.bid[has_bid] <= market.mark[has_bid])
    assert np.all(market.bid[has_bid] > 0)
    assert np.all(market.mark > 0)


@pytest.mark.parametrize("every", range(0, 2160, 216))
def test_no_vertical_butterfly_or_calendar_arbitrage(every):
    market, listed = MARKET.at(every), MARKET.universe
    smiles = {}
    for row, each in enumerate(listed.instruments):
        if isinstance(each, Option) and listed.sign[row] > 0:
            smiles.setdefault((each.base, each.expiry), []).append(row)
    previous = {}
    for (coin, _), rows in sorted(smiles.items()):
        strike, forward = listed.strike[rows], market.forward[rows][0]
        call = market.mark[rows] * forward
        slope = np.diff(call) / np.diff(strike)
        assert np.all(slope < 0)
        assert np.all(slope > -1)
        assert np.all(np.diff(slope) > 0)
        tau = listed.tau(market.seconds)[rows]
        moneyness, variance = np.log(strike / forward), market.vol[rows] ** 2 * tau
        if coin in previous:
            nearer, less = previous[coin]
            inside = (moneyness >= nearer[0]) & (moneyness <= nearer[-1])
            at = np.interp(moneyness[inside], nearer, less)  # above the convex smile, if anything
            assert inside.sum() > 3
            assert np.all(variance[inside] > at * 0.999)
        previous[coin] = (moneyness, variance)


def test_puts_and_calls_of_one_strike_agree(step):
    market, listed = MARKET.at(step), MARKET.universe
    call = listed.row(deribit.parse("BTC-26MAR27-70000-C"))
    put = listed.row(deribit.parse("BTC-26MAR27-70000-P"))
    parity = 1 - 70_000 / market.forward[call]
    assert market.mark[call] - market.mark[put] == pytest.approx(parity, abs=1e-14)


def test_only_perpetuals_pay_funding():
    market = MARKET.at(TROUGH)
    for row, each in enumerate(MARKET.universe.instruments):
        assert np.isnan(market.funding_8h[row]) != isinstance(each, Perpetual)
    assert market.funding_8h[MARKET.universe.row(deribit.parse("BTC-PERPETUAL"))] < -1e-3


@pytest.mark.parametrize("outside", [-1, 2160])
def test_a_step_outside_the_script_is_refused(outside):
    with pytest.raises(MarketError, match="has steps 0 to 2159"):
        MARKET.at(outside)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("seed = 20261014", "seed = -1", "seed"),
        ("beta = 1.0", 'beta = "one"', r"coins.*beta"),
        ("curvature = 0.85", "curvature = 1.6", "admit arbitrage"),
        ("minute        = [0.0, 35.0,", "minute        = [0.0, 0.0,", "must rise from 0"),
        ("minute        = [0.0, 35.0,", "minute        = [0.0,", "one number a knot"),
        ("2026-10-15T08:00:00Z", "2026-10-14T14:00:00Z", "after its last step"),
        ("[shape]", "[shape", "script: "),
        ("[coins.ETH]", "[coins.DOGE]", "unknown ETH"),
    ],
)
def test_an_impossible_script_is_refused_by_its_key(old, new, says):
    assert old in TEXT
    with pytest.raises(ParameterError, match=says):
        SyntheticMarket(script(TEXT.replace(old, new, 1)))
