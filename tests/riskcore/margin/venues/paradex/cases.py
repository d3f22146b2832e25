"""Everything Paradex publishes in figures, and what its own engine returns."""

from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Any

from riskcore.margin.venues.paradex.account import cut, liquidation
from tests.riskcore.margin.venues.paradex.desk import (
    APRIL,
    CALL,
    GOLDEN,
    PERPETUAL,
    april,
    held,
    line,
    market,
    required,
)
from tests.verification.case import Case, Checked

DOCS = GOLDEN["minimum_delta"]["source"]


def minimum_delta() -> Sequence[Checked]:
    told = GOLDEN["minimum_delta"]
    found = []
    for field, unhedged, hedged in (("charge", 0.02, 0.01), ("charge_october", 0.002, 0.001)):
        quotes = {
            PERPETUAL: {"mark": told["spot"], "delta": told["perpetual"]["delta"]},
            CALL: {"mark": 2_000.0, "vol": 0.4, "delta": told["calls"]["delta"]},
        }
        book = {PERPETUAL: told["perpetual"]["quantity"], CALL: told["calls"]["quantity"]}
        factors = {"unhedged_margin_factor": unhedged, "hedged_margin_factor": hedged}
        requirement = required(
            "portfolio", market(quotes, {"BTC": told["spot"]}), held(book), {"BTC": factors}
        )
        amount = line(requirement.initial, "minimum_delta").amount
        found.append(Checked(field, told[field], amount, 0.5))
    return found


def open_sizes() -> Sequence[Checked]:
    told, fees = GOLDEN["open_sizes"], GOLDEN["open_sizes_with_fee"]
    mark = told["mark"]
    orders = ((PERPETUAL, told["buys"], mark), (PERPETUAL, -told["sells"], mark))
    there = market({PERPETUAL: {"mark": mark}}, {"BTC": mark})
    book = held({PERPETUAL: told["position"]}, orders=orders)
    free = required("cross", there, book)
    paid = required("cross", there, book, {"fees": {"perpetual": fees["fee"]}})
    assert free.initial is not None
    return (
        Checked("net IMR", told["net_imr"], free.initial.amount, 0.5),
        Checked(
            "fee provision", fees["fee_provision"], line(paid.initial, "fee_provision").amount, 0.05
        ),
        Checked("MMR with fee", fees["maintenance"], paid.maintenance.amount, 0.05),
    )


def cross(which: str, name: str, digits: int) -> Callable[[], Sequence[Checked]]:
    def run() -> Sequence[Checked]:
        told = GOLDEN[which]
        requirement = required("cross", april(), held({name: told["quantity"]}))
        assert requirement.initial is not None
        within = 0.51 * 10**-digits
        return (
            Checked("IMR", told["initial"], requirement.initial.amount, within),
            Checked("MMR", told["maintenance"], requirement.maintenance.amount, within),
        )

    return run


def liquidated(fee: str) -> Callable[[], Sequence[Checked]]:
    def run() -> Sequence[Checked]:
        told = GOLDEN["liquidation"]
        value, maintenance, rate = told["value"], told["maintenance"], told[fee]
        found = []
        for each in told["rows"]:
            after = cut(each["share"], value, maintenance, rate)
            share = f"{each['share']:.0%}"
            found += [
                Checked(f"{share} MMR", each["maintenance"], after.maintenance, 0.005),
                Checked(f"{share} penalty", each["penalty"], after.penalty, 0.005),
                Checked(f"{share} account value", each["value"], after.value, 0.005),
                # printed without rounding: 0.9988 stands as 99.9, 0.8560 as 85.6, 0.6657 as 66.6
                Checked(f"{share} ratio", each["ratio"], after.ratio, 0.0005),
            ]
        sold = liquidation(value, maintenance, rate)
        assert sold is not None
        return (*found, Checked("liquidation share", told["share"], sold.share, 1e-9))

    return run


