"""Bybit's names, both ways, with lots and ticks.

Grammar: `BTCUSDT` is a USDT perpetual and `BTCPERP` a USDC one; `BTCUSDT-03JUL26` and `BTC-03JUL26`
are dated futures in USDT and USDC (two digits of the day). `BTCUSD` is an inverse perpetual and
`BTCUSDZ26` an inverse future of the last Friday of March, June, September or December; one such
contract is 1 USD. `BTC-6JAN23-17500-C` is an option in USDC, `BTC-27MAR26-70000-P-USDT` one in
USDT (one or two digits of the day). Spot has the name of the perpetual there; here it is
`BTC/USDT`. Dated contracts expire at 08:00 UTC. Small coins are listed by the thousand under a name
of their own (`1000PEPE`), which is then the base.
Source: github.com/bybit-exchange/docs at 072c197, examples of GET /v5/market/instruments-info,
tickers, option-base-coins and fee-group-info.
"""

import re
from dataclasses import replace
from datetime import datetime

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Spot
from riskcore.naming.terms import (
    FRIDAY,
    MONTHS,
    day_code,
    instant,
    is_a_balance,
    last_weekday,
    right_of,
    strike_and_right,
)

VENUE = "bybit"
KEEPS_SIDES = True
EXPIRY_HOUR = 8
QUARTERS = {"H": 3, "M": 6, "U": 9, "Z": 12}
OPTIONS = ("BTC", "ETH", "SOL", "XRP", "DOGE", "MNT", "HYPE", "XAUT")
INVERSE = ("BTC", "ETH", "XRP", "EOS", "DOT", "SOL", "LTC", "ADA", "MNT")
USDC_CONTRACTS = ("BTC", "ETH", "SOL")

_BASE = r"(?P<base>[0-9]{0,8}[A-Z][A-Z0-9]{0,11}?)"
_DAY = r"(?P<day>[0-9]{1,2})(?P<month>[A-Z]{3})(?P<year>[0-9]{2})"
_FORMS = (
    re.compile(rf"{_BASE}-{_DAY}-(?P<strike>[0-9]+(?:\.[0-9]+)?)-(?P<right>[CP])(?P<usdt>-USDT)?"),
    re.compile(rf"{_BASE}(?P<usdt>USDT)(?:-{_DAY})?"),
    re.compile(rf"{_BASE}USD(?:(?P<quarter>[HMUZ])(?P<of>[0-9]{{2}}))?"),
    re.compile(rf"{_BASE}(?P<perp>PERP)"),
    re.compile(rf"{_BASE}-{_DAY}"),
    re.compile(rf"{_BASE}/(?P<quote>[A-Z]{{3,5}})"),
)
_HINT = "write it like BTCUSDT, BTCUSD, BTCPERP, BTCUSDT-03JUL26 or BTC-27MAR26-70000-P-USDT"


def parse(name: str) -> Instrument:
    """The instrument a Bybit name stands for. Raises InstrumentError."""
    for form in _FORMS:
        found = form.fullmatch(name)
        if found is not None:
            made = _made(name, found.groupdict())
            if spell(made) != name:
                raise InstrumentError(f"{name!r} is not how Bybit writes {spell(made)}")
            return made
    raise InstrumentError(f"{name!r} is not a Bybit name; {_HINT}")


def _made(name: str, found: dict[str, str | None]) -> Instrument:
    base = found["base"] or ""
    if quote := found.get("quote"):
        return Spot(VENUE, name, base, quote)
    if "quarter" in found:
        inverse = (VENUE, name, base, "USD", base)
        if found["quarter"] is None:
            return Perpetual(*inverse)
        year = 2000 + int(found["of"] or 0)
        return Future(*inverse, last_weekday(year, QUARTERS[found["quarter"]], FRIDAY, EXPIRY_HOUR))
    cash = "USDT" if found.get("usdt") else "USDC"
    terms = (VENUE, name, base, cash, cash)
    if found.get("day") is None:
        return Perpetual(*terms)
    expiry = _expiry(name, found)
    if found.get("strike") is None:
        return Future(*terms, expiry)
    right = right_of(found["right"] or "")
    return Option(*terms, expiry, float(found["strike"] or 0), right)


