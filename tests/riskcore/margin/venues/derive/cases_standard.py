"""The standard manager's published figures, through the model itself."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from riskcore.margin.requirement import Requirement
from tests.builders import golden
from tests.riskcore.margin.venues.derive.standard_desk import desk
from tests.riskcore.margin.venues.derive.vectors import (
    REPOSITORY,
    compared,
    numbers,
    source,
    suite,
)
from tests.verification.case import Case, Checked

GOLDEN = golden("margin/derive_standard")
MARKET = {
    "spot_conf": 1.0, "perp_conf": 1.0, "margin_factor": 0.0, "im_scale": 0.0,
    "perp_threshold": 0.0, "option_threshold": 0.0, "base_threshold": 0.0, "oc_factor": 0.0,
}  # fmt: skip


def margins(required: Requirement) -> dict[str, float]:
    """The account's figures under the names of the vectors."""
    found = {each.term: each.amount for each in required.figures}
    return {
        "im": found["net_initial_margin"],
        "mm": found["net_maintenance_margin"],
        "mtm": found["mark_to_market"],
    }


def whole(case: Mapping[str, Any]) -> Sequence[Checked]:
    """An account's initial margin, maintenance margin and mark to market."""
    return list(compared(case, margins(desk(numbers(case["inputs"])).requirement())))


def single(case: Mapping[str, Any]) -> Sequence[Checked]:
    """One option without cash."""
    given = numbers(case["inputs"])
    leg = {key: given[key] for key in ("t", "strike", "call", "amount", "vol")}
    required = desk(account({"ETH": given}, {"ETH": [leg]})).requirement()
    return list(compared(case, margins(required)))


def account(
    markets: Mapping[str, Mapping[str, Any]],
    options: Mapping[str, Sequence[Mapping[str, Any]]],
    cash: float = 0.0,
) -> dict[str, Any]:
    """An account of options alone, in the form of the vectors, with full confidence."""
    return {
        "stable": 1.0,
        "depeg": {"threshold": 0.98, "factor": 1.2},
        "markets": {
            coin: {
                "spot": each["spot"],
                "spot_conf": 1.0,
                "expiries": [
                    {"t": each["t"], "fwd": each["fwd"], "fwd_conf": 1.0, "vol_conf": 1.0}
                ],
                "option_params": each["option_params"],
                "perp_req": {"mm": 0.05, "im": 0.065},
                "base": {"margin_factor": 0.0, "im_scale": 0.0},
                "oracle": dict.fromkeys(
                    ("perp_threshold", "option_threshold", "base_threshold", "factor"), 0.0
                ),
            }
            for coin, each in markets.items()
        },
        "portfolio": {
            "cash": cash,
            "markets": {
                coin: {"perp": 0.0, "perp_unsettled": 0.0, "base": 0.0, "options": list(legs)}
                for coin, legs in options.items()
            },
        },
    }


def by_hand(case: Mapping[str, Any]) -> dict[str, Any]:
    """A hand-sized account in the form of the vectors; what it does not state is the default."""
    markets, held = {}, {}
    for coin, given in case["market"].items():
        known = {"perp": 0.0, "perp_unsettled": 0.0, "base": 0.0, "options": [], **MARKET, **given}
        legs = [{"vol": 0.0, **leg} for leg in known["options"]]
        markets[coin] = {
            "spot": known["spot"],
            "spot_conf": known["spot_conf"],
            "perp_price": known.get("perp_price", known["spot"]),
            "perp_conf": known["perp_conf"],
            "expiries": [
                {"t": t, "fwd": known.get("fwd", known["spot"]), "fwd_conf": 1.0, "vol_conf": 1.0}
                for t in dict.fromkeys(leg["t"] for leg in legs)
            ],
            "option_params": GOLDEN["option_params"],
            "perp_req": {"mm": 0.05, "im": 0.1},
            "base": {key: known[key] for key in ("margin_factor", "im_scale")},
            "oracle": {
                "factor": known["oc_factor"],
                **{key: known[key] for key in known if key.endswith("_threshold")},
            },
        }
        held[coin] = {key: known[key] for key in ("perp", "perp_unsettled", "base")}
        held[coin]["options"] = legs
    return {
        "stable": case.get("stable", 1.0),
        "depeg": {"threshold": 0.98, "factor": 1.3},
        "markets": markets,
        "portfolio": {"cash": case["cash"], "markets": held},
    }


def small(case: Mapping[str, Any]) -> Sequence[Checked]:
    """A hand-sized account."""
    found = margins(desk(by_hand(case)).requirement())
    return [Checked(key, figure, found[key], 1e-9) for key, figure in case["expected"].items()]


RUNS: Mapping[str, Callable[[Mapping[str, Any]], Sequence[Checked]]] = {
    "srm": whole,
    "srm_isolated": single,
}


def _label(name: str, case: Mapping[str, Any]) -> str:
    if name != "srm":
        return "exact"
    return desk(numbers(case["inputs"])).requirement().label


STANDARD = tuple(
    Case(
        "derive",
        each["name"],
        source(each),
        _label(name, each),
        partial(run, each),
    )
    for name, run in RUNS.items()
    for each in suite(name)
)

SMALL = tuple(
    Case("derive", f"SRM, {each['name']}", f"{REPOSITORY}, {each['source']}", "exact",
         partial(small, each))
    for each in GOLDEN["account"]
)  # fmt: skip
