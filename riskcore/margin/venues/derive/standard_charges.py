"""The rules of Derive's standard manager, one by one; amounts in USDC, positive when required.

No margin meets another: each perpetual, each expiry of options and each coin of collateral stands
alone. S spot, F forward, P the perpetual's price, v an option's mark, q coins.

perpetual         q P x rate
short call        initial: v + max(max_spot_req - o, min_spot_req) S, o = out of the money / S
                  maintenance: v + mm_call_spot_req S
short put         maintenance: v + max(mm_put_spot_req S, mm_put_mtm_req v)
                  initial: as a call, at least mm_offset_scale x maintenance
long option       nothing, and counts nothing
expiry            the sum of these, or the largest loss of the expiry's options together if that is
                  less: at settlement 0 or any strike held, plus a multiple of F for every call sold
                  beyond those bought
in initial margin alone
oracle            a confidence c below its threshold: (1 - c) x factor x S of every perpetual, of
                  every option sold of the expiry, of every coin of collateral that counts
depeg             USDC below its threshold: what it is below x factor x S of every perpetual and of
                  every option sold
Source: derivexyz/v2-core, src/risk-managers/StandardManager.sol.
"""

from collections.abc import Iterable

import numpy as np

from riskcore.margin.requirement import Component, Rule, smaller_of, total
from riskcore.margin.venues.derive.standard_book import (
    Collateral,
    ExpiryBook,
    Leg,
    MarketBook,
    Perp,
)
from riskcore.margin.venues.derive.standard_parameters import (
    BaseRow,
    OptionRow,
    OracleRow,
    PerpRow,
    StandardAccount,
)

SOURCE = "derivexyz/v2-core, StandardManager"


def perpetual(perp: Perp, row: PerpRow) -> tuple[Component, Component]:
    """A share of the perpetual's value at its own price: initial and maintenance margin."""
    value = f"{abs(perp.size):,.8g} × {perp.price:,.8g}"
    initial, maintenance = (
        _leaf(perp.label, abs(perp.size) * perp.price * rate, f"{rate:g} × {value}")
        for rate in (row.im_perp_req, row.mm_perp_req)
    )
    return initial, maintenance


def alone(leg: Leg, spot: float, row: OptionRow, *, maintenance: bool) -> tuple[float, str]:
    """What one coin of a short option needs by itself, USD, and why."""
    if maintenance:
        return _maintenance(leg, spot, row)
    outside = leg.strike - spot if leg.is_call else spot - leg.strike
    share = max(row.max_spot_req - max(outside, 0.0) / spot, row.min_spot_req)
    amount, because = leg.mark + share * spot, f"{leg.mark:,.8g} + {share:.6g} × {spot:,.8g}"
    if leg.is_call:
        return amount, because
    least, why = _maintenance(leg, spot, row)
    least *= row.mm_offset_scale
    return (least, f"{row.mm_offset_scale:g} × ({why})") if least > amount else (amount, because)


def _maintenance(leg: Leg, spot: float, row: OptionRow) -> tuple[float, str]:
    of_spot, of_mark = row.mm_call_spot_req * spot, 0.0
    rate = row.mm_call_spot_req
    if not leg.is_call:
        rate = row.mm_put_spot_req
        of_spot, of_mark = rate * spot, row.mm_put_mtm_req * leg.mark
    if of_mark > of_spot:
        return leg.mark + of_mark, f"{leg.mark:,.8g} + {row.mm_put_mtm_req:g} × {leg.mark:,.8g}"
    return leg.mark + of_spot, f"{leg.mark:,.8g} + {rate:g} × {spot:,.8g}"


def expiry(coin: str, book: ExpiryBook, spot: float, row: OptionRow) -> tuple[Component, Component]:
    """The options of an expiry: each alone, or the largest loss of all together if that is less.

    Initial and maintenance margin.
    """
    day = f"{coin} {book.expiry.day} {book.expiry:%b %Y}"
    settled, losses, net = _worst_settlement(book)
    because = "no settlement loses" if settled is None else f"settled at {settled:,.8g}"
    lines = [_leaf(leg.label, loss, "") for leg, loss in zip(book.legs, losses, strict=True)]
    initial, maintenance = (
        smaller_of(
            "expiry_margin",
            total("options_alone", *_each_alone(book, spot, row, maintenance=is_maintenance)),
            total("largest_loss", *lines, *_unpaired(book, net, scale), because=because),
            because=day,
            source=SOURCE,
        )
        for is_maintenance, scale in ((False, row.unpaired_im_scale), (True, row.unpaired_mm_scale))
    )
    return initial, maintenance


