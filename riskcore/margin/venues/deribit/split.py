"""Parts of an account: one currency of it, and what is left when the nearest expiry is gone."""

from collections.abc import Callable
from dataclasses import replace

from riskcore.holdings import Holdings
from riskcore.instruments import Dated, Instrument


def of_currency(holdings: Holdings, currency: str) -> Holdings:
    """The positions and orders that settle in one currency."""
    return _kept(holdings, lambda each: each.settlement == currency)


def nearest_expiry(holdings: Holdings) -> float | None:
    """The first expiry of which a quantity is held, seconds since 1970."""
    dated = [
        each.instrument.expiry.timestamp()
        for each in holdings.positions
        if isinstance(each.instrument, Dated) and each.quantity
    ]
    return min(dated, default=None)


def later(holdings: Holdings) -> Holdings:
    """The holdings when everything of the nearest expiry held is gone, orders as well."""
    nearest = nearest_expiry(holdings)
    if nearest is None:
        return holdings
    return _kept(
        holdings,
        lambda each: not isinstance(each, Dated) or each.expiry.timestamp() != nearest,
    )


def _kept(holdings: Holdings, stays: Callable[[Instrument], bool]) -> Holdings:
    return replace(
        holdings,
        positions=tuple(each for each in holdings.positions if stays(each.instrument)),
        orders=tuple(each for each in holdings.orders if stays(each.instrument)),
    )
