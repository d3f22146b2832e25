"""Venues that do not exist: one lists everything linear in odd lots, one everything inverse."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import ClassVar

import numpy as np
import pytest

from riskcore.analysis import pairs
from riskcore.arrays import F64
from riskcore.errors import InstrumentError, Unsupported
from riskcore.holdings import Holdings
from riskcore.instruments import Future, Instrument, Option, Perpetual, Spot
from riskcore.margin.model import Calibration
from riskcore.margin.requirement import Component, Requirement, Rule, Trigger, total
from riskcore.market import MarketSnapshot
from riskcore.naming import deribit, directory
from riskcore.risk_array import Risk
from riskcore.scenarios import ScenarioSet, unmoved
from riskcore.universe import Universe


def linear(instrument: Instrument) -> Instrument:
    """Acme lists perpetuals, futures and puts; a contract is a thousandth or a hundredth coin."""
    if isinstance(instrument, Spot):
        raise InstrumentError("Acme keeps coins as balances, not as positions")
    name = f"{instrument.base}/" + deribit.spell(replace(instrument, settlement=instrument.base))
    match instrument:
        case Option() if instrument.right.sign > 0:
            raise InstrumentError("Acme lists no calls")
        case Option():
            return replace(
                instrument, venue="acme", name=name, quote="USDT", settlement="USDT",
                multiplier=0.01,
            )  # fmt: skip
        case _:
            return replace(
                instrument, venue="acme", name=name, quote="USDT", settlement="USDT",
                multiplier=0.001,
            )  # fmt: skip


def inverse(instrument: Instrument) -> Instrument:
    """Zeno lists everything but futures, in the coin itself; a contract is 100 USD."""
    if isinstance(instrument, Future):
        raise InstrumentError("Zeno lists no dated futures")
    name = "Z" + deribit.spell(replace(instrument, settlement=instrument.base))
    multiplier = 1.0 if isinstance(instrument, Option) else 100.0
    return replace(
        instrument, venue="zeno", name=name, quote="USD", settlement=instrument.base,
        multiplier=multiplier,
    )  # fmt: skip


def only_perpetuals(instrument: Instrument) -> Instrument:
    """Gemini keeps two sides, and lists nothing but perpetuals."""
    if not isinstance(instrument, Perpetual):
        raise InstrumentError("Gemini lists no options")
    return replace(
        instrument, venue="gemini", name=f"{instrument.base}USDT", quote="USDT",
        settlement="USDT", multiplier=1.0,
    )  # fmt: skip


VENUES = {"acme": linear, "zeno": inverse, "gemini": only_perpetuals}


@pytest.fixture
def other_venues(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The venues of this file are known, and Deribit; one of them keeps two sides."""
    pairs.paired.cache_clear()
    for name, equivalent in VENUES.items():
        module = ModuleType(f"riskcore.naming.{name}")
        module.equivalent = equivalent
        module.KEEPS_SIDES = name == "gemini"
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(directory, "venues", lambda: ("deribit", *VENUES))
    yield
    pairs.paired.cache_clear()


@dataclass(frozen=True)
class PlainModel:
    """A tenth of every notional, in the pool's dollars; equity is cash, profit and options."""

    name: str = "acme/plain"
    title: str = "Acme plain"
    currency: str = "USD"
    calibration: Calibration = field(default_factory=Calibration)
    families: ClassVar[tuple[str, ...]] = ()

    def scenarios(self, universe: Universe, market: MarketSnapshot) -> ScenarioSet:
        return unmoved(universe, market.vol)

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        market = risk.market
        parts = [
            Component(each.label, 0.1 * abs(size), Rule.POSITION)
            for each, size in zip(holdings.positions, notionals(holdings, market), strict=True)
        ]
        required = total("initial_margin", *parts)
        kept = total("maintenance_margin", *(replace(each, amount=each.amount / 2)
                                             for each in parts))  # fmt: skip
        equity = Component("equity", worth(holdings, market))
        trigger = Trigger("maintenance usage", kept.amount / max(equity.amount, 1e-9), 1.0)
        return (Requirement("USD", self.currency, equity, required, kept, trigger, "exact"),)

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        return np.abs(np.array(notionals(holdings, risk.market))) * 0.1

    def collateral_alone(self, holdings: Holdings, risk: Risk) -> dict[str, float]:
        return {}

    def isolated(self, holdings: Holdings, risk: Risk) -> None:
        return None


@dataclass(frozen=True)
class RefusingModel(PlainModel):
    """Has no rule for anything."""

    name: str = "acme/none"
    title: str = "Acme none"

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        raise Unsupported("Acme has published no rule for what is held")


def notionals(holdings: Holdings, market: MarketSnapshot) -> list[float]:
    """USD of each position, signed."""
    found = []
    for each in holdings.positions:
        size = each.quantity * each.instrument.multiplier
        is_usd = each.instrument.settlement == each.instrument.base
        if is_usd and not isinstance(each.instrument, Option):
            found.append(size)
        else:
            found.append(size * market.usd(each.instrument.base))
    return found


def worth(holdings: Holdings, market: MarketSnapshot) -> float:
    """Cash, open profit, funding and options, USD."""
    sums = [each.amount * market.usd(coin) for coin, each in holdings.balances.items()]
    for each in holdings.positions:
        mark = float(market.mark[market.universe.row(each.instrument)])
        match each.instrument:
            case Option():
                value = each.quantity * each.instrument.multiplier * mark
            case Spot():
                value = each.quantity * mark
            case _:
                value = each.open_profit(mark)
        sums.append((value + each.accrued_funding) * market.usd(each.instrument.settlement))
    return sum(sums)
