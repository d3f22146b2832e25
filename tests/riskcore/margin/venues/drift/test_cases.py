"""Drift's published figures."""

import pytest

from tests.riskcore.margin.venues.drift.cases import CASES
from tests.verification.case import Case, check


@pytest.mark.parametrize("case", CASES, ids=lambda each: each.name)
def test_published_figure(case: Case) -> None:
    check(case)
