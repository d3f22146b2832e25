"""Derive's portfolio margins computed a second time: number by number, no arrays, no trees."""

from collections.abc import Mapping
from math import erf, exp, log, sqrt
from typing import Any, NamedTuple

YEAR = 31_536_000.0
DAY = 86_400.0


class Margins(NamedTuple):
    """Net margins as the contracts state them."""

    initial: float
    maintenance: float


def call(forward: float, strike: float, years: float, vol: float) -> float:
    """Black 1976, undiscounted."""
    width = vol * sqrt(years)
    if width < 1e-9:
        return max(forward - strike, 0.0)
    first = log(forward / strike) / width + width / 2
    return forward * normal(first) - strike * normal(first - width)


def normal(x: float) -> float:
    return 0.5 * (1 + erf(x / sqrt(2)))


def option(leg: Mapping[str, Any], forward: float, vol: float) -> float:
    """The value of a leg, undiscounted."""
    value = call(forward, leg["strike"], leg["t"] / YEAR, vol)
    if not leg["call"]:
        value += leg["strike"] - forward
    return leg["amount"] * value


def margins(engine: str, given: Mapping[str, Any]) -> Margins:
    """The net margins of an account in the form of the vectors."""
    params, market, held = given["params"], given["market"], given["portfolio"]
    second = engine == "pmrm2"
    spot, stable = market["spot"], market["stable"]
    other, margin = params["other"], params["margin"]
    expiries = {each["t"]: each for each in market["expiries"]}
    chains: dict[int, list[Mapping[str, Any]]] = {}
    for leg in held["options"]:
        chains.setdefault(leg["t"], []).append(leg)
    trust = market["spot_conf"]
    if held["perp"]:
        trust = min(trust, market["perp_conf"])
    value = held["cash"] + (held["perp_unsettled"] if held["perp"] else 0.0)
    worst, naked, doubt = 0.0, 0.0, 0.0

    def market_discount(t: int) -> float:
        return exp(-max(expiries[t]["rate"], 0.0) * t / YEAR) if second else 1.0

    def worth(t: int, shock: float, direction: str) -> float:
        each = expiries[t]
        forward = each["fwd_variable"] * shock + each["fwd_fixed"]
        base = each["fwd_variable"] + each["fwd_fixed"]
        amount = sum(
            option(leg, forward, moved(params, leg, base, direction, second)) for leg in chains[t]
        )
        return market_discount(t) * amount

    now = {t: worth(t, 1.0, "none") for t in chains}
    value += sum(now.values())
    for t in chains:
        losses = [
            worth(t, params["basis"][way], "none") - now[t] for way in ("spot_up", "spot_down")
        ]
        factor = params["basis"]["add_factor"] + params["basis"]["mult_factor"] * t / YEAR
        worst += min(*losses, 0.0) * factor
    moving = 0.0
    haircuts = {"mm": 0.0, "im": 0.0}
    if second:
        for each in held["collaterals"]:
            amount = each["amount"] * each["price"] / stable
            value += amount
            moving += amount if each["risk_cancelling"] else 0.0
            haircuts["mm"] += amount * each["mm_haircut"]
            haircuts["im"] += amount * each["im_haircut"]
            sure = min(each["conf"], market["spot_conf"])
            doubt += doubted(other, sure, amount)
    else:
        moving = held["base"] * spot / stable
        value += moving
        doubt += doubted(other, trust, held["base"] * spot)
    for scenario in given["scenarios"]:
        shock, direction = scenario["spot"], scenario["dir"]
        profit = (held["perp"] * market["perp_price"] + moving) * (shock - 1)
        for t in chains:
            shocked = worth(t, shock, direction)
            gained = shocked * static(margin, expiries[t], t, shocked, second) - now[t]
            profit += -abs(gained) if direction in ("linear", "abs") else gained
        worst = min(worst, profit * scenario.get("dampening", 1.0))
    for t, legs in chains.items():
        for strike in {leg["strike"] for leg in legs}:
            at = [leg["amount"] for leg in legs if leg["strike"] == strike]
            short = -sum(each for each in at if each < 0)
            naked += max(0.0, short - sum(each for each in at if each > 0))
        each = expiries[t]
        sure = min(trust, each["fwd_conf"], each["rate_conf"], each["vol_conf"])
        doubt += doubted(other, sure, spot * sum(abs(leg["amount"]) for leg in legs))
    size = abs(held["perp"])
    doubt += doubted(other, trust, size * spot)
    factor = margin["im_factor"]
    factor += max(0.0, other["peg_loss_threshold"] - stable) * other["peg_loss_factor"]
    if not second:
        charge = other["perp_percent"] * size + other["base_percent"] * held["base"]
        charge = spot * (charge + other["option_percent"] * naked)
        return Margins(value + factor * (worst - charge) - doubt, value + worst - charge)
    lasting = spot * (other["mm_perp_percent"] * size + other["mm_option_percent"] * naked)
    more = spot * (other["im_perp_percent"] * size + other["im_option_percent"] * naked)
    lasting += haircuts["mm"]
    more += haircuts["im"]
    return Margins(
        value + factor * worst - lasting - more - doubt,
        value + margin["mm_factor"] * worst - lasting,
    )


def doubted(other: Mapping[str, float], confidence: float, worth: float) -> float:
    """What a doubtful oracle costs."""
    if confidence >= other["conf_threshold"]:
        return 0.0
    return (1 - confidence) * other["conf_margin"] * worth


def static(
    margin: Mapping[str, float], expiry: Mapping[str, Any], t: int, worth: float, second: bool
) -> float:
    """The static discount of a shocked expiry."""
    rate, years = max(expiry["rate"], 0.0), t / YEAR
    if not second:
        speed = rate * margin["rate_mult_scale"] + margin["rate_add_scale"]
        return margin["base_static_discount"] * exp(-years * speed) if worth > 0 else 1.0
    if worth >= 0:
        speed = rate * margin["long_rate_mult_scale"] + margin["long_rate_add_scale"]
        return margin["long_base_static_discount"] * exp(-years * speed)
    speed = rate * margin["short_rate_mult_scale"] + margin["short_rate_add_scale"]
    return min(margin["short_base_static_discount"] * exp(years * speed), exp(rate * years))


def moved(
    params: Mapping[str, Any], leg: Mapping[str, Any], forward: float, direction: str, second: bool
) -> float:
    """The volatility of a leg after a move."""
    shock, days, vol = params["vol_shock"], leg["t"] / DAY, leg["vol"]
    power = shock["short_term_power"] if days <= 30 else shock["long_term_power"]
    size = (30 / max(days, shock["dte_floor_sec"] / DAY)) ** power
    match direction:
        case "up":
            higher = vol * (1 + shock["range_up"] * size)
            return max(higher, shock["min_vol_up"]) if second else higher
        case "down":
            return vol * max(0.0, 1 - shock["range_down"] * size)
        case "none":
            return float(vol)
    skew, root = params["skew"], sqrt(leg["t"] / YEAR)
    cap = skew[f"{direction}_base_cap"] + skew[f"{direction}_cbase"] * root
    width = skew["width_scale"] * root * (skew["vol_param_static"] + skew["vol_param_scale"] * root)
    k = log(leg["strike"] / forward)
    k = abs(k) if direction == "abs" else k
    slope = cap / max(skew["min_kstar"], width)
    grown = min(cap, k * slope) if k >= 0 else max(-cap, k * slope)
    return vol * max(0.0, 1 + grown)