def spell(instrument: Instrument) -> str:
    """The name Bybit gives an instrument with these terms."""
    base, cash = instrument.base, instrument.settlement
    match instrument:
        case Spot():
            return f"{base}/{instrument.quote}"
        case Perpetual():
            return {base: f"{base}USD", "USDC": f"{base}PERP"}.get(cash, f"{base}{cash}")
        case Future() if cash == base:
            letter = {month: each for each, month in QUARTERS.items()}[instrument.expiry.month]
            return f"{base}USD{letter}{instrument.expiry.year % 100:02d}"
        case Future():
            day = day_code(instrument.expiry, digits=2)
            return f"{base}-{day}" if cash == "USDC" else f"{base}{cash}-{day}"
        case Option():
            tail = "" if cash == "USDC" else f"-{cash}"
            return f"{base}-{day_code(instrument.expiry)}-{strike_and_right(instrument)}{tail}"


def equivalent(instrument: Instrument) -> Instrument:
    """Bybit's nearest: options in USDT, inverse contracts where it lists them, others in USDT.

    Raises InstrumentError for a spot holding, and for what Bybit lists no contract of.
    """
    base = instrument.base
    if base.startswith("k") and base[1:].isupper():
        base = f"1000{base[1:]}"
    inverse = instrument.settlement == instrument.base and base in INVERSE
    cash = instrument.settlement if instrument.settlement == "USDC" else "USDT"
    if base not in USDC_CONTRACTS:
        cash = "USDT"
    match instrument:
        case Spot():
            raise is_a_balance("Bybit", replace(instrument, base=base))
        case Option():
            if base not in OPTIONS:
                raise InstrumentError(
                    f"Bybit lists no options on {base}; it lists them on {', '.join(OPTIONS)}"
                )
            return _listed(instrument, base, "USDT", "USDT")
        case Future() if inverse and _is_quarterly(instrument.expiry):
            return _listed(instrument, base, "USD", base)
        case Perpetual() if inverse:
            return _listed(instrument, base, "USD", base)
        case Perpetual() | Future():
            return _listed(instrument, base, cash, cash)


def _listed(
    instrument: Perpetual | Future | Option, base: str, quote: str, settlement: str
) -> Instrument:
    changed = replace(
        instrument, venue=VENUE, base=base, quote=quote, settlement=settlement, multiplier=1.0
    )
    if isinstance(changed, Future | Option):
        at = changed.expiry.replace(hour=EXPIRY_HOUR, minute=0, second=0, microsecond=0)
        changed = replace(changed, expiry=at)
    return parse(spell(changed))


def lot(instrument: Instrument) -> float:
    """The smallest change of a position, in units of its quantity. Source: qtyStep as recorded."""
    if instrument.settlement == instrument.base:
        return 1.0
    if isinstance(instrument, Option):
        return {"BTC": 0.01, "ETH": 0.1}.get(instrument.base, 1.0)
    if isinstance(instrument, Spot):
        return 1e-6
    return {"BTC": 0.001, "ETH": 0.01, "SOL": 0.1}.get(instrument.base, 1.0)


def tick(instrument: Instrument, price: float) -> float:  # noqa: ARG001, one step at all prices
    """The price step. Source: tickSize as recorded."""
    if isinstance(instrument, Option):
        return {"BTC": 5.0, "ETH": 0.1}.get(instrument.base, 0.01)
    if isinstance(instrument, Future) and instrument.base == "BTC":
        return 0.5
    return {"BTC": 0.1, "ETH": 0.01, "SOL": 0.01}.get(instrument.base, 0.0001)


def _expiry(name: str, found: dict[str, str | None]) -> datetime:
    month = found["month"]
    if month not in MONTHS:
        raise InstrumentError(f"{name!r} has the month {month!r}; {_HINT}")
    return instant(name, found["day"] or "", month, found["year"] or "", EXPIRY_HOUR)


def _is_quarterly(expiry: datetime) -> bool:
    last = last_weekday(expiry.year, expiry.month, FRIDAY, EXPIRY_HOUR)
    return expiry.month in QUARTERS.values() and expiry.date() == last.date()
