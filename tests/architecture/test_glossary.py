"""Every word of a breakdown is explained, in one line, before it is shown."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from riskcore.errors import Unsupported
from riskcore.holdings import Account, Balance, Order
from riskcore.margin.requirement import Component, Rule
from riskcore.query import ModelResult, query
from riskcore.report import report
from tests.builders import NOON, account, instrument, library, market
from tests.riskcore.margin.conformance.books import book, order, sample, whole_market

ROOT = Path(__file__).parents[2]
GLOSSARY = tomllib.loads((ROOT / "resources" / "glossary.toml").read_text("utf-8"))
MAKERS = ("Component", "total", "larger_of", "smaller_of", "scaled", "rounded")
NAMES = (
    "BTC-27FEB26-60000-P",
    "BTC-27MAR26-80000-C",
    "BTC-PERPETUAL",
    "BTC-27MAR26",
    "ETH-27FEB26-2000-C",
    "ETH_USDC-PERPETUAL",
)


def lines(component: Component) -> Iterator[Component]:
    yield component
    for each in (*component.parts, *component.considered):
        yield from lines(each)


def written() -> Iterator[tuple[str, str]]:
    """Every term that stands as a text in the core, and where."""
    for path in (ROOT / "riskcore").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id not in MAKERS:
                continue
            named = [each.value for each in node.keywords if each.arg in ("term", "name")]
            for word in (*node.args[:1], *named):
                if isinstance(word, ast.Constant) and isinstance(word.value, str):
                    yield word.value, f"{path.relative_to(ROOT)}:{node.lineno}"


def test_every_term_written_in_the_core_has_a_line() -> None:
    missing = {f"{term} ({place})" for term, place in written() if term not in GLOSSARY}
    assert not missing


def shown(account_result: ModelResult) -> set[str]:
    """Every term of a report: lines, those only considered as well, fields and parts."""
    found = set()
    for pool in account_result.pools:
        required = pool.requirement
        trees = [each for each in (required.equity, required.initial, required.maintenance) if each]
        every = (line for tree in trees for line in lines(tree))
        found |= {line.term for line in every if line.rule is not Rule.POSITION}
        found |= {figure.term for figure in required.figures}
        found |= {part.term for part in (*pool.other_shares, *pool.other_alone)}
    return found


@pytest.mark.parametrize("model", library().names())
@pytest.mark.parametrize("pattern", [(-50.0, 50.0), (50.0, -50.0), (-50.0,), (0.01, -0.02, 0.0)])
def test_every_line_and_field_of_a_report_has_a_line(
    model: str, pattern: tuple[float, ...]
) -> None:
    size = [pattern[row % len(pattern)] for row in range(len(sample(model).units))]
    held = book(model, size)
    priced = whole_market(model)
    bound = library().bind(model, priced.as_of)
    terms = set()
    for orders in ((), tuple(order(model, place) for place in range(len(size)))):
        desk = Account("desk", "Desk", sample(model).venue, model, replace(held, orders=orders))
        try:
            terms |= shown(report(query(desk, priced, bound)).results[0])
        except Unsupported:
            assert orders  # not every model has a rule for each kind of order
    assert not terms - set(GLOSSARY)
    assert {"equity", "maintenance_margin"} <= terms


def test_every_line_of_large_books_of_deribit_has_a_line() -> None:
    desk = account(
        positions={
            "BTC-27FEB26-60000-P": -2000.0,
            "BTC-27MAR26-80000-C": -5.0,
            "BTC-PERPETUAL": 90_000_000.0,
            "BTC-27MAR26": 1e6,
            "ETH-27FEB26-2000-C": 100.0,
            "ETH_USDC-PERPETUAL": -60.0,
        },
    )
    balances = {name: Balance(1e3, 0.0, 1.0) for name in ("BTC", "ETH", "USDC")}
    orders = (
        Order(instrument("BTC-PERPETUAL"), 1e5, 60_000.0),
        Order(instrument("BTC-27FEB26-60000-P"), -3.0, 0.02),
    )
    desk = replace(desk, holdings=replace(desk.holdings, balances=balances, orders=orders))
    for model in library().names():
        if model.startswith("deribit/"):
            bound = library().bind(model, NOON)
            result = report(query(desk, market(*NAMES), bound)).results[0]
            assert not shown(result) - set(GLOSSARY)


def test_a_line_is_one_line_with_a_title() -> None:
    for term, line in GLOSSARY.items():
        title, colon, meaning = line.partition(": ")
        assert colon, term
        assert title[0].isupper(), term
        assert meaning, term
        assert "\n" not in line, term
        assert not line.endswith("."), term
        assert term == term.lower(), term


def test_no_two_terms_have_one_title() -> None:
    titles = [line.partition(":")[0] for line in GLOSSARY.values()]
    assert len(titles) == len(set(titles))
