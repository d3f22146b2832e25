"""Greeks of options on a forward, as Deribit publishes them.

All take forward, strike, tau, vol, sign: (I,), in the units of black.price. An expired option or
one without volatility has the delta of its pay-off and no other Greek.
Source: recorded tickers of 2026-01; docs.deribit.com, public/ticker (theta counts one day or the
remaining life, whichever is shorter).
"""

import numpy as np

from riskcore.arrays import F64
from riskcore.pricing import black, normal

DAYS = 365.0  # of a year


def delta(forward: F64, strike: F64, tau: F64, vol: F64, sign: F64) -> F64:
    """Change of the value per 1 of quote currency in the forward; not premium-adjusted."""
    value: F64 = sign * normal.cumulative(sign * _d1(forward, strike, tau, vol))
    return value


def gamma(forward: F64, strike: F64, tau: F64, vol: F64) -> F64:
    """Change of delta per 1 of quote currency in the forward."""
    deviation = vol * np.sqrt(tau)
    density = normal.density(_d1(forward, strike, tau, vol))
    return _where_alive(density, forward * deviation)


def vega(forward: F64, strike: F64, tau: F64, vol: F64) -> F64:
    """Quote currency per 1.00 of volatility."""
    value: F64 = forward * normal.density(_d1(forward, strike, tau, vol)) * np.sqrt(tau)
    return value


def theta(forward: F64, strike: F64, tau: F64, vol: F64, sign: F64) -> F64:
    """Quote currency per year: 365 times what the next day takes, at most the whole value.

    Within a day of expiry only the remaining life is counted.
    """
    density = normal.density(_d1(forward, strike, tau, vol))
    a_day = _where_alive(forward * density * vol, 2 * np.sqrt(tau)) / DAYS
    left = np.minimum(1.0, tau * DAYS)
    value: F64 = -DAYS * np.minimum(a_day * left, black.price(forward, strike, tau, vol, sign))
    return value


def _d1(forward: F64, strike: F64, tau: F64, vol: F64) -> F64:
    deviation = np.clip(vol * np.sqrt(tau), black.SMALLEST, black.LARGEST)
    with np.errstate(divide="ignore", over="ignore"):
        d1: F64 = np.log(forward / strike) / deviation + deviation / 2
    return np.clip(d1, -normal.FAR, normal.FAR)


def _where_alive(amount: F64, divisor: F64) -> F64:
    value: F64 = np.divide(amount, divisor, out=np.zeros_like(amount), where=divisor > 0)
    return value
