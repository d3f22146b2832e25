"""Accounts under Derive's portfolio managers, as vectors and tests describe them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from riskcore.holdings import Balance, Holdings, Position
from riskcore.instruments import Instrument, Option, Perpetual, Right
from riskcore.margin.parameters import ParameterSet, select
from riskcore.margin.requirement import Requirement
from riskcore.margin.venues.derive.portfolio import DerivePortfolio
from riskcore.margin.venues.derive.portfolio_2 import DerivePortfolio2
from riskcore.margin.venues.derive.portfolio_model import PortfolioModel
from riskcore.market import MarketSnapshot, snapshot
from riskcore.oracles import Feed, Oracles, Surface
from riskcore.repricing import risk
from riskcore.risk_array import Risk
from riskcore.universe import universe

DAY = datetime(2025, 12, 8, tzinfo=UTC)
COIN = "SOL"  # stands for the underlying of every vector: none pledges it under its own price
MODELS: Mapping[str, type[PortfolioModel]] = {
    "pmrm": DerivePortfolio,
    "pmrm2": DerivePortfolio2,
}


@dataclass(frozen=True, slots=True)
class Desk:
    """An account in its market under its model."""

    model: PortfolioModel
    holdings: Holdings
    market: MarketSnapshot

    def risk(self) -> Risk:
        """The market priced in the model's scenarios."""
        return risk(self.market, self.model.scenarios(self.market.universe, self.market))

    def requirement(self) -> Requirement:
        """What it must post."""
        (found,) = self.model.requirement(self.holdings, self.risk())
        return found


def model(engine: str, given: Mapping[str, Any]) -> PortfolioModel:
    """The manager with the parameters of a vector, as observed on the day of its market."""
    kind = MODELS[engine]
    family = kind.families[0]
    tables = {COIN: terms(engine, given)}
    observed = ParameterSet("vectors", family, DAY, "observed_on", "recorded vectors", tables)
    return kind.bound(select([observed], (family,), kind.schema, DAY, {}))


def terms(engine: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A manager's parameters under our keys."""
    known = given["params"]
    found = {f"basis_{key}": value for key, value in known["basis"].items()}
    found |= {**known["other"], **known["margin"], **known.get("skew", {})}
    for key, value in known["vol_shock"].items():
        name = {"range_up": "vol_range_up", "range_down": "vol_range_down"}.get(key, key)
        found[name] = value
    found["dte_floor"] = found.pop("dte_floor_sec") / 86_400
    found["scenarios"] = [
        {
            "spot": each["spot"],
            "vol": each["dir"],
            **({"dampening": each["dampening"]} if engine == "pmrm2" else {}),
        }
        for each in given["scenarios"]
    ]
    if engine == "pmrm2":
        found["collateral"] = [
            {
                "asset": each["name"],
                "risk_cancelling": each["risk_cancelling"],
                "mm_haircut": each["mm_haircut"],
                "im_haircut": each["im_haircut"],
            }
            for each in given["portfolio"]["collaterals"]
        ]
    return found


def desk(engine: str, given: Mapping[str, Any]) -> Desk:
    """The account that a vector describes; seconds are counted from one day."""
    market, held = given["market"], given["portfolio"]
    feeds = [
        Feed("derive", "USDC", "stable", market["stable"]),
        Feed("derive", COIN, "spot", market["spot"], confidence=market["spot_conf"]),
    ]
    positions, balances = [], {"USDC": Balance(held["cash"])}
    quotes: dict[Instrument, tuple[float, float, float, float]] = {}
    if held["perp"]:
        perpetual = Perpetual("derive", f"{COIN}-PERP", COIN, "USD", "USDC")
        quotes[perpetual] = (market["perp_price"], np.nan, np.nan, np.nan)
        positions.append(Position(perpetual, held["perp"], accrued_funding=held["perp_unsettled"]))
        feeds.append(
            Feed("derive", COIN, "perp", market["perp_price"], confidence=market["perp_conf"])
        )
    expiries = {each["t"]: each for each in market["expiries"]}
    for leg in held["options"]:
        option, expiry = named(leg), expiries[leg["t"]]
        forward = expiry["fwd_fixed"] + expiry["fwd_variable"]
        quotes[option] = (0.0, forward, leg.get("vol", 1.0), expiry["vol_conf"])
        positions.append(Position(option, leg["amount"]))
    surfaces = []
    for seconds, each in expiries.items():
        when = DAY + timedelta(seconds=seconds)
        whole = each["fwd_fixed"] + each["fwd_variable"]
        feeds += [
            Feed("derive", COIN, "forward", whole, when, each["fwd_fixed"], each["fwd_conf"]),
            Feed("derive", COIN, "rate", each["rate"], when, confidence=each["rate_conf"]),
        ]
        if "svi" in each:
            svi = each["svi"]
            surfaces.append(
                Surface(
                    "derive", COIN, when, svi["a"], svi["b"], svi["rho"], svi["m"], svi["sigma"],
                    svi["fwd"], svi["tau"], each["vol_conf"],
                )
            )  # fmt: skip
    for each in held.get("collaterals", ()):
        balances[each["name"]] = Balance(each["amount"])
        feeds.append(Feed("derive", each["name"], "spot", each["price"], confidence=each["conf"]))
    if held.get("base"):
        balances[COIN] = Balance(held["base"])
    of = universe(quotes)
    columns = np.array([quotes[each] for each in of.instruments]).reshape(-1, 4).T
    quoted = snapshot(
        DAY,
        of,
        {COIN: market["spot"], "USDC": 1.0},
        oracles=Oracles(tuple(surfaces), tuple(feeds)),
        mark=columns[0],
        forward=columns[1],
        vol=columns[2],
        confidence=columns[3],
    )
    return Desk(model(engine, given), Holdings(tuple(positions), balances), quoted)


def named(leg: Mapping[str, Any]) -> Option:
    """The option of a leg: its name says the seconds, for many expire on one day."""
    right = Right.CALL if leg["call"] else Right.PUT
    name = f"{COIN}-{leg['t']}-{leg['strike']:.17g}-{right.value[0].upper()}"
    expiry = DAY + timedelta(seconds=leg["t"])
    return Option("derive", name, COIN, "USD", "USDC", expiry, leg["strike"], right)
