"""The market moves of Derive's portfolio managers, as columns of prices.

Column 0 is the market as it is quoted; then Derive's own marks; spot up and down for the basis
contingency; and the scenarios. A forward moves to variable x shock + fixed: what the settlement
average has fixed stays. Volatility is sticky by strike, and moves by
    x     (30 days / max(days, floor))^power, the power for up to 30 days or the one beyond
    up    vol (1 + range x), in the second manager at least its minimum
    down  vol max(0, 1 - range x)
    skew  vol max(0, multiplier of the strike), see `skew_multiplier`
Source: derivexyz/v2-core, src/risk-managers, PMRMLib.sol and PMRMLib_2.sol.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

import numpy as np

from riskcore.arrays import F64, Bools
from riskcore.instruments import Option
from riskcore.margin.venues.derive.oracle import SHORTEST, Expiry, Oracle
from riskcore.margin.venues.derive.portfolio_parameters import (
    DampedScenario,
    Portfolio2Row,
    PortfolioRow,
    Scenario,
)
from riskcore.market import MarketSnapshot
from riskcore.naming.derive import VENUE
from riskcore.scenarios import ScenarioSet
from riskcore.time import SECONDS_PER_DAY
from riskcore.universe import Universe

Row = PortfolioRow | Portfolio2Row

MARKS, BASIS_UP, BASIS_DOWN, FIRST = 1, 2, 3, 4
HEAD = ("as quoted", "Derive's marks", "basis, spot up", "basis, spot down")
REFERENCE_DAYS = 30.0
SKEWS = ("linear", "abs")
WORDS = {"up": ", vol up", "down": ", vol down", "none": "", "linear": "skew", "abs": "wings"}


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The scenarios of one manager, in its own order, as columns.

    spot    (S,)  factor on spot
    weight  (S,)  share of the profit that counts
    skew    (S,)  whether an expiry's profit counts as a loss of the same size
    """

    spot: F64
    weight: F64
    vol: tuple[str, ...]
    skew: Bools
    labels: tuple[str, ...]
    groups: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.vol)


def table(row: Row) -> Table:
    """The scenarios of a manager."""
    listed: tuple[Scenario | DampedScenario, ...] = row.scenarios
    vol = tuple(each.vol for each in listed)
    weight = [each.dampening if isinstance(each, DampedScenario) else 1.0 for each in listed]
    words = [_words(each.spot, each.vol, share) for each, share in zip(listed, weight, strict=True)]
    return Table(
        np.array([each.spot for each in listed]),
        np.array(weight),
        vol,
        np.array([each in SKEWS for each in vol]),
        tuple(words),
        tuple("standard" if each == 1 else "extended" for each in weight),
    )


@dataclass(frozen=True, slots=True)
class Columns:
    """How the scenarios of several managers are called together."""

    labels: tuple[str, ...] = ()
    moves: tuple[float, ...] = ()
    groups: tuple[str, ...] = ()


def together(tables: Collection[Table]) -> Columns:
    """A column is called as all managers call it, else by its number."""
    longest = max(tables, key=len, default=None)
    if longest is None:
        return Columns()
    names = {each.labels for each in tables}
    numbers = tuple(f"scenario {place}" for place in range(1, len(longest) + 1))
    moves = tuple(float(each) - 1 for each in longest.spot)
    return Columns(names.pop() if len(names) == 1 else numbers, moves, longest.groups)


