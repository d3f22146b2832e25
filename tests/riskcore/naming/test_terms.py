from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import InstrumentError
from riskcore.naming import terms


@pytest.mark.parametrize(
    ("day", "month", "year"), [("5", "JUN", "26"), ("05", "06", "26"), ("05", "JUN", "2026")]
)
def test_a_day_is_written_in_letters_or_digits(day: str, month: str, year: str) -> None:
    assert terms.instant("X", day, month, year, 8) == datetime(2026, 6, 5, 8, tzinfo=UTC)


def test_a_day_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InstrumentError, match="'X' expires on a day that does not exist"):
        terms.instant_of_digits("X", "260231", 8)


@given(st.dates(date(2020, 1, 1), date(2099, 12, 31)), st.sampled_from((1, 2)))
def test_codes_of_days_read_back(day: date, digits: int) -> None:
    code = terms.day_code(datetime(day.year, day.month, day.day, tzinfo=UTC), digits=digits)
    found = terms.instant("X", code[:-5], code[-5:-2], code[-2:], 8)
    assert found.date() == day


@pytest.mark.parametrize(
    ("strike", "text"), [(60_000.0, "60000"), (0.55, "0.55"), (1e-8, "0.00000001")]
)
def test_strikes_have_no_needless_zeros(strike: float, text: str) -> None:
    assert terms.decimals(strike) == text


def test_last_friday() -> None:
    found = terms.last_weekday(2026, 12, terms.FRIDAY, 12)
    assert found == datetime(2026, 12, 25, 12, tzinfo=UTC)
