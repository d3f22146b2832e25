"""The four Deribit models against Deribit's own figures."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from riskcore.holdings import Balance, Holdings, Position
from riskcore.instruments import is_inverse
from riskcore.margin.requirement import Component, Requirement
from riskcore.margin.venues.deribit.account import Summary, summaries
from riskcore.margin.venues.deribit.assembly import risk_matrix
from riskcore.margin.venues.deribit.charges import charge
from riskcore.margin.venues.deribit.figures import available_funds
from riskcore.margin.venues.deribit.portfolio import DeribitPortfolio
from riskcore.repricing import risk
from riskcore.risk_array import Risk
from tests.builders import golden, holdings, instrument, library, market

GOLDEN = golden("margin/deribit")
YEAR_2025 = datetime(2025, 6, 1, tzinfo=UTC)


def line(tree: Component, term: str) -> Component:
    """The first line of a tree with this term."""
    return next(each for each in tree.walk() if each.term == term)


def simulated(case: dict[str, Any]) -> tuple[DeribitPortfolio, Risk, Holdings, Requirement]:
    """The book of a simulate capture, in Deribit's position units, and its requirement."""
    model = library().bind("deribit/portfolio", case["at"])
    assert isinstance(model, DeribitPortfolio)
    book = {
        each["instrument"]: each["coins"] * each["mark"]  # USD of notional
        for each in case["position"]
    }
    marks = {each["instrument"]: each["mark"] for each in case["position"]}
    index = {case["currency"]: case["index"]}
    priced = market(*book, as_of=case["at"], index=index, mark=marks)
    held = holdings(book, {case["currency"]: 1.0})
    moved = risk(priced, model.scenarios(priced.universe, priced))
    (requirement,) = model.requirement(held, moved)
    return model, moved, held, requirement


matrices = pytest.mark.parametrize("case", GOLDEN["matrix"], ids=lambda case: case["source"])


def thrice(by_move: list[float]) -> list[float]:
    return [entry for entry in by_move for _ in range(3)]


@matrices
def test_every_instrument_vector_is_the_one_deribit_returns(case: dict[str, Any]) -> None:
    requirement = simulated(case)[3]
    vectors = dict(requirement.losses.positions)
    for position in case["position"]:
        standard = vectors[position["instrument"]][1:28]
        assert standard == pytest.approx(thrice(position["standard"]), abs=1e-12)


@matrices
def test_extended_vectors_repeat_the_edge_of_the_matrix(case: dict[str, Any]) -> None:
    requirement = simulated(case)[3]
    vectors = dict(requirement.losses.positions)
    for position in case["position"]:
        edges = [position["standard"][0]] * 2 + [position["standard"][-1]] * 6
        assert vectors[position["instrument"]][28:] == pytest.approx(edges, abs=1e-12)


@matrices
def test_pre_aggregated_vectors_are_the_sums_of_the_set(case: dict[str, Any]) -> None:
    losses = simulated(case)[3].losses
    assert losses.sets == (case["set"],)
    expected = [0.0, *thrice(case["pre_aggregated"]), *case["extended"]]
    assert losses.profit[0] == pytest.approx(expected, abs=1e-12)


@matrices
def test_aggregated_vectors_are_damped_and_their_gains_offset(case: dict[str, Any]) -> None:
    model, moved, held, _ = simulated(case)
    matrix = risk_matrix(model.parameters, moved, case["currency"], (), pooled=False)
    quantity = held.net(moved.universe)[np.newaxis]
    expected = [0.0, *thrice(case["aggregated"]), *case["aggregated_extended"]]
    assert matrix.aggregated(quantity)[0, 0] == pytest.approx(expected, abs=1e-12)


@matrices
def test_worst_case_is_the_first_worst_column(case: dict[str, Any]) -> None:
    requirement = simulated(case)[3]
    assert requirement.initial is not None
    chosen = line(requirement.initial, "netting_set")
    assert chosen.amount == pytest.approx(case["worst_case"], abs=1e-15)
    assert requirement.losses.worst == (case["worst_case_index"],)


@matrices
def test_roll_shock_adds_every_expiry_in_absolute_value(case: dict[str, Any]) -> None:
    requirement = simulated(case)[3]
    assert requirement.initial is not None
    found = line(requirement.initial, "roll_shock").amount
    assert found == pytest.approx(case["roll_shock"], abs=1e-15)
    assert line(requirement.initial, "delta_shock").amount == case["delta_shock"]


