"""Dated parameter files: which value of which key holds at an instant, and what is said of it.

A file states `effective_from` when the venue published the day, `observed_on` when somebody read
the values on that day, or `chosen_on` when the values are our own reading of an unpublished rule.
Venues change values without notice: an observed one is known to hold on its day, an effective one
until `last_seen_on`, the last day on which somebody saw it in force.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from math import isfinite
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from riskcore.errors import ParameterError
from riskcore.margin.model import RULES, Calibration, Choice, Dated, Origin
from riskcore.refusals import kind_at, placed, plain

DATES = ("effective_from", "observed_on", "chosen_on")
LONGEST_SHOWN = 20  # values of a list that an override shows one by one
ANY = "*"  # the section of a schema that stands for every underlying

Schema = Mapping[str, tuple[type[msgspec.Struct], ...]]
Tables = Mapping[str, Mapping[str, Any]]
Overrides = Mapping[str, Mapping[str, object]]
Row = TypeVar("Row", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """One parameter file: the values of one family of rules on one day, by section and key."""

    path: str
    family: str
    dated: datetime
    kind: str  # one of DATES
    source: str
    tables: Tables
    last_seen: datetime | None = None  # of an effective set
    is_yours: bool = False  # of a file of the user's

    @property
    def known(self) -> "Span":
        """When its values are known to hold."""
        seen = self.dated if self.kind == "observed_on" else self.last_seen
        first = self.dated
        if self.kind == "observed_on":
            first = first.replace(hour=0, minute=0, second=0, microsecond=0)
        return Span(first, None if seen is None else _next_day(seen))

    @property
    def day(self) -> str:
        """Its date as a desk writes it."""
        return f"{self.dated.day} {self.dated:%b %Y}"

    @property
    def told(self) -> str:
        """Its family, date and source, as a line."""
        yours = f", your {self.path}" if self.is_yours else ""
        return f"{self.family}, {self.day}{yours}: {self.source}"


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant on, until another or without end."""

    first: datetime
    end: datetime | None

    def __contains__(self, at: datetime) -> bool:
        return self.first <= at and (self.end is None or at < self.end)


@dataclass(frozen=True, slots=True)
class Selection:
    """The values that hold at an instant, and what is said of them.

    known  when the value of each (section, key) is known to hold; choices and overrides have none
    """

    tables: Tables
    calibration: Calibration
    known: Mapping[tuple[str, str], Span]


def parameter_set(path: str, text: str, *, is_yours: bool = False) -> ParameterSet:
    """The set that a file holds. Raises ParameterError, naming the file."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(f"{path} is not TOML: {error}") from None
    known = {"family", "source", "parameters", "last_seen_on", *DATES}
    unknown = sorted(set(document) - known)
    if unknown:
        raise ParameterError(f"{path}: {unknown[0]!r} is not known; a file has {_list(known)}")
    kinds = [kind for kind in DATES if kind in document]
    if len(kinds) != 1:
        raise ParameterError(f"{path}: give exactly one of {_list(DATES)}")
    for key in ("family", "source"):
        if not isinstance(document.get(key), str):
            raise ParameterError(f"{path}: {key} must be a text")
    tables = document.get("parameters")
    if not (
        isinstance(tables, dict) and tables and all(isinstance(e, dict) for e in tables.values())
    ):
        raise ParameterError(f"{path}: [parameters.SECTION] tables are missing")
    dated = _instant(path, kinds[0], document[kinds[0]])
    last_seen = None
    if "last_seen_on" in document:
        last_seen = _instant(path, "last_seen_on", document["last_seen_on"])
        if kinds[0] != "effective_from" or last_seen < dated:
            raise ParameterError(f"{path}: last_seen_on must follow effective_from")
    family, source = document["family"], document["source"]
    return ParameterSet(path, family, dated, kinds[0], source, tables, last_seen, is_yours)


def refuse_unknown(one: ParameterSet, schema: Schema) -> None:
    """Raises ParameterError for an unknown section or key of a set, or a value out of bounds."""
    for section, table in one.tables.items():
        for key, value in table.items():
            _checked(one.path, schema, section, key, value)


def select(
    sets: Iterable[ParameterSet],
    families: Sequence[str],
    schema: Schema,
    at: datetime,
    overrides: Overrides,
) -> Selection:
    """The values that hold at an instant, by section and key, and what is said of them.

    families  those that count; the calibration bears the date of the first
    Of each key the latest value not after the instant is taken, else the earliest later one; of
    two of one date the later in `sets`, which is how a user's own replaces one.
    Raises ParameterError for an unknown section or key, or a value out of bounds.
    """
    found: dict[tuple[str, str], list[tuple[ParameterSet, Any]]] = {}
    newest: dict[tuple[str, str], ParameterSet] = {}  # of each family and section, not after `at`
    counted = [each for each in sets if each.family in families]
    shared = {each for one in counted if not one.is_yours for each in one.tables if each.islower()}
    shared |= {each for each in schema if each != ANY}
    for each in sorted(counted, key=lambda one: one.dated):
        for section, table in each.tables.items():
            if each.is_yours:
                _refuse_section(each.path, section, shared)
            if each.dated <= at:
                newest[each.family, section] = each
            for key, value in table.items():
                checked = _checked(each.path, schema, section, key, value)
                found.setdefault((section, key), []).append((each, checked))
    tables: dict[str, dict[str, Any]] = {}
    used: list[tuple[str, str, ParameterSet]] = []
    replaced = []
    known: dict[tuple[str, str], Span] = {}
    for (section, key), candidates in found.items():
        earlier = [one for one in candidates if one[0].dated <= at]
        chosen, value = earlier[-1] if earlier else candidates[0]
        tables.setdefault(section, {})[key] = value
        if key in overrides.get(section, {}):
            continue
        used.append((section, key, chosen))
        if chosen.is_yours and any(
            each.dated == chosen.dated and not each.is_yours for each, _ in candidates
        ):
            replaced.append(f"{section}.{key} = {_brief(value)} by {chosen.path}")
        if chosen.kind != "chosen_on":
            known[section, key] = _until(chosen.known, [each.dated for each, _ in candidates])
    for section, table in overrides.items():
        _refuse_section("override", section, shared)
        for key, raw in table.items():
            tables.setdefault(section, {})[key] = _checked("override", schema, section, key, raw)
            replaced.append(f"{section}.{key} = {_brief(raw)}")
    return Selection(
        tables,
        _calibration(used, newest, at, families[0], tuple(sorted(replaced)), tables, schema),
        known,
    )


def row(kind: type[Row], table: Mapping[str, Any]) -> Row | None:
    """The struct that a table fills, or None while one of its keys is missing."""
    if missing(kind, table):
        return None
    return kind(**{name: table[name] for name in kind.__struct_fields__ if name in table})


def missing(kind: type[msgspec.Struct], table: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys without a default that a table lacks."""
    fields = msgspec.structs.fields(kind)
    return tuple(each.name for each in fields if each.required and each.name not in table)


