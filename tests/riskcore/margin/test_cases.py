"""Every published figure of every venue, within the precision in which it was printed."""

import pytest

from tests.verification.case import Case, cases, check


def marked(venue: str, case: Case) -> object:
    """A case that cannot pass must fail, for the reason it states."""
    marks = [pytest.mark.xfail(reason=case.except_, strict=True)] if case.except_ else []
    return pytest.param(case, id=f"{venue}: {case.name}", marks=marks)


@pytest.mark.parametrize(
    "case", [marked(venue, case) for venue, found in cases().items() for case in found]
)
def test_published_figures(case: Case) -> None:
    check(case)
