"""Hyperliquid's published figures."""

import pytest

from tests.riskcore.margin.venues.hyperliquid.cases import ACCOUNT, CARRY, CASES, account, carry
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


def test_labels_of_the_accounts_are_those_of_their_cases() -> None:
    assert account().label == ACCOUNT
    assert carry(150_000.0).label == CARRY
