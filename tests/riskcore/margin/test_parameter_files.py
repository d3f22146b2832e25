"""Every parameter file of the project: it is read, holds on its day and has only known keys."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from riskcore.margin.parameters import ANY, parameter_set
from riskcore.margin.registry import models
from tests.builders import library

VENUES = Path(__file__).parents[3] / "riskcore" / "margin" / "venues"
DOCUMENTS = library().documents
every_file = pytest.mark.parametrize("path", sorted(DOCUMENTS))


def users(path: str) -> list[str]:
    """The models whose rules read the file's family."""
    family = parameter_set(path, DOCUMENTS[path]).family
    return [name for name, model in models().items() if family in model.families]


@cache
def written() -> str:
    """The source of every venue: what is no model, such as an auction, names its family itself."""
    return "".join(each.read_text("utf-8") for each in VENUES.rglob("*.py"))


def keys(path: str) -> Iterator[tuple[str, str]]:
    for section, table in parameter_set(path, DOCUMENTS[path]).tables.items():
        yield from ((section, key) for key in table)


@every_file
def test_file_belongs_to_a_model_and_stands_with_its_venue(path: str) -> None:
    found = parameter_set(path, DOCUMENTS[path])
    read = bool(users(path)) or found.family in written()
    assert read, f"no model and no other rule reads the family {found.family}"
    assert path.rpartition("/")[0] == found.family.rpartition("/")[0]


@every_file
def test_dated_file_has_its_date_in_its_name(path: str) -> None:
    found = parameter_set(path, DOCUMENTS[path])
    if found.kind != "chosen_on":
        assert f"{found.dated:%Y-%m-%d}" in path


@every_file
def test_models_of_the_file_bind_on_its_day_and_the_day_before(path: str) -> None:
    dated = parameter_set(path, DOCUMENTS[path]).dated
    for name in users(path):
        for at in (dated, dated - timedelta(days=1)):
            assert library().bind(name, at).name == name


@every_file
def test_every_key_of_the_file_is_in_a_schema_of_its_models(path: str) -> None:
    known = [models()[name].schema for name in users(path)]
    if not known:
        pytest.skip("no model reads it; the tests of its rule do")
    for section, key in keys(path):
        kinds = [each for schema in known for each in schema.get(section, schema.get(ANY, ()))]
        assert any(key in kind.__struct_fields__ for kind in kinds), f"{section}.{key}"


@every_file
def test_file_states_its_source(path: str) -> None:
    assert len(parameter_set(path, DOCUMENTS[path]).source.split()) >= 2


@every_file
def test_a_file_stands_in_the_folder_of_its_venue(path: str) -> None:
    """A model reads the folder of its own venue alone."""
    family = parameter_set(path, DOCUMENTS[path]).family
    assert path.partition("/")[0] == family.partition("/")[0]
