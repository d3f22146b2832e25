"""What happened to holdings: the changes an edit makes, and the fate of every imported row."""

from dataclasses import dataclass
from datetime import datetime

from riskcore.holdings import Account, Balance, Order, Position


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the audit log. A value that was not there is an empty text."""

    at: datetime
    account: str  # key
    place: str  # e.g. "positions/BTC-PERPETUAL/quantity"
    old: str
    new: str
    source: str  # "key", "paste", "import", "undo", "redo"


@dataclass(frozen=True, slots=True)
class RowFate:
    """What became of one row of a list: taken, or refused with the reason."""

    row: int  # 1 is the first line of the text
    text: str
    refused: str = ""  # a sentence; empty when the row was taken


@dataclass(frozen=True, slots=True)
class ImportedPositions:
    """Positions read from a list, and what became of every row."""

    positions: tuple[Position, ...]
    fates: tuple[RowFate, ...]

    @property
    def refused(self) -> tuple[RowFate, ...]:
        """The rows that were not taken."""
        return tuple(fate for fate in self.fates if fate.refused)


def changes(
    before: Account | None, after: Account | None, at: datetime, source: str
) -> tuple[Change, ...]:
    """The audit lines of an edit; an account that appears or goes is one line."""
    known = after or before
    assert known is not None
    if before is None or after is None:
        old_name, new_name = ("" if each is None else each.name for each in (before, after))
        return (Change(at, known.key, "account", old_name, new_name, source),)
    old, new = _places(before), _places(after)
    return tuple(
        Change(at, known.key, place, old.get(place, ""), new.get(place, ""), source)
        for place in sorted(old.keys() | new.keys())
        if old.get(place) != new.get(place)
    )


def _places(account: Account) -> dict[str, str]:
    """Every value of an account as text, by its place."""
    places = {
        "name": account.name,
        "group": account.group,
        "model": account.model,
        "settings": repr(account.holdings.settings),
    }
    for position in account.holdings.positions:
        places |= _fields(f"positions/{'/'.join(position.key[1:])}", position, ("instrument",))
    for currency, balance in account.holdings.balances.items():
        places |= _fields(f"balances/{currency}", balance, ())
    for number, order in enumerate(account.holdings.orders, 1):
        places |= _fields(f"orders/{number}/{order.instrument.name}", order, ("instrument",))
    for key in account.excluded:
        places[f"positions/{'/'.join(key[1:])}/included"] = "no"
    return places


def _fields(
    place: str, thing: Position | Balance | Order, left_out: tuple[str, ...]
) -> dict[str, str]:
    values = {name: getattr(thing, name) for name in thing.__slots__ if name not in left_out}
    return {f"{place}/{name}": str(value) for name, value in values.items() if value is not None}
