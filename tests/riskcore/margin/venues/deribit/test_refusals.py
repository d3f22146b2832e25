"""What a Deribit account cannot hold, or what no published rule covers, is said in a sentence."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from riskcore.errors import MarketError, ParameterError, Refusal, Unsupported
from riskcore.holdings import Balance, Holdings, MarginMode, Order, Position, Settings, Side
from riskcore.instruments import Perpetual
from riskcore.market import MarketSnapshot
from riskcore.repricing import risk
from tests.builders import INDEX, holdings, instrument, library, market
from tests.riskcore.margin.venues.deribit.desk import MODELS, answer, bound

every_model = pytest.mark.parametrize("name", MODELS)
PERPETUAL = instrument("BTC-PERPETUAL")


def refused(
    name: str, held: Holdings, priced: MarketSnapshot, kind: type[Refusal] = Unsupported
) -> str:
    with pytest.raises(kind) as caught:
        answer(bound(name), held, priced)
    text = str(caught.value)
    assert "\n" not in text
    assert not text.endswith(".")
    return text


@every_model
def test_hedge_mode_is_refused(name: str) -> None:
    held = replace(holdings(), settings=Settings(position_mode="hedge"))
    text = refused(name, held, market("BTC-PERPETUAL"))
    assert text.startswith("the account is in hedge mode; Deribit nets long and short")


@every_model
@pytest.mark.parametrize(("side", "size"), [(Side.LONG, 10.0), (Side.SHORT, -10.0)])
def test_side_of_its_own_is_refused(name: str, side: Side, size: float) -> None:
    held = Holdings((Position(PERPETUAL, size, side=side),))
    text = refused(name, held, market("BTC-PERPETUAL"))
    assert text.startswith(f"BTC-PERPETUAL is held on a {side} side; ")


@every_model
@pytest.mark.parametrize(
    "position",
    [
        Position(PERPETUAL, 10.0, margin_mode=MarginMode.ISOLATED),
        Position(PERPETUAL, 10.0, isolated_margin=0.5),
    ],
)
def test_isolated_margin_is_refused(name: str, position: Position) -> None:
    text = refused(name, Holdings((position,)), market("BTC-PERPETUAL"))
    assert text.startswith("BTC-PERPETUAL is margined in isolation; ")


@every_model
def test_loan_is_refused(name: str) -> None:
    held = Holdings((), {"BTC": Balance(1.0, borrowed=0.5)})
    text = refused(name, held, market("BTC-PERPETUAL"))
    assert text.startswith("BTC: 0.5 are borrowed; ")


@every_model
def test_instrument_of_another_venue_is_refused(name: str) -> None:
    other = Perpetual("okx", "BTC-USD-SWAP", "BTC", "USD", "BTC")
    priced = market("BTC-PERPETUAL")
    text = refused(name, Holdings((Position(other, 1.0),)), priced_with(priced, other))
    assert text.startswith("BTC-USD-SWAP is listed at okx; deribit/")


def priced_with(priced: MarketSnapshot, other: Perpetual) -> MarketSnapshot:
    of = type(priced.universe)((other,))
    return replace(priced, universe=of)


@every_model
def test_spot_is_refused_as_position_and_as_order(name: str) -> None:
    priced = market("BTC_USDC")
    spot = instrument("BTC_USDC")
    for held in (
        Holdings((Position(spot, 1.0),)),
        Holdings((), {}, (Order(spot, 1.0, 60_000.0),)),
    ):
        text = refused(name, held, priced)
        assert text.startswith("BTC_USDC is spot; enter the coin as a balance")


@every_model
@pytest.mark.parametrize("contract", ["BTC-6FEB26", "BTC-6FEB26-70000-C"])
def test_expired_contract_is_refused_by_name(name: str, contract: str) -> None:
    at = datetime(2026, 2, 6, 8, tzinfo=UTC)
    held = holdings({contract: 1.0})
    text = refused(name, held, market(contract, as_of=at))
    assert text.startswith(
        f"{contract} expired at 2026-02-06T08:00:00Z; settle it into the balance"
    )


@every_model
def test_contract_outside_the_market_is_refused_by_name(name: str) -> None:
    held = holdings({"BTC-27MAR26": 1.0})
    text = refused(name, held, market("BTC-PERPETUAL"), MarketError)
    assert text == "BTC-27MAR26 has no mark price in this market"


@every_model
def test_option_without_a_mark_is_refused_by_name(name: str) -> None:
    option = "BTC-27MAR26-60000-P"
    priced = replace(market(option), mark=np.array([np.nan]))
    text = refused(name, holdings({option: 1.0}), priced, MarketError)
    assert text == f"{option} has no mark price in this market"


@every_model
def test_option_without_a_volatility_is_refused_by_name(name: str) -> None:
    option = "BTC-27MAR26-60000-P"
    priced = replace(market(option), vol=np.array([np.nan]))
    text = refused(name, holdings({option: 1.0}), priced, MarketError)
    assert text.startswith(f"{option} has no volatility in this market; add vol to its quote")


@every_model
def test_future_at_price_zero_is_refused_by_name(name: str) -> None:
    priced = market("BTC_USDC-PERPETUAL", mark={"BTC_USDC-PERPETUAL": 0.0})
    text = refused(name, holdings({"BTC_USDC-PERPETUAL": 1.0}), priced, MarketError)
    assert text == "BTC_USDC-PERPETUAL has the mark price 0"


@pytest.mark.parametrize("name", ["deribit/cross-portfolio", "deribit/cross-standard"])
def test_currency_outside_the_cross_pool_is_refused(name: str) -> None:
    priced = market("BTC-PERPETUAL", index={**INDEX, "XRP": 2.0})
    text = refused(name, holdings({"BTC-PERPETUAL": 1.0}, {"XRP": 5.0}), priced)
    assert text.startswith("XRP is not in the pool of Deribit's cross models, which has BTC, ETH")


def test_currency_without_an_index_is_refused() -> None:
    priced = market("BTC-PERPETUAL", index={"BTC": 70_000.0})
    held = holdings({"BTC-PERPETUAL": 1.0}, {"USDC": 5.0})
    for name in ("deribit/cross-portfolio", "deribit/cross-standard"):
        text = refused(name, held, priced, MarketError)
        assert text == "USDC has no index price in this market"


@pytest.mark.parametrize("name", ["deribit/portfolio", "deribit/cross-portfolio"])
def test_underlying_without_parameters_is_refused_with_the_keys_that_would_do(name: str) -> None:
    priced = market("SOL_USDC-PERPETUAL", index={**INDEX, "SOL": 90.0})
    text = refused(name, holdings({"SOL_USDC-PERPETUAL": 10.0}), priced)
    assert text == (
        "Deribit's portfolio-margin parameters of SOL are not known; give them as overrides of "
        "SOL: price_range, volatility_range_up, volatility_range_down, "
        "min_volatility_for_shock_up, short_term_vega_power, long_term_vega_power, "
        "extended_table_factor, m_inc, delta_total_liq_shock_threshold, max_delta_shock"
    )


def test_coin_that_cannot_be_stressed_is_refused_and_one_override_is_enough() -> None:
    priced = market("BTC-PERPETUAL", index={**INDEX, "SOL": 90.0})
    held = holdings({"BTC-PERPETUAL": 10.0}, {"SOL": 100.0})
    text = refused("deribit/cross-portfolio", held, priced)
    assert text == (
        "Deribit's price range of SOL is not known, so its equity cannot be stressed; give "
        "price_range as an override of SOL"
    )
    model = bound("deribit/cross-portfolio", SOL={"price_range": 0.25})
    found = answer(model, held, priced)
    assert found.losses.sets == ("BTC", "SOL")
    assert found.losses.profit[1][1] == pytest.approx(-0.25 * 9_000)
    assert found.losses.profit[1][28:] == pytest.approx([-2_250, -2_250, *[2_250] * 6])
    assert model.calibration.overrides == ("SOL.price_range = 0.25",)


@pytest.mark.parametrize("name", ["deribit/standard", "deribit/cross-standard"])
def test_option_without_standard_coefficients_is_refused(name: str) -> None:
    option = "SOL_USDC-27MAR26-90-C"
    priced = market(option, index={**INDEX, "SOL": 90.0})
    text = refused(name, holdings({option: -10.0}), priced)
    assert text.startswith("Deribit's standard margin of SOL options is not known; give it as")
    perpetual = market("XRP_USDC-PERPETUAL", index={**INDEX, "XRP": 2.0})
    text = refused(name, holdings({"XRP_USDC-PERPETUAL": 10.0}), perpetual)
    assert text.startswith("Deribit's standard margin of XRP futures is not known")


def test_correlation_set_is_refused_for_want_of_a_rule() -> None:
    model = bound("deribit/portfolio", BTC={"correlation_set": True})
    with pytest.raises(Unsupported, match="BTC is in a correlation set"):
        answer(model, holdings({"BTC-PERPETUAL": 1.0}), market("BTC-PERPETUAL"))


def test_isolated_figure_is_absent_where_standard_margin_is_not_known() -> None:
    option = "SOL_USDC-27MAR26-90-C"
    priced = market(option, index={**INDEX, "SOL": 90.0})
    keys = dict(library().bind("deribit/portfolio", priced.as_of).parameters.tables["BTC"])  # type: ignore[attr-defined]
    known = {key: keys[key] for key in (
        "price_range", "volatility_range_up", "volatility_range_down",
        "min_volatility_for_shock_up", "short_term_vega_power", "long_term_vega_power",
        "extended_table_factor", "m_inc", "delta_total_liq_shock_threshold", "max_delta_shock",
    )}  # fmt: skip
    model = bound("deribit/portfolio", SOL=known)
    held = holdings({option: -10.0})
    moved = risk(priced, model.scenarios(priced.universe, priced))
    assert model.isolated(held, moved) is None
    (found,) = model.requirement(held, moved)
    assert found.headline.amount > 0
    assert found.notes[0].startswith("SOL: extended_dampener, annualised_move_risk")
    assert found.notes[0].endswith("taken from Deribit's usd-level row")


@every_model
@pytest.mark.parametrize(
    ("held", "said"),
    [
        (Holdings((Position(PERPETUAL, 1e300),)), "BTC-PERPETUAL: a position of 1e+300 "),
        (Holdings((), {"BTC": Balance(-1e300)}), "BTC: a balance of -1e+300 "),
        (
            Holdings((), {"BTC": Balance(1.0)}, (Order(PERPETUAL, 1e200, 7e4),)),
            "BTC-PERPETUAL: an order for 1e+200 at 70000 ",
        ),
        (
            Holdings((Position(PERPETUAL, 10.0, entry_price=1e-300),)),
            "BTC-PERPETUAL: a profit since 1e-300 ",
        ),
    ],
)
def test_figure_too_large_to_be_counted_is_refused(name: str, held: Holdings, said: str) -> None:
    text = refused(name, held, market("BTC-PERPETUAL"))
    assert text == f"{said}is more than 1e+15, more than can be counted"


@every_model
def test_zero_is_no_entry_price_of_a_future(name: str) -> None:
    linear = instrument("BTC_USDC-PERPETUAL")
    priced = market("BTC_USDC-PERPETUAL")
    for position in (Position(linear, 1.0, 0.0), Position(linear, 1.0, None, settled_price=0.0)):
        found = answer(bound(name), Holdings((position,), {"USDC": Balance(5e4)}), priced)
        assert found.equity.amount == 5e4  # not 70,000 more
        assert (
            "BTC_USDC-PERPETUAL has no entry and no settled price: its open profit counts as 0"
            in found.notes
        )
        figures = {each.term for each in found.figures}
        assert "futures_pl" not in figures


def test_extended_move_of_nothing_is_refused() -> None:
    with pytest.raises(ParameterError, match="extended_moves has the move 0"):
        bound("deribit/portfolio", general={"extended_moves": [-0.5, 0.0]})


@every_model
@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (
            {"future_initial": 0.01, "future_maintenance": 0.02},
            "BTC.future_maintenance is 0.02; it must not exceed future_initial, which is 0.01",
        ),
        (
            {
                "tiers": [
                    {
                        "kind": "perpetual",
                        "maintenance": 0.5,
                        "top_leverage": 50,
                        "lowest_leverage": 100,
                    }
                ]
            },
            (
                "BTC.tiers: lowest_leverage 100 of a perpetual must not exceed its top_leverage, "
                "which is 50"
            ),
        ),
    ],
)
def test_contradicting_overrides_are_refused(name: str, keys: dict[str, object], said: str) -> None:
    with pytest.raises(ParameterError) as caught:
        bound(name, BTC=keys)
    assert str(caught.value) == said
