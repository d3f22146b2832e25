from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import RiskcoreError
from riskcore.time import SECONDS_PER_YEAR, instant, iso, years_between

NOON = datetime(2026, 2, 5, 12, tzinfo=UTC)


def test_a_year_is_365_days_to_the_second() -> None:
    assert years_between(NOON, NOON + timedelta(days=365)) == 1.0
    assert years_between(NOON, NOON + timedelta(seconds=1)) == 1 / SECONDS_PER_YEAR
    assert years_between(NOON + timedelta(days=73), NOON) == -0.2


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_survives_being_written(moment: datetime) -> None:
    assert instant(iso(moment)) == moment
    assert iso(moment).endswith("Z")


def test_any_zone_becomes_utc() -> None:
    east = NOON.astimezone(timezone(timedelta(hours=9)))
    assert instant(east.isoformat()) == NOON
    assert instant(east.isoformat()).tzinfo is UTC
    assert iso(east) == "2026-02-05T12:00:00Z"


def test_a_date_means_its_first_second() -> None:
    assert instant("2026-02-05") == datetime(2026, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30", "2026-02-05T25:00:00Z"])
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(RiskcoreError, match=r"write it like .*, or a date alone like 2026-02-05"):
        instant(text)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(RiskcoreError, match="has no time zone; end it with Z"):
        instant("2026-02-05T12:00:00")
