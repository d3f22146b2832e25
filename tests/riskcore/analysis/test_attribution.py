"""riskcore.analysis.attribution: shares and other lines of a requirement."""

from riskcore.analysis.attribution import split
from riskcore.margin.requirement import Component, Rule, total

TREE = total(
    "initial_margin",
    total(
        "scanning_risk",
        Component("BTC-PERPETUAL", 5.0, Rule.POSITION),
        Component("BTC-27FEB26", -2.0, Rule.POSITION),
        Component("damper", -0.5),
        rule=Rule.WORST,
    ),
    total("roll_shock", Component("BTC-27FEB26", 0.25, Rule.POSITION)),
    total("open_orders_margin", Component("order", 1.0), Component("order", 2.0)),
    Component("rounding", 0.0),
    considered=(Component("BTC-PERPETUAL", 99.0, Rule.POSITION),),
)


def test_leaves_of_an_instrument_are_its_share_and_what_lost_does_not_count() -> None:
    assert split(TREE).shares == {"BTC-PERPETUAL": 5.0, "BTC-27FEB26": -1.75}


def test_a_line_without_positions_stands_for_all_below_it() -> None:
    assert {each.term: each.amount for each in split(TREE).others} == {
        "damper": -0.5,
        "open_orders_margin": 3.0,
    }


def test_shares_and_others_add_up() -> None:
    assert (
        sum(split(TREE).shares.values()) + sum(each.amount for each in split(TREE).others)
        == TREE.amount
    )


def test_a_requirement_of_orders_alone_keeps_their_name() -> None:
    tree = total("initial_margin", total("open_orders_margin", Component("order", 1.0)))
    assert [each.term for each in split(tree).others] == ["open_orders_margin"]
