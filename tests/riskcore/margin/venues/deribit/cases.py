"""Deribit's own figures as cases of the verification page; the tests beside look at more."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from riskcore.holdings import Balance, Holdings, Position
from riskcore.margin.requirement import Requirement
from riskcore.market import MarketSnapshot
from riskcore.repricing import risk
from tests.builders import golden, holdings, instrument, library, market
from tests.verification.case import Case, Checked

GOLDEN = golden("margin/deribit")
YEAR_2025 = datetime(2025, 6, 1, tzinfo=UTC)
LIVE = datetime(2026, 2, 15, 23, 27, tzinfo=UTC)
ROUNDED = 1e-9  # the precision in which Deribit prints portfolio margin
FLOATING = 1e-12  # the printed figure is the formula's, to the last digit


def required(model: str, priced: MarketSnapshot, held: Holdings) -> Requirement:
    """The requirement of the only pool at the market's instant."""
    bound = library().bind(model, priced.as_of)
    (found,) = bound.requirement(held, risk(priced, bound.scenarios(priced.universe, priced)))
    return found


def simulated(case: dict[str, Any]) -> Requirement:
    """The book of a simulate capture."""
    positions = case["position"]
    book = {each["instrument"]: each["coins"] * each["mark"] for each in positions}  # USD
    marks = {each["instrument"]: each["mark"] for each in positions}
    index = {case["currency"]: case["index"]}
    priced = market(*book, as_of=case["at"], index=index, mark=marks)
    return required("deribit/portfolio", priced, holdings(book, {case["currency"]: 1.0}))


def matrix(case: dict[str, Any]) -> Sequence[Checked]:
    """Every charge of a portfolio-margin simulation."""
    found = simulated(case)
    assert found.initial is not None
    lines = {each.term: each.amount for each in reversed(list(found.initial.walk()))}
    fields = {
        "worst case": (case["worst_case"], lines["netting_set"]),
        "roll shock": (case["roll_shock"], lines["roll_shock"]),
        "delta shock": (case["delta_shock"], lines["delta_shock"]),
        "risk matrix margin": (case["risk_matrix_margin"], lines["risk_matrix_margin"]),
        "maintenance margin": (case["maintenance_margin"], found.maintenance.amount),
    }
    checked = [Checked(field, *figures, FLOATING) for field, figures in fields.items()]
    initial = Checked("initial margin", case["initial_margin"], found.initial.amount, ROUNDED / 2)
    vectors = dict(found.losses.positions)
    profits = [
        Checked(f"{each['instrument']}, move {move + 1}", published, profit, FLOATING)
        for each in case["position"]
        for move, published in enumerate(each["standard"])
        for profit in vectors[each["instrument"]][1 + 3 * move : 4 + 3 * move]
    ]
    return [*checked, initial, *profits]


def perpetual(case: dict[str, Any]) -> Sequence[Checked]:
    """Standard margin of a perpetual in the examples of the help pages."""
    name, index = case["instrument"], case["index"]
    terms = instrument(name)
    priced = market(name, as_of=YEAR_2025, index={terms.base: index, "USDC": 1.0})
    held = holdings({name: case["quantity"]}, {terms.settlement: 1.0})
    found = required("deribit/standard", priced, held)
    return [
        Checked(field, case[field], amount, FLOATING * max(1.0, case[field]))
        for field, amount in (
            ("initial", found.headline.amount),
            ("maintenance", found.maintenance.amount),
        )
    ]


def live_perpetual() -> Sequence[Checked]:
    """A position as Deribit's interface showed it."""
    case = GOLDEN["live_perpetual"]
    name = case["instrument"]
    priced = market(name, as_of=LIVE, index={"ETH": 1963.1}, mark={name: case["mark"]})
    position = Position(
        instrument(name),
        case["quantity"],
        entry_price=case["entry_price"],
        settled_price=case["settled_price"],
    )
    found = required("deribit/standard", priced, Holdings((position,), {"ETH": Balance(0.0)}))
    figures = {each.term: each.amount for each in found.figures}
    fields = {
        "initial": found.headline.amount,
        "maintenance": found.maintenance.amount,
        "delta": figures["delta_total"],
        "total_profit": figures["futures_pl"],
        "session_profit": figures["futures_session_upl"],
    }
    return [
        Checked(field, case[field], amount, 1.0001 * case["printed_to"])
        for field, amount in fields.items()
    ]


def cross_portfolio() -> Sequence[Checked]:
    """The totals of a cross account, as far as its displayed balances allow."""
    case = GOLDEN["cross_portfolio"]
    index = dict(case["index"])
    priced = market(*case["positions"], as_of=case["at"], index=index, mark=case["marks"])
    held = holdings(case["positions"], case["balances"])
    found = required("deribit/cross-portfolio", priced, held)
    published = case["total_maintenance_margin_usd"]
    figures = {each.term: each.amount for each in found.figures}
    delta = figures["total_delta_total_usd"]
    return [
        Checked("maintenance", published, found.maintenance.amount, case["within"] * published),
        Checked("delta total", case["total_delta_total_usd"], delta, 1e-3),
    ]


CASES: tuple[Case, ...] = (
    *(
        Case(
            "deribit/portfolio",
            f"simulate of {each['currency']}, {each['at']:%d %b %Y}",
            each["source"],
            "exact",
            partial(matrix, each),
        )
        for each in GOLDEN["matrix"]
    ),
    *(
        Case(
            "deribit/standard",
            f"perpetual {number}: {each['quantity']:g} {each['instrument']}",
            each["source"],
            "exact",
            partial(perpetual, each),
        )
        for number, each in enumerate(GOLDEN["perpetual"], 1)
    ),
    Case(
        "deribit/standard",
        f"live {GOLDEN['live_perpetual']['instrument']}",
        GOLDEN["live_perpetual"]["source"],
        "exact",
        live_perpetual,
    ),
    Case(
        "deribit/cross-portfolio",
        "totals of a cross account",
        GOLDEN["cross_portfolio"]["source"],
        "exact except as its displayed balances allow",
        cross_portfolio,
    ),
)
