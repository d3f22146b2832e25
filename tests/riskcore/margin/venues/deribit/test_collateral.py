"""Collateral in the cross models."""

import pytest

from riskcore.holdings import Balance, Holdings, Position, Settings
from tests.builders import holdings, instrument, market
from tests.riskcore.margin.venues.deribit.desk import answer, bound, line


@pytest.mark.parametrize(
    ("where", "initial", "maintenance"),
    [("initial", True, False), ("both", True, True), ("none", False, False)],
)
@pytest.mark.parametrize("name", ["deribit/cross-portfolio", "deribit/cross-standard"])
def test_haircut_is_added_where_the_switch_says(
    name: str, where: str, *, initial: bool, maintenance: bool
) -> None:
    priced = market("BTC_USDC-PERPETUAL", index={"BTC": 70_000.0, "USDC": 1.0, "USYC": 1.1})
    held = holdings({"BTC_USDC-PERPETUAL": 1.0}, {"USYC": 1_000.0})
    bare = holdings({"BTC_USDC-PERPETUAL": 1.0}, {"USDC": 1_100.0})
    model = bound(name, {"haircut_in": where})
    with_haircut, without = answer(model, held, priced), answer(model, bare, priced)
    haircut = 0.02 * 1_100
    assert with_haircut.equity.amount == pytest.approx(without.equity.amount)
    more = with_haircut.headline.amount - without.headline.amount
    assert more == pytest.approx(haircut * initial, abs=1e-8)
    kept = with_haircut.maintenance.amount - without.maintenance.amount
    assert kept == pytest.approx(haircut * maintenance, abs=1e-8)
    assert "haircuts" in with_haircut.label


def test_negative_equity_has_no_haircut() -> None:
    priced = market("BTC_USDC-PERPETUAL", index={"BTC": 70_000.0, "USDC": 1.0, "USYC": 1.1})
    held = holdings({"BTC_USDC-PERPETUAL": 1.0}, {"USYC": -1_000.0})
    found = answer(bound("deribit/cross-standard"), held, priced)
    assert all(each.term != "collateral_haircut" for each in found.headline.walk())


@pytest.mark.parametrize(
    ("impact", "down", "up"),
    [("both", True, True), ("none", False, False), ("up", False, True), ("down", True, False)],
)
def test_collateral_counts_on_the_sides_its_impact_says(
    impact: str, *, down: bool, up: bool
) -> None:
    priced = market("BTC-PERPETUAL")
    model = bound("deribit/cross-portfolio", BTC={"equity_side_impact": impact})
    held = holdings({"BTC-PERPETUAL": 0.0}, {"BTC": 1.0})
    profit = answer(model, held, priced).losses.profit
    row = profit[0]
    assert row[1] == pytest.approx(-70_000 * 0.16 * down)
    assert row[25] == pytest.approx(70_000 * 0.16 * up)
    assert row[28] == pytest.approx(-70_000 * 0.16 * down)


def test_collateral_is_stressed_without_any_contract_and_usd_is_not() -> None:
    priced = market("BTC-PERPETUAL").restricted(())
    model = bound("deribit/cross-portfolio")
    found = answer(model, holdings(balances={"ETH": 10.0, "USDC": 1e6}), priced)
    assert found.losses.sets == ("ETH",)
    assert found.headline.amount == pytest.approx(10 * 2_000 * 0.18)
    assert found.label == "exact except pooling, parameters of another date"
    assert line(found, "collateral_equity").amount == pytest.approx(3_600)


def test_balance_hedges_a_short_in_a_cross_pool_and_not_in_a_segregated_one() -> None:
    book = holdings({"BTC-PERPETUAL": -70_000.0}, {"BTC": 1.0})
    priced = market("BTC-PERPETUAL")
    cross = answer(bound("deribit/cross-portfolio"), book, priced)
    assert line(cross, "worst_case").amount == pytest.approx(0, abs=1e-6)
    own = answer(bound("deribit/portfolio"), book, priced)
    assert line(own, "worst_case").amount == pytest.approx(1 - 1 / 1.16)


def test_currency_switched_off_as_collateral_counts_its_open_profit_only() -> None:
    priced = market("BTC-PERPETUAL")
    future = Position(instrument("BTC-PERPETUAL"), 70_000.0, settled_price=35_000.0)
    held = Holdings(
        (future,),
        {"BTC": Balance(5.0), "USDC": Balance(100.0)},
        settings=Settings(collateral_enabled=("USDC",)),
    )
    found = answer(bound("deribit/cross-portfolio"), held, priced)
    assert found.equity.amount == pytest.approx(70_000 + 100)
    assert "the balance of BTC is switched off as collateral and counts as 0" in found.notes


def test_usd_like_currencies_are_a_switch() -> None:
    priced = market("BTC-PERPETUAL", index={"BTC": 70_000.0, "USDT": 1.0})
    held = holdings({"BTC-PERPETUAL": 1.0}, {"USDT": 1_000.0})
    found = answer(bound("deribit/cross-portfolio"), held, priced)
    assert found.losses.sets == ("BTC",)
    assert "the haircut of USDT is not known: none is taken" in found.notes
    stressed = bound(
        "deribit/cross-portfolio", {"usd_like": ["USD", "USDC"]}, USDT={"price_range": 0.05}
    )
    found = answer(stressed, held, priced)
    assert found.losses.sets == ("BTC", "USDT")


def test_coin_of_which_no_haircut_is_known_counts_in_full_with_a_note() -> None:
    priced = market("BTC-PERPETUAL", index={"BTC": 70_000.0, "SOL": 90.0})
    held = holdings({"BTC-PERPETUAL": 7_000.0}, {"SOL": 10.0})
    found = answer(bound("deribit/cross-standard"), held, priced)
    assert all(each.term != "collateral_haircut" for each in found.headline.walk())
    assert "the haircut of SOL is not known: none is taken" in found.notes
    assert found.equity.amount == pytest.approx(900)
