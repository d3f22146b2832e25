"""The far end of a sample of losses: expected shortfall and value at risk, with their Euler parts.

Of N equally likely losses the tail holds N (1 - confidence), the last of them perhaps in part. The
expected shortfall is their mean, the value at risk the largest loss outside the tail. A position's
part is its own mean over the same scenarios, so parts add up exactly.
Source: Acerbi and Tasche (2002), J. Banking & Finance 26, 1487-1503.
"""

from math import floor

import numpy as np

from riskcore.arrays import F64, Ints


def tail(losses: F64, confidence: float, measure: str) -> tuple[Ints, F64]:
    """The scenarios that count, the worst first, and what each counts; the shares sum to 1.

    losses  (T,)
    """
    shares = _shares(losses.size, confidence, measure)
    rows = np.argsort(-losses, kind="stable")[: shares.size]
    counted = shares > 0
    return rows[counted], shares[counted]


def figures(losses: F64, confidence: float, measure: str) -> F64:
    """The figure of each book: losses (..., T) -> (...)."""
    shares = _shares(losses.shape[-1], confidence, measure)
    size = shares.size
    worst = np.partition(losses, losses.shape[-1] - size, axis=-1)[..., -size:]
    worst.sort(axis=-1)
    figure: F64 = worst[..., ::-1] @ shares
    return figure


def days_in(count: int, confidence: float) -> float:
    """How many of `count` scenarios the tail holds; 0.9 leaves 1 of 10 in floating point too."""
    return round(count * (1 - confidence), 9)


def _shares(count: int, confidence: float, measure: str) -> F64:
    """What the worst, second worst, ... loss counts."""
    inside = days_in(count, confidence)
    whole = floor(inside)
    if measure == "value_at_risk":
        shares = np.zeros(min(whole + 1, count))
        shares[-1] = 1.0
        return shares
    left = inside - whole
    shares = np.array([1.0] * whole + ([left] if left else []))
    normed: F64 = shares / shares.sum()
    return normed
