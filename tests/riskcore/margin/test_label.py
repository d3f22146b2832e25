"""How a figure says how far it is the venue's own."""

from riskcore.margin.label import OTHER_DATE, OVERRIDDEN, label


def test_nothing_in_doubt_is_exact() -> None:
    assert label(()) == "exact"
    assert label([], []) == "exact"


def test_single_doubts_are_named_once_in_their_order() -> None:
    said = label(["open orders", OTHER_DATE, "open orders", OVERRIDDEN])
    assert said == "exact except open orders, parameters of another date, overridden parameters"


def test_a_figure_of_our_own_names_that_first() -> None:
    said = label(["open orders"], ["the grid is inferred", "open orders"])
    assert said == "approximate: the grid is inferred, open orders"


def test_doubts_may_be_read_once_only() -> None:
    assert label(each for each in ("a rule",)) == "exact except a rule"
