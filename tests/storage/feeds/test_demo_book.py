"""The demo book shows what it is there to show: netting, a climb to the limit, and a breach."""

from collections import Counter
from pathlib import Path

import pytest

from riskcore.margin.registry import Library
from riskcore.query import query
from riskcore.report import report
from storage.feeds.demo import open_demo
from storage.files.book_files import read_book

RESOURCES = Path(__file__).parents[3] / "resources"
PARAMETERS = RESOURCES / "parameters"
DEMO = open_demo(RESOURCES / "demo")
ACCOUNTS = {each.name: each for each in read_book(RESOURCES / "demo" / "book.json").accounts}
TROUGH = int(DEMO.market.index[0].argmin())


@pytest.fixture(scope="module")
def library():
    paths = PARAMETERS.rglob("*.toml")
    return Library({path.relative_to(PARAMETERS).as_posix(): path.read_text() for path in paths})


def nearest(library, account, step):
    market = DEMO.snapshot(step)
    return report(query(account, market, library.bind(account.model, market.as_of))).results[0]


def initial_usage(result):
    pool = result.nearest
    return pool.requirement.initial.amount / pool.requirement.equity.amount


def test_three_groups_and_every_deribit_model():
    assert Counter(each.group for each in ACCOUNTS.values()).keys() == {
        "Vol desk",
        "Treasury",
        "Research",
    }
    assert {each.model for each in ACCOUNTS.values()} == {
        "deribit/standard",
        "deribit/cross-standard",
        "deribit/portfolio",
        "deribit/cross-portfolio",
    }


def test_everything_held_is_listed_at_every_step():
    for account in ACCOUNTS.values():
        for step in (0, len(DEMO.instants) - 1):
            DEMO.snapshot(step).restricted(account.holdings.instruments())


def test_the_main_account_climbs_from_under_half_to_near_its_limit(library):
    account = ACCOUNTS["BTC-ETH"]
    assert len(account.holdings.positions) == 16
    assert account.holdings.orders
    assert 0.35 < initial_usage(nearest(library, account, 0)) < 0.50
    peak = max(initial_usage(nearest(library, account, step)) for step in range(0, 2160, 40))
    low = initial_usage(nearest(library, account, TROUGH))
    assert 0.90 < max(peak, low) < 1.0


def test_netting_saves_more_than_half_of_the_main_accounts_stand_alone_sum(library):
    for step in (0, TROUGH):
        pool = nearest(library, ACCOUNTS["BTC-ETH"], step).nearest
        assert pool.netting_saves > 0.5 * pool.stand_alone_sum


def test_another_account_is_liquidated_in_the_crash_and_not_before(library):
    account = ACCOUNTS["Short gamma"]
    figures = {
        step: nearest(library, account, step).nearest.requirement.trigger for step in (0, TROUGH)
    }
    assert figures[0].figure < 0.5 * figures[0].level
    assert figures[TROUGH].figure > figures[TROUGH].level


def test_every_account_keeps_equity_through_the_crash(library):
    for account in ACCOUNTS.values():
        result = nearest(library, account, TROUGH)
        assert all(pool.requirement.equity.amount > 0 for pool in result.pools)
