"""BitMEX's published figures beside the program's."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from riskcore.holdings import Balance, Holdings, Order, Position
from riskcore.margin.requirement import Requirement
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import bitmex
from riskcore.repricing import risk
from riskcore.universe import Universe
from tests.builders import INDEX, NOON, golden, library
from tests.verification.case import Case, Checked

GOLDEN = golden("margin/bitmex")
PRINTED = 5e-5  # rates are printed in hundredths of a per cent
LABEL = "exact except the value initial margin is taken on"


def market(marks: Mapping[str, float], index: Mapping[str, float] | None = None) -> MarketSnapshot:
    """Contracts at these marks."""
    instruments = tuple(bitmex.parse(name) for name in marks)
    return snapshot(
        NOON,
        Universe(instruments),
        {**INDEX, "USDT": 1.0, "LTC": 100.0, **(index or {})},
        mark=np.array(list(marks.values())),
    )


def pools(
    held: Mapping[str, float],
    balances: Mapping[str, float] | None = None,
    *,
    marks: Mapping[str, float] | None = None,
    orders: Sequence[tuple[str, float]] = (),
    entries: Mapping[str, float] | None = None,
    rules: Mapping[str, object] | None = None,
    index: Mapping[str, float] | None = None,
) -> dict[str, Requirement]:
    """What BitMEX requires of an account."""
    names = dict.fromkeys([*held, *(name for name, _ in orders)])
    prices = {name: (marks or {}).get(name) or INDEX[bitmex.parse(name).base] for name in names}
    priced = market(prices, index)
    model = library().bind("bitmex/cross", NOON, {"rules": rules} if rules else None)
    account = Holdings(
        tuple(
            Position(bitmex.parse(name), size, (entries or {}).get(name))
            for name, size in held.items()
        ),
        {coin: Balance(amount) for coin, amount in (balances or {}).items()},
        tuple(Order(bitmex.parse(name), size, prices[name]) for name, size in orders),
    )
    moved = risk(priced, model.scenarios(priced.universe, priced))
    return {each.pool: each for each in model.requirement(account, moved)}


def _step(row: Mapping[str, float]) -> Callable[[], Sequence[Checked]]:
    def run() -> Sequence[Checked]:
        value = row["value"]
        required = pools({"XBTUSD": value * 70_000})["BTC"]
        assert required.initial is not None
        return (
            Checked("initial", row["initial"] / 100, required.initial.amount / value, PRINTED),
            Checked(
                "maintenance",
                row["maintenance"] / 100,
                required.maintenance.amount / value,
                PRINTED,
            ),
        )

    return run


def _trade() -> Sequence[Checked]:
    row = GOLDEN["trade"]
    required = pools({"XBTUSD": row["value"] * 70_000})["BTC"]
    return (Checked("maintenance", row["maintenance"], required.maintenance.amount, 0.005),)


CASES: tuple[Case, ...] = (
    *(
        Case("bitmex", f"MEX-1 {row['value']:g} XBT", GOLDEN["source"], LABEL, _step(row))
        for row in GOLDEN["steps"]
    ),
    Case("bitmex", "MEX-2 position of 180 XBT", GOLDEN["source"], LABEL, _trade),
)
