"""Drift's names, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import InstrumentError
from riskcore.instruments import Perpetual
from riskcore.naming import deribit, drift


@given(st.from_regex(r"[A-Z0-9]{1,10}", fullmatch=True))
def test_names_go_both_ways(coin: str) -> None:
    found = drift.parse(f"{coin}-PERP")
    assert isinstance(found, Perpetual)
    assert (found.base, found.settlement) == (coin, "USDC")
    assert drift.spell(found) == found.name


@pytest.mark.parametrize("name", ["BTC", "BTC-USD", "SOL-perp", "BTC-PERPETUAL"])
def test_another_name_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(InstrumentError, match="write it like SOL-PERP"):
        drift.parse(name)


def test_nearest_market() -> None:
    assert drift.equivalent(deribit.parse("ETH-PERPETUAL")).name == "ETH-PERP"
    for name in ("BTC-27MAR26", "BTC-27MAR26-60000-C", "BTC_USDC"):
        with pytest.raises(InstrumentError, match="Drift"):
            drift.equivalent(deribit.parse(name))
