"""What Derive's contracts publish of single rules: auction prices, rates, perpetuals, feeds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from riskcore.instruments import Right
from riskcore.margin.venues.derive import auction, cash, feeds, perps
from tests.riskcore.margin.venues.derive.vectors import compared, numbers, one, source, suite
from tests.verification.case import Case, Checked

DAY = 86_400.0


def terms(recorded: Mapping[str, Any], mtm_cutoff: float = 0.0) -> auction.AuctionTerms:
    """The parameters of an auction as a vector states them."""
    known = numbers(recorded)
    return auction.AuctionTerms(
        start=known["start"],
        cutoff=known["cutoff"],
        fast_length=known["fast_len"],
        slow_length=known["slow_len"],
        insolvent_length=known["insolvent_len"],
        fee=known["fee"],
        buffer=known["buffer"],
        mtm_cutoff=mtm_cutoff,
    )


def auctioned(case: Mapping[str, Any]) -> Sequence[Checked]:
    """One figure of an auction."""
    given = numbers(case["inputs"])
    rules = terms(given["auction_params"], given.get("mtm_cutoff", 0.0))
    wanted = given.get("bid_percent_wanted", 1.0)
    factor = auction.price_factor(rules, given["elapsed"])
    found = {"price_factor": factor}
    if given["kind"] == "insolvent":
        price = auction.insolvent_price(rules, given["mm"], given["mtm"], given["elapsed"])
        found |= {"bid_price": price, "cash_to_bidder": -price * wanted}
    elif given["kind"] == "solvent":
        figures = (given["mm"], given["mtm"])
        reserved = given["reserved_cash"]
        price = auction.bid_price(factor, given["mtm"], reserved)
        share = auction.largest_share(rules, factor, *figures, reserved)
        found |= {
            "buffer_margin": auction.buffer_margin(rules, *figures),
            "bid_price": price,
            "max_proportion": share,
            "cash_from_bidder": price * min(share, wanted),
        }
    return list(compared(case, found))


def rated(case: Mapping[str, Any]) -> Sequence[Checked]:
    """A rate of borrowing, or the cash of six accounts through nine events."""
    given = numbers(case["inputs"])
    curve = cash.Interest(**given["model"], sm_fee=given.get("sm_fee", 0.0))
    if given["kind"] == "cash_sequence":
        return sequence(case, given, curve)
    rate = cash.borrow_rate(curve, cash.utilisation(given["supply"], given["borrow"]))
    found = {
        "borrow_rate": rate,
        "interest_factor": cash.interest_factor(rate, given.get("elapsed", 0.0)),
    }
    return list(compared(case, found))


def sequence(
    case: Mapping[str, Any], given: Mapping[str, Any], curve: cash.Interest
) -> Sequence[Checked]:
    """The pool after every event."""
    order = given["account_order"]
    accounts = dict(zip(order, given["starting_balances"], strict=True))
    supply = sum(each for each in accounts.values() if each > 0)
    borrowed = -sum(each for each in accounts.values() if each < 0)
    pool = cash.CashPool(supply, borrowed, supply - borrowed)
    touched = dict.fromkeys(order, pool)
    states = []

    def add(name: str, amount: float, now: cash.CashPool) -> cash.CashPool:
        before = cash.balance(accounts[name], touched[name], now)
        accounts[name] = before + amount
        after = cash.changed(now, before, before + amount)
        touched[name] = after
        return after

    for step in given["steps"]:
        pool = cash.accrued(pool, curve, step["days_before_event"] * DAY)
        name, other, amount = step["account_a"], step["account_b"], step["amount"]
        match step["type"]:
            case "trade":
                pool = add(name, amount, pool)
                pool = add(other, -amount, pool)
            case "settlement":
                pool = add(name, amount, pool)
                pool = replace(pool, settled=pool.settled + amount)
            case "borrow":
                pool = add(name, amount, pool)
                pool = replace(pool, held=pool.held + amount)
            case "insolvency":
                pool = add(name, amount, pool)
                pool = add("SM", -amount, pool)
        if step["type"] != "start":
            pool = add("SM", pool.fees, replace(pool, fees=0.0))
        states.append(pool)
    tolerance = case["tolerance"]["states"]
    return [
        one(f"{field} {place}", expected[field], found, tolerance[field])
        for place, (expected, state) in enumerate(
            zip(case["expected"]["states"], states, strict=True)
        )
        for field, found in (
            ("total_supply", state.supply),
            ("total_borrow", state.borrowed),
            ("stable_balance", state.held),
            ("utilization", state.utilisation),
        )
    ]


def funded(case: Mapping[str, Any]) -> Sequence[Checked]:
    """A funding rate, a payment or a profit."""
    given = numbers(case["inputs"])
    if given["kind"] == "perp_pnl":
        profit = perps.unsettled(given["position"], given["last_mark"], given["mark"])
        return list(compared(case, {"pnl": profit}))
    known = perps.Funding(**given["params"])
    rate = perps.hourly_rate(known, given["index"], given["impact_bid"], given["impact_ask"])
    size, elapsed = given.get("position", 0.0), given.get("elapsed", 0.0)
    paid = perps.payment(rate, given["index"], size, elapsed)
    return list(compared(case, {"hourly_rate": rate, "funding": paid}))


def fed(case: Mapping[str, Any]) -> Sequence[Checked]:
    """A forward's parts, a perpetual's price or what an option settles to."""
    given = numbers(case["inputs"])
    match given["kind"]:
        case "forward_portions":
            found = feeds.forward(
                given["spot"],
                given["fwd_spot_diff"],
                given["seconds_from_feed_timestamp_to_expiry"],
                given["spot_aggregate_since_window_start"],
                given["twap_window"],
            )
            return list(compared(case, {"fwd_fixed": found.fixed, "fwd_variable": found.variable}))
        case "spot_diff":
            price = feeds.around_spot(given["spot"], given["diff"], given["cap"])
            return list(compared(case, {"price": price}))
        case _:
            right = Right.CALL if given["call"] else Right.PUT
            value = feeds.settled_value(
                right, given["strike"], given["amount"], given["settlement_price"]
            )
            return list(compared(case, {"value": value}))


RUNS: Mapping[str, Callable[[Mapping[str, Any]], Sequence[Checked]]] = {
    "auction": auctioned,
    "rates": rated,
    "perps": funded,
    "feeds": fed,
}

RULES = tuple(
    Case("derive", f"{name}: {each['name']}", source(each), "exact", partial(run, each))
    for name, run in RUNS.items()
    for each in suite(name)
)
