"""Deribit's moves of price and volatility, and the switches of their reading."""

from datetime import UTC, datetime

import pytest

from tests.builders import holdings, instrument, market
from tests.riskcore.margin.venues.deribit.desk import answer, bound, days


def vols(name: str, vol: float, rules: dict[str, object] | None = None) -> list[float]:
    """Shocked volatilities of one option at the unmoved price: columns 13 to 15."""
    priced = market(name, vol=vol)
    scenarios = bound("deribit/portfolio", rules).scenarios(priced.universe, priced)
    assert all(each.startswith("0 %") for each in scenarios.label[13:16])
    return scenarios.vol[0, 13:16].tolist()


def test_matrix_has_nine_moves_of_three_volatilities_and_eight_extended_moves() -> None:
    priced = market("BTC-PERPETUAL")
    scenarios = bound("deribit/portfolio").scenarios(priced.universe, priced)
    assert scenarios.label[0] == "unmoved"
    assert scenarios.label[1:4] == ("−16 %, vol up", "−16 %, vol same", "−16 %, vol down")
    assert scenarios.label[25] == "+16 %, vol up"
    assert scenarios.label[28:] == (
        "−66 %, vol up", "−33 %, vol up", "+50 %, vol up", "+100 %, vol up", "+200 %, vol up",
        "+300 %, vol up", "+400 %, vol up", "+500 %, vol up",
    )  # fmt: skip
    steps = [-0.16, -0.12, -0.08, -0.04, 0.0, 0.04, 0.08, 0.12, 0.16]
    assert scenarios.move[1:28:3] == pytest.approx(steps)
    assert scenarios.forward[0] == pytest.approx(1 + scenarios.move)


def test_underlyings_move_by_their_own_ranges_in_one_column() -> None:
    priced = market("BTC-PERPETUAL", "ETH-PERPETUAL")
    scenarios = bound("deribit/portfolio").scenarios(priced.universe, priced)
    assert scenarios.label[1] == "BTC −16 %, ETH −18 %, vol up"
    assert scenarios.label[28] == "−66 %, vol up"
    assert scenarios.forward[:, 1] == pytest.approx([0.84, 0.82])
    place = scenarios.universe.currencies.index("USD")
    assert (scenarios.spot[place] == 1).all()


def test_usd_like_currencies_do_not_move() -> None:
    priced = market("BTC_USDC-PERPETUAL", index={"BTC": 70_000.0, "USDC": 0.999})
    scenarios = bound("deribit/portfolio").scenarios(priced.universe, priced)
    assert (scenarios.spot[scenarios.universe.currencies.index("USDC")] == 1).all()


def test_volatility_moves_fade_with_time_to_expiry_and_change_power_at_thirty_days() -> None:
    short, long = "BTC-13FEB26-70000-C", "BTC-26JUN26-70000-C"
    up, same, down = vols(short, 0.8)
    factor = (30 / days(short)) ** 0.3
    assert (up, same, down) == pytest.approx(
        (0.8 * (1 + 0.5 * factor), 0.8, 0.8 * (1 - 0.25 * factor))
    )
    up, same, down = vols(long, 0.8)
    factor = (30 / days(long)) ** 0.13
    assert (up, same, down) == pytest.approx(
        (0.8 * (1 + 0.5 * factor), 0.8, 0.8 * (1 - 0.25 * factor))
    )


def test_volatility_never_falls_below_zero() -> None:
    row: dict[str, object] = {"volatility_range_down": 1.0}
    priced = market("BTC-6FEB26-70000-C")
    scenarios = bound("deribit/portfolio", BTC=row).scenarios(priced.universe, priced)
    assert scenarios.vol[0, 15] == 0.0


def test_order_of_volatilities_is_a_switch() -> None:
    name = "BTC-27MAR26-70000-C"
    up, same, down = vols(name, 0.8)
    assert up > same > down
    turned = vols(name, 0.8, {"volatility_order": "down_same_up"})
    assert turned == [down, same, up]


def test_floor_bounds_the_shocked_or_the_mark_volatility() -> None:
    name = "BTC-27MAR26-70000-C"
    factor = (30 / days(name)) ** 0.13
    assert vols(name, 0.2)[0] == 0.5
    before = vols(name, 0.2, {"volatility_floor": "before_shock"})[0]
    assert before == pytest.approx(0.5 * (1 + 0.5 * factor))
    assert vols(name, 0.2)[1:] == vols(name, 0.2, {"volatility_floor": "before_shock"})[1:]


def test_days_to_expiry_have_a_floor() -> None:
    name = "BTC-6FEB26-70000-C"  # 20 hours
    assert days(name) < 1
    assert vols(name, 0.8)[0] == pytest.approx(0.8 * (1 + 0.5 * 30**0.3))
    lower = vols(name, 0.8, {"dte_floor": 0.5})[0]
    assert lower == pytest.approx(0.8 * (1 + 0.5 * (30 / days(name)) ** 0.3))


def test_days_to_expiry_are_fractional_or_whole() -> None:
    name = "BTC-13FEB26-70000-C"  # 7 days and 20 hours
    whole = vols(name, 0.8, {"dte_days": "whole"})[0]
    assert whole == pytest.approx(0.8 * (1 + 0.5 * (30 / 7) ** 0.3))


def test_moves_fade_in_the_settlement_window_or_do_not() -> None:
    at = datetime(2026, 2, 6, 7, 50, tzinfo=UTC)
    names = ("BTC-6FEB26", "BTC-13FEB26", "BTC-PERPETUAL")
    priced = market(*names, as_of=at)
    rows = [priced.universe.row(instrument(name)) for name in names]
    faded = bound("deribit/portfolio", at=at).scenarios(priced.universe, priced)
    assert faded.forward[rows, 1] == pytest.approx([1 - 0.16 / 3, 0.84, 0.84])
    whole = bound("deribit/portfolio", {"settlement_window": "none"}, at=at)
    assert whole.scenarios(priced.universe, priced).forward[rows, 1] == pytest.approx([0.84] * 3)
    labels = [
        answer(model, holdings({"BTC-6FEB26": 100.0}, {"BTC": 1.0}), priced).label
        for model in (bound("deribit/portfolio", at=at),)
    ]
    assert labels == ["exact except the settlement window, parameters of another date"]
