"""Random books under OKX portfolio margin, against the same rules one number at a time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskcore.repricing import risk
from tests.builders import library
from tests.riskcore.margin.venues.okx.scalar import maintenance
from tests.riskcore.margin.venues.plain import amount, plain_book, plain_market

FUTURES = (
    "BTC-USDT-SWAP",
    "BTC-USDC-SWAP",
    "BTC-USD-SWAP",
    "BTC-USD-260626",
    "ETH-USDT-260327",
    "LTC-USDT-SWAP",
)
OPTIONS = ("BTC-USD-260207-70000-P", "BTC-USD-260327-90000-C", "ETH-USD-260626-1800-P")
INDEX = {"BTC": 70_000.0, "ETH": 2_000.0, "LTC": 80.0, "USDT": 0.999, "USDC": 1.0005}
MARKS = {"BTC-USDT-SWAP": 70_200.0, "BTC-USD-260626": 71_500.0, "LTC-USDT-SWAP": 79.5}
TABLE = ((7.0, (0.3, 0.2, 0.4, 0.3)), (60.0, (0.15, 0.1, 0.2, 0.2)), (999.0, (0.05, 0.1, 0.2, 0.1)))
KEYS = ("points_up", "points_down", "percent_up", "percent_down")
SHOCKS = [{"days_to": end, **dict(zip(KEYS, row, strict=True))} for end, row in TABLE]
sizes = st.lists(st.integers(-3_000, 3_000), min_size=9, max_size=9)
cash = st.floats(-40, 40).map(lambda each: round(each, 2))


@settings(max_examples=40, deadline=None)
@given(sizes, cash, st.booleans())
def test_risk_units_come_out_one_number_at_a_time(
    size: list[int], coins: float, with_options: bool
) -> None:
    names = (*FUTURES, *OPTIONS) if with_options else FUTURES
    forward = {"BTC-USD-260327-90000-C": 70_900.0}
    priced = plain_market("okx", *names, index=INDEX, mark=MARKS, forward=forward)
    overrides = {"options": {"volatility_shocks": SHOCKS}} if with_options else None
    model = library().bind("okx/portfolio", priced.as_of, overrides)
    moved = risk(priced, model.scenarios(priced.universe, priced))
    positions = {name: float(each) for name, each in zip(names, size, strict=False) if each}
    held = plain_book(priced, positions, {"BTC": coins, "USDT": 1e6})
    (found,) = model.requirement(held, moved)
    expected = maintenance(held, priced, TABLE if with_options else ())
    assert amount(found.maintenance, "risk_units") == pytest.approx(expected, rel=1e-9, abs=1e-6)
    alone = model.stand_alone(held, moved)
    for position, each in zip(held.positions, alone.tolist(), strict=True):
        single = plain_book(priced, {position.instrument.name: position.quantity})
        one = maintenance(single, priced, TABLE if with_options else ())
        assert each == pytest.approx(1.3 * one, rel=1e-9, abs=1e-6)
