"""What the house models refuse, one sentence each that says what would be accepted."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from riskcore.errors import MarketError, ParameterError, Unsupported
from riskcore.holdings import Balance, Holdings, Position
from riskcore.instruments import Spot
from riskcore.margin.venues.house.scenario import Parameters
from riskcore.market import snapshot
from tests.builders import holdings, instrument, market
from tests.riskcore.margin.venues.house.desk import (
    FUTURE,
    OTHER,
    Overrides,
    bound,
    past,
    priced,
    required,
)

MODELS = ("scenario", "historical")
DAYS = [0.01, -0.01] * 20


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.5, 1.5, 99.0])
def test_confidence_outside_of_0_and_1(confidence: float) -> None:
    with pytest.raises(ParameterError, match=r"rules\.confidence is .*: it must be "):
        bound("historical", {"rules": {"confidence": confidence}})


@pytest.mark.parametrize(
    ("model", "overrides", "said"),
    [
        ("scenario", {"rules": {"maintenance_factor": 1.5}}, "must not exceed initial margin"),
        ("historical", {"rules": {"maintenance_factor": 1.5}}, "must not exceed initial margin"),
        ("scenario", {"BTC": {"spots": [-1.0]}}, "it must be above -1"),
        ("scenario", {"BTC": {"spot": [0.1]}}, "BTC.spot is not a known parameter"),
        ("historical", past({"BTC": [0.01] * 5}), "less than one in the tail beyond 0.9"),
        (
            "historical",
            past({"BTC": DAYS}, {"stress_window": "dates"}),
            "give stress_first and stress_last",
        ),
        (
            "historical",
            past(
                {"BTC": DAYS},
                {
                    "stress_window": "dates",
                    "stress_first": date(2025, 1, 1),
                    "stress_last": date(2025, 1, 5),
                },
            ),
            "from 2025-01-01 to 2025-01-05 there are 5 days",
        ),
        ("historical", {"BTC": {"returns": [0.1, 9.0]}}, "it must be at most 5"),
    ],
)
def test_parameters(model: str, overrides: Overrides, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        bound(model, overrides)


def test_weights_that_are_not_one_for_each_spot() -> None:
    with pytest.raises(ParameterError, match="BTC: 2 weights for 7 spots; give one for each"):
        required("scenario", {FUTURE: 1.0}, {"BTC": {"weights": [1.0, 0.5]}})


def test_grids_of_coins_that_do_not_fit_together() -> None:
    unlike: Overrides = {"ETH": {"spots": [-0.1, 0.1]}}
    said = "the grid of ETH has not as many scenarios as the others"
    with pytest.raises(ParameterError, match=said):
        required("scenario", {FUTURE: 1.0, OTHER: 1.0}, unlike)
    with pytest.raises(ParameterError, match=said):
        required("scenario", holdings({FUTURE: 1.0}, {"ETH": 1.0}), unlike)


def test_coin_without_a_grid() -> None:
    known = bound("scenario").parameters
    lacking = Parameters(known.rules, known.joint, {"ETH": {"vols": (0.0,)}})
    said = r"has no spots, .* for ETH; add it to \[parameters.ETH\] or \[parameters.default\]"
    with pytest.raises(Unsupported, match=said):
        lacking.moves("ETH")


def test_coin_without_a_history_says_where_to_add_it() -> None:
    sol = replace(instrument(OTHER), name="SOL_USDC-PERPETUAL", base="SOL")
    only = market(OTHER)
    book = snapshot(
        only.as_of, type(only.universe)((sol,)), {**only.index, "SOL": 100.0}, mark=only.mark
    )
    said = (
        r"SOL has no past returns; add first_day and returns to \[parameters.SOL\] of "
        r"a parameter file of family house/historical, or give SOL a beta to BTC"
    )
    with pytest.raises(Unsupported, match=said):
        priced(bound("historical"), book)
    taken = bound("historical", {"SOL": {"beta": 1.4}})
    (found,) = taken.requirement(Holdings((Position(sol, 1.0),)), priced(taken, book))
    assert "SOL as 1.4 × BTC" in found.label


@pytest.mark.parametrize("model", MODELS)
def test_spot(model: str) -> None:
    spot = Spot("deribit", "BTC_USDC", "BTC", "USDC")
    asked = bound(model)
    moved = priced(asked, market(FUTURE))
    with pytest.raises(Unsupported, match="BTC_USDC is spot; enter the coin as a balance"):
        asked.requirement(Holdings((Position(spot, 1.0),)), moved)


@pytest.mark.parametrize("model", MODELS)
def test_expired(model: str) -> None:
    book = market(FUTURE)
    later = market(FUTURE, as_of=book.as_of + timedelta(60))
    asked = bound(model)
    moved = priced(asked, later)
    with pytest.raises(Unsupported, match="expired at 2026-03-27T08:00:00Z; settle it into"):
        asked.requirement(holdings({FUTURE: 1.0}), moved)


@pytest.mark.parametrize("model", MODELS)
def test_prices_that_are_missing(model: str) -> None:
    asked = bound(model)
    moved = priced(asked, market(FUTURE))
    with pytest.raises(MarketError, match=f"{OTHER} has no mark price"):
        asked.requirement(holdings({OTHER: 1.0}), moved)
    nothing = priced(asked, market(FUTURE, mark={FUTURE: 0.0}))
    with pytest.raises(MarketError, match=f"{FUTURE} has the mark price 0"):
        asked.requirement(holdings({FUTURE: 1.0}), nothing)
    with pytest.raises(MarketError, match="SOL has no index price"):
        asked.requirement(holdings({FUTURE: 1.0}, {"SOL": 1.0}), moved)


@pytest.mark.parametrize("model", MODELS)
def test_more_than_can_be_counted(model: str) -> None:
    asked = bound(model)
    moved = priced(asked, market(FUTURE))
    for held in (holdings({FUTURE: 1e16}), Holdings((), {"BTC": Balance(1e16)})):
        with pytest.raises(Unsupported, match=r"above 1e\+15 cannot be counted"):
            asked.requirement(held, moved)
