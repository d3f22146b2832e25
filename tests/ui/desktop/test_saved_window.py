"""ui/desktop/saved_window.py."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ui.desktop.saved_window import SavedWindow, Workspace, encode, saved_window, workspace


@given(some.binary(), some.text(), some.integers(0, 10**6), some.booleans())
def test_what_is_saved_is_read_back(state: bytes, feed: str, step: int, seen: bool) -> None:
    saved = SavedWindow(state=state, feed=feed, step=step, hints_seen=seen)
    assert saved_window(encode(saved)) == saved


@pytest.mark.parametrize(
    "text", [None, b"", b"nonsense", b"[]", b'{"step": "seven"}', b'{"format": "other/1"}']
)
def test_what_cannot_be_read_is_the_first_start_again(text: bytes | None) -> None:
    assert saved_window(text) == SavedWindow()
    assert workspace(text) is None


def test_an_arrangement_of_other_docks_is_forgotten_and_the_rest_kept() -> None:
    old = SavedWindow(state=b"docks", form="wide", account="mine", layout=0)
    assert saved_window(encode(old)) == replace(
        old, state=b"", form="", layout=SavedWindow().layout
    )
    assert workspace(encode(Workspace(1, "Old", b"docks", layout=0))) is None


def test_a_workspace_is_read_back() -> None:
    made = Workspace(3, "Mornings", b"docks")
    assert workspace(encode(made)) == made