def scenario_set(
    universe: Universe, market: MarketSnapshot, rows: Mapping[str, Row], tables: Mapping[str, Table]
) -> ScenarioSet:
    """Every coin under its own manager's scenarios; what has no manager does not move."""
    coins = sorted({each.base for each in universe.instruments if each.venue == VENUE} & set(rows))
    named = together([tables[coin] for coin in coins])
    count = FIRST + len(named.labels)
    spot = np.ones((len(universe.currencies), count))
    forward = np.ones((len(universe), count))
    vol = np.full((len(universe), count), np.nan)
    vol[universe.is_option] = market.vol[universe.is_option, np.newaxis]
    oracle, held = Oracle(market), chains(universe)
    for coin in coins:
        row, scenarios = rows[coin], tables[coin]
        shock = np.array([1.0, 1.0, row.basis_spot_up, row.basis_spot_down, *scenarios.spot])
        used = slice(len(shock))
        place = universe.currencies.index(coin)
        spot[place, used] = shock
        forward[(universe.base == place) & ~universe.is_option, used] = shock
        for when, members in held.get(coin, {}).items():
            expiry = oracle.expiry(coin, when, members)
            strikes = universe.strike[members]
            base = oracle.vols(expiry, strikes, members)
            moved = expiry.variable * shock[MARKS:] + expiry.fixed
            quoted = np.maximum(market.forward[members, np.newaxis], np.finfo(np.float64).tiny)
            forward[members, MARKS : used.stop] = moved / quoted
            vol[members, MARKS:FIRST] = base[:, np.newaxis]
            vol[members, FIRST : used.stop] = moved_vols(row, scenarios, expiry, strikes, base)
    head = [0.0, 0.0, 0.0, 0.0]
    return ScenarioSet(
        universe,
        (*HEAD, *named.labels),
        spot,
        forward,
        vol,
        np.zeros(count),
        move=np.array([*head, *named.moves]),
        group=(*["basis"] * FIRST, *named.groups),
    )


def chains(universe: Universe) -> dict[str, dict[datetime, list[int]]]:
    """The rows of Derive's options, by coin and expiry."""
    found: dict[str, dict[datetime, list[int]]] = {}
    for row, each in enumerate(universe.instruments):
        if isinstance(each, Option) and each.venue == VENUE:
            found.setdefault(each.base, {}).setdefault(each.expiry, []).append(row)
    return found


def moved_vols(row: Row, scenarios: Table, expiry: Expiry, strikes: F64, base: F64) -> F64:
    """Volatility of each option of an expiry in each scenario, (O, S)."""
    up, down = multipliers(row, expiry.seconds / SECONDS_PER_DAY)
    least = row.min_vol_up if isinstance(row, Portfolio2Row) else 0.0
    moved = {"up": np.maximum(base * up, least), "down": base * down, "none": base}
    if isinstance(row, Portfolio2Row):
        for kind in SKEWS:
            if kind in scenarios.vol:
                moved[kind] = base * np.maximum(0.0, skew_multiplier(row, kind, expiry, strikes))
    return np.stack([moved[each] for each in scenarios.vol], axis=1)


def multipliers(row: Row, days: float) -> tuple[float, float]:
    """What volatility is multiplied with when it moves up, and down.

    The floor only bounds the base of the power; which power it is depends on the true time.
    """
    power = row.short_term_power if days <= REFERENCE_DAYS else row.long_term_power
    size = (REFERENCE_DAYS / max(days, row.dte_floor, SHORTEST)) ** power
    return 1.0 + row.vol_range_up * size, max(0.0, 1.0 - row.vol_range_down * size)


def skew_multiplier(row: Portfolio2Row, kind: str, expiry: Expiry, strikes: F64) -> F64:
    """What volatility of each strike is multiplied with when the smile turns or its wings rise.

    cap = base cap + slope sqrt(tau)
    k*  = max(least k*, sqrt(tau) width (static + scale sqrt(tau)))
    1 + min(cap, k cap / k*) for k >= 0, 1 + max(-cap, k cap / k*) below; k = ln(strike / forward),
    its size under `abs`. A negative cap turns the two bounds around, as the contract does.
    """
    root = sqrt(expiry.years)
    base, slope = (
        (row.linear_base_cap, row.linear_cbase)
        if kind == "linear"
        else (row.abs_base_cap, row.abs_cbase)
    )
    cap = base + slope * root
    width = root * row.width_scale * (row.vol_param_static + row.vol_param_scale * root)
    reach = max(row.min_kstar, width, SHORTEST)
    with np.errstate(divide="ignore"):
        k = np.log(strikes / expiry.forward)
    if kind == "abs":
        k = np.abs(k)
    grown = k * (cap / reach)
    turned: F64 = 1.0 + np.where(k >= 0, np.minimum(cap, grown), np.maximum(-cap, grown))
    return turned


def _words(spot: float, vol: str, weight: float) -> str:
    """As a reader calls a scenario, e.g. "−18 %, vol up"."""
    if vol in SKEWS:
        return WORDS[vol]
    percent = f"{abs(spot - 1) * 100:.4g} %"
    sign = "" if spot == 1 else "−" if spot < 1 else "+"
    share = f", weight {weight:.4g}" if weight != 1 else ""
    return f"{sign}{percent}{WORDS[vol]}{share}"
