"""The parameters of a model at an instant, as the structs of its schema."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from riskcore.errors import ParameterError, Unsupported
from riskcore.margin.label import OTHER_DATE, OVERRIDDEN
from riskcore.margin.parameters import Selection, missing, row

Row = TypeVar("Row", bound=msgspec.Struct)
Key = tuple[str, str]  # section and key


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """What holds at an instant: the structs a selection fills, and how well its dates are known.

    venue  as a sentence names it
    """

    venue: str
    selection: Selection

    def find(self, kind: type[Row], section: str) -> Row | None:
        """A section, None while it lacks a key."""
        return row(kind, self.selection.tables.get(section, {}))

    def whole(self, kind: type[Row], section: str) -> Row:
        """A section every account needs. Raises ParameterError naming the keys it lacks."""
        found = self.find(kind, section)
        if found is None:
            keys = ", ".join(missing(kind, self.selection.tables.get(section, {})))
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
        known = self.selection.known.items()
        return any(at not in span for (section, _), span in known if section in names)

    def doubts(self, sections: Iterable[str], at: datetime) -> tuple[str, ...]:
        """What a label must say of the parameters themselves."""
        return self._said(doubted=self.of_another_date(sections, at))

    def doubts_of(self, keys: Iterable[Key], at: datetime) -> tuple[str, ...]:
        """What a label must say where an account depends on these values alone."""
        return self._said(doubted=self.are_of_another_date(keys, at))

    def are_of_another_date(self, keys: Iterable[Key], at: datetime) -> bool:
        """Whether one of these values is not known to hold at an instant."""
        known = self.selection.known
        return any(at not in known[key] for key in keys if key in known)

    def _said(self, *, doubted: bool) -> tuple[str, ...]:
        found = [OTHER_DATE] if doubted else []
        found += [OVERRIDDEN] if self.selection.calibration.overrides else []
        return tuple(found)


def unknown(venue: str, what: str, section: str, kind: type[msgspec.Struct]) -> Unsupported:
    """The refusal of a holding whose parameters are not known, and what would make it known."""
    keys: Any = ", ".join(missing(kind, {}))
    return Unsupported(
        f"{venue}'s {what} is not known; give [parameters.{section}] with {keys} in a parameter "
        "file of your own, or as overrides"
    )
