"""Equity and requirement when every coin moves together, and where the trigger is reached."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from riskcore.analysis.views import seen
from riskcore.arrays import F64, frozen
from riskcore.errors import MarketError
from riskcore.holdings import Holdings
from riskcore.instruments import Future, Perpetual
from riskcore.margin.model import MarginModel
from riskcore.margin.requirement import Requirement
from riskcore.market import MarketSnapshot
from riskcore.query import Query
from riskcore.repricing import reprice, risk
from riskcore.scenarios import ScenarioSet, unmoved
from riskcore.universe import USD

# Currencies whose price in USD does not follow the coins.
STABLE = frozenset(
    {USD, "USDC", "USDT", "USDE", "EURR", "BUIDL", "USYC", "PAXG"}
    | {"FDUSD", "DAI", "PYUSD", "USDS", "USDH", "EUR", "GBP", "AUD", "CAD", "CHF", "JPY"}
)
# Moves beyond the curve's own at which the trigger is looked at, outward.
FALLS = tuple(-step / 20 for step in range(1, 20)) + (-0.98,)
RISES = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.3, 1.7, 2.2, 3.0, 4.0)
PRECISION = 1e-6  # of a relative move: below any index tick


@dataclass(frozen=True, slots=True)
class SpotCurve:
    """The nearest pool when all coins move together, volatilities unchanged and no time passing.

    move                         (M,)  relative, ascending
    equity, initial, maintenance (M,)  the pool's currency; initial is None without such a margin
    level_down, level_up         relative moves nearest to today at which the trigger of any pool is
                                 reached; None when none is within -98 % ... +400 %; 0 when one is
                                 reached already
    pool_down, pool_up           the pool that is reached there; empty without a level
    """

    pool: str
    currency: str
    usd: float
    underlying: str  # the coin with the largest delta in the pool: its price labels the axis
    index: float  # of that coin today, USD
    move: F64
    equity: F64
    initial: F64 | None
    maintenance: F64
    level_down: float | None
    level_up: float | None
    pool_down: str = ""
    pool_up: str = ""

    def seen_from(self, move: float, index: float) -> float:
        """A move of the curve as one from another price of its underlying."""
        return move if index == self.index else (1 + move) * self.index / index - 1


def spot_curve(
    query: Query, moves: Sequence[float], pause: Callable[[], object] = lambda: None
) -> SpotCurve:
    """The curve of the pool nearest its trigger and the levels of all, under the first model.

    pause  called before each of the hundred markets it looks at

    Option marks move by Black's difference at their own volatility, so the curve passes exactly
    through today's figures. Raises what `report` raises.
    """
    model = query.models[0]
    view = seen(query, model)
    market = view.market
    holdings = _anchored(view.holdings, market)
    today = max(_required(model, holdings, market), key=lambda each: each.trigger.nearness)
    pool = today.pool

    @cache
    def at(move: float) -> tuple[Requirement, ...]:
        pause()
        return _required(model, holdings, moved(market, move))

    points = [_pool(at(move), pool) for move in moves]
    initial = [each.initial.amount for each in points if each.initial is not None]
    underlying = main_underlying(_of_pool(holdings, pool), market)
    down, up = _levels(at, today, moves)
    return SpotCurve(
        pool=pool,
        currency=today.currency,
        usd=market.usd(today.currency),
        underlying=underlying,
        index=market.index.get(underlying, 1.0),
        move=frozen(moves),
        equity=frozen([each.equity.amount for each in points]),
        initial=frozen(initial) if len(initial) == len(points) else None,
        maintenance=frozen([each.maintenance.amount for each in points]),
        level_down=None if down is None else down.move,
        level_up=None if up is None else up.move,
        pool_down="" if down is None else down.pool,
        pool_up="" if up is None else up.pool,
    )


def moved(market: MarketSnapshot, move: float) -> MarketSnapshot:
    """The market after every coin moved by the same fraction, with its forwards and marks.

    Raises MarketError for a move of -100 % or less.
    """
    if not move > -1:
        raise MarketError(f"a spot move of {move:+.0%} leaves no price; it must be above -100 %")
    universe = market.universe
    factor = 1.0 + move
    coins = np.array([1.0 if each in STABLE else factor for each in universe.currencies])
    both = np.column_stack([np.ones(len(coins)), coins])
    forward = both[universe.base]
    vol = np.column_stack([market.vol, market.vol])
    shift = ScenarioSet(universe, ("today", "moved"), both, forward, vol, np.zeros(2))
    profit = reprice(market, shift).profit[:, 1]
    option = market.mark + profit / universe.multiplier
    return replace(
        market,
        index={
            currency: price if currency.rpartition(":")[2] in STABLE else price * factor
            for currency, price in market.index.items()
        },
        mark=np.where(universe.is_option, np.maximum(option, 0.0), market.mark * forward[:, 1]),
        forward=market.forward * forward[:, 1],
        oracles=market.oracles.moved(lambda coin: 1.0 if coin in STABLE else factor),
        bid=np.full(len(universe), np.nan),
        ask=np.full(len(universe), np.nan),
    )


def main_underlying(holdings: Holdings, market: MarketSnapshot) -> str:
    """The coin that the account's USD delta hangs on most; its largest balance when flat."""
    greeks = risk(market, unmoved(market.universe, market.vol)).greeks
    universe = market.universe
    delta = holdings.net(universe) * greeks.delta
    weights: dict[str, float] = {}
    for row, instrument in enumerate(universe.instruments):
        usd = float(delta[row]) * market.index.get(instrument.base, 0.0)
        weights[instrument.base] = weights.get(instrument.base, 0.0) + abs(usd)
    for currency, balance in holdings.balances.items():
        usd = abs(balance.amount) * market.index.get(currency, 0.0)
        weights[currency] = weights.get(currency, 0.0) + usd * 1e-6
    coins = {coin: weight for coin, weight in weights.items() if coin not in STABLE}
    return max(coins, key=lambda coin: coins[coin], default="BTC")


