"""A Deribit book as other venues would list it."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskcore.analysis import pairs
from riskcore.analysis.mapping import mapped
from riskcore.analysis.views import Views, seen
from riskcore.errors import MarketError, Unsupported
from riskcore.holdings import (
    Account,
    Balance,
    Holdings,
    MarginMode,
    Order,
    Position,
    Settings,
    Side,
)  # fmt: skip
from riskcore.instruments import Spot, is_inverse
from riskcore.pricing import black
from riskcore.query import query
from tests.builders import INDEX, NOON, holdings, instrument, market
from tests.riskcore.analysis.venues import PlainModel, linear, other_venues, worth

PUT, CALL = "BTC-27FEB26-60000-P", "BTC-27FEB26-70000-C"
FUTURE, PERPETUAL, LINEAR = "BTC-27MAR26", "BTC-PERPETUAL", "BTC_USDC-PERPETUAL"
ETH = "ETH-27MAR26-2000-P"
NAMES = (PUT, FUTURE, PERPETUAL, LINEAR, ETH)

__all__ = ["other_venues"]
pytestmark = pytest.mark.usefixtures("other_venues")


def priced(*names: str, **more: object):
    """A market in which options are worth what Black says at their vol and forward."""
    forward = {name: INDEX[name[:3]] * 1.01 for name in names}
    made = market(*names, forward=forward, **more)
    universe = made.universe
    tau = universe.tau(made.seconds)
    value = black.price(
        made.forward, np.nan_to_num(universe.strike, nan=1.0), np.nan_to_num(tau), made.vol,
        universe.sign,
    )  # fmt: skip
    coins = np.where(universe.is_inverse, value / made.forward, value)
    marks = np.where(universe.is_option, coins, made.mark)
    return replace(made, mark=marks)


def row(made, name: str) -> int:
    return next(at for at, each in enumerate(made.universe.instruments) if each.name == name)


def test_an_inverse_perpetual_becomes_the_coins_of_its_notional() -> None:
    found = mapped(holdings({PERPETUAL: 1_250_000.0}), priced(PERPETUAL), "acme")
    (position,) = found.holdings.positions
    mark = float(found.market.mark[0])
    assert position.instrument.name == "BTC/BTC-PERPETUAL"
    assert position.quantity * 0.001 == pytest.approx(1_250_000.0 / mark, rel=1e-12)
    assert (position.entry_price, position.settled_price) == (mark, mark)


def test_a_linear_perpetual_becomes_the_notional_of_its_coins() -> None:
    found = mapped(holdings({LINEAR: 3.0}), priced(LINEAR), "zeno")
    (position,) = found.holdings.positions
    assert position.quantity * 100.0 == pytest.approx(3.0 * found.market.mark[0], rel=1e-12)


def test_options_keep_coins_strike_expiry_and_agree_with_black() -> None:
    source = priced(PUT, ETH)
    found = mapped(holdings({PUT: -12.0, ETH: 40.0}), source, "acme")
    assert [each.quantity for each in found.holdings.positions] == [-1_200.0, 4_000.0]
    universe = found.market.universe
    assert {each.strike for each in universe.instruments} == {60_000.0, 2_000.0}
    expected = black.price(
        found.market.forward, universe.strike, universe.tau(found.market.seconds),
        found.market.vol, universe.sign,
    )  # fmt: skip
    assert found.market.mark == pytest.approx(expected, rel=1e-12)


def test_there_and_back_again_changes_nothing() -> None:
    source = priced(PUT, FUTURE, PERPETUAL, ETH)
    held = holdings({PUT: -12.0, FUTURE: 50_000.0, PERPETUAL: -70_000.0, ETH: 3.0}, {"BTC": 2.0})
    there = mapped(held, source, "acme")
    back = mapped(there.holdings, there.market, "deribit")
    for before, after in zip(held.positions, back.holdings.positions, strict=True):
        assert after.instrument == before.instrument
        assert after.quantity == pytest.approx(before.quantity, rel=1e-12)
        at = row(source, before.instrument.name)
        assert back.market.mark[row(back.market, before.instrument.name)] == pytest.approx(
            source.mark[at], rel=1e-12
        )


quantities = st.floats(-1e5, 1e5).filter(lambda each: abs(each) > 1e-3)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    sizes=st.tuples(*(quantities for _ in NAMES)),
    entry=st.floats(20_000, 90_000),
    funding=st.floats(-5, 5),
    venue=st.sampled_from(["acme", "zeno"]),
)
def test_equity_is_kept_exactly(sizes, entry, funding, venue) -> None:
    source = priced(*NAMES)
    positions = tuple(
        Position(
            instrument(name), size, entry if name[-2:] != "-P" else 0.05, accrued_funding=funding
        )
        for name, size in zip(NAMES, sizes, strict=True)
        if venue == "acme" or name != FUTURE
    )
    held = Holdings(positions, {"BTC": Balance(3.0), "USDC": Balance(-5.0)})
    found = mapped(held, source, venue)
    assert not found.unmapped
    before = worth(held, source)
    scale = abs(before) + sum(abs(each) for each in sizes)
    assert worth(found.holdings, found.market) == pytest.approx(before, abs=1e-9 * scale)


def test_several_positions_on_one_target_add_up_and_know_their_parts() -> None:
    source = priced(PERPETUAL, LINEAR, mark={PERPETUAL: 60_000.0, LINEAR: 60_030.0})
    held = holdings({PERPETUAL: 600_000.0, LINEAR: -2.5})
    found = mapped(held, source, "acme")
    (position,) = found.holdings.positions
    assert position.quantity == pytest.approx((10.0 - 2.5) / 0.001)
    assert [each.part for each in found.places] == pytest.approx([10 / 7.5, -2.5 / 7.5])
    assert found.market.mark.tolist() == [60_000.0], "the larger holding gives the quote"
    other_way = mapped(Holdings(held.positions[::-1]), source, "acme")
    assert other_way.market.mark.tolist() == [60_000.0]
    assert other_way.holdings.positions[0].quantity == pytest.approx(position.quantity)


def test_positions_that_cancel_leave_a_position_of_nothing() -> None:
    source = priced(PERPETUAL, LINEAR, mark={PERPETUAL: 60_000.0, LINEAR: 60_000.0})
    found = mapped(holdings({PERPETUAL: 600_000.0, LINEAR: -10.0}), source, "acme")
    assert found.holdings.positions[0].quantity == 0
    assert [each.part for each in found.places] == [0.0, 0.0]


def sided(venue: str, mode: str):
    perpetual = instrument(PERPETUAL)
    positions = (
        Position(perpetual, 60_000.0, side=Side.LONG),
        Position(perpetual, -30_000.0, side=Side.SHORT),
    )
    held = Holdings(positions, settings=Settings(mode))
    return mapped(held, priced(PERPETUAL, mark={PERPETUAL: 60_000.0}), venue)


def test_sides_are_netted_where_the_target_keeps_none() -> None:
    found = sided("acme", "hedge")
    assert [(each.side, each.quantity) for each in found.holdings.positions] == [
        (Side.NET, pytest.approx(500.0))
    ]
    assert found.holdings.settings.position_mode == "net"
    assert [each.part for each in found.places] == pytest.approx([2.0, -1.0])


def test_sides_are_kept_where_the_target_keeps_them() -> None:
    found = sided("gemini", "hedge")
    assert [(each.side, each.quantity) for each in found.holdings.positions] == [
        (Side.LONG, pytest.approx(1.0)),
        (Side.SHORT, pytest.approx(-0.5)),
    ]
    assert found.holdings.settings.position_mode == "hedge"
    assert len(sided("gemini", "net").holdings.positions) == 1


def test_orders_are_mapped_with_their_prices() -> None:
    source = priced(PERPETUAL, PUT, mark={PERPETUAL: 60_000.0})
    orders = (
        Order(instrument(PERPETUAL), 60_000.0, 58_000.0, reduce_only=True),
        Order(instrument(PUT), -2.0, 0.02),
    )
    found = mapped(Holdings(orders=orders), source, "acme")
    first, second = found.holdings.orders
    assert (first.quantity, first.price, first.reduce_only) == (1_000.0, 58_000.0, True)
    forward = float(source.forward[row(source, PUT)])
    assert (second.quantity, second.price) == (-200.0, pytest.approx(0.02 * forward))


def test_what_cannot_be_mapped_is_named_with_the_reason_and_left_out_with_its_value() -> None:
    source = priced(PUT, CALL, PERPETUAL)
    held = holdings({PUT: 1.0, CALL: -2.0, PERPETUAL: 10.0})
    held = replace(held, orders=(Order(instrument(CALL), 1.0, 0.01),))
    found = mapped(held, source, "acme")
    assert found.unmapped == (
        f"{CALL}: Acme lists no calls",
        f"order of {CALL}: Acme lists no calls",
    )
    assert found.places[1] is None
    assert not found.holdings.orders
    value = -2.0 * float(source.mark[row(source, CALL)]) * INDEX["BTC"]
    assert any(f"{value:+,.2f} USD" in note for note in found.notes)
    assert "2 of 3 positions as Acme would list them" in found.notes


def test_a_coin_held_as_a_position_becomes_a_balance() -> None:
    held = Holdings((Position(Spot("deribit", "BTC_USDC", "BTC", "USDC"), 2.0),), {})
    source = market("BTC_USDC")
    found = mapped(held, source, "acme")
    assert found.holdings.balances["BTC"].amount == 2.0
    assert found.places == (None,)
    assert not found.unmapped
    assert "coins held as positions count as balances" in found.notes


def test_what_is_borrowed_and_locked_stays() -> None:
    held = Holdings(balances={"BTC": Balance(3.0, 1.0, 0.5)})
    assert mapped(held, market(), "acme").holdings.balances["BTC"] == Balance(3.0, 1.0, 0.5)


def test_the_quotes_of_the_source_are_carried_over() -> None:
    source = priced(PUT, PERPETUAL)
    size = len(source.universe)
    source = replace(
        source, funding_8h=np.full(size, 1e-4), rate=np.full(size, 0.03),
        discount=np.full(size, 0.99), open_interest=np.full(size, 7.0),
    )  # fmt: skip
    found = mapped(holdings({PUT: 1.0, PERPETUAL: 1.0}), source, "acme").market
    for name in ("vol", "forward", "funding_8h", "rate", "discount"):
        mine, theirs = getattr(found, name), getattr(source, name)
        assert sorted(mine[~np.isnan(mine)]) == sorted(theirs[~np.isnan(theirs)]), name
    assert np.isnan(found.open_interest).all(), "that is another venue's"
    assert {**found.index, **source.index} == dict(found.index)


def test_a_dollar_coin_the_market_lacks_is_worth_a_dollar_and_that_is_said() -> None:
    index = {"BTC": 60_000.0}
    found = mapped(holdings({PERPETUAL: 1.0}), market(PERPETUAL, index=index), "acme")
    assert found.market.usd("USDT") == 1.0
    assert any("USDT" in note and "counts as 1 USD" in note for note in found.notes)
    known = mapped(
        holdings({PERPETUAL: 1.0}), market(PERPETUAL, index={**index, "USDT": 0.99}), "acme"
    )
    assert known.market.usd("USDT") == 0.99
    assert not any("counts as" in note for note in known.notes)


def test_an_isolated_position_keeps_its_margin_in_the_new_currency() -> None:
    isolated = Position(
        instrument(PERPETUAL), 60_000.0, margin_mode=MarginMode.ISOLATED, isolated_margin=0.1,
        leverage=5.0,
    )  # fmt: skip
    found = mapped(Holdings((isolated,)), market(PERPETUAL), "acme")
    (position,) = found.holdings.positions
    assert position.margin_mode is MarginMode.ISOLATED
    assert position.isolated_margin == pytest.approx(0.1 * INDEX["BTC"])
    assert position.leverage == 5.0


def test_an_option_without_a_forward_cannot_change_its_currency() -> None:
    source = market(PUT)
    source = replace(source, forward=np.array([np.nan]))
    with pytest.raises(MarketError, match=f"{PUT} has no forward price"):
        mapped(holdings({PUT: 1.0}), source, "acme")


def asked(held: Holdings, *models: PlainModel):
    return query(
        Account("desk", "Desk", "deribit", "acme/plain", held), priced(*NAMES, CALL), *models
    )


def test_a_model_of_the_accounts_own_venue_or_of_the_house_sees_the_book_as_it_is() -> None:
    made = asked(holdings({PUT: 1.0}))
    for name in ("deribit/plain", "house/plain"):
        view = seen(made, PlainModel(name))
        assert view.holdings is made.holdings
        assert not view.is_mapped
        assert view.said() == ()


def test_a_venue_that_can_hold_nothing_of_a_book_refuses_it_with_the_reason() -> None:
    with pytest.raises(Unsupported, match="Acme can hold nothing of this account: Acme lists no"):
        seen(asked(holdings({CALL: 1.0})), PlainModel())
    assert seen(asked(holdings({}, {"BTC": 1.0})), PlainModel()).holdings.balances


def test_models_of_one_venue_share_one_view() -> None:
    views = Views(asked(holdings({PUT: 1.0})))
    assert views.of(PlainModel()) is views.of(PlainModel("acme/other"))


def test_each_position_is_said_to_be_what_it_became() -> None:
    said = seen(asked(holdings({PUT: -12.0})), PlainModel()).said()
    assert f"{PUT} -12 is BTC/{PUT} -1,200" in said
    assert "inverse options count as linear options, priced in dollars by their forwards" in said


def test_every_instrument_of_a_mapped_market_is_the_targets() -> None:
    found = mapped(holdings({PUT: 1.0, PERPETUAL: 5.0}), priced(PUT, PERPETUAL), "acme")
    assert {each.venue for each in found.market.universe.instruments} == {"acme"}
    assert not any(is_inverse(each) for each in found.market.universe.instruments)


def test_a_contract_that_has_expired_there_already_cannot_stand_for_another(monkeypatch) -> None:
    """A venue may settle earlier on the day."""
    early = replace(linear(instrument(PUT)), expiry=NOON)
    monkeypatch.setattr(sys.modules["riskcore.naming.acme"], "equivalent", lambda _: early)
    pairs.paired.cache_clear()
    found = mapped(holdings({PUT: 1.0}), market(PUT, as_of=NOON), "acme")
    pairs.paired.cache_clear()
    assert found.unmapped == (f"{PUT}: BTC/{PUT} has expired there already, at 12:00 UTC",)


def test_a_dated_future_may_become_a_perpetual_and_that_is_said(monkeypatch) -> None:
    forever = linear(instrument(PERPETUAL))
    monkeypatch.setattr(sys.modules["riskcore.naming.acme"], "equivalent", lambda _: forever)
    pairs.paired.cache_clear()
    found = mapped(holdings({FUTURE: 1_000.0}), market(FUTURE), "acme")
    pairs.paired.cache_clear()
    assert "dated futures count as perpetuals, at the marks of the futures" in found.notes
    assert "inverse futures count as linear futures, in coins at their marks" in found.notes
