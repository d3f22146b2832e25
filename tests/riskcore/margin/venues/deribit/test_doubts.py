"""How far a figure is Deribit's own, said of the very book at hand."""

from datetime import UTC, datetime

import pytest

from riskcore.holdings import Holdings, Order, Position
from tests.builders import INDEX, holdings, instrument, market
from tests.riskcore.margin.venues.deribit.desk import answer, answers, bound

OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)
AFTER_ETH = datetime(2026, 2, 16, tzinfo=UTC)
BTC_OPTION, ETH_OPTION = "BTC-27MAR26-60000-P", "ETH-27MAR26-2000-C"


@pytest.mark.parametrize(
    ("model", "pool", "book", "at", "label"),
    [
        ("portfolio", "BTC", {"BTC-PERPETUAL": 1e5}, None, "exact"),
        ("portfolio", "ETH", {"ETH-PERPETUAL": 1e5}, AFTER_ETH, "exact"),
        (
            "portfolio",
            "ETH",
            {"ETH-PERPETUAL": 1.0},
            None,
            "exact except parameters of another date",
        ),
        (
            "portfolio",
            "BTC",
            {"BTC-PERPETUAL": 1.0},
            OCTOBER,
            "exact except parameters of another date",
        ),
        (
            "portfolio",
            "ETH",
            {ETH_OPTION: 1.0},
            AFTER_ETH,
            "exact except option revaluation, roll shock of far expiries",
        ),
        ("portfolio", "BTC", {"BTC-13FEB26-60000-P": 1.0}, None, "exact except option revaluation"),
        ("portfolio", "BTC", {"BTC-13FEB26": 1.0}, None, "exact"),
        ("portfolio", "BTC", {"BTC-25DEC26": 1.0}, None, "exact except roll shock of far expiries"),
        ("portfolio", "BTC", {"BTC-PERPETUAL": 1e8}, None, "exact except delta shock"),
        (
            "portfolio",
            "USDC",
            {"BTC_USDC-PERPETUAL": 1.0},
            None,
            "exact except USDC-linear contracts",
        ),
        (
            "portfolio",
            "USDC",
            {"BTC_USDC-PERPETUAL": 1.0, "ETH_USDC-PERPETUAL": 1.0},
            AFTER_ETH,
            (
                "exact except USDC-linear contracts, offsets between underlyings, "
                "parameters of another date"
            ),
        ),
        (
            "portfolio",
            "BTC",
            {"BTC-13FEB26-110000-C": -2_000.0},
            None,
            "exact except option revaluation, extended table",
        ),
        (
            "cross-portfolio",
            "USD",
            {"BTC-PERPETUAL": 1.0, "BTC_USDC-PERPETUAL": 1.0},
            None,
            "exact",
        ),
        (
            "cross-portfolio",
            "USD",
            {"BTC-PERPETUAL": 1.0, "ETH-PERPETUAL": 1.0},
            None,
            "exact except parameters of another date",
        ),
        ("standard", "BTC", {"BTC-PERPETUAL": 1e9}, None, "exact"),
        ("standard", "BTC", {BTC_OPTION: 5.0}, None, "exact"),
        ("standard", "BTC", {BTC_OPTION: -5.0}, None, "exact except the options' reference price"),
        ("cross-standard", "USD", {"BTC-PERPETUAL": 1.0, "ETH_USDC-PERPETUAL": 1.0}, None, "exact"),
        (
            "standard",
            "BTC",
            {"BTC-PERPETUAL": 1.0},
            OCTOBER,
            "approximate: leverage of large perpetuals",
        ),
        ("standard", "USDC", {"BTC_USDC-27NOV26": 26.5}, OCTOBER, "exact"),
        (
            "standard",
            "USDC",
            {"BTC_USDC-27NOV26": 26.6},
            OCTOBER,
            "approximate: leverage between the tiers",
        ),
        (
            "standard",
            "ETH",
            {"ETH-27NOV26": 1.0},
            OCTOBER,
            "exact except margin of ETH inverse futures",
        ),
    ],
)
def test_label_names_what_is_open_in_this_book(
    model: str, pool: str, book: dict[str, float], at: datetime | None, label: str
) -> None:
    when = {} if at is None else {"at": at}
    priced = market(*book, **({} if at is None else {"as_of": at}))
    found = answers(bound(f"deribit/{model}", **when), holdings(book), priced)[pool]
    assert found.label == label


def test_sol_future_before_2025_uses_a_later_rate_and_says_so() -> None:
    at = datetime(2024, 1, 1, tzinfo=UTC)
    priced = market("SOL_USDC-PERPETUAL", as_of=at, index={**INDEX, "SOL": 90.0})
    found = answer(bound("deribit/standard", at=at), holdings({"SOL_USDC-PERPETUAL": 10.0}), priced)
    assert found.label == "exact except parameters of another date"


def test_order_is_a_doubt_unless_it_only_reduces() -> None:
    priced = market("BTC-PERPETUAL")
    perpetual = instrument("BTC-PERPETUAL")
    for reduces, label in ((False, "exact except open orders"), (True, "exact")):
        order = Order(perpetual, 100.0, 60_000.0, reduces)
        held = Holdings((Position(perpetual, 100.0, 60_000.0),), {}, (order,))
        for name in ("deribit/portfolio", "deribit/cross-standard"):
            assert answer(bound(name), held, priced).label == label


def test_haircut_is_a_doubt_in_a_cross_pool_only() -> None:
    priced = market("BTC-PERPETUAL", index={**INDEX, "USYC": 1.1})
    held = holdings({"BTC-PERPETUAL": 100.0}, {"USYC": 5.0, "BTC": 1.0})
    for name in ("deribit/cross-portfolio", "deribit/cross-standard"):
        assert answer(bound(name), held, priced).label == "exact except haircuts"
    for name in ("deribit/portfolio", "deribit/standard"):
        pools = answers(bound(name), held, priced)
        assert {each.label for each in pools.values()} == {"exact"}


def test_position_with_a_price_to_run_from_needs_no_note() -> None:
    priced = market("BTC-PERPETUAL")
    held = Holdings((Position(instrument("BTC-PERPETUAL"), 100.0, 60_000.0),))
    for name in ("deribit/portfolio", "deribit/cross-standard"):
        assert answer(bound(name), held, priced).notes == ()