def order_risk() -> Sequence[Checked]:
    told = GOLDEN["order_risk"]
    name, size = "XYZ-USD-PERP", told["size"]
    overrides = {"XYZ": {"imf_base": told["imf"]}}
    before, after = told["mark_before"], told["mark_after"]
    cash = {"USDC": told["collateral"]}
    submitted = required(
        "cross",
        market({name: {"mark": before}}, {"XYZ": before}),
        held({}, cash, ((name, size, before),)),
        overrides,
    )
    there = market({name: {"mark": after}}, {"XYZ": after})
    dropped = required("cross", there, held({name: size}, cash, entry_price=before), overrides)
    offset = held({name: size}, cash, ((name, -size / 2, after),), entry_price=before)
    unchanged = required("cross", there, offset, overrides)
    assert submitted.initial is not None
    assert dropped.initial is not None
    assert unchanged.initial is not None
    return (
        Checked("IMR of the order", told["initial_before"], submitted.initial.amount, 1e-9),
        Checked("IMR after the drop", told["initial_after"], dropped.initial.amount, 1e-9),
        Checked("account value", told["value_after"], dropped.equity.amount, 1e-9),
        Checked("IMR with an offset", told["initial_after"], unchanged.initial.amount, 1e-9),
    )


def option_spread() -> Sequence[Checked]:
    told = GOLDEN["option_spread"]
    legs = {told["long"]["name"]: 1.0, told["short"]["name"]: -1.0}
    quotes = {
        each["name"]: {"mark": each["mark"], "vol": 0.5} for each in (told["long"], told["short"])
    }
    there = market(quotes, {"BTC": told["spot"]}, told["at"].astimezone(UTC))
    both = required("cross", there, held(legs))
    apart = [
        Checked(f"{side} leg", told[side]["apart"], initial, 0.5)
        for side in ("long", "short")
        for name in (told[side]["name"],)
        for initial in (required("cross", there, held({name: legs[name]})).headline.amount,)
    ]
    return (
        *apart,
        Checked("group margin", told["group"], both.headline.amount, 0.5),
        Checked("maintenance", told["group"], both.maintenance.amount, 0.5),
    )


def portfolio(book: dict[str, Any]) -> Callable[[], Sequence[Checked]]:
    def run() -> Sequence[Checked]:
        told = GOLDEN["portfolio"]
        sizes = {PERPETUAL: book["perpetual"], CALL: book["call"]}
        requirement = required(
            "portfolio", april(), held({name: size for name, size in sizes.items() if size})
        )
        assert requirement.initial is not None
        within = told["within"]
        precision = book["precision"]
        found = [
            Checked(
                "IMR",
                book["initial"],
                requirement.initial.amount,
                max(within * book["initial"], precision),
            ),
            Checked(
                "MMR",
                book["maintenance"],
                requirement.maintenance.amount,
                max(within * book["maintenance"], precision),
            ),
            Checked(
                "worst scenario",
                1.0,
                float(requirement.worst_scenario.endswith(book["worst"])),
                0.0,
            ),
        ]
        if book is told["books"][0]:
            charge = line(requirement.initial, "minimum_delta").amount
            funding = line(requirement.initial, "funding_provision").amount
            found += [
                Checked("minimum delta", told["delta_charge"], charge, 5e-8),
                Checked("funding", told["funding"], funding, 5e-8),
            ]
        return found

    return run


assert APRIL.year == 2026
CASES: tuple[Case, ...] = (
    Case("paradex", "PDX-1 minimum delta", DOCS, "exact", minimum_delta),
    Case("paradex", "PDX-2 open sizes", GOLDEN["open_sizes"]["source"], "exact", open_sizes),
    Case(
        "paradex",
        "PDX-3 cross, short perpetual",
        GOLDEN["april"]["source"],
        "exact",
        cross("cross_perpetual", PERPETUAL, 4),
    ),
    Case(
        "paradex",
        "PDX-4 cross, long call",
        GOLDEN["april"]["source"],
        "exact",
        cross("cross_call", CALL, 6),
    ),
    Case(
        "paradex",
        "PDX-5 liquidation, the stated fee of 70 %",
        GOLDEN["liquidation"]["source"],
        "exact except the liquidation fee",
        liquidated("stated_fee"),
        except_="the page states a fee of 70 %, and its own table is computed with 50 %",
    ),
    Case(
        "paradex",
        "PDX-5 liquidation, the table's fee of 50 %",
        GOLDEN["liquidation"]["source"],
        "exact except the liquidation fee",
        liquidated("table_fee"),
    ),
    Case("paradex", "PDX-6 order risk", GOLDEN["order_risk"]["source"], "exact", order_risk),
    Case(
        "paradex", "PDX-8 option spread", GOLDEN["option_spread"]["source"], "exact", option_spread
    ),
    *(
        Case(
            "paradex",
            f"PDX-7 {book['name']}",
            GOLDEN["portfolio"]["source"],
            "exact",
            portfolio(book),
        )
        for book in GOLDEN["portfolio"]["books"]
    ),
)
