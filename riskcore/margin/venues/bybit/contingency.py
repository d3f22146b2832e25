"""The five contingencies that Bybit adds to a coin's largest loss in portfolio margin.

1 short options   net short coins of calls and of puts x factor x index
2 vega spread     hedged option coins x days between expiries x factor x index
3 USDT-USDC       hedged delta between the two settlements x index x the spread of the two
4 delta spread    hedged delta between expiries x years between them x factor x index
5 futures         sum of |coins| x factor x index

Only the fifth is confirmed by a recorded answer (0.8037046 = 0.038 x 70,500.40 x 0.0003). The
others follow a condensed copy (scallope.com/9990) that does not define hedged quantity, combined
time or the spread: hedged is the smaller of the long and the short side, time the distance between
their mean expiries, and perpetuals and the spot hedge expire now.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from riskcore.instruments import Future, Option, Perpetual, Right
from riskcore.margin.requirement import Component, Rule, total
from riskcore.margin.venues.bybit.parameters import Shock

SOURCE = "scallope.com/9990; GET /v5/asset/portfolio-margin"
DAYS_PER_YEAR = 365


@dataclass(frozen=True, slots=True)
class Held:
    """One position of a coin.

    coins  its size in coins, signed
    delta  coins
    days   to expiry, 0 without one
    """

    label: str
    instrument: Perpetual | Future | Option
    coins: float
    delta: float
    days: float


def contingency(
    held: Sequence[Held], hedge: float, shock: Shock, index: float, spread: float
) -> Component:
    """What is added for one coin, USD.

    hedge   coins of spot that hedge
    index   USD per coin
    spread  of USDT over USDC, relative, without sign
    """
    lines = [
        _short_options(held, shock, index),
        _vega(held, shock, index),
        _stablecoins(held, index, spread),
        _delta(held, hedge, shock, index),
        _futures(held, shock, index),
    ]
    return total("contingency", *(each for each in lines if each is not None), source=SOURCE)


def _short_options(held: Sequence[Held], shock: Shock, index: float) -> Component | None:
    short = 0.0
    for right in Right:
        net = sum(
            each.coins
            for each in held
            if isinstance(each.instrument, Option) and each.instrument.right is right
        )
        short += max(-net, 0.0)
    amount = short * shock.short_option_factor * index
    because = f"{short:,.8g} coins × {shock.short_option_factor:g} × {index:,.8g}"
    return Component("short_option_contingency", amount, because=because) if amount else None


def _vega(held: Sequence[Held], shock: Shock, index: float) -> Component | None:
    options = [(each.days, each.coins) for each in held if isinstance(each.instrument, Option)]
    hedged, days = matched(options)
    amount = hedged * days * shock.vega_factor * index
    because = f"{hedged:,.8g} coins × {days:,.6g} days × {shock.vega_factor:g} × {index:,.8g}"
    return Component("vega_contingency", amount, because=because) if amount else None


def _stablecoins(held: Sequence[Held], index: float, spread: float) -> Component | None:
    net = {"USDT": 0.0, "USDC": 0.0}
    for each in held:
        if each.instrument.settlement in net:
            net[each.instrument.settlement] += each.delta
    hedged = min(map(abs, net.values())) if net["USDT"] * net["USDC"] < 0 else 0.0
    amount = hedged * index * spread
    because = f"{hedged:,.8g} coins × {index:,.8g} × spread {spread:.6g}"
    return Component("stablecoin_contingency", amount, because=because) if amount else None


def _delta(held: Sequence[Held], hedge: float, shock: Shock, index: float) -> Component | None:
    deltas = [(each.days, each.delta) for each in held]
    hedged, days = matched([*deltas, (0.0, hedge)])
    years = days / DAYS_PER_YEAR
    amount = hedged * years * shock.delta_factor * index
    because = f"{hedged:,.8g} coins × {years:.6g} years × {shock.delta_factor:g} × {index:,.8g}"
    return Component("delta_contingency", amount, because=because) if amount else None


def _futures(held: Sequence[Held], shock: Shock, index: float) -> Component | None:
    leaves = [
        Component(
            each.label,
            abs(each.coins) * shock.future_factor * index,
            Rule.POSITION,
            f"{abs(each.coins):,.8g} coins × {shock.future_factor:g} × {index:,.8g}",
        )
        for each in held
        if not isinstance(each.instrument, Option)
    ]
    return total("futures_contingency", *leaves) if leaves else None


def matched(entries: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """The smaller of the long and the short side, and the distance between their mean times.

    entries  (time, signed amount); amounts of one time net first
    """
    by_time: dict[float, float] = {}
    for time, amount in entries:
        by_time[time] = by_time.get(time, 0.0) + amount
    long = {time: amount for time, amount in by_time.items() if amount > 0}
    short = {time: -amount for time, amount in by_time.items() if amount < 0}
    if not long or not short:
        return 0.0, 0.0
    sides = [
        sum(time * amount for time, amount in side.items()) / sum(side.values())
        for side in (long, short)
    ]
    return min(sum(long.values()), sum(short.values())), abs(sides[0] - sides[1])
