"""riskcore.analysis.liquidation: the spot curve and the levels at which the trigger is reached."""

from dataclasses import replace

import numpy as np
import pytest

from riskcore.analysis.liquidation import PRECISION, moved, spot_curve
from riskcore.errors import MarketError
from riskcore.holdings import Account, Balance, Holdings, Position
from riskcore.query import query
from riskcore.report import report
from tests.builders import NOON, account, instrument, library, market

NAMES = ("BTC-27FEB26-60000-P", "BTC-PERPETUAL", "ETH-PERPETUAL", "BTC_USDC-PERPETUAL")
MOVES = tuple(np.linspace(-0.3, 0.3, 13))


def curve(holder: Account):
    model = library().bind(holder.model, NOON)
    return spot_curve(query(holder, market(*NAMES), model), MOVES)


def figure(holder: Account, move: float) -> float:
    model = library().bind(holder.model, NOON)
    answered = report(query(holder, moved(market(*NAMES), move), model))
    return answered.results[0].nearest.requirement.trigger.figure


def test_the_curve_passes_exactly_through_today() -> None:
    desk = account(
        positions={"BTC-27FEB26-60000-P": -3.0, "BTC-PERPETUAL": -50_000.0}, balances={"BTC": 2.0}
    )
    model = library().bind(desk.model, NOON)
    today = report(query(desk, market(*NAMES), model)).results[0].nearest.requirement
    middle = len(MOVES) // 2
    shown = curve(desk)
    assert shown.equity[middle] == pytest.approx(today.equity.amount, rel=1e-12)
    assert shown.maintenance[middle] == pytest.approx(today.maintenance.amount, rel=1e-12)


def test_at_a_level_the_trigger_is_reached_and_just_before_it_is_not() -> None:
    desk = account(positions={"BTC-27FEB26-60000-P": -10.0}, balances={"BTC": 4.0})
    level = curve(desk).level_down
    assert level is not None
    assert level < 0
    assert figure(desk, level) >= 1
    assert figure(desk, level + 2 * PRECISION) < 1


@pytest.mark.parametrize("model", ["deribit/standard", "deribit/portfolio"])
def test_a_level_is_that_of_whichever_pool_is_reached_first(model: str) -> None:
    held = Holdings(
        (
            Position(instrument("BTC-PERPETUAL"), -300_000.0, entry_price=70_000.0),
            Position(instrument("BTC_USDC-PERPETUAL"), 3.0, entry_price=70_000.0),
        ),
        {"BTC": Balance(1.2), "USDC": Balance(40_000.0)},
    )
    desk = Account("desk", "Desk", "deribit", model, held)
    shown = curve(desk)
    assert (shown.pool, shown.pool_down, shown.pool_up) == ("USDC", "USDC", "BTC")
    assert shown.level_down is not None
    assert shown.level_up is not None  # the USDC pool alone is never liquidated above
    assert figure(desk, shown.level_up) >= 1
    assert figure(desk, shown.level_up - 2 * PRECISION) < 1


def test_a_linear_long_is_liquidated_below_and_never_above() -> None:
    desk = account(positions={"BTC_USDC-PERPETUAL": 2.0}, balances={"USDC": 60_000.0})
    shown = curve(desk)
    assert shown.level_up is None
    assert shown.level_down is not None
    assert -0.45 < shown.level_down < -0.30  # 60,000 of 140,000, less what maintenance takes


def test_an_account_without_positions_is_never_liquidated() -> None:
    shown = curve(account(balances={"USDC": 1_000.0}))
    assert shown.level_down is None
    assert shown.level_up is None


def test_a_breached_account_is_at_its_level_today() -> None:
    shown = curve(account(positions={"BTC_USDC-PERPETUAL": 2.0}, balances={"USDC": 100.0}))
    assert shown.level_down == 0
    assert shown.level_up == 0


def test_stablecoins_stay_where_they_are() -> None:
    shifted = moved(market(*NAMES), -0.5)
    assert shifted.index["USDC"] == 1.0
    assert shifted.index["BTC"] == 35_000.0
    assert (
        shifted.mark[shifted.universe.rows[market("BTC-PERPETUAL").universe.instruments[0]]]
        == 35_000
    )


def test_a_venue_s_own_price_of_a_stablecoin_stays_and_so_do_currencies() -> None:
    there = market(*NAMES)
    own = {"okx:USDT": 0.98, "okx:BTC": 70_100.0, "EUR": 1.1, "FDUSD": 0.99}
    after = moved(replace(there, index={**there.index, **own}), -0.5).index
    assert {name: after[name] for name in own} == own | {"okx:BTC": 35_050.0}


def test_the_axis_is_labelled_by_the_coin_that_matters_most() -> None:
    desk = account(
        positions={"BTC-PERPETUAL": 1_000.0, "ETH-PERPETUAL": -9_000.0}, balances={"USDC": 5_000.0}
    )
    assert curve(desk).underlying == "ETH"


def test_the_axis_of_a_segregated_pool_is_of_a_coin_in_it() -> None:
    desk = account(
        model="deribit/portfolio",
        positions={"BTC-PERPETUAL": 500_000.0, "ETH-PERPETUAL": -90_000.0},
        balances={"BTC": 90.0, "ETH": 5.0},
    )
    shown = curve(desk)
    assert (shown.pool, shown.underlying) == ("ETH", "ETH")
    assert shown.index == market(*NAMES).index["ETH"]


def test_no_price_is_left_below_minus_100_per_cent() -> None:
    with pytest.raises(MarketError, match="leaves no price"):
        moved(market(*NAMES), -1.0)