def described(kind: type[msgspec.Struct]) -> dict[str, str]:
    """What the type says of each key: the `description` of its Meta."""
    texts = {}
    for name, annotation in get_type_hints(kind, include_extras=True).items():
        if get_origin(annotation) is Annotated:
            metas = [each for each in get_args(annotation) if isinstance(each, msgspec.Meta)]
            texts[name] = next((each.description for each in metas if each.description), "")
    return texts


def _calibration(
    used: list[tuple[str, str, ParameterSet]],
    newest: Mapping[tuple[str, str], ParameterSet],
    at: datetime,
    family: str,
    overrides: tuple[str, ...],
    tables: Tables,
    schema: Schema,
) -> Calibration:
    dated = [each for each in used if each[2].kind != "chosen_on"]
    mine = [each for _, _, each in dated if each.family == family]
    choices = []
    for section, key, chosen in used:
        if chosen.kind == "chosen_on":
            said = f"{key} = {_brief(tables[section][key])}"
            text = _description(schema, section, key)
            note = f"{said}: {text}" if text else f"{said} is assumed"
            note = note if section == RULES else f"{section}.{note}"
            choices.append(Choice(section, said, note, chosen.told))
    notes = _before_every(mine, at, family) + [each.note for each in choices]
    sets = []
    order = sorted(dated, key=lambda each: (each[0], each[2].dated, each[2].path))
    for (section, _path), group in groupby(order, key=lambda each: (each[0], each[2].path)):
        members = list(group)
        chosen = members[0][2]
        keys = ", ".join(sorted(key for _, key, _ in members))
        said = ""
        if chosen.dated > at:
            said = f"{section}: {keys} observed later, on {chosen.day}"
        elif newest[chosen.family, section].dated != chosen.dated:
            said = f"{section}: {keys} inherited from {chosen.day}"
        elif chosen.kind == "observed_on":
            said = f"{section}: {keys} observed on {chosen.day}"
        if chosen.is_yours:
            said = f"{said or f'{section}: {keys} of {chosen.day}'}, by your {chosen.path}"
        notes += [said] if said else []
        is_own = chosen.family == family
        sets.append(
            Dated(
                section,
                chosen.dated,
                chosen.dated > at,
                is_own,
                said,
                chosen.told,
                chosen.known.end is None,
            )
        )
    files = {each.path: each for _, _, each in used}
    sources = sorted(files.values(), key=lambda each: (each.dated, each.path))
    return Calibration(
        max((each.dated for each in mine), default=None),
        tuple(each.told for each in sources),
        tuple(notes),
        overrides,
        tuple(sets),
        tuple(choices),
        _origins(used, tables),
    )


