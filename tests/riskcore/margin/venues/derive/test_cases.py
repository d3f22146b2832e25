"""Every published figure of Derive, within its own tolerance."""

import pytest

from tests.riskcore.margin.venues.derive.cases import CASES
from tests.verification.case import Case, check


def marked(case: Case) -> object:
    """A case that cannot pass must fail, for the reason it states."""
    marks = [pytest.mark.xfail(reason=case.except_, strict=True)] if case.except_ else []
    return pytest.param(case, id=case.name, marks=marks)


@pytest.mark.parametrize("case", [marked(each) for each in CASES])
def test_published_figures(case: Case) -> None:
    check(case)
