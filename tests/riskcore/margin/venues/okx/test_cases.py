"""Every published figure of the venue."""

import pytest

from tests.riskcore.margin.venues.okx.cases import CASES
from tests.verification.case import Case, check


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    check(case)
