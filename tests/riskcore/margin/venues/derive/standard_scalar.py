"""Derive's standard manager once more, number by number, as the facts state it."""

from collections.abc import Mapping
from math import erf, log, sqrt
from typing import Any

YEAR = 365 * 86_400.0


def black(forward: float, strike: float, seconds: float, vol: float, call: bool) -> float:
    """Undiscounted value of an option."""
    deviation = vol * sqrt(seconds / YEAR)
    if deviation == 0:
        return max(0.0, forward - strike if call else strike - forward)
    d1 = log(forward / strike) / deviation + deviation / 2
    value = forward * _normal(d1) - strike * _normal(d1 - deviation)
    return value if call else value - forward + strike


def _normal(x: float) -> float:
    return 0.5 * (1 + erf(x / sqrt(2)))


def figures(case: Mapping[str, Any]) -> dict[str, float]:
    """Net initial margin, net maintenance margin and mark to market of a whole account."""
    cash, stable = case["portfolio"]["cash"], case["stable"]
    found = {"im": cash, "mm": cash, "mtm": cash}
    for coin, held in case["portfolio"]["markets"].items():
        for key, amount in _market(case["markets"][coin], held, stable, case["depeg"]).items():
            found[key] += amount
    return found


def _market(
    market: Mapping[str, Any], held: Mapping[str, Any], stable: float, depeg: Mapping[str, float]
) -> dict[str, float]:
    spot, trust, oracle = market["spot"], market["spot_conf"], market["oracle"]
    im = mm = mtm = held["perp_unsettled"]
    size = abs(held["perp"])
    im -= size * market["perp_price"] * market["perp_req"]["im"]
    mm -= size * market["perp_price"] * market["perp_req"]["mm"]
    doubt = min(trust, market["perp_conf"])
    if size and oracle["perp_threshold"] != 0 and doubt < oracle["perp_threshold"]:
        im -= (1 - doubt) * oracle["factor"] * spot * size
    sold = 0.0
    for expiry in market["expiries"]:
        legs = [each for each in held["options"] if each["t"] == expiry["t"]]
        if not legs:
            continue
        forward = expiry["fwd"]
        marks = [
            black(forward, leg["strike"], leg["t"], leg["vol"], leg["call"]) * leg["amount"]
            for leg in legs
        ]
        mtm += sum(marks)
        short = -sum(min(leg["amount"], 0.0) for leg in legs)
        sold += short
        for name, initial in (("im", True), ("mm", False)):
            alone = sum(
                _leg(leg, mark, spot, market["option_params"], initial)
                for leg, mark in zip(legs, marks, strict=True)
            )
            bounded = min(
                min(0.0, sum(_payoff(leg, at) for leg in legs))
                for at in [0.0, *(leg["strike"] for leg in legs)]
            )
            net = sum(leg["amount"] for leg in legs if leg["call"])
            if net < 0:
                key = "unpaired_im_scale" if initial else "unpaired_mm_scale"
                bounded += market["option_params"][key] * forward * net
            margin = max(alone, bounded)
            if name == "im":
                im += margin
            else:
                mm += margin
        doubt = min(trust, expiry["fwd_conf"], expiry["vol_conf"])
        if oracle["option_threshold"] != 0 and doubt < oracle["option_threshold"]:
            im -= (1 - doubt) * oracle["factor"] * spot * short
    notional = held["base"] * spot
    credit = notional * market["base"]["margin_factor"]
    mm += credit
    credit *= market["base"]["im_scale"]
    im += credit
    if credit != 0 and oracle["base_threshold"] != 0 and trust < oracle["base_threshold"]:
        im -= (1 - trust) * oracle["factor"] * notional
    mtm += notional / stable
    if stable < depeg["threshold"]:
        im -= spot * (size + sold) * (depeg["threshold"] - stable) * depeg["factor"]
    return {"im": im, "mm": mm, "mtm": mtm}


def _payoff(leg: Mapping[str, Any], at: float) -> float:
    gain = at - leg["strike"] if leg["call"] else leg["strike"] - at
    return float(leg["amount"]) * max(0.0, gain)


def _leg(
    leg: Mapping[str, Any], mark: float, spot: float, row: Mapping[str, float], initial: bool
) -> float:
    size, strike = leg["amount"], leg["strike"]
    if size >= 0:
        return 0.0
    if leg["call"]:
        maintenance = mark + row["mm_call_spot_req"] * spot * size
        outside = max(0.0, strike - spot) / spot
    else:
        maintenance = mark + min(row["mm_put_spot_req"] * spot * size, row["mm_put_mtm_req"] * mark)
        outside = max(0.0, spot - strike) / spot
    if not initial:
        return maintenance
    share = max(row["max_spot_req"] - outside, row["min_spot_req"])
    margin = mark + share * spot * size
    return margin if leg["call"] else min(margin, row["mm_offset_scale"] * maintenance)
