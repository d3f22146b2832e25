"""dYdX's published figures beside the program's."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np

from riskcore.holdings import Balance, Holdings, Position
from riskcore.margin.requirement import Requirement
from riskcore.market import snapshot
from riskcore.naming import dydx
from riskcore.repricing import risk
from riskcore.universe import Universe
from tests.builders import golden, library
from tests.verification.case import Case, Checked

GENESIS = datetime(2024, 3, 7, tzinfo=UTC)
GOLDEN = golden("margin/dydx")
PRICES = {"ETH-USD": 3_000.0, "STRK-USD": 1.75, "BTC-USD": 70_000.0}
FIVE_PER_CENT = {"ETH": {"initial": 0.1, "maintenance_share": 0.5}}


def required(
    held: Mapping[str, float],
    cash: float,
    *,
    prices: Mapping[str, float] = PRICES,
    interest: Mapping[str, float] | None = None,
    overrides: Mapping[str, Mapping[str, object]] | None = None,
    entries: Mapping[str, float] | None = None,
) -> Requirement:
    """What dYdX requires of an account."""
    instruments = tuple(dydx.parse(name) for name in held)
    priced = snapshot(
        GENESIS,
        Universe(instruments),
        {"USDC": 1.0, **{each.base: prices[each.name] for each in instruments}},
        mark=np.array([prices[name] for name in held]),
        open_interest=np.array([(interest or {}).get(name, np.nan) for name in held]),
    )
    model = library().bind("dydx/cross", GENESIS, overrides)
    account = Holdings(
        tuple(
            Position(each, held[each.name], (entries or {}).get(each.name)) for each in instruments
        ),
        {"USDC": Balance(cash)},
    )
    return model.requirement(account, risk(priced, model.scenarios(priced.universe, priced)))[0]


def _price(found: Requirement, name: str) -> float:
    return next(each.amount for each in found.figures if each.unit == name)


def _one() -> Sequence[Checked]:
    golden_one = GOLDEN["one"]
    found = required({"ETH-USD": -3.0}, 1_000.0, overrides=FIVE_PER_CENT)
    at = _price(found, "ETH-USD")
    there = required(
        {"ETH-USD": -3.0},
        1_000.0,
        prices={**PRICES, "ETH-USD": at},
        entries={"ETH-USD": 3_000.0},
        overrides=FIVE_PER_CENT,
    )
    return (
        Checked("liquidation price", golden_one["liquidation"], at, 0.005),
        Checked("equity left", golden_one["equity_left"], there.equity.amount, 0.05),
        Checked("maintenance usage there", 1.0, there.maintenance_usage, 1e-12),
    )


def _two() -> Sequence[Checked]:
    golden_two = GOLDEN["two"]
    held = {"ETH-USD": -1.5, "STRK-USD": 1_000.0}
    found = required(held, 1_000.0, overrides=FIVE_PER_CENT)
    lines = {each.term: each.amount for each in found.maintenance.parts[0].parts}
    return (
        Checked("maintenance of the others", golden_two["others"], lines["STRK-USD"], 1e-9),
        Checked("liquidation price", golden_two["liquidation"], _price(found, "ETH-USD"), 0.005),
    )


CASES: tuple[Case, ...] = (
    Case("dydx", "DYDX-1", GOLDEN["source"], "exact", _one),
    Case("dydx", "DYDX-2", GOLDEN["source"], "exact", _two),
)