@matrices
def test_rounding_happens_where_deribit_rounds(case: dict[str, Any]) -> None:
    requirement = simulated(case)[3]
    assert requirement.initial is not None
    worst = line(requirement.initial, "worst_case").amount
    assert worst == pytest.approx(round(case["worst_case"], 9), abs=1e-16)
    margin = line(requirement.initial, "risk_matrix_margin").amount
    assert margin == pytest.approx(case["risk_matrix_margin"], abs=1e-15)
    assert requirement.initial.amount == pytest.approx(case["initial_margin"], abs=1e-16)
    assert requirement.maintenance.amount == pytest.approx(case["maintenance_margin"], abs=1e-15)


@matrices
def test_futures_alone_are_exact_on_the_day_of_their_parameters(case: dict[str, Any]) -> None:
    assert simulated(case)[3].label == "exact"


@pytest.mark.parametrize("case", GOLDEN["perpetual"], ids=lambda case: case["source"])
def test_standard_margin_of_a_perpetual_is_the_printed_one(case: dict[str, Any]) -> None:
    name, index = case["instrument"], case["index"]
    coin = instrument(name).base
    priced = market(name, as_of=YEAR_2025, index={coin: index, "USDC": 1.0})
    model = library().bind("deribit/standard", YEAR_2025)
    held = holdings({name: case["quantity"]}, {instrument(name).settlement: 1.0})
    moved = risk(priced, model.scenarios(priced.universe, priced))
    (requirement,) = model.requirement(held, moved)
    assert requirement.initial is not None
    assert requirement.initial.amount == pytest.approx(case["initial"], rel=1e-14)
    assert requirement.maintenance.amount == pytest.approx(case["maintenance"], rel=1e-14)
    assert requirement.label in ("exact", "exact except parameters of another date")


def test_live_inverse_perpetual_has_the_margin_and_profit_deribit_showed() -> None:
    case = GOLDEN["live_perpetual"]
    at = datetime(2026, 2, 15, 23, 27, tzinfo=UTC)
    name = case["instrument"]
    priced = market(name, as_of=at, index={"ETH": 1963.1}, mark={name: case["mark"]})
    held = Holdings(
        (
            Position(
                instrument(name),
                case["quantity"],
                entry_price=case["entry_price"],
                settled_price=case["settled_price"],
            ),
        ),
        {"ETH": Balance(0.0)},
    )
    model = library().bind("deribit/standard", at)
    moved = risk(priced, model.scenarios(priced.universe, priced))
    (requirement,) = model.requirement(held, moved)
    figures = {each.term: each.amount for each in requirement.figures}
    assert requirement.initial is not None
    printed = case["printed_to"]
    assert requirement.initial.amount == pytest.approx(case["initial"], abs=printed)
    assert requirement.maintenance.amount == pytest.approx(case["maintenance"], abs=printed)
    assert figures["delta_total"] == pytest.approx(case["delta"], abs=printed)
    assert figures["futures_pl"] == pytest.approx(case["total_profit"], abs=printed)
    assert figures["futures_session_upl"] == pytest.approx(case["session_profit"], abs=printed)
    assert requirement.label == "exact"


def test_cross_portfolio_total_is_within_what_the_displayed_balances_allow() -> None:
    case = GOLDEN["cross_portfolio"]
    at = case["at"]
    index = dict(case["index"])
    priced = market(*case["positions"], as_of=at, index=index, mark=case["marks"])
    held = holdings(case["positions"], case["balances"])
    model = library().bind("deribit/cross-portfolio", at)
    moved = risk(priced, model.scenarios(priced.universe, priced))
    (requirement,) = model.requirement(held, moved)
    published = case["total_maintenance_margin_usd"]
    assert requirement.maintenance.amount == pytest.approx(published, rel=case["within"])
    figures = {(each.term, each.unit): each.amount for each in requirement.figures}
    delta = figures["total_delta_total_usd", "USD"]
    assert delta == pytest.approx(case["total_delta_total_usd"], abs=1e-3)


def test_three_cross_portfolio_totals_are_recorded_as_not_reproducible() -> None:
    cases = GOLDEN["cross_portfolio"]["not_reproducible"]
    assert len(cases) == 3
    assert all(case["lacks"] and case["total_maintenance_margin_usd"] > 0 for case in cases)


