"""OKX's instrument names, both ways, with contract sizes, lots and ticks.

Grammar: `BTC-USDT` is spot, `BTC-USDT-SWAP` a perpetual, `BTC-USDT-241227` a dated future and
`BTC-USD-241227-60000-C` an option; `USD` contracts are inverse and settle in the coin. A position
counts contracts; one is worth ctVal (times ctMult for options) in coins, or in USD where inverse.
A dated contract expires at 08:00 UTC.
Source: GET /api/v5/public/instruments: recorded lists of 13 May 2022 and Dec 2024 (BTC options
have 0.1 coins in the first and 0.01 in the second; those of ETH were recorded in the first alone,
with 1, and are taken to have become a tenth as well). USDC perpetuals: okx.com/docs-v5 examples.
"""

import re
from dataclasses import replace

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Spot
from riskcore.naming.terms import instant_of_digits, is_a_balance, right_of, strike_and_right

VENUE = "okx"
KEEPS_SIDES = True
EXPIRY_HOUR = 8
QUOTES = ("USD", "USDT", "USDC")
OPTIONS = {"BTC": 0.01, "ETH": 0.1}  # coins of one contract

# Coins of one USDT contract, ctVal as recorded 2022-2024.
CONTRACT = {
    coin: size
    for size, coins in (
        (0.0001, "YFI"),
        (0.001, "YFII"),
        (0.01, "BTC ICP MKR TORN XCH"),
        (0.1, "ETH AAVE APE AXS BADGER BAL BCH BZZ COMP DASH DORA EGLD ENS FIL KSM LPT TRB UMA"),
        (0.1, "WNXM XMR ZEC"),
        (1.0, "LTC DOT SOL 1INCH AGLD ALPHA ANT API3 ATOM AVAX BAND BICO BSV CELO CQT CRV CSPR"),
        (1.0, "DYDX EFI ENJ GMT GODS IMX KNC LINK LON LOOKS MASK MINA NEO NYM OMG PERP QTUM SNX"),
        (1.0, "SRM SUSHI SWRV UNI WAVES WNCG XTZ YGG ZEN"),
        (10.0, "FITFI ALGO ASTR BAT BNT CFX CHZ CONV CRO EOS ETC FLM FTM GALA GRT IOTA LAT LRC"),
        (10.0, "MANA MATIC NEAR ONT REN RSS3 RVN SAND SLP STORJ THETA UMEE XEM ZRX"),
        (100.0, "ADA BTM CVC DOME JST PEOPLE RSR SC XLM XRP ZIL"),
        (1_000.0, "DOGE TRX IOST"),
        (1e6, "BTT ELON NFT SHIB SOS"),
    )
    for coin in coins.split()
}
USDC_CONTRACT = {"BTC": 0.0001, "ETH": 0.001}  # coins of one USDC contract
INVERSE = 10.0  # USD of one inverse contract
INVERSE_BTC = 100.0

_NAME = re.compile(
    r"(?P<base>[A-Z0-9]{1,12})-(?P<quote>[A-Z]{3,5})"
    r"(?:-(?:(?P<swap>SWAP)|(?P<day>[0-9]{6})"
    r"(?:-(?P<strike>[0-9]+(?:\.[0-9]+)?)-(?P<right>[CP]))?))?"
)
_HINT = "write it like BTC-USDT-SWAP, BTC-USD-241227, BTC-USD-241227-60000-C or BTC-USDT"


def parse(name: str) -> Instrument:
    """The instrument an OKX name stands for. Raises InstrumentError."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise InstrumentError(f"{name!r} is not an OKX instrument name; {_HINT}")
    base, quote = found["base"], found["quote"]
    if found["swap"] is None and found["day"] is None:
        return Spot(VENUE, name, base, quote)
    if quote not in QUOTES:
        raise InstrumentError(f"{name!r} is quoted in {quote!r}; OKX uses {', '.join(QUOTES)}")
    settlement = base if quote == "USD" else quote
    terms = (VENUE, name, base, quote, settlement)
    if found["strike"] is not None:
        if quote != "USD" or base not in OPTIONS:
            raise InstrumentError(
                f"OKX lists no options like {name!r}; it lists {' and '.join(OPTIONS)} options "
                "against USD"
            )
        right = right_of(found["right"])
        strike = float(found["strike"])
        return Option(
            *terms, instant_of_digits(name, found["day"], EXPIRY_HOUR), strike, right, OPTIONS[base]
        )
    size = contract_size(base, quote)
    if found["swap"]:
        return Perpetual(*terms, size)
    return Future(*terms, instant_of_digits(name, found["day"], EXPIRY_HOUR), size)


def contract_size(base: str, quote: str) -> float:
    """What one contract is: coins, or USD where it is inverse. Raises InstrumentError."""
    if quote == "USD":
        return INVERSE_BTC if base == "BTC" else INVERSE
    sizes = CONTRACT if quote == "USDT" else USDC_CONTRACT
    if base not in sizes:
        raise InstrumentError(
            f"the contract size of {base}-{quote} at OKX is not known; known against {quote} are "
            f"{', '.join(sorted(sizes))}"
        )
    return sizes[base]


def spell(instrument: Instrument) -> str:
    """The name OKX gives an instrument with these terms."""
    quote = "USD" if instrument.settlement == instrument.base else instrument.quote
    root = f"{instrument.base}-{quote}"
    match instrument:
        case Spot():
            return f"{instrument.base}-{instrument.quote}"
        case Perpetual():
            return f"{root}-SWAP"
        case Future():
            return f"{root}-{instrument.expiry:%y%m%d}"
        case Option():
            return f"{root}-{instrument.expiry:%y%m%d}-{strike_and_right(instrument)}"


def equivalent(instrument: Instrument) -> Instrument:
    """OKX's nearest: options against USD, futures of a coin inverse, others against USDT or USDC.

    Raises InstrumentError for a spot holding, and for what OKX lists no contract of.
    """
    base = instrument.base
    if isinstance(instrument, Spot):
        raise is_a_balance("OKX", instrument)
    if isinstance(instrument, Option):
        if base not in OPTIONS:
            raise InstrumentError(f"OKX lists no options on {base}")
        return parse(spell(replace(instrument, quote="USD", settlement=base)))
    if instrument.settlement == base:
        return parse(spell(replace(instrument, quote="USD")))
    quote = "USDC" if instrument.settlement == "USDC" and base in USDC_CONTRACT else "USDT"
    return parse(spell(replace(instrument, quote=quote, settlement=quote)))


def lot(instrument: Instrument) -> float:
    """The smallest change of a position, in contracts; of spot, in coins.

    Source: lotSz as recorded in Dec 2024 (USDT perpetuals of BTC and ETH 0.01, others 1).
    """
    if isinstance(instrument, Spot):
        return {"BTC": 1e-8}.get(instrument.base, 1e-6)
    fine = isinstance(instrument, Perpetual) and instrument.settlement == "USDT"
    return 0.01 if fine and instrument.base in ("BTC", "ETH") else 1.0


def tick(instrument: Instrument, price: float) -> float:
    """The price step at a price level. Source: tickSz as recorded in 2022 and 2024."""
    if isinstance(instrument, Option):
        return 0.0005 if price > 0.005 else 0.0001
    return {"BTC": 0.1, "ETH": 0.01, "LTC": 0.01, "BCH": 0.01}.get(instrument.base, 0.001)
