"""Every published figure of Binance beside the program's own."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from riskcore.holdings import Balance, Holdings
from riskcore.market import MarketSnapshot
from tests.builders import golden
from tests.riskcore.margin.venues.binance.desk import (
    account,
    held,
    lines,
    market,
    model,
    only,
    order,
    priced,
)
from tests.verification.case import Case, Checked

PRINTED = golden("margin/binance")
WALLET, TIERS, UNIFIED = PRINTED["wallet"], PRINTED["tiers"], PRINTED["unified"]
ORDER, BITCOM = PRINTED["order"], PRINTED["bitcom"]
THEN = datetime(2021, 4, 1, tzinfo=UTC)
UNIFIED_DAY = datetime(2022, 4, 18, tzinfo=UTC)
OVERRIDDEN = "exact except overridden parameters"
UNIFIED_LABEL = (
    "exact except parameters of another date, overridden parameters, COIN-M tiers taken from USDT "
    "perpetuals, the leverage chosen for loans"
)
ORDER_LABEL = "exact except parameters of another date, overridden parameters, open orders"
APPROXIMATE = (
    "approximate: the form of the option margin is our reading of its four rates, overridden "
    "parameters"
)


def brackets(coin: str) -> dict[str, object]:
    """The tiers of then, as an override."""
    rate = TIERS[f"{coin}_rate"]
    return {"usdt": {"lower": TIERS[f"{coin}_lower"], "rate": rate, "leverage": [1.0] * len(rate)}}


def bound(name: str) -> Any:
    """A USD-M model with the tiers of then."""
    return model(name, THEN, {"BTC": brackets("btc"), "ETH": brackets("eth")})


def prices() -> MarketSnapshot:
    """The marks of the wallet vectors."""
    mark = {f"{coin.upper()}USDT": WALLET[coin]["mark"] for coin in ("btc", "eth")}
    return market(mark, as_of=THEN)


def both() -> Holdings:
    """The two positions in one wallet."""
    positions = [
        held(f"{coin.upper()}USDT", WALLET[coin]["quantity"], WALLET[coin]["entry"], leverage=1)
        for coin in ("btc", "eth")
    ]
    return account(*positions, cash={"USDT": WALLET["balance"]})


def alone(coin: str) -> Sequence[Checked]:
    """The liquidation price of an isolated position with the wallet as its margin."""
    one = WALLET[coin]
    position = held(
        f"{coin.upper()}USDT",
        one["quantity"],
        one["entry"],
        isolated=WALLET["balance"],
        leverage=1,
    )
    required = only(bound("usdm-isolated"), account(position), prices())
    found = {each.term: each.amount for each in required.figures}["liquidation_price"]
    return (Checked("liquidation price", WALLET["isolated"][coin], found, WALLET["within"]),)


def together(coin: str, other: str) -> Sequence[Checked]:
    """The liquidation price of a cross position, and what stands beside it in the wallet."""
    chosen, book = bound("usdm-cross"), both()
    looked = priced(chosen, prices())
    mine = next(each for each in book.positions if each.instrument.base == coin.upper())
    price = chosen.liquidation_price(mine, book, looked)
    required = chosen.requirement(book, looked)[0]
    name = f"{other.upper()}USDT"
    (beside,) = lines(required.maintenance, name)
    (profit,) = lines(required.equity, name)
    printed = WALLET[f"beside_{coin}"]
    return (
        Checked("liquidation price", WALLET["cross"][coin], price, WALLET["within"]),
        Checked("maintenance of the other", printed["maintenance"], beside.amount, 0.001),
        Checked("profit of the other", printed["profit"], profit.amount, 0.01),
    )


def unified_book() -> tuple[Any, Holdings, MarketSnapshot]:
    """The account of the uniMMR example; the price of ETH is not printed, 3,000 is taken."""
    flat = {"lower": [0], "rate": [0.005], "leverage": [20]}
    found = model("portfolio", UNIFIED_DAY, {"BTC": {"usdt": flat, "delivery": flat}})
    book = account(
        held("BTCUSDT", -0.05, 52_000.0),
        held("BTCUSDT_220624", 0.04, 52_350.0),
        held("BTCUSD_PERP", 100.0, 50_000.0),
        cash={
            "USDT": 6_000.0,
            "BTC": Balance(0.2, borrowed=0.04),
            "ETH": Balance(20.0, borrowed=15.0),
        },
    )
    mark = {"BTCUSDT": 40_000.0, "BTCUSDT_220624": 42_000.0, "BTCUSD_PERP": 40_000.0}
    return found, book, market(mark, {"ETH": 3_000.0}, UNIFIED_DAY)


def unified() -> Sequence[Checked]:
    """What of the example is printed: profits and the margin on loans."""
    required = only(*unified_book())
    checked = [
        Checked(f"profit of {name}", printed, lines(required.equity, name)[0].amount, 0.5)
        for name, printed in UNIFIED["profit"].items()
    ]
    loans = lines(required.maintenance, "borrowed_currency")
    price = {"BTC": 40_000.0, "ETH": 3_000.0}
    checked += [
        Checked(
            f"margin on the {coin} loan",
            printed,
            next(each.amount for each in loans if f" {coin} " in each.because) / price[coin],
            1e-9,
        )
        for coin, printed in UNIFIED["loan_margin"].items()
    ]
    return checked


def resting() -> Sequence[Checked]:
    """What an order to buy one coin reserves."""
    required = only(
        model("usdm-cross", THEN, {"rules": {"default_leverage": ORDER["leverage"]}}),
        account(orders=(order("BTCUSDT", 1.0, ORDER["price"]),)),
        market({"BTCUSDT": ORDER["mark"]}, as_of=THEN),
    )
    assert required.initial is not None
    found = required.initial.amount
    return (Checked("cost of the order", ORDER["initial"], found, ORDER["within"]),)


def bitcom() -> Sequence[Checked]:
    """Another venue's example of the same form, with its minimum maintenance rate."""
    rates = {
        "option_initial": 0.15,
        "option_initial_min": 0.1,
        "option_maintenance": 0.075,
        "option_maintenance_min": 0.075,
    }
    name = f"ETH-261225-{BITCOM['strike']}-P"
    required = only(
        model("options", overrides={"ETH": rates}),
        account(held(name, -BITCOM["quantity"])),
        market({name: BITCOM["mark"]}, {"ETH": BITCOM["index"]}),
    )
    assert required.initial is not None
    return (
        Checked("initial", BITCOM["initial"], required.initial.amount, BITCOM["within"]),
        Checked(
            "maintenance", BITCOM["maintenance"], required.maintenance.amount, BITCOM["within"]
        ),
    )


CASES: tuple[Case, ...] = (
    Case("binance", "BIN-1 ETH isolated", WALLET["source"], OVERRIDDEN, lambda: alone("eth")),
    Case("binance", "BIN-2 BTC isolated", WALLET["source"], OVERRIDDEN, lambda: alone("btc")),
    Case(
        "binance",
        "BIN-3 ETH cross beside BTC",
        WALLET["source"],
        OVERRIDDEN,
        lambda: together("eth", "btc"),
    ),
    Case(
        "binance",
        "BIN-4 BTC cross beside ETH",
        WALLET["source"],
        OVERRIDDEN,
        lambda: together("btc", "eth"),
    ),
    Case("binance", "BIN-5 uniMMR, what is printed", UNIFIED["source"], UNIFIED_LABEL, unified),
    Case("binance", "cost of a long order", ORDER["source"], ORDER_LABEL, resting),
    Case("binance", "Bit.com short put", BITCOM["source"], APPROXIMATE, bitcom),
)
