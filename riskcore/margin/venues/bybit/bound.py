"""Bybit's parameters as one model was bound to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from riskcore.errors import ParameterError
from riskcore.margin.bound import Bound
from riskcore.margin.parameters import Selection
from riskcore.margin.venues.bybit.ladder import Limits
from riskcore.margin.venues.bybit.parameters import Assumed, Coin, Ladder, Levels, Loan, OptionRow


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """What both models need: options, collateral, loans, levels and readings; risk limits."""

    bound: Bound
    ladders: Mapping[str, Limits]
    options: OptionRow
    levels: Levels
    coins: Mapping[str, Coin]
    loans: Mapping[str, Loan]
    readings: Assumed

    def doubts(
        self, used: Iterable[tuple[str, type[msgspec.Struct]]], at: datetime
    ) -> tuple[str, ...]:
        """What a label must say of the parameters themselves: of these rows of these sections."""
        keys = ((section, key) for section, kind in used for key in kind.__struct_fields__)
        return self.bound.doubts_of(keys, at)


def parameters(selection: Selection) -> Parameters:
    """The parameters of a selection. Raises ParameterError when one is missing or does not fit."""
    bound = Bound("Bybit", selection)
    coins, loans = bound.rows(Coin), bound.rows(Loan)
    for name, coin in coins.items():
        _same_length(name, "collateral", coin.collateral_upto, coin.collateral_ratio)
    for name, loan in loans.items():
        _same_length(name, "loan", loan.loan_upto, loan.loan_initial, loan.loan_maintenance)
    return Parameters(
        bound,
        {name: Limits.of(name, each) for name, each in bound.rows(Ladder).items()},
        bound.whole(OptionRow, "options"),
        bound.whole(Levels, "levels"),
        coins,
        loans,
        bound.whole(Assumed, "rules"),
    )


def _same_length(name: str, what: str, *columns: tuple[float, ...]) -> None:
    if len({len(each) for each in columns}) > 1:
        raise ParameterError(f"{name}: its {what} lists need as many values as there are tiers")
