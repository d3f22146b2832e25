"""Deribit's parameters as one model was bound to them, row by row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec

from riskcore.arrays import F64
from riskcore.errors import ParameterError, Unsupported
from riskcore.margin.parameters import Selection, Span, Tables, missing, row
from riskcore.margin.venues.deribit.columns import Columns, columns
from riskcore.margin.venues.deribit.parameters import (
    USD_ROW,
    CollateralRow,
    General,
    OptionRow,
    Pooling,
    PortfolioRow,
    PortfolioRules,
    Rules,
    StandardRow,
)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Everything one model was bound to, by underlying or currency.

    The usd-level row fills what an underlying without values of its own lacks, where it can.
    """

    rules: Rules
    pooling: Pooling
    tables: Tables = field(repr=False)
    known: Mapping[tuple[str, str], Span] = field(repr=False)
    overridden: bool = False
    grid: General | None = None
    readings: PortfolioRules | None = None
    _portfolio: Mapping[str, PortfolioRow] = field(init=False, repr=False, compare=False)
    _futures: Mapping[str, StandardRow] = field(init=False, repr=False, compare=False)
    _options: Mapping[str, OptionRow] = field(init=False, repr=False, compare=False)
    _collateral: Mapping[str, CollateralRow] = field(init=False, repr=False, compare=False)
    _numbers: Mapping[tuple[str, str], float] = field(init=False, repr=False, compare=False)
    _columns: Columns | None = field(init=False, repr=False, compare=False)
    _moves: Mapping[str, F64] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        filled = {name: self._filled(name) for name in self.tables}
        worth = {name: self._worth(name) for name in {*self.tables, *self.rules.usd_like}}
        object.__setattr__(self, "_portfolio", _rows(PortfolioRow, filled))
        object.__setattr__(self, "_futures", _rows(StandardRow, self.tables))
        object.__setattr__(self, "_options", _rows(OptionRow, self.tables))
        object.__setattr__(self, "_collateral", _rows(CollateralRow, worth))
        object.__setattr__(self, "_numbers", _numbers(filled))
        known = self.grid is not None and self.readings is not None
        found = columns(self.general, self.portfolio_rules) if known else None
        object.__setattr__(self, "_columns", found)
        ranges = {name: each.get("price_range") for name, each in self.tables.items()}
        moved = {name: found.moves(each) for name, each in ranges.items() if found and each}
        object.__setattr__(self, "_moves", moved)

    def __hash__(self) -> int:
        return hash((self.rules, self.pooling, self.grid, self.readings))

    @property
    def general(self) -> General:
        """What holds for every portfolio-margin account."""
        assert self.grid is not None
        return self.grid

    @property
    def portfolio_rules(self) -> PortfolioRules:
        """Our reading of the portfolio-margin rules."""
        assert self.readings is not None
        return self.readings

    @property
    def columns(self) -> Columns:
        """The scenarios, before they are scaled to an underlying."""
        assert self._columns is not None
        return self._columns

    def moves(self, currency: str) -> F64:
        """Relative price move of an underlying in each column, (S,). Raises Unsupported."""
        found = self._moves.get(currency)
        return self.columns.moves(self.price_range(currency)) if found is None else found

    def portfolio(self, underlying: str) -> PortfolioRow:
        """The portfolio-margin row of an underlying.

        Raises Unsupported for keys that are not known, and for a correlation set.
        """
        found = self._portfolio.get(underlying)
        if found is None:
            keys = ", ".join(missing(PortfolioRow, self._filled(underlying)))
            raise Unsupported(_unknown(underlying, keys))
        if found.correlation_set:
            raise Unsupported(
                f"{underlying} is in a correlation set; Deribit's rule for those is not published, "
                "so set correlation_set to false"
            )
        return found

    def value(self, underlying: str, key: str, *, needed: bool = True) -> float:
        """One portfolio-margin number of an underlying.

        Raises Unsupported when it is not known; one that is not needed is then the one that
        changes nothing.
        """
        for section in (underlying, USD_ROW):
            found = self._numbers.get((section, key))
            if found is not None:
                return found
        if not needed:
            return 1.0 if key == "extended_table_factor" else 0.0
        raise Unsupported(_unknown(underlying, key))

    def price_range(self, currency: str) -> float:
        """The move at the edge of the matrix. Raises Unsupported when it is not known."""
        value: float | None = self.tables.get(currency, {}).get("price_range")
        if value is None:
            raise Unsupported(
                f"Deribit's price range of {currency} is not known, so its equity cannot be "
                f"stressed; give price_range as an override of {currency}"
            )
        return value

    def futures(self, underlying: str) -> StandardRow:
        """The standard margin of futures on an underlying. Raises Unsupported."""
        found = self._futures.get(underlying)
        if found is None:
            raise Unsupported(_standard("futures", underlying, StandardRow))
        return found

    def options(self, underlying: str) -> OptionRow:
        """The standard margin of options on an underlying. Raises Unsupported."""
        found = self._options.get(underlying)
        if found is None:
            raise Unsupported(_standard("options", underlying, OptionRow))
        return found

    def collateral(self, currency: str) -> CollateralRow:
        """What a currency is worth: USD-like ones take the usd-level row, coins count in full."""
        return self._collateral.get(currency, FULL)

    def haircut_is_known(self, currency: str) -> bool:
        """Whether a haircut of this very currency was observed; USDC is the usd-level row."""
        return currency in (USD_ROW.upper(), "USDC") or "haircut" in self.tables.get(currency, {})

    def of_another_date(
        self, underlyings: Iterable[str], keys: Iterable[str], at: datetime
    ) -> bool:
        """Whether one of these values, own or of the usd-level row, is not known to hold then."""
        names = tuple(keys)
        for name in underlyings:
            own = self.tables.get(name, {})
            for key in names:
                span = self.known.get((name if key in own else USD_ROW, key))
                if span is not None and at not in span:
                    return True
        return False

    @property
    def tiers_in_force(self) -> bool:
        """Whether leverage tiers are known of any underlying."""
        return any(each.tiers for each in self._futures.values())

    def assumed(self, underlying: str) -> tuple[str, ...]:
        """The portfolio-margin keys of an underlying that come from the usd-level row."""
        own = self.tables.get(underlying, {})
        shared = self.tables.get(USD_ROW, {})
        names = PortfolioRow.__struct_fields__
        return tuple(name for name in names if name not in own and name in shared)

    def _filled(self, underlying: str) -> dict[str, Any]:
        return {**self.tables.get(USD_ROW, {}), **self.tables.get(underlying, {})}

    def _worth(self, currency: str) -> dict[str, Any]:
        shared = self.tables.get(USD_ROW, {}) if currency in self.rules.usd_like else {}
        return {**msgspec.structs.asdict(FULL), **shared, **self.tables.get(currency, {})}


