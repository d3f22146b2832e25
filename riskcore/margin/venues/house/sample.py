"""The days on which every coin has a past return, and how each coin moved on them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import numpy as np

from riskcore.arrays import F64, frozen
from riskcore.errors import ParameterError, Unsupported
from riskcore.margin.parameters import row
from riskcore.margin.venues.house.parameters import HistoricalRules, History, Proxy
from riskcore.margin.venues.house.tail import days_in

MARKET = "BTC"  # the coin that stands in for one without a history
FILE = "a parameter file of family house/historical"


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Past moves of each coin over the horizon, joint: a scenario is the same days for all.

    days     (T,)  the last day of each scenario
    returns        by coin, (T,) log returns over the horizon
    made_up        coins whose returns are no market's
    """

    rules: HistoricalRules
    days: tuple[date, ...]
    returns: Mapping[str, F64] = field(repr=False)
    proxies: Mapping[str, float]
    made_up: frozenset[str]

    def log_returns(self, coin: str) -> F64:
        """Log returns of a coin, its own or a multiple of BTC's. Raises Unsupported."""
        own = self.returns.get(coin)
        if own is not None:
            return own
        market = self.returns.get(MARKET)
        beta = self.beta(coin)
        if beta is None or market is None:
            raise Unsupported(
                f"{coin} has no past returns; add first_day and returns to [parameters.{coin}] of "
                f'{FILE}, or give {coin} a beta to {MARKET}, or set rules.without_history to "beta"'
            )
        return beta * market

    def beta(self, coin: str) -> float | None:
        """What a coin without a history moves over BTC; None where that is refused."""
        allowed = self.rules.without_history == "beta"
        return self.proxies.get(coin, self.rules.default_beta if allowed else None)

    def move(self, coin: str) -> F64:
        """Relative move of a coin in each scenario, (T,)."""
        return np.expm1(self.log_returns(coin))

    def windows(self) -> list[slice]:
        """The candidates for the stressed figure. Raises ParameterError without one."""
        rules = self.rules
        if rules.stress_window == "worst_year":
            length = min(rules.window_days, len(self.days))
            last = len(self.days) - length
            starts = list(range(last, -1, -rules.window_step))
            return [slice(start, start + length) for start in starts]
        if rules.stress_first is None or rules.stress_last is None:
            raise ParameterError(
                "house/historical: rules.stress_window is dates, so give stress_first and "
                "stress_last, e.g. 2022-01-01 and 2022-12-31"
            )
        first, last_day = rules.stress_first, rules.stress_last
        inside = [row for row, day in enumerate(self.days) if first <= day <= last_day]
        if not inside or days_in(len(inside), rules.confidence) < 1:
            raise ParameterError(
                f"house/historical: from {first} to {last_day} there are {len(inside)} days with a "
                f"history, which leaves less than one in the tail beyond {rules.confidence:g}"
            )
        return [slice(inside[0], inside[-1] + 1)]

    def correlations(self, coins: list[str], window: slice) -> list[tuple[str, str, float]]:
        """Correlation of the returns of each pair of coins, over a part of the days."""
        found = []
        for one, other in combinations(coins, 2):
            pair = self.log_returns(one)[window], self.log_returns(other)[window]
            if min(np.ptp(each) for each in pair) > 0:
                found.append((one, other, float(np.corrcoef(*pair)[0, 1])))
        return found


def sample(rules: HistoricalRules, tables: Mapping[str, Mapping[str, Any]]) -> Sample:
    """The joint sample of every coin with a history; made-up ones only while none is real.

    Raises ParameterError for too few days.
    """
    histories: dict[str, History] = {}
    proxies: dict[str, float] = {}
    for coin, table in tables.items():
        if coin == "rules":
            continue
        own, proxy = row(History, table), row(Proxy, table)
        if own is not None:
            histories[coin] = own
        if proxy is not None:
            proxies[coin] = proxy.beta
    if not histories:
        raise ParameterError(
            f"house/historical has no past returns of any coin; add them to {FILE}"
        )
    real = {coin: each for coin, each in histories.items() if not each.made_up}
    histories = real or histories  # what is made up must not shorten what is real
    first = max(each.first_day for each in histories.values())
    last = min(each.first_day + timedelta(len(each.returns) - 1) for each in histories.values())
    count = (last - first).days + 1
    horizon = rules.horizon_days
    scenarios = count - (horizon - 1 if rules.horizon == "overlapping" else 0)
    if days_in(max(scenarios, 0), rules.confidence) < 1:
        raise ParameterError(
            f"house/historical: {max(scenarios, 0)} scenarios of {horizon} days are common to "
            f"{', '.join(sorted(histories))}, which leaves less than one in the tail beyond "
            f"{rules.confidence:g}; lower rules.confidence or add days"
        )
    moved = {}
    for coin, each in histories.items():
        skipped = (first - each.first_day).days
        moved[coin] = _over(np.array(each.returns[skipped : skipped + count]), rules)
    days = tuple(first + timedelta(count - scenarios + step) for step in range(scenarios))
    made_up = frozenset(coin for coin, each in histories.items() if each.made_up)
    return Sample(
        rules, days, {coin: frozen(each) for coin, each in moved.items()}, proxies, made_up
    )


def _over(daily: F64, rules: HistoricalRules) -> F64:
    """Log returns over the horizon."""
    horizon = rules.horizon_days
    if rules.horizon == "scaled" or horizon == 1:
        scaled: F64 = daily * np.sqrt(horizon)
        return scaled
    summed = np.concatenate([[0.0], np.cumsum(daily)])
    over: F64 = summed[horizon:] - summed[:-horizon]
    return over
