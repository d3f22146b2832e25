"""Dederi's published example beside the program's."""

from collections.abc import Sequence
from datetime import UTC, datetime

from riskcore.margin.venues.dederi import future_mark
from tests.builders import golden
from tests.riskcore.margin.venues.plain import amount, answered, plain_book, plain_market
from tests.verification.case import Case, Checked

GOLDEN = golden("margin/dederi")["future"]
NAME = "ETH-10JAN24"
AT = datetime(2023, 12, 21, 8, tzinfo=UTC)  # 20 days before the future expires


def _future() -> Sequence[Checked]:
    mark = future_mark(GOLDEN["index"], GOLDEN["basis"], GOLDEN["days"])
    index = {"ETH": GOLDEN["index"], "USDC": 1.0}
    priced = plain_market("dederi", NAME, as_of=AT, index=index, mark={NAME: mark})
    held = plain_book(priced, {NAME: GOLDEN["quantity"]})
    found = answered("dederi/portfolio", priced, held)[0]
    (profit,) = found.losses.profit
    contingency = amount(found.headline, "futures_contingency")
    # The table's profits are the program's after its unmoved column, printed without decimals.
    return (
        Checked("F", float(GOLDEN["mark"]), mark, 0.05),
        Checked("contingency", float(GOLDEN["contingency"]), contingency, 0.05),
        *(
            Checked(f"P&L {move:+.0%}", published, each, 0.5)
            for move, published, each in zip(
                found.losses.move[1:], GOLDEN["profit"], profit[1:], strict=True
            )
        ),
        Checked("worst loss", -GOLDEN["profit"][0], amount(found.headline, "worst_case"), 0.5),
    )


CASES = (
    Case(
        "dederi",
        "DED-1 ten ETH futures",
        GOLDEN["source"],
        "approximate: the maintenance ratio is missing, parameters of another date",
        _future,
    ),
)
