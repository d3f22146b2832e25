from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskcore.market import COLUMNS, MarketSnapshot
from storage.database.engine import Database
from storage.database.snapshots import Snapshots
from storage.errors import NotFound
from tests.builders import NOON, market
from tests.strategies import markets


def assert_same(found: MarketSnapshot, saved: MarketSnapshot) -> None:
    """Every value of two markets is the same, NaN for NaN."""
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(found, name), getattr(saved, name), err_msg=name)
    assert found.universe.instruments == saved.universe.instruments
    for name in ("as_of", "index", "source", "synthetic", "notes"):
        assert getattr(found, name) == getattr(saved, name), name


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(market=markets(), source=st.text(max_size=5), synthetic=st.booleans())
def test_a_market_is_read_as_it_was_saved_whatever_stood_there(
    database: Database, market: MarketSnapshot, source: str, synthetic: bool
) -> None:
    market = replace(market, source=source, synthetic=synthetic, notes=("made", source))
    snapshots = Snapshots(database.sessions)
    snapshots.save(market)
    assert_same(snapshots.load(source, market.as_of), market)


def test_a_market_of_thousands_of_instruments_is_kept(database: Database) -> None:
    names = [f"BTC-27MAR26-{strike}-{right}" for strike in range(1, 1_500) for right in "CP"]
    whole = replace(market(*names), source="replay")
    Snapshots(database.sessions).save(whole)
    assert_same(Snapshots(database.sessions).load("replay", NOON), whole)


def test_the_newest_market_and_the_instants_of_a_source_are_known(database: Database) -> None:
    snapshots = Snapshots(database.sessions)
    assert snapshots.newest() is None
    later = NOON + timedelta(hours=1)
    for source, at in (("a", later), ("a", NOON), ("b", NOON)):
        snapshots.save(replace(market("BTC-PERPETUAL", as_of=at), source=source))
    newest = snapshots.newest()
    assert newest is not None
    assert (newest.source, newest.as_of) == ("a", later)
    assert snapshots.instants("a") == (NOON, later)


def test_a_market_never_saved_is_refused_by_its_instant(database: Database) -> None:
    with pytest.raises(NotFound, match="no market of 'a' is stored for 2026-02-05T12:00:00Z"):
        Snapshots(database.sessions).load("a", NOON)
