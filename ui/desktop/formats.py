"""How money, quantities, percentages and instants look; the only place units are converted.

An absent figure (None or NaN) is "-", never 0. The minus sign is ASCII, so a copied figure can be
read back.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from math import floor, isfinite, isnan, log10

from riskcore.errors import Refusal
from riskcore.time import iso

ABSENT = "-"
INFINITE = "∞"
POOL = "pool"  # the display unit that leaves every amount in its pool's own currency
UNITS = ("USD", "BTC", "ETH", POOL)
COINS = {"BTC": 4, "ETH": 3, "SOL": 2, "XRP": 1}  # decimals of money; every other currency has none
DAYS_PER_YEAR = 365.0
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class FormatError(Refusal):
    """A text that is not the number it should be."""


def fixed(value: float | None, decimals: int = 0, *, sign: bool = False) -> str:
    """A number with so many decimals and thousands separators; a rounded zero has no sign."""
    if value is None or isnan(value):
        return ABSENT
    if not isfinite(value):
        return ("-" if value < 0 else "+" if sign else "") + INFINITE
    text = f"{value:{'+' if sign else ''},.{decimals}f}"
    return text.lstrip("+-") if not any(digit in text for digit in "123456789") else text


def money(amount: float | None, currency: str = "USD", *, sign: bool = False) -> str:
    """An amount without its currency: whole dollars, coins to four decimals."""
    return fixed(amount, money_decimals(currency), sign=sign)


def money_decimals(currency: str) -> int:
    """Decimals with which an amount of this currency is shown."""
    return COINS.get(currency, 0)


def short(amount: float | None, *, sign: bool = False) -> str:
    """An amount in at most four digits: 950, 1.2k, 688k, 2.84M."""
    if amount is None or not isfinite(amount):
        return fixed(amount, sign=sign)
    for size, letter, most in ((1e9, "B", 2), (1e6, "M", 2), (1e3, "k", 1)):
        if abs(amount) >= size * 0.9995:
            scaled = amount / size
            decimals = 0 if abs(scaled) >= 99.95 else 1 if abs(scaled) >= 9.995 else most
            return fixed(scaled, decimals, sign=sign) + letter
    size = abs(amount)
    return fixed(amount, 0 if size >= 10 or size == 0 else 2 if size >= 0.01 else 4, sign=sign)


def quantity(value: float | None, *, sign: bool = True) -> str:
    """A quantity of contracts, as many decimals as it has, at least one below 10,000."""
    if value is None or not isfinite(value):
        return fixed(value)
    decimals = len(f"{abs(value):.8f}".rstrip("0").partition(".")[2])
    return fixed(value, max(decimals, 1) if abs(value) < 10_000 else decimals, sign=sign)


def price(value: float | None, tick: float | None = None) -> str:
    """A price with the decimals of its tick; without one, five significant digits."""
    if value is None or not isfinite(value):
        return fixed(value)
    return fixed(value, decimals_of(tick) if tick else significant(value))


def decimals_of(tick: float) -> int:
    """Decimals that show every multiple of a tick: 0.0005 has four."""
    return len(f"{tick:.10f}".rstrip("0").partition(".")[2])


def significant(value: float, digits: int = 5) -> int:
    """Decimals that show a value to so many significant digits, between 0 and 8."""
    if value == 0:
        return 1
    return min(max(digits - 1 - floor(log10(abs(value))), 0), 8)


def tick_size(currency: str, value: float, *, is_option: bool) -> float:
    """Deribit's tick: options in coins 0.0001, futures 0.5 from 1,000 on and 0.05 below."""
    if is_option:
        return 0.0001 if currency in COINS else 1.0 if value >= 100 else 0.1
    return 0.5 if value >= 10_000 else 0.05


def percent(fraction: float | None, decimals: int = 1, *, sign: bool = False) -> str:
    """A fraction as per cent, a space before the sign."""
    text = fixed(None if fraction is None else fraction * 100, decimals, sign=sign)
    return text if text == ABSENT else f"{text} %"


