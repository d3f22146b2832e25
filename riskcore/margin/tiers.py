"""Margin rates that grow with size."""

from bisect import bisect_left
from collections.abc import Sequence


def incremented(base: float, increment: float, coins: float) -> float:
    """A rate that grows by the same step with every coin held."""
    return base + increment * coins


def leverage(
    coins: float,
    *,
    top: float,
    lowest: float,
    top_until: float,
    decay: float,
    largest: float,
    shape: str,
) -> float:
    """Highest leverage at a size: `top` up to a share of the largest position, then less.

    coins      position, without sign
    top_until  share of `largest` up to which leverage is `top`
    decay      "linear": the share of `largest` at which leverage has fallen to `lowest`;
               "power": the exponent of the decay
    """
    edge = top_until * largest
    if coins <= edge:
        return top
    if shape == "power":
        return max(top * float((edge / coins) ** decay), lowest)
    width = decay * largest - edge
    fallen = (coins - edge) / width if width > 0 else 1.0
    return max(top - (top - lowest) * fallen, lowest)


def marginal(amount: float, upto: Sequence[float], rates: Sequence[float]) -> float:
    """What an amount makes when each slice of it has its own rate.

    upto   ends of the slices, ascending; the last may be infinite
    rates  of the slices; what lies beyond the last end counts nothing
    """
    start, total = 0.0, 0.0
    for end, rate in zip(upto, rates, strict=True):
        if amount <= start:
            break
        total += (min(amount, end) - start) * rate
        start = end
    return total


def row_of(amount: float, lower: Sequence[float]) -> int:
    """The tier of an amount: the last whose lower end it exceeds, the first for nothing."""
    return max(bisect_left(lower, amount) - 1, 0)


def deductions(lower: Sequence[float], rates: Sequence[float]) -> tuple[float, ...]:
    """What to take off amount x rate in each tier so that the margin has no jumps.

    d(0) = 0, d(n) = d(n-1) + lower(n) (rate(n) - rate(n-1))
    Source: Binance, Hyperliquid and Bybit publish this recursion as cum, ded and mmDeduction.
    """
    found = [0.0]
    for row in range(1, len(lower)):
        found.append(found[-1] + lower[row] * (rates[row] - rates[row - 1]))
    return tuple(found)
