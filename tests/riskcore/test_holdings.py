from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import HoldingsError, InstrumentError
from riskcore.holdings import Account, Balance, Holdings, MarginMode, Order, Position, Side
from riskcore.market import MarketSnapshot
from tests import strategies as some
from tests.builders import account, golden, holdings, instrument, market

BTC = instrument("BTC-PERPETUAL")
CALL = instrument("BTC-27MAR26-70000-C")
NO_NUMBER = [float("nan"), float("inf")]
PAYOFFS = golden("pricing/payoffs")


@pytest.mark.parametrize("value", NO_NUMBER)
def test_every_amount_is_a_finite_number(value: float) -> None:
    with pytest.raises(HoldingsError, match="BTC-PERPETUAL: its quantity"):
        Position(BTC, value)
    with pytest.raises(HoldingsError, match="BTC-PERPETUAL: its accrued funding"):
        Position(BTC, 1.0, accrued_funding=value)
    with pytest.raises(HoldingsError, match="a balance"):
        Balance(value)
    with pytest.raises(HoldingsError, match="the order's quantity"):
        Order(BTC, value, 70_000.0)


@pytest.mark.parametrize("value", [*NO_NUMBER, -1.0])
def test_no_price_is_negative(value: float) -> None:
    with pytest.raises(HoldingsError, match="its entry price"):
        Position(BTC, 1.0, entry_price=value)
    with pytest.raises(HoldingsError, match="its settled price"):
        Position(BTC, 1.0, settled_price=value)
    with pytest.raises(HoldingsError, match="the order's price"):
        Order(BTC, 1.0, value)
    with pytest.raises(HoldingsError, match="the borrowed amount"):
        Balance(1.0, borrowed=value)
    with pytest.raises(HoldingsError, match="the locked amount"):
        Balance(1.0, locked=value)


def test_an_order_for_nothing_is_refused() -> None:
    with pytest.raises(HoldingsError, match="needs a quantity other than 0"):
        Order(BTC, 0.0, 70_000.0)


def test_a_side_holds_only_its_own_sign() -> None:
    with pytest.raises(HoldingsError, match="a long side cannot hold -1"):
        Position(BTC, -1.0, side=Side.LONG)
    with pytest.raises(HoldingsError, match="a short side cannot hold 1"):
        Position(BTC, 1.0, side=Side.SHORT)


def test_a_position_stands_once_for_each_side_and_mode() -> None:
    with pytest.raises(HoldingsError, match="BTC-PERPETUAL stands twice; write its quantities"):
        Holdings((Position(BTC, 1.0), Position(BTC, 2.0)))
    hedged = Holdings(
        (
            Position(BTC, 10.0, side=Side.LONG),
            Position(BTC, -30.0, side=Side.SHORT),
            Position(BTC, 5.0, side=Side.LONG, margin_mode=MarginMode.ISOLATED),
        )
    )
    assert hedged.net(market("BTC-PERPETUAL").universe).tolist() == [-15.0]


@given(st.data())
def test_net_quantity_stands_in_the_rows_of_the_universe(data: st.DataObject) -> None:
    quoted: MarketSnapshot = data.draw(some.markets())
    held = data.draw(some.holdings(quoted))
    net = held.net(quoted.universe)
    assert np.count_nonzero(net) == len(held.positions)
    for position in held.positions:
        assert net[quoted.universe.row(position.instrument)] == position.quantity


def test_a_position_that_is_not_quoted_is_named() -> None:
    with pytest.raises(InstrumentError, match="BTC-27MAR26-70000-C is not quoted"):
        Holdings((Position(CALL, 1.0),)).net(market("BTC-PERPETUAL").universe)


def test_what_is_ordered_counts_as_an_instrument_of_the_account() -> None:
    held = holdings({"ETH-PERPETUAL": 1.0}, {"USDC": 5.0}, (Order(CALL, 1.0, 0.05),))
    assert [each.name for each in held.instruments()] == [CALL.name, "ETH-PERPETUAL"]
    assert held.currencies() == ("BTC", "ETH", "USDC")


def test_the_order_of_balances_does_not_matter() -> None:
    one = Holdings((), {"BTC": Balance(1.0), "ETH": Balance(2.0)})
    other = Holdings((), {"ETH": Balance(2.0), "BTC": Balance(1.0)})
    assert one == other
    assert hash(one) == hash(other)


def test_balances_cannot_be_written_to() -> None:
    with pytest.raises(TypeError):
        holdings(balances={"BTC": 1.0}).balances["BTC"] = Balance(2.0)  # type: ignore[index]


def test_a_position_takes_the_place_of_the_one_under_its_key() -> None:
    held = holdings({"BTC-PERPETUAL": 1.0, CALL.name: 2.0})
    edited = held.with_position(Position(BTC, 7.0))
    assert [each.quantity for each in edited.positions] == [7.0, 2.0]
    added = held.with_position(Position(BTC, 7.0, side=Side.LONG))
    assert [each.quantity for each in added.positions] == [1.0, 2.0, 7.0]


@pytest.mark.parametrize("case", PAYOFFS["future"], ids=lambda case: case["source"])
def test_profit_between_two_prices_is_what_was_published(case: dict[str, float]) -> None:
    position = Position(instrument(case["name"]), case["quantity"], case["entry"])
    profit = position.gain(case["entry"], case["exit"])
    assert profit == pytest.approx(case["profit"], abs=case["printed_to"])
    assert position.open_profit(case["exit"]) == profit


def test_open_profit_runs_from_the_last_settlement() -> None:
    position = Position(instrument("ETH-PERPETUAL"), 1.0, 2_074.25, settled_price=2_090.99)
    assert position.open_profit(1_963.31) == pytest.approx(-0.000031102, abs=5e-10)
    assert Position(BTC, 1.0).open_profit(70_000.0) == 0.0


def test_an_account_has_a_name() -> None:
    with pytest.raises(HoldingsError, match="an account needs a name"):
        Account("key", "  ", "deribit", "deribit/portfolio")


def test_unticked_positions_do_not_count() -> None:
    desk = account(positions={"BTC-PERPETUAL": 10.0, CALL.name: 1.0})
    assert desk.included() is desk.holdings
    key = desk.holdings.positions[0].key
    unticked = replace(desk, excluded=frozenset({key}))
    assert [each.instrument for each in unticked.included().positions] == [CALL]
    assert unticked.holdings == desk.holdings
