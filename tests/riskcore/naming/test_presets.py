"""The names of Aevo, Thalex, Delta Exchange and Dederi, both ways."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Option, Perpetual, Right
from riskcore.naming import deribit, directory

days = st.dates(datetime(2020, 1, 1).date(), datetime(2039, 12, 31).date())  # noqa: DTZ001
coins = st.sampled_from(["BTC", "ETH"])
VENUES = ("aevo", "thalex", "delta", "dederi")


@st.composite
def names(draw: st.DrawFn) -> tuple[str, str]:
    venue, coin, day = draw(st.sampled_from(VENUES)), draw(coins), draw(days)
    strike, right = draw(st.integers(1, 200_000)), draw(st.sampled_from("CP"))
    code = f"{day:%d%b%y}".upper()
    option = f"{coin}-{code}-{strike}-{right}"
    of = {
        "aevo": (f"{coin}-PERP", option),
        "thalex": (f"{coin}-PERPETUAL", f"{coin}-{code}", option),
        "delta": (f"{coin}USD", f"{right}-{coin}-{strike}-{day:%d%m%y}"),
        "dederi": (f"{coin}-{code}", option),
    }
    return venue, draw(st.sampled_from(of[venue]))


@given(names())
def test_names_come_back(name: tuple[str, str]) -> None:
    naming = directory.of(name[0])
    instrument = naming.parse(name[1])
    assert naming.spell(instrument) == name[1]
    assert instrument.settlement != instrument.base
    assert naming.lot(instrument) > 0
    assert naming.tick(instrument, 100.0) > 0
    assert naming.equivalent(instrument) == instrument


def test_each_kind() -> None:
    at = datetime(2026, 12, 25, 8, tzinfo=UTC)
    parse = {venue: directory.of(venue).parse for venue in VENUES}
    assert parse["aevo"]("ETH-PERP") == Perpetual("aevo", "ETH-PERP", "ETH", "USD", "USDC")
    name = "BTC-25DEC26-60000-P"
    assert parse["thalex"](name) == Option(
        "thalex", name, "BTC", "USD", "USDT", at, 60_000.0, Right.PUT
    )
    assert parse["dederi"]("ETH-25DEC26") == Future(
        "dederi", "ETH-25DEC26", "ETH", "USD", "USDC", at
    )
    name = "C-BTC-90000-251226"
    assert parse["delta"](name) == Option(
        "delta", name, "BTC", "USD", "USD", at.replace(hour=12), 90_000.0, Right.CALL, 0.001
    )
    assert parse["delta"]("ETHUSD").multiplier == 0.01


@pytest.mark.parametrize(
    ("venue", "name", "said"),
    [
        ("aevo", "ETH-PERPETUAL", "is not an Aevo instrument name"),
        ("aevo", "ETH-30XXX23-1600-C", "is not an Aevo instrument name"),
        ("aevo", "SOL-30JUN23-16-C", "Aevo lists no options on SOL"),
        ("thalex", "SOL-PERPETUAL", "Thalex lists no SOL contracts"),
        ("thalex", "BTC-30FEB26", "expires on a day that does not exist"),
        ("delta", "BTC-25DEC26", "is not a symbol of Delta Exchange"),
        ("delta", "SOLUSD", "the contract size of SOL at Delta Exchange is not known"),
        ("delta", "C-BTC-90000-300226", "expires on a day that does not exist"),
        ("dederi", "ETH-PERP", "is not a Dederi instrument name"),
    ],
)
def test_what_is_no_name_is_refused(venue: str, name: str, said: str) -> None:
    with pytest.raises(InstrumentError, match=said):
        directory.of(venue).parse(name)


@pytest.mark.parametrize(
    ("venue", "other", "mine"),
    [
        ("aevo", "ETH-PERPETUAL", "ETH-PERP"),
        ("aevo", "ETH-25DEC26-2000-C", "ETH-25DEC26-2000-C"),
        ("thalex", "BTC-6FEB26", "BTC-06FEB26"),
        ("thalex", "BTC-PERPETUAL", "BTC-PERPETUAL"),
        ("delta", "BTC-25DEC26-60000-P", "P-BTC-60000-251226"),
        ("delta", "ETH_USDC-PERPETUAL", "ETHUSD"),
        ("dederi", "BTC_USDC-25DEC26", "BTC-25DEC26"),
    ],
)
def test_nearest_to_a_contract_of_deribit(venue: str, other: str, mine: str) -> None:
    assert directory.of(venue).equivalent(deribit.parse(other)).name == mine


@pytest.mark.parametrize(
    ("venue", "other", "said"),
    [
        (
            "aevo",
            "BTC-25DEC26",
            "Aevo lists no dated futures; the nearest to BTC-25DEC26 is BTC-PERP",
        ),
        ("delta", "BTC-25DEC26", "Delta Exchange lists no dated futures"),
        ("dederi", "BTC-PERPETUAL", "Dederi lists no perpetuals"),
        ("thalex", "SOL_USDC-PERPETUAL", "Thalex lists no SOL contracts"),
        *((venue, "BTC_USDC", "as a balance, not as a position") for venue in VENUES),
    ],
)
def test_what_a_venue_lists_nothing_like(venue: str, other: str, said: str) -> None:
    with pytest.raises(InstrumentError, match=said):
        directory.of(venue).equivalent(deribit.parse(other))
