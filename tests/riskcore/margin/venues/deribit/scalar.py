"""Deribit's margin once more: one number at a time, straight from its rules, sharing no code.

Parameters are typed here as well. In force in early Feb 2026: BTC of Jun 2024, ETH of Feb 2026.
"""

from dataclasses import dataclass
from math import erfc, inf, log, sqrt

DAY = 86_400.0
YEAR = 365 * DAY
EXTENDED = (-0.66, -0.33, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0)
ROWS = {
    "BTC": {
        "R": 0.16, "up": 0.50, "down": 0.25, "minvol": 0.50, "short": 0.30, "long": 0.13,
        "inc": 0.00005, "risk": 0.075, "min": 0.01, "damper": 100_000.0,
    },
    "ETH": {
        "R": 0.18, "up": 0.40, "down": 0.25, "minvol": 0.50, "short": 0.30, "long": 0.13,
        "inc": 0.000004, "risk": 0.05, "min": 0.005, "damper": 200_000.0,
    },
}  # fmt: skip
THRESHOLD, CAP = 20_000_000.0, 0.10
STANDARD = {"BTC": (0.02, 0.01, 0.00005), "ETH": (0.02, 0.01, 0.000004)}


@dataclass(frozen=True)
class Held:
    """One position: a kind of "option", "future" or "perpetual"."""

    name: str
    kind: str
    base: str
    inverse: bool
    quantity: float  # USD for inverse futures, coins else
    mark: float
    settled: float | None = None
    expiry: float = inf  # seconds since 1970
    strike: float = 0.0
    call: bool = True
    forward: float = 0.0
    vol: float = 0.0

    @property
    def settles(self) -> str:
        return self.base if self.inverse else "USDC"


def normal(x: float) -> float:
    return 0.5 * erfc(-x / sqrt(2))


def black(forward: float, strike: float, tau: float, vol: float, *, call: bool) -> float:
    deviation = vol * sqrt(tau)
    if deviation == 0:
        return max(forward - strike if call else strike - forward, 0.0)
    d1 = log(forward / strike) / deviation + deviation / 2
    d2 = d1 - deviation
    if call:
        return forward * normal(d1) - strike * normal(d2)
    return strike * normal(-d2) - forward * normal(-d1)


def profit(held: Held, move: float, vol: float, now: float) -> float:
    """In the settlement currency, whole position."""
    if held.kind != "option":
        if held.inverse:
            coins = held.quantity / held.mark
            return coins * (1 - 1 / (1 + move))
        return held.quantity * held.mark * move
    tau = (held.expiry - now) / YEAR
    before = black(held.forward, held.strike, tau, held.vol, call=held.call)
    after = black(held.forward * (1 + move), held.strike, tau, vol, call=held.call)
    if held.inverse:
        return held.quantity * (after / (held.forward * (1 + move)) - before / held.forward)
    return held.quantity * (after - before)


def vols(held: Held, now: float) -> tuple[float, float, float]:
    """Up, same, down."""
    row = ROWS[held.base]
    days = max((held.expiry - now) / DAY, 1.0)
    factor = (30 / days) ** (row["short"] if days < 30 else row["long"])
    up = max(held.vol * (1 + row["up"] * factor), row["minvol"])
    return up, held.vol, max(held.vol * (1 - row["down"] * factor), 0.0)


def delta(held: Held, now: float) -> float:
    """Coins of the whole position."""
    if held.kind != "option":
        return held.quantity / held.mark if held.inverse else held.quantity
    deviation = held.vol * sqrt((held.expiry - now) / YEAR)
    d1 = log(held.forward / held.strike) / deviation + deviation / 2
    return held.quantity * (normal(d1) if held.call else normal(d1) - 1)


def equity_of(held: Held) -> float:
    """What a position adds to equity, in its settlement currency."""
    if held.kind == "option":
        return held.quantity * held.mark
    if held.settled is None:
        return 0.0
    if held.inverse:
        return held.quantity * (1 / held.settled - 1 / held.mark)
    return held.quantity * (held.mark - held.settled)


