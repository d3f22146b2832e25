"""Drift's asserted figures beside the program's."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from riskcore.holdings import Balance, Holdings, Order, Position
from riskcore.margin.requirement import Requirement
from riskcore.margin.venues.drift import (
    INITIAL,
    PerpMarket,
    scaled_weight,
    size_discount,
    size_premium,
)
from riskcore.market import snapshot
from riskcore.naming import drift
from riskcore.repricing import risk
from riskcore.universe import Universe
from tests.builders import NOON, golden, library
from tests.verification.case import Case, Checked

GOLDEN = golden("margin/drift")
PRICES = {"BTC": 22_050.0, "ETH": 2_000.0, "SOL": 25.0, "USDC": 1.0}
THOUSAND = 1_000 * 1_000_000_000  # a thousand coins in billionths
EXACT = 0.0


def required(
    held: Mapping[str, float],
    balances: Mapping[str, float] | None = None,
    *,
    entries: Mapping[str, float] | None = None,
    orders: Sequence[tuple[str, float]] = (),
    prices: Mapping[str, float] = PRICES,
    overrides: Mapping[str, Mapping[str, object]] | None = None,
    loans: Mapping[str, float] | None = None,
) -> Requirement:
    """What Drift requires of an account."""
    names = dict.fromkeys([*held, *(name for name, _ in orders)])
    instruments = tuple(drift.parse(name) for name in names)
    marks = np.array([prices[each.base] for each in instruments])
    priced = snapshot(NOON, Universe(instruments), prices, mark=marks)
    model = library().bind("drift/cross", NOON, overrides)
    account = Holdings(
        tuple(
            Position(drift.parse(name), size, (entries or {}).get(name))
            for name, size in held.items()
        ),
        {
            coin: Balance(amount, (loans or {}).get(coin, 0.0))
            for coin, amount in (balances or {}).items()
        },
        tuple(Order(drift.parse(name), size, 1.0) for name, size in orders),
    )
    return model.requirement(account, risk(priced, model.scenarios(priced.universe, priced)))[0]


def _weight(row: Mapping[str, Any]) -> Callable[[], Sequence[Checked]]:
    def run() -> Sequence[Checked]:
        size = THOUSAND * row.get("factor", 1)
        found = [
            Checked(
                "asset weight", row["result"], size_discount(size, row["imf"], row["asset"]), EXACT
            )
        ]
        if "premium" in row:
            grown = size_premium(size, row["imf"], row["liability"])
            found.append(Checked("liability weight", row["premium"], grown, EXACT))
        return found

    return run


def _scaled() -> Sequence[Checked]:
    return [
        Checked(
            f"{row['deposits']:,.0f} SOL",
            row["result"],
            scaled_weight(9_000, row["deposits"], 25.0, 500_000.0),
            EXACT,
        )
        for row in GOLDEN["scaled"]
    ]


def _perp() -> Sequence[Checked]:
    row = GOLDEN["perp"]
    market = {
        "margin_ratio_initial": 1_000,
        "margin_ratio_maintenance": 500,
        "imf_factor": 1_000,
        "profit_weight_initial": 10_000,
        "profit_imf_factor": 1_000,
    }
    found = required(
        {"BTC-PERP": row["quantity"]},
        {"USDC": 1.0},
        entries={"BTC-PERP": row["entry"]},
        overrides={"BTC-PERP": market},
    )
    assert found.initial is not None
    positions, cut = found.initial.parts
    profit = found.equity.parts[-1].amount - cut.amount
    return (
        Checked("requirement", row["requirement"], positions.amount, 1e-9),
        Checked("profit that counts", row["profit_counted"], profit, 1e-9),
    )


def _profit() -> Sequence[Checked]:
    market = PerpMarket(1_000, 500, 1_000, profit_imf_factor=1_000)
    return [
        Checked(
            f"{row['profit']:,.2f} USDC",
            row["weight"],
            INITIAL.profit_weight(market, row["profit"]),
            EXACT,
        )
        for row in GOLDEN["profit"]
    ]


CASES: tuple[Case, ...] = (
    *(
        Case("drift", row["id"], GOLDEN["source"], "exact", _weight(row))
        for row in GOLDEN["weights"]
    ),
    Case("drift", "DRIFT-4", GOLDEN["source"], "exact", _scaled),
    Case("drift", "DRIFT-5 requirement of a perpetual", GOLDEN["source"], "exact", _perp),
    Case("drift", "DRIFT-6 weight of an open profit", GOLDEN["source"], "exact", _profit),
)
