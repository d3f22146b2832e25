"""How far a figure is the venue's own: `exact`, `exact except ...` or `approximate: ...`."""

from collections.abc import Iterable

OTHER_DATE = "parameters of another date"
OVERRIDDEN = "overridden parameters"


def label(doubts: Iterable[str], approximate: Iterable[str] = ()) -> str:
    """The label that names what of the rules is not proven.

    doubts       single rules that are inferred, or not checked against a published figure
    approximate  what makes the whole figure one of our own
    """
    wide, narrow = tuple(approximate), tuple(doubts)
    if wide:
        return f"approximate: {', '.join(dict.fromkeys([*wide, *narrow]))}"
    return f"exact except {', '.join(dict.fromkeys(narrow))}" if narrow else "exact"
