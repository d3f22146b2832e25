"""What venues publish beside quotes: looked up, and moved with prices."""

from datetime import UTC, datetime

import pytest

from riskcore.oracles import Averaging, Feed, Lending, Oracles, Surface

MARCH = datetime(2026, 3, 27, 8, tzinfo=UTC)
JUNE = datetime(2026, 6, 26, 8, tzinfo=UTC)
EVERYTHING = Oracles(
    surfaces=(Surface("derive", "BTC", MARCH, 0.1, 0.2, 0.0, 0.0, 0.1),),
    feeds=(
        Feed("derive", "BTC", "spot", 70_000.0),
        Feed("derive", "BTC", "perp", 70_010.0),
        Feed("derive", "BTC", "forward", 71_000.0, MARCH, fixed_part=1_000.0),
        Feed("derive", "BTC", "rate", 0.05, MARCH),
        Feed("derive", "USDC", "stable", 0.999),
        Feed("paradex", "BTC", "spot", 70_001.0),
    ),
    settlement=(
        Averaging("deribit", MARCH, 70_500.0, 600.0, "BTC"),
        Averaging("deribit", JUNE, 2_000.0, 900.0),
    ),
    lending=(Lending("hyperliquid", "USDC", 0.7, 0.05, {"user_supply": 250e6}),),
)


def test_a_surface_is_found_by_venue_coin_and_expiry() -> None:
    assert EVERYTHING.surface("derive", "BTC", MARCH) is EVERYTHING.surfaces[0]
    assert EVERYTHING.surface("derive", "BTC", JUNE) is None
    assert EVERYTHING.surface("derive", "ETH", MARCH) is None
    assert EVERYTHING.surface("paradex", "BTC", MARCH) is None


def test_a_feed_is_found_by_venue_kind_coin_and_expiry() -> None:
    found = EVERYTHING.feed("paradex", "spot", "BTC")
    assert found is not None
    assert found.value == 70_001.0
    assert EVERYTHING.feed("derive", "forward", "BTC", MARCH) is EVERYTHING.feeds[2]
    assert EVERYTHING.feed("derive", "forward", "BTC") is None
    assert EVERYTHING.feed("derive", "rate", "BTC", JUNE) is None


def test_an_averaging_without_a_coin_holds_for_all() -> None:
    assert EVERYTHING.averaging("deribit", "BTC", MARCH) is EVERYTHING.settlement[0]
    assert EVERYTHING.averaging("deribit", "ETH", MARCH) is None
    assert EVERYTHING.averaging("deribit", "ETH", JUNE) is EVERYTHING.settlement[1]
    assert EVERYTHING.averaging("okx", "ETH", JUNE) is None


def test_a_lending_pool_is_found_and_its_caps_are_read_only() -> None:
    found = EVERYTHING.pool("hyperliquid", "USDC")
    assert found is not None
    assert found.caps["user_supply"] == 250e6
    with pytest.raises(TypeError):
        found.caps["user_supply"] = 0.0  # type: ignore[index]
    assert EVERYTHING.pool("hyperliquid", "BTC") is None


def test_prices_move_and_rates_do_not() -> None:
    moved = EVERYTHING.moved(lambda coin: 0.9 if coin == "BTC" else 0.5)
    values = [each.value for each in moved.feeds]
    assert values == pytest.approx(
        [63_000.0, 63_009.0, 1_000.0 + 0.9 * 70_000.0, 0.05, 0.999, 63_000.9]
    )
    assert moved.surfaces == EVERYTHING.surfaces
    assert moved.settlement == EVERYTHING.settlement


def test_nothing_to_move_is_the_same() -> None:
    empty = Oracles(surfaces=EVERYTHING.surfaces)
    assert empty.moved(lambda coin: 2.0) is empty
