"""Kraken's published figures beside the program's. The ids are ours: the pages have none."""

from collections.abc import Callable, Sequence

from tests.riskcore.margin.venues.kraken.desk import (
    GOLDEN,
    held,
    initial,
    line,
    market,
    pools,
)
from tests.verification.case import Case, Checked

PERPETUAL = "PI_XBTUSD"
LABEL = "exact except the value maintenance margin is taken on"


def example() -> Sequence[Checked]:
    told = GOLDEN["liquidation"]
    book = held({PERPETUAL: (told["contracts"], told["entry"])}, {"BTC": told["margin"]})
    found = pools(market({PERPETUAL: told["entry"]}), book)["BTC"]
    return (
        Checked("IM", told["initial"], initial(found), 5e-6),
        Checked("MM", told["maintenance"], found.maintenance.amount, 5e-7),
        Checked("value", told["value"], initial(found) / 0.02, 5e-5),
    )


def liquidated(value_at: str) -> Callable[[], Sequence[Checked]]:
    """The price at which equity has fallen to the maintenance margin, and to nothing."""

    def run() -> Sequence[Checked]:
        told = GOLDEN["liquidation"]
        book = held({PERPETUAL: (told["contracts"], told["entry"])}, {"BTC": told["margin"]})

        def excess(price: float, *, margin: bool) -> float:
            rules = {"rules": {"value_at": value_at}}
            found = pools(market({PERPETUAL: price}), book, rules)["BTC"]
            return found.equity.amount - (found.maintenance.amount if margin else 0.0)

        def root(*, margin: bool) -> float:
            low, high = 7_000.0, 8_000.0
            for _ in range(60):
                middle = (low + high) / 2
                low, high = (low, middle) if excess(middle, margin=margin) > 0 else (middle, high)
            return high

        return (
            Checked("liquidation price", told["liquidated_at"], root(margin=True), 1.0),
            Checked("bankruptcy price", told["bankrupt_at"], root(margin=False), 1.0),
        )

    return run


def haircut() -> Sequence[Checked]:
    told = GOLDEN["haircut"]
    there = market({"PF_XBTUSD": told["index"]}, {"BTC": told["index"]})
    found = pools(there, held({}, {"BTC": told["coins"]}), {"BTC": {"haircut": told["haircut"]}})[
        "USD"
    ]
    whole = line(found.equity, "collateral_value").amount
    return (
        Checked("balance value", told["balance_value"], whole, 0.5),
        Checked("collateral value", told["collateral_value"], found.equity.amount, 0.5),
    )


def levels() -> Sequence[Checked]:
    """Margin over value of each contract: the example states the rates of the slices in words."""
    told = GOLDEN["levels"]
    names = {"PI_XBTUSD": told["perpetual"], "FI_XBTUSD_261225": told["monthly"]}
    mark = 50_000.0
    there = market(dict.fromkeys(names, mark))
    first = 500_000.0
    expected = {
        "PI_XBTUSD": first * told["first_rate"] + (told["perpetual"] - first) * told["second_rate"],
        "FI_XBTUSD_261225": told["monthly"] * told["first_rate"],
    }
    return [
        Checked(
            name,
            expected[name],
            initial(pools(there, held({name: (size, mark)}))["BTC"]) * mark,
            0.005,
        )
        for name, size in names.items()
    ]


CASES: tuple[Case, ...] = (
    Case("kraken", "margins of 1,000 contracts", GOLDEN["liquidation"]["source"], LABEL, example),
    Case("kraken", "slices of levels", GOLDEN["levels"]["source"], LABEL, levels),
    Case(
        "kraken", "haircut of 0.5 BTC", GOLDEN["haircut"]["source"],
        "exact except collateral haircuts, overridden parameters", haircut,
    ),
    Case(
        "kraken",
        "liquidation price, maintenance margin on the value at the mark",
        GOLDEN["liquidation"]["source"],
        "exact except overridden parameters",
        liquidated("mark"),
    ),
    Case(
        "kraken",
        "liquidation price, maintenance margin on the value at entry",
        GOLDEN["liquidation"]["source"],
        LABEL,
        liquidated("entry"),
        except_="the page says margin is taken on the value at entry and gives 0.00125 BTC, "
        "reached at 7,477; its price of 7,481 is that of 1 % of the value at the mark",
    ),
)  # fmt: skip
