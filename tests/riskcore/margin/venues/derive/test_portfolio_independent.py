"""Both portfolio managers against a second calculation, on random accounts."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskcore.holdings import Holdings
from tests.riskcore.margin.venues.derive.cases_portfolio import GOLDEN, figures
from tests.riskcore.margin.venues.derive.portfolio_desk import desk
from tests.riskcore.margin.venues.derive.portfolio_scalar import margins
from tests.riskcore.margin.venues.derive.vectors import numbers

SIZES = st.floats(-20, 20).map(lambda size: round(size, 2))
TIMES = (900, 43_200, 500_400, 2_592_000, 2_592_001, 31_104_000)
SHARE = st.floats(0, 1).map(lambda share: round(share, 2))


@st.composite
def accounts(draw: st.DrawFn, engine: str) -> dict[str, Any]:
    """An account of options of three expiries, a perpetual and coins, in any market."""
    known = numbers(GOLDEN[engine])
    params = {group: dict(each) for group, each in known["params"].items()}
    times = draw(st.lists(st.sampled_from(TIMES), min_size=1, max_size=3, unique=True))
    spot = 1_500.0
    expiries, options = [], []
    for t in times:
        fixed = draw(st.sampled_from((0.0, 600.0))) if t < 1_800 else 0.0
        expiries.append(
            {
                "t": t,
                "fwd_fixed": fixed,
                "fwd_variable": spot * draw(st.floats(0.9, 1.1)) - fixed,
                "fwd_conf": draw(SHARE),
                "rate": draw(st.floats(-0.3, 0.3)),
                "rate_conf": draw(SHARE),
                "vol_conf": draw(SHARE),
            }
        )
        for strike in draw(st.lists(st.sampled_from((1_200.0, 1_500.0, 1_900.0)), unique=True)):
            vol = draw(st.floats(0.2, 1.5))
            for is_call in (True, False):
                amount = draw(SIZES)
                if amount:
                    options.append(
                        {"t": t, "strike": strike, "call": is_call, "amount": amount, "vol": vol}
                    )
    portfolio: dict[str, Any] = {
        "cash": draw(st.floats(-1e4, 1e4)),
        "perp": draw(SIZES),
        "perp_unsettled": draw(st.floats(-100, 100)),
        "options": options,
    }
    if engine == "pmrm":
        portfolio["base"] = abs(draw(SIZES))
    else:
        portfolio["collaterals"] = [
            {
                "name": name,
                "amount": abs(draw(SIZES)),
                "price": price,
                "conf": draw(SHARE),
                "risk_cancelling": moves,
                "mm_haircut": 0.1,
                "im_haircut": 0.05,
            }
            for name, price, moves in (("WETH", 1_500.0, True), ("USDT", 0.99, False))
        ]
        for key in ("linear", "abs"):
            params["skew"][f"{key}_base_cap"] = draw(st.floats(0, 0.3))
            params["skew"][f"{key}_cbase"] = draw(st.floats(-0.5, 0.2))
        params["vol_shock"]["min_vol_up"] = draw(st.floats(0, 1))
    params["basis"]["add_factor"] = draw(st.sampled_from((0.0, 0.25, 5.0)))
    params["basis"]["mult_factor"] = draw(st.sampled_from((0.01, 5.0)))
    params["other"]["peg_loss_threshold"] = draw(st.sampled_from((0.5, 0.98)))
    params["vol_shock"]["dte_floor_sec"] = draw(st.sampled_from((8_640, 86_400, 864_000)))
    some = st.lists(st.sampled_from(known["scenarios"]), min_size=1, max_size=3)
    turned = [each for each in known["scenarios"] if each["dir"] in ("linear", "abs")]
    scenarios = st.one_of(st.just(known["scenarios"]), some, st.just(turned or known["scenarios"]))
    return {
        "params": params,
        "scenarios": draw(scenarios),
        "market": {
            "spot": spot,
            "spot_conf": draw(SHARE),
            "stable": draw(st.floats(0.7, 1.1)),
            "perp_price": spot * draw(st.floats(0.95, 1.05)),
            "perp_conf": draw(SHARE),
            "expiries": expiries,
        },
        "portfolio": portfolio,
    }


@pytest.mark.parametrize("engine", ["pmrm", "pmrm2"])
@given(data=st.data())
@settings(max_examples=40)
def test_margins_are_those_of_a_second_calculation(engine: str, data: st.DataObject) -> None:
    account = data.draw(accounts(engine))
    found = figures(desk(engine, account).requirement())
    initial, maintenance = margins(engine, account)
    scale = 1.0 + sum(abs(each["amount"]) for each in account["portfolio"]["options"])
    assert found["im"] == pytest.approx(initial, rel=1e-9, abs=1e-7 * scale)
    assert found["mm"] == pytest.approx(maintenance, rel=1e-9, abs=1e-7 * scale)


@pytest.mark.parametrize("engine", ["pmrm", "pmrm2"])
@given(data=st.data())
@settings(max_examples=25)
def test_a_position_alone_needs_what_an_account_of_it_needs(
    engine: str, data: st.DataObject
) -> None:
    seen = desk(engine, data.draw(accounts(engine)))
    moved = seen.risk()
    alone = seen.model.stand_alone(seen.holdings, moved)
    for position, amount in zip(seen.holdings.positions, alone.tolist(), strict=True):
        (single,) = seen.model.requirement(Holdings((position,)), moved)
        assert amount == pytest.approx(single.headline.amount, rel=1e-9, abs=1e-9)