FULL = CollateralRow(haircut=0.0, equity_side_impact="both")  # a coin of which nothing is known


def parameters(selection: Selection, *, portfolio: bool) -> Parameters:
    """The parameters of a selection. Raises ParameterError when one is missing."""
    tables = selection.tables
    for name, each in _rows(StandardRow, tables).items():
        _refuse_contradiction(name, each)
    return Parameters(
        _whole(Rules, "rules", tables),
        _whole(Pooling, "pooling", tables),
        MappingProxyType({name: MappingProxyType(dict(one)) for name, one in tables.items()}),
        MappingProxyType(dict(selection.known)),
        bool(selection.calibration.overrides),
        _whole(General, "general", tables) if portfolio else None,
        _whole(PortfolioRules, "rules", tables) if portfolio else None,
    )


def _refuse_contradiction(name: str, futures: StandardRow) -> None:
    if futures.future_maintenance > futures.future_initial:
        raise ParameterError(
            f"{name}.future_maintenance is {futures.future_maintenance:g}; it must not exceed "
            f"future_initial, which is {futures.future_initial:g}"
        )
    for tier in futures.tiers:
        if tier.lowest_leverage is not None and tier.lowest_leverage > tier.top_leverage:
            raise ParameterError(
                f"{name}.tiers: lowest_leverage {tier.lowest_leverage:g} of a {tier.kind} must not "
                f"exceed its top_leverage, which is {tier.top_leverage:g}"
            )


def _numbers(tables: Tables) -> Mapping[tuple[str, str], float]:
    names = PortfolioRow.__struct_fields__
    return {
        (section, key): float(table[key])
        for section, table in tables.items()
        for key in names
        if key in table
    }


def _rows(kind: Any, tables: Tables) -> Mapping[str, Any]:
    found = {name: row(kind, table) for name, table in tables.items()}
    return {name: each for name, each in found.items() if each is not None}


def _whole(kind: Any, section: str, tables: Mapping[str, Mapping[str, Any]]) -> Any:
    table = tables.get(section, {})
    found = row(kind, table)
    if found is None:
        keys = ", ".join(missing(kind, table))
        raise ParameterError(f"no parameter file of Deribit gives {section}: {keys}")
    return found


def _unknown(underlying: str, keys: str) -> str:
    return (
        f"Deribit's portfolio-margin parameters of {underlying} are not known; "
        f"give them as overrides of {underlying}: {keys}"
    )


def _standard(what: str, underlying: str, kind: type[msgspec.Struct]) -> str:
    keys = ", ".join(missing(kind, {}))
    return (
        f"Deribit's standard margin of {underlying} {what} is not known; "
        f"give it as overrides of {underlying}: {keys}"
    )
