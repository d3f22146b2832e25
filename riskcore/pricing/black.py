"""Black 1976 on arrays, without discounting: Deribit's interest rate is zero.

A call and a put of the same terms are each worth what exercise now would pay plus the same time
value, so put-call parity holds by construction. With F the smaller and K the larger of forward and
strike, F n(d1) = K n(d2): both tails of the time value share one exponential.
"""

import numpy as np

from riskcore.arrays import F64
from riskcore.pricing import normal

BLOCK = 8192  # cells priced at once: their workspace stays in a core's own cache
SMALLEST = 1e-300  # deviation of an option that cannot move; its time value comes out as 0
LARGEST = 30.0  # deviation at which the time value has reached its limit in float64


def price(forward: F64, strike: F64, tau: F64, vol: F64, sign: F64) -> F64:
    """Undiscounted value of European options.

    forward  (..., S)  quote currency per coin, >= 0
    strike   (..., S)  quote currency per coin, > 0
    tau      (..., S)  years to expiry; 0 gives intrinsic value
    vol      (..., S)  per square-root year, 0.6 means 60 %
    sign     (..., S)  +1 call, -1 put
    returns  (..., S)  quote currency per coin; shapes are broadcast

    Black, F. (1976), J. Financial Economics 3, 167-179.
    """
    forward, strike, deviation, sign = np.broadcast_arrays(
        forward, strike, np.asarray(vol) * np.sqrt(tau), sign
    )
    value = time_value(forward, strike, deviation)
    value += np.maximum(sign * (forward - strike), 0.0)
    return value


def time_value(forward: F64, strike: F64, deviation: F64) -> F64:
    """What an option is worth above exercise now, the same for call and put.

    forward    (...)  quote currency per coin, >= 0
    strike     (...)  quote currency per coin, > 0
    deviation  (...)  volatility times the root of the years to expiry
    returns    (...)  quote currency per coin, >= 0
    """
    shape = forward.shape
    forward, strike, deviation = (
        np.ascontiguousarray(each).reshape(-1) for each in (forward, strike, deviation)
    )
    out = np.empty(forward.size)
    room = np.empty((3, 2, min(BLOCK, out.size)))
    with np.errstate(divide="ignore", over="ignore", under="ignore"):
        for start in range(0, out.size, BLOCK):
            part = slice(start, min(start + BLOCK, out.size))
            _price_block(forward[part], strike[part], deviation[part], out[part], room)
    return out.reshape(shape)


def _price_block(forward: F64, strike: F64, deviation: F64, out: F64, room: F64) -> None:
    """Time values without a temporary array.

    With far = |ln(F/K)| / deviation and half = deviation / 2, d1 = half - far and
    d2 = -(half + far). The tail beyond |d2| is taken off the tail beyond |d1|, or off all the rest
    where d1 is positive.
    """
    distance, upper, lower = room[:, :, : out.size]
    first, second = distance
    tail, farther = upper
    half = tail
    np.divide(forward, strike, out=out)
    np.log(out, out=out)
    np.abs(out, out=out)
    np.clip(deviation, SMALLEST, LARGEST, out=half)
    out /= half
    np.minimum(out, normal.FAR, out=out)
    half *= 0.5
    np.add(out, half, out=second)
    np.subtract(out, half, out=first)
    inside = first < 0
    np.copysign(1.0, first, out=out)
    np.abs(first, out=first)
    normal.tail_ratio(distance, upper, lower)
    upper /= lower
    tail *= out
    tail -= farther
    np.multiply(second, second, out=out)
    out *= -0.5
    np.exp(out, out=out)
    out *= tail
    out *= np.maximum(forward, strike, out=first)
    np.minimum(forward, strike, out=second)
    second *= inside
    out += second
    np.maximum(out, 0.0, out=out)
