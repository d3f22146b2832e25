from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Right, Spot
from riskcore.naming import deribit, paradex

MAY = datetime(2026, 5, 8, 8, tzinfo=UTC)
NAMED: dict[str, Instrument] = {
    "BTC-USD-PERP": Perpetual("paradex", "BTC-USD-PERP", "BTC", "USD", "USDC"),
    "ETH-USD": Spot("paradex", "ETH-USD", "ETH", "USD"),
    "BTC-USD-8MAY26-78000-C": Option(
        "paradex", "BTC-USD-8MAY26-78000-C", "BTC", "USD", "USDC", MAY, 78_000.0, Right.CALL
    ),
    "HYPE-USD-15SEP25-55.5-P": Option(
        "paradex",
        "HYPE-USD-15SEP25-55.5-P",
        "HYPE",
        "USD",
        "USDC",
        datetime(2025, 9, 15, 8, tzinfo=UTC),
        55.5,
        Right.PUT,
    ),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_name_says_the_terms(name: str) -> None:
    assert paradex.parse(name) == NAMED[name]
    assert paradex.spell(NAMED[name]) == name


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    coin = draw(st.sampled_from(("BTC", "ETH", "HYPE", "kBONK", "US500")))
    if draw(st.booleans()):
        return paradex.parse(f"{coin}-USD-PERP")
    day = draw(st.datetimes(datetime(2024, 1, 1), datetime(2029, 12, 31)))  # noqa: DTZ001
    expiry = day.replace(hour=8, minute=0, second=0, microsecond=0, tzinfo=UTC)
    strike = draw(st.integers(1, 10_000_000)) / draw(st.sampled_from((1, 10, 100)))
    right = draw(st.sampled_from(list(Right)))
    plain = Option("paradex", "", coin, "USD", "USDC", expiry, strike, right)
    return paradex.parse(paradex.spell(plain))


@given(instruments())
def test_every_instrument_is_found_again_by_its_name(instrument: Instrument) -> None:
    assert paradex.parse(paradex.spell(instrument)) == instrument
    assert paradex.spell(instrument) == instrument.name


@pytest.mark.parametrize(
    "name", ["", "BTC", "BTC-PERP", "BTC-USD-PERPETUAL", "BTC-USD-8XXX26-78000-C", "BTC-USD-PERP\n"]
)
def test_what_is_no_symbol_is_refused(name: str) -> None:
    with pytest.raises(InstrumentError, match="is not a Paradex symbol; write it like"):
        paradex.parse(name)


def test_a_perpetual_option_is_refused_by_its_kind() -> None:
    with pytest.raises(InstrumentError, match="is a perpetual option; only dated options"):
        paradex.parse("BTC-USD-100000-C")


def test_a_day_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InstrumentError, match="expires on a day that does not exist"):
        paradex.parse("BTC-USD-31FEB26-78000-C")


def test_the_nearest_to_an_inverse_instrument_is_linear() -> None:
    assert paradex.equivalent(deribit.parse("BTC-PERPETUAL")).name == "BTC-USD-PERP"
    option = paradex.equivalent(deribit.parse("BTC-8MAY26-78000-C"))
    assert option == NAMED["BTC-USD-8MAY26-78000-C"]


def test_there_are_no_dated_futures() -> None:
    future = deribit.parse("BTC-27MAR26")
    assert isinstance(future, Future)
    with pytest.raises(InstrumentError, match="no dated futures; the nearest to BTC-27MAR26 is"):
        paradex.equivalent(future)


def test_spot_is_a_balance() -> None:
    with pytest.raises(InstrumentError, match="keeps ETH as a balance"):
        paradex.equivalent(paradex.parse("ETH-USD"))


def test_lots_and_ticks() -> None:
    assert paradex.lot(NAMED["BTC-USD-PERP"]) == 0.00001
    assert paradex.lot(NAMED["BTC-USD-8MAY26-78000-C"]) == 0.001
    assert paradex.tick(NAMED["BTC-USD-PERP"], 70_000.0) == 0.1
    assert paradex.tick(NAMED["HYPE-USD-15SEP25-55.5-P"], 1.0) == 0.01
