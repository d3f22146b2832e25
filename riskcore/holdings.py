"""What an account holds: positions, balances, resting orders and the settings of its pool."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from riskcore.arrays import F64
from riskcore.errors import HoldingsError
from riskcore.instruments import Future, Instrument, Perpetual, is_inverse, sort_key
from riskcore.universe import Universe


class Side(StrEnum):
    """Which of the positions that a venue keeps apart in one instrument."""

    NET = "net"
    LONG = "long"
    SHORT = "short"


class MarginMode(StrEnum):
    """Whether a position shares the pool's collateral or has its own."""

    CROSS = "cross"
    ISOLATED = "isolated"


@dataclass(frozen=True, slots=True)
class Position:
    """A quantity of one instrument."""

    instrument: Instrument
    quantity: float  # in the venue's unit, long positive
    entry_price: float | None = None  # as the venue quotes it
    settled_price: float | None = None  # open profit of futures runs from here, else from entry
    side: Side = Side.NET
    margin_mode: MarginMode = MarginMode.CROSS
    leverage: float | None = None
    isolated_margin: float | None = None  # settlement currency
    accrued_funding: float = 0.0  # settlement currency, positive received

    def __post_init__(self) -> None:
        name = self.instrument.name
        _require_finite(f"{name}: its quantity", self.quantity)
        _require_finite(f"{name}: its accrued funding", self.accrued_funding)
        for what, figure in (
            ("leverage", self.leverage),
            ("isolated margin", self.isolated_margin),
        ):
            if figure is not None:
                _require_finite(f"{name}: its {what}", figure)
        for what, price in (
            ("entry price", self.entry_price),
            ("settled price", self.settled_price),
        ):
            if price is not None and not 0 <= price < float("inf"):
                raise HoldingsError(f"{name}: its {what} {price} must be a number, not negative")
        if self.side is Side.LONG and self.quantity < 0:
            raise HoldingsError(f"{name}: a long side cannot hold {self.quantity}")
        if self.side is Side.SHORT and self.quantity > 0:
            raise HoldingsError(f"{name}: a short side cannot hold {self.quantity}")

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What may stand once in an account: venue, instrument, side, margin mode."""
        return (
            self.instrument.venue,
            self.instrument.name,
            self.side.value,
            self.margin_mode.value,
        )

    @property
    def label(self) -> str:
        """Its name in a breakdown: the instrument, with the side where a venue keeps two."""
        name = self.instrument.name
        return name if self.side is Side.NET else f"{name} {self.side.value}"

    def gain(self, start: float, end: float) -> float:
        """What the position gains between two of its prices, in its settlement currency."""
        size = self.quantity * self.instrument.multiplier
        if is_inverse(self.instrument) and isinstance(self.instrument, Perpetual | Future):
            return size * (1 / start - 1 / end) if start else 0.0
        return size * (end - start)

    @property
    def entered(self) -> float | None:
        """The entry price, where it is known: no future was ever bought at 0."""
        return self._paid(self.entry_price)

    @property
    def opened(self) -> float | None:
        """The price from which open profit runs: the settled one, else that of entry, if known."""
        settled = self._paid(self.settled_price)
        return self.entered if settled is None else settled

    def _paid(self, price: float | None) -> float | None:
        unknown = price == 0 and isinstance(self.instrument, Perpetual | Future)
        return None if unknown else price

    def open_profit(self, mark: float) -> float:
        """Profit not yet settled, 0 while the price it runs from is not known."""
        return 0.0 if self.opened is None else self.gain(self.opened, mark)


@dataclass(frozen=True, slots=True)
class Balance:
    """The venue's cash balance of one currency: settled, without open profit or option value."""

    amount: float
    borrowed: float = 0.0
    locked: float = 0.0

    def __post_init__(self) -> None:
        _require_finite("a balance", self.amount)
        for what, amount in (("borrowed", self.borrowed), ("locked", self.locked)):
            if not 0 <= amount < float("inf"):
                raise HoldingsError(f"the {what} amount {amount} must be a number, not negative")


@dataclass(frozen=True, slots=True)
class Order:
    """A resting order."""

    instrument: Instrument
    quantity: float  # signed: a buy is positive
    price: float
    reduce_only: bool = False

    def __post_init__(self) -> None:
        name = self.instrument.name
        _require_finite(f"{name}: the order's quantity", self.quantity)
        if self.quantity == 0:
            raise HoldingsError(f"{name}: an order needs a quantity other than 0")
        if not 0 <= self.price < float("inf"):
            raise HoldingsError(f"{name}: the order's price {self.price} must not be negative")


@dataclass(frozen=True, slots=True)
class Settings:
    """How the venue keeps the account."""

    position_mode: str = "net"  # or "hedge"
    collateral_enabled: tuple[str, ...] | None = None  # currencies that count; None means all


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything in one account.

    Raises HoldingsError when a position stands twice (same instrument, side and margin mode).
    """

    positions: tuple[Position, ...] = ()
    balances: Mapping[str, Balance] = field(default_factory=dict)
    orders: tuple[Order, ...] = ()
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        keys = set()
        for position in self.positions:
            if position.key in keys:
                raise HoldingsError(
                    f"{position.instrument.name} stands twice; write its quantities as one position"
                )
            keys.add(position.key)
        object.__setattr__(self, "balances", MappingProxyType(dict(sorted(self.balances.items()))))

    def __hash__(self) -> int:
        return hash((self.positions, tuple(self.balances.items()), self.orders, self.settings))

    def instruments(self) -> tuple[Instrument, ...]:
        """Everything held or ordered, each once, in reading order."""
        return tuple(sorted(self.held(), key=sort_key))

    def currencies(self) -> tuple[str, ...]:
        """Every currency with a balance or in which something held settles, sorted."""
        return tuple(sorted(self.settlements() | set(self.balances)))

    def settlements(self) -> frozenset[str]:
        """Every currency in which something held or ordered settles."""
        return frozenset(each.settlement for each in self.held())

    def net(self, universe: Universe) -> F64:
        """Quantity held of each instrument, sides together, (I,) in the venue's unit.

        Raises InstrumentError when a position's instrument is not in the universe.
        """
        quantity = np.zeros(len(universe))
        for position in self.positions:
            quantity[universe.row(position.instrument)] += position.quantity
        return quantity

    def held(self) -> tuple[Instrument, ...]:
        """Everything held or ordered, each once, in the order in which it was entered."""
        positions = [position.instrument for position in self.positions]
        return tuple(dict.fromkeys([*positions, *(order.instrument for order in self.orders)]))

    def with_position(self, position: Position) -> "Holdings":
        """The same holdings with this position in place of what stood under its key."""
        kept = tuple(position if each.key == position.key else each for each in self.positions)
        known = any(each.key == position.key for each in self.positions)
        return replace(self, positions=kept if known else (*kept, position))


@dataclass(frozen=True, slots=True)
class Account:
    """One collateral pool at one venue under one model; `group` is the path of its group."""

    key: str  # never changes; a name may
    name: str
    venue: str
    model: str
    holdings: Holdings = field(default_factory=Holdings)
    group: str = ""
    excluded: frozenset[tuple[str, str, str, str]] = frozenset()  # positions unticked in the grid

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise HoldingsError("an account needs a name")

    def included(self) -> Holdings:
        """The holdings without the unticked positions."""
        if not self.excluded:
            return self.holdings
        kept = tuple(each for each in self.holdings.positions if each.key not in self.excluded)
        return replace(self.holdings, positions=kept)


def _require_finite(what: str, value: float) -> None:
    if not np.isfinite(value):
        raise HoldingsError(f"{what} {value} is not a finite number")
