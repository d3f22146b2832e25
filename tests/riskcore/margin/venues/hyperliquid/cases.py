"""Hyperliquid's published figures beside the program's."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np

from riskcore.holdings import Balance, Holdings, MarginMode, Order, Position
from riskcore.margin.requirement import Requirement
from riskcore.market import NO_ORACLES, MarketSnapshot, snapshot
from riskcore.naming import hyperliquid
from riskcore.oracles import Oracles
from riskcore.repricing import risk
from riskcore.universe import Universe
from tests.builders import golden, library
from tests.verification.case import Case, Checked

GOLDEN = golden("margin/hyperliquid")
RECORDED = datetime(2026, 9, 22, 15, 31, 45, tzinfo=UTC)
INDEX = {"USDC": 1.0, "BTC": 70_000.0, "ETH": 2_000.0, "HYPE": 95.037, "SOL": 90.0}
SOURCE = GOLDEN["source"]
UNKNOWN_TIERS = "exact except margin tiers of MEGA"
ACCOUNT = (
    "exact except the account's own initial margin, borrow prices, margin tiers of PENGU, "
    "margin tiers of XPL"
)
OTHER = "exact except parameters of another date"
CARRY = (
    "exact except the account's own initial margin, the size of loans for maintenance, borrow "
    "prices, parameters of another date"
)


def market(
    marks: Mapping[str, float],
    *,
    at: datetime = RECORDED,
    index: Mapping[str, float] = INDEX,
    oracles: Oracles = NO_ORACLES,
) -> MarketSnapshot:
    """Perpetuals at these marks."""
    instruments = tuple(hyperliquid.parse(name) for name in marks)
    return snapshot(
        at, Universe(instruments), index, mark=np.array(list(marks.values())), oracles=oracles
    )


def position(
    coin: str,
    size: float,
    *,
    entry: float | None = None,
    leverage: float | None = None,
    isolated: float | None = None,
) -> Position:
    """A perpetual; with a margin of its own it is isolated."""
    mode = MarginMode.CROSS if isolated is None else MarginMode.ISOLATED
    return Position(
        hyperliquid.parse(coin),
        size,
        entry,
        margin_mode=mode,
        leverage=leverage,
        isolated_margin=isolated,
    )


def pools(
    model: str,
    held: Sequence[Position],
    balances: Mapping[str, Balance] | None = None,
    *,
    priced: MarketSnapshot,
    orders: tuple[Order, ...] = (),
    overrides: Mapping[str, Mapping[str, object]] | None = None,
) -> dict[str, Requirement]:
    """What Hyperliquid requires of an account."""
    bound = library().bind(f"hyperliquid/{model}", priced.as_of, overrides)
    moved = risk(priced, bound.scenarios(priced.universe, priced))
    account = Holdings(tuple(held), balances or {}, orders)
    return {each.pool: each for each in bound.requirement(account, moved)}


def figure(required: Requirement, term: str) -> float:
    """A field of a requirement."""
    return next(each.amount for each in required.figures if each.term == term)


def initial(required: Requirement) -> float:
    """The initial margin."""
    assert required.initial is not None
    return required.initial.amount


def _isolated(name: str, digits: int) -> Case:
    row = GOLDEN[name]

    def run() -> Sequence[Checked]:
        mark = row["position_value"] / abs(row["size"])
        margin = row["raw_usd"] + row["size"] * mark
        held = position(row["coin"], row["size"], leverage=row["leverage"], isolated=margin)
        required = pools("cross", (held,), priced=market({row["coin"]: mark}))[row["coin"]]
        found = figure(required, "liquidation_price")
        return (Checked("liquidation price", row["liquidation"], found, 0.5 * 10.0**-digits),)

    number = {"isolated_short": "HL-1 isolated short", "isolated_long": "HL-2 isolated long"}
    label = "exact" if name == "isolated_short" else UNKNOWN_TIERS
    return Case("hyperliquid", number[name], SOURCE, label, run)


def account() -> Requirement:
    """The recorded portfolio-margin account."""
    row = GOLDEN["portfolio"]
    marks = {each["coin"]: each["value"] / each["size"] for each in row["positions"]}
    held = [
        position(each["coin"], each["size"], leverage=each["leverage"]) for each in row["positions"]
    ]
    balances = {"USDC": Balance(row["usdc"]), "HYPE": Balance(row["hype"])}
    index = {**INDEX, "HYPE": row["hype_price"]}
    return pools("portfolio", held, balances, priced=market(marks, index=index))["USDC"]


def _margins() -> Sequence[Checked]:
    row, required = GOLDEN["portfolio"], account()
    return (
        Checked(
            "maintenance",
            row["maintenance"],
            figure(required, "perpetuals_maintenance"),
            2e-6,  # values of positions are printed in millionths; four of them at up to 1 / 10
        ),
        Checked("initial", row["initial"], figure(required, "perpetuals_initial"), 2e-6),
    )


def _ratio() -> Sequence[Checked]:
    row, required = GOLDEN["portfolio"], account()
    return (Checked("ratio", row["ratio"], required.trigger.figure, 1e-4 * row["ratio"]),)


def _available() -> Sequence[Checked]:
    published = GOLDEN["portfolio"]["available_after_maintenance"]
    found = figure(account(), "available_after_maintenance")
    return (Checked("available after maintenance", published, found, 2e-5 * published),)


def liquidated_at(required: Requirement, name: str) -> float:
    """The mark that liquidates a position, as its line of the maintenance margin says."""
    leaf = next(each for each in required.maintenance.walk() if each.term == name)
    return float(leaf.because.split("liquidated at ")[1].split(", other")[0].replace(",", ""))


def _cross_price() -> Sequence[Checked]:
    published = GOLDEN["portfolio"]["eth_liquidation"]
    found = liquidated_at(account(), "ETH")
    return (Checked("liquidation price", published, found, 3e-4 * published),)


def _tiers() -> Sequence[Checked]:
    row = GOLDEN["tiers"]
    found = []
    for value, published in zip(row["value"], row["maintenance"], strict=True):
        required = pools("cross", (position("BTC", -value / 1e5),), priced=market({"BTC": 1e5}))
        amount = required["USDC"].maintenance.amount
        found.append(Checked(f"maintenance of {value:,.0f}", published, amount, 0.5))
    return found


def carry(price: float) -> Requirement:
    """One coin held and sold as a perpetual, both at 100,000."""
    row = GOLDEN["carry"]
    held = (position("BTC", -1.0, entry=row["entry"], leverage=10.0),)
    return pools(
        "portfolio",
        held,
        {"BTC": Balance(1.0)},
        priced=market({"BTC": price}, index={**INDEX, "BTC": price}),
    )["USDC"]


def _borrowed() -> Sequence[Checked]:
    row = GOLDEN["carry"]
    return (
        Checked(
            "borrowed at 150k",
            row["borrowed"],
            figure(carry(row["price"]), "borrowed_value"),
            0.5,
        ),
        Checked(
            "borrow limit less loan at 200k",
            0.0,
            figure(carry(row["must_reduce"]), "available_to_borrow"),
            0.5,
        ),
    )


def liquidation_of_carry() -> float:
    """The price of BTC at which the carry trade is liquidated, by the formula of the ratio."""
    low, high = 100_000.0, 1_000_000.0
    while high - low > 0.01:
        middle = (low + high) / 2
        low, high = (low, middle) if carry(middle).trigger.reached else (middle, high)
    return high


def _must_reduce() -> Sequence[Checked]:
    published = GOLDEN["carry"]["must_reduce"]
    return (Checked("price that liquidates", published, liquidation_of_carry(), 0.5),)


CASES: tuple[Case, ...] = (
    _isolated("isolated_short", 10),
    _isolated("isolated_long", 10),
    Case("hyperliquid", "HL-3 margins of an account", SOURCE, ACCOUNT, _margins),
    Case("hyperliquid", "HL-4 portfolio margin ratio", SOURCE, ACCOUNT, _ratio),
    Case("hyperliquid", "HL-5 available after maintenance", SOURCE, ACCOUNT, _available),
    Case("hyperliquid", "HL-6 liquidation price of ETH", SOURCE, ACCOUNT, _cross_price),
    Case("hyperliquid", "tiers of BTC", GOLDEN["tiers"]["source"], OTHER, _tiers),
    Case("hyperliquid", "HL-7 loans of a carry", GOLDEN["carry"]["source"], CARRY, _borrowed),
    Case(
        "hyperliquid",
        "HL-7 liquidation of a carry",
        GOLDEN["carry"]["source"],
        CARRY,
        _must_reduce,
        except_="the text says that at 200,000 the position must shrink to avoid liquidation; the "
        "formula of the same page liquidates at 333,267 (ratio 0.6835 at 200,000), where what is "
        "borrowed has only reached the borrow limit",
    ),
)
