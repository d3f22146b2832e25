"""riskcore.report: the answer to a query, on Deribit's models."""

from dataclasses import replace
from datetime import UTC, datetime
from math import fsum

import numpy as np
import pytest

from riskcore.analysis.liquidation import spot_curve
from riskcore.errors import MarketError
from riskcore.holdings import Account, Holdings, MarginMode, Order, Position
from riskcore.market import snapshot
from riskcore.naming import kraken
from riskcore.query import Query, Report, most_careful, query, sample
from riskcore.report import report
from riskcore.universe import universe
from tests.builders import NOON, account, holdings, instrument, library, market
from tests.riskcore.analysis.venues import PlainModel, other_venues

__all__ = ["other_venues"]

NAMES = (
    "BTC-27FEB26-60000-P",
    "BTC-27FEB26-50000-P",
    "BTC-27MAR26-80000-C",
    "BTC-PERPETUAL",
    "ETH-27FEB26-2000-C",
    "ETH-PERPETUAL",
    "ETH_USDC-PERPETUAL",
)
BOOK = {
    "BTC-27FEB26-60000-P": -20.0,
    "BTC-27FEB26-50000-P": 20.0,
    "BTC-27MAR26-80000-C": -5.0,
    "BTC-PERPETUAL": 250_000.0,
    "ETH-27FEB26-2000-C": 100.0,
    "ETH_USDC-PERPETUAL": -60.0,
}
MODELS = (
    "deribit/standard",
    "deribit/cross-standard",
    "deribit/portfolio",
    "deribit/cross-portfolio",
)


def answer(holder: Account, *models: str) -> Report:
    bound = [library().bind(name, NOON) for name in models or (holder.model,)]
    return report(query(holder, market(*NAMES), *bound))


DESK = account(positions=BOOK, balances={"BTC": 20.0, "ETH": 50.0, "USDC": 250_000.0})


