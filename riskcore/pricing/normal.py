"""The one door to the normal distribution.

Its tail is exp(-x²/2) times a ratio of two polynomials, so a whole option costs one exponential.
Hart, J. F. et al. (1968), Computer Approximations, function 5666, as printed by West, G. (2005),
Better approximations to cumulative normal functions, Wilmott, May, 70-76. Absolute error: 1e-15.
"""

import numpy as np

from riskcore.arrays import F64

FAR = 40.0  # the density of anything farther out is zero in float64

_UPPER = (
    3.52624965998911e-02,
    0.700383064443688,
    6.37396220353165,
    33.912866078383,
    112.079291497871,
    221.213596169931,
    220.206867912376,
)
_LOWER = (
    8.83883476483184e-02,
    1.75566716318264,
    16.064177579207,
    86.7807322029461,
    296.564248779674,
    637.333633378831,
    793.826512519948,
    440.413735824752,
)
_ROOT = np.sqrt(2 * np.pi)


def density(x: F64) -> F64:
    """The density at x, any shape."""
    value: F64 = np.exp(-0.5 * x * x) / _ROOT
    return value


def cumulative(x: F64) -> F64:
    """The probability of at most x, any shape."""
    distance = np.minimum(np.abs(x), FAR)
    upper, lower = np.empty_like(distance), np.empty_like(distance)
    tail_ratio(distance, upper, lower)
    tail = np.exp(-0.5 * distance * distance) * upper / lower
    value: F64 = np.where(x > 0, 1.0 - tail, tail)
    return value


def tail_ratio(distance: F64, upper: F64, lower: F64) -> None:
    """Writes two polynomials whose ratio, times exp(-x²/2), is the probability beyond x.

    distance  x, from 0 to FAR, any shape
    upper, lower  the places they are written to, same shape
    """
    _polynomial(_UPPER, distance, upper)
    _polynomial(_LOWER, distance, lower)


def _polynomial(coefficients: tuple[float, ...], x: F64, out: F64) -> None:
    np.multiply(x, coefficients[0], out=out)
    for coefficient in coefficients[1:-1]:
        out += coefficient
        out *= x
    out += coefficients[-1]
