"""The house's look back, by figures worked out by hand: BTC at 70,000 and ETH at 2,000."""

import tomllib
from collections.abc import Sequence
from datetime import date
from math import expm1, fsum, log1p, sqrt

import numpy as np
import pytest

from riskcore.errors import Unsupported
from riskcore.margin.requirement import Rule
from riskcore.pricing import black
from tests.builders import holdings, instrument, library, market
from tests.riskcore.margin.venues.house.desk import (
    FUTURE,
    OTHER,
    bound,
    line,
    past,
    priced,
    required,
)

CALM = [0.001] * 10
MOVES = [-0.10, 0.02, -0.06, *CALM, -0.08, 0.05, *CALM, -0.04, 0.03, *CALM, 0.01, 0.0, -0.01]
PUT = "BTC_USDC-27MAR26-65000-P"


def amount(held: dict[str, float], moves: Sequence[float] = MOVES, **rules: object) -> float:
    return required("historical", held, past({"BTC": moves}, rules)).headline.amount


def test_expected_shortfall_is_the_mean_of_the_worst_days() -> None:
    assert len(MOVES) == 40  # so 90 % leaves four days
    found = required("historical", {FUTURE: 2.0}, past({"BTC": MOVES}))
    assert found.headline.amount == pytest.approx(140_000 * (0.10 + 0.08 + 0.06 + 0.04) / 4)
    assert found.maintenance.amount == pytest.approx(0.75 * found.headline.amount)
    assert found.worst_scenario == "2025-01-01"
    words = line(found, "historical_loss").because
    assert "expected shortfall 9,800.00 at 0.9 over 40 days from 2025-01-01 to 2025-02-09" in words
    assert "mean of the 4 worst, first of all 2025-01-01" in words


def test_value_at_risk_is_the_largest_loss_outside_the_tail() -> None:
    assert amount({FUTURE: 1.0}, measure="value_at_risk") == pytest.approx(70_000 * 0.01)
    assert amount({FUTURE: -1.0}, measure="value_at_risk") == pytest.approx(70_000 * 0.001)


def test_a_tail_of_no_loss_needs_nothing() -> None:
    assert amount({FUTURE: 1.0}, [0.01, 0.02] * 20) == 0.0


def test_stressed_part_is_the_same_figure_over_the_given_days() -> None:
    rules = {
        "stress_weight": 0.25,
        "stress_window": "dates",
        "stress_first": date(2025, 1, 14),
        "stress_last": date(2025, 1, 23),  # ten days: one in the tail, -8 % on the 14th
    }
    found = required("historical", {FUTURE: 1.0}, past({"BTC": MOVES}, rules))
    assert line(found, "historical_loss").amount == pytest.approx(0.75 * 4_900)
    assert line(found, "stressed_loss").amount == pytest.approx(0.25 * 70_000 * 0.08)
    assert "0.25 × " in line(found, "stressed_loss").because
    assert "over 10 days from 2025-01-14 to 2025-01-23" in line(found, "stressed_loss").because


def test_worst_year_is_the_worst_window_for_the_book() -> None:
    moves = [*[-0.02, 0.02] * 10, *[0.04, -0.01] * 10]
    rules = {"stress_weight": 1.0, "window_days": 20, "window_step": 10}
    assert amount({FUTURE: 1.0}, moves, **rules) == pytest.approx(70_000 * 0.02)
    assert amount({FUTURE: -1.0}, moves, **rules) == pytest.approx(70_000 * 0.04)
    coarse = {"stress_weight": 1.0, "window_days": 20, "window_step": 21}  # the last one only
    assert amount({FUTURE: 1.0}, moves, **coarse) == pytest.approx(70_000 * 0.01)


def test_horizon_sums_days_in_a_row_or_scales_one() -> None:
    moves = [-0.05, -0.05, *[0.0] * 20]
    two = {"horizon_days": 2, "confidence": 0.95}
    lost = 70_000 * (0.0975 + 0.05 * 0.05) / 1.05  # 21 sums leave 1.05 in the tail
    assert amount({FUTURE: 1.0}, moves, **two) == pytest.approx(lost)
    scaled = -expm1(log1p(-0.05) * sqrt(2)) * 70_000
    assert amount({FUTURE: 1.0}, moves, horizon="scaled", **two) == pytest.approx(scaled)


