"""What Derive's standard manager refuses, in one sentence each, and what it says of a figure."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from riskcore.errors import MarketError, ParameterError, RiskcoreError, Unsupported
from riskcore.holdings import Balance, Holdings, MarginMode, Order, Position
from riskcore.instruments import Future, Spot
from riskcore.margin.requirement import Requirement
from riskcore.margin.venues.derive.standard import DeriveStandard
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import derive
from riskcore.oracles import Oracles
from riskcore.repricing import risk
from riskcore.universe import Universe
from tests.builders import NOON, instrument, library
from tests.riskcore.margin.samples.derive import priced

READ = datetime(2025, 12, 8, 12, tzinfo=UTC)  # the day on which the parameters were read
PERP = derive.parse("ETH-PERP")
CALL = derive.parse("ETH-20260227-2400-C")


def required(
    holdings: Holdings,
    market: MarketSnapshot | None = None,
    overrides: dict[str, dict[str, object]] | None = None,
) -> Requirement:
    """The requirement of an account in the sample's market."""
    seen = market or priced()
    model = library().bind("derive/standard", seen.as_of, overrides)
    (found,) = model.requirement(holdings, risk(seen, model.scenarios(seen.universe, seen)))
    return found


def holding(*positions: Position, **balances: float) -> Holdings:
    """Positions and balances."""
    return Holdings(positions, {name: Balance(amount) for name, amount in balances.items()})


def listing(*instruments: Any) -> MarketSnapshot:
    """The sample's market with more listed, all at 100."""
    base = priced()
    every = (*base.universe.instruments, *instruments)
    columns = {
        name: [*getattr(base, name).tolist(), *[100.0] * len(instruments)]
        for name in ("mark", "forward", "vol")
    }
    columns["vol"][len(base.universe) :] = [0.5] * len(instruments)
    index = {**base.index, "SNX": 100.0}
    return snapshot(NOON, Universe(every), index, oracles=base.oracles, **columns)  # type: ignore[arg-type]


SNX = derive.parse("SNX-PERP")
DATED = Future("derive", "ETH-20260227", "ETH", "USD", "USDC", datetime(2026, 2, 27, 8, tzinfo=UTC))
COIN = Spot("derive", "ETH-USDC", "ETH", "USDC")
ISOLATED = Position(PERP, 1.0, margin_mode=MarginMode.ISOLATED)


@pytest.mark.parametrize(
    ("held", "market", "kind", "said"),
    [
        (holding(Position(SNX, 1.0)), listing(SNX), Unsupported,
         "Derive's standard margin of the SNX perpetual is not known"),
        (holding(Position(DATED, 1.0)), listing(DATED), Unsupported, "is a dated future"),
        (holding(Position(COIN, 1.0)), listing(COIN), Unsupported, "enter the coin as a balance"),
        (holding(BTC=1.0, SOL=1.0), replace(priced(), index={**priced().index, "SOL": 150.0}),
         Unsupported, "Derive's standard margin of SOL as collateral is not known"),
        (holding(ETH=-1.0), None, Unsupported, "ETH: -1 is negative; only USDC can be borrowed"),
        (holding(DRV=1.0), None, MarketError, "DRV has no index price"),
        (holding(ISOLATED), None, Unsupported, "enter it as cross"),
        (holding(Position(instrument("BTC-PERPETUAL"), 1.0)), None, Unsupported,
         "covers instruments of derive only"),
    ],
)  # fmt: skip
def test_refusals(
    held: Holdings, market: MarketSnapshot | None, kind: type[RiskcoreError], said: str
) -> None:
    with pytest.raises(kind, match=said) as refused:
        required(held, market)
    assert "\n" not in str(refused.value)


