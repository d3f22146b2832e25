"""Standard margin: every position alone, options by formula, futures by a rate that grows.

Sources: support.deribit.com, Standard-Margin 25944811528477, Linear-Perpetual 25944738177565,
change of 11 Jan 2022 25944826427293; leverage tiers as noted in Sep 2026.
"""

from dataclasses import dataclass

from riskcore.errors import MarketError
from riskcore.instruments import Instrument, Option, Perpetual, Right, Spot, is_inverse
from riskcore.margin.requirement import Component, Rule
from riskcore.margin.tiers import incremented, leverage
from riskcore.margin.venues.deribit.bound import Parameters
from riskcore.margin.venues.deribit.parameters import OptionRow, StandardRow, Tier
from riskcore.market import MarketSnapshot

SOURCE = "support.deribit.com, Standard Margin"
NO_TIER_END = "leverage of large perpetuals"
SHAPE = "leverage between the tiers"


@dataclass(frozen=True, slots=True)
class Charge:
    """What one position must post under standard margin, in its settlement currency."""

    initial: float
    maintenance: float
    because: str = ""  # of the initial margin
    because_maintenance: str = ""
    lost: tuple[tuple[str, float], ...] = ()  # alternatives that were smaller
    lost_maintenance: tuple[tuple[str, float], ...] = ()
    doubt: str = ""  # what of the rule is not published

    def component(self, name: str, *, maintenance: bool, price: float = 1.0) -> Component:
        """The line of a position, times a price."""
        amount = self.maintenance if maintenance else self.initial
        lost = self.lost_maintenance if maintenance else self.lost
        return Component(
            name,
            amount * price,
            Rule.POSITION,
            self.because_maintenance if maintenance else self.because,
            considered=tuple(Component(term, each * price) for term, each in lost),
            source=SOURCE,
        )


def charge(
    parameters: Parameters,
    market: MarketSnapshot,
    row: int,
    quantity: float,
    *,
    beside: float = 0.0,
) -> Charge:
    """The standard margin of a quantity of the instrument in a row of the market.

    beside  quantity held besides, which counts in the size of a future but is not charged here
    Raises Unsupported without parameters, MarketError without a price.
    """
    instrument = market.universe.instruments[row]
    assert not isinstance(instrument, Spot)
    if quantity == 0:
        return Charge(0.0, 0.0)
    if isinstance(instrument, Option):
        return _option(parameters, market, row, instrument, quantity)
    mark = float(market.mark[row])
    unit = instrument.multiplier / mark if is_inverse(instrument) else instrument.multiplier
    coins = abs(quantity) * unit
    held = max(abs(quantity + beside) * unit, coins)
    price = 1.0 if is_inverse(instrument) else market.usd(instrument.base)
    return _future(parameters, instrument, coins, held, price)


def _future(
    parameters: Parameters, instrument: Instrument, coins: float, held: float, price: float
) -> Charge:
    terms = parameters.futures(instrument.base)
    tier = _tier(terms, instrument)
    at = "" if price == 1 else f" × {price:,.8g}"
    size = f"{coins:,.8g} {instrument.base}{at}"
    if tier is not None:
        initial, because, doubt = _tiered(parameters, tier, held)
        maintenance = initial * tier.maintenance
        told = f"{tier.maintenance:.4g} of the initial rate {initial:.6g}"
    else:
        initial = incremented(terms.future_initial, terms.future_increment, held)
        maintenance = incremented(terms.future_maintenance, terms.future_increment, held)
        growth = f"{terms.future_increment:g} × {held:,.8g} {instrument.base}"
        because = f"{terms.future_initial:g} + {growth}"
        told = f"{terms.future_maintenance:g} + {growth}"
        doubt = _untiered(parameters, instrument)
    amount = coins * price
    return Charge(
        initial * amount,
        maintenance * amount,
        f"({because}) × {size}",
        f"({told}) × {size}",
        doubt=doubt,
    )


