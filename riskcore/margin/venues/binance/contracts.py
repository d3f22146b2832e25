"""What a USD-M or COIN-M contract needs, and the price at which it is liquidated.

maintenance  = notional x rate(tier) - cum(tier), cum(n) = cum(n-1) + lower(n) (rate(n) - rate(n-1))
initial      = notional / leverage, and no more leverage than the tier allows
liquidation  = (WB - TMM1 + UPL1 + cum - side q E) / (q rate - side q)
               WB wallet, TMM1 and UPL1 maintenance margin and open profit of the other positions

Notional is at the mark, in the settlement coin; of a COIN-M contract quantity x size / mark.
Source: binance.com support 360033162192 (24 Jun 2020), binance.com/en/futures/trading-rules; the
liquidation price: Binance FAQ b3c689c1, as quoted by public code.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from riskcore.errors import Unsupported
from riskcore.holdings import Position
from riskcore.instruments import Future, Instrument, Perpetual, is_inverse
from riskcore.margin import tiers
from riskcore.margin.requirement import Component, Rule
from riskcore.margin.venues.binance.parameters import FILE, Brackets, Contracts, Tier, kind, tier

SOURCE = "binance.com/en/futures/trading-rules"


@dataclass(frozen=True, slots=True)
class Charge:
    """The margin of one position, in its settlement currency."""

    label: str
    tier: Tier
    leverage: float  # chosen, or assumed
    assumed: bool = False

    @property
    def allowed(self) -> float:
        """The leverage that counts."""
        return min(self.leverage, self.tier.leverage)

    @property
    def initial(self) -> float:
        """Notional over leverage."""
        return self.tier.notional / self.allowed

    @property
    def maintenance(self) -> float:
        """By the tier."""
        return self.tier.maintenance

    def initial_line(self, price: float = 1.0) -> Component:
        """A leaf of the initial margin, times a price."""
        why = f"{self.tier.notional:,.8g} / {self.allowed:g}"
        if self.allowed < self.leverage:
            why += f", the highest leverage of tier {self.tier.number}"
        return Component(self.label, self.initial * price, Rule.POSITION, why, source=SOURCE)

    def maintenance_line(self, price: float = 1.0) -> Component:
        """A leaf of the maintenance margin, times a price."""
        words = self.tier.words
        return Component(self.label, self.maintenance * price, Rule.POSITION, words, source=SOURCE)


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """The contracts a model knows.

    shared  whether a COIN-M contract without tiers of its own takes those of the USDT perpetual
    """

    contracts: Mapping[str, Contracts]
    default_leverage: float = 1.0
    shared: bool = False

    def charge(self, position: Position, mark: float) -> Charge:
        """The margin of a position at a mark. Raises Unsupported without tiers."""
        leverage = position.leverage
        if leverage is not None and leverage < 1:
            raise Unsupported(
                f"{position.label} has leverage {leverage:g}; Binance allows 1 or more"
            )
        chosen = self.default_leverage if leverage is None else leverage
        found = self.tier(position.instrument, position.quantity, mark)
        return Charge(position.label, found, chosen, leverage is None)

    def tier(self, instrument: Instrument, quantity: float, mark: float) -> Tier:
        """The tier of so much of a contract. Raises Unsupported without tiers."""
        assert isinstance(instrument, Perpetual | Future)
        size = abs(quantity) * instrument.multiplier
        brackets = self.own(instrument)
        if not is_inverse(instrument):
            return tier(self._known(instrument, brackets), size * mark)
        if brackets is not None:
            return tier(brackets, size / mark)
        in_usd = tier(self._known(instrument, self._of(instrument.base).usdt), size)
        return Tier(
            in_usd.number, size / mark, in_usd.rate, in_usd.deduction / mark, in_usd.leverage
        )

    def own(self, instrument: Perpetual | Future) -> Brackets | None:
        """The tiers of this very kind of contract."""
        found: Brackets | None = getattr(self._of(instrument.base), kind(instrument))
        return found

    def borrows(self, instrument: Instrument) -> bool:
        """Whether a contract's tiers are those of another kind."""
        assert isinstance(instrument, Perpetual | Future)
        return is_inverse(instrument) and self.own(instrument) is None

    def liquidation_price(
        self, position: Position, wallet: float, others: float, profit: float
    ) -> float | None:
        """The mark at which a linear position is liquidated; None where no price does it.

        wallet  of the cross pool, or the position's own
        others  maintenance margin of the pool's other positions; profit  their open profit
        """
        instrument = position.instrument
        entry, brackets = position.opened, None
        if isinstance(instrument, Perpetual | Future) and not is_inverse(instrument):
            brackets = self._known(instrument, self.own(instrument))
        size = position.quantity * instrument.multiplier
        if brackets is None or entry is None or size == 0:
            return None
        left = wallet - others + profit - size * entry
        for row, (rate, cum) in enumerate(zip(brackets.rate, brackets.deductions, strict=True)):
            price = (left + cum) / (abs(size) * rate - size)
            if price > 0 and tiers.row_of(abs(size) * price, brackets.lower) == row:
                return price
        return None

    def _of(self, coin: str) -> Contracts:
        return self.contracts.get(coin, Contracts())

    def _known(self, instrument: Perpetual | Future, found: Brackets | None) -> Brackets:
        if found is not None and (self.shared or not is_inverse(instrument)):
            return found
        name = kind(instrument)
        raise Unsupported(
            f"Binance's notional tiers of {instrument.name} are not known; give them as "
            f"[parameters.{instrument.base}] {name}.lower, {name}.rate and {name}.leverage in a "
            f"file of your own like {FILE}"
        )
