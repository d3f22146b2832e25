"""Every model on random books of its own venue: what all keep, and what a venue's rule breaks."""

import os

import pytest

from tests.builders import library
from tests.riskcore.margin.conformance.books import found_by, sample
from tests.riskcore.margin.conformance.properties import FEW, PROPERTIES

MANY = 25 if os.environ.get("HYPOTHESIS_PROFILE") else 8  # books for each model and property
SEARCHED = 250  # books among which one must break a property that a model is exempt from
every_model = pytest.mark.parametrize("name", library().names())


@every_model
@pytest.mark.parametrize("kept", PROPERTIES)
def test_model_keeps(kept: str, name: str) -> None:
    known = sample(name)
    if kept in known.exempt:
        pytest.skip(f"{name} is exempt: {known.exempt[kept]}")
    found_by(PROPERTIES[kept], name, min(FEW.get(kept, MANY), MANY))


@every_model
def test_exemption_of_a_model_is_real(name: str) -> None:
    known = sample(name)
    assert set(known.exempt) <= set(PROPERTIES)
    assert known.rare <= set(known.exempt)
    for broken in sorted(set(known.exempt) - known.rare):
        with pytest.raises(AssertionError):
            found_by(PROPERTIES[broken], name, SEARCHED)


@every_model
def test_exemption_says_the_rule_of_the_venue(name: str) -> None:
    assert all(len(rule.split()) > 3 for rule in sample(name).exempt.values())
