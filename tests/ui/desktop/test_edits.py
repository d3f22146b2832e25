"""Every edit gives a whole account, or a refusal and nothing."""

import pytest

from riskcore.errors import HoldingsError
from riskcore.holdings import Balance, Position
from tests.builders import account, instrument
from ui.desktop import edits

DESK = account("Desk", {"BTC-PERPETUAL": 100.0, "BTC-27FEB26-60000-P": -0.3}, {"BTC": 1.0})
PERPETUAL, PUT = (each.key for each in DESK.holdings.positions)


def quantities(after: object) -> dict[str, float]:
    return {each.instrument.name: each.quantity for each in after.holdings.positions}  # type: ignore[attr-defined]


def test_what_is_held_cannot_be_added_again() -> None:
    with pytest.raises(HoldingsError, match="already held"):
        edits.added(DESK, Position(instrument("BTC-PERPETUAL"), 5.0))


def test_a_pasted_list_changes_quantities_and_keeps_entry_prices() -> None:
    before = edits.with_position(DESK, PUT, entry_price=0.05)
    after = edits.merged(
        before,
        (
            Position(instrument("BTC-27FEB26-60000-P"), -7.0),
            Position(instrument("ETH-PERPETUAL"), 4.0),
        ),
    )
    assert quantities(after) == {
        "BTC-PERPETUAL": 100.0,
        "BTC-27FEB26-60000-P": -7.0,
        "ETH-PERPETUAL": 4.0,
    }
    assert after.holdings.positions[1].entry_price == 0.05


def test_a_nudge_is_one_lot_without_rounding_noise() -> None:
    after = DESK
    for _ in range(3):
        after = edits.nudged(after, PUT, 1)
    assert quantities(after)["BTC-27FEB26-60000-P"] == 0.0
    assert quantities(edits.nudged(after, PERPETUAL, -2))["BTC-PERPETUAL"] == 80.0


def test_ticks_turn_together_and_removal_forgets_them() -> None:
    out = edits.ticked(DESK, (PERPETUAL,))
    both = edits.ticked(out, (PERPETUAL, PUT))
    assert both.excluded == {PERPETUAL, PUT}
    assert edits.ticked(both, (PERPETUAL, PUT)).excluded == frozenset()
    assert edits.without(both, (PUT,)).excluded == {PERPETUAL}


def test_a_balance_is_replaced_or_gone() -> None:
    more = edits.with_balance(DESK, "USDC", Balance(5.0))
    assert set(more.holdings.balances) == {"BTC", "USDC"}
    assert set(edits.with_balance(more, "BTC", None).holdings.balances) == {"USDC"}