def vol(fraction: float | None) -> str:
    """A volatility in per cent without the sign: the header carries it."""
    return fixed(None if fraction is None else fraction * 100, 1)


def delta(coins: float | None) -> str:
    """Delta in coins."""
    return fixed(coins, 1 if coins is None or abs(coins) >= 10 else 2, sign=True)


def gamma(coins: float | None) -> str:
    """Gamma in coins; none at all, as of a future, without decimals."""
    return "0" if coins == 0 else delta(coins)


def gamma_percent(gamma: float | None, forward: float | None) -> float | None:
    """Change of delta, in coins, for 1 % of the forward, from gamma per 1 of quote currency."""
    return None if gamma is None or forward is None else gamma * forward * 0.01


def vega_point(vega: float | None) -> float | None:
    """Vega for one volatility point, from vega for 1.00."""
    return None if vega is None else vega * 0.01


def theta_day(theta: float | None) -> float | None:
    """Theta for one day, from theta for a year."""
    return None if theta is None else theta / DAYS_PER_YEAR


def in_unit(
    amount: float | None, currency: str, unit: str, index: Mapping[str, float]
) -> tuple[float | None, str]:
    """An amount in the display unit at today's index, and the currency it is now in.

    An amount stays as it is when the unit is its pool's own or has no index.
    """
    if unit in (POOL, currency) or unit not in {**index, "USD": 1.0}:
        return amount, currency
    held = 1.0 if currency == "USD" else index.get(currency)
    if amount is None or held is None:
        return amount, currency
    return amount * held / (1.0 if unit == "USD" else index[unit]), unit


def age(seconds: float | None) -> str:
    """How old something is: 0.4 s, 12 s, 3 min, 5 h, 2 d."""
    if seconds is None or not isfinite(seconds):
        return ABSENT
    seconds = max(seconds, 0.0)
    for size, unit in ((172_800, "d"), (7_200, "h"), (120, "min")):
        if seconds >= size:
            step = {"d": 86_400, "h": 3_600, "min": 60}[unit]
            return f"{seconds / step:.0f} {unit}"
    return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"


def milliseconds(seconds: float | None) -> str:
    """A duration of a computation: 4.1 ms, 128 ms, 1.3 s."""
    if seconds is None:
        return ABSENT
    thousandths = seconds * 1e3
    if thousandths >= 1000:
        return f"{seconds:.1f} s"
    return f"{thousandths:.1f} ms" if thousandths < 99.95 else f"{thousandths:.0f} ms"


def date(moment: datetime | None) -> str:
    """A day in UTC: 5 Feb 2026."""
    if moment is None:
        return ABSENT
    moment = moment.astimezone(UTC)
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def clock(moment: datetime | None) -> str:
    """A time of day in UTC: 16:04:12."""
    return ABSENT if moment is None else moment.astimezone(UTC).strftime("%H:%M:%S")


def instant(moment: datetime | None) -> str:
    """A day and time in UTC: 5 Feb 2026 16:04:12 UTC."""
    return ABSENT if moment is None else f"{date(moment)} {clock(moment)} UTC"


def full(value: float | datetime | None) -> str:
    """A value with everything it has, for tooltips and copying; it can be read back."""
    if value is None:
        return ABSENT
    if isinstance(value, datetime):
        return iso(value)
    if isnan(value):
        return ABSENT
    value += 0.0  # no sign before a zero
    return f"{value:.15g}" if float(f"{value:.15g}") == value else repr(float(value))


def number(text: str, what: str = "this cell") -> float:
    """The number a person typed: separators and a typographic minus are understood.

    Raises FormatError with what would be accepted.
    """
    cleaned = text.strip().replace("−", "-").replace("–", "-").replace("_", "")
    for gap in (",", " ", "\u00a0", "\u202f", "'", "’"):
        cleaned = cleaned.replace(gap, "")
    try:
        value = float(cleaned)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise FormatError(f"{what} takes a number such as -1,250.5, not {text.strip()!r}")
    return value
