"""Accounts and their groups, with everything they hold."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, selectinload, sessionmaker

from riskcore.holdings import (
    Account,
    Balance,
    Holdings,
    MarginMode,
    Order,
    Position,
    Settings,
    Side,
)
from riskcore.instruments import Instrument
from riskcore.journal import Change
from storage.database import audit, instruments
from storage.database.schema import (
    AccountRow,
    CollateralRow,
    ExclusionRow,
    GroupRow,
    HoldingRow,
    OrderRow,
)
from storage.errors import NotFound


class Accounts:
    """Where accounts live. Every call is one transaction.

    Raises StorageError when the database cannot be read or written; nothing is stored then.
    """

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def load(self) -> tuple[Account, ...]:
        """Every account, in the order the user gave them."""
        everything = (
            AccountRow.holdings,
            AccountRow.collateral,
            AccountRow.orders,
            AccountRow.exclusions,
        )
        with self._sessions() as session:
            every = select(AccountRow).order_by(AccountRow.place, AccountRow.key)
            rows = session.scalars(every.options(*map(selectinload, everything))).all()
            held = {holding.instrument_id for row in rows for holding in row.holdings}
            ordered = {order.instrument_id for row in rows for order in row.orders}
            terms = instruments.terms(session, held | ordered)
            return tuple(_account(row, terms) for row in rows)

    def groups(self) -> tuple[str, ...]:
        """Every group by its path: the arranged ones, then those only an account names."""
        with self._sessions() as session:
            arranged = session.scalars(select(GroupRow.path).order_by(GroupRow.place)).all()
            named = select(AccountRow.group).where(AccountRow.group != "")
            used = session.scalars(named.order_by(AccountRow.place, AccountRow.key)).all()
            return tuple(dict.fromkeys((*arranged, *used)))

    def save(self, account: Account, changes: Sequence[Change]) -> None:
        """The account as it is now, and the audit lines of the edit; a new one comes last."""
        holdings = account.holdings
        with self._sessions.begin() as session:
            ids = instruments.numbers(session, holdings.instruments())
            session.merge(_row(account, _place(session, account.key), ids))
            audit.append(session, changes)

    def delete(self, key: str, changes: Sequence[Change]) -> None:
        """The account is gone; its audit lines and its history stay."""
        with self._sessions.begin() as session:
            row = session.get(AccountRow, key)
            if row is None:
                raise NotFound(f"no account {key!r} is stored")
            session.delete(row)
            audit.append(session, changes)

    def arrange(self, keys: Sequence[str], groups: Sequence[str]) -> None:
        """The order of the accounts and the groups there are; accounts left out come last."""
        with self._sessions.begin() as session:
            ordered = select(AccountRow).order_by(AccountRow.place, AccountRow.key)
            rows = {row.key: row for row in session.scalars(ordered)}
            unknown = [key for key in keys if key not in rows]
            if unknown:
                raise NotFound(f"no account {unknown[0]!r} is stored")
            for place, key in enumerate(dict.fromkeys((*keys, *rows))):
                rows[key].place = place
            session.execute(delete(GroupRow))
            session.add_all(
                GroupRow(path=path, place=place) for place, path in enumerate(dict.fromkeys(groups))
            )

    def audit(self, account: str, newest: int) -> tuple[Change, ...]:
        """The newest audit lines of an account, newest first."""
        with self._sessions() as session:
            return audit.newest(session, account, newest)


def _place(session: Session, key: str) -> int:
    known = session.get(AccountRow, key)
    if known is not None:
        return known.place
    last = session.scalar(select(func.max(AccountRow.place)))
    return 0 if last is None else last + 1


def _row(account: Account, place: int, ids: Mapping[Instrument, int]) -> AccountRow:
    holdings = account.holdings
    enabled = holdings.settings.collateral_enabled
    return AccountRow(
        key=account.key,
        place=place,
        name=account.name,
        venue=account.venue,
        model=account.model,
        group=account.group,
        position_mode=holdings.settings.position_mode,
        collateral_enabled=None if enabled is None else list(enabled),
        holdings=[
            HoldingRow(
                account=account.key,
                instrument_id=ids[each.instrument],
                side=each.side.value,
                margin_mode=each.margin_mode.value,
                place=number,
                quantity=each.quantity,
                entry_price=each.entry_price,
                settled_price=each.settled_price,
                leverage=each.leverage,
                isolated_margin=each.isolated_margin,
                accrued_funding=each.accrued_funding,
            )
            for number, each in enumerate(holdings.positions)
        ],
        collateral=[
            CollateralRow(
                account=account.key,
                currency=currency,
                amount=each.amount,
                borrowed=each.borrowed,
                locked=each.locked,
            )
            for currency, each in holdings.balances.items()
        ],
        orders=[
            OrderRow(
                account=account.key,
                place=number,
                instrument_id=ids[each.instrument],
                quantity=each.quantity,
                price=each.price,
                reduce_only=each.reduce_only,
            )
            for number, each in enumerate(holdings.orders)
        ],
        exclusions=[
            ExclusionRow(
                account=account.key, venue=venue, instrument=name, side=side, margin_mode=mode
            )
            for venue, name, side, mode in account.excluded
        ],
    )


def _account(row: AccountRow, terms: Mapping[int, Instrument]) -> Account:
    enabled = row.collateral_enabled
    return Account(
        key=row.key,
        name=row.name,
        venue=row.venue,
        model=row.model,
        group=row.group,
        holdings=Holdings(
            tuple(_position(each, terms[each.instrument_id]) for each in row.holdings),
            {
                each.currency: Balance(each.amount, each.borrowed, each.locked)
                for each in row.collateral
            },
            tuple(
                Order(terms[each.instrument_id], each.quantity, each.price, each.reduce_only)
                for each in row.orders
            ),
            Settings(row.position_mode, None if enabled is None else tuple(enabled)),
        ),
        excluded=frozenset(
            (each.venue, each.instrument, each.side, each.margin_mode) for each in row.exclusions
        ),
    )


def _position(row: HoldingRow, instrument: Instrument) -> Position:
    return Position(
        instrument=instrument,
        quantity=row.quantity,
        entry_price=row.entry_price,
        settled_price=row.settled_price,
        side=Side(row.side),
        margin_mode=MarginMode(row.margin_mode),
        leverage=row.leverage,
        isolated_margin=row.isolated_margin,
        accrued_funding=row.accrued_funding,
    )
