"""Kraken against its own figures."""

import pytest

from tests.riskcore.margin.venues.kraken.cases import CASES
from tests.verification.case import Case, check

ALL = [
    pytest.param(
        case,
        id=case.name,
        marks=[pytest.mark.xfail(reason=case.except_, strict=True)] if case.except_ else [],
    )
    for case in CASES
]


@pytest.mark.parametrize("case", ALL)
def test_published_figure(case: Case) -> None:
    check(case)
