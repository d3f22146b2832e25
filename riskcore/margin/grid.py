"""A venue's table of scenarios, as columns: spot moves, volatility moves, weights."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from riskcore.arrays import F64, Ints
from riskcore.market import MarketSnapshot
from riskcore.scenarios import ScenarioSet
from riskcore.time import SECONDS_PER_DAY
from riskcore.universe import Universe


@dataclass(frozen=True, slots=True)
class Move:
    """One row of a venue's scenario table.

    spot    relative move of the index
    vol     the move of volatility in the venue's own measure, 0 for none
    weight  share of the profit that counts
    days    that pass
    group   "standard", or "extended" for what the venue calls extreme
    """

    spot: float
    vol: float = 0.0
    weight: float = 1.0
    days: float = 0.0
    group: str = "standard"
    label: str = ""

    @property
    def words(self) -> str:
        """As a reader calls it, e.g. "−16 %, vol up"; its own label where it has one."""
        if self.label:
            return self.label
        percent = f"{abs(self.spot) * 100:.4g} %"
        sign = "" if self.spot == 0 else "−" if self.spot < 0 else "+"
        moved = f"{sign}{percent}"
        if self.vol:
            moved += ", vol up" if self.vol > 0 else ", vol down"
        return f"{moved}, weight {self.weight:.4g}" if self.weight != 1 else moved


_MOVE = re.compile("[−+]?[0-9.]+ %")
_NAMED = re.compile(r"(?!vol )(?P<coin>\S+) (?P<move>[−+]?[0-9.]+ %)")

VolRule = Callable[[F64, F64, F64], F64]  # vol (O, 1), days to expiry (O, 1), move (1, S) -> (O, S)


def scenario_set(
    universe: Universe,
    market: MarketSnapshot,
    tables: Mapping[str, Sequence[Move]],
    shocked: Mapping[str, VolRule] | VolRule,
    *,
    forward: Callable[[Ints, F64], F64] | None = None,
) -> ScenarioSet:
    """The columns of each underlying's own table; column 0 moves nothing.

    tables   by coin; every base coin of the universe needs one; a shorter one is filled up with
             rows that move nothing and weigh nothing
    shocked  volatility after a move, of all or by coin; days are those left today
    forward  (rows (N,), spot factor (1, S)) -> factor on the marks and forwards (N, S) of these
             rows of the universe; None: they move as the index

    A column's label is the row's words where all tables have the same; each coin's move and the
    rest of the words where the moves alone differ, "BTC −14 %, ETH −16 %, vol up"; else its number.
    Raises KeyError for a coin without a table: a model refuses it before.
    """
    longest = max((len(table) for table in tables.values()), default=0)
    columns = longest + 1
    idle = Move(0.0, weight=0.0)
    rows = {
        coin: (Move(0.0, label="unmoved"), *table, *[idle] * (longest - len(table)))
        for coin, table in tables.items()
    }
    first = next(iter(rows.values()), (Move(0.0, label="unmoved"),))
    spot = np.ones((len(universe.currencies), columns))
    vol = np.full((len(universe), columns), np.nan)
    factor = np.ones((len(universe), columns))
    weight = np.ones((len(universe), columns))
    left = (universe.expiry - market.seconds) / SECONDS_PER_DAY
    for place, coin in enumerate(universe.currencies):
        mine = np.flatnonzero(universe.base == place)
        if not mine.size:
            continue
        table = rows[coin]
        spot[place] = [1.0 + each.spot for each in table]
        factor[mine] = spot[place] if forward is None else forward(mine, spot[np.newaxis, place])
        weight[mine] = [each.weight for each in table]
        options = mine[universe.is_option[mine]]
        if options.size:
            rule = shocked[coin] if isinstance(shocked, Mapping) else shocked
            moves = np.array([[each.vol for each in table]])
            today = market.vol[options, np.newaxis]
            vol[options] = rule(today, left[options, np.newaxis], moves)
            vol[options, 0] = market.vol[options]
    factor[:, 0] = 1.0
    weight[:, 0] = 1.0
    said = {coin: [each.words for each in table] for coin, table in rows.items()}
    words = [
        _words({coin: each[column] for coin, each in said.items()}) or f"{column}"
        for column in range(columns)
    ]
    return ScenarioSet(
        universe,
        tuple(words) if said else ("unmoved",),
        spot,
        factor,
        vol,
        np.array([each.days for each in first]),
        weight=weight,
        move=np.array([each.spot for each in first]),
        group=tuple(each.group for each in first),
    )


def seen_by(coin: str, label: str) -> str:
    """A scenario as one coin meets it: BTC −14 %, vol up of "BTC −14 %, ETH −16 %, vol up"."""
    parts = label.split(", ")
    moves = {found["coin"]: each for each in parts if (found := _NAMED.fullmatch(each))}
    if coin not in moves:
        return f"{coin} {label}"
    return ", ".join([moves[coin], *(each for each in parts if each not in moves.values())])


def _words(said: Mapping[str, str]) -> str:
    """What all coins have in common, and the move of each; empty where more than that differs."""
    if len(set(said.values())) <= 1:
        return next(iter(said.values()), "")
    halves = {coin: each.partition(", ") for coin, each in said.items()}
    rests = {rest for _, _, rest in halves.values()}
    if len(rests) > 1 or not all(_MOVE.fullmatch(move) for move, _, _ in halves.values()):
        return ""
    return ", ".join(
        [*(f"{coin} {half[0]}" for coin, half in halves.items()), *filter(None, rests)]
    )
