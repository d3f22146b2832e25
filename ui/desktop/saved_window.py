"""How a window was left: written as JSON, read back with care."""

from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

FORMAT = "counterpoise-window/1"
LAYOUT = 1  # of the docks; a state of another number is forgotten


@dataclass(frozen=True, slots=True)
class SavedWindow:
    """Where everything stood. The bytes are Qt's own."""

    format: str = FORMAT
    layout: int = LAYOUT
    geometry: bytes = b""
    state: bytes = b""
    form: str = ""  # the arrangement of the docks: "wide", "medium", "narrow"; "" is the user's own
    account: str = ""
    theme: str = "dark"
    colour_blind: bool = False
    unit: str = "USD"
    feed: str = ""  # path of a recorded market; empty for the demo
    step: int = 0
    speed: int = 60
    is_paused: bool = False
    hints_seen: bool = False


@dataclass(frozen=True, slots=True)
class Workspace:
    """An arrangement under a name, opened by Ctrl and its number."""

    number: int
    name: str
    state: bytes
    format: str = FORMAT
    layout: int = LAYOUT


Saved = TypeVar("Saved", SavedWindow, Workspace)


def encode(saved: SavedWindow | Workspace) -> bytes:
    """As JSON."""
    return msgspec.json.encode(saved)


def saved_window(text: bytes | None) -> SavedWindow:
    """What was saved; the defaults when it cannot be read."""
    found = _decoded(text, SavedWindow)
    if found is None:
        return SavedWindow()
    return found if found.layout == LAYOUT else replace(found, state=b"", form="", layout=LAYOUT)


def workspace(text: bytes | None) -> Workspace | None:
    """A workspace; None when it cannot be read or its docks were others."""
    found = _decoded(text, Workspace)
    return found if found is not None and found.layout == LAYOUT else None


def _decoded(text: bytes | None, kind: type[Saved]) -> Saved | None:
    try:
        found = msgspec.json.decode(text or b"", type=kind)
    except msgspec.MsgspecError:
        return None
    return found if found.format == FORMAT else None
