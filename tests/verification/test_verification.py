"""The page of published figures says what the code does, and no case fails without a reason."""

import pytest

from tests.verification.page import PAGE, RECORDED, cases, outcome, page


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


@pytest.mark.parametrize("venue", cases())
def test_a_case_passes_or_says_why_not(venue: str) -> None:
    for case in cases()[venue]:
        assert outcome(case).passed or case.except_, case.name
