"""Finds a venue's naming module, so that nothing else need know which venues exist."""

import pkgutil
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from riskcore import naming
from riskcore.errors import InstrumentError
from riskcore.instruments import Instrument

BESIDE = {"directory", "terms"}  # modules that are no venue
_TITLES = {"bitmex": "BitMEX", "dydx": "dYdX", "okx": "OKX"}  # the others: a capital letter


class Naming(Protocol):
    """What every module `naming/<venue>.py` offers."""

    def parse(self, name: str) -> Instrument:
        """The instrument a name stands for."""

    def spell(self, instrument: Instrument) -> str:
        """The name of an instrument with these terms."""

    def equivalent(self, instrument: Instrument) -> Instrument:
        """The instrument of this venue nearest to one of another: same coin, expiry, strike, right.

        Raises InstrumentError with the reason where the venue lists nothing like it.
        """

    def lot(self, instrument: Instrument) -> float:
        """The smallest change of a position."""

    def tick(self, instrument: Instrument, price: float) -> float:
        """The price step at a price level."""


class Wallets(Protocol):
    """What the module of a venue offers besides that keeps contracts in several wallets."""

    def in_wallet(self, wallet: str, instrument: Instrument) -> Instrument:
        """The nearest instrument of what a wallet holds. Raises InstrumentError."""


def keeps_sides(venue: str) -> bool:
    """Whether a venue may keep a long and a short of one instrument: its KEEPS_SIDES."""
    return venue in venues() and getattr(of(venue), "KEEPS_SIDES", False)


@cache
def venues() -> tuple[str, ...]:
    """The venues whose names are known."""
    found = (module.name for module in pkgutil.iter_modules(naming.__path__))
    return tuple(sorted(name for name in found if name not in BESIDE))


def of(venue: str) -> Naming:
    """The naming of one venue. Raises InstrumentError when the venue is unknown."""
    if venue not in venues():
        raise InstrumentError(f"venue {venue!r} is not known; known are {', '.join(venues())}")
    return cast(Naming, import_module(f"{naming.__name__}.{venue}"))


def nearest(venue: str, wallet: str, instrument: Instrument) -> Instrument:
    """A venue's nearest instrument, of what one wallet of it holds where it keeps several.

    Raises InstrumentError with the reason where there is nothing like it.
    """
    naming_of = of(venue)
    if wallet:
        return cast(Wallets, naming_of).in_wallet(wallet, instrument)
    return naming_of.equivalent(instrument)


def title(venue: str) -> str:
    """How a desk writes a venue."""
    return _TITLES.get(venue, venue.capitalize())
