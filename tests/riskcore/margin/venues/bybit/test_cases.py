"""Bybit's published figures."""

import pytest

from tests.riskcore.margin.venues.bybit.cases import CASES, PORTFOLIO, answer
from tests.verification.case import Case, check


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            each,
            marks=[pytest.mark.xfail(strict=True, reason=each.except_)] if each.except_ else [],
            id=each.name,
        )
        for each in CASES
    ],
)
def test_published_figure(case: Case) -> None:
    check(case)


def test_label_of_the_recorded_account_is_that_of_its_cases() -> None:
    assert answer().label == PORTFOLIO
