"""What can be held: spot, perpetuals, dated futures and European options of a venue.

A position's quantity counts the unit in which the venue itself states a position, and
`multiplier` says what one such unit is: USD of notional for Deribit's inverse futures, coins for
its options and linear contracts. So no quantity is ever converted on its way in or out.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from riskcore.errors import InstrumentError


class Right(StrEnum):
    """What an option gives the right to do."""

    CALL = "call"
    PUT = "put"

    @property
    def sign(self) -> float:
        """+1 for a call, -1 for a put."""
        return 1.0 if self is Right.CALL else -1.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A coin against a currency; as a holding, the coin itself."""

    venue: str
    name: str
    base: str
    quote: str

    multiplier: float = 1.0

    @property
    def settlement(self) -> str:
        """The currency a change of value is counted in."""
        return self.quote

    def __hash__(self) -> int:
        return hash(self.name)  # equal terms have equal names, and a text keeps its hash


@dataclass(frozen=True, slots=True)
class Perpetual:
    """A future without expiry. Inverse when it settles in its base coin."""

    venue: str
    name: str
    base: str
    quote: str
    settlement: str
    multiplier: float = 1.0  # quote currency (inverse) or base coins (linear) per unit of quantity

    def __post_init__(self) -> None:
        _require_positive(self.name, "multiplier", self.multiplier)

    def __hash__(self) -> int:
        return hash(self.name)  # equal terms have equal names, and a text keeps its hash


@dataclass(frozen=True, slots=True)
class Future:
    """A dated future, cash-settled at expiry. Inverse when it settles in its base coin."""

    venue: str
    name: str
    base: str
    quote: str
    settlement: str
    expiry: datetime
    multiplier: float = 1.0  # quote currency (inverse) or base coins (linear) per unit of quantity

    def __post_init__(self) -> None:
        _require_utc(self.name, self.expiry)
        _require_positive(self.name, "multiplier", self.multiplier)

    def __hash__(self) -> int:
        return hash(self.name)  # equal terms have equal names, and a text keeps its hash


@dataclass(frozen=True, slots=True)
class Option:
    """A European option, cash-settled. Inverse when it settles in its base coin."""

    venue: str
    name: str
    base: str
    quote: str
    settlement: str
    expiry: datetime
    strike: float  # quote currency per coin
    right: Right
    multiplier: float = 1.0  # coins per unit of quantity

    def __post_init__(self) -> None:
        _require_utc(self.name, self.expiry)
        _require_positive(self.name, "strike", self.strike)
        _require_positive(self.name, "multiplier", self.multiplier)

    def __hash__(self) -> int:
        return hash(self.name)  # equal terms have equal names, and a text keeps its hash


Instrument = Spot | Perpetual | Future | Option
Dated = Future | Option
_KINDS = {Spot: 0, Perpetual: 1, Future: 2, Option: 3}


def is_inverse(instrument: Instrument) -> bool:
    """Whether profit is counted in the base coin itself."""
    return instrument.settlement == instrument.base


def sort_key(instrument: Instrument) -> tuple[str, str, float, int, float, str, str]:
    """The order in which a book is read: coin, expiry (undated first), kind, strike, right."""
    kind = _KINDS[type(instrument)]
    expiry = instrument.expiry.timestamp() if isinstance(instrument, Dated) else 0.0
    strike = instrument.strike if isinstance(instrument, Option) else 0.0
    right = instrument.right.value if isinstance(instrument, Option) else ""
    return (instrument.base, instrument.venue, expiry, kind, strike, right, instrument.name)


def _require_utc(name: str, expiry: datetime) -> None:
    if expiry.tzinfo is not UTC:
        raise InstrumentError(f"{name}: its expiry {expiry} is not in UTC")


def _require_positive(name: str, what: str, value: float) -> None:
    if not 0 < value < float("inf"):
        raise InstrumentError(f"{name}: its {what} {value} is not a positive number")
