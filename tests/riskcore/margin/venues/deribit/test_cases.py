"""Every published figure of Deribit, within the precision in which it was printed."""

import pytest

from tests.riskcore.margin.venues.deribit.cases import CASES
from tests.verification.case import Case, check


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_published_figures(case: Case) -> None:
    check(case)
