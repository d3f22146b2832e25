"""Paradex's market symbols, both ways, with lots and ticks.

Grammar: `BTC-USD-PERP` is a perpetual, `BTC-USD-8MAY26-78000-C` a dated option, `ETH-USD` spot. All
are quoted in USD and settle in USDC; one unit is one coin. An option expires at 08:00 UTC.
`BTC-USD-100000-C`, a perpetual option, has no expiry and is not covered.
Source: openapi of api.prod.paradex.trade (tradeparadex/paradex-docs @ 9b82a75, 20 Aug 2026) and
docs.paradex.trade, naming convention; expiry hour: expiries and listing schedule.
"""

import re

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Spot
from riskcore.naming.terms import MONTHS, dated, ending, is_a_balance, no_dated_futures

VENUE = "paradex"
EXPIRY_HOUR = 8
QUOTE, SETTLEMENT = "USD", "USDC"

_NAME = re.compile(
    r"(?P<base>[A-Za-z0-9]{1,20})-USD"
    r"(?:-(?:(?P<perpetual>PERP)"
    r"|(?P<day>[1-9]|[12][0-9]|3[01])(?P<month>[A-Z]{3})(?P<year>[0-9]{2})"
    r"-(?P<strike>[0-9]+(?:\.[0-9]+)?)-(?P<right>[CP])))?"
)
_WITHOUT_EXPIRY = re.compile(r"[A-Za-z0-9]{1,20}-USD-[0-9]+(?:\.[0-9]+)?-[CP]")
_HINT = "write it like BTC-USD-PERP, BTC-USD-8MAY26-78000-C or ETH-USD"


def parse(name: str) -> Instrument:
    """The instrument a Paradex symbol stands for. Raises InstrumentError."""
    if _WITHOUT_EXPIRY.fullmatch(name):
        raise InstrumentError(f"{name!r} is a perpetual option; only dated options are covered")
    found = _NAME.fullmatch(name)
    if found is None or found["month"] not in (None, *MONTHS):
        raise InstrumentError(f"{name!r} is not a Paradex symbol; {_HINT}")
    base = found["base"]
    if found["perpetual"]:
        return Perpetual(VENUE, name, base, QUOTE, SETTLEMENT)
    if found["day"] is None:
        return Spot(VENUE, name, base, QUOTE)
    return dated((VENUE, name, base, QUOTE, SETTLEMENT), found, EXPIRY_HOUR)


def spell(instrument: Instrument) -> str:
    """The symbol Paradex gives an instrument with these terms. Raises InstrumentError."""
    root = f"{instrument.base}-{QUOTE}"
    match instrument:
        case Spot():
            return root
        case Perpetual():
            return f"{root}-PERP"
        case Future():
            raise no_dated_futures("Paradex", instrument, f"{root}-PERP")
        case Option():
            return f"{root}-{ending(instrument)}"


def equivalent(instrument: Instrument) -> Instrument:
    """Paradex's instrument nearest to one of another venue: always linear, in USDC.

    Raises InstrumentError for a dated future and for spot.
    """
    if isinstance(instrument, Spot):
        raise is_a_balance("Paradex", instrument)
    return parse(spell(instrument))


def lot(instrument: Instrument) -> float:
    """The smallest change of a position, in coins.

    Source: order_size_increment of BTC in paradex-py's tests (22 Apr 2026), of ETH in the openapi
    examples; other coins are taken like ETH.
    """
    if instrument.base == "BTC" and isinstance(instrument, Perpetual):
        return 0.00001
    return 0.001


def tick(instrument: Instrument, price: float) -> float:  # noqa: ARG001, one step at all prices
    """The price step. Source: price_tick_size in the openapi examples (ETH 0.01), BTC ten times."""
    return 0.1 if instrument.base == "BTC" else 0.01
