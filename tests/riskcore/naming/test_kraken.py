from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Perpetual
from riskcore.naming import deribit, kraken

NAMED: dict[str, Instrument] = {
    "PF_XBTUSD": Perpetual("kraken", "PF_XBTUSD", "BTC", "USD", "USD"),
    "PI_ETHUSD": Perpetual("kraken", "PI_ETHUSD", "ETH", "USD", "ETH"),
    "FF_XBTUSD_261225": Future(
        "kraken", "FF_XBTUSD_261225", "BTC", "USD", "USD", datetime(2026, 12, 25, 8, tzinfo=UTC)
    ),
    "FI_XBTUSD_261225": Future(
        "kraken", "FI_XBTUSD_261225", "BTC", "USD", "BTC", datetime(2026, 12, 25, 16, tzinfo=UTC)
    ),
    "FI_ETHUSD_180928": Future(
        "kraken", "FI_ETHUSD_180928", "ETH", "USD", "ETH", datetime(2018, 9, 28, 15, tzinfo=UTC)
    ),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_name_says_the_terms(name: str) -> None:
    assert kraken.parse(name) == NAMED[name]
    assert kraken.spell(NAMED[name]) == name


@given(
    st.sampled_from("PF"),
    st.sampled_from("FI"),
    st.sampled_from(("XBT", "ETH", "XRP")),
    st.dates(date(2020, 1, 1), date(2029, 12, 31)),
)
def test_every_instrument_is_found_again_by_its_name(
    kind: str, style: str, coin: str, day: date
) -> None:
    name = f"{kind}{style}_{coin}USD" + (f"_{day:%y%m%d}" if kind == "F" else "")
    instrument = kraken.parse(name)
    assert kraken.spell(instrument) == name
    assert kraken.parse(kraken.spell(instrument)) == instrument


def test_london_changes_its_clock_on_the_last_sundays() -> None:
    hours = {
        day: kraken.parse(f"FI_XBTUSD_{day}").expiry.hour  # type: ignore[union-attr]
        for day in ("260328", "260329", "261024", "261025")
    }
    assert hours == {"260328": 16, "260329": 15, "261024": 15, "261025": 16}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "is not a Kraken symbol"),
        ("PF_XBTUSD_261225", "is not a Kraken symbol"),
        ("FF_XBTUSD", "is not a Kraken symbol"),
        ("PF_BTCUSD", "BTC is written XBT there"),
        ("PI_SOLUSD", "lists no inverse contracts like"),
        ("FF_XBTUSD_260231", "expires on a day that does not exist"),
    ],
)
def test_what_is_no_symbol_is_refused(name: str, said: str) -> None:
    with pytest.raises(InstrumentError, match=said):
        kraken.parse(name)


def test_the_nearest_to_instruments_of_another_venue() -> None:
    assert kraken.equivalent(deribit.parse("BTC-PERPETUAL")).name == "PI_XBTUSD"
    assert kraken.equivalent(deribit.parse("SOL_USDC-PERPETUAL")).name == "PF_SOLUSD"
    future = kraken.equivalent(deribit.parse("BTC_USDC-27MAR26"))
    assert future.name == "FF_XBTUSD_260327"
    for name, said in (("BTC-27MAR26-60000-P", "in a demo alone"), ("BTC_USDC", "as a balance")):
        with pytest.raises(InstrumentError, match=said):
            kraken.equivalent(deribit.parse(name))


def test_options_have_no_symbol() -> None:
    with pytest.raises(InstrumentError, match="no derivative like"):
        kraken.spell(deribit.parse("BTC-27MAR26-60000-P"))


def test_lots_and_ticks() -> None:
    assert kraken.lot(NAMED["PF_XBTUSD"]) == 0.0001
    assert kraken.lot(NAMED["PI_ETHUSD"]) == 1.0
    assert kraken.tick(NAMED["PF_XBTUSD"], 80_000.0) == 1.0
    assert kraken.tick(NAMED["PI_ETHUSD"], 2_500.0) == 0.05