def _each_alone(
    book: ExpiryBook, spot: float, row: OptionRow, *, maintenance: bool
) -> list[Component]:
    lines = []
    for leg in book.legs:
        amount, because = 0.0, "an option bought counts nothing"
        if leg.size < 0:
            unit, formula = alone(leg, spot, row, maintenance=maintenance)
            amount, because = -leg.size * unit, f"{-leg.size:,.8g} × ({formula})"
        lines.append(_leaf(leg.label, amount, because))
    return lines


def _worst_settlement(book: ExpiryBook) -> tuple[float | None, list[float], float]:
    """Where all options together lose most, what each loses there, and calls held net, coins.

    None where no settlement loses.
    """
    legs = book.legs
    strikes = np.array([leg.strike for leg in legs])
    sign = np.array([1.0 if leg.is_call else -1.0 for leg in legs])
    size = np.array([leg.size for leg in legs])
    points = np.append(strikes, 0.0)
    gains = size * np.maximum(sign * (points[:, np.newaxis] - strikes), 0.0)
    sums = gains.sum(axis=1)
    worst = int(np.argmin(sums))
    net = float(size[sign > 0].sum())
    if sums[worst] < 0:
        return float(points[worst]), (-gains[worst]).tolist(), net
    return None, [0.0] * len(legs), net


def _unpaired(book: ExpiryBook, net: float, scale: float) -> list[Component]:
    """A multiple of the forward for calls sold beyond those bought; a line of each call."""
    if net >= 0:
        return []
    naked = [_leaf(leg.label, -leg.size * scale * book.forward, "") for leg in book.calls]
    because = f"{scale:g} × {book.forward:,.8g} × {-net:,.8g}"
    return [total("unpaired_calls", *naked, because=because)]


def oracle_contingency(market: MarketBook, row: OracleRow) -> list[Component]:
    """What doubtful oracles add for perpetuals and sold options; a line of each position."""
    lines = [
        _doubted(perp.label, abs(perp.size), perp.confidence, market.spot, row)
        for perp in market.perps
        if perp.confidence < row.perp_threshold
    ]
    for each in market.expiries:
        if each.confidence < row.option_threshold:
            lines += [
                _doubted(leg.label, -leg.size, each.confidence, market.spot, row)
                for leg in each.sold
            ]
    return lines


def _doubted(label: str, coins: float, confidence: float, spot: float, row: OracleRow) -> Component:
    amount = (1 - confidence) * row.oc_factor * spot * coins
    because = f"(1 - {confidence:g}) × {row.oc_factor:g} × {spot:,.8g} × {coins:,.8g}"
    return _leaf(label, amount, because)


def depeg_contingency(
    markets: Iterable[MarketBook], stable: float, account: StandardAccount
) -> list[Component]:
    """What a depegged USDC adds for perpetuals and sold options; a line of each position."""
    if not stable < account.depeg_threshold:
        return []
    rate = (account.depeg_threshold - stable) * account.depeg_factor
    because = f"({account.depeg_threshold:g} - {stable:g}) × {account.depeg_factor:g} × spot"
    lines = []
    for market in markets:
        sizes = [(perp.label, abs(perp.size)) for perp in market.perps]
        sizes += [(leg.label, -leg.size) for each in market.expiries for leg in each.sold]
        lines += [_leaf(label, market.spot * coins * rate, because) for label, coins in sizes]
    return lines


def haircut(held: Collateral, row: BaseRow, *, maintenance: bool) -> Component:
    """What of a coin's value does not count."""
    rate = row.margin_factor if maintenance else row.margin_factor * row.im_scale
    factors = f"{row.margin_factor:g}" + ("" if maintenance else f" × {row.im_scale:g}")
    because = f"{held.coin}: {factors} of {held.value:,.8g} counts"
    return Component("currency_haircut", (1 - rate) * held.value, because=because)


def doubted_collateral(held: Collateral, base: BaseRow, row: OracleRow) -> Component | None:
    """What a coin's doubtful oracle adds to initial margin; nothing for one that counts nothing."""
    confidence = held.spot.confidence
    counts = base.margin_factor * base.im_scale * held.value
    if counts == 0 or not confidence < row.base_threshold:
        return None
    amount = (1 - confidence) * row.oc_factor * held.value
    because = f"{held.coin}: (1 - {confidence:g}) × {row.oc_factor:g} × {held.value:,.8g}"
    return Component("currency_haircut", amount, because=because)


def _leaf(label: str, amount: float, because: str) -> Component:
    return Component(label, amount, Rule.POSITION, because)
