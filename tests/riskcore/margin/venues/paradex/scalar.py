"""Portfolio margin once more, one number at a time, straight from the venue's text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import erf, exp, log, sqrt

Cdf = Callable[[float], float]


def exact(x: float) -> float:
    """The normal distribution."""
    return 0.5 * (1 + erf(x / sqrt(2)))


def abramowitz_stegun(x: float) -> float:
    """The normal distribution by formula 7.1.26, absolute error 1.5e-7."""
    z = abs(x) / sqrt(2)
    t = 1 / (1 + 0.3275911 * z)
    powers = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)
    tail = sum(each * t ** (place + 1) for place, each in enumerate(powers)) * exp(-z * z)
    return 0.5 * (1 + (1 - tail if x >= 0 else tail - 1))


@dataclass(frozen=True)
class Leg:
    """An instrument: a perpetual without a strike, else an option."""

    mark: float
    delta: float
    strike: float = 0.0
    days: float = 0.0
    vol: float = 0.0
    sign: int = 0


def option(spot: float, leg: Leg, vol: float, rate: float, cdf: Cdf) -> float:
    """Black and Scholes."""
    years = leg.days / 365
    spread = vol * sqrt(years)
    d1 = (log(spot / leg.strike) + (rate + vol * vol / 2) * years) / spread
    paid = leg.strike * exp(-rate * years)
    return leg.sign * (spot * cdf(leg.sign * d1) - paid * cdf(leg.sign * (d1 - spread)))


def table(
    up: Sequence[float], vol: tuple[float, float], tail: Mapping[float, float]
) -> list[tuple[float, float, float]]:
    """Spot move, volatility move, weight: a ladder that is the same up and down, and the tail."""
    steps = [*up, 0.0, *(-each for each in reversed(up))]
    rows = [(step, vol[0], 1.0) for step in steps]
    rows += [(step, vol[1], 1.0) for step in steps[1:-1]]
    return rows + [(step, vol[0], weight) for step, weight in tail.items()]


def moved(
    leg: Leg, spot: float, basis: float, s: float, v: float, rate: float, floor: float, cdf: Cdf
) -> float:
    """An instrument's price in a scenario."""
    if not leg.strike:
        return spot * (1 + s) * (1 + basis)
    power = 0.30 if leg.days < 30 else 0.13
    vol = leg.vol * (1 + v * (30 / max(1.0, leg.days)) ** power)
    return option(spot * (1 + s), leg, max(vol, floor) if v > 0 else vol, rate, cdf)


@dataclass(frozen=True)
class Margin:
    """What a book needs, and how it comes about."""

    initial: float
    maintenance: float
    scan: float
    least: float


def margin(
    book: Sequence[tuple[Leg, float]],
    orders: Sequence[tuple[Leg, float, float]],
    *,
    spot: float,
    basis: float,
    funding: float,
    rows: Sequence[tuple[float, float, float]],
    factors: tuple[float, float],
    rate: float = 0.0,
    floor: float = 0.4,
    cdf: Cdf = exact,
) -> Margin:
    """Portfolio margin of one coin, without fees.

    orders   leg, signed size, price
    factors  unhedged, hedged
    """
    alone, together = [0.0], [0.0]
    for s, v, weight in rows:
        gain = sum(
            size * (moved(leg, spot, basis, s, v, rate, floor, cdf) - leg.mark)
            for leg, size in book
        )
        cost = 0.0
        for leg, size, price in orders:
            there = moved(leg, spot, basis, s, v, rate, floor, cdf)
            cost += abs(size) * max(0.0, price - there if size > 0 else there - price)
        alone.append(-weight * gain)
        together.append(-weight * (gain - cost))
    held = [leg.delta * size for leg, size in book]
    open_, hedged = factors
    net, gross = abs(sum(held)), sum(map(abs, held))
    least = (open_ * net + hedged * (gross - net) / 2) * spot
    asked = [leg.delta * size for leg, size, _ in orders]
    long, short = sum(d for d in held if d > 0), -sum(d for d in held if d < 0)
    more_long = long + sum(d for d in asked if d > 0)
    more_short = short - sum(d for d in asked if d < 0)
    alone_side = max(0.0, more_long - short, more_short - long)
    paired = max(0.0, max(more_long, more_short) - alone_side)
    with_orders = (hedged * paired + open_ * alone_side) * spot
    paid = funding * spot * sum(size for leg, size in book if not leg.strike)
    offered = funding * spot * sum(size for leg, size, _ in orders if not leg.strike)
    return Margin(
        max(*together, with_orders) + max(0.0, paid + offered),
        0.5 * max(*alone, least) + max(0.0, paid),
        max(together),
        with_orders,
    )
