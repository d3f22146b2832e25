"""An account as it is after one edit. Each raises a Refusal, and then nothing has changed."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal

from riskcore.errors import HoldingsError
from riskcore.holdings import Account, Balance, Order, Position
from riskcore.naming import directory
from ui.desktop import formats

Key = tuple[str, str, str, str]


def added(account: Account, position: Position) -> Account:
    """With one more position."""
    for each in account.holdings.positions:
        if each.key == position.key:
            held = formats.quantity(each.quantity)
            raise HoldingsError(
                f"{position.instrument.name} is already held, {held}; change its quantity there"
            )
    return with_positions(account, (*account.holdings.positions, position))


def merged(account: Account, positions: Sequence[Position]) -> Account:
    """With a pasted list: what is held gets the list's quantity, the rest is added.

    An entry price that the list does not give stays as it is.
    """
    held = {each.key: each for each in account.holdings.positions}
    for position in positions:
        old = held.get(position.key)
        if old is not None and position.entry_price is None:
            position = replace(old, quantity=position.quantity)  # noqa: PLW2901
        held[position.key] = position
    return with_positions(account, tuple(held.values()))


def with_position(account: Account, key: Key, **fields: object) -> Account:
    """With other values in one position."""
    changed = tuple(
        replace(each, **fields) if each.key == key else each  # type: ignore[arg-type]
        for each in account.holdings.positions
    )
    return with_positions(account, changed)


def nudged(account: Account, key: Key, steps: int) -> Account:
    """With one position moved by so many lots of its instrument."""
    position = next(each for each in account.holdings.positions if each.key == key)
    lot = directory.of(position.instrument.venue).lot(position.instrument)
    quantity = Decimal(repr(position.quantity)) + steps * Decimal(repr(lot))
    return with_position(account, key, quantity=float(quantity))


def without(account: Account, keys: Collection[Key]) -> Account:
    """Without these positions."""
    kept = tuple(each for each in account.holdings.positions if each.key not in keys)
    return with_positions(replace(account, excluded=account.excluded - set(keys)), kept)


def ticked(account: Account, keys: Collection[Key]) -> Account:
    """With these positions excluded, or included again when all of them were excluded."""
    chosen = frozenset(keys)
    all_out = chosen <= account.excluded
    excluded = account.excluded - chosen if all_out else account.excluded | chosen
    return replace(account, excluded=excluded)


def with_positions(account: Account, positions: tuple[Position, ...]) -> Account:
    """With these positions in place of all it had."""
    return replace(account, holdings=replace(account.holdings, positions=positions))


def with_balance(account: Account, currency: str, balance: Balance | None) -> Account:
    """With another balance of one currency, or without it."""
    balances = {name: each for name, each in account.holdings.balances.items() if name != currency}
    if balance is not None:
        balances[currency] = balance
    return replace(account, holdings=replace(account.holdings, balances=balances))


def with_orders(account: Account, orders: tuple[Order, ...]) -> Account:
    """With these resting orders in place of all it had."""
    return replace(account, holdings=replace(account.holdings, orders=orders))


def with_settings(account: Account, **fields: object) -> Account:
    """With other settings of its venue."""
    settings = replace(account.holdings.settings, **fields)  # type: ignore[arg-type]
    return replace(account, holdings=replace(account.holdings, settings=settings))
