"""Every position alone under the same model."""

from dataclasses import replace

import pytest

from riskcore.holdings import Balance, Holdings, Order, Settings
from riskcore.margin.alone import each_alone
from riskcore.margin.requirement import Component, Requirement, Trigger
from riskcore.repricing import risk
from riskcore.risk_array import Risk
from riskcore.scenarios import unmoved
from tests.builders import holdings, instrument, market

NAMES = ("BTC-PERPETUAL", "BTC-27MAR26-90000-C")


def whole() -> Risk:
    priced = market(*NAMES)
    return risk(priced, unmoved(priced.universe, priced.vol))


def required(held: Holdings, pools: int = 1, initial: bool = True) -> tuple[Requirement, ...]:
    """A tenth of each quantity, and of what must not be there: balances and orders."""
    size = sum(abs(each.quantity) for each in held.positions) / 10
    size += 1e6 * (len(held.balances) + len(held.orders))
    line = Component("initial_margin", size / pools)
    each = Requirement(
        "USD",
        "USD",
        Component("equity", 0.0),
        line if initial else None,
        replace(line, term="maintenance_margin", amount=size / 2 / pools),
        Trigger("usage", 0.0, 1.0),
        "exact",
    )
    return (each,) * pools


def test_each_position_stands_without_the_others_collateral_and_orders() -> None:
    held = holdings(dict(zip(NAMES, (-30.0, 5.0), strict=True)))
    order = Order(instrument(NAMES[0]), 1.0, 1.0)
    held = replace(held, balances={"BTC": Balance(1.0)}, orders=(order,))
    alone = each_alone(lambda single, _: required(single), held, whole())
    assert alone.tolist() == pytest.approx([3.0, 0.5])


def test_pools_add_up_and_a_model_without_initial_margin_gives_maintenance() -> None:
    held = holdings({NAMES[0]: -30.0})
    alone = each_alone(lambda single, _: required(single, pools=3), held, whole())
    assert alone.tolist() == pytest.approx([3.0])
    alone = each_alone(lambda single, _: required(single, initial=False), held, whole())
    assert alone.tolist() == pytest.approx([1.5])


def test_settings_of_the_account_are_kept() -> None:
    seen = []

    def asked(single: Holdings, _: Risk) -> tuple[Requirement, ...]:
        seen.append(single.settings)
        return required(single)

    held = replace(holdings({NAMES[0]: 1.0}), settings=Settings("hedge"))
    each_alone(asked, held, whole())
    assert seen == [Settings("hedge")]


def test_no_position_needs_nothing() -> None:
    assert each_alone(lambda single, _: required(single), Holdings(), whole()).shape == (0,)
