"""The tables as typed rows. Rows stay inside storage.database; migrations/ holds how they grew."""

from datetime import datetime
from typing import Any

import numpy.typing as npt
from sqlalchemy import JSON, ForeignKey, Index, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column, relationship

from storage.database.columns import EPOCH, Array, Number, UtcDateTime, Words

VERSION = "0001"  # the newest revision in migrations/versions
APPLICATION = 0x43504F53  # "CPOS", in the header of every file of ours


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """A row."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012, as SQLAlchemy reads it
        str: Words(),
        float: Number(),
        datetime: UtcDateTime(),
        dict[str, float]: JSON(),
        list[str]: JSON(none_as_null=True),
    }


class GroupRow(Base):
    """A group that shall be shown even when no account stands in it."""

    __tablename__ = "group"

    path: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int]


class InstrumentRow(Base):
    """The terms of an instrument, written once and never changed.

    A term that its kind does not have is zero, not NULL: NULLs differ from one another, and then
    the index would let an instrument stand twice.
    """

    __tablename__ = "instrument"
    __table_args__ = (
        Index(
            None,
            *("name", "venue", "kind", "base", "quote", "settlement", "multiplier"),
            *("expiry", "strike", "right"),
            unique=True,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[str]
    venue: Mapped[str]
    name: Mapped[str]
    base: Mapped[str]
    quote: Mapped[str]
    settlement: Mapped[str]
    multiplier: Mapped[float]
    expiry: Mapped[datetime] = mapped_column(default=EPOCH)
    strike: Mapped[float] = mapped_column(default=0.0)
    right: Mapped[str] = mapped_column(default="")


class HoldingRow(Base):
    """A position."""

    __tablename__ = "holding"

    account: Mapped[str] = mapped_column(
        ForeignKey("account.key", ondelete="CASCADE"), primary_key=True
    )
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"), primary_key=True)
    side: Mapped[str] = mapped_column(primary_key=True)
    margin_mode: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int]
    quantity: Mapped[float]  # in the venue's unit, long positive
    entry_price: Mapped[float | None]
    settled_price: Mapped[float | None]
    leverage: Mapped[float | None]
    isolated_margin: Mapped[float | None]
    accrued_funding: Mapped[float]


class CollateralRow(Base):
    """The venue's cash balance of one currency."""

    __tablename__ = "collateral"

    account: Mapped[str] = mapped_column(
        ForeignKey("account.key", ondelete="CASCADE"), primary_key=True
    )
    currency: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[float]
    borrowed: Mapped[float]
    locked: Mapped[float]


class OrderRow(Base):
    """A resting order."""

    __tablename__ = "order"

    account: Mapped[str] = mapped_column(
        ForeignKey("account.key", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    quantity: Mapped[float]  # signed: a buy is positive
    price: Mapped[float]
    reduce_only: Mapped[bool]


class ExclusionRow(Base):
    """A position unticked in the grid, by its key; the position itself may be gone."""

    __tablename__ = "exclusion"

    account: Mapped[str] = mapped_column(
        ForeignKey("account.key", ondelete="CASCADE"), primary_key=True
    )
    venue: Mapped[str] = mapped_column(primary_key=True)
    instrument: Mapped[str] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(primary_key=True)
    margin_mode: Mapped[str] = mapped_column(primary_key=True)


class AccountRow(Base):
    """One collateral pool."""

    __tablename__ = "account"

    key: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int]
    name: Mapped[str]
    venue: Mapped[str]
    model: Mapped[str]
    group: Mapped[str]  # a path, not a foreign key: groups are arranged before or after accounts
    position_mode: Mapped[str]
    collateral_enabled: Mapped[list[str] | None]
    holdings: Mapped[list[HoldingRow]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by=HoldingRow.place
    )
    collateral: Mapped[list[CollateralRow]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True
    )
    orders: Mapped[list[OrderRow]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by=OrderRow.place
    )
    exclusions: Mapped[list[ExclusionRow]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True
    )


class SnapshotRow(Base):
    """A market at one instant."""

    __tablename__ = "snapshot"

    source: Mapped[str] = mapped_column(primary_key=True)
    as_of: Mapped[datetime] = mapped_column(primary_key=True)
    synthetic: Mapped[bool]
    notes: Mapped[list[str]]
    index: Mapped[dict[str, float]]  # price in USD by currency
    instruments: Mapped[npt.NDArray[Any]] = mapped_column(Array("<i8"))  # (I,) instrument.id
    values: Mapped[npt.NDArray[Any]] = mapped_column(Array("<f8"))  # (C, I), in the order of:
    columns: Mapped[list[str]]


class SampleRow(Base):
    """One point of an account's margin history, in USD. It outlives its account."""

    __tablename__ = "sample"

    account: Mapped[str] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)
    as_of: Mapped[datetime] = mapped_column(primary_key=True)
    equity: Mapped[float] = mapped_column(Number(nan=True), nullable=True)
    initial: Mapped[float | None]
    maintenance: Mapped[float] = mapped_column(Number(nan=True), nullable=True)
    stand_alone_sum: Mapped[float] = mapped_column(Number(nan=True), nullable=True)
    trigger: Mapped[float] = mapped_column(Number(nan=True), nullable=True)
    worst_scenario: Mapped[str]


class AuditRow(Base):
    """One change of one value. Triggers refuse to alter or remove it."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "account", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    at: Mapped[datetime]
    account: Mapped[str]  # key; the line outlives the account
    place: Mapped[str]
    old: Mapped[str]
    new: Mapped[str]
    source: Mapped[str]


class WorkspaceRow(Base):
    """A saved state of the window, by name."""

    __tablename__ = "workspace"

    name: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[bytes]
