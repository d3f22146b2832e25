"""What one position or order needs in cross margin.

future   initial     = value / leverage + closing fee
         maintenance = value x rate - deduction + closing fee
option   long: nothing. Short, per coin:
         maintenance = max(3 % x index, 3 % x mark) + mark + 0.2 % x index
         initial     = max(max(15 % x index - out of the money, 10 % x index) + max(entry, mark),
                           maintenance)
bought   an order to buy an option costs premium + min(0.03 % x index, 12.5 % x price) per coin
An inverse contract's margin is in its coin. Sources: Bybit help, options margin; ladder.
"""

from dataclasses import dataclass

from riskcore.errors import Unsupported
from riskcore.holdings import Order, Position
from riskcore.instruments import Future, Option, Perpetual, is_inverse
from riskcore.margin.requirement import Component, Rule
from riskcore.margin.venues.bybit.bound import Parameters
from riskcore.margin.venues.bybit.ladder import SOURCE, limits_of
from riskcore.market import MarketSnapshot
from riskcore.naming.bybit import VENUE

OPTIONS = "Bybit help, options margin"
OTHER_LIMITS = "risk limits of another contract"
SOME_LIMITS = "tiers of which only the first were read"
BEYOND = "positions above the risk limit"


@dataclass(frozen=True, slots=True)
class Charge:
    """What one position needs by itself, USD, and why.

    lost      alternatives that were smaller: of the initial, of the maintenance margin
    sections  parameters it depends on
    """

    label: str
    initial: float
    maintenance: float
    because: str = ""
    because_maintenance: str = ""
    lost: tuple[tuple[str, float], ...] = ()
    lost_maintenance: tuple[tuple[str, float], ...] = ()
    doubts: tuple[str, ...] = ()
    wide: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    note: str = ""

    def initial_line(self) -> Component:
        """The line of the initial margin."""
        lost = tuple(Component(term, amount) for term, amount in self.lost)
        return Component(self.label, self.initial, Rule.POSITION, self.because, considered=lost)

    def maintenance_line(self) -> Component:
        """The line of the maintenance margin."""
        lost = tuple(Component(term, amount) for term, amount in self.lost_maintenance)
        return Component(
            self.label,
            self.maintenance,
            Rule.POSITION,
            self.because_maintenance,
            considered=lost,
            source=SOURCE,
        )


def charge(parameters: Parameters, market: MarketSnapshot, position: Position) -> Charge:
    """The cross margin of a position. Raises Unsupported or MarketError."""
    instrument = position.instrument
    mark = float(market.mark[market.universe.rows[instrument]])
    if position.quantity == 0:
        return Charge(position.label, 0.0, 0.0)
    if isinstance(instrument, Option):
        return _option(parameters, market, instrument, position, mark)
    assert isinstance(instrument, Perpetual | Future)
    price = mark
    if parameters.readings.value_at == "entry" and position.entered is not None:
        price = position.entered
    return _future(parameters, market, instrument, position, price)


def _future(
    parameters: Parameters,
    market: MarketSnapshot,
    contract: Perpetual | Future,
    position: Position,
    price: float,
) -> Charge:
    limits = limits_of(contract, parameters.ladders)
    inverse = is_inverse(contract)
    coin = market.usd(contract.settlement, VENUE)
    size = abs(position.quantity) * contract.multiplier
    value = size / price if inverse else size * price
    unit = price if inverse and limits.in_usd else 1.0  # of the tiers, per unit of value
    row = limits.row(value * unit)
    highest = limits.leverage[row]
    if position.leverage is not None and not 1 <= position.leverage <= limits.leverage[0]:
        raise Unsupported(
            f"{position.label} has leverage {position.leverage:g}; Bybit allows 1 to "
            f"{limits.leverage[0]:g} on {contract.name}"
        )
    leverage = highest if position.leverage is None else min(position.leverage, highest)
    fee = parameters.readings.closing_fee * value
    maintenance = limits.maintenance(value * unit) / unit + fee
    initial = value / leverage + fee
    settled = contract.settlement
    told = f"{value:,.10g} {settled}"
    because = f"{told} at leverage {leverage:g}{'' if position.leverage else ', the highest'}"
    less = f" − {limits.deduction[row] / unit:,.8g}" if limits.deduction[row] else ""
    why = f"{limits.rate[row]:.4g} × {told}{less}"
    closing = f" + closing fee {fee:,.6g}" if fee else ""
    doubts = [] if limits.whole else [SOME_LIMITS]
    doubts += [BEYOND] if value * unit > limits.end else []
    wide = () if limits.symbol == contract.name else (OTHER_LIMITS,)
    said = "" if position.leverage else f"{position.label} has no leverage set: the highest counts"
    return Charge(
        position.label,
        initial * coin,
        maintenance * coin,
        because + closing,
        why + closing,
        doubts=tuple(doubts),
        wide=wide,
        sections=(limits.symbol,),
        note=said,
    )


