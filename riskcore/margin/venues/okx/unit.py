"""One risk unit: everything on one underlying, and the coin itself as far as it hedges.

    MMR = max(max(MR1, MR2, MR6) + MR4 + MR9, MR7)
    MR1  worst loss of the cells                       MR2  what options lose in 24 hours
    MR6  half of the loss in the extreme moves         MR7  closing cost, larger for larger books
    MR4  rate x |delta| of every expiry, of perpetuals and of the spot in use
    MR9  cross-hedges between USDT, USDC and USD, by slices of their size

MR3 (vega across expiries) and MR5 (interest rates) concern options; OKX does not publish them.
Source: okx.com, notice of 25 Nov 2024; docs-v5, account/position-builder.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from riskcore.arrays import F64, Bools
from riskcore.instruments import Dated, Instrument
from riskcore.margin.requirement import Component, Rule, larger_of, scaled, total
from riskcore.margin.scan import worst_scenario
from riskcore.margin.tiers import marginal
from riskcore.margin.venues.okx.cells import Cells
from riskcore.margin.venues.okx.parameters import CrossHedge, General, Group, Rules
from riskcore.time import SECONDS_PER_YEAR

SOURCE = "okx.com, portfolio margin, notice of 25 Nov 2024"
BUILDER = "okx.com/docs-v5, account/position-builder"
PAIRS = (("USDT", "USD"), ("USDT", "USDC"), ("USDC", "USD"))  # in the order in which they are used


@dataclass(frozen=True, slots=True, eq=False)
class RiskUnit:
    """The holdings of one underlying, whole positions, USD.

    names        (P,)    label of each position
    instruments  (P,)
    profit       (P, S)  in every column of the scenarios
    delta        (P,)    USD, at the mark
    option       (P,)
    spot         coins in use as a hedge, and their profit in every column (S,)
    seconds      the market's instant
    """

    coin: str
    group: Group
    general: General
    cross_hedge: CrossHedge
    rules: Rules
    cells: Cells
    names: tuple[str, ...]
    instruments: tuple[Instrument, ...]
    profit: F64
    delta: F64
    option: Bools
    spot: float
    spot_value: float
    spot_profit: F64
    seconds: float

    def table(self) -> tuple[F64, F64]:
        """Profit of each position in each cell, (P, C), and of the unit with its spot, (C,)."""
        whole = self.profit.sum(axis=0) + self.spot_profit
        chosen = self.cells.chosen(whole)
        return self.profit[:, chosen], whole[chosen]

    def maintenance(self) -> tuple[Component, int]:
        """The unit's maintenance margin, and the cell that decides its loss, -1 for none."""
        rows, whole = self.table()
        standard = self.cells.standard
        first = int(np.argmin(whole[:standard]))
        extreme = standard + int(np.argmin(whole[standard : standard + 2]))
        shocks = [
            self._loss("mr1", first, rows, whole),
            scaled(
                "mr6",
                self._loss("extreme_loss", extreme, rows, whole),
                self.general.extreme_share,
                name="extreme_share",
                because="a share of the loss in the extreme move",
                source=BUILDER,
            ),
        ]
        cell = [first, extreme]
        if len(whole) > standard + 2 and self.rules.time_decay and self.option.any():
            shocks.append(self._loss("mr2", standard + 2, rows, whole))
            cell.append(standard + 2)
        worst = larger_of("worst_shock", *shocks, source=SOURCE)
        decided = cell[shocks.index(worst.parts[0])] if worst.amount > 0 else -1
        beside = [each for each in (self._basis(), self._cross_hedge()) if each.parts]
        losses = total("risk_unit_loss", worst, *beside, source=SOURCE)
        unit = larger_of("risk_unit", losses, self._closing(), because=self.coin, source=SOURCE)
        return unit, decided

    def _loss(self, term: str, cell: int, rows: F64, whole: F64) -> Component:
        if whole[cell] >= 0:
            return Component(term, 0.0, because=f"{self.coin}: no loss", source=SOURCE)
        lines = zip(self.names, (-rows[:, cell]).tolist(), strict=True)
        held = -float(whole[cell] - rows[:, cell].sum())
        beside: tuple[Component, ...] = ()
        if self.spot:
            because = f"{self.spot:,.8g} {self.coin} in use"
            beside = (Component("spot_in_use", held, because=because),)
        words = f"{self.coin} {self.cells.words[cell]}"
        return worst_scenario(term, list(lines), words, beside=beside, source=SOURCE)

    def in_basis(self, instrument: Instrument | None) -> bool:
        """Whether MR4 counts a contract, or spot: what has no expiry since 5 Jun 2024."""
        return self.general.undated_in_basis or isinstance(instrument, Dated)

    def basis_rate(self, instrument: Instrument | None) -> float:
        """MR4's share of a delta: of a contract, or of spot."""
        flat, yearly = self.group.basis_flat, 0.0
        if isinstance(instrument, Dated):
            years = (instrument.expiry.timestamp() - self.seconds) / SECONDS_PER_YEAR
            yearly = self.group.basis_yearly * years
        rates = {"larger": max(flat, yearly), "flat": flat, "yearly": yearly}
        return rates[self.rules.basis_rate]

    def _basis(self) -> Component:
        buckets: dict[str, list[int]] = {}
        for place, each in enumerate(self.instruments):
            name = f"{each.expiry:%d %b %Y}" if isinstance(each, Dated) else "perpetuals"
            buckets.setdefault(name, []).append(place)
        lines = []
        for name, places in buckets.items():
            if not self.in_basis(self.instruments[places[0]]):
                continue
            net = float(self.delta[places].sum())
            rate = self.basis_rate(self.instruments[places[0]])
            sign = -1.0 if net < 0 else 1.0
            parts = [
                Component(self.names[each], sign * rate * float(self.delta[each]), Rule.POSITION)
                for each in places
            ]
            because = f"{name}: {rate:.6g} × |{net:,.8g}| USD"
            lines.append(total("expiry_basis", *parts, because=because))
        if self.spot and self.in_basis(None):
            rate = self.basis_rate(None)
            because = f"spot: {rate:.6g} × |{self.spot_value:,.8g}| USD"
            lines.append(Component("spot_basis", rate * abs(self.spot_value), because=because))
        return total("mr4", *lines, because="every expiry on its own", source=BUILDER)

    def closing_rates(self) -> F64:
        """MR7's share of each delta, (P,)."""
        counted = ~self.option | self.rules.option_delta_in_closing
        return np.where(counted, self.group.closing_rate, 0.0)

    def _closing(self) -> Component:
        charges = (np.abs(self.delta) * self.closing_rates()).tolist()
        parts = [
            Component(name, charge, Rule.POSITION)
            for name, charge in zip(self.names, charges, strict=True)
        ]
        raw = total("closing_cost", *parts, because=f"{self.group.closing_rate:g} of each delta")
        larger = size_charge(raw.amount, self.group)
        lines = [raw]
        if larger != raw.amount:
            because = f"slices of {raw.amount:,.8g} USD, each times its multiplier"
            lines.append(Component("size_multiplier", larger - raw.amount, because=because))
        return total("mr7", *lines, source=BUILDER)

    def alone(self) -> F64:
        """Maintenance margin of each position without any other, (P,)."""
        standard = self.cells.standard
        table = self.profit[:, self.cells.columns].min(axis=2)
        mr1 = -table[:, :standard].min(axis=1)
        mr6 = -self.general.extreme_share * table[:, standard : standard + 2].min(axis=1)
        shock = np.maximum(np.maximum(mr1, mr6), 0.0)
        if table.shape[1] > standard + 2 and self.rules.time_decay:
            decay = np.where(self.option, -table[:, standard + 2], 0.0)
            shock = np.maximum(shock, decay)
        size = np.abs(self.delta)
        rates = [self.basis_rate(each) * self.in_basis(each) for each in self.instruments]
        basis = size * np.array(rates)
        raw = (size * self.closing_rates()).tolist()
        closing = np.array([size_charge(each, self.group) for each in raw])
        needed: F64 = np.maximum(shock + basis, closing)
        return needed

    def cash_deltas(self) -> dict[str, float]:
        """USD of delta by what it is settled against: USDT, USDC, and USD for all else."""
        found = {"USDT": 0.0, "USDC": 0.0, "USD": 0.0}
        for each, delta in zip(self.instruments, self.delta.tolist(), strict=True):
            found[each.settlement if each.settlement in found else "USD"] += delta
        if self.rules.spot_in_cross_hedge:
            found["USD"] += self.spot_value
        return found

    def cross_hedges(self) -> Sequence[tuple[str, float]]:
        """How much of each pair of stablecoins hedges the other, USD."""
        return cross_hedges(self.cash_deltas())

    def _cross_hedge(self) -> Component:
        lines = []
        for pair, size in self.cross_hedges():
            charge = cross_hedge_charge(size, self.cross_hedge)
            because = f"{pair}: slices of {size:,.8g} USD hedged across"
            lines.append(Component("cross_hedge", charge, because=because))
        return total("mr9", *lines, because="stablecoins may part", source=SOURCE)


def size_charge(raw: float, group: Group) -> float:
    """MR7 after its multiplier: each slice of the raw charge times its own.

    Source: okx.com/support 4417291853837, Dec 2021: 30,000 becomes 10,000 + 20,000 x 2.
    """
    return marginal(raw, (*group.closing_upto, inf), group.closing_multiplier)


def cross_hedge_charge(size: float, table: CrossHedge) -> float:
    """MR9 of a hedge of one pair: each slice of its size at its own rate."""
    return marginal(size, (*table.cross_hedge_upto, inf), table.cross_hedge_rate)


def cross_hedges(cash: Mapping[str, float]) -> Sequence[tuple[str, float]]:
    """How much of each pair hedges the other, in OKX's order; what is used is gone for the next."""
    left = dict(cash)
    found = []
    for one, other in PAIRS:
        if left[one] * left[other] >= 0:
            continue
        size = min(abs(left[one]), abs(left[other]))
        left[one] -= size if left[one] > 0 else -size
        left[other] -= size if left[other] > 0 else -size
        found.append((f"{one}-{other}", size))
    return found
