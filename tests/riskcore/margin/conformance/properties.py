"""What every margin model keeps, by the name under which a sample exempts a model from it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import fsum
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from riskcore.errors import Unsupported
from riskcore.holdings import Account, Holdings
from riskcore.margin.alone import netting
from riskcore.query import query
from riskcore.report import report
from tests.riskcore.margin import rebuilt
from tests.riskcore.margin.conformance.books import (
    LARGEST,
    amounts,
    book,
    figures,
    gross,
    inside,
    near,
    order,
    pools,
    position,
    scan_loss,
    singles,
    sizes,
    traded,
    turned_risk,
    whole_market,
    whole_risk,
)

Property = Callable[[str, Any], None]


def tree(name: str, data: Any) -> None:
    """Every line is what its rule makes of the lines below, with a resting order as without."""
    held = book(name, data.draw(sizes(name)))
    for orders in ((), (order(name),)):
        try:
            found = pools(name, replace(held, orders=orders))
        except Unsupported:
            assert orders, "a book of the sample is refused"
            continue
        for requirement in found.values():
            rebuilt.check(requirement)


def maintenance_within_initial(name: str, data: Any) -> None:
    """Maintenance margin is not negative, and not above the initial one."""
    for requirement in pools(name, book(name, data.draw(sizes(name)))).values():
        initial = requirement.headline.amount
        assert 0 <= requirement.maintenance.amount <= initial + 1e-9 * abs(initial) + 1e-9


def order_of_positions(name: str, data: Any) -> None:
    """Turning a book around changes nothing."""
    held = book(name, data.draw(sizes(name)))
    places = data.draw(st.permutations(range(len(held.positions))))
    turned = replace(held, positions=tuple(held.positions[place] for place in places))
    same(amounts(name, held), amounts(name, turned), gross(name, held))


def order_of_market(name: str, data: Any) -> None:
    """Turning the market around changes nothing."""
    held = book(name, data.draw(sizes(name)))
    model, _ = whole_risk(name)
    after = {each.pool: figures(each) for each in model.requirement(held, turned_risk(name))}
    same(amounts(name, held), after, gross(name, held))


def cancels(name: str, data: Any) -> None:
    """A trade and its opposite leave the requirement as it was."""
    size = data.draw(sizes(name))
    instrument, unit = traded(name)[data.draw(st.integers(0, len(size) - 1))]
    quantity = unit * data.draw(st.floats(-LARGEST, LARGEST))
    held = book(name, size)
    asked = query(_account(name, held), whole_market(name))
    there_and_back = replace(
        asked,
        hypothetical=tuple(position(name, instrument, each) for each in (quantity, -quantity)),
    )
    before, after = amounts(name, held), amounts(name, there_and_back.traded())
    for pool in before.keys() & after.keys():
        assert after[pool] == near(before[pool], gross(name, held))


def zero(name: str, data: Any) -> None:
    """Positions of quantity zero change nothing; a pool of their own needs nothing."""
    size = data.draw(sizes(name))
    held = book(name, size)
    before, after = amounts(name, held), amounts(name, book(name, size, zeros=True))
    for pool, found in after.items():
        if pool in before:
            assert found == near(before[pool], gross(name, held)), pool
        else:
            assert found[:2] == (0, 0), pool
    assert before.keys() <= after.keys() or not held.positions


def loss_table(name: str, data: Any) -> None:
    """The table of losses has a profit for every scenario, and positions add up to their sets."""
    held = book(name, data.draw(sizes(name)), balances=False)
    for requirement in pools(name, held).values():
        losses = requirement.losses
        count = len(losses.label)
        assert len(losses.move) == len(losses.group) == count
        assert len(losses.profit) == len(losses.worst) == len(losses.sets)
        assert all(len(profit) == count for profit in losses.profit)
        assert all(0 <= column < count for column in losses.worst)
        if not losses.sets or not losses.positions:
            continue
        rows = np.array([each for _, each in losses.positions]).reshape(-1, count)
        total = np.array(losses.profit).sum(axis=0)
        scale = float(np.abs(rows).max(initial=1.0))
        assert rows.sum(axis=0) == pytest.approx(total, rel=1e-9, abs=1e-9 * scale)


def stand_alone(name: str, data: Any) -> None:
    """Stand-alone margin is what each position needs by itself."""
    held = book(name, data.draw(sizes(name)), balances=False)
    model, moved = whole_risk(name)
    alone = model.stand_alone(held, moved)
    assert alone.shape == (len(held.positions),)
    for single, amount in zip(singles(held), alone.tolist(), strict=True):
        expected = fsum(netting(each.headline) for each in pools(name, single).values())
        assert amount == near(expected, abs(expected)), single.positions[0].label


def empty(name: str, data: Any) -> None:
    """An empty account needs nothing, and has a pool."""
    found = pools(name, Holdings(settings=book(name, [0.0] * len(traded(name))).settings))
    assert found
    assert all(each.headline.amount == 0 == each.maintenance.amount for each in found.values())


def deterministic(name: str, data: Any) -> None:
    """The same question twice gives the same answer, bit for bit."""
    held = book(name, data.draw(sizes(name)))
    assert pools(name, held) == pools(name, held)


def homogeneous(name: str, data: Any) -> None:
    """The scan loss grows as the book does."""
    size = data.draw(sizes(name))
    factor = data.draw(st.floats(0.01, 100))
    before = pools(name, book(name, size, balances=False))
    after = pools(name, book(name, [factor * each for each in size], balances=False))
    for pool in before.keys() & after.keys():
        scale = factor * gross(name, book(name, size, balances=False))
        assert scan_loss(after[pool]) == near(factor * scan_loss(before[pool]), scale)


def subadditive(name: str, data: Any) -> None:
    """The scan loss of a book never exceeds the sum of its positions' own."""
    held = book(name, data.draw(sizes(name)), balances=False)
    for requirement in pools(name, held).values():
        columns = inside(requirement)
        rows = requirement.losses.positions if columns else ()
        own = fsum(-min(each[column] for column in columns) for _, each in rows)
        if rows:
            assert scan_loss(requirement) <= own + 1e-9 * gross(name, held) + 1e-9