def test_a_scenario_is_the_same_day_for_every_coin() -> None:
    btc, eth = [-0.1, 0.1, *[0.0] * 18], [0.1, -0.1, *[0.0] * 18]
    rules = {"confidence": 0.95}
    both = {FUTURE: 1.0, OTHER: 35.0}  # 70,000 USD of each
    apart = required("historical", both, past({"BTC": btc, "ETH": eth}, rules))
    assert apart.headline.amount == pytest.approx(0.0, abs=1e-9)
    together = required("historical", both, past({"BTC": btc, "ETH": btc}, rules))
    assert together.headline.amount == pytest.approx(14_000)
    assert "correlation of returns over all days: BTC and ETH 1.00" in together.notes
    rho = next(each for each in apart.notes if "over all days" in each)
    assert float(rho.split()[-1]) < -0.9


def test_histories_that_begin_on_other_days_meet_on_their_days() -> None:
    overrides = past({"BTC": [0.0, -0.1, *[0.0] * 20], "ETH": [-0.1, *[0.0] * 20]})
    overrides["ETH"]["first_day"] = date(2025, 1, 2)
    rules = {"confidence": 0.95}
    overrides["rules"] |= rules
    found = required("historical", {FUTURE: 1.0, OTHER: 35.0}, overrides)
    assert "over 21 days from 2025-01-02 to 2025-01-22" in line(found, "historical_loss").because
    assert found.headline.amount == pytest.approx(14_000 / 1.05)


def test_volatility_moves_by_its_beta() -> None:
    moves = [-0.1, *[0.0] * 19]
    tau = (50 - 4 / 24) / 365

    def put(price: float, vol: float) -> float:
        terms = (np.array(price), np.array(65_000.0), np.array(tau), np.array(vol))
        return float(black.price(*terms, np.array(-1.0)))

    still = required("historical", {PUT: -1.0}, past({"BTC": moves}, {"confidence": 0.95}))
    assert still.headline.amount == pytest.approx(put(63_000, 0.6) - put(70_000, 0.6))
    assert any("vol_beta is 0" in each for each in still.notes)
    rules = {"confidence": 0.95, "vol_beta": -2.0}
    moved = required("historical", {PUT: -1.0}, past({"BTC": moves}, rules))
    assert moved.headline.amount == pytest.approx(put(63_000, 0.72) - put(70_000, 0.6))
    assert not any("vol_beta" in each for each in moved.notes)
    floor = {"confidence": 0.95, "vol_beta": 20.0, "vol_lowest": 0.3}
    least = required("historical", {PUT: -1.0}, past({"BTC": moves}, floor))
    assert least.headline.amount == pytest.approx(put(63_000, 0.3) - put(70_000, 0.6))


def test_parts_by_position_are_their_mean_over_the_tail() -> None:
    held = {FUTURE: 1.0, PUT: 1.0, "BTC-PERPETUAL": 7_000.0}
    found = required("historical", held, past({"BTC": MOVES}))
    loss = line(found, "historical_loss")
    assert {each.term for each in loss.parts} == set(held)
    assert all(each.rule is Rule.POSITION for each in loss.parts)
    assert line(found, FUTURE).amount == pytest.approx(70_000 * 0.07)
    assert line(found, "BTC-PERPETUAL").amount == pytest.approx(7_000 * 0.07)
    assert line(found, PUT).amount < 0
    assert fsum(each.amount for each in loss.parts) == pytest.approx(loss.amount)


def test_cash_in_a_coin_stands_beside_the_positions() -> None:
    overrides = past({"BTC": MOVES})
    found = required("historical", holdings({}, {"BTC": 2.0}), overrides)
    assert found.headline.amount == pytest.approx(140_000 * 0.07)
    assert line(found, "collateral_equity").because == "BTC"
    hedged = holdings({"BTC-PERPETUAL": -140_000.0}, {"BTC": 2.0})
    assert required("historical", hedged, overrides).headline.amount == pytest.approx(0, abs=1e-9)
    model = bound("historical", overrides)
    alone = model.collateral_alone(hedged, priced(model, market("BTC-PERPETUAL")))
    assert dict(alone) == pytest.approx({"BTC": 140_000 * 0.07})


