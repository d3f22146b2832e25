"""Derive's lending pool of cash: what borrowing costs, and how it is shared among the lenders.

rate     = min + u slope up to the optimal utilisation u*, then min + u* slope + (u - u*) high slope
interest = borrowed x (exp(rate x time) - 1); the security module takes a share, lenders the rest
An account's balance grows with the borrow index when it is negative, else with the supply index.
Source: derivexyz/v2-core, src/assets/CashAsset.sol, InterestRateModel.sol.
"""

from dataclasses import dataclass, replace
from math import expm1
from typing import Annotated

import msgspec
from msgspec import Meta

from riskcore.time import SECONDS_PER_YEAR

Rate = Annotated[float, Meta(ge=0, le=10)]


class Interest(msgspec.Struct, frozen=True, kw_only=True):
    """The curve of the borrow rate, and what the security module keeps."""

    min_rate: Rate  # per year
    rate_mult: Rate  # per unit of utilisation, up to the optimal one
    high_rate_mult: Rate  # per unit of utilisation, beyond
    optimal_util: Annotated[float, Meta(gt=0, lt=1)]
    sm_fee: Annotated[float, Meta(ge=0, le=1)] = 0.0  # of the interest


def utilisation(supply: float, borrowed: float) -> float:
    """The share of the supply that is lent out, 0 ... 1."""
    return min(1.0, borrowed / supply) if supply > 0 and borrowed > 0 else 0.0


def borrow_rate(terms: Interest, used: float) -> float:
    """What borrowing costs per year, continuously compounded."""
    ordinary = min(used, terms.optimal_util)
    beyond = max(used - terms.optimal_util, 0.0)
    return terms.min_rate + ordinary * terms.rate_mult + beyond * terms.high_rate_mult


def interest_factor(rate: float, seconds: float) -> float:
    """What a debt grows by, as a share of it."""
    return expm1(rate * seconds / SECONDS_PER_YEAR)


@dataclass(frozen=True, slots=True)
class CashPool:
    """The pool at one instant.

    supply, borrowed  all positive balances, and all negative ones without sign
    held              stable coins in the contract
    settled           cash that settlements of positions have printed, net; negative: burned
    fees              of the security module, not yet paid out
    supply_index, borrow_index  what a balance of 1 from the start has become
    """

    supply: float
    borrowed: float
    held: float
    settled: float = 0.0
    fees: float = 0.0
    supply_index: float = 1.0
    borrow_index: float = 1.0

    @property
    def utilisation(self) -> float:
        """Borrowed over supplied; cash that settlements burned still counts as supplied."""
        return utilisation(self.supply + max(-self.settled, 0.0), self.borrowed)

    @property
    def solvent(self) -> bool:
        """Whether the stable coins are there; if not, withdrawals are cut."""
        return self.held >= self.supply + self.fees - self.borrowed - self.settled


def accrued(pool: CashPool, terms: Interest, seconds: float) -> CashPool:
    """The pool after a time without trades; an insolvent one pays its whole interest to the fee."""
    grown = pool.borrowed * interest_factor(borrow_rate(terms, pool.utilisation), seconds)
    if grown == 0:
        return pool
    share = terms.sm_fee if pool.solvent else 1.0
    lent = grown * (1 - share) if pool.supply > 0 else 0.0
    return replace(
        pool,
        supply=pool.supply + lent,
        borrowed=pool.borrowed + grown,
        fees=pool.fees + grown - lent,
        supply_index=pool.supply_index * (1 + lent / pool.supply if pool.supply > 0 else 1.0),
        borrow_index=pool.borrow_index * (1 + grown / pool.borrowed),
    )


def balance(amount: float, then: CashPool, now: CashPool) -> float:
    """What a balance has become since the account was last touched."""
    if amount < 0:
        return amount * now.borrow_index / then.borrow_index
    return amount * now.supply_index / then.supply_index


def changed(pool: CashPool, before: float, after: float) -> CashPool:
    """The pool after one account's balance changed."""
    return replace(
        pool,
        supply=pool.supply + max(after, 0.0) - max(before, 0.0),
        borrowed=pool.borrowed + max(-after, 0.0) - max(-before, 0.0),
    )
