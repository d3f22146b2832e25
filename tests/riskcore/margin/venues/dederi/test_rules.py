"""Dederi's rules, by hand."""

from collections.abc import Mapping

import pytest

from riskcore.errors import Unsupported
from tests.riskcore.margin.venues.plain import amount, answered, plain_book, plain_market

FUTURE, CALL = "ETH-27MAR26", "ETH-27MAR26-2200-C"
FACTORS = {
    "options": {
        "vol_up_factor": 0.3,
        "vol_down_factor": 0.2,
        "short_vol_power": -0.5,
        "long_vol_power": -1.0,
    }
}


def needed(
    positions: Mapping[str, float],
    overrides: Mapping[str, Mapping[str, object]] | None = None,
    **terms: object,
):
    priced = plain_market("dederi", *positions, **terms)  # type: ignore[arg-type]
    held = plain_book(priced, positions, {"USDC": 1e4})
    return answered("dederi/portfolio", priced, held, overrides)[0]


def test_futures_lose_a_share_of_their_mark_and_pay_a_contingency_on_the_index() -> None:
    found = needed({FUTURE: -10.0}, mark={FUTURE: 2_100.0})
    assert amount(found.headline, "worst_case") == pytest.approx(0.15 * 21_000)
    assert amount(found.headline, "futures_contingency") == pytest.approx(0.006 * 20_000)
    assert found.headline.amount == found.maintenance.amount == pytest.approx(3_270)
    half = needed({FUTURE: -10.0}, {"rules": {"maintenance_factor": 0.5}})
    assert half.maintenance.amount == pytest.approx(0.5 * half.headline.amount)
    assert (
        found.label == "approximate: the maintenance ratio is missing, parameters of another date"
    )


def test_contingency_charges_both_legs_of_a_hedge() -> None:
    found = needed({FUTURE: -10.0, "ETH-26JUN26": 10.0})
    assert amount(found.headline, "worst_case") == pytest.approx(0)
    assert found.headline.amount == pytest.approx(2 * 0.006 * 20_000)


def test_options_without_factors_are_refused_with_the_keys_that_would_do() -> None:
    with pytest.raises(Unsupported) as caught:
        needed({CALL: -1.0})
    assert str(caught.value) == (
        "Dederi's moves of volatility are not known; give vol_up_factor, vol_down_factor, "
        "short_vol_power and long_vol_power as overrides of options"
    )


def test_with_factors_there_are_33_scenarios_and_the_term_scales_the_move() -> None:
    found = needed({CALL: -1.0}, FACTORS)
    assert len(found.losses.label) == 34
    assert found.worst_scenario == "ETH +15 %, vol up"
    assert "no option contingency: give option_rate as an override of rules" in found.notes
    assert found.label.startswith(
        "approximate: volatility moves of the user's own, the option rate"
    )
    flat = {"options": FACTORS["options"] | {"long_vol_power": 0.0}}
    assert found.headline.amount < needed({CALL: -1.0}, flat).headline.amount  # 50 days: less
    near = "ETH-13FEB26-2200-C"  # 8 days: more
    same = {"options": FACTORS["options"] | {"short_vol_power": 0.0}}
    assert (
        needed({near: -1.0}, FACTORS).headline.amount > needed({near: -1.0}, same).headline.amount
    )


def test_option_contingency_charges_what_is_sold() -> None:
    rules = {"rules": {"option_rate": 0.01}}
    found = needed({CALL: -3.0, "ETH-27MAR26-1800-P": 5.0}, FACTORS | rules)
    assert amount(found.headline, "option_contingency") == pytest.approx(60)
    assert amount(found.headline, "futures_contingency") == 0
