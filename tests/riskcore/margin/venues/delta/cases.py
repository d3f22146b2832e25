"""Delta Exchange's published frame beside the program's."""

from collections.abc import Sequence

from tests.builders import golden
from tests.riskcore.margin.venues.plain import amount, answered, plain_book, plain_market
from tests.verification.case import Case, Checked

FRAME = golden("margin/delta")["frame"]
NAMES = ("BTCUSD", "C-BTC-80000-270326", "P-BTC-60000-270326")


def _frame() -> Sequence[Checked]:
    """A book whose risk margin and floors are those of the message: rates are set to give them."""
    priced = plain_market("delta", *NAMES, mark=dict.fromkeys(NAMES[1:], 0.0))
    held = plain_book(priced, {"BTCUSD": 100.0, NAMES[1]: 100.0, NAMES[2]: -100.0})
    value = 100 * 0.001 * 70_000.0  # of each position
    moves = {"spot_moves": [-0.1], "vol_up": 0.0, "vol_down": 0.0}
    plain = answered("delta/portfolio", priced, held, {"rules": moves})[0]
    size = FRAME["risk_margin"] / amount(plain.headline, "worst_case")
    held = plain_book(priced, {"BTCUSD": 100 * size, NAMES[1]: 100 * size, NAMES[2]: -100 * size})
    rates = {f"{key}_floor": each / (value * size) for key, each in FRAME["floors"].items()}
    found = answered("delta/portfolio", priced, held, {"rules": moves | rates})[0]
    fields = {each.term: each.amount for each in found.figures}
    return (
        Checked("risk margin", FRAME["risk_margin"], fields["risk_margin"], 1e-9),
        Checked("floors", sum(FRAME["floors"].values()), fields["floor_margin"], 1e-9),
        Checked("UCF", FRAME["ucf"], fields["unrealised_cash_flow"], 1e-9),
        Checked("IM", FRAME["initial"], found.headline.amount, 1e-9),
        Checked("MM", FRAME["maintenance"], found.maintenance.amount, 1e-9),
    )


CASES = (
    Case(
        "delta",
        "DELTA-1 frame of the message",
        FRAME["source"],
        "approximate: moves of our own choice, the floors' rates are missing",
        _frame,
    ),
)