def keys_used(parameters: Parameters, instrument: Instrument) -> tuple[str, ...]:
    """The parameters that the standard margin of an instrument depends on."""
    if isinstance(instrument, Option):
        return OptionRow.__struct_fields__
    if _tier(parameters.futures(instrument.base), instrument) is not None:
        return ("tiers",)
    return tuple(key for key in StandardRow.__struct_fields__ if key != "tiers")


def _tier(terms: StandardRow, instrument: Instrument) -> Tier | None:
    return next((each for each in terms.tiers if each.kind == _kind(instrument)), None)


def _tiered(parameters: Parameters, tier: Tier, held: float) -> tuple[float, str, str]:
    if (
        tier.lowest_leverage is None
        or tier.top_until is None
        or tier.decay is None
        or tier.largest_position is None
    ):
        return 1 / tier.top_leverage, f"1 / {tier.top_leverage:g}", NO_TIER_END
    allowed = leverage(
        held,
        top=tier.top_leverage,
        lowest=tier.lowest_leverage,
        top_until=tier.top_until,
        decay=tier.decay,
        largest=tier.largest_position,
        shape=parameters.rules.leverage_shape,
    )
    doubt = SHAPE if held > tier.top_until * tier.largest_position else ""
    return 1 / allowed, f"1 / {allowed:.6g}", doubt


def _untiered(parameters: Parameters, instrument: Instrument) -> str:
    if not parameters.tiers_in_force:
        return ""
    return f"margin of {instrument.base} {_kind(instrument).replace('_', ' ')}s"


def _kind(instrument: Instrument) -> str:
    if isinstance(instrument, Perpetual):
        return "perpetual"
    return "inverse_future" if is_inverse(instrument) else "linear_future"


def _option(
    parameters: Parameters, market: MarketSnapshot, row: int, option: Option, quantity: float
) -> Charge:
    if quantity > 0:
        return Charge(0.0, 0.0, "a long option needs none", "a long option needs none")
    terms = parameters.options(option.base)
    reference = _reference(parameters, market, row, option)
    mark = float(market.mark[row])
    outside = max(option.right.sign * (option.strike - reference), 0.0)
    unit = 1.0 if is_inverse(option) else reference  # rates are shares of the reference price
    rate = max(terms.option_initial - outside / reference, terms.option_initial_floor)
    initial = rate * unit + mark
    least = terms.option_maintenance * unit
    size = -quantity * option.multiplier
    formula = (
        f"max({terms.option_initial:g} − {outside / reference:.6g}, "
        f"{terms.option_initial_floor:g}){_times(unit)} + {mark:.8g}"
    )
    told = f"{terms.option_maintenance:g}{_times(unit)} + {mark:.8g}"
    if option.right is Right.CALL:
        return Charge(
            initial * size,
            (least + mark) * size,
            f"({formula}) × {size:,.8g}",
            f"({told}) × {size:,.8g}",
        )
    share = terms.option_maintenance * mark
    maintenance = max(least, share) + mark
    told = f"max({terms.option_maintenance:g}{_times(unit)}, {terms.option_maintenance:g} × mark)"
    told = f"({told} + {mark:.8g}) × {size:,.8g}"
    smaller = (min(least, share) + mark) * size
    if maintenance > initial:
        lost: tuple[tuple[str, float], ...] = (("option_initial_margin", initial * size),)
        because = f"at least the maintenance margin: {told}"
    else:
        lost = (("option_maintenance_margin", maintenance * size),)
        because = f"({formula}) × {size:,.8g}"
    return Charge(
        max(initial, maintenance) * size,
        maintenance * size,
        because,
        told,
        lost,
        (("option_maintenance_margin", smaller),),
    )


def _times(unit: float) -> str:
    return "" if unit == 1 else f" × {unit:,.8g}"


def _reference(parameters: Parameters, market: MarketSnapshot, row: int, option: Option) -> float:
    if parameters.rules.standard_option_reference == "index":
        return market.usd(option.base)
    forward = float(market.forward[row])
    if not forward > 0:
        raise MarketError(f"{option.name} has no forward price in this market")
    return forward
