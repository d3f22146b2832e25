"""Writes the terms of instruments once and finds them again."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from riskcore.instruments import Dated, Future, Instrument, Option, Perpetual, Right, Spot
from storage.database.columns import EPOCH
from storage.database.schema import InstrumentRow
from storage.errors import StorageError

_KINDS = {"spot": Spot, "perpetual": Perpetual, "future": Future, "option": Option}
_AT_ONCE = 500  # values in one statement: SQLite takes a bounded number


def numbers(session: Session, instruments: Iterable[Instrument]) -> dict[Instrument, int]:
    """The row number of every instrument; one met for the first time is written."""
    wanted = set(instruments)
    names = sorted({each.name for each in wanted})
    found = {
        _instrument(row): row.id
        for part in _parts(names)
        for row in session.scalars(select(InstrumentRow).where(InstrumentRow.name.in_(part)))
    }
    missing = [each for each in wanted if each not in found]
    rows = [_row(each) for each in missing]
    session.add_all(rows)
    session.flush()
    found |= {each: row.id for each, row in zip(missing, rows, strict=True)}
    return {each: found[each] for each in wanted}


def terms(session: Session, ids: Iterable[int]) -> dict[int, Instrument]:
    """The instruments of these row numbers."""
    return {
        row.id: _instrument(row)
        for part in _parts(sorted(set(ids)))
        for row in session.scalars(select(InstrumentRow).where(InstrumentRow.id.in_(part)))
    }


def _parts(values: Sequence[int] | Sequence[str]) -> Iterator[Sequence[int] | Sequence[str]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]


def _row(instrument: Instrument) -> InstrumentRow:
    kind = next(name for name, each in _KINDS.items() if isinstance(instrument, each))
    return InstrumentRow(
        kind=kind,
        venue=instrument.venue,
        name=instrument.name,
        base=instrument.base,
        quote=instrument.quote,
        settlement=instrument.settlement,
        multiplier=instrument.multiplier,
        expiry=instrument.expiry if isinstance(instrument, Dated) else EPOCH,
        strike=instrument.strike if isinstance(instrument, Option) else 0.0,
        right=instrument.right.value if isinstance(instrument, Option) else "",
    )


def _instrument(row: InstrumentRow) -> Instrument:
    contract = (row.venue, row.name, row.base, row.quote, row.settlement)
    match row.kind:
        case "spot":
            return Spot(row.venue, row.name, row.base, row.quote, row.multiplier)
        case "perpetual":
            return Perpetual(*contract, row.multiplier)
        case "future":
            return Future(*contract, row.expiry, row.multiplier)
        case "option":
            return Option(*contract, row.expiry, row.strike, Right(row.right), row.multiplier)
    raise StorageError(
        f"the database holds {row.name} as {row.kind!r}, which is no kind of instrument; "
        "restore a backup"
    )
