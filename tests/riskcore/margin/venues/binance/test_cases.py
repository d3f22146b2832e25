"""What Binance publishes comes out to the printed precision."""

import pytest

from tests.riskcore.margin.venues.binance.cases import CASES
from tests.verification.case import Case, check


@pytest.mark.parametrize("case", CASES, ids=lambda each: each.name)
def test_case(case: Case) -> None:
    check(case)
