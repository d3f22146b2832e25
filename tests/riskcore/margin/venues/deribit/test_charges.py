"""Standard margin of a position, and the switches of its reading."""

from datetime import UTC, datetime

import pytest

from tests.builders import holdings, market
from tests.riskcore.margin.venues.deribit.desk import answer, bound, line


@pytest.mark.parametrize(("rule", "reference"), [("index", 70_000.0), ("forward", 80_000.0)])
def test_standard_margin_of_an_option_is_a_share_of_index_or_forward(
    rule: str, reference: float
) -> None:
    name = "BTC-27MAR26-84000-C"
    priced = market(name, mark={name: 0.02}, forward={name: 80_000.0})
    model = bound("deribit/standard", {"standard_option_reference": rule})
    found = answer(model, holdings({name: -1.0}), priced)
    outside = (84_000 - reference) / reference
    assert found.headline.amount == pytest.approx(max(0.15 - outside, 0.10) + 0.02)
    assert found.label.startswith("exact except the options' reference price")


def test_standard_margin_of_a_deep_short_put_is_at_least_its_maintenance_margin() -> None:
    name = "BTC-27MAR26-990000-P"
    priced = market(name, mark={name: 13.0})
    found = answer(bound("deribit/standard"), holdings({name: -2.0}), priced)
    assert found.maintenance.amount == pytest.approx(2 * (13.0 + 0.075 * 13.0))
    assert found.headline.amount == pytest.approx(found.maintenance.amount)
    (leaf,) = next(each.parts for each in found.headline.walk() if each.term == "positions_margin")
    assert [each.amount for each in leaf.considered] == pytest.approx([2 * 13.15])


def test_leverage_between_tiers_is_linear_or_a_power() -> None:
    at = datetime(2026, 10, 1, tzinfo=UTC)
    name = "BTC_USDC-25DEC26"
    priced = market(name, as_of=at)
    held = holdings({name: 106.2})  # 4 x the edge of the top tier
    linear = answer(bound("deribit/standard", at=at), held, priced)
    power = answer(bound("deribit/standard", {"leverage_shape": "power"}, at=at), held, priced)
    fallen = (106.2 - 26.55) / (0.35 * 885 - 26.55)
    value = 106.2 * 70_000
    assert linear.headline.amount == pytest.approx(value / (25 - 21 * fallen))
    assert power.headline.amount == pytest.approx(value / (25 * 0.25**0.35))
    assert linear.maintenance.amount == pytest.approx(linear.headline.amount * 2 / 3)
    assert linear.label.startswith("approximate: leverage between the tiers")


def test_kinds_of_futures_without_a_tier_keep_the_linear_rate_and_say_so() -> None:
    at = datetime(2026, 10, 1, tzinfo=UTC)
    priced = market("BTC-25DEC26", "ETH-PERPETUAL", as_of=at)
    model = bound("deribit/cross-standard", at=at)
    found = answer(model, holdings({"BTC-25DEC26": 70_000.0, "ETH-PERPETUAL": 2_000.0}), priced)
    expected = 70_000 * (0.02 + 0.00005) + 2_000 * (0.02 + 0.000004)
    assert found.headline.amount == pytest.approx(expected)
    assert "margin of BTC inverse futures" in found.label
    assert "margin of ETH perpetuals" in found.label


def test_what_a_short_put_was_compared_with_is_in_the_currency_of_the_pool() -> None:
    name = "BTC-27MAR26-60000-P"
    priced = market(name, mark={name: 0.02})
    for model, price in (("deribit/standard", 1.0), ("deribit/cross-standard", 70_000.0)):
        found = answer(bound(model), holdings({name: -2.0}), priced)
        leaf = line(found, name)
        assert leaf.amount == pytest.approx(2 * 0.12 * price)
        assert [each.amount for each in leaf.considered] == pytest.approx([2 * 0.095 * price])


def test_charge_says_the_figures_of_its_formula() -> None:
    linear, inverse = "BTC_USDC-PERPETUAL", "BTC-PERPETUAL"
    priced = market(linear, inverse)
    book = holdings({linear: 2.0, inverse: 140_000.0})
    found = answer(bound("deribit/cross-standard"), book, priced)
    assert line(found, linear).because == "(0.02 + 5e-05 × 2 BTC) × 2 BTC × 70,000"
    assert line(found, inverse).because == "(0.02 + 5e-05 × 2 BTC) × 2 BTC"


def test_formula_of_a_short_option_has_its_unit_only_where_it_has_one() -> None:
    inverse, linear = "BTC-27MAR26-84000-C", "BTC_USDC-27MAR26-84000-C"
    priced = market(inverse, linear, mark={inverse: 0.02, linear: 1_400.0})
    found = answer(bound("deribit/cross-standard"), holdings({inverse: -2.0, linear: -3.0}), priced)
    assert line(found, inverse).because == "(max(0.15 − 0.2, 0.1) + 0.02) × 2"
    assert line(found, linear).because == "(max(0.15 − 0.2, 0.1) × 70,000 + 1400) × 3"
