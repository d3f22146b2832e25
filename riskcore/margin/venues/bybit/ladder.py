"""The risk limits of a contract: maintenance rates and leverage that change with its value.

maintenance = value x rate(n) - deduction(n), without jumps from tier to tier
Source: GET /v5/market/risk-limit (riskLimitValue, maintenanceMargin, maxLeverage, mmDeduction).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from riskcore.errors import ParameterError, Unsupported
from riskcore.instruments import Future, Perpetual, is_inverse
from riskcore.margin.tiers import deductions, row_of
from riskcore.margin.venues.bybit.parameters import Ladder

SOURCE = "GET /v5/market/risk-limit"


@dataclass(frozen=True, slots=True)
class Limits:
    """The tiers of one symbol, (T,) each.

    lower   value above which a tier begins: quote currency, coins where the contract is inverse
    symbol  whose tiers they are
    in_usd  whether values are in dollars, not in coins
    """

    symbol: str
    lower: tuple[float, ...]
    end: float
    rate: tuple[float, ...]
    leverage: tuple[float, ...]
    deduction: tuple[float, ...]
    whole: bool
    in_usd: bool

    @classmethod
    def of(cls, symbol: str, ladder: Ladder) -> Self:
        """The tiers of a section. Raises ParameterError when its lists do not fit."""
        count = len(ladder.upto)
        if not count == len(ladder.maintenance) == len(ladder.leverage):
            raise ParameterError(
                f"{symbol}: upto, maintenance and leverage have {count}, "
                f"{len(ladder.maintenance)} and {len(ladder.leverage)} values; give one for each "
                "tier"
            )
        if list(ladder.upto) != sorted(set(ladder.upto)):
            raise ParameterError(f"{symbol}: the ends of the tiers, upto, must ascend")
        lower = (0.0, *ladder.upto[:-1])
        return cls(
            symbol,
            lower,
            ladder.upto[-1],
            ladder.maintenance,
            ladder.leverage,
            deductions(lower, ladder.maintenance),
            ladder.whole,
            symbol.endswith(("USDT", "PERP")) or "-" in symbol,
        )

    def row(self, value: float) -> int:
        """The tier of a value."""
        return row_of(value, self.lower)

    def maintenance(self, value: float) -> float:
        """The maintenance margin of a value."""
        row = self.row(value)
        return value * self.rate[row] - self.deduction[row]


def limits_of(contract: Perpetual | Future, tables: Mapping[str, Limits]) -> Limits:
    """The tiers of a contract, or those of its coin's perpetual where its own were not read.

    Raises Unsupported where none were.
    """
    base = contract.base
    names = [contract.name]
    names += [f"{base}USD", f"{base}USDT"] if is_inverse(contract) else [f"{base}USDT"]
    for name in names:
        if name in tables:
            return tables[name]
    raise Unsupported(
        f"Bybit's risk limits of {contract.name} are not known; give upto, maintenance and "
        f"leverage in [parameters.{contract.name}] of a parameter file of your own, or as overrides"
    )
