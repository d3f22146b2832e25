"""uniMMR by hand-computed figures, its levels, its switches, and what it refuses."""

from collections.abc import Mapping
from datetime import UTC, datetime
from math import inf

import pytest

from riskcore.errors import ParameterError, Unsupported
from riskcore.holdings import Balance, Holdings, Side
from riskcore.margin.requirement import Requirement
from tests.riskcore.margin.venues.binance.cases import unified_book
from tests.riskcore.margin.venues.binance.desk import (
    account,
    held,
    lines,
    market,
    model,
    only,
    order,
    priced,
)

INDEX = {"BTC": 100_000.0, "ETH": 4_000.0, "BNB": 600.0, "USDT": 1.0, "SHIB": 1e-5}
MARK = {"BTCUSDT": 100_000.0, "BTCUSD_PERP": 100_000.0, "ETHUSD_PERP": 4_000.0}
PRICES = market(MARK, INDEX)
FLAT = {"lower": [0, 200_000], "rate": [0.01, 0.02], "leverage": [50, 20]}
KNOWN = {"BTC": {"usdt": FLAT}, "ETH": {"usdt": FLAT}}


def found(
    book: Holdings, rules: Mapping[str, object] | None = None, **coins: object
) -> Requirement:
    bound = model("portfolio", overrides={**KNOWN, "rules": rules or {}, **coins})
    return only(bound, book, PRICES)


def test_the_published_example_as_far_as_it_is_printed() -> None:
    required = only(*unified_book())
    worth = {each.because.split()[0]: each for each in required.equity.parts}
    assert worth["USDT"].amount == pytest.approx(6_186)
    assert worth["BTC"].amount == pytest.approx(0.11 * 40_000 * 0.95)
    assert worth["ETH"].amount == pytest.approx(5 * 3_000 * 0.95)
    (positions,) = lines(required.maintenance, "positions_margin")
    futures = {each.term: each.amount for each in positions.parts}
    assert futures["BTCUSDT"] + futures["BTCUSDT_220624"] == pytest.approx(18.4)
    assert futures["BTCUSD_PERP"] == pytest.approx(0.00125 * 40_000)
    assert required.maintenance.amount == pytest.approx(228.4 + 1.5 * 3_000)
    assert required.initial is None
    assert required.trigger.figure == pytest.approx(
        (6_186 + 0.95 * (0.11 * 40_000 + 15_000)) / (228.4 + 4_500)
    )


def test_what_is_owned_is_cut_and_what_is_owed_is_not() -> None:
    required = found(account(cash={"BTC": 1.0, "ETH": Balance(0.0, borrowed=2.0)}))
    cut = {each.because.split()[0]: each for each in required.equity.parts}
    assert cut["BTC"].amount == pytest.approx(95_000)
    assert lines(cut["BTC"], "currency_haircut")[0].amount == pytest.approx(-5_000)
    assert cut["ETH"].amount == pytest.approx(-8_000)
    assert not lines(cut["ETH"], "currency_haircut")


@pytest.mark.parametrize(("chosen", "rate"), [("3x", 0.1), ("5x", 0.08), ("10x", 0.05)])
def test_loans_need_a_share_by_the_leverage_chosen(chosen: str, rate: float) -> None:
    book = account(cash={"USDT": 1e5, "BTC": Balance(1.0, borrowed=0.5)})
    required = found(book, {"loan_leverage": chosen})
    assert required.maintenance.amount == pytest.approx(rate * 50_000)
    assert "the leverage chosen for loans" in required.label


def test_coin_margined_contracts_are_counted_in_their_coin() -> None:
    required = found(account(held("BTCUSD_PERP", -3_000.0, 80_000.0), cash={"BTC": 1.0}))
    assert required.maintenance.amount == pytest.approx(300_000 * 0.02 - 2_000)
    profit = -300_000 * (1 / 80_000 - 1 / 100_000)
    assert required.equity.amount == pytest.approx((1 + profit) * 100_000 * 0.95)
    assert "COIN-M tiers taken from USDT perpetuals" in required.label


def test_coin_margined_contracts_may_have_tiers_of_their_own() -> None:
    own = {"lower": [0, 2], "rate": [0.01, 0.05], "leverage": [50, 10]}
    book = account(held("BTCUSD_PERP", 3_000.0))
    required = found(book, BTC={"usdt": FLAT, "coin": own})
    assert required.maintenance.amount == pytest.approx((3 * 0.05 - 2 * 0.04) * 100_000)
    assert "COIN-M" not in required.label


def test_shared_coin_margined_tiers_can_be_refused() -> None:
    with pytest.raises(Unsupported, match=r"coin\.lower, coin\.rate"):
        found(account(held("ETHUSD_PERP", 1.0)), {"coin_m": "refuse"})


