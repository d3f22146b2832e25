"""Liquidations played through: accounts of the standard and of the portfolio manager."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import numpy as np

from riskcore.holdings import Balance, Holdings, Position
from riskcore.instruments import Option
from riskcore.margin.model import MarginModel
from riskcore.margin.venues.derive import auction, liquidation
from riskcore.market import snapshot
from riskcore.oracles import Feed, Oracles, Surface
from riskcore.repricing import risk
from riskcore.risk_array import Risk
from riskcore.scenarios import unmoved
from riskcore.time import SECONDS_PER_YEAR
from riskcore.universe import Universe, universe
from tests.riskcore.margin.venues.derive.cases_rules import terms
from tests.riskcore.margin.venues.derive.cases_standard import account
from tests.riskcore.margin.venues.derive.portfolio_desk import COIN, model, named
from tests.riskcore.margin.venues.derive.standard_desk import DAY, desk
from tests.riskcore.margin.venues.derive.vectors import compared, numbers, one, source, suite
from tests.verification.case import Case, Checked


def standard(case: Mapping[str, Any]) -> Sequence[Checked]:
    """One sold call under the standard manager, at the start of the auction and after a while."""
    given = numbers(case["inputs"])
    first = {**given, "t": given["t"] + given["elapsed"]}
    leg = {"t": first["t"], "strike": given["strike"], "call": given["call"], "vol": 0.0}
    desk_then = desk(account({"ETH": first}, {"ETH": [{**leg, "amount": given["amount"]}]},
                        given["cash"]))  # fmt: skip
    rules = terms(given["auction_params"])
    running = liquidation.start(
        desk_then.model,
        rules,
        desk_then.holdings,
        priced(desk_then.market.universe, given, 0.0, first["t"]),
    )
    later = priced(desk_then.market.universe, given, given["elapsed"], given["t"])
    now = liquidation.standing(running.model, running.holdings, later)
    found = {
        "mm": now.maintenance,
        "bm": auction.buffer_margin(rules, now.maintenance, now.value),
        "mtm": now.value,
        "bid_price": liquidation.offer(running, later).price,
    }
    return list(compared(case, found))


def priced(listed: Universe, given: Mapping[str, Any], elapsed: float, left: float) -> Risk:
    """The market some seconds after the start, with the surface of the vector fitted anew."""
    (option,) = listed.instruments
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
        listed,
        {"ETH": given["spot"], "USDC": 1.0},
        oracles=Oracles((surface,), feeds),
        mark=np.zeros(1),
        forward=np.array([given["fwd"]]),
        vol=np.ones(1),
    )
    return risk(market, unmoved(listed, market.vol))


def simulated(case: Mapping[str, Any]) -> Sequence[Checked]:
    """Bids for a call sold under the portfolio manager: the account before and after each."""
    given = numbers(case["inputs"])
    rules = terms(given["auction_params"], given["mtm_cutoff"])
    manager, options, held = sold(given)
    first = seen(manager, options, given["initial_feeds"], given["start_time"])
    running = liquidation.start(manager, rules, held, first)
    tolerance, checked = case["tolerance"]["actions"], []
    for place, (action, expected) in enumerate(
        zip(given["actions"], case["expected"]["actions"], strict=True)
    ):
        now = seen(manager, options, action["feeds"], action["time"])
        before = standing(running, now, "pre")
        running, sale = liquidation.bid(running, now, action["percent_wanted"])
        found = {
            **before,
            **standing(running, now, "post"),
            "cash_from_bidder": sale.paid,
            "percent_liquidated": sale.share,
            "sm_payout": sale.paid_out,
        }
        checked += [
            one(f"{field} {place}", figure, found[field], tolerance)
            for field, figure in expected.items()
        ]
    return checked


def sold(given: Mapping[str, Any]) -> tuple[MarginModel, list[Option], Holdings]:
    """The manager of a simulation, and the options and cash it looks at."""
    legs = given["portfolio"]["options"]
    options = [
        named({"t": leg["expiry_ts"], "strike": leg["strike"], "call": leg["call"]}) for leg in legs
    ]
    held = Holdings(
        tuple(Position(option, leg["amount"]) for option, leg in zip(options, legs, strict=True)),
        {"USDC": Balance(given["portfolio"]["cash"])},
    )
    return portfolio(given), options, held


def label(case: Mapping[str, Any]) -> str:
    """How exact the portfolio manager calls itself when the auction starts."""
    given = numbers(case["inputs"])
    manager, options, held = sold(given)
    first = seen(manager, options, given["initial_feeds"], given["start_time"])
    return manager.requirement(held, first)[0].label


def standing(running: liquidation.Auction, now: Risk, when: str) -> dict[str, float]:
    """What the account is worth and lacks, and what of it is offered."""
    account = liquidation.standing(running.model, running.holdings, now)
    return {
        f"{when}_mtm": account.value,
        f"{when}_mm": account.maintenance,
        f"{when}_bm": auction.buffer_margin(running.terms, account.maintenance, account.value),
        f"{when}_fmax": liquidation.offer(running, now).largest_share,
    }


def portfolio(given: Mapping[str, Any]) -> MarginModel:
    """The portfolio manager with the parameters of a simulation."""
    return model("pmrm", {"params": given["pmrm_params"], "scenarios": given["scenarios"]})


def seen(
    manager: MarginModel, options: Sequence[Option], feeds: Mapping[str, Any], time: float
) -> Risk:
    """The market some seconds after the first, in the scenarios of the manager."""
    quoted = [Feed("derive", "USDC", "stable", feeds["stable"])]
    quoted.append(Feed("derive", COIN, "spot", feeds["spot"], confidence=feeds["spot_conf"]))
    for each in feeds["expiries"]:
        when = DAY + timedelta(seconds=each["expiry_ts"])
        whole, fixed = each["fwd_fixed"] + each["fwd_variable"], each["fwd_fixed"]
        quoted += [
            Feed("derive", COIN, "forward", whole, when, fixed, each["fwd_conf"]),
            Feed("derive", COIN, "rate", each["rate"], when, confidence=each["rate_conf"]),
        ]
    vols = {(each["expiry_ts"], each["strike"]): each["vol"] for each in feeds["vols"]}
    of = universe(options)
    market = snapshot(
        DAY + timedelta(seconds=time),
        of,
        {COIN: feeds["spot"], "USDC": 1.0},
        oracles=Oracles((), tuple(quoted)),
        mark=np.zeros(len(of)),
        forward=np.full(len(of), feeds["spot"]),
        vol=np.array(
            [
                vols[(each.expiry - DAY).total_seconds(), each.strike]
                for each in of.instruments
                if isinstance(each, Option)
            ]
        ),
    )
    return risk(market, manager.scenarios(of, market))


LIQUIDATION = (
    *(
        Case("derive", each["name"], source(each), "exact", partial(standard, each))
        for each in suite("srm_liquidation")
    ),
    *(
        Case("derive", each["name"], source(each), label(each), partial(simulated, each))
        for each in suite("liquidation_sim")
    ),
)
