"""Parameter files of the user's own beside those of the program."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from riskcore.margin.model import Origin
from riskcore.margin.registry import Library
from tests.builders import library

GUIDE = Path(__file__).parents[3] / "resources" / "docs" / "parameters.md"
LATE = datetime(2026, 11, 25, tzinfo=UTC)
MODEL = "deribit/portfolio"


def file(
    day: str, values: str, family: str = "deribit/portfolio", kind: str = "observed_on"
) -> str:
    return (
        f'family = "{family}"\n{kind} = {day}\nsource = "my own reading"\n'
        f"[parameters.BTC]\n{values}\n"
    )


def grown(**files: str) -> Library:
    found, refused = library().with_yours({f"parameters/{k}.toml": v for k, v in files.items()})
    assert refused == ()
    return found


def refusal(text: str) -> str:
    found, refused = library().with_yours({"parameters/x.toml": text})
    assert found.yours == {}
    (sentence,) = refused
    assert sentence.startswith("parameters/x.toml")
    assert "\n" not in sentence
    return sentence


def test_of_two_values_of_one_date_the_users_counts_and_is_called_overridden() -> None:
    found = grown(mine=file("2026-09-23", "price_range = 0.2"))
    model = found.bind(MODEL, LATE)
    assert model.parameters.tables["BTC"]["price_range"] == 0.2
    assert model.parameters.tables["BTC"]["short_term_vega_power"] == 0.3, "the rest stays"
    assert model.parameters.overridden
    assert model.calibration.overrides == ("BTC.price_range = 0.2 by parameters/mine.toml",)
    assert library().bind(MODEL, LATE).calibration.overrides == ()
    notes = model.calibration.notes
    assert "BTC: price_range observed on 23 Sep 2026, by your parameters/mine.toml" in notes
    assert not any("inherited from 23 Sep 2026" in note for note in notes)


def test_a_file_of_another_date_holds_from_its_day_on() -> None:
    found = grown(newer=file("2026-11-20", "price_range = 0.2"))
    assert found.bind(MODEL, LATE).parameters.tables["BTC"]["price_range"] == 0.2
    before = found.bind(MODEL, datetime(2026, 10, 1, tzinfo=UTC))
    assert before.parameters.tables["BTC"]["price_range"] == 0.14
    assert found.bind(MODEL, LATE).calibration.overrides == ()
    assert found.bind(MODEL, LATE).calibration.dated == datetime(2026, 11, 20, tzinfo=UTC)
    sources = found.bind(MODEL, LATE).calibration.sources
    assert "deribit/portfolio, 20 Nov 2026, your parameters/newer.toml: my own reading" in sources


def test_every_key_names_the_file_it_comes_from() -> None:
    found = grown(newer=file("2026-11-20", "price_range = 0.2")).bind(MODEL, LATE)
    origins = found.calibration.origins
    mine = Origin("BTC", "price_range = 0.2", "parameters/newer.toml, 20 Nov 2026")
    assert mine in origins
    files = {each.file for each in origins if each.section == "BTC"}
    assert "deribit/portfolio.2026-09-23.toml, 23 Sep 2026" in files
    assert any("deribit/portfolio-rules.toml" in each.file for each in origins), "choices too"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("family = ", "is not TOML"),
        (file("2026-11-20", "price_range = 7.0"), "BTC.price_range is 7: it must be below"),
        (file("2026-11-20", "price_rnage = 0.1"), "BTC.price_rnage is not a known parameter"),
        (file("2026-11-20", "price_range = 0.1", "acme/x"), "no model reads the family 'acme/x'"),
        (file("2026-11-20", "price_range = 0.1", kind="seen"), "'seen' is not known"),
        (
            file("2026-11-20", "future_initial = 0.01\nfuture_maintenance = 0.02",
                 "deribit/standard"),
            "BTC.future_maintenance is 0.02; it must not exceed future_initial",
        ),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_file_key_and_bound(text: str, words: str) -> None:
    assert words in refusal(text)


def test_a_broken_file_leaves_the_others_in_force() -> None:
    found, refused = library().with_yours(
        {
            "parameters/a.toml": "nonsense",
            "parameters/b.toml": file("2026-11-20", "price_range = 0.2"),
        }
    )
    assert len(refused) == 1
    assert list(found.yours) == ["parameters/b.toml"]
    assert found.bind(MODEL, LATE).parameters.tables["BTC"]["price_range"] == 0.2


def examples() -> list[str]:
    return re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("text", examples(), ids=lambda text: text.split('"')[1])
def test_the_examples_of_the_guide_are_accepted(text: str) -> None:
    family = re.search(r'family = "(.*?)"', text)
    assert family is not None
    if not any(family[1] in each for each in library().documents.values()):
        pytest.skip(f"{family[1]} is not part of this copy")
    grown(example=text)


def test_the_guide_shows_the_refusal_as_it_is_written() -> None:
    text = next(each for each in examples() if "okx" in each)
    if not any("okx/portfolio" in each for each in library().documents.values()):
        pytest.skip("okx/portfolio is not part of this copy")
    sentence = refusal(text.replace("points_down = 0.25", "points_down = 1.25"))
    assert "options.volatility_shocks[0].points_down is 1.25: it must be at most 1" in sentence
