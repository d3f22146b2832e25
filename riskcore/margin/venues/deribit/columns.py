"""The columns of Deribit's matrix and its extended table, for an underlying of any price range.

Source: model_params and risk vectors of private/pme/simulate; support.deribit.com 25944756247837.
"""

from dataclasses import dataclass, field

import numpy as np

from riskcore.arrays import F64, Bools, frozen, locked
from riskcore.errors import ParameterError
from riskcore.margin.venues.deribit.parameters import General, PortfolioRules

VOLS = 3  # per price move
STANDARD, EXTENDED = "standard", "extended"
VOL_WORDS = {1.0: "vol up", 0.0: "vol same", -1.0: "vol down"}


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The unmoved market, the price moves by three volatilities, the extended moves.

    share     (S,)  of the price range, NaN in extended columns
    extended  (S,)  relative price move, NaN in the others
    vol       (S,)  +1 up, 0 same, -1 down
    """

    share: F64
    extended: F64
    vol: F64
    is_extended: Bools = field(init=False)
    group: tuple[str, ...] = field(init=False)
    words: tuple[str, ...] = field(init=False)  # of the volatility

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_extended", locked(~np.isnan(self.extended)))
        group = (EXTENDED if each else STANDARD for each in self.is_extended.tolist())
        object.__setattr__(self, "group", tuple(group))
        object.__setattr__(self, "words", tuple(VOL_WORDS[each] for each in self.vol.tolist()))

    def moves(self, price_range: float) -> F64:
        """Relative price move in each column, (S,)."""
        return np.where(self.is_extended, self.extended, self.share * price_range)


def columns(general: General, rules: PortfolioRules) -> Columns:
    """The columns these parameters ask for."""
    count = general.buckets_count
    shares = np.repeat(np.arange(-count, count + 1) / count, VOLS)
    order = [1.0, 0.0, -1.0] if rules.volatility_order == "up_same_down" else [-1.0, 0.0, 1.0]
    extended = np.array(general.extended_moves)
    if not extended.all():
        raise ParameterError("general.extended_moves has the move 0; each must be up or down")
    outside, inside = np.full(len(extended), np.nan), np.full(len(shares), np.nan)
    return Columns(
        frozen(np.concatenate(([0.0], shares, outside))),
        frozen(np.concatenate(([np.nan], inside, extended))),
        frozen(np.concatenate(([0.0], np.tile(order, 2 * count + 1), np.ones(len(extended))))),
    )
