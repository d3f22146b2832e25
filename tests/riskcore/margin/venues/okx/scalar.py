"""OKX portfolio margin of futures, perpetuals and options again, one number at a time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import erf, log, sqrt

from riskcore.holdings import Holdings, Position
from riskcore.instruments import Dated, Option, is_inverse
from riskcore.market import MarketSnapshot

MOVES = {"BTC": (0.04, 0.08, 0.12), "ETH": (0.04, 0.08, 0.12), "LTC": (0.06, 0.12, 0.18)}
EXTREME = {"BTC": 0.24, "ETH": 0.24, "LTC": 0.36}
FLAT = {"BTC": 0.002, "ETH": 0.002, "LTC": 0.008}
YEARLY = {"BTC": 0.05, "ETH": 0.05, "LTC": 0.15}
CLOSING = {"BTC": 0.0045, "ETH": 0.0045, "LTC": 0.007}
ENDS = {
    "BTC": (0, 10e3, 70e3, 170e3, 300e3, 470e3, 700e3, 1e30),
    "LTC": (0, 7e3, 16e3, 29e3, 43e3, 69e3, 95e3, 121e3, 1e30),
}
TIMES = {"BTC": (1, 2, 4, 6, 8, 10, 12), "LTC": (1, 2, 3, 4, 5, 6, 7, 8)}
SECONDS = 365 * 86_400.0
Shock = tuple[float, float, float, float]  # points up, points down, per cent up, per cent down


def maintenance(
    held: Holdings, market: MarketSnapshot, shocks: Sequence[tuple[float, Shock]] = ()
) -> float:
    """The sum of all risk units' MMR."""
    coins = {each.instrument.base for each in held.positions}
    return sum(_unit(coin, held, market, shocks) for coin in sorted(coins))


def _unit(
    coin: str, held: Holdings, market: MarketSnapshot, shocks: Sequence[tuple[float, Shock]]
) -> float:
    mine = [each for each in held.positions if each.instrument.base == coin]
    index = market.usd(coin)
    delta = sum(_coins(each, market) for each in mine)
    cash = held.balances[coin].amount if coin in held.balances else 0.0
    spot = 0.0
    if cash > 0 > delta or cash < 0 < delta:
        spot = cash if abs(cash) < abs(delta) else -delta

    def lost(move: float, vol: str, days: float = 0.0) -> float:
        gains = [
            _gain(each, market, move, _shock(each, market, vol, shocks), days) for each in mine
        ]
        return -sum(gains) - spot * index * move

    moves = [0.0, *MOVES[coin], *(-each for each in MOVES[coin])]
    states = ["", "points up", "points down", "percent up", "percent down"] if shocks else [""]
    mr1 = max(lost(move, state) for move in moves for state in states)
    mr6 = max(lost(move, "") for move in (EXTREME[coin], -EXTREME[coin])) / 2
    options = any(isinstance(each.instrument, Option) for each in mine)
    mr2 = lost(0.0, "", 1.0) if options else 0.0
    expiries: dict[float, float] = defaultdict(float)
    cash_deltas = {"USDT": 0.0, "USDC": 0.0, "USD": 0.0}
    raw = 0.0
    for each in mine:
        usd = _coins(each, market) * _price(each, market)
        at = each.instrument.expiry.timestamp() if isinstance(each.instrument, Dated) else 0.0
        expiries[at] += usd
        settled = each.instrument.settlement
        cash_deltas[settled if settled in cash_deltas else "USD"] += usd
        raw += abs(usd) * CLOSING[coin]
    mr4 = FLAT[coin] * abs(spot) * index
    for at, usd in expiries.items():
        years = (at - market.seconds) / SECONDS if at else 0.0
        mr4 += max(FLAT[coin], YEARLY[coin] * years) * abs(usd)
    mr9 = _depeg(cash_deltas)
    ends, times = ENDS["LTC" if coin == "LTC" else "BTC"], TIMES["LTC" if coin == "LTC" else "BTC"]
    mr7 = sum(
        max(min(raw, end) - start, 0.0) * factor
        for start, end, factor in zip(ends, ends[1:], times, strict=False)
    )
    return max(max(mr1, mr2, mr6, 0.0) + mr4 + mr9, mr7)