def _origins(used: Iterable[tuple[str, str, ParameterSet]], tables: Tables) -> tuple[Origin, ...]:
    """Where the value of each key comes from, by section and key."""
    return tuple(
        Origin(section, f"{key} = {_brief(tables[section][key])}", f"{chosen.path}, {chosen.day}")
        for section, key, chosen in sorted(used, key=lambda each: each[:2])
    )


def _before_every(sets: Sequence[ParameterSet], at: datetime, family: str) -> list[str]:
    """That an instant lies before every set, in words that hold for every such instant."""
    if not sets or any(each.known.first <= at for each in sets):
        return []
    first = min(sets, key=lambda each: each.dated).day
    said = f"the date asked for lies before every set of {family} parameters"
    return [f"{said}: the earliest is used, of {first}, and for what that lacks a later one"]


def _brief(value: object) -> str:
    """A value as a parameter file may have it; of a long list or of tables the number of rows."""
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.asdict(value)
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {_brief(each)}' for key, each in value.items())}}}"
    if isinstance(value, list | tuple):
        if any(not isinstance(each, str | int | float) for each in value):
            return f"{len(value)} row{'' if len(value) == 1 else 's'}"
        few = len(value) <= LONGEST_SHOWN
        return f"[{', '.join(map(_brief, value))}]" if few else f"{len(value)} values"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:_.0f}" if float(value).is_integer() else f"{value:.6g}"
    return f"{value}"


def _fields(schema: Schema, section: str) -> dict[str, Any]:
    kinds = schema.get(section, schema.get(ANY, ()))
    return {
        name: annotation
        for kind in kinds
        for name, annotation in get_type_hints(kind, include_extras=True).items()
    }


def _description(schema: Schema, section: str, key: str) -> str:
    kinds = schema.get(section, schema.get(ANY, ()))
    return next((text for kind in kinds if (text := described(kind).get(key))), "")


def _refuse_section(path: str, section: str, shared: Collection[str]) -> None:
    """A section in lower case is no coin's. Raises ParameterError when it is none of the rules'."""
    if section.islower() and section not in shared:
        raise ParameterError(
            f"{path}: {section} is not a known section; known are "
            f"{', '.join([*sorted(shared), 'the names of coins and contracts'])}"
        )


def _checked(path: str, schema: Schema, section: str, key: str, value: object) -> Any:
    fields = _fields(schema, section)
    if key not in fields:
        raise ParameterError(
            f"{path}: {section}.{key} is not a known parameter; known are {_list(fields)}"
        )
    if isinstance(value, float) and not isfinite(value):
        raise ParameterError(f"{path}: {section}.{key} is {value}; it must be a finite number")
    try:
        return msgspec.convert(value, fields[key])
    except msgspec.ValidationError as error:
        what, where = placed(str(error))
        place = f"{path}: {section}.{key}{where}"
        kind = kind_at(where, fields[key])
        raise ParameterError(_refusal(place, what, _at(value, where), kind)) from None


def _refusal(place: str, what: str, value: object, kind: Any) -> str:
    """Why a value is refused, a sentence that names the place and what would be accepted."""
    if unknown := re.fullmatch(r"Object contains unknown field `(.*)`", what, re.DOTALL):
        known = f"; known are {_list(_keys(kind))}" if _keys(kind) else ""
        return f"{place}.{unknown[1]} is not a known key{known}"
    if missing := re.fullmatch(r"Object missing required field `(.*)`", what):
        return f"{place}.{missing[1]} is missing"
    if what.startswith("Invalid enum value"):
        return f"{place}: {plain(what, kind)}"
    return f"{place} is {_brief(value) or 'empty'}: {plain(what, kind)}"


def _at(value: object, where: str) -> object:
    """What stands at a place inside a value, e.g. `[0].points_up`."""
    for step in re.findall(r"[^.\[\]]+", where):
        if isinstance(value, list | tuple) and step.isdigit():
            value = value[int(step)]
        elif isinstance(value, dict):
            value = value.get(step)
    return value


def _keys(kind: Any) -> tuple[str, ...]:
    """The keys of the table that a type holds, wherever in it; none when it holds none."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind.__struct_fields__
    return next((keys for each in get_args(kind) if (keys := _keys(each))), ())


def _until(span: Span, dates: Iterable[datetime]) -> Span:
    """The span, ended by the first later set that states the same key."""
    ends = [each for each in dates if each > span.first]
    ends += [] if span.end is None else [span.end]
    return Span(span.first, min(ends, default=None))


def _next_day(instant: datetime) -> datetime:
    return instant.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _instant(path: str, key: str, value: object) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    raise ParameterError(f"{path}: {key} must be a date, or an instant that ends in Z")


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