def test_options_of_a_coin_without_terms_are_refused() -> None:
    terms = {"ETH": {"mm_perp_req": 0.05}}
    option = replace(CALL, name="DOGE-20260227-2400-C", base="DOGE")  # type: ignore[call-overload]
    base = listing(option)
    with pytest.raises(Unsupported, match="standard margin of DOGE options is not known"):
        required(
            holding(Position(option, 1.0)),
            replace(base, index={**base.index, "DOGE": 100.0}),
            terms,
        )


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("ETH", "max_spot_req", 1.21),
        ("ETH", "mm_put_mtm_req", 1.01),
        ("ETH", "unpaired_im_scale", 0.99),
        ("ETH", "mm_offset_scale", 3.01),
        ("ETH", "mm_perp_req", 0.0),
        ("ETH", "im_perp_req", 1.0),
        ("ETH", "margin_factor", 1.01),
        ("ETH", "oc_factor", 1.01),
        ("account", "depeg_factor", 3.01),
        ("account", "depeg_threshold", 1.01),
        ("auction", "start", 1.01),
        ("auction", "fee", 0.11),
        ("auction", "buffer", 4.01),
        ("auction", "mtm_cutoff", 1000.5),
    ],
)
def test_bounds_of_the_contract_are_kept(section: str, key: str, value: float) -> None:
    with pytest.raises(ParameterError, match=f"{section}.{key} is {value:g}: it must be"):
        library().bind("derive/standard", READ, {section: {key: value}})


def test_an_auction_whose_price_rises_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"auction\.cutoff is 0\.96"):
        library().bind("derive/standard", READ, {"auction": {"cutoff": 0.96}})


def at(instant: datetime, oracles: Oracles | None = None) -> MarketSnapshot:
    """The sample's market at another instant, perhaps without oracles."""
    market = priced()
    return replace(market, as_of=instant, oracles=market.oracles if oracles is None else oracles)


HELD = holding(Position(PERP, 2.0, entry_price=1990.0), Position(CALL, -1.0), USDC=5000.0)


def test_labels() -> None:
    assert required(HELD, at(READ)).label == "exact"
    assert required(HELD).label == "exact except parameters of another date"
    changed = required(HELD, at(READ), {"ETH": {"im_perp_req": 0.1}})
    assert changed.label == "exact except overridden parameters"
    order = replace(HELD, orders=(Order(PERP, 1.0, 1500.0),))
    assert required(order, at(READ)).label == "exact except open orders"
    less = replace(HELD, orders=(Order(PERP, -1.0, 1500.0, reduce_only=True),))
    assert required(less, at(READ)).label == "exact"


def test_quotes_that_stand_for_oracles_are_named() -> None:
    found = required(HELD, at(READ, Oracles()))
    assert found.label == "exact except quotes in place of oracles"
    assert any(note.startswith("no oracle of Derive for spot") for note in found.notes)
    assert not any("rate" in note for note in found.notes)


def test_resting_orders_change_no_figure() -> None:
    order = replace(HELD, orders=(Order(PERP, 100.0, 1500.0),))
    assert required(order).initial == required(HELD).initial
    assert any("resting orders need no margin" in note for note in required(order).notes)


def test_notes_say_what_the_venue_would_not_allow() -> None:
    overrides: dict[str, dict[str, object]] = {
        "account": {"max_account_size": 2, "borrowing_enabled": False}
    }
    debt = replace(HELD, balances={"USDC": Balance(-5.0)})
    notes = required(debt, overrides=overrides).notes
    assert "3 assets: an account may not grow beyond 2" in notes
    assert "cash is negative and borrowing is switched off: it may only become less" in notes
    assert required(debt).notes == ()


def test_rates_and_fees_are_bound_and_do_not_enter_the_margin() -> None:
    model = library().bind("derive/standard", READ)
    assert isinstance(model, DeriveStandard)
    rates = model.parameters.rates
    assert rates.interest is not None
    assert rates.interest.optimal_util == 0.85
    assert rates.funding is not None
    assert rates.funding.max_abs_rate == 0.004
    assert rates.feeds is not None
    assert rates.feeds.settlement_window == 1800.0
    assert rates.fees is not None
    assert rates.fees.min_oi_fee == 500.0
    assert not any(note.startswith("interest") for note in model.calibration.notes)
    assert any(note.startswith("auction") for note in model.calibration.notes)


def test_every_market_of_the_chain_is_there() -> None:
    model = library().bind("derive/standard", READ)
    assert isinstance(model, DeriveStandard)
    known = model.parameters
    assert len(set(known.perps) | set(known.options) | set(known.bases)) == 47
    assert known.perp("ETH").im_perp_req == 0.066
    assert known.option("HYPE").max_spot_req == 0.3
    assert known.base("wstETH").im_scale == 0.9
    assert known.oracle("KHYPE").base_threshold == 0.55
