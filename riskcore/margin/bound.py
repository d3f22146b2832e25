"""The parameters of a model at an instant, as the structs of its schema."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from riskcore.errors import ParameterError, Unsupported
from riskcore.margin.label import OTHER_DATE, OVERRIDDEN
from riskcore.margin.parameters import Selection, Span, missing, row

Row = TypeVar("Row", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """What holds at an instant: the structs a selection fills, and how well its dates are known.

    venue  as a sentence names it
    """

    venue: str
    selection: Selection

    def whole(self, kind: type[Row], section: str) -> Row:
        """A section every account needs. Raises ParameterError naming the keys it lacks."""
        table = self.selection.tables.get(section, {})
        found = row(kind, table)
        if found is None:
            keys = ", ".join(missing(kind, table))
            raise ParameterError(f"no parameter file of {self.venue} gives {section}: {keys}")
        return found

    def rows(self, kind: type[Row]) -> Mapping[str, Row]:
        """The structs of every section in capitals that has all keys of one."""
        found = {
            name: row(kind, table)
            for name, table in self.selection.tables.items()
            if not name.islower()
        }
        return {name: each for name, each in found.items() if each is not None}

    def assumed(self, sections: Iterable[str]) -> tuple[str, ...]:
        """Which of these sections hold a value that is our own reading of an unpublished one."""
        known = self.selection.known
        return tuple(
            name
            for name in sections
            if any((name, key) not in known for key in self.selection.tables.get(name, {}))
        )

    def of_another_date(self, sections: Iterable[str], at: datetime) -> bool:
        """Whether a value of one of these sections is not known to hold at an instant."""
        names = set(sections)
        return any(at not in span for span in self._spans(names))

    def doubts(self, sections: Iterable[str], at: datetime) -> tuple[str, ...]:
        """What a label must say of the parameters themselves."""
        found = [OTHER_DATE] if self.of_another_date(sections, at) else []
        found += [OVERRIDDEN] if self.selection.calibration.overrides else []
        return tuple(found)

    def _spans(self, names: set[str]) -> Iterable[Span]:
        return (span for (section, _), span in self.selection.known.items() if section in names)


def unknown(venue: str, what: str, section: str, kind: type[msgspec.Struct]) -> Unsupported:
    """The refusal of a holding whose parameters are not known, and what would make it known."""
    keys: Any = ", ".join(missing(kind, {}))
    return Unsupported(
        f"{venue}'s {what} is not known; give [parameters.{section}] with {keys} in a parameter "
        "file of your own, or as overrides"
    )
