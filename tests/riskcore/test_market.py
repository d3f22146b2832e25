from dataclasses import replace
from datetime import timedelta, timezone

import numpy as np
import pytest
from hypothesis import given

from riskcore import repricing
from riskcore.errors import MarketError
from riskcore.market import COLUMNS, MarketSnapshot, snapshot
from riskcore.scenarios import unmoved
from tests import strategies as some
from tests.builders import NOON, instrument, market

CALL = "BTC-27MAR26-70000-C"


@pytest.fixture
def quoted() -> MarketSnapshot:
    return market("BTC-PERPETUAL", CALL, "ETH-PERPETUAL")


def changed(before: MarketSnapshot, column: str, value: float) -> MarketSnapshot:
    after = getattr(before, column).copy()
    after[before.universe.row(instrument(CALL))] = value
    return replace(before, **{column: after})


@pytest.mark.parametrize("column", ["mark", "bid", "ask", "forward", "vol"])
@pytest.mark.parametrize("value", [-0.1, float("inf")])
def test_no_price_or_volatility_is_negative_or_infinite(
    quoted: MarketSnapshot, column: str, value: float
) -> None:
    with pytest.raises(MarketError, match=f"{CALL}: its {column} is {value}"):
        changed(quoted, column, value)


@pytest.mark.parametrize("price", [0.0, -1.0, float("nan"), float("inf")])
def test_an_index_is_a_positive_number(price: float) -> None:
    with pytest.raises(MarketError, match=r"the index of BTC is .*; it must be positive"):
        market("BTC-PERPETUAL", mark={"BTC-PERPETUAL": 1.0}, index={"BTC": price})


def test_an_instant_is_in_utc(quoted: MarketSnapshot) -> None:
    for moment in (NOON.replace(tzinfo=None), NOON.astimezone(timezone(timedelta(hours=1)))):
        with pytest.raises(MarketError, match="is not in UTC"):
            replace(quoted, as_of=moment)


def test_a_column_has_one_value_for_each_instrument(quoted: MarketSnapshot) -> None:
    with pytest.raises(MarketError, match=r"mark has .* values, not one for each instrument"):
        replace(quoted, mark=np.ones(2))


@given(some.markets())
def test_columns_cannot_be_written_to(quoted: MarketSnapshot) -> None:
    for name in COLUMNS:
        with pytest.raises(ValueError, match="read-only"):
            getattr(quoted, name)[0] = 1.0


def test_what_is_not_given_is_not_available() -> None:
    bare = snapshot(NOON, market(CALL).universe, {}, mark=np.array([0.05]))
    assert np.isnan([getattr(bare, name)[0] for name in COLUMNS if name != "mark"]).all()


def test_a_dollar_is_a_dollar(quoted: MarketSnapshot) -> None:
    assert quoted.usd("USD") == 1.0
    assert quoted.usd("BTC") == 70_000.0
    with pytest.raises(MarketError, match="SOL has no index price in this market"):
        quoted.usd("SOL")


def test_what_has_no_mark_is_named(quoted: MarketSnapshot) -> None:
    with pytest.raises(MarketError, match="ETH_USDC-PERPETUAL has no mark price in this market"):
        quoted.row(instrument("ETH_USDC-PERPETUAL"))
    with pytest.raises(MarketError, match=f"{CALL} has no mark price in this market"):
        changed(quoted, "mark", np.nan).restricted([instrument(CALL)])


def test_a_market_without_futures_says_why() -> None:
    why = "its source stopped recording futures on 15 Apr 2026"
    of = market("BTC-PERPETUAL", CALL).universe
    bare = snapshot(NOON, of, {}, mark=np.full(2, np.nan), without_futures=why)
    with pytest.raises(MarketError, match=f"BTC-PERPETUAL has no mark price in this market: {why}"):
        bare.row(instrument("BTC-PERPETUAL"))
    with pytest.raises(MarketError, match=f"{CALL} has no mark price in this market$"):
        bare.row(instrument(CALL))
    with pytest.raises(MarketError, match=why):
        repricing.reprice(bare, unmoved(of, bare.vol))


@given(some.markets())
def test_a_part_of_a_market_keeps_its_figures(quoted: MarketSnapshot) -> None:
    kept = quoted.universe.instruments[::2]
    part = quoted.restricted(kept)
    assert part.universe.instruments == kept
    assert part.as_of == quoted.as_of
    assert dict(part.index) == dict(quoted.index)
    for name in COLUMNS:
        whole = getattr(quoted, name)[[quoted.universe.row(each) for each in kept]]
        assert np.array_equal(getattr(part, name), whole, equal_nan=True), name


def test_age_is_counted_from_each_quote(quoted: MarketSnapshot) -> None:
    stamps = np.array([np.nan, NOON.timestamp() - 30, NOON.timestamp()])
    assert replace(quoted, quoted_at=stamps).ages().tolist() == [0.0, 30.0, 0.0]
