from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore import repricing
from riskcore.errors import MarketError
from riskcore.market import MarketSnapshot, snapshot
from riskcore.pricing import black, greeks
from riskcore.risk_array import Risk
from riskcore.scenarios import ScenarioSet, unmoved
from tests import strategies as some
from tests.builders import NOON, golden, instrument, market

NAMES = (
    "BTC-PERPETUAL",
    "BTC-27MAR26",
    "BTC-27MAR26-70000-C",
    "BTC-27MAR26-70000-P",
    "BTC_USDC-PERPETUAL",
    "BTC_USDC-27MAR26-70000-C",
    "ETH-PERPETUAL",
    "ETH-27MAR26-2000-P",
    "ETH_USDC",
)
MOVES = np.array([1.0, 0.84, 1.16, 1.0, 1.16])
VOLS = np.array([1.0, 1.5, 0.7, 1.0, 1.0])
DAYS = np.array([0.0, 0.0, 0.0, 7.0, 400.0])


def scenarios(
    of: MarketSnapshot, moves: np.ndarray = MOVES, vols: np.ndarray = VOLS, days: np.ndarray = DAYS
) -> ScenarioSet:
    """Moves of everything together."""
    return ScenarioSet(
        of.universe,
        tuple(str(move) for move in moves),
        np.tile(moves, (len(of.universe.currencies), 1)),
        np.tile(moves, (len(of.universe), 1)),
        of.vol[:, np.newaxis] * vols,
        days.copy(),
    )


def changed(before: MarketSnapshot, column: str, name: str, value: float) -> MarketSnapshot:
    """The same market with one figure replaced."""
    after = getattr(before, column).copy()
    after[before.universe.row(instrument(name))] = value
    return replace(before, **{column: after})


@pytest.fixture
def quoted() -> MarketSnapshot:
    return market(*NAMES)


@pytest.fixture
def risk(quoted: MarketSnapshot) -> Risk:
    return repricing.risk(quoted, scenarios(quoted))


def row(risk: Risk, name: str) -> np.ndarray:
    return risk.array.value[risk.universe.row(instrument(name))]


def test_an_inverse_option_is_valued_in_coins_at_the_moved_forward(risk: Risk) -> None:
    forward = 70_000 * MOVES
    tau = np.maximum((instrument("BTC-27MAR26").expiry - NOON).total_seconds() / 86_400 - DAYS, 0)
    dollars = black.price(forward, np.full(5, 70_000.0), tau / 365, 0.6 * VOLS, np.ones(5))
    assert row(risk, "BTC-27MAR26-70000-C") == pytest.approx(dollars / forward, rel=1e-14)
    assert row(risk, "BTC_USDC-27MAR26-70000-C") == pytest.approx(dollars, rel=1e-14)


def test_futures_and_spot_move_with_their_mark(risk: Risk) -> None:
    assert row(risk, "BTC-PERPETUAL") == pytest.approx(-1 / (70_000 * MOVES), rel=1e-15)
    assert row(risk, "BTC_USDC-PERPETUAL") == pytest.approx(70_000 * MOVES, rel=1e-15)
    assert row(risk, "ETH_USDC") == pytest.approx(2_000 * MOVES, rel=1e-15)


def test_an_option_past_its_expiry_is_worth_its_pay_off(risk: Risk) -> None:
    assert row(risk, "BTC-27MAR26-70000-C")[4] == (1.16 * 70_000 - 70_000) / (1.16 * 70_000)
    assert row(risk, "BTC-27MAR26-70000-P")[4] == 0.0


def test_profit_starts_at_nothing(risk: Risk) -> None:
    assert (risk.array.profit[:, 0] == 0).all()


@pytest.mark.parametrize(
    "case", golden("pricing/payoffs")["settled_option"], ids=lambda case: case["source"]
)
def test_a_settled_option_pays_what_was_published(case: dict[str, Any]) -> None:
    option = instrument(case["name"])
    coin, at = option.base, case["delivery"]
    settled = market(
        case["name"],
        as_of=option.expiry,
        index={coin: at, "USDC": 1.0},
        forward={case["name"]: at},
        mark={case["name"]: 0.0},
    )
    value = repricing.reprice(settled, unmoved(settled.universe, settled.vol)).value[0, 0]
    assert case["quantity"] * (value - case["premium"]) == pytest.approx(case["profit"], rel=1e-12)


