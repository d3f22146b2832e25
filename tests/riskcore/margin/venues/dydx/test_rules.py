"""dYdX's rules by hand-computed figures, and what it refuses."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from riskcore.errors import Unsupported
from riskcore.holdings import Balance, Holdings, MarginMode, Position
from riskcore.market import snapshot
from riskcore.naming import dydx
from riskcore.repricing import risk
from riskcore.universe import Universe
from tests.builders import NOON, instrument, library, market
from tests.riskcore.margin.venues.dydx.cases import required

CAPS = {"BTC": {"lower": 20e6, "upper": 40e6}}


@pytest.mark.parametrize(
    ("interest", "fraction"),
    [(100.0, 0.05), (20e6 / 70_000, 0.05), (30e6 / 70_000, 0.525), (40e6 / 70_000, 1.0),
     (80e6 / 70_000, 1.0)],
)  # fmt: skip
def test_initial_fraction_rises_with_open_interest(interest: float, fraction: float) -> None:
    found = required({"BTC-USD": 2.0}, 0.0, interest={"BTC-USD": interest}, overrides=CAPS)
    assert found.headline.amount == pytest.approx(140_000 * fraction)
    assert found.maintenance.amount == pytest.approx(140_000 * 0.03)


def test_without_caps_open_interest_changes_nothing() -> None:
    found = required({"BTC-USD": -2.0}, 0.0, interest={"BTC-USD": 1e9})
    assert found.headline.amount == pytest.approx(7_000)


def test_open_interest_that_is_needed_and_missing_is_said() -> None:
    found = required({"BTC-USD": 2.0}, 0.0, overrides=CAPS)
    assert found.label.startswith("exact except open interest")
    assert "open interest of BTC-USD is not known" in found.notes[0]


def test_markets_do_not_net_and_profit_counts() -> None:
    found = required({"BTC-USD": 1.0, "ETH-USD": -10.0}, 5_000.0, entries={"BTC-USD": 69_000.0})
    assert found.headline.amount == pytest.approx(0.05 * 100_000)
    assert found.equity.amount == pytest.approx(6_000)


def test_funding_is_equity_and_another_coin_backs_nothing() -> None:
    perpetual = dydx.parse("BTC-USD")
    priced = snapshot(NOON, Universe((perpetual,)), {"BTC": 70_000.0, "USDC": 1.0},
                      mark=np.array([70_000.0]))  # fmt: skip
    model = library().bind("dydx/cross", NOON)
    account = Holdings(
        (Position(perpetual, 1.0, accrued_funding=-25.0),),
        {"USDC": Balance(100.0, borrowed=10.0), "BTC": Balance(3.0)},
    )
    (found,) = model.requirement(account, risk(priced, model.scenarios(priced.universe, priced)))
    assert found.equity.amount == pytest.approx(65)
    assert found.notes == ("BTC backs nothing at dYdX: USDC is its only collateral",)


@pytest.mark.parametrize(
    ("day", "coin", "initial", "maintenance", "upper"),
    [
        (datetime(2024, 3, 7, tzinfo=UTC), "BTC", 0.05, 0.03, 0.0),
        (datetime(2024, 7, 27, tzinfo=UTC), "SOL", 0.1, 0.05, 50e6),
        (datetime(2024, 7, 27, tzinfo=UTC), "TON", 0.2, 0.1, 10e6),
        (datetime(2026, 2, 5, tzinfo=UTC), "ETH", 0.02, 0.012, 0.0),
        (datetime(2026, 2, 5, tzinfo=UTC), "SOL", 0.05, 0.03, 100e6),
        (datetime(2026, 2, 5, tzinfo=UTC), "DOGE", 0.1, 0.05, 50e6),
    ],
)
def test_tiers_of_the_day(
    day: datetime, coin: str, initial: float, maintenance: float, upper: float
) -> None:
    market = library().bind("dydx/cross", day).markets[coin]
    assert (market.initial, market.upper) == (initial, upper)
    assert market.maintenance == pytest.approx(maintenance)


def test_no_liquidation_price_is_shown_below_zero() -> None:
    assert not required({"BTC-USD": 0.1}, 50_000.0).figures


def test_refusals_say_what_is_accepted() -> None:
    with pytest.raises(Unsupported, match=r"parameters\.XYZ.* initial, maintenance_share"):
        required({"XYZ-USD": 1.0}, 0.0, prices={"XYZ-USD": 0.1})
    model = library().bind("dydx/cross", NOON)
    priced = market("BTC-27MAR26")
    moved = risk(priced, model.scenarios(priced.universe, priced))
    with pytest.raises(Unsupported, match="perpetuals only"):
        model.requirement(Holdings((Position(instrument("BTC-27MAR26"), 1.0),)), moved)
    perpetual = dydx.parse("BTC-USD")
    priced = snapshot(NOON, Universe((perpetual,)), {"BTC": 1.0}, mark=np.array([1.0]))
    moved = risk(priced, model.scenarios(priced.universe, priced))
    apart = replace(Position(perpetual, 1.0), margin_mode=MarginMode.ISOLATED)
    with pytest.raises(Unsupported, match="one net position in cross margin"):
        model.requirement(Holdings((apart,)), moved)
