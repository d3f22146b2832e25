"""The lists of faults still fit the source; the faults themselves are tried by `make mutations`."""

from pathlib import Path

import pytest

from tests.mutations.mutation import Mutation, lists, trial

every_list = pytest.mark.parametrize("path", lists(), ids=lambda path: path.stem)


@every_list
def test_every_fault_of_the_list_can_be_put_into_the_source(path: Path) -> None:
    assert not [said for each in trial(path).mutations if (said := each.refusal())]


@every_list
def test_no_fault_stands_twice(path: Path) -> None:
    faults = [(each.file, each.old, each.new) for each in trial(path).mutations]
    assert len(set(faults)) == len(faults)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("absent", "x", "occurs 0 times"),
        ("a", "b", "occurs 2 times"),
        ("a = 1", "a = 1", "`new` is `old`"),
        ("a = 1", "a =", "is not Python"),
        ("a = 1", "a = 2", ""),
    ],
)
def test_a_fault_that_cannot_be_tried_says_why(
    old: str, new: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "rule.py").write_text("a = 1\nb = a\n")
    refusal = Mutation("list 1", "a rule", "rule.py", old, new).refusal(tmp_path)
    assert said in refusal
    assert bool(said) == bool(refusal)