def _depeg(cash: Mapping[str, float]) -> float:
    left, charge = dict(cash), 0.0
    for one, other in (("USDT", "USD"), ("USDT", "USDC"), ("USDC", "USD")):
        if left[one] > 0 > left[other] or left[one] < 0 < left[other]:
            size = min(abs(left[one]), abs(left[other]))
            for each in (one, other):
                left[each] -= size if left[each] > 0 else -size
            charge += min(size, 1e6) * 0.005
            charge += max(min(size, 5e6) - 1e6, 0.0) * 0.01 + max(size - 5e6, 0.0) * 0.025
    return charge


def _coins(position: Position, market: MarketSnapshot) -> float:
    row = market.universe.rows[position.instrument]
    size = position.quantity * position.instrument.multiplier
    if isinstance(position.instrument, Option):
        forward, vol = float(market.forward[row]), float(market.vol[row])
        years = (position.instrument.expiry.timestamp() - market.seconds) / SECONDS
        up = log(forward / position.instrument.strike) / (vol * sqrt(years)) + vol * sqrt(years) / 2
        sign = position.instrument.right.sign
        return size * sign * _normal(sign * up)
    return size / float(market.mark[row]) if is_inverse(position.instrument) else size


def _price(position: Position, market: MarketSnapshot) -> float:
    if isinstance(position.instrument, Option):
        return market.usd(position.instrument.base)
    row = market.universe.rows[position.instrument]
    return float(market.mark[row]) * market.usd(position.instrument.quote)


def _shock(
    position: Position, market: MarketSnapshot, state: str, shocks: Sequence[tuple[float, Shock]]
) -> float:
    """The moved volatility of an option, 0 for others."""
    if not isinstance(position.instrument, Option):
        return 0.0
    vol = float(market.vol[market.universe.rows[position.instrument]])
    days = (position.instrument.expiry.timestamp() - market.seconds) / 86_400
    if not state:
        return vol
    row = next((each for end, each in shocks if days <= end), shocks[-1][1])
    points_up, points_down, percent_up, percent_down = row
    moved = {
        "points up": vol + points_up,
        "points down": vol - points_down,
        "percent up": vol * (1 + percent_up),
        "percent down": vol * (1 - percent_down),
    }
    return max(moved[state], 0.0)


def _gain(
    position: Position, market: MarketSnapshot, move: float, vol: float, days: float
) -> float:
    """USD: the price moves by as much money as the index."""
    instrument = position.instrument
    row = market.universe.rows[instrument]
    index, rate = market.usd(instrument.base), market.usd(instrument.quote)
    size = position.quantity * instrument.multiplier
    shift = index / rate * move
    if isinstance(instrument, Option):
        forward = float(market.forward[row])
        years = (instrument.expiry.timestamp() - market.seconds) / SECONDS
        before = _black(instrument, forward, years, float(market.vol[row])) / forward * index
        moved = forward + shift
        after = _black(instrument, moved, years - days / 365, vol) / moved * index * (1 + move)
        return size * (after - before)
    mark = float(market.mark[row])
    if is_inverse(instrument):
        return size * (1 / mark - 1 / (mark + shift)) * index * (1 + move)
    return size * shift * rate


def _black(option: Option, forward: float, years: float, vol: float) -> float:
    sign, strike = option.right.sign, option.strike
    if vol * years <= 0:
        return max(sign * (forward - strike), 0.0)
    width = vol * sqrt(years)
    up = log(forward / strike) / width + width / 2
    return sign * (forward * _normal(sign * up) - strike * _normal(sign * (up - width)))


def _normal(x: float) -> float:
    return (1 + erf(x / sqrt(2))) / 2
