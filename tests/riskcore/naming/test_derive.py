from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Right, Spot
from riskcore.naming import deribit, derive

JUNE = datetime(2026, 6, 27, 8, tzinfo=UTC)
NAMED: dict[str, Instrument] = {
    "BTC-PERP": Perpetual("derive", "BTC-PERP", "BTC", "USD", "USDC"),
    "ETH-20260627-3500-C": Option(
        "derive", "ETH-20260627-3500-C", "ETH", "USD", "USDC", JUNE, 3_500.0, Right.CALL
    ),
    "HYPE-20260627-38_75-P": Option(
        "derive", "HYPE-20260627-38_75-P", "HYPE", "USD", "USDC", JUNE, 38.75, Right.PUT
    ),
    "wstETH-USDC": Spot("derive", "wstETH-USDC", "wstETH", "USDC"),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_name_says_the_terms(name: str) -> None:
    assert derive.parse(name) == NAMED[name]
    assert derive.spell(NAMED[name]) == name


@given(
    st.sampled_from(derive.COINS),
    st.integers(0, 700),
    st.integers(1, 10**14),
    st.sampled_from(Right),
)
def test_every_option_is_found_again_by_its_name(
    coin: str, days: int, strike: int, right: Right
) -> None:
    expiry = JUNE + timedelta(days=days)
    option = Option("derive", "", coin, "USD", "USDC", expiry, strike / 1e8, right)
    found = derive.parse(derive.spell(option))
    assert isinstance(found, Option)
    assert (found.base, found.expiry, found.right) == (coin, expiry, right)
    assert found.strike == pytest.approx(option.strike, abs=5.1e-9, rel=1e-15)
    assert derive.spell(found) == found.name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ETH",
        "ETH-PERPETUAL",
        "eth-PERP",
        "ETH-PERP\n",
        "ETH-20260627",
        "ETH-20260631-3500-C",
        "ETH-27JUN26-3500-C",
        "ETH-20260627-3500.5-C",
        "ETH-20260627-3500-X",
        "DOGE-20260627-1-C",
    ],
)
def test_what_is_no_name_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(InstrumentError, match=r"Derive|does not exist"):
        derive.parse(name)


@given(st.text(max_size=24))
def test_any_text_is_an_instrument_or_refused(text: str) -> None:
    try:
        assert derive.parse(text).venue == "derive"
    except InstrumentError:
        return


@pytest.mark.parametrize(
    ("there", "here"),
    [
        ("BTC-PERPETUAL", "BTC-PERP"),
        ("SOL_USDC-PERPETUAL", "SOL-PERP"),
        ("BTC-25DEC26-60000-C", "BTC-20261225-60000-C"),
        ("SOL_USDC-27MAR26-2d55-P", "SOL-20260327-2_55-P"),
    ],
)
def test_the_nearest_instrument_keeps_coin_expiry_strike_and_right(there: str, here: str) -> None:
    assert derive.equivalent(deribit.parse(there)) == derive.parse(here)


@pytest.mark.parametrize("there", ["BTC-25DEC26", "BTC_USDC", "XRP_USDC-27MAR26-2d55-P"])
def test_what_derive_does_not_list_is_refused(there: str) -> None:
    with pytest.raises(InstrumentError, match="Derive"):
        derive.equivalent(deribit.parse(there))


def test_a_dated_future_has_no_name() -> None:
    future = Future("derive", "", "BTC", "USD", "USDC", JUNE)
    with pytest.raises(InstrumentError, match="lists nothing like"):
        derive.spell(future)


def test_lots_and_ticks_are_those_recorded_of_eth() -> None:
    perpetual, option = derive.parse("ETH-PERP"), derive.parse("ETH-20260627-3500-C")
    assert (derive.lot(perpetual), derive.tick(perpetual, 3_500.0)) == (0.001, 0.01)
    assert (derive.lot(option), derive.tick(option, 100.0)) == (0.01, 1.0)
