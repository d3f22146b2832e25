"""The mathematics under Derive's managers: option prices, surfaces, and the functions they use."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from math import exp, log, sqrt
from typing import Any

import numpy as np

from riskcore.oracles import Surface
from riskcore.pricing import black, greeks, normal, svi
from riskcore.time import SECONDS_PER_YEAR
from tests.riskcore.margin.venues.derive.vectors import compared, number, numbers, suite
from tests.verification.case import Case, Checked

SOURCE = "derivexyz/lyra-utils @759e962"
ANY_DAY = datetime(2026, 6, 26, 8, tzinfo=UTC)
FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "ln": log,
    "exp": exp,
    "sqrt": sqrt,
    "norm_cdf": lambda x: float(normal.cumulative(np.array([x]))[0]),
    "norm_pdf": lambda x: float(normal.density(np.array([x]))[0]),
    "pow": lambda base, power: exp(power * log(base)),
}


def priced(case: Mapping[str, Any]) -> Sequence[Checked]:
    """A call, the put of the same terms and the call's delta."""
    given = numbers(case["inputs"])
    forward, strike, vol = (np.array([given[key]]) for key in ("fwd", "strike", "vol"))
    tau, call, put = np.array([given["t"] / SECONDS_PER_YEAR]), np.ones(1), -np.ones(1)
    with np.errstate(divide="ignore"):
        found = {
            "call": given["discount"] * black.price(forward, strike, tau, vol, call)[0],
            "put": given["discount"] * black.price(forward, strike, tau, vol, put)[0],
            "call_delta_undiscounted": greeks.delta(forward, strike, tau, vol, call)[0],
        }
    return list(compared(case, {key: float(each) for key, each in found.items()}))


def read_off(case: Mapping[str, Any]) -> Sequence[Checked]:
    """A volatility of a surface, and its log-moneyness."""
    given = numbers(case["inputs"])
    shape = [given[key] for key in ("a", "b", "rho", "m", "sigma", "fwd", "tau")]
    surface = Surface("derive", "ETH", ANY_DAY, *shape)
    strike = np.array([given["strike"]])
    found = {
        "vol": float(svi.vol(surface, strike, 1.0, 1.0)[0]),
        "k": float(svi.log_moneyness(surface, strike, given["fwd"])[0]),
    }
    return list(compared(case, found))


def computed(case: Mapping[str, Any]) -> Sequence[Checked]:
    """A function of real numbers."""
    given = case["inputs"]
    if given["fn"] == "annualise":
        value = given["seconds"] / SECONDS_PER_YEAR
    else:
        value = FUNCTIONS[given["fn"]](*(number(each) for each in given["args"]))
    return list(compared(case, {"value": value}))


RUNS = {"black76": priced, "svi": read_off, "math": computed}

PRICING = tuple(
    Case("derive", each["name"], f"{SOURCE}, {each['source']}", "exact", partial(run, each))
    for name, run in RUNS.items()
    for each in suite(name)
)