def test_an_expired_option_needs_no_volatility() -> None:
    expired = market("BTC-27MAR26-60000-C", as_of=instrument("BTC-27MAR26").expiry)
    expired = changed(expired, "vol", "BTC-27MAR26-60000-C", np.nan)
    found = repricing.risk(expired, unmoved(expired.universe, expired.vol))
    assert found.array.value[0, 0] == pytest.approx(10_000 / 70_000, rel=1e-15)
    assert found.greeks.delta[0] == 1.0
    assert found.greeks.theta[0] == 0.0


@given(st.data(), st.sampled_from(("BTC", "BTC_USDC")), st.integers(20_000, 200_000))
def test_put_call_parity_holds_in_every_scenario(
    data: st.DataObject, root: str, strike: int
) -> None:
    call, put = (f"{root}-27MAR26-{strike}-{right}" for right in "CP")
    quoted = market(call, put, vol=data.draw(st.floats(0.05, 3)))
    priced = repricing.reprice(quoted, data.draw(some.scenario_sets(quoted)))
    forward = 70_000.0 * priced.scenarios.forward[0]
    unit = forward if root == "BTC" else 1.0
    values = [priced.value[quoted.universe.row(instrument(name))] for name in (call, put)]
    assert values[0] - values[1] == pytest.approx((forward - strike) / unit, abs=1e-9)


@given(st.data())
def test_order_of_instruments_is_irrelevant(data: st.DataObject) -> None:
    quoted = data.draw(some.markets())
    order = data.draw(st.permutations(quoted.universe.instruments))
    shuffled = quoted.restricted(order)
    before = repricing.risk(quoted, unmoved(quoted.universe, quoted.vol))
    after = repricing.risk(shuffled, unmoved(shuffled.universe, shuffled.vol))
    rows = [quoted.universe.row(each) for each in order]
    assert after.array.value.tolist() == before.array.value[rows].tolist()
    assert after.greeks.theta.tolist() == before.greeks.theta[rows].tolist()


@given(st.data())
def test_repricing_what_moved_equals_pricing_everything(data: st.DataObject) -> None:
    first = data.draw(some.markets())
    size = len(first.universe)
    factor = np.array([data.draw(st.sampled_from((1.0, 1.0, 1.01))) for _ in range(size)])
    later = replace(
        first,
        mark=first.mark * factor,
        forward=first.forward * factor,
        vol=first.vol * factor[::-1],
        as_of=first.as_of + timedelta(seconds=data.draw(st.sampled_from((0, 0, 30)))),
    )
    before = repricing.risk(first, data.draw(some.scenario_sets(first)))
    moves = data.draw(some.scenario_sets(later))
    partly = repricing.reprice(later, moves, before)
    assert partly.value.tolist() == repricing.reprice(later, moves).value.tolist()


@pytest.mark.parametrize("factor", [1.01, 0.99])
@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("mark", "BTC-PERPETUAL"),
        ("forward", "BTC-27MAR26-70000-P"),
        ("vol", "ETH-27MAR26-2000-P"),
    ],
)
def test_one_quote_reprices_one_row(
    quoted: MarketSnapshot,
    risk: Risk,
    monkeypatch: pytest.MonkeyPatch,
    column: str,
    name: str,
    factor: float,
) -> None:
    at = quoted.universe.row(instrument(name))
    later = changed(quoted, column, name, factor * getattr(quoted, column)[at])
    cells = []
    kernel = black.time_value
    monkeypatch.setattr(
        black, "time_value", lambda *terms: cells.append(terms[0].size) or kernel(*terms)
    )
    after = repricing.reprice(later, scenarios(later), risk)
    assert np.flatnonzero((after.value != risk.array.value).any(axis=1)).tolist() == [at]
    assert sum(cells) == (0 if column == "mark" else len(MOVES))


@pytest.mark.parametrize("seconds", [0, 60])
@pytest.mark.parametrize("days", [DAYS, DAYS + [0, 1, 1, 1, 1]])
def test_time_that_passes_reprices_every_option_and_no_future(
    quoted: MarketSnapshot, risk: Risk, days: np.ndarray, seconds: int
) -> None:
    later = replace(quoted, as_of=NOON + timedelta(seconds=seconds))
    moves = scenarios(later, days=days)
    after = repricing.reprice(later, moves, risk)
    assert after.value.tolist() == repricing.reprice(later, moves).value.tolist()
    moved = (after.value != risk.array.value).any(axis=1)
    passed = seconds > 0 or days is not DAYS
    assert moved.tolist() == (quoted.universe.is_option & passed).tolist()


