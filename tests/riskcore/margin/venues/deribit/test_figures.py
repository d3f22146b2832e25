"""Account fields, equity and trigger."""

from dataclasses import replace

import pytest

from riskcore.holdings import Balance, Holdings, Order, Position
from tests.builders import INDEX, holdings, instrument, market
from tests.riskcore.margin.venues.deribit.desk import answer, bound, figures, orders


def test_projected_figures_leave_out_the_nearest_expiry_and_its_orders() -> None:
    near, far = "BTC-13FEB26", "BTC-27FEB26"
    priced = market(near, far, "BTC-PERPETUAL")
    order = Order(instrument(near), 70_000.0, 60_000.0)
    held = Holdings(
        holdings({near: -140_000.0, far: 70_000.0}).positions, {"BTC": Balance(5.0)}, (order,)
    )
    rest = Holdings(holdings({far: 70_000.0}).positions, {"BTC": Balance(5.0)})
    for name in ("deribit/portfolio", "deribit/standard"):
        model = bound(name)
        now, then = answer(model, held, priced), answer(model, rest, priced)
        fields = figures(now)
        assert fields["projected_initial_margin"] == pytest.approx(then.headline.amount)
        assert fields["projected_maintenance_margin"] == pytest.approx(then.maintenance.amount)
        assert fields["close_out_margin"] == pytest.approx(now.maintenance.amount / 2)
        assert fields["delta_total"] == pytest.approx(-1.0)
        assert fields["projected_delta_total"] == pytest.approx(1.0)
        assert fields["available_funds"] == pytest.approx(5 - now.headline.amount)


def test_pooled_figures_repeat_the_total_in_every_currency_at_its_index() -> None:
    priced = market("BTC-PERPETUAL", "ETH_USDC-PERPETUAL")
    held = holdings(
        {"BTC-PERPETUAL": 70_000.0, "ETH_USDC-PERPETUAL": 5.0}, {"BTC": 1.0, "USDC": 500.0}
    )
    for name in ("deribit/cross-portfolio", "deribit/cross-standard"):
        found = answer(bound(name), held, priced)
        fields = {(each.term, each.unit): each.amount for each in found.figures}
        total = fields["total_margin_balance_usd", "USD"]
        assert total == found.equity.amount == pytest.approx(70_500)
        assert fields["margin_balance", "BTC"] == pytest.approx(total / 70_000)
        assert fields["margin_balance", "USDC"] == pytest.approx(total)
        initial = fields["total_initial_margin_usd", "USD"]
        assert initial == found.headline.amount
        assert fields["initial_margin", "BTC"] == pytest.approx(initial / 70_000)
        assert fields["balance", "BTC"] == 1.0
        assert fields["total_delta_total_usd", "USD"] == pytest.approx(70_000 + 5 * 2_000)


def test_withdrawable_funds_leave_out_session_profit_and_what_is_locked() -> None:
    priced = market("BTC-PERPETUAL")
    future = Position(instrument("BTC-PERPETUAL"), 70_000.0, settled_price=35_000.0)
    held = Holdings((future,), {"BTC": Balance(5.0, locked=0.5)})
    found = answer(bound("deribit/portfolio"), held, priced)
    fields = figures(found)
    assert fields["equity"] == pytest.approx(6.0)
    assert fields["available_withdrawal_funds"] == pytest.approx(
        6.0 - found.headline.amount - 1.0 - 0.5
    )


def test_funding_received_is_realised_profit_of_the_session() -> None:
    priced = market("BTC-PERPETUAL")
    future = Position(instrument("BTC-PERPETUAL"), 70_000.0, accrued_funding=-0.25)
    held = Holdings((future,), {"BTC": Balance(1.0)})
    for name in ("deribit/portfolio", "deribit/standard"):
        found = answer(bound(name), held, priced)
        fields = figures(found)
        assert fields["futures_session_rpl"] == -0.25
        assert found.equity.amount == pytest.approx(0.75)
        assert "BTC-PERPETUAL has no entry and no settled price: its open profit counts as 0" in (
            found.notes
        )


