"""The page of published figures says what the code does."""

import pytest

from tests.verification.case import RECORDED, cases
from tests.verification.page import PAGE, page


@pytest.mark.shared
def test_page_is_up_to_date() -> None:
    if not RECORDED.is_dir():
        pytest.skip("some cases are read from ../shared, which is not here")
    assert PAGE.read_text("utf-8") == page(), "run `make verification`"


@pytest.mark.parametrize("venue", cases())
def test_cases_of_a_venue_have_names_of_their_own(venue: str) -> None:
    names = [each.name for each in cases()[venue]]
    assert names
    assert len(names) == len(set(names))
