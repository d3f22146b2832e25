"""How well the dates of the parameters that an account uses are known."""

from collections.abc import Iterable
from datetime import datetime

from riskcore.margin.label import OTHER_DATE, OVERRIDDEN
from riskcore.margin.parameters import Selection

Key = tuple[str, str]  # section and key


def doubts(selection: Selection, keys: Iterable[Key], at: datetime) -> tuple[str, ...]:
    """What a label must say of these values themselves."""
    spans = (selection.known[key] for key in keys if key in selection.known)
    found = [OTHER_DATE] if any(at not in span for span in spans) else []
    found += [OVERRIDDEN] if selection.calibration.overrides else []
    return tuple(found)
