"""The volatility that a price implies, with the bracket in which it was searched."""

from dataclasses import dataclass

import numpy as np

from riskcore.arrays import F64, Bools
from riskcore.errors import MarketError
from riskcore.instruments import Option, is_inverse
from riskcore.pricing import black

LOWEST = 0.001  # 0.1 %
HIGHEST = 50.0  # 5,000 %
STEPS = 100  # bisection alone needs 60
PRECISION = 1e-14  # of the volatility


@dataclass(frozen=True, slots=True, eq=False)
class ImpliedVol:
    """Implied volatilities and the prices between which one exists.

    vol             (I,)  per square-root year, NaN where no volatility in the bracket fits
    lowest, highest       the bracket, per square-root year
    cheapest        (I,)  price at the lowest volatility, quote currency per coin
    dearest         (I,)  price at the highest volatility
    """

    vol: F64
    lowest: float
    highest: float
    cheapest: F64
    dearest: F64


def implied_vol(
    price: F64,
    forward: F64,
    strike: F64,
    tau: F64,
    sign: F64,
    lowest: float = LOWEST,
    highest: float = HIGHEST,
) -> ImpliedVol:
    """The volatilities at which black.price gives these prices.

    price    (I,)  quote currency per coin
    forward  (I,)  quote currency per coin
    strike   (I,)  quote currency per coin
    tau      (I,)  years to expiry; an expired option implies none
    sign     (I,)  +1 call, -1 put
    """
    price, forward, strike, tau, sign = np.broadcast_arrays(price, forward, strike, tau, sign)
    terms = (forward, strike, tau)
    low, high = np.full(price.shape, lowest), np.full(price.shape, highest)
    cheapest, dearest = (black.price(*terms, bound, sign) for bound in (low, high))
    fits = (tau > 0) & (price > cheapest) & (price < dearest)
    wanted = price - np.maximum(sign * (forward - strike), 0.0)
    vol = _search(wanted, *terms, low, high, fits)
    return ImpliedVol(np.where(fits, vol, np.nan), lowest, highest, cheapest, dearest)


def require_vol(option: Option, quote: float, forward: float, tau: float) -> float:
    """The volatility that an option's price implies; the price is as the venue quotes it.

    Raises MarketError, with the prices that would be accepted, where no volatility fits.
    """
    unit = forward if is_inverse(option) else 1.0
    coin = option.base if is_inverse(option) else option.quote
    if not tau > 0:
        raise MarketError(f"{option.name} has expired: its price implies no volatility")
    terms = np.array([[quote * unit], [forward], [option.strike], [tau], [option.right.sign]])
    found = implied_vol(terms[0], terms[1], terms[2], terms[3], terms[4])
    if np.isnan(found.vol[0]):
        raise MarketError(
            f"{option.name}: no volatility from {found.lowest:.1%} to {found.highest:,.0%} gives "
            f"the price {quote:.8g} {coin}; it must lie between {found.cheapest[0] / unit:.8g} and "
            f"{found.dearest[0] / unit:.8g} {coin}"
        )
    return float(found.vol[0])


def _search(
    wanted: F64, forward: F64, strike: F64, tau: F64, low: F64, high: F64, fits: Bools
) -> F64:
    """Newton's steps on the logarithm of the time value, halving where one leaves the bracket.

    Starts where the time value bends: sqrt(2 |ln(F/K)|) as deviation (Manaster and Koehler 1982).
    """
    root = np.sqrt(np.where(fits, tau, 1.0))
    moneyness = np.abs(np.log(forward / strike))
    vol = np.clip(np.sqrt(2 * moneyness) / root, low, high)
    vol = np.where(moneyness > 0, vol, np.sqrt(low * high))
    for _ in range(STEPS):
        deviation = vol * root
        value = black.time_value(forward, strike, deviation)
        low = np.where(value < wanted, vol, low)
        high = np.where(value < wanted, high, vol)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            d1 = np.log(forward / strike) / deviation + deviation / 2
            slope = forward * np.exp(-0.5 * d1 * d1) / np.sqrt(2 * np.pi) * root
            step = value / slope * np.log(wanted / value)
            guess = vol + step
        inside = (guess > low) & (guess < high)
        following = np.where(inside, guess, 0.5 * (low + high))
        done = ~fits | (np.abs(following - vol) <= PRECISION * vol) | (value == wanted)
        vol = np.where(done, vol, following)
        if done.all():
            break
    return vol