def entries(
    book: list[Held], base: str, index: dict[str, float], now: float, pool: str, equity: float
) -> list[float]:
    """The 35 aggregated profits of one netting set; pool is a currency or "USD"."""
    row = ROWS[base]
    R, spot = row["R"], index[base]
    found = []

    def worth(amount: float, held: Held, move: float) -> float:
        if pool != "USD":
            return amount
        return amount * (spot * (1 + move) if held.inverse else index["USDC"])

    for step in range(-4, 5):
        move = R * step / 4
        for which in range(3):
            total = equity * spot * move if pool == "USD" else 0.0
            for held in book:
                total += worth(profit(held, move, vols(held, now)[which], now), held, move)
            found.append(total)
    for move in EXTENDED:
        sign = 1 if move > 0 else -1
        total = equity * spot * move * R / abs(move) if pool == "USD" else 0.0
        for held in book:
            amount = profit(held, move, vols(held, now)[0], now)
            if pool == "USD":
                total += worth(amount, held, move) * R / abs(move)
            elif held.inverse:
                total += amount * R / abs(move) * (1 + move) / (1 + sign * R)
            else:
                total += amount * R / abs(move)
        dollars = (max(abs(move) / R, 1) - 1) * row["damper"]
        if pool == base:
            dollars /= (1 + sign * R) * spot
        elif pool == "USDC":
            dollars /= index["USDC"]
        damp = min(dollars, abs(total))
        found.append(total - damp if total > 0 else total + damp)
    return found


def add_ons(book: list[Held], base: str, index: dict[str, float], now: float, pool: str) -> float:
    """Roll shock and delta shock of one underlying."""
    row, spot = ROWS[base], index[base]
    buckets: dict[tuple[bool, float], float] = {}
    for held in book:
        key = (held.inverse, held.expiry)
        buckets[key] = buckets.get(key, 0.0) + delta(held, now)
    total = 0.0
    for (inverse, expiry), net in buckets.items():
        years = 0.0 if expiry == inf else (expiry - now) / YEAR
        coins = abs(net) * max(row["min"], row["risk"] * years)
        if pool == base:
            total += coins
        elif pool == "USDC":
            total += coins * spot
        else:
            total += coins * spot * (1.0 if inverse else index["USDC"])
    short = sum(delta(held, now) for held in book if held.kind != "option" or held.quantity < 0)
    long = sum(delta(held, now) for held in book if held.kind == "option" and held.quantity > 0)
    if short > 0 > long:
        short = max(short + long, 0.0)
    elif short < 0 < long:
        short = min(short + long, 0.0)
    value = abs(short) * spot
    shock = min(max(value - THRESHOLD, 0.0) * abs(short) * row["inc"], CAP * value)
    if pool == base:
        shock /= spot
    elif pool == "USDC":
        shock /= index["USDC"]
    return total + shock


def risk_matrix_margin(
    book: list[Held],
    index: dict[str, float],
    now: float,
    pool: str,
    equities: dict[str, float],
) -> float:
    """Of a pool: a settlement currency, or "USD" for everything together."""
    mine = [held for held in book if pool in ("USD", held.settles)]
    bases = {held.base for held in mine}
    if pool == "USD":
        bases |= {name for name, amount in equities.items() if name in ROWS and amount}
    worst = added = 0.0
    for base in bases:
        part = [held for held in mine if held.base == base]
        worst += -min(0.0, *entries(part, base, index, now, pool, equities.get(base, 0.0)))
        added += add_ons(part, base, index, now, pool)
    return round(worst, 9) + added


def standard(held: Held, index: dict[str, float]) -> tuple[float, float]:
    """Initial and maintenance margin of one position, settlement currency."""
    spot = index[held.base]
    if held.kind != "option":
        coins = abs(held.quantity) / held.mark if held.inverse else abs(held.quantity)
        initial, maintenance, step = STANDARD[held.base]
        unit = coins * (1.0 if held.inverse else spot)
        return (initial + step * coins) * unit, (maintenance + step * coins) * unit
    if held.quantity >= 0:
        return 0.0, 0.0
    outside = max(held.strike - spot if held.call else spot - held.strike, 0.0)
    unit = 1.0 if held.inverse else spot
    initial = max(0.15 - outside / spot, 0.10) * unit + held.mark
    if held.call:
        maintenance = 0.075 * unit + held.mark
    else:
        maintenance = max(0.075 * unit, 0.075 * held.mark) + held.mark
        initial = max(initial, maintenance)
    return -held.quantity * initial, -held.quantity * maintenance
