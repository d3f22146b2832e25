"""What a person types, as values. Whatever is not understood is refused in a sentence."""

import re
from collections.abc import Collection
from difflib import get_close_matches

from riskcore.errors import InstrumentError, MarketError, Refusal
from riskcore.holdings import Balance, Order, Position, Side
from riskcore.instruments import Instrument, Option
from riskcore.market import MarketSnapshot
from riskcore.naming import directory

_NUMBER = re.compile(
    r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?"
)
_THOUSANDS = {"k": 1e3, "m": 1e6}
_MINUS = str.maketrans({"−": "-", "–": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " "})
_SIDES = {"buy": 1.0, "sell": -1.0}


class TypedError(Refusal):
    """Text in place of a number, or a line that is not a position."""


def number(text: str, what: str = "a number") -> float:
    """The number a person typed: 1,250,000 or 1.25m, +5, −0.5. Raises TypedError."""
    plain = text.translate(_MINUS).strip()
    plain = re.sub(r"(?<=[0-9]) (?=[0-9]{3}(?:\D|$))", "", plain)
    factor = _THOUSANDS.get(plain[-1:].lower(), 1.0)
    digits = plain[:-1].rstrip() if factor != 1.0 else plain
    if not _NUMBER.fullmatch(digits) or not any(each.isdigit() for each in digits):
        hint = "use a point for decimals, " if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", plain) else ""
        raise TypedError(
            f"“{text.strip()}” is not {what}; {hint}write it like -120, 0.5 or 1,250,000"
        )
    return float(digits.replace(",", "")) * factor


def price(text: str, what: str = "a price") -> float | None:
    """The price a person typed; nothing typed is no price. Raises TypedError."""
    if text.strip() in ("", "-"):
        return None
    found = number(text, what)
    if found < 0:
        raise TypedError(f"{text.strip()} is negative; {what} is 0 or more")
    return found


def instrument(text: str, venue: str, market: MarketSnapshot | None) -> Instrument:
    """The instrument a person named, in capitals or not.

    Raises InstrumentError for a name no venue uses, MarketError when this market has no such mark.
    """
    found = directory.of(venue).parse(text.strip().upper())
    if market is None:
        return found
    try:
        market.row(found)
    except MarketError:
        near = _nearest(found, venue, market)
        instead = f"; the nearest name is {near}" if near else ""
        raise MarketError(f"{found.name} is not quoted in this market{instead}") from None
    return found


def _nearest(missing: Instrument, venue: str, market: MarketSnapshot) -> str:
    """The next strike of the same expiry; without one, the name spelled most alike."""
    if isinstance(missing, Option):
        strikes = [
            each
            for each in market.universe.instruments
            if isinstance(each, Option) and _line(each) == _line(missing)
        ]
        if strikes:
            return min(strikes, key=lambda each: abs(each.strike - missing.strike)).name
    near = get_close_matches(missing.name, names(venue, market), n=1)
    return near[0] if near else ""


def _line(option: Option) -> tuple[object, ...]:
    """What the strikes in a line of a chain have in common."""
    return (
        option.venue,
        option.base,
        option.quote,
        option.settlement,
        option.expiry,
        option.right,
    )


def names(venue: str, market: MarketSnapshot) -> list[str]:
    """The names of a venue's instruments in this market, in reading order."""
    return [each.name for each in market.universe.instruments if each.venue == venue]


def position(text: str, venue: str, market: MarketSnapshot | None) -> Position:
    """The position in a line like “BTC-27FEB26-60000-P -10 0.0418”. Raises Refusal.

    `long` or `short` in it says which side of a hedged account it is; a short one is negative.
    """
    sides = [word.lower() for word in text.split() if word.lower() in (Side.LONG, Side.SHORT)]
    words = [word for word in text.split() if word.lower() not in (Side.LONG, Side.SHORT)]
    name, figures = _told_apart(words, venue)
    if not figures or len(figures) > 2 or len(sides) > 1:
        raise TypedError(
            f"write a quantity after {name}, and an entry price after it if you like: "
            f"{name.upper()} -10"
        )
    found = instrument(name, venue, market)
    entry = price(figures[1], "an entry price") if len(figures) == 2 else None
    quantity = number(figures[0], "a quantity")
    if not sides:
        return Position(found, quantity, entry)
    side = Side(sides[0])
    return Position(found, abs(quantity) * (1 if side is Side.LONG else -1), entry, side=side)


def order(text: str, venue: str, market: MarketSnapshot | None) -> Order:
    """The order in a line like “buy BTC-PERPETUAL 10,000 60,000”. Raises Refusal."""
    words = text.split()
    reduce_only = any(word.lower() in ("reduce", "reduce-only") for word in words)
    words = [word for word in words if word.lower() not in ("reduce", "reduce-only", "at", "@")]
    sides = [word.lower() for word in words if word.lower() in _SIDES]
    name, figures = _told_apart([word for word in words if word.lower() not in _SIDES], venue)
    if len(figures) != 2 or len(sides) > 1:
        raise TypedError(f"write side, instrument, quantity and price: buy {name.upper()} 10 0.05")
    found = instrument(name, venue, market)
    quantity = number(figures[0], "a quantity")
    limit = price(figures[1])
    assert limit is not None
    signed = quantity if not sides else abs(quantity) * _SIDES[sides[0]]
    return Order(found, signed, limit, reduce_only)


def _told_apart(words: list[str], venue: str) -> tuple[str, list[str]]:
    """The instrument's name among the words of a line, and the other words."""
    found = [word for word in words if any(each.isalpha() for each in word[:3])]
    if len(found) == 1:
        return found[0], [word for word in words if word is not found[0]]
    if not found:
        raise InstrumentError("name an instrument first, e.g. BTC-PERPETUAL 10,000")
    directory.of(venue).parse(found[0].upper())
    raise TypedError(f"“{found[1]}” is not a quantity; write it like {found[0].upper()} -10")


def balance(text: str, known: Collection[str]) -> tuple[str, Balance]:
    """The currency and balance in a line like “BTC 12.5”. Raises TypedError."""
    words = text.split()
    names = [word.upper() for word in words if word[:1].isalpha()]
    figures = [word for word in words if not word[:1].isalpha()]
    if len(names) != 1 or not 1 <= len(figures) <= 3:
        raise TypedError("write a currency and its balance, e.g. BTC 12.5")
    if known and names[0] not in known:
        raise TypedError(f"{names[0]} has no price in this market; known are {', '.join(known)}")
    return names[0], Balance(*(number(each, "an amount") for each in figures))