def shares(name: str, data: Any) -> None:
    """The parts of the positions, and of what is no position's, make up the requirement."""
    held = book(name, data.draw(sizes(name)))
    model, _ = whole_risk(name)
    result = report(query(_account(name, held), whole_market(name), model)).results[0]
    for pool in result.pools:
        required = pool.requirement
        lines = [each.share or 0.0 for each in result.lines if each.pool == required.pool]
        found = fsum([*lines, *(each.amount for each in pool.other_shares)])
        assert found == near(required.headline.amount, gross(name, held)), required.pool


PROPERTIES: Mapping[str, Property] = MappingProxyType(
    {
        "tree": tree,
        "maintenance_within_initial": maintenance_within_initial,
        "order": order_of_positions,
        "market_order": order_of_market,
        "cancels": cancels,
        "zero": zero,
        "loss_table": loss_table,
        "stand_alone": stand_alone,
        "empty": empty,
        "deterministic": deterministic,
        "homogeneous": homogeneous,
        "subadditive": subadditive,
        "shares": shares,
    }
)
FEW = MappingProxyType({"empty": 1, "stand_alone": 4, "shares": 4})  # examples; others have more


def same(
    before: Mapping[str, tuple[float, float, float]],
    after: Mapping[str, tuple[float, float, float]],
    scale: float,
) -> None:
    """Fails unless both have the same pools with the same figures."""
    assert after.keys() == before.keys()
    for pool, found in before.items():
        assert after[pool] == near(found, scale), pool


def _account(name: str, held: Holdings) -> Account:
    return Account("desk", "Desk", name.partition("/")[0], name, held)
