"""What the names of several venues have in common: months, days, strikes, rights and refusals."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from re import Match

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Right

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
FRIDAY, SUNDAY = 4, 6


def instant(name: str, day: str, month: str, year: str, hour: int) -> datetime:
    """The expiry of a name, UTC. Raises InstrumentError for a day that does not exist.

    month  three letters or two digits
    year   two digits or four
    """
    number = MONTHS.index(month) + 1 if month in MONTHS else int(month)
    try:
        return datetime(int(year) + 2000 * (len(year) == 2), number, int(day), hour, tzinfo=UTC)
    except ValueError:
        raise InstrumentError(f"{name!r} expires on a day that does not exist") from None


def instant_of_digits(name: str, code: str, hour: int) -> datetime:
    """The expiry of a name with a day like 260327. Raises InstrumentError."""
    return instant(name, code[4:], code[2:4], code[:2], hour)


def last_weekday(year: int, month: int, weekday: int, hour: int) -> datetime:
    """The last Friday, Sunday, ... of a month, UTC."""
    last = datetime(year, month, monthrange(year, month)[1], hour, tzinfo=UTC)
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def day_code(expiry: datetime, *, digits: int = 1) -> str:
    """An expiry like 5JUN26, or 05JUN26 with two digits of the day."""
    return f"{expiry.day:0{digits}d}{MONTHS[expiry.month - 1]}{expiry.year % 100:02d}"


def decimals(strike: float, places: int = 10) -> str:
    """A strike without needless zeros: 60000, 0.55."""
    return f"{strike:.{places}f}".rstrip("0").rstrip(".")


def right_of(letter: str) -> Right:
    """C is a call, P a put."""
    return Right.CALL if letter == "C" else Right.PUT


def letter_of(right: Right) -> str:
    """C or P."""
    return "C" if right is Right.CALL else "P"


def strike_and_right(option: Option) -> str:
    """How most names of options end: 60000-C."""
    return f"{decimals(option.strike)}-{letter_of(option.right)}"


def dated(
    terms: tuple[str, str, str, str, str],
    found: Match[str],
    hour: int,
    *,
    point: str = ".",
    multiplier: float = 1.0,
) -> Future | Option:
    """What a name with an expiry stands for. Raises InstrumentError.

    terms  venue, name, base, quote, settlement
    found  its day, month and year; strike and right of an option
    point  what stands for the decimal point of a strike
    """
    expiry = instant(terms[1], found["day"], found["month"], found["year"], hour)
    if found["strike"] is None:
        return Future(*terms, expiry, multiplier)
    strike = float(found["strike"].replace(point, "."))
    return Option(*terms, expiry, strike, right_of(found["right"]), multiplier)


def ending(instrument: Future | Option, *, digits: int = 1) -> str:
    """How such a name ends: 5JUN26 or 5JUN26-60000-C."""
    day = day_code(instrument.expiry, digits=digits)
    return f"{day}-{strike_and_right(instrument)}" if isinstance(instrument, Option) else day


def is_a_balance(venue: str, instrument: Instrument) -> InstrumentError:
    """The refusal of a spot holding by a venue without positions in coins."""
    return InstrumentError(f"{venue} keeps {instrument.base} as a balance, not as a position")


def no_dated_futures(venue: str, instrument: Instrument, nearest: str) -> InstrumentError:
    """The refusal of a dated future, with the perpetual that is nearest."""
    return InstrumentError(
        f"{venue} lists no dated futures; the nearest to {instrument.name} is {nearest}"
    )
