"""USD-M rules by hand-computed figures: positions, wallets, isolated pools, orders, modes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskcore.errors import MarketError, Unsupported
from riskcore.holdings import Balance, Holdings, MarginMode, Order, Position, Side
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
    required,
)

MARK = {"BTCUSDT": 100_000.0, "ETHUSDT": 4_000.0, "ETHUSDC": 4_010.0}
PRICES = market(MARK)
SIMPLE = {"lower": [0, 200_000], "rate": [0.01, 0.02], "leverage": [50, 20]}
TIERS = {"BTC": {"usdt": SIMPLE}, "ETH": {"usdt": SIMPLE, "usdc": SIMPLE}}


def cross(rules: Mapping[str, object] | None = None, **coins: object) -> Any:
    """Cross margin with two plain tiers."""
    return model("usdm-cross", overrides={**TIERS, "rules": rules or {}, **coins})


def initial(found: Requirement) -> float:
    assert found.initial is not None
    return found.initial.amount


def figure(found: Requirement, term: str) -> float:
    return next(each.amount for each in found.figures if each.term == term)


def test_a_position_needs_its_notional_over_its_leverage() -> None:
    found = only(
        cross(), account(held("BTCUSDT", -1.5, leverage=10), cash={"USDT": 30_000}), PRICES
    )
    assert initial(found) == pytest.approx(15_000)
    assert found.maintenance.amount == pytest.approx(1_500)
    assert found.trigger.figure == pytest.approx(0.05)
    assert found.label == "exact except overridden parameters"


def test_the_tier_caps_the_leverage() -> None:
    found = only(cross(), account(held("BTCUSDT", 3.0, leverage=40)), PRICES)
    assert initial(found) == pytest.approx(300_000 / 20)
    assert found.maintenance.amount == pytest.approx(300_000 * 0.02 - 2_000)
    (line,) = lines(found.headline, "BTCUSDT")
    assert line.because == "300,000 / 20, the highest leverage of tier 2"


def test_a_leverage_that_was_not_entered_is_assumed_and_said() -> None:
    found = only(cross(), account(held("BTCUSDT", 1.0)), PRICES)
    assert initial(found) == pytest.approx(5_000)
    assert "leverage that was not entered" in found.label
    assert "BTCUSDT: a leverage of 20 is assumed" in found.notes


def test_nothing_nets_but_profit_is_shared() -> None:
    book = account(
        held("BTCUSDT", 1.0, 90_000.0, leverage=10),
        held("ETHUSDT", -10.0, 3_500.0, leverage=10),
        cash={"USDT": 1_000.0},
    )
    found = only(cross(), book, PRICES)
    assert initial(found) == pytest.approx(14_000)
    assert found.equity.amount == pytest.approx(1_000 + 10_000 - 5_000)
    assert figure(found, "wallet_balance") == 1_000
    assert figure(found, "futures_profit") == pytest.approx(5_000)
    assert figure(found, "margin_balance") == pytest.approx(6_000)
    assert figure(found, "available_funds") == 0
    assert figure(found, "binance_margin_ratio") == pytest.approx(1_400 / 6_000)


def test_margin_assets_are_pools_of_their_own() -> None:
    book = account(
        held("BTCUSDT", 1.0, leverage=10),
        held("ETHUSDC", 10.0, 4_000.0, leverage=10),
        cash={"USDT": 20_000.0, "USDC": 5_000.0, "BNB": 2.0},
    )
    found = required(cross(), book, market(MARK, {"BNB": 600.0}))
    assert set(found) == {"USDT", "USDC", "BNB"}
    assert found["USDT"].equity.amount == 20_000
    assert found["USDC"].equity.amount == pytest.approx(5_100)
    assert initial(found["USDC"]) == pytest.approx(4_010)
    assert found["BNB"].notes == ("BNB backs no position in single-asset mode",)
    assert found["BNB"].headline.amount == 0
    assert found["USDT"].members == {book.positions[0].key}


def test_both_sides_of_hedge_mode_count() -> None:
    book = account(
        held("BTCUSDT", 1.5, side=Side.LONG, leverage=10),
        held("BTCUSDT", -1.0, side=Side.SHORT, leverage=20),
        cash={"USDT": 50_000.0},
        hedge=True,
    )
    found = only(cross(), book, PRICES)
    assert initial(found) == pytest.approx(15_000 + 5_000)
    assert found.maintenance.amount == pytest.approx(2_500)
    assert lines(found.headline, "BTCUSDT short")[0].amount == pytest.approx(5_000)
    assert model("usdm-cross").stand_alone(book, priced(model("usdm-cross"), PRICES)).tolist() == [
        pytest.approx(15_000),
        pytest.approx(5_000),
    ]


def test_an_isolated_position_is_a_pool_beside_the_wallet() -> None:
    book = account(
        held("BTCUSDT", 1.0, 99_000.0, leverage=10, isolated=8_000.0),
        held("ETHUSDT", 10.0, leverage=10),
        cash={"USDT": 10_000.0},
    )
    found = required(cross(), book, PRICES)
    assert set(found) == {"USDT", "BTCUSDT"}
    alone = found["BTCUSDT"]
    assert (alone.currency, alone.members) == ("USDT", {book.positions[0].key})
    assert alone.equity.amount == pytest.approx(9_000)
    assert alone.trigger.figure == pytest.approx(1_000 / 9_000)
    assert found["USDT"].equity.amount == 10_000
    assert initial(found["USDT"]) == pytest.approx(4_000)


def test_an_isolated_margin_that_was_not_entered_is_assumed_and_said() -> None:
    position = Position(
        held("BTCUSDT", 1.0).instrument, 1.0, 90_000.0, margin_mode=MarginMode.ISOLATED, leverage=10
    )
    found = only(model("usdm-isolated", overrides=TIERS), account(position), PRICES)
    assert found.equity.amount == pytest.approx(9_000 + 10_000)
    assert "isolated margin that was not entered" in found.label
    assert "BTCUSDT has no isolated margin" in found.notes[0]


def test_an_isolated_model_keeps_the_wallet_apart() -> None:
    book = account(held("BTCUSDT", 1.0, leverage=10, isolated=20_000.0), cash={"USDT": 7.0})
    found = required(model("usdm-isolated"), book, PRICES)
    assert found["USDT"].equity.amount == 7
    assert found["USDT"].headline.amount == 0
    assert found["BTCUSDT"].equity.amount == 20_000


@pytest.mark.parametrize("entry", [60_000.0, 120_000.0])
@pytest.mark.parametrize("quantity", [0.5, 30.0, -0.5, -30.0])
def test_at_its_liquidation_price_a_position_has_its_maintenance_left(
    quantity: float, entry: float
) -> None:
    margin = abs(quantity) * entry / 5
    position = held("BTCUSDT", quantity, entry, leverage=5, isolated=margin)
    bound = model("usdm-isolated")
    price = figure(only(bound, account(position), PRICES), "liquidation_price")
    there = only(bound, account(position), market({"BTCUSDT": price}))
    assert there.maintenance.amount == pytest.approx(there.equity.amount)
    assert there.trigger.figure == pytest.approx(1.0)


@pytest.mark.parametrize("isolated", [None, 30_000.0])
def test_accrued_funding_moves_the_liquidation_price(isolated: float | None) -> None:
    position = replace(
        held("BTCUSDT", 1.0, 101_000.0, leverage=10, isolated=isolated), accrued_funding=-2_000.0
    )
    book = account(position, cash={"USDT": 25_000.0})
    bound = cross()
    price = bound.liquidation_price(position, book, priced(bound, PRICES))
    pool = "USDT" if isolated is None else "BTCUSDT"
    there = required(bound, book, market({**MARK, "BTCUSDT": price}))[pool]
    assert there.maintenance.amount == pytest.approx(there.equity.amount)
    if isolated is not None:
        shown = required(bound, book, PRICES)[pool]
        assert figure(shown, "liquidation_price") == price


def test_a_leverage_below_one_is_refused() -> None:
    for leverage in (0.0, -5.0):
        with pytest.raises(Unsupported, match="Binance allows 1 or more"):
            required(cross(), account(held("BTCUSDT", 1.0, leverage=leverage)), PRICES)


def test_one_contract_in_both_margin_modes_is_refused_where_all_are_isolated() -> None:
    book = account(held("BTCUSDT", 1.0), held("BTCUSDT", 1.0, isolated=20_000.0))
    with pytest.raises(Unsupported, match="BTCUSDT is held in cross and in isolated margin"):
        required(model("usdm-isolated"), book, PRICES)


def test_what_cannot_be_liquidated_has_no_price() -> None:
    bound = model("usdm-isolated")
    whole = held("BTCUSDT", 1.0, 60_000.0, leverage=1, isolated=60_000.0)
    terms = [each.term for each in only(bound, account(whole), PRICES).figures]
    assert "liquidation_price" not in terms
    multi = cross({"asset_mode": "multi"})
    book = account(held("BTCUSDT", 1.0, 60_000.0), cash={"USDT": 1e4})
    assert multi.liquidation_price(book.positions[0], book, priced(multi, PRICES)) is None


def waiting(
    *orders: Order, rules: Mapping[str, object] | None = None, quantity: float = 1.0
) -> float:
    """What orders reserve beside a position of BTC at leverage 10."""
    bound = cross(rules)
    book = account(held("BTCUSDT", quantity, leverage=10), cash={"USDT": 50_000.0})
    with_orders = only(bound, replace(book, orders=orders), PRICES)
    assert with_orders.maintenance == only(bound, book, PRICES).maintenance
    return initial(with_orders) - initial(only(bound, book, PRICES))


@pytest.mark.parametrize(
    ("orders", "reserved"),
    [
        ((order("BTCUSDT", 0.5, 98_000.0),), 0.5 * 98_000 / 10),
        ((order("BTCUSDT", -0.5, 102_000.0),), 0.0),
        ((order("BTCUSDT", -3.0, 102_000.0),), (306_000 - 100_000) / 10 - 10_000),
        ((order("BTCUSDT", 0.5, 101_000.0),), 0.5 * 101_000 / 10 + 500),
        ((order("BTCUSDT", 0.5, 98_000.0, reduces=True),), 0.0),
        (
            (order("BTCUSDT", 0.5, 98_000.0), order("BTCUSDT", -0.5, 102_000.0)),
            0.5 * 98_000 / 10,
        ),
        ((order("ETHUSDT", 1.0, 3_900.0),), 3_900 / 20),
        ((order("ETHUSDT", -1.0, 3_900.0),), 4_000 / 20 + 100),
    ],
)
def test_orders_net_with_the_position(orders: tuple[Order, ...], reserved: float) -> None:
    assert waiting(*orders) == pytest.approx(reserved)


def test_every_order_alone_where_the_account_says_so() -> None:
    orders = (order("BTCUSDT", 0.5, 98_000.0), order("BTCUSDT", -0.5, 102_000.0))
    alone = {"open_orders": "each_alone"}
    assert waiting(*orders, rules=alone) == pytest.approx(0.5 * 200_000 / 10)


def test_orders_in_hedge_mode_add_up() -> None:
    orders = (order("BTCUSDT", 0.5, 98_000.0), order("BTCUSDT", -0.5, 102_000.0))
    book = account(
        held("BTCUSDT", 1.0, side=Side.LONG, leverage=10), cash={"USDT": 1e5}, orders=orders,
        hedge=True,
    )  # fmt: skip
    found = only(cross(), book, PRICES)
    assert initial(found) == pytest.approx(10_000 + 0.5 * 200_000 / 10)
    assert "open orders" in found.label


def test_an_order_for_more_than_the_tier_allows_takes_its_leverage() -> None:
    found = waiting(order("BTCUSDT", 4.0, 100_000.0), quantity=0.0)
    assert found == pytest.approx(400_000 / 10)
    bound = cross()
    book = account(held("BTCUSDT", 0.0, leverage=50), orders=(order("BTCUSDT", 4.0, 100_000.0),))
    assert initial(only(bound, book, PRICES)) == pytest.approx(400_000 / 20)


def test_orders_of_another_margin_asset_stand_in_its_pool() -> None:
    book = account(cash={"USDT": 1e4, "USDC": 1e4}, orders=(order("ETHUSDC", 1.0, 4_000.0),))
    found = required(cross(), book, PRICES)
    assert initial(found["USDT"]) == 0
    assert initial(found["USDC"]) == pytest.approx(200)


def multi(book: Holdings, index: Mapping[str, float]) -> Requirement:
    return only(cross({"asset_mode": "multi"}), book, market(MARK, index))


def test_multi_assets_mode_is_one_pool_in_usd() -> None:
    book = account(
        held("BTCUSDT", 1.0, 101_000.0, leverage=10),
        held("ETHUSDC", 10.0, 4_000.0, leverage=10),
        cash={"USDT": 500.0, "USDC": 20_000.0, "BTC": 0.1},
        orders=(order("ETHUSDC", 1.0, 4_000.0),),
    )
    found = multi(book, {"USDT": 0.999, "USDC": 1.001, "BTC": 100_000.0})
    assert (found.pool, found.currency) == ("USD", "USD")
    owed = (500 - 1_000) * 0.999
    owned = 20_100 * 1.001 * 0.9999 + 0.1 * 100_000 * 0.95
    assert found.equity.amount == pytest.approx(owed + owned)
    assert initial(found) == pytest.approx(10_000 * 0.999 + (4_010 + 400) * 1.001)
    assert found.maintenance.amount == pytest.approx(1_000 * 0.999 + 401 * 1.001)
    assert figure(found, "wallet_balance") == pytest.approx(500 * 0.999 + 20_000 * 1.001 + 10_000)
    assert "parameters of another date" in found.label


def test_a_coin_without_a_ratio_is_refused_in_multi_assets_mode() -> None:
    with pytest.raises(Unsupported, match="give multi_assets_rate as an override of DOGE"):
        multi(account(cash={"DOGE": 10.0}), {"DOGE": 0.2})


def test_isolated_positions_are_refused_in_multi_assets_mode() -> None:
    with pytest.raises(Unsupported, match="Multi-Assets Mode has cross margin only"):
        multi(account(held("BTCUSDT", 1.0, isolated=5.0)), {})


@pytest.mark.parametrize(
    ("book", "said"),
    [
        (account(held("BTCUSD_PERP", 1.0)), "COIN-M ones are in binance/portfolio"),
        (account(held("BTC-261225-60000-C", 1.0)), "options in binance/options"),
        (account(orders=(order("BTCUSD_PERP", 1.0, 1e5),)), "COIN-M ones are in"),
        (account(cash={"USDT": Balance(1.0, borrowed=1.0)}), "leave the loan out"),
    ],
)
def test_what_usd_m_does_not_hold_is_refused(book: Holdings, said: str) -> None:
    prices = market({**MARK, "BTCUSD_PERP": 1e5, "BTC-261225-60000-C": 41_000.0})
    with pytest.raises(Unsupported, match=said):
        required(model("usdm-cross"), book, prices)


def test_a_contract_without_a_mark_is_refused() -> None:
    with pytest.raises(MarketError, match="BTCUSDT has no mark price"):
        model("usdm-cross").requirement(
            account(held("BTCUSDT", 1.0)), priced(model("usdm-cross"), market({"ETHUSDT": 4_000.0}))
        )


def scalar(
    book: Holdings, mark: Mapping[str, float], tables: Mapping[str, Any]
) -> dict[str, list[float]]:
    """Initial and maintenance margin and equity of each asset, written out once more."""
    found: dict[str, list[float]] = {}
    for asset, balance in book.balances.items():
        found[asset] = [0.0, 0.0, balance.amount]
    for each in book.positions:
        one = found.setdefault(each.instrument.settlement, [0.0, 0.0, 0.0])
        price = mark[each.instrument.name]
        notional = abs(each.quantity) * price
        table = tables[each.instrument.base]
        steps = list(zip(table["lower"], table["rate"], table["leverage"], strict=True))
        margin, allowed = 0.0, steps[0][2]
        for row, (lower, rate, leverage) in enumerate(steps):
            if notional > lower:
                upper = steps[row + 1][0] if row + 1 < len(steps) else float("inf")
                margin += (min(notional, upper) - lower) * rate
                allowed = leverage
        one[0] += notional / min(each.leverage or 20.0, allowed)
        one[1] += margin
        one[2] += each.quantity * (price - (each.entry_price or price))
    return found


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-400, 400), st.floats(1, 60), st.floats(0.5, 1.5)), min_size=3,
             max_size=3),
    st.lists(st.floats(50, 1e6), min_size=2, max_size=2, unique=True),
)  # fmt: skip
def test_random_books_agree_with_a_second_implementation(
    sizes: list[tuple[float, float, float]], ends: list[float]
) -> None:
    table = {"lower": [0.0, *sorted(ends)], "rate": [0.005, 0.01, 0.05], "leverage": [60, 40, 8]}
    tables = {"BTC": table, "ETH": table}
    bound = model(
        "usdm-cross", overrides={"BTC": {"usdt": table}, "ETH": {"usdt": table, "usdc": table}}
    )
    positions = [
        held(name, size * (0.01 if name == "BTCUSDT" else 1.0), MARK[name] * drift, leverage=chosen)
        for name, (size, chosen, drift) in zip(MARK, sizes, strict=True)
    ]
    book = account(*positions, cash={"USDT": 1e5, "USDC": 1e4})
    for pool, (needed, kept, owned) in scalar(book, MARK, tables).items():
        found = required(bound, book, PRICES)[pool]
        assert initial(found) == pytest.approx(needed, rel=1e-12, abs=1e-9)
        assert found.maintenance.amount == pytest.approx(kept, rel=1e-9, abs=1e-7)
        assert found.equity.amount == pytest.approx(owned, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("size", [-20.0, 20.0])
def test_at_a_cross_liquidation_price_the_wallet_has_its_maintenance_left(size: float) -> None:
    one = held("BTCUSDT", 1.0, 101_000.0, leverage=10)
    beside = held("ETHUSDT", size, 3_900.0, leverage=10)
    apart = held("ETHUSDC", 500.0, 4_000.0, leverage=10, isolated=2e5)
    book = account(one, beside, apart, cash={"USDT": 20_000.0, "USDC": 9e5})
    bound = cross()
    price = bound.liquidation_price(one, book, priced(bound, PRICES))
    there = required(bound, book, market({**MARK, "BTCUSDT": price}))["USDT"]
    assert there.maintenance.amount == pytest.approx(there.equity.amount)


def test_isolated_positions_do_not_back_a_cross_one() -> None:
    one = held("BTCUSDT", 1.0, 101_000.0, leverage=10)
    apart = held("ETHUSDT", 100.0, 3_000.0, leverage=10, isolated=1e5)
    bound, looked = cross(), priced(cross(), PRICES)
    cash: dict[str, float | Balance] = {"USDT": 20_000.0}
    without = bound.liquidation_price(one, account(one, cash=cash), looked)
    assert bound.liquidation_price(one, account(one, apart, cash=cash), looked) == without


def test_every_position_is_isolated_under_the_isolated_model() -> None:
    book = account(held("BTCUSDT", 1.0, 90_000.0, leverage=10), cash={"USDT": 5.0})
    found = required(model("usdm-isolated"), book, PRICES)
    assert set(found) == {"USDT", "BTCUSDT"}
    assert found["BTCUSDT"].equity.amount == pytest.approx(9_000 + 10_000)


def test_the_wallet_balance_is_that_of_the_pool() -> None:
    book = account(cash={"USDT": 5.0, "USDC": 7.0})
    found = required(cross(), book, PRICES)
    assert [figure(found[name], "wallet_balance") for name in ("USDT", "USDC")] == [5, 7]
