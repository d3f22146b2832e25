"""Volatility of a strike from a venue's surface of one expiry.

Source: Derive's SVI feed; Gatheral's raw parametrisation.
"""

from math import sqrt

import numpy as np

from riskcore.arrays import F64
from riskcore.errors import MarketError
from riskcore.oracles import Surface
from riskcore.time import SECONDS_PER_YEAR

WINGS = 4.0  # log-moneyness is clipped at this many square roots of a + b sigma
LARGEST_VARIANCE = 144.0


def vol(surface: Surface, strike: F64, forward: float, tau: float) -> F64:
    """Volatility of each strike, in the shape of `strike`, per square-root year.

    forward, tau  taken where the surface states none of its own
    Log-moneyness is clipped at four square roots of a + b sigma. Raises MarketError when the
    surface gives a negative variance there, or has no forward.
    """
    reference = forward if surface.forward is None else surface.forward
    years = max(tau if surface.tau is None else surface.tau, 1.0 / SECONDS_PER_YEAR)
    if not reference > 0:
        raise MarketError(f"{_name(surface)} has no forward")
    k = log_moneyness(surface, strike, reference)
    away = k - surface.m
    variance = surface.a + surface.b * (
        surface.rho * away + np.sqrt(away * away + surface.sigma * surface.sigma)
    )
    if (variance < 0).any():
        raise MarketError(f"{_name(surface)} has a negative variance at a strike")
    found: F64 = np.sqrt(np.minimum(variance, LARGEST_VARIANCE) / years)
    return np.where(np.asarray(strike) == 0, 0.0, found)


def log_moneyness(surface: Surface, strike: F64, reference: float) -> F64:
    """ln(strike / reference), clipped at four square roots of a + b sigma, in the strikes' shape.

    Raises MarketError when a + b sigma is negative.
    """
    middle = surface.a + surface.b * surface.sigma
    if middle < 0:
        raise MarketError(f"{_name(surface)} has a negative variance: a + b sigma is {middle}")
    wing = WINGS * sqrt(middle)
    with np.errstate(divide="ignore"):
        k: F64 = np.clip(np.log(np.asarray(strike, dtype=np.float64) / reference), -wing, wing)
    return k


def _name(surface: Surface) -> str:
    return f"the {surface.venue} surface of {surface.underlying} {surface.expiry:%d %b %Y}"
