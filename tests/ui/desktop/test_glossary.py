"""The words of the desk."""

from tests.ui.desktop.desk import RESOURCES
from ui.desktop import glossary


def test_a_term_is_named_by_what_stands_before_the_colon() -> None:
    words = {"roll_shock": "Roll shock charge: for the net delta of each expiry"}
    assert glossary.title("roll_shock", words) == "Roll shock charge"


def test_a_term_without_a_line_is_written_in_words() -> None:
    assert glossary.title("delta_shock", {}) == "Delta shock"


def test_the_file_names_the_margins() -> None:
    assert glossary.title("initial_margin", glossary.load(RESOURCES)) == "Initial margin"