def test_an_option_s_own_mark_does_not_move_its_model_value(
    quoted: MarketSnapshot, risk: Risk
) -> None:
    later = changed(quoted, "mark", "BTC-27MAR26-70000-P", 0.5)
    after = repricing.reprice(later, scenarios(later), risk)
    assert after.value.tolist() == risk.array.value.tolist()


def test_other_instruments_or_columns_are_priced_afresh(quoted: MarketSnapshot, risk: Risk) -> None:
    fewer = quoted.restricted(quoted.universe.instruments[2:])
    after = repricing.reprice(fewer, scenarios(fewer), risk)
    assert after.value.tolist() == risk.array.value[2:].tolist()
    one = repricing.reprice(quoted, unmoved(quoted.universe, quoted.vol), risk)
    assert one.value[:, 0].tolist() == risk.array.value[:, 0].tolist()


def test_greeks_are_per_unit_and_those_of_deribit(risk: Risk) -> None:
    at = {name: risk.universe.row(instrument(name)) for name in NAMES}
    call, linear = at["BTC-27MAR26-70000-C"], at["BTC_USDC-27MAR26-70000-C"]
    tau = risk.universe.tau(risk.market.seconds)[[call]]
    terms = (np.array([70_000.0]), np.array([70_000.0]), tau, np.array([0.6]))
    assert risk.greeks.delta[call] == greeks.delta(*terms, np.ones(1))[0]
    for name in ("delta", "gamma", "vega", "theta"):
        column = getattr(risk.greeks, name)
        assert column[call] == column[linear], name
    assert risk.greeks.delta[at["BTC-PERPETUAL"]] == 1 / 70_000
    assert risk.greeks.delta[at["BTC_USDC-PERPETUAL"]] == 1.0
    assert risk.greeks.delta[at["ETH_USDC"]] == 1.0
    assert risk.greeks.gamma[at["BTC-27MAR26"]] == 0.0


def test_an_option_marked_at_nothing_still_has_greeks() -> None:
    far = market("BTC-6FEB26-200000-C", mark={"BTC-6FEB26-200000-C": 0.0})
    found = repricing.risk(far, unmoved(far.universe, far.vol))
    assert 0 <= found.greeks.delta[0] < 1e-12
    assert 0 <= found.array.value[0, 0] < 1e-12


@pytest.mark.parametrize(
    ("column", "name", "sentence"),
    [
        ("vol", "BTC-27MAR26-70000-C", "BTC-27MAR26-70000-C has no volatility in this market"),
        ("forward", "ETH-27MAR26-2000-P", "ETH-27MAR26-2000-P has no forward price"),
        ("mark", "BTC-27MAR26", "BTC-27MAR26 has no mark price in this market"),
    ],
)
def test_what_is_missing_is_named(
    quoted: MarketSnapshot, column: str, name: str, sentence: str
) -> None:
    lacking = changed(quoted, column, name, np.nan)
    with pytest.raises(MarketError, match=sentence):
        repricing.reprice(lacking, scenarios(lacking))
    with pytest.raises(MarketError, match=sentence):
        repricing.sensitivities(lacking)


def test_a_scenario_with_a_negative_volatility_is_refused(quoted: MarketSnapshot) -> None:
    with pytest.raises(MarketError, match=r"BTC-27MAR26-70000-C has the volatility -0\.\d+"):
        repricing.reprice(quoted, scenarios(quoted, vols=VOLS - 1.2))


def test_a_move_to_zero_is_refused_for_what_is_counted_in_the_coin(quoted: MarketSnapshot) -> None:
    with pytest.raises(MarketError, match="BTC-PERPETUAL has no finite value in a scenario"):
        repricing.reprice(quoted, scenarios(quoted, moves=np.array([1, 0, 1, 1, 1.0])))
    dollars = market("BTC_USDC-PERPETUAL", "BTC_USDC-27MAR26-70000-C", "BTC_USDC-27MAR26-70000-P")
    gone = repricing.reprice(dollars, scenarios(dollars, moves=np.array([1, 0, 1, 1, 1.0])))
    assert gone.value[:, 1].tolist() == [0.0, 0.0, 70_000.0]


def test_scenarios_of_another_universe_are_refused(quoted: MarketSnapshot) -> None:
    other = market("BTC-PERPETUAL")
    with pytest.raises(MarketError, match="other instruments"):
        repricing.reprice(quoted, unmoved(other.universe, other.vol))


def test_an_empty_market_has_an_empty_risk_array() -> None:
    empty = snapshot(NOON, market().universe, {})
    found = repricing.risk(empty, unmoved(empty.universe, empty.vol))
    assert found.array.value.shape == (0, 1)
