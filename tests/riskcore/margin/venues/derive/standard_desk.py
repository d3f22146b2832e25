"""Accounts under Derive's standard manager, as vectors and tests describe them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from riskcore.holdings import Balance, Holdings, Position
from riskcore.instruments import Instrument, Option, Perpetual, Right
from riskcore.margin.parameters import ParameterSet, select
from riskcore.margin.requirement import Requirement
from riskcore.margin.venues.derive.standard import DeriveStandard
from riskcore.market import MarketSnapshot, snapshot
from riskcore.oracles import Feed, Oracles, Surface
from riskcore.repricing import risk
from riskcore.time import SECONDS_PER_YEAR
from riskcore.universe import Universe

DAY = datetime(2025, 12, 8, tzinfo=UTC)
ZERO_STRIKE = 1e-12  # a strike of 0 cannot be written: this one is worth the same to 1e-12
AUCTION = {
    "start": 0.95, "cutoff": 0.7, "fast_length": 900.0, "slow_length": 43_200.0,
    "insolvent_length": 3_600.0, "fee": 0.1, "buffer": 0.15,
}  # fmt: skip
KEYS = {
    "option_params": ("max_spot_req", "min_spot_req", "mm_call_spot_req", "mm_put_spot_req",
                      "mm_put_mtm_req", "unpaired_im_scale", "unpaired_mm_scale",
                      "mm_offset_scale"),
    "base": ("margin_factor", "im_scale"),
    "oracle": ("perp_threshold", "option_threshold", "base_threshold"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Desk:
    """An account in its market under its model."""

    model: DeriveStandard
    holdings: Holdings
    market: MarketSnapshot

    def requirement(self) -> Requirement:
        """What it must post."""
        moved = risk(self.market, self.model.scenarios(self.market.universe, self.market))
        (found,) = self.model.requirement(self.holdings, moved)
        return found


def model(
    markets: Mapping[str, Mapping[str, Any]],
    depeg: Mapping[str, float],
    auction: Mapping[str, float] | None = None,
) -> DeriveStandard:
    """Standard margin with the parameters of a vector, as observed on the day of its market."""
    account = {"depeg_threshold": depeg["threshold"], "depeg_factor": depeg["factor"]}
    account |= {"max_account_size": 48, "borrowing_enabled": True}
    tables = {
        "account": account,
        "auction": {**AUCTION, **(auction or {})},
        **{coin: _row(each) for coin, each in markets.items()},
    }
    family = DeriveStandard.families[0]
    observed = ParameterSet("vectors", family, DAY, "observed_on", "recorded vectors", tables)
    return DeriveStandard.bound(select([observed], (family,), DeriveStandard.schema, DAY, {}))


def _row(market: Mapping[str, Any]) -> dict[str, float]:
    row = {key: market[group][key] for group, keys in KEYS.items() for key in keys}
    row |= {f"{key}_perp_req": market["perp_req"][key] for key in ("mm", "im")}
    return row | {"oc_factor": market["oracle"]["factor"]}


def option(coin: str, seconds: float, strike: float, *, call: bool, number: int = 0) -> Option:
    """An option of a coin, some seconds from expiry on the day of the market."""
    name = f"{coin}-{seconds:.0f}-{strike:g}-{'C' if call else 'P'}"
    return Option(
        "derive",
        f"{name}#{number}" if number else name,
        coin,
        "USD",
        "USDC",
        DAY + timedelta(seconds=seconds),
        strike or ZERO_STRIKE,
        Right.CALL if call else Right.PUT,
    )


def perpetual(coin: str) -> Perpetual:
    """A coin's perpetual."""
    return Perpetual("derive", f"{coin}-PERP", coin, "USD", "USDC")


def desk(case: Mapping[str, Any]) -> Desk:
    """An account as a vector of the standard manager describes it; numbers are floats."""
    positions: list[Position] = []
    quotes: dict[Instrument, dict[str, float]] = {}
    feeds = [Feed("derive", "USDC", "stable", case["stable"])]
    surfaces = []
    balances = {"USDC": Balance(case["portfolio"]["cash"])}
    for coin, market in case["markets"].items():
        held = case["portfolio"]["markets"].get(coin)
        feeds.append(Feed("derive", coin, "spot", market["spot"], confidence=market["spot_conf"]))
        if held is None:
            continue
        if held["base"]:
            balances[coin] = Balance(held["base"])
        if held["perp"]:
            future = perpetual(coin)
            quotes[future] = {"mark": market["perp_price"]}
            price, trust = market["perp_price"], market["perp_conf"]
            feeds.append(Feed("derive", coin, "perp", price, confidence=trust))
            positions.append(Position(future, held["perp"], accrued_funding=held["perp_unsettled"]))
        for number, leg in enumerate(held["options"]):
            each = option(coin, leg["t"], leg["strike"], call=leg["call"], number=number)
            quotes[each] = {"mark": 0.0, "forward": market["spot"], "vol": leg["vol"]}
            positions.append(Position(each, leg["amount"]))
        for known in market["expiries"]:
            expiry = DAY + timedelta(seconds=known["t"])
            trust = known["fwd_conf"]
            feeds.append(
                Feed("derive", coin, "forward", known["fwd"], expiry=expiry, confidence=trust)
            )
            vols = {leg["vol"] for leg in held["options"] if leg["t"] == known["t"]}
            if len(vols) == 1:
                years = known["t"] / SECONDS_PER_YEAR
                surfaces.append(
                    Surface(
                        "derive", coin, expiry, vols.pop() ** 2 * years, 0.0, 0.0, 0.0, 0.0,
                        known["fwd"], years, known["vol_conf"],
                    )
                )  # fmt: skip
            else:
                for each, quote in quotes.items():
                    if isinstance(each, Option) and (each.base, each.expiry) == (coin, expiry):
                        quote["confidence"] = known["vol_conf"]
    universe = Universe(tuple(quotes))
    columns = {
        name: np.array([each.get(name, np.nan) for each in quotes.values()])
        for name in ("mark", "forward", "vol", "confidence")
    }
    index = {coin: each["spot"] for coin, each in case["markets"].items()} | {"USDC": 1.0}
    oracles = Oracles(tuple(surfaces), tuple(feeds))
    market = snapshot(DAY, universe, index, oracles=oracles, **columns)
    return Desk(model(case["markets"], case["depeg"]), Holdings(tuple(positions), balances), market)
