"""The scenario engine that several venues share, by hand."""

import numpy as np
import pytest

from riskcore.margin.grid import Move, scenario_set
from riskcore.margin.preset import (
    coin_profit,
    coins_of,
    kept_basis,
    points,
    relative,
    scenario_book,
    term_scaled,
    usd_profit,
)
from riskcore.margin.requirement import Rule
from riskcore.margin.worth import equity, worths
from riskcore.repricing import risk
from riskcore.risk_array import Risk
from tests.riskcore.margin.venues.plain import INDEX, plain_book, plain_market

VOL = np.array([[0.6], [0.2]])
LEFT = np.array([[7.5], [120.0]])


def moved(
    *names: str, moves: tuple[Move, ...], kept: bool = False, venue: str = "okx", **terms: object
) -> Risk:
    priced = plain_market(venue, *names, **terms)  # type: ignore[arg-type]
    coins = {each.base for each in priced.universe.instruments}
    forward = kept_basis(priced.universe, priced) if kept else None
    tables = dict.fromkeys(sorted(coins), moves)
    return risk(priced, scenario_set(priced.universe, priced, tables, points(), forward=forward))


def test_volatility_moves_in_points_in_shares_and_by_term() -> None:
    move = np.array([[0.3, -0.3]])
    assert points(0.05)(VOL, LEFT, move) == pytest.approx(np.array([[0.9, 0.3], [0.5, 0.05]]))
    assert relative()(VOL, LEFT, move) == pytest.approx(np.array([[0.78, 0.42], [0.26, 0.14]]))
    assert relative(0.15)(VOL, LEFT, move)[1, 1] == 0.15
    found = term_scaled(-0.5, -1.0)(VOL, LEFT, move)  # 7.5 days: x 2; 120 days: / 4
    assert found == pytest.approx(np.array([[0.96, 0.24], [0.215, 0.185]]))
    assert term_scaled(0.5, 1.0)(VOL, np.array([[0.0], [30.0]]), move)[1] == pytest.approx(
        [0.26, 0.14]
    )


def test_kept_basis_moves_prices_by_the_money_the_index_moves() -> None:
    index = {**INDEX, "USDT": 0.99}
    found = moved(
        "BTC-USDT-SWAP", moves=(Move(0.1),), kept=True, index=index, mark={"BTC-USDT-SWAP": 75e3}
    )
    assert usd_profit(found)[0, 1] == pytest.approx(0.01 * 7_000)
    plain = moved("BTC-USDT-SWAP", moves=(Move(0.1),), index=index, mark={"BTC-USDT-SWAP": 75e3})
    assert usd_profit(plain)[0, 1] == pytest.approx(0.01 * 7_500 * 0.99)


def test_coin_profits_count_at_the_price_of_the_scenario() -> None:
    found = moved("BTC-USD-SWAP", "BTC-USD-260327-60000-C", moves=(Move(-0.2),))
    universe = found.universe
    future, option = (
        next(row for row, each in enumerate(universe.instruments) if key in each.name)
        for key in ("SWAP", "60000")
    )
    assert usd_profit(found)[future, 1] == pytest.approx(-0.2 * 100)
    value = found.array.value[option]
    assert usd_profit(found)[option, 1] == pytest.approx(value[1] * 56_000 - value[0] * 70_000)


def test_each_underlying_counts_its_own_worst_weighted_scenario() -> None:
    moves = (Move(-0.1), Move(0.1), Move(0.4, weight=0.5, group="extended"))
    found = moved("BTC-USDT-SWAP", "ETH-USDT-SWAP", moves=moves)
    held = plain_book(found.market, {"BTC-USDT-SWAP": 100.0, "ETH-USDT-SWAP": -100.0})
    book = scenario_book(held, found)
    scan = book.worst_case()
    assert [each.amount for each in scan.parts] == pytest.approx([7_000, 4_000])
    assert [each.because for each in scan.parts] == ["BTC −10 %", "ETH +40 %, weight 0.5"]
    assert scan.parts[0].parts[0].rule is Rule.POSITION
    assert book.words == "BTC −10 %"
    assert book.alone() == pytest.approx([7_000, 4_000])
    assert book.losses().worst == (1, 3)
    joint = scenario_book(held, found, together=True)
    assert joint.worst_case().amount == pytest.approx(5_000)  # -10 %: 7,000 less a gain of 2,000
    assert joint.words == "−10 %"


def test_nothing_lost_is_the_unmoved_market() -> None:
    found = moved("BTC-USDT-SWAP", moves=(Move(0.1),))
    held = plain_book(found.market, {"BTC-USDT-SWAP": 100.0})
    book = scenario_book(held, found)
    assert book.worst_case().amount == 0
    assert book.worst_case().parts[0].because == "BTC: no scenario loses"
    assert book.words == ""
    assert scenario_book(plain_book(found.market, {}), found).worst_case().amount == 0


def test_a_coin_of_collateral_stands_beside_its_positions() -> None:
    moves = (Move(-0.1), Move(0.1))
    found = moved("BTC-USDT-SWAP", moves=moves)
    held = plain_book(found.market, {"BTC-USDT-SWAP": -100.0})
    coin = coin_profit(0.4, 70_000.0, moves, 3)
    book = scenario_book(held, found, collateral={"BTC": coin, "ETH": -coin})
    assert book.coins == ("BTC", "ETH")
    assert book.loss("BTC") == pytest.approx(4_200)
    assert book.loss("ETH") == pytest.approx(2_800)
    assert book.worst_of("BTC").parts[1].term == "collateral_equity"
    assert book.losses().profit[0] == pytest.approx((0, 4_200, -4_200))


def test_coins_of_inverse_and_linear_positions() -> None:
    found = moved("BTC-USD-SWAP", "BTC-USDT-SWAP", moves=())
    held = plain_book(found.market, {"BTC-USD-SWAP": -7_000.0, "BTC-USDT-SWAP": -30.0})
    assert [coins_of(each, found) for each in held.positions] == pytest.approx([10.0, 0.3])


def test_options_that_settle_like_futures_count_their_profit_not_their_value() -> None:
    found = moved("BTC-25DEC26-60000-P", moves=(), venue="thalex")
    held = plain_book(found.market, {"BTC-25DEC26-60000-P": -2.0}, {"USDT": 1e4}, entry_price=1e3)
    value = equity(worths(held, found), found.market)
    profit = equity(worths(held, found, futures_style=True), found.market)
    assert value.amount == pytest.approx(1e4 - 2 * 1_400)
    assert profit.amount == pytest.approx(1e4 - 2 * 400)
    assert equity(worths(held, found, with_options=False), found.market).amount == 1e4
