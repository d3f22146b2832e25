"""The portfolio managers' published figures, through the models themselves."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from riskcore.margin.requirement import Component, Requirement
from tests.builders import golden
from tests.riskcore.margin.venues.derive.portfolio_desk import desk
from tests.riskcore.margin.venues.derive.vectors import compared, numbers, one, source, suite
from tests.verification.case import Case, Checked


def figures(required: Requirement) -> dict[str, float]:
    """An account's figures under the names of the vectors."""
    found = {each.term: each.amount for each in required.figures}
    cash = amount(required.equity, "cash_balance")
    assert required.initial is not None
    return {
        "im": found["net_initial_margin"],
        "mm": found["net_maintenance_margin"],
        "mtm_ex_cash": found["mark_to_market"] - cash,
        "option_mtm": amount(required.equity, "options_value"),
        "collateral_mtm": amount(required.equity, "currency_equity"),
        "basis_contingency": -largest(required.initial, "basis_contingency"),
        "static_contingency": amount(required.maintenance, "static_contingency"),
    }


def amount(tree: Component, term: str) -> float:
    """What the lines of a term add up to."""
    return sum((each.amount for each in tree.walk() if each.term == term), 0.0)


def largest(tree: Component, term: str) -> float:
    """The line of a term, also where it lost against another."""
    lines = [each for line in tree.walk() for each in (line, *line.considered)]
    return max((each.amount for each in lines if each.term == term), default=0.0)


def margined(engine: str, case: Mapping[str, Any]) -> Sequence[Checked]:
    """Margins, values and contingencies of an account, and its profit in every scenario."""
    required = desk(engine, numbers(case["inputs"])).requirement()
    expected = {key: each for key, each in case["expected"].items() if key != "scenario_pnl"}
    found = list(compared({**case, "expected": expected}, figures(required)))
    if profits := case["expected"].get("scenario_pnl"):
        tolerance = case["tolerance"]["scenario_pnl"]
        computed = next(iter(required.losses.profit), (0.0,) * len(profits))  # cash loses nothing
        found += [
            one(f"scenario {place}", profit, mine, tolerance)
            for place, (profit, mine) in enumerate(zip(profits, computed, strict=True))
        ]
    return found


def changed(case: Mapping[str, Any]) -> Sequence[Checked]:
    """By how much maintenance margin changes between two states."""
    given = numbers(case["inputs"])
    before, after = (
        figures(desk(given["engine"], given[state]).requirement())["mm"]
        for state in ("before", "after")
    )
    return list(compared(case, {"mm_before_minus_after": before - after}))


def kept(engine: str, account: Mapping[str, Any]) -> dict[str, Any]:
    """An account of tests/golden in the form of the vectors."""
    manager = GOLDEN[engine]
    differs = account.get("params", {})
    params = {
        group: {**each, **differs.get(group, {})} for group, each in manager["params"].items()
    }
    portfolio = {**account["portfolio"], "options": account["options"]}
    if "collaterals" in account:
        portfolio["collaterals"] = account["collaterals"]
    return {
        "inputs": {
            "params": params,
            "scenarios": account.get("scenarios", manager["scenarios"]),
            "market": {**account["market"], "expiries": account["expiries"]},
            "portfolio": portfolio,
        },
        "expected": account["expected"],
        "tolerance": account["tolerance"],
    }


GOLDEN = golden("margin/derive")

KEPT = tuple(
    Case("derive", f"{each['name']}, kept", f"{GOLDEN['source']}, {each['place']}", "exact",
         partial(margined, engine, kept(engine, each)))
    for engine in ("pmrm", "pmrm2")
    for each in GOLDEN[engine]["account"]
)  # fmt: skip

PORTFOLIO = (
    *(
        Case("derive", each["name"], source(each), "exact", partial(margined, engine, each))
        for engine in ("pmrm", "pmrm2")
        for each in suite(engine)
    ),
    *(
        Case("derive", each["name"], source(each), "exact", partial(changed, each))
        for each in suite("pm_mm_change")
    ),
)
