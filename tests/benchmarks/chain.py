"""A market of 1,600 options in two coins, and the 36 scenarios of a portfolio margin."""

from datetime import UTC, datetime, timedelta

import numpy as np

from riskcore.instruments import Option, Right
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import deribit
from riskcore.pricing import black
from riskcore.scenarios import ScenarioSet
from riskcore.universe import universe

NOW = datetime(2026, 2, 5, 15, 51, 32, tzinfo=UTC)
FIRST = datetime(2026, 2, 5, 8, tzinfo=UTC)
INDEX = {"BTC": 67_846.61, "ETH": 1_990.0}
EXPIRIES = (1, 2, 3, 8, 22, 50, 85, 141, 232, 323)  # days from the first
STRIKES = 40
STANDARD = np.linspace(-0.16, 0.16, 9)
EXTENDED = np.array([-0.66, -0.5, -0.33, 0.33, 0.5, 1.0, 2.0, 5.0])


def market() -> MarketSnapshot:
    """Every strike of every expiry with its own forward and volatility."""
    of = universe(
        Option(
            "deribit",
            f"{coin}-{deribit.expiry_code(expiry)}-{strike}-{right.name[0]}",
            coin,
            "USD",
            coin,
            expiry,
            float(strike),
            right,
        )
        for coin, index in INDEX.items()
        for expiry in (
            (NOW + timedelta(days=days)).replace(hour=8, minute=0, second=0) for days in EXPIRIES
        )
        for strike in np.round(index * np.exp(np.linspace(-1, 1, STRIKES)), -1).astype(int)
        for right in Right
    )
    tau = of.tau(NOW.timestamp())
    spot = np.array([INDEX[each.base] for each in of.instruments])
    forward = spot * np.exp(0.04 * tau)
    vol = 0.6 + 0.15 * np.log(of.strike / forward) ** 2 / np.sqrt(tau + 0.05)
    mark = black.price(forward, of.strike, tau, vol, of.sign) / forward
    return snapshot(NOW, of, INDEX, mark=mark, forward=forward, vol=vol)


def scenarios(of: MarketSnapshot) -> ScenarioSet:
    """Unmoved, 9 moves with volatility down, unmoved and up, and 8 large moves."""
    moves = np.concatenate([[0.0], np.repeat(STANDARD, 3), EXTENDED])
    vols = np.concatenate([[1.0], np.tile([0.7, 1.0, 1.4], 9), np.ones(8)])
    return ScenarioSet(
        of.universe,
        tuple(f"{move:+.0%}, vol x {vol:g}" for move, vol in zip(moves, vols, strict=True)),
        np.tile(1 + moves, (len(of.universe.currencies), 1)),
        np.tile(1 + moves, (len(of.universe), 1)),
        of.vol[:, np.newaxis] * vols,
        np.zeros(moves.size),
        move=moves,
    )
