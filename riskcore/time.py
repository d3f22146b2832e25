"""UTC instants and year fractions."""

from datetime import UTC, datetime

from riskcore.errors import RiskcoreError

SECONDS_PER_DAY = 86_400.0
SECONDS_PER_YEAR = 365 * SECONDS_PER_DAY  # ACT/365: the base that reproduces Deribit's marks best


def years_between(start: datetime, end: datetime) -> float:
    """Years from start to end, to the second and below, negative when end is earlier."""
    return (end - start).total_seconds() / SECONDS_PER_YEAR


def instant(text: str) -> datetime:
    """The UTC instant that an ISO 8601 text names; a date alone means its first second.

    Raises RiskcoreError when the text is not an instant or has no zone.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise RiskcoreError(
            f"{text!r} is not an instant; write it like 2026-02-05T15:51:32Z, "
            "or a date alone like 2026-02-05"
        ) from None
    if moment.tzinfo is None:
        if len(text.strip()) > len("2026-02-05"):
            raise RiskcoreError(f"{text!r} has no time zone; end it with Z for UTC")
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


def iso(moment: datetime) -> str:
    """The instant as ISO 8601 in UTC, ending in Z, with microseconds only when there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
