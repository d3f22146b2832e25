import pytest

from riskcore.errors import InstrumentError
from riskcore.naming import deribit, directory


def test_deribit_is_found_by_its_name() -> None:
    assert "deribit" in directory.venues()
    assert directory.of("deribit") is deribit


@pytest.mark.parametrize("venue", ["", "nowhere", "directory", "../deribit"])
def test_an_unknown_venue_is_refused_with_those_known(venue: str) -> None:
    with pytest.raises(InstrumentError, match=r"known are .*deribit"):
        directory.of(venue)


@pytest.mark.parametrize("venue", directory.venues())
def test_every_venue_spells_and_measures(venue: str) -> None:
    naming = directory.of(venue)
    assert all(callable(each) for each in (naming.parse, naming.spell, naming.lot, naming.tick))