@pytest.mark.parametrize("model", MODELS)
def test_shares_and_other_lines_add_up_to_the_requirement(model: str) -> None:
    result = answer(DESK, model).results[0]
    for pool in result.pools:
        shares = [line.share for line in result.lines if line.pool == pool.requirement.pool]
        rest = [part.amount for part in pool.other_shares]
        amount = pool.requirement.headline.amount
        assert fsum([*shares, *rest]) == pytest.approx(amount, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_stand_alone_sum_is_what_each_position_needs_by_itself(model: str) -> None:
    bare = replace(DESK, holdings=holdings(BOOK))
    result = answer(bare, model).results[0]
    for line in result.lines:
        alone = holdings({line.position.instrument.name: line.position.quantity})
        single = answer(replace(DESK, holdings=alone), model).results[0]
        pool = next(each for each in single.pools if each.requirement.pool == line.pool)
        # The venue rounds what it requires to 9 decimals; what stands alone is not rounded.
        assert line.alone == pytest.approx(pool.requirement.headline.amount, abs=2e-9)


def test_netting_saves_the_stand_alone_sum_less_the_requirement() -> None:
    pool = answer(DESK).results[0].pools[0]
    assert pool.netting_saves > 0
    assert pool.netting_saves == pool.stand_alone_sum - pool.requirement.headline.amount


def test_collateral_that_moves_stands_alone_like_a_position() -> None:
    cash = {"BTC": 20.0, "USDC": 250_000.0}
    pool = answer(account(balances=cash)).results[0].pools[0]
    assert pool.requirement.headline.amount == pytest.approx(0.16 * 20 * 70_000)  # BTC alone moves
    assert pool.stand_alone_sum == pytest.approx(pool.requirement.headline.amount, abs=2e-9)
    assert [part.because for part in pool.other_alone] == ["BTC"]
    assert pool.netting_saves == pytest.approx(0, abs=2e-9)


def test_a_short_future_against_the_collateral_coin_is_netting() -> None:
    hedged = account(positions={"BTC-PERPETUAL": -140_000.0}, balances={"BTC": 2.0})
    pool = answer(hedged).results[0].pools[0]
    coin = 0.16 * 140_000
    roll = 0.01 * 140_000
    assert pool.stand_alone_sum == pytest.approx(2 * coin + roll)
    assert pool.requirement.headline.amount == pytest.approx(roll)
    assert pool.netting_saves == pytest.approx(2 * coin)


def test_segregated_accounts_have_a_pool_for_each_currency() -> None:
    result = answer(DESK, "deribit/portfolio").results[0]
    assert {pool.requirement.pool for pool in result.pools} == {"BTC", "ETH", "USDC"}
    assert result.nearest.requirement.trigger.figure == max(
        pool.requirement.trigger.figure for pool in result.pools
    )


def test_an_empty_account_needs_nothing() -> None:
    for model in MODELS:
        result = answer(account(), model).results[0]
        assert all(pool.requirement.headline.amount == 0 for pool in result.pools)


def test_a_position_without_entry_has_no_profit_figure() -> None:
    line = answer(account(positions={"BTC-PERPETUAL": 10.0})).results[0].lines[0]
    assert line.profit_usd is None


def test_profit_since_entry_is_in_usd() -> None:
    perpetual = Position(instrument("BTC-PERPETUAL"), 70_000.0, entry_price=35_000.0)
    book = replace(holdings(), positions=(perpetual,))
    line = answer(replace(DESK, holdings=book)).results[0].lines[0]
    assert line.value == pytest.approx(1.0)  # 70,000 x (1/35,000 - 1/70,000) BTC
    assert line.profit_usd == pytest.approx(70_000.0)
    assert line.value_usd == 70_000.0
    assert line.delta == pytest.approx(1.0)


def test_profit_of_a_future_runs_from_the_settled_price() -> None:
    perpetual = Position(instrument("ETH_USDC-PERPETUAL"), 2.0, 1_000.0, settled_price=1_900.0)
    book = replace(holdings(), positions=(perpetual,))
    line = answer(replace(DESK, holdings=book)).results[0].lines[0]
    assert line.value == pytest.approx(200.0)
    assert line.profit_usd == pytest.approx(2_000.0)


def test_a_trade_that_is_tried_counts_like_a_held_position() -> None:
    trade = Position(instrument("BTC-27MAR26-80000-C"), 5.0)
    model = library().bind(DESK.model, NOON)
    tried = replace(query(DESK, market(*NAMES), model), hypothetical=(trade,))
    closed = {**BOOK, "BTC-27MAR26-80000-C": 0.0}
    held = replace(DESK, holdings=replace(DESK.holdings, positions=holdings(closed).positions))
    then = report(tried).results[0].pools[0].requirement
    assert then.headline.amount == answer(held).results[0].pools[0].requirement.headline.amount


def test_an_expired_option_is_refused_by_name() -> None:
    late = market(*NAMES, as_of=datetime(2026, 2, 27, 8, tzinfo=UTC))
    model = library().bind(DESK.model, NOON)
    with pytest.raises(MarketError, match=r"BTC-27FEB26-[56]0000-P expired at 27 Feb 2026 08:00"):
        report(query(DESK, late, model))


def test_an_instrument_without_a_mark_is_refused_by_name() -> None:
    model = library().bind(DESK.model, NOON)
    with pytest.raises(MarketError, match="BTC-27FEB26-50000-P has no mark"):
        report(query(DESK, market(*NAMES[:1], *NAMES[2:]), model))


def test_orders_are_a_line_of_their_own() -> None:
    order = Order(instrument("BTC-PERPETUAL"), 100_000.0, 69_000.0)
    ordered = replace(DESK, holdings=replace(DESK.holdings, orders=(order,)))
    plain, with_order = answer(DESK).results[0].pools[0], answer(ordered).results[0].pools[0]
    assert with_order.requirement.headline.amount > plain.requirement.headline.amount
    assert with_order.requirement.maintenance.amount == plain.requirement.maintenance.amount
    assert "open_orders_margin" in {part.term for part in with_order.other_shares}
    assert with_order.netting_saves == pytest.approx(plain.netting_saves, abs=1e-6)


def test_the_history_point_is_in_usd_and_of_the_nearest_pool() -> None:
    answered = answer(DESK, "deribit/portfolio")
    nearest = answered.results[0].nearest
    point = sample(answered)
    assert point.equity == pytest.approx(nearest.requirement.equity.amount * nearest.usd)
    assert point.trigger == pytest.approx(nearest.requirement.trigger.figure)


@pytest.mark.parametrize("model", MODELS)
def test_an_emptied_currency_needs_no_price(model: str) -> None:
    emptied = account(positions=BOOK, balances={"BTC": 20.0, "SOL": 0.0})
    kept = account(positions=BOOK, balances={"BTC": 20.0})
    pools = [
        [pool for pool in answer(each, model).results[0].pools if pool.requirement.pool != "SOL"]
        for each in (emptied, kept)
    ]
    before, after = ([each.requirement.headline.amount for each in pool] for pool in pools)
    assert before == after


MAPPED = {"BTC-27FEB26-60000-P": -20.0, "BTC-PERPETUAL": 250_000.0, "BTC-27MAR26-80000-C": -5.0}


def on_acme(positions: dict[str, float]) -> Report:
    holder = account(positions=positions, balances={"BTC": 20.0})
    return report(query(holder, market(*NAMES), PlainModel()))


@pytest.mark.usefixtures("other_venues")
def test_under_a_model_of_another_venue_the_lines_stay_the_accounts_own() -> None:
    result = on_acme(MAPPED).results[0]
    home = answer(account(positions=MAPPED), "deribit/standard").results[0]
    for line, own in zip(result.lines, home.lines, strict=True):
        assert line.position == own.position
        for figure in ("mark", "vol", "forward", "value", "value_usd", "delta", "gamma", "theta"):
            assert getattr(line, figure) == getattr(own, figure), figure
    assert [line.mapped for line in result.lines] == [
        "BTC/BTC-27FEB26-60000-P", "BTC/BTC-PERPETUAL", "",
    ]  # fmt: skip


@pytest.mark.usefixtures("other_venues")
def test_mapped_positions_have_their_part_of_the_margin_and_the_others_none() -> None:
    split = {"BTC-PERPETUAL": 600_000.0, "BTC_USDC-PERPETUAL": -2.0, "BTC-27MAR26-80000-C": 1.0}
    holder = account(positions=split)
    made = report(
        query(holder, market(*split, mark=dict.fromkeys(list(split)[:2], 60_000.0)), PlainModel())
    )
    (result,) = made.results
    first, second, third = result.lines
    assert third.alone is None
    assert third.share is None
    assert third.pool == ""
    pool = result.pools[0]
    assert first.share == pytest.approx(pool.requirement.headline.amount * 10 / 8)
    assert fsum([first.share, second.share]) == pytest.approx(pool.requirement.headline.amount)
    assert fsum([first.alone, second.alone]) == pytest.approx(pool.stand_alone_sum)
    assert result.unmapped == ("BTC-27MAR26-80000-C: Acme lists no calls",)
    assert any("2 of 3 positions" in note for note in result.mapping)


def test_a_dollar_coin_that_a_mapping_assumes_has_an_index_in_the_report() -> None:
    holder = account(positions={"BTC-PERPETUAL": -600_000.0}, balances={"BTC": 20.0})
    there = market("BTC-PERPETUAL")
    assert "USDT" not in there.index
    model = library().bind("binance/usdm-isolated", there.as_of)
    made = report(query(holder, there, model))
    assert "USDT" in {each.requirement.currency for each in made.results[0].pools}
    assert made.index == {**there.index, "USDT": 1.0}


@pytest.mark.usefixtures("other_venues")
def test_the_curve_of_a_mapped_book_passes_through_its_report() -> None:
    holder = account(positions=MAPPED, balances={"BTC": 20.0})
    made = query(holder, market(*NAMES), PlainModel())
    curve = spot_curve(made, (-0.1, 0.0, 0.1))
    required = report(made).results[0].nearest.requirement
    assert curve.maintenance[1] == pytest.approx(required.maintenance.amount)
    assert curve.equity[1] == pytest.approx(required.equity.amount)


@pytest.mark.usefixtures("other_venues")
def test_a_hypothetical_trade_is_mapped_with_the_book() -> None:
    made = query(account(positions=MAPPED), market(*NAMES), PlainModel())
    trade = Position(instrument("BTC-PERPETUAL"), -250_000.0)
    lines = report(replace(made, hypothetical=(trade,))).results[0].lines
    assert lines[1].share == 0


def test_one_instrument_in_cross_and_in_isolated_margin_is_shared_out_by_pool() -> None:
    contract = kraken.parse("PF_XBTUSD")
    there = snapshot(NOON, universe([contract]), {"BTC": 70_000.0}, mark=np.array([70_000.0]))
    apart = Position(
        contract, -2.0, 71_000.0, margin_mode=MarginMode.ISOLATED, isolated_margin=5_000.0
    )
    for size in (1.0, 2.0):
        book = Holdings((Position(contract, size, 69_000.0), apart))
        model = library().bind("kraken/multi-collateral", NOON)
        result = report(Query("desk", "kraken", book, there, (model,))).results[0]
        assert len(result.pools) == 2
        for pool in result.pools:
            shares = [line.share for line in result.lines if line.pool == pool.requirement.pool]
            assert shares == [pytest.approx(pool.requirement.headline.amount)]
            assert pool.requirement.headline.amount > 0


@pytest.mark.parametrize(
    ("labels", "whole"),
    [
        (["exact", "exact"], "exact"),
        (["exact", "exact except a"], "exact except a"),
        (["exact except a, b", "exact except b, c"], "exact except a, b, c"),
        (["exact except a", "approximate: x, a"], "approximate: x, a"),
        (["approximate: x", "exact", "exact except a"], "approximate: x, a"),
    ],
)
def test_the_label_of_a_model_names_what_is_open_in_any_pool(labels: list[str], whole: str) -> None:
    assert most_careful(labels) == whole
