"""The smallest valid objects, for tests."""

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from riskcore.holdings import Account, Balance, Holdings, Order, Position
from riskcore.instruments import Future, Instrument, Option, Perpetual
from riskcore.margin.registry import Library
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import deribit
from riskcore.universe import universe

NOON = datetime(2026, 2, 5, 12, tzinfo=UTC)
INDEX = {"BTC": 70_000.0, "ETH": 2_000.0, "USDC": 1.0}


def instrument(name: str) -> Instrument:
    """A Deribit instrument by its name."""
    return deribit.parse(name)


def market(
    *names: str,
    as_of: datetime = NOON,
    index: Mapping[str, float] = INDEX,
    vol: float = 0.6,
    forward: Mapping[str, float] | None = None,
    mark: Mapping[str, float] | None = None,
) -> MarketSnapshot:
    """A market of these instruments: futures at the index, options at 60 % vol and a plain mark."""
    instruments = universe(instrument(name) for name in names)
    marks = np.empty(len(instruments))
    forwards = np.full(len(instruments), np.nan)
    vols = np.full(len(instruments), np.nan)
    for row, each in enumerate(instruments.instruments):
        at = (forward or {}).get(each.name, index[each.base])
        match each:
            case Option():
                inside = max(each.right.sign * (at - each.strike), 0.0) + 0.02 * at
                marks[row] = inside / at if each.settlement == each.base else inside
                forwards[row], vols[row] = at, vol
            case Perpetual() | Future():
                marks[row] = at
            case _:
                marks[row] = at
        marks[row] = (mark or {}).get(each.name, marks[row])
    return snapshot(as_of, instruments, index, mark=marks, forward=forwards, vol=vols)


def holdings(
    positions: Mapping[str, float] | None = None,
    balances: Mapping[str, float] | None = None,
    orders: tuple[Order, ...] = (),
) -> Holdings:
    """Holdings by instrument name and currency."""
    return Holdings(
        tuple(Position(instrument(name), size) for name, size in (positions or {}).items()),
        {currency: Balance(amount) for currency, amount in (balances or {}).items()},
        orders,
    )


def account(
    name: str = "Desk",
    positions: Mapping[str, float] | None = None,
    balances: Mapping[str, float] | None = None,
    model: str = "deribit/cross-portfolio",
) -> Account:
    """A Deribit account."""
    return Account(name.lower(), name, "deribit", model, holdings(positions, balances))


@cache
def library() -> Library:
    """The margin models with the parameter files of the project."""
    folder = Path(__file__).parents[1] / "resources" / "parameters"
    return Library(
        {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.toml")}
    )


def golden(name: str) -> dict[str, Any]:
    """Published values with their source: tests/golden/<name>.toml."""
    return tomllib.loads((Path(__file__).parent / "golden" / f"{name}.toml").read_text("utf-8"))