def test_standard_margin_compares_equity_without_options() -> None:
    name = "BTC-27MAR26-60000-P"
    priced = market(name, mark={name: 0.02})
    held = holdings({name: 10.0}, {"BTC": 1.0})
    assert answer(bound("deribit/standard"), held, priced).equity.amount == 1.0
    assert answer(bound("deribit/portfolio"), held, priced).equity.amount == pytest.approx(1.2)
    cross = answer(bound("deribit/cross-standard"), held, priced)
    assert cross.equity.amount == pytest.approx(70_000)


def test_trigger_is_maintenance_over_equity_at_one() -> None:
    priced = market("BTC-PERPETUAL")
    held = holdings({"BTC-PERPETUAL": 70_000.0}, {"BTC": 0.1})
    found = answer(bound("deribit/portfolio"), held, priced)
    assert found.trigger.name == "maintenance usage"
    assert found.trigger.level == 1.0
    assert found.trigger.figure == pytest.approx(found.maintenance.amount / 0.1)
    assert found.trigger.reached


def test_equity_says_what_options_it_leaves_out_and_at_which_index() -> None:
    name = "BTC-27MAR26-60000-P"
    priced = market(name, mark={name: 0.02})
    held = holdings({name: 10.0}, {"BTC": 1.0})
    own = answer(bound("deribit/standard"), held, priced).equity
    assert own.because == "without options worth 0.2"
    (coin,) = answer(bound("deribit/cross-standard"), held, priced).equity.parts
    assert coin.because == "BTC at 70,000 USD; without options worth 14,000"
    whole = answer(bound("deribit/portfolio"), held, priced).equity
    assert whole.because == ""
    assert [each.term for each in whole.parts] == ["cash_balance", "options_value"]


def test_nothing_is_available_or_withdrawable_below_the_requirement() -> None:
    priced = market("BTC-PERPETUAL")
    held = holdings({"BTC-PERPETUAL": 70_000.0}, {"BTC": 0.01})
    fields = figures(answer(bound("deribit/portfolio"), held, priced))
    assert fields["available_funds"] == 0.0
    assert fields["available_withdrawal_funds"] == 0.0


@pytest.mark.parametrize("where", ["initial", "both"])
@pytest.mark.parametrize("name", ["deribit/cross-portfolio", "deribit/cross-standard"])
def test_projected_figures_keep_other_orders_and_haircuts(name: str, where: str) -> None:
    near, far = "BTC_USDC-13FEB26", "BTC_USDC-27FEB26"
    index = {**INDEX, "USYC": 1.1}
    priced = market(near, far, "BTC-PERPETUAL", index=index)
    balances = {"USDC": 1e6, "USYC": 1e5}
    held = replace(holdings({near: -3.0, far: 2.0}, balances), orders=orders(70_000.0))
    rest = replace(holdings({far: 2.0}, balances), orders=orders(70_000.0))
    model = bound(name, {"haircut_in": where})
    now, then = answer(model, held, priced), answer(model, rest, priced)
    fields = {each.term: each.amount for each in now.figures if each.unit == "USD"}
    assert fields["total_projected_initial_margin_usd"] == pytest.approx(then.headline.amount)
    kept = fields["total_projected_maintenance_margin_usd"]
    assert kept == pytest.approx(then.maintenance.amount)


@pytest.mark.parametrize("name", ["deribit/standard", "deribit/portfolio"])
def test_expiry_of_which_nothing_is_held_is_not_the_nearest(name: str) -> None:
    names = ("BTC-13FEB26", "BTC-27FEB26", "BTC-PERPETUAL")
    priced = market(*names)
    sizes = {"BTC-27FEB26": 1e5, "BTC-PERPETUAL": 1e4}
    plain = answer(bound(name), holdings(sizes, {"BTC": 1.0}), priced)
    closed = answer(bound(name), holdings({"BTC-13FEB26": 0.0, **sizes}, {"BTC": 1.0}), priced)
    term = "projected_initial_margin"
    assert figures(closed)[term] == pytest.approx(figures(plain)[term], rel=1e-12)
    assert figures(closed)[term] < closed.headline.amount / 5
