"""What spot, perpetuals and futures are worth, linear and inverse.

An inverse contract of N USD entered at p gains N (1/p - 1/price) coins, so up to a constant that
no profit sees it is worth -N/price coins.
"""

import numpy as np

from riskcore.arrays import F64, Bools


def value(price: F64, multiplier: F64, inverse: Bools) -> F64:
    """Value of one long unit, settlement currency, up to a constant for inverse contracts.

    price       (I, S)  quote currency per coin
    multiplier  (I, 1)  coins (linear) or quote currency (inverse) per unit
    inverse     (I, 1)
    """
    with np.errstate(divide="ignore"):
        result: F64 = np.where(inverse, -multiplier / price, multiplier * price)
    return result


def delta(mark: F64, multiplier: F64, inverse: Bools) -> F64:
    """Coins that one long unit stands for, (I,); an inverse contract counts at its own mark."""
    with np.errstate(divide="ignore"):
        coins: F64 = np.where(inverse, multiplier / mark, multiplier)
    return coins
