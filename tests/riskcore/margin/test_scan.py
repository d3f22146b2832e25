"""Netting sets, dampers and offsets on arrays."""

import numpy as np
import pytest

from riskcore.margin.scan import NettingSets, offset_gains, towards_zero

SETS = NettingSets(
    ("a", "b"),
    np.array([0, 1, 0]),
    np.array([[0.0, 1.0, -2.0], [0.0, 3.0, 1.0], [0.0, -1.0, 4.0]]),
)


def test_rows_of_a_set_are_summed_before_anything_else() -> None:
    total = SETS.total(np.array([[1.0, 2.0, 1.0], [0.0, -1.0, 2.0]]))
    assert total[0].tolist() == [[0.0, 0.0, 2.0], [0.0, 6.0, 2.0]]
    assert total[1].tolist() == [[0.0, -2.0, 8.0], [0.0, -3.0, -1.0]]


def test_profits_of_netting_sets_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        SETS.profit[0, 0] = 1.0


def test_damper_moves_towards_zero_and_never_across() -> None:
    damped = towards_zero(np.array([-3.0, -1.0, 0.0, 1.0, 3.0]), np.full(5, 2.0))
    assert damped.tolist() == [-1.0, 0.0, 0.0, 0.0, 1.0]


def test_gains_count_in_part_and_to_a_largest_while_losses_count_whole() -> None:
    profit = np.array([[10.0, -10.0, 100.0], [10.0, -10.0, 100.0]])
    found = offset_gains(profit, np.array([0.6, 0.0]), np.array([50.0, 50.0]))
    assert found.tolist() == [[6.0, -10.0, 50.0], [0.0, -10.0, 0.0]]