def _option(
    parameters: Parameters,
    market: MarketSnapshot,
    option: Option,
    position: Position,
    mark: float,
) -> Charge:
    if position.quantity > 0:
        return Charge(position.label, 0.0, 0.0, "a bought option needs none", "a bought option")
    terms = parameters.options
    coin = market.usd(option.settlement, VENUE)
    index = market.usd(option.base, VENUE) / coin
    coins = -position.quantity * option.multiplier
    outside = max(option.right.sign * (option.strike - index), 0.0)
    premium = mark if position.entered is None else max(position.entered, mark)
    by_index = terms.option_maintenance * index
    by_mark = terms.option_maintenance * mark
    beside = mark + terms.liquidation_fee * index
    least = max(by_index, by_mark) + beside
    most = max(terms.option_initial * index - outside, terms.option_initial_floor * index) + premium
    unit = coins * coin
    smaller = (("option_maintenance_margin", (min(by_index, by_mark) + beside) * unit),)
    why = (
        f"(max({terms.option_maintenance:g} × {index:,.8g}, {terms.option_maintenance:g} × "
        f"{mark:,.8g}) + {mark:,.8g} + {terms.liquidation_fee:g} × {index:,.8g}) × {coins:,.8g}"
    )
    because = (
        f"(max({terms.option_initial:g} × {index:,.8g} − {outside:,.8g}, "
        f"{terms.option_initial_floor:g} × {index:,.8g}) + {premium:,.8g}) × {coins:,.8g}"
    )
    if least > most:
        because = f"at least the maintenance margin: {why}"
        lost: tuple[tuple[str, float], ...] = (("option_initial_margin", most * unit),)
    else:
        lost = (("option_maintenance_margin", least * unit),)
    return Charge(
        position.label,
        max(most, least) * unit,
        least * unit,
        because,
        why,
        lost,
        smaller,
        sections=("options",),
    )


def order_charge(
    parameters: Parameters, market: MarketSnapshot, order: Order, leverage: float | None
) -> Charge:
    """The initial margin of an order, as if it were a position at its own price."""
    instrument = order.instrument
    if isinstance(instrument, Option) and order.quantity > 0:
        terms = parameters.options
        coin = market.usd(instrument.settlement, VENUE)
        index = market.usd(instrument.base, VENUE) / coin
        fee = min(terms.trading_fee * index, terms.trading_fee_cap * order.price)
        cost = (order.price + fee) * order.quantity * instrument.multiplier * coin
        because = (
            f"({order.price:,.8g} + min({terms.trading_fee:g} × {index:,.8g}, "
            f"{terms.trading_fee_cap:g} × price)) × {order.quantity:,.8g}"
        )
        return Charge(instrument.name, cost, 0.0, because, sections=("options",))
    as_held = Position(instrument, order.quantity, order.price, leverage=leverage)
    if isinstance(instrument, Option):
        return charge(parameters, market, as_held)
    assert isinstance(instrument, Perpetual | Future)
    if not order.price:
        raise Unsupported(f"{instrument.name}: an order at the price 0; give the price it rests at")
    return _future(parameters, market, instrument, as_held, order.price)
