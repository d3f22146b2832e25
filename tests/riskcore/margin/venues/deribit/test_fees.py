"""riskcore.margin.venues.deribit.fees: Deribit's own worked examples."""

import pytest

from riskcore.margin.venues.deribit.fees import future_fee, option_fee
from tests.builders import golden

CASES = golden("margin/deribit_fees")


@pytest.mark.parametrize("case", CASES["option"], ids=lambda case: case["source"])
def test_an_option_pays_a_share_of_the_coin_and_at_most_a_share_of_its_price(case: dict) -> None:
    fee = option_fee(case["price"], case["reference"], case["rate"], case["cap"])
    assert fee == pytest.approx(case["fee"], abs=1e-12)


@pytest.mark.parametrize("case", CASES["future"], ids=lambda case: case["source"])
def test_a_future_pays_a_share_of_its_notional(case: dict) -> None:
    assert future_fee(case["notional"], case["rate"]) == pytest.approx(case["fee"], abs=1e-12)