def test_collateral_in_slices_of_value() -> None:
    required = found(account(cash={"BNB": 10_000.0}), {"collateral": "tiers"})
    assert required.equity.amount == pytest.approx(3e6 + 0.95 * 3e6)
    assert found(account(cash={"BNB": 10_000.0})).equity.amount == pytest.approx(0.95 * 6e6)


def test_open_losses_of_orders_are_taken_off_the_equity() -> None:
    plain = account(cash={"USDT": 1e5})
    orders = (
        order("BTCUSDT", 2.0, 101_000.0),
        order("BTCUSDT", -1.0, 99_500.0),
        order("BTCUSDT", 1.0, 99_000.0),
        order("BTCUSDT", 5.0, 101_000.0, reduces=True),
        order("BTCUSD_PERP", 100.0, 125_000.0),
    )
    required = found(account(cash={"USDT": 1e5}, orders=orders))
    inverse = 10_000 * (1 / 100_000 - 1 / 125_000) * 100_000
    assert found(plain).equity.amount - required.equity.amount == pytest.approx(2_500 + inverse)
    assert required.maintenance.amount == 0
    assert "open orders" in required.label


@pytest.mark.parametrize(
    ("cash", "said", "reached"),
    [
        (1_600.0, "does nothing above 150%", False),
        (1_400.0, "reminds the account up to 150%", False),
        (1_150.0, "accepts only what reduces positions up to 120%", False),
        (1_050.0, "liquidates up to 105%", True),
        (1_020.0, "liquidates up to 105%", True),
        (1_000.0, "liquidates and claims the loss up to 100%", True),
        (-5.0, "liquidates and claims the loss up to 100%", True),
    ],
)
def test_levels_of_unimmr(cash: float, said: str, reached: bool) -> None:
    required = found(account(held("BTCUSDT", 1.0), cash={"USDT": cash}))
    assert required.trigger.figure == pytest.approx(cash / 1_000)
    assert required.trigger.level == 1.05
    assert required.trigger.reached is reached
    assert said in required.notes[-1]


def test_without_a_requirement_unimmr_has_no_bound() -> None:
    required = found(account(cash={"USDT": 1.0}))
    assert required.trigger.figure == inf
    assert required.trigger.nearness == 0
    assert required.notes[-1].startswith("uniMMR is without bound; Binance does nothing")


def test_what_is_owed_without_a_requirement_is_liquidated() -> None:
    required = found(account(cash={"USDT": -1.0}))
    assert required.trigger.reached
    assert required.notes[-1].startswith("uniMMR is negative; Binance liquidates and claims")


def test_both_sides_of_hedge_mode_count() -> None:
    book = account(
        held("BTCUSDT", 1.0, side=Side.LONG), held("BTCUSDT", -1.0, side=Side.SHORT), hedge=True
    )
    assert found(book).maintenance.amount == pytest.approx(2_000)
    bound = model("portfolio", overrides=KNOWN)
    alone = bound.stand_alone(book, priced(bound, PRICES))
    assert alone.tolist() == [pytest.approx(1_000)] * 2


def test_stand_alone_of_a_coin_margined_contract_is_in_usd() -> None:
    bound = model("portfolio", overrides=KNOWN)
    alone = bound.stand_alone(account(held("ETHUSD_PERP", 100.0)), priced(bound, PRICES))
    assert alone.tolist() == [pytest.approx(10)]


def test_the_label_names_the_day_of_the_rates() -> None:
    day = datetime(2025, 8, 1, 12, tzinfo=UTC)
    for name, label in (("BTC", "exact"), ("ETH", "exact")):
        required = only(
            model("portfolio", day), account(cash={name: 1.0}), market(MARK, INDEX, as_of=day)
        )
        assert required.label == label
    later = only(model("portfolio"), account(cash={"BTC": 1.0}), PRICES)
    assert later.label == "exact except parameters of another date"


@pytest.mark.parametrize(
    ("book", "rules", "said"),
    [
        (account(cash={"SHIB": 1.0}), {}, "give portfolio_rate as an override of SHIB"),
        (account(cash={"SHIB": 1.0}), {"collateral": "tiers"}, "collateral_upto and"),
        (account(held("BTCUSDT", 1.0, isolated=5.0)), {}, "enter it as cross"),
    ],
)
def test_refusals(book: Holdings, rules: Mapping[str, object], said: str) -> None:
    with pytest.raises(Unsupported, match=said):
        found(book, rules)


def test_options_are_refused() -> None:
    prices = market({"BTC-261225-60000-C": 41_000.0}, INDEX)
    with pytest.raises(Unsupported, match="options are in binance/options"):
        only(model("portfolio"), account(held("BTC-261225-60000-C", 1.0)), prices)


def test_slices_need_a_rate_each() -> None:
    with pytest.raises(ParameterError, match="give one rate for every slice"):
        model("portfolio", overrides={"BTC": {"collateral_upto": [1.0], "collateral_rates": []}})
