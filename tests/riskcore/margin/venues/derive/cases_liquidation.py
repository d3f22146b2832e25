"""Liquidations played through: accounts of the standard and of the portfolio manager."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import numpy as np

from riskcore.margin.venues.derive import auction, liquidation
from riskcore.market import snapshot
from riskcore.oracles import Feed, Oracles, Surface
from riskcore.repricing import risk
from riskcore.risk_array import Risk
from riskcore.scenarios import unmoved
from riskcore.time import SECONDS_PER_YEAR
from riskcore.universe import Universe
from tests.riskcore.margin.venues.derive.cases_rules import terms
from tests.riskcore.margin.venues.derive.cases_standard import account
from tests.riskcore.margin.venues.derive.standard_desk import DAY, desk
from tests.riskcore.margin.venues.derive.vectors import compared, numbers, source, suite
from tests.verification.case import Case, Checked


def standard(case: Mapping[str, Any]) -> Sequence[Checked]:
    """One sold call under the standard manager, at the start of the auction and after a while."""
    given = numbers(case["inputs"])
    first = {**given, "t": given["t"] + given["elapsed"]}
    leg = {"t": first["t"], "strike": given["strike"], "call": given["call"], "vol": 0.0}
    seen = desk(account({"ETH": first}, {"ETH": [{**leg, "amount": given["amount"]}]},
                        given["cash"]))  # fmt: skip
    rules = terms(given["auction_params"])
    running = liquidation.start(
        seen.model, rules, seen.holdings, priced(seen.market.universe, given, 0.0, first["t"])
    )
    later = priced(seen.market.universe, given, given["elapsed"], given["t"])
    now = liquidation.standing(running.model, running.holdings, later)
    found = {
        "mm": now.maintenance,
        "bm": auction.buffer_margin(rules, now.maintenance, now.value),
        "mtm": now.value,
        "bid_price": liquidation.offer(running, later).price,
    }
    return list(compared(case, found))


def priced(universe: Universe, given: Mapping[str, Any], elapsed: float, left: float) -> Risk:
    """The market some seconds after the start, with the surface of the vector fitted anew."""
    (option,) = universe.instruments
    svi = given["svi"]
    surface = Surface(
        "derive", "ETH", option.expiry, svi["a"], svi["b"], svi["rho"], svi["m"], svi["sigma"],
        svi["fwd"], left / SECONDS_PER_YEAR, 1.0,
    )  # fmt: skip
    feeds = (
        Feed("derive", "USDC", "stable", given["stable"]),
        Feed("derive", "ETH", "spot", given["spot"], confidence=1.0),
        Feed("derive", "ETH", "forward", given["fwd"], expiry=option.expiry, confidence=1.0),
    )
    market = snapshot(
        DAY + timedelta(seconds=elapsed),
        universe,
        {"ETH": given["spot"], "USDC": 1.0},
        oracles=Oracles((surface,), feeds),
        mark=np.zeros(1),
        forward=np.array([given["fwd"]]),
        vol=np.ones(1),
    )
    return risk(market, unmoved(universe, market.vol))


LIQUIDATION = tuple(
    Case("derive", each["name"], source(each), "exact", partial(standard, each))
    for each in suite("srm_liquidation")
)