def test_factors_apply_to_every_line() -> None:
    rules = {"initial_factor": 2.0, "maintenance_factor": 1.5}
    found = required("historical", {FUTURE: 1.0}, past({"BTC": MOVES}, rules))
    assert found.headline.amount == pytest.approx(9_800)
    assert found.maintenance.amount == pytest.approx(7_350)
    model = bound("historical", past({"BTC": MOVES}, rules))
    alone = model.stand_alone(holdings({FUTURE: 1.0}), priced(model, market(FUTURE)))
    assert alone.tolist() == pytest.approx([9_800])


def test_a_coin_may_move_as_a_multiple_of_btc() -> None:
    overrides = past({"BTC": MOVES})
    overrides["SOL"] = {"beta": 1.5}
    model = bound("historical", overrides)
    assert model.parameters.past.move("SOL")[0] == pytest.approx(0.9**1.5 - 1)
    assert model.parameters.past.beta("DOGE") is None
    overrides["rules"] |= {"without_history": "beta", "default_beta": 2.0}
    model = bound("historical", overrides)
    assert model.parameters.past.move("DOGE")[0] == pytest.approx(0.81 - 1)


def test_label_names_what_is_no_markets() -> None:
    shipped = required("historical", {FUTURE: 1.0})
    assert shipped.label.endswith("no venue's, made-up returns of BTC")
    own = required("historical", {FUTURE: 1.0}, past({"BTC": MOVES}))
    assert own.label == "approximate: the house's own rule, no venue's"


def test_made_up_returns_give_way_to_the_first_real_ones() -> None:
    long = [0.01 * (-1) ** day for day in range(2_500)]  # from 2025 on: past the made-up days
    found = required("historical", {FUTURE: 1.0}, past({"BTC": long}, {"confidence": 0.99}))
    assert "over 2500 days" in " ".join(each.because for each in found.headline.walk())
    with pytest.raises(Unsupported, match="ETH has no past returns"):
        required("historical", {FUTURE: 1.0, OTHER: 1.0}, past({"BTC": MOVES}))


def test_table_of_losses_shows_the_worst_days_first() -> None:
    losses = required("historical", {FUTURE: 1.0}, past({"BTC": MOVES})).losses
    assert losses.label[:3] == ("unmoved", "2025-01-01", "2025-01-14")
    assert losses.profit[0][1] == pytest.approx(-7_000)
    assert losses.worst == (1,)
    assert len(losses.label) == 25


def test_shipped_returns_are_what_their_file_says_of_them() -> None:
    text = library().documents["house/historical.2020-01-01.toml"]
    tables = tomllib.loads(text)["parameters"]
    btc, eth = (np.array(tables[coin]["returns"]) for coin in ("BTC", "ETH"))
    assert len(btc) == len(eth) == 730
    assert tables["BTC"]["made_up"] is tables["ETH"]["made_up"] is True
    assert btc[365:].std() > 1.4 * btc[:365].std()
    assert np.corrcoef(btc, eth)[0, 1] == pytest.approx(0.8, abs=0.03)
    assert eth.std() == pytest.approx(1.25 * btc.std(), rel=0.05)


@pytest.mark.shared
def test_real_closes_of_two_coins(shared_data: object) -> None:
    from tests.riskcore.margin.venues.house.closes import history

    days, moves = history(shared_data)
    overrides = past(moves, {"confidence": 0.99, "stress_weight": 0.25})
    for coin in moves:
        overrides[coin]["first_day"] = days[0]
    held = {FUTURE: 1.0, OTHER: 35.0, PUT: -1.0}
    found = required("historical", held, overrides)
    assert found.label == "approximate: the house's own rule, no venue's"
    tails = line(found, "historical_loss"), line(found, "stressed_loss")
    assert tails[1].amount / 0.25 >= tails[0].amount / 0.75
    rho = next(each for each in found.notes if "over all days" in each)
    assert 0.7 < float(rho.split()[-1]) < 0.95
    lost = [70_000 * -np.array(moves["BTC"]), 70_000 * -np.array(moves["ETH"])]
    alone = required(
        "historical",
        {FUTURE: 1.0},
        {**overrides, "rules": overrides["rules"] | {"stress_weight": 0.0}},
    )
    count = 0.01 * len(days)
    whole = int(count)
    worst = np.sort(lost[0])[::-1]
    expected = (worst[:whole].sum() + (count - whole) * worst[whole]) / count
    assert alone.headline.amount == pytest.approx(expected)
    assert instrument(FUTURE).base == "BTC"