def _of_pool(holdings: Holdings, pool: str) -> Holdings:
    """What stands in a segregated pool, named by its one currency; all for another pool."""
    held = tuple(each for each in holdings.positions if each.instrument.settlement == pool)
    balances = {coin: each for coin, each in holdings.balances.items() if coin == pool}
    if pool == USD or not (held or balances):
        return holdings
    return replace(holdings, positions=held, balances=balances)


def _anchored(holdings: Holdings, market: MarketSnapshot) -> Holdings:
    """The holdings in which a position of unknown entry was opened at today's mark.

    Its profit so far is unknown and counts as zero, but what it gains from here on does count.
    """
    return replace(
        holdings,
        positions=tuple(
            replace(each, settled_price=float(market.mark[market.universe.row(each.instrument)]))
            if isinstance(each.instrument, Perpetual | Future) and each.opened is None
            else each
            for each in holdings.positions
        ),
    )


def _required(
    model: MarginModel, holdings: Holdings, market: MarketSnapshot
) -> tuple[Requirement, ...]:
    scenarios = model.scenarios(market.universe, market)
    return model.requirement(holdings, risk(market, scenarios))


def _pool(requirements: tuple[Requirement, ...], pool: str) -> Requirement:
    return next(each for each in requirements if each.pool == pool)


@dataclass(frozen=True, slots=True)
class _Level:
    """A relative move and the pool whose trigger it reaches."""

    move: float
    pool: str


def _levels(
    at: Callable[[float], tuple[Requirement, ...]], today: Requirement, moves: Sequence[float]
) -> tuple[_Level | None, _Level | None]:
    if today.trigger.reached:
        return _Level(0.0, today.pool), _Level(0.0, today.pool)
    looked = sorted({*moves, *FALLS, *RISES})
    below = [move for move in reversed(looked) if move < 0]
    above = [move for move in looked if move > 0]
    return _crossing(at, below), _crossing(at, above)


def _crossing(
    at: Callable[[float], tuple[Requirement, ...]], outward: Sequence[float]
) -> _Level | None:
    """The first move, going outward, at which a trigger is reached, to PRECISION."""
    inside = 0.0
    for move in outward:
        if (pool := _reached(at(move))) is not None:
            return _bisected(at, inside, _Level(move, pool))
        inside = move
    return None


def _bisected(
    at: Callable[[float], tuple[Requirement, ...]], free: float, reached: _Level
) -> _Level:
    while abs(reached.move - free) > PRECISION:
        middle = (free + reached.move) / 2
        if (pool := _reached(at(middle))) is not None:
            reached = _Level(middle, pool)
        else:
            free = middle
    return reached


def _reached(requirements: tuple[Requirement, ...]) -> str | None:
    """The pool farthest beyond its trigger, None while no trigger is reached."""
    beyond = [each for each in requirements if each.trigger.reached]
    return max(beyond, key=lambda each: each.trigger.nearness).pool if beyond else None
