"""1,600 options in 36 scenarios repriced and netted, beside other libraries on the same work.

The others are handed flat arrays that are ready to price; ours starts from the market.
"""

from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version

import fast_vollib
import numpy as np
import QuantLib
from scipy.special import ndtr

from riskcore import repricing
from riskcore.pricing import implied
from tests.benchmarks import chain
from tests.benchmarks.row import Row, median_ms, one_core

BOUND = 8.0  # ms


def rows() -> Iterator[Row]:
    """Ours first, then the same work done by others, then what a live market asks for."""
    with one_core():
        yield from _whole_chain()
        yield from _parts()


def _whole_chain() -> Iterator[Row]:
    market = chain.market()
    of, scenarios = market.universe, chain.scenarios(market)
    quantity = np.random.default_rng(1).normal(size=len(of))
    sets = quantity * (of.settlement == np.arange(len(of.currencies))[:, np.newaxis])
    forward = market.forward[:, np.newaxis] * scenarios.forward
    shape = forward.shape
    terms = [
        np.broadcast_to(each, shape).ravel()
        for each in (
            forward,
            of.strike[:, np.newaxis],
            of.tau(market.seconds)[:, np.newaxis],
            scenarios.vol,
            of.sign[:, np.newaxis],
        )
    ]
    letters = np.where(terms[4] > 0, "c", "p")
    plain = [each.tolist() for each in (*terms[:2], terms[3] * np.sqrt(terms[2]), terms[4])]
    kinds = {1.0: QuantLib.Option.Call, -1.0: QuantLib.Option.Put}

    def netted(value: np.ndarray) -> np.ndarray:
        profit = value / forward
        return sets @ (profit - profit[:, :1])

    def ours() -> np.ndarray:
        return sets @ repricing.reprice(market, scenarios).profit

    def direct() -> np.ndarray:
        at, strike, tau, vol, sign = terms
        deviation = vol * np.sqrt(tau)
        d1 = np.log(at / strike) / deviation + deviation / 2
        value = sign * (at * ndtr(sign * d1) - strike * ndtr(sign * (d1 - deviation)))
        return netted(value.reshape(shape))

    def vectorised() -> np.ndarray:
        value = fast_vollib.fast_black(letters, *terms[:3], 0.0, terms[3], return_as="numpy")
        return netted(np.asarray(value).reshape(shape))

    def loop() -> np.ndarray:
        price = QuantLib.blackFormula
        value = [price(kinds[s], k, f, d) for f, k, d, s in zip(*plain, strict=True)]
        return netted(np.array(value).reshape(shape))

    answer, size = ours(), f"{len(of):,} options x {len(scenarios)} scenarios"
    mine = median_ms(ours)
    yield Row(f"{size}, repriced and netted", mine, bound=BOUND, remark="riskcore, one core")
    for name, other, repeats in (
        ("numpy and scipy.special.ndtr, written out", direct, 40),
        (f"fast_vollib {version('fast_vollib')}", vectorised, 40),
        (f"QuantLib {version('QuantLib')} blackFormula in a loop", loop, 5),
    ):
        error = np.abs(other() - answer).max() / np.abs(answer).max()
        figure = median_ms(other, repeats)
        remark = f"{figure / mine:.1f} times ours; agrees to {max(error, 1e-16):.0e}"
        yield Row(f"  the same: {name}", figure, remark=remark)


def _parts() -> Iterator[Row]:
    market = chain.market()
    scenarios = chain.scenarios(market)
    whole = repricing.risk(market, scenarios)
    vol = market.vol.copy()
    vol[7] *= 1.01
    ticked = replace(market, vol=vol)
    after = chain.scenarios(ticked)
    yield Row(
        "one volatility ticks in 1,600 options",
        median_ms(lambda: repricing.reprice(ticked, after, whole)),
        remark="the other rows are taken over",
    )
    book = market.restricted(market.universe.instruments[::40])
    moves = chain.scenarios(book)
    yield Row(
        "a book of 40 options, risk array and Greeks",
        median_ms(lambda: repricing.risk(book, moves), 200),
    )
    of = market.universe
    price, tau = market.mark * market.forward, of.tau(market.seconds)
    yield Row(
        "implied volatilities of 1,600 options",
        median_ms(lambda: implied.implied_vol(price, market.forward, of.strike, tau, of.sign)),
    )
