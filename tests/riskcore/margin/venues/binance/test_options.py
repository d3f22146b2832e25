"""Option margin by hand-computed figures, its switches, and what it refuses."""

from collections.abc import Mapping

import pytest

from riskcore.errors import Unsupported
from riskcore.holdings import Holdings
from riskcore.margin.requirement import Requirement
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

INDEX = {"BTC": 100_000.0, "ETH": 4_000.0}
MARK = {
    "BTC-261225-104000-C": 2_000.0,
    "BTC-261225-150000-C": 40.0,
    "BTC-261225-90000-P": 1_500.0,
    "BTC-261225-110000-P": 11_000.0,
    "ETH-261225-4000-C": 200.0,
}
PRICES = market(MARK, INDEX)


def found(
    book: Holdings, rules: Mapping[str, object] | None = None, index: Mapping[str, float] = INDEX
) -> Requirement:
    return only(model("options", overrides={"rules": rules or {}}), book, market(MARK, index))


@pytest.mark.parametrize(
    ("name", "initial", "maintenance"),
    [
        ("BTC-261225-104000-C", 11_000 + 2_000, 5_000 + 2_000),
        ("BTC-261225-150000-C", 10_000 + 40, 5_000 + 40),
        ("BTC-261225-90000-P", 10_000 + 1_500, 5_000 + 1_500),
        ("BTC-261225-110000-P", 15_000 + 11_000, 7_500 + 11_000),
        ("ETH-261225-4000-C", 600 + 200, 300 + 200),
    ],
)
def test_a_short_option_alone(name: str, initial: float, maintenance: float) -> None:
    required = found(account(held(name, -2.0), cash={"USDT": 1e5}))
    assert required.headline.amount == pytest.approx(2 * initial)
    assert required.maintenance.amount == pytest.approx(2 * maintenance)
    assert required.trigger.figure == pytest.approx(2 * maintenance / 1e5)


def test_a_long_option_needs_nothing_and_hedges_nothing() -> None:
    short = account(held("BTC-261225-104000-C", -1.0))
    both = account(held("BTC-261225-104000-C", -1.0), held("BTC-261225-150000-C", 1.0))
    assert found(both).headline.amount == found(short).headline.amount
    assert found(account(held("BTC-261225-90000-P", 3.0))).headline.amount == 0
    bound = model("options")
    assert bound.stand_alone(both, priced(bound, PRICES)).tolist() == [13_000, 0]


def test_equity_is_cash_or_has_the_options_in_it() -> None:
    book = account(held("BTC-261225-104000-C", -1.0), cash={"USDT": 20_000.0})
    assert found(book).equity.amount == 20_000
    assert found(book, {"option_equity": "with_options"}).equity.amount == pytest.approx(18_000)


def test_orders_reserve_premium_or_margin() -> None:
    orders = (
        order("BTC-261225-104000-C", 2.0, 1_900.0),
        order("BTC-261225-150000-C", -1.0, 45.0),
        order("BTC-261225-90000-P", -1.0, 45.0, reduces=True),
    )
    required = found(account(orders=orders))
    assert required.headline.amount == pytest.approx(3_800 + 10_040)
    assert required.maintenance.amount == 0
    assert len(lines(required.headline, "order_margin")) == 2


def test_the_index_is_counted_in_usdt() -> None:
    required = found(account(held("BTC-261225-150000-C", -1.0)), index={**INDEX, "USDT": 0.5})
    assert required.headline.amount == pytest.approx(0.15 * 200_000 + 40)


def test_the_label_says_what_is_read_into_it() -> None:
    required = found(account(held("ETH-261225-4000-C", -1.0)))
    assert required.label.startswith("approximate: the form of the option margin is our reading")
    assert "option margin of ETH taken from BTC" in required.label
    assert "parameters of another date" in required.label


@pytest.mark.parametrize(
    ("book", "rules", "said"),
    [
        (account(held("ETH-261225-4000-C", -1.0)), {"option_coins": "refuse"}, "overrides of ETH"),
    ],
)
def test_refusals(book: Holdings, rules: Mapping[str, object], said: str) -> None:
    with pytest.raises(Unsupported, match=said):
        found(book, rules)


def test_a_coin_of_another_wallet_backs_nothing_and_is_said() -> None:
    required = found(account(cash={"BTC": 1.0, "USDT": 5.0}))
    assert required.equity.amount == 5
    assert "BTC does not back options at Binance" in required.notes[0]


def test_futures_are_refused() -> None:
    prices = market({"BTCUSDT": 1e5})
    with pytest.raises(Unsupported, match="BTCUSDT is no option"):
        only(model("options"), account(held("BTCUSDT", 1.0)), prices)
