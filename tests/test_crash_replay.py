"""The crash of 4-7 February 2026, replayed under every Deribit model."""

from datetime import UTC, datetime
from functools import cache
from math import fsum
from pathlib import Path

import pytest

from riskcore.errors import MarketError
from riskcore.instruments import Future, Option, Perpetual
from riskcore.margin.registry import Library
from riskcore.query import query
from riskcore.report import report
from storage.feeds.replay import open_replay
from storage.files.book_files import read_book

ROOT = Path(__file__).parents[1]
CHAINS = ROOT.parent / "shared" / "data" / "01_deribit_chain_snapshots_2026"
PARAMETERS = ROOT / "resources" / "parameters"
ACCOUNT = read_book(Path(__file__).parent / "data" / "crash_book.json").accounts[0]
BEFORE, TROUGH = 0, 7  # 4 Feb 04:24 and 5 Feb 21:29
MODELS = {
    "deribit/standard": ("BTC", "ETH"),
    "deribit/cross-standard": ("USD",),
    "deribit/portfolio": ("BTC", "ETH"),
    "deribit/cross-portfolio": ("USD",),
}

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not CHAINS.is_dir(), reason="the recorded chains are not here"),
]
every_model = pytest.mark.parametrize("model", MODELS)


@cache
def library():
    paths = PARAMETERS.rglob("*.toml")
    return Library({path.relative_to(PARAMETERS).as_posix(): path.read_text() for path in paths})


@cache
def markets():
    replay = open_replay(CHAINS)
    first, last = datetime(2026, 2, 4, tzinfo=UTC), datetime(2026, 2, 8, tzinfo=UTC)
    steps = [step for step, at in enumerate(replay.instants) if first <= at < last]
    return tuple(replay.snapshot(step) for step in steps)


@cache
def reports(model):
    return tuple(
        report(query(ACCOUNT, market, library().bind(model, market.as_of))) for market in markets()
    )


def pools(model, step):
    return {pool.requirement.pool: pool for pool in reports(model)[step].results[0].pools}


def usage(model, step, pool):
    required = pools(model, step)[pool].requirement
    return required.initial.amount / required.equity.amount


def leaves(tree):
    return fsum(line.amount for line in tree.walk() if not line.parts)


def test_the_book_is_as_rich_as_it_must_be():
    held = [position.instrument for position in ACCOUNT.holdings.positions]
    assert len(held) >= 12
    for coin in ("BTC", "ETH"):
        assert (
            len({each.expiry for each in held if isinstance(each, Option) and each.base == coin})
            > 1
        )
        assert any(isinstance(each, Perpetual) and each.base == coin for each in held)
    assert any(isinstance(each, Future) for each in held)
    assert len(ACCOUNT.holdings.balances) == 2


def test_the_four_days_are_sixteen_snapshots_and_the_trough_is_the_evening_of_the_fifth():
    assert len(markets()) == 16
    btc = [market.usd("BTC") for market in markets()]
    assert btc.index(min(btc)) == TROUGH
    assert btc[TROUGH] < 0.84 * btc[BEFORE]


@every_model
def test_every_pool_is_there_at_every_step(model):
    for step in range(len(markets())):
        assert tuple(pools(model, step)) == MODELS[model]


@every_model
def test_usage_rises_from_before_to_the_trough(model):
    for pool in MODELS[model]:
        assert usage(model, TROUGH, pool) > 1.4 * usage(model, BEFORE, pool)


@every_model
def test_usage_rises_with_every_marked_fall_of_the_market(model):
    falls = [
        step
        for step in range(1, len(markets()))
        if all(markets()[step].usd(c) < 0.98 * markets()[step - 1].usd(c) for c in ("BTC", "ETH"))
    ]
    assert len(falls) >= 4
    for step in falls:
        for pool in MODELS[model]:
            assert usage(model, step, pool) > usage(model, step - 1, pool)


@every_model
def test_the_fullest_pool_is_fullest_at_the_trough(model):
    figures = [
        max(usage(model, step, pool) for pool in MODELS[model]) for step in range(len(markets()))
    ]
    assert figures.index(max(figures)) == TROUGH


@pytest.mark.parametrize("model", ["deribit/portfolio", "deribit/cross-portfolio"])
def test_the_worst_scenario_is_named_at_every_step(model):
    for step in range(len(markets())):
        for pool, result in pools(model, step).items():
            worst = result.requirement.worst_scenario
            assert "%" in worst
            assert "vol" in worst
            if pool == "USD":  # each underlying takes its own worst column
                assert "BTC" in worst
                assert "ETH" in worst


@pytest.mark.parametrize("model", ["deribit/standard", "deribit/cross-standard"])
def test_a_model_without_scenarios_names_none(model):
    assert all(
        pool.requirement.worst_scenario == ""
        for step in range(len(markets()))
        for pool in pools(model, step).values()
    )


@every_model
def test_every_requirement_is_the_sum_of_its_tree(model):
    for step in range(len(markets())):
        for result in pools(model, step).values():
            required = result.requirement
            for tree in (required.initial, required.maintenance, required.equity):
                assert leaves(tree) == pytest.approx(tree.amount, rel=1e-9, abs=1e-9)
                for line in tree.walk():
                    if line.parts:
                        parts = fsum(part.amount for part in line.parts)
                        assert parts == pytest.approx(line.amount, rel=1e-9, abs=1e-9)


@every_model
def test_shares_of_positions_and_the_rest_add_up_to_the_headline(model):
    for step in (BEFORE, TROUGH):
        result = reports(model)[step].results[0]
        for pool in result.pools:
            mine = [line.share for line in result.lines if line.pool == pool.requirement.pool]
            others = [part.amount for part in pool.other_shares]
            headline = pool.requirement.headline.amount
            assert fsum(mine + others) == pytest.approx(headline, rel=1e-9)


def test_cross_portfolio_uses_btc_of_june_2024_and_eth_of_15_february_and_says_so():
    calibration = reports("deribit/cross-portfolio")[TROUGH].results[0].calibration
    sources = "\n".join(calibration.sources)
    assert "deribit/portfolio, 17 Jun 2024" in sources
    assert "deribit/portfolio, 15 Feb 2026" in sources
    assert "deribit/portfolio, 23 Sep 2026" not in sources
    (note,) = (note for note in calibration.notes if "ETH" in note and "price_range" in note)
    assert "observed later, on 15 Feb 2026" in note
    (note,) = (note for note in calibration.notes if "BTC" in note and "price_range" in note)
    assert note.endswith("observed on 17 Jun 2024")
    worst = pools("deribit/cross-portfolio", TROUGH)["USD"].requirement.worst_scenario
    assert "BTC −16 %" in worst
    assert "ETH −18 %" in worst


@every_model
def test_the_report_says_what_its_prices_are(model):
    for each in reports(model):
        assert "perpetual marks are ends of 1-minute candles, up to 58 s off" in each.notes
        assert "USDC counts as 1 USD: the recording has no index of it" in each.notes
        assert not each.synthetic


@every_model
def test_after_15_april_the_book_is_refused_with_that_sentence(model):
    replay = open_replay(CHAINS)
    late = [
        step for step, at in enumerate(replay.instants) if at > datetime(2026, 4, 16, tzinfo=UTC)
    ]
    assert len(late) > 20
    for step in (late[0], late[-1]):
        market = replay.snapshot(step)
        with pytest.raises(
            MarketError, match="snapshots after 15 Apr 2026 have no perpetual or dated price"
        ):
            report(query(ACCOUNT, market, library().bind(model, market.as_of)))