def test_account_fields_follow_from_each_other_as_on_the_page() -> None:
    case = GOLDEN["summary"]
    printed = 1.0001 * case["printed_to"]  # one unit of the last digit, in floating point
    summary = Summary(
        case["currency"],
        balance=case["balance"],
        futures_session_upl=case["futures_session_upl"],
        futures_session_rpl=case["futures_session_rpl"],
        options_value=case["options_value"],
        delta=case["delta_sum"],
        futures_pl=case["futures_pl"],
        options_pl=case["options_pl"],
    )
    assert summary.equity == pytest.approx(case["equity"], abs=printed)
    assert summary.margin_balance_standard == pytest.approx(case["margin_balance"], abs=printed)
    assert summary.total_pl == pytest.approx(case["total_pl"], abs=printed)
    assert summary.delta_total == pytest.approx(case["delta_total"], abs=1e-6)
    left = available_funds(case["margin_balance"], case["initial_margin"])
    assert left == pytest.approx(case["available_funds"], abs=printed)
    other = available_funds(case["other_margin_balance"], case["other_initial_margin"])
    assert other == pytest.approx(case["other_available_funds"], abs=1e-6)


def test_a_real_book_has_those_account_fields() -> None:
    """The page's figures built from positions: a future since settlement, an option at its mark."""
    case = GOLDEN["summary"]
    at = datetime(2026, 2, 5, 12, tzinfo=UTC)
    start = 70_000.0
    size = 100_000.0
    mark = 1 / (1 / start - case["futures_session_upl"] / size)
    option = "BTC-27MAR26-90000-C"
    perpetual = "BTC-PERPETUAL"
    priced = market(perpetual, option, as_of=at, mark={perpetual: mark, option: 0.0043})
    future = Position(
        instrument(perpetual),
        size,
        settled_price=start,
        accrued_funding=case["futures_session_rpl"],
    )
    held = Holdings((future, Position(instrument(option), -2.0)), {"BTC": Balance(case["balance"])})
    model = library().bind("deribit/standard", at)
    moved = risk(priced, model.scenarios(priced.universe, priced))
    (requirement,) = model.requirement(held, moved)
    figures = {each.term: each.amount for each in requirement.figures}
    assert figures["equity"] == pytest.approx(case["equity"], abs=1.1e-8)
    assert figures["margin_balance"] == pytest.approx(case["margin_balance"], abs=1.1e-8)
    assert requirement.equity.amount == figures["margin_balance"]
    portfolio = library().bind("deribit/portfolio", at)
    moved = risk(priced, portfolio.scenarios(priced.universe, priced))
    (pool,) = portfolio.requirement(held, moved)
    assert pool.equity.amount == pytest.approx(case["equity"], abs=1.1e-8)


def test_delta_falls_to_zero_over_the_last_half_hour() -> None:
    case = GOLDEN["delta_decay"]
    at = datetime(2026, 2, 6, 7, 45, tzinfo=UTC)
    priced = market("BTC-6FEB26", as_of=at)
    model = library().bind("deribit/portfolio", at)
    assert isinstance(model, DeribitPortfolio)
    moved = risk(priced, model.scenarios(priced.universe, priced))
    matrix = risk_matrix(model.parameters, moved, "BTC", (), pooled=False)
    whole = moved.greeks.delta[0]
    assert matrix.delta[0] == pytest.approx(case["delta"] * case["elapsed"] * whole)
    net = case["delta"] * case["elapsed"] - case["mark"] * (1 - case["elapsed"])
    assert net == pytest.approx(case["net_transaction_delta"])


def test_leverage_falls_only_beyond_the_top_tier() -> None:
    case = GOLDEN["tier"]
    at = datetime(2026, 10, 1, tzinfo=UTC)
    name = case["instrument"]
    priced = market(name, as_of=at)
    model = library().bind("deribit/standard", at)
    price = priced.usd("BTC")
    top = charge(model.parameters, priced, 0, case["top_until"])
    assert top.initial == pytest.approx(case["initial_rate"] * case["top_until"] * price)
    assert top.maintenance == pytest.approx(case["maintenance_rate"] * case["top_until"] * price)
    beyond = charge(model.parameters, priced, 0, case["top_until"] + 0.01)
    assert beyond.initial / (case["top_until"] + 0.01) > top.initial / case["top_until"]
    assert not top.doubt
    assert beyond.doubt


def test_summaries_keep_currencies_apart() -> None:
    priced = market("BTC-PERPETUAL", "ETH_USDC-PERPETUAL")
    held = holdings({"BTC-PERPETUAL": 1.0, "ETH_USDC-PERPETUAL": 1.0}, {"ETH": 3.0})
    model = library().bind("deribit/portfolio", priced.as_of)
    found = summaries(held, risk(priced, model.scenarios(priced.universe, priced)))
    assert list(found) == ["BTC", "ETH", "USDC"]
    assert found["ETH"].equity == 3.0
    assert is_inverse(instrument("BTC-PERPETUAL"))
    assert replace(found["ETH"], balance=1.0).equity == 1.0
