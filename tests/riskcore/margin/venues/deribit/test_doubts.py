"""How far a figure is Deribit's own, said of the very book at hand."""

from datetime import UTC, datetime

import pytest

from riskcore.holdings import Holdings, Order, Position
from tests.builders import INDEX, holdings, instrument, market
from tests.riskcore.margin.venues.deribit.desk import answer, answers, bound

TIERS = datetime(2026, 9, 30, tzinfo=UTC)  # leverage tiers were seen in force
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)
BTC_DAY = datetime(2024, 6, 17, 12, tzinfo=UTC)  # of the capture with all BTC keys
ETH_DAY = datetime(2026, 2, 15, 12, tzinfo=UTC)  # of the capture with all ETH keys
BTC_OPTION, ETH_OPTION = "BTC-27MAR26-60000-P", "ETH-27MAR26-2000-C"


@pytest.mark.parametrize(
    ("model", "pool", "book", "at", "label"),
    [
        ("portfolio", "BTC", {"BTC-PERPETUAL": 1e5}, BTC_DAY, "exact"),
        ("portfolio", "ETH", {"ETH-PERPETUAL": 1e5}, ETH_DAY, "exact"),
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
            ETH_DAY,
            "exact except option revaluation, roll shock of far expiries",
        ),
        (
            "portfolio",
            "BTC",
            {"BTC-28JUN24-60000-P": 1.0},
            BTC_DAY,
            "exact except option revaluation",
        ),
        ("portfolio", "BTC", {"BTC-28JUN24": 1.0}, BTC_DAY, "exact"),
        (
            "portfolio",
            "BTC",
            {"BTC-27DEC24": 1.0},
            BTC_DAY,
            "exact except roll shock of far expiries",
        ),
        ("portfolio", "BTC", {"BTC-PERPETUAL": 1e8}, BTC_DAY, "exact except delta shock"),
        (
            "portfolio",
            "USDC",
            {"BTC_USDC-PERPETUAL": 1.0},
            BTC_DAY,
            "exact except USDC-linear contracts",
        ),
        (
            "portfolio",
            "USDC",
            {"BTC_USDC-PERPETUAL": 1.0, "ETH_USDC-PERPETUAL": 1.0},
            ETH_DAY,
            (
                "exact except USDC-linear contracts, offsets between underlyings, "
                "parameters of another date"
            ),
        ),
        (
            "portfolio",
            "BTC",
            {"BTC-28JUN24-110000-C": -2_000.0},
            BTC_DAY,
            "exact except option revaluation, extended table",
        ),
        (
            "cross-portfolio",
            "USD",
            {"BTC-PERPETUAL": 1.0, "BTC_USDC-PERPETUAL": 1.0},
            BTC_DAY,
            "exact except pooling",
        ),
        (
            "cross-portfolio",
            "USD",
            {"BTC-PERPETUAL": 1.0, "ETH-PERPETUAL": 1.0},
            None,
            "exact except pooling, parameters of another date",
        ),
        ("standard", "BTC", {"BTC-PERPETUAL": 1e9}, None, "exact"),
        ("standard", "BTC", {BTC_OPTION: 5.0}, None, "exact"),
        ("standard", "BTC", {BTC_OPTION: -5.0}, None, "exact except the options' reference price"),
        ("cross-standard", "USD", {"BTC-PERPETUAL": 1.0, "ETH_USDC-PERPETUAL": 1.0}, None, "exact"),
        (
            "standard",
            "BTC",
            {"BTC-PERPETUAL": 1.0},
            TIERS,
            "approximate: leverage of large perpetuals",
        ),
        ("standard", "USDC", {"BTC_USDC-27NOV26": 26.5}, TIERS, "exact"),
        (
            "standard",
            "USDC",
            {"BTC_USDC-27NOV26": 26.6},
            TIERS,
            "approximate: leverage between the tiers",
        ),
        (
            "standard",
            "USDC",
            {"BTC_USDC-27NOV26": 26.5},
            OCTOBER,
            "exact except parameters of another date",
        ),
        (
            "standard",
            "ETH",
            {"ETH-PERPETUAL": 1.0},
            datetime(2026, 2, 16, tzinfo=UTC),
            "exact except parameters of another date",
        ),
        (
            "standard",
            "ETH",
            {"ETH-27NOV26": 1.0},
            TIERS,
            "exact except margin of ETH inverse futures, parameters of another date",
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


@pytest.mark.parametrize(
    ("coin", "at"),
    [
        ("BTC", datetime(2024, 6, 18, tzinfo=UTC)),
        ("BTC", datetime(2026, 2, 5, tzinfo=UTC)),
        ("BTC", datetime(2026, 2, 14, tzinfo=UTC)),
        ("BTC", datetime(2026, 9, 22, tzinfo=UTC)),
        ("ETH", datetime(2026, 2, 14, 23, 59, tzinfo=UTC)),
        ("ETH", datetime(2026, 2, 16, tzinfo=UTC)),
        ("ETH", datetime(2026, 11, 24, tzinfo=UTC)),
    ],
)
def test_observed_parameters_are_exact_on_their_own_day_only(coin: str, at: datetime) -> None:
    priced = market(f"{coin}-PERPETUAL", as_of=at)
    for name, pooling in (("deribit/portfolio", ""), ("deribit/cross-portfolio", "pooling, ")):
        found = answer(bound(name, at=at), holdings({f"{coin}-PERPETUAL": 100.0}), priced)
        assert found.label == f"exact except {pooling}parameters of another date"


def test_parameters_chosen_of_another_date_are_named_though_they_were_observed() -> None:
    priced = market("BTC-PERPETUAL", as_of=OCTOBER)
    held = holdings({"BTC-PERPETUAL": 100.0})
    assert answer(bound("deribit/portfolio", at=BTC_DAY), held, priced).label == (
        "exact except parameters of another date"
    )
    year = datetime(2025, 6, 1, tzinfo=UTC)  # the linear rate, which tiers have replaced since
    assert answer(bound("deribit/standard", at=year), held, priced).label == (
        "exact except parameters of another date"
    )


def test_parameters_of_the_user_are_named_in_every_model() -> None:
    priced = market("BTC-PERPETUAL", as_of=BTC_DAY)
    held = holdings({"BTC-PERPETUAL": 100.0})
    for name, key in (("portfolio", "price_range"), ("standard", "future_initial")):
        for pool in ("", "cross-"):
            model = bound(f"deribit/{pool}{name}", at=BTC_DAY, BTC={key: 0.1})
            label = answer(model, held, priced).label
            assert label.startswith("exact except ")
            assert label.endswith("overridden parameters")


def test_values_of_the_usd_level_row_are_named() -> None:
    keys = {
        "price_range": 0.25, "volatility_range_up": 0.6, "volatility_range_down": 0.3,
        "min_volatility_for_shock_up": 0.5, "short_term_vega_power": 0.3,
        "long_term_vega_power": 0.13, "extended_table_factor": 1.0, "m_inc": 0.000005,
        "delta_total_liq_shock_threshold": 2e7, "max_delta_shock": 0.1,
    }  # fmt: skip
    priced = market("SOL_USDC-PERPETUAL", as_of=ETH_DAY, index={**INDEX, "SOL": 90.0})
    held = holdings({"SOL_USDC-PERPETUAL": 10.0})
    assert answer(bound("deribit/cross-portfolio", at=ETH_DAY, SOL=keys), held, priced).label == (
        "exact except pooling, parameters of the usd-level row, overridden parameters"
    )


def test_position_of_no_quantity_is_no_doubt() -> None:
    priced = market("BTC-PERPETUAL", "BTC-28JUN24-60000-P", as_of=BTC_DAY)
    held = holdings({"BTC-PERPETUAL": 100.0, "BTC-28JUN24-60000-P": 0.0})
    assert answer(bound("deribit/portfolio", at=BTC_DAY), held, priced).label == "exact"


def test_order_is_a_doubt_unless_it_only_reduces() -> None:
    priced = market("BTC-PERPETUAL", as_of=BTC_DAY)
    perpetual = instrument("BTC-PERPETUAL")
    for reduces, label in ((False, "exact except open orders"), (True, "exact")):
        order = Order(perpetual, 100.0, 60_000.0, reduces)
        held = Holdings((Position(perpetual, 100.0, 60_000.0),), {}, (order,))
        for name in ("deribit/portfolio", "deribit/cross-standard"):
            assert answer(bound(name, at=BTC_DAY), held, priced).label == label


def test_haircut_is_a_doubt_in_a_cross_pool_only() -> None:
    priced = market("BTC-PERPETUAL", as_of=BTC_DAY, index={**INDEX, "USYC": 1.1})
    held = holdings({"BTC-PERPETUAL": 100.0}, {"USYC": 5.0, "BTC": 1.0})
    for name in ("deribit/cross-portfolio", "deribit/cross-standard"):
        label = answer(bound(name, at=BTC_DAY), held, priced).label
        assert label in ("exact except haircuts", "exact except pooling, haircuts")
    for name in ("deribit/portfolio", "deribit/standard"):
        pools = answers(bound(name, at=BTC_DAY), held, priced)
        assert {each.label for each in pools.values()} == {"exact"}


def test_position_with_a_price_to_run_from_needs_no_note() -> None:
    priced = market("BTC-PERPETUAL")
    held = Holdings((Position(instrument("BTC-PERPETUAL"), 100.0, 60_000.0),))
    for name in ("deribit/portfolio", "deribit/cross-standard"):
        assert answer(bound(name), held, priced).notes == ()
