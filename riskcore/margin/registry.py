"""Finds every margin model and binds one to the parameters that hold at an instant."""

import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from riskcore.errors import ParameterError, RiskcoreError
from riskcore.margin import venues
from riskcore.margin.model import MarginModel
from riskcore.margin.parameters import ParameterSet, parameter_set, refuse_unknown, select


@cache
def models() -> Mapping[str, Any]:
    """Model classes by name: of every module in venues/, and of `models` in every package there."""
    found = {name: model for venue in sorted(_modules()) for name, model in _of(venue).items()}
    return MappingProxyType(found)


@cache
def _modules() -> Mapping[str, str]:
    """The module that holds the models of each venue."""
    found = pkgutil.iter_modules(venues.__path__)
    return MappingProxyType(
        {
            each.name: f"{venues.__name__}.{each.name}{'.models' if each.ispkg else ''}"
            for each in found
        }
    )


def _of(venue: str) -> Mapping[str, Any]:
    """The models of one venue, without a look at any other."""
    return {model.name: model for model in import_module(_modules()[venue]).MODELS}


@dataclass(frozen=True, slots=True)
class Library:
    """The parameter files there are: path under resources/parameters -> TOML text.

    yours  the user's own, by the names they are called by: of two values of one date his counts
    """

    documents: Mapping[str, str]
    yours: Mapping[str, str] = field(default_factory=dict)
    _bound: dict[tuple[str, datetime | None], MarginModel] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def names(self) -> tuple[str, ...]:
        """Every model, by name."""
        return tuple(sorted(models()))

    def title(self, name: str) -> str:
        """How a desk calls a model."""
        title: str = _model(name).title
        return title

    def bind(
        self,
        name: str,
        at: datetime,
        overrides: Mapping[str, Mapping[str, object]] | None = None,
    ) -> MarginModel:
        """The model with the parameters in force at an instant.

        overrides  underlying -> key -> value, replacing single values
        Raises ParameterError for an unknown model, key or a value out of bounds.
        """
        model = _model(name)
        sets = self._sets(model.families)
        # Between two dates of files the same values hold, and a live market asks at every tick.
        era = name, max((each.dated for each in sets if each.dated <= at), default=None)
        if not overrides and era in self._bound:
            return self._bound[era]
        selection = select(sets, model.families, model.schema, at, overrides or {})
        bound: MarginModel = model.bound(selection)
        if not overrides:
            self._bound[era] = bound
        return bound

    def with_yours(self, documents: Mapping[str, str]) -> tuple["Library", tuple[str, ...]]:
        """The library with a user's own files, and why some of them are left out, a sentence each.

        A file is left out when it is no parameter file, when no model reads its family, when a key
        is unknown or a value out of bounds, or when a model cannot be bound with it any more.
        """
        taken: dict[str, str] = {}
        refused = []
        for path, text in sorted(documents.items()):
            grown = Library(self.documents, {**self.yours, **taken, path: text})
            try:
                _check(_read(path, text, is_yours=True), Library(self.documents, taken), grown)
            except RiskcoreError as error:
                said = str(error)
                refused.append(said if said.startswith(path) else f"{path}: {said}")
            else:
                taken[path] = text
        return Library(self.documents, {**self.yours, **taken}), tuple(refused)

    def _sets(self, families: Sequence[str]) -> tuple[ParameterSet, ...]:
        """The files that may hold these families: each venue has a folder of its own."""
        others = _modules().keys() - {family.partition("/")[0] for family in families}
        mine = {
            path: text
            for path, text in self.documents.items()
            if path.partition("/")[0] not in others
        }
        return (
            *(_read(path, text) for path, text in sorted(mine.items())),
            *(_read(path, text, is_yours=True) for path, text in sorted(self.yours.items())),
        )


@lru_cache(maxsize=512)
def _read(path: str, text: str, *, is_yours: bool = False) -> ParameterSet:
    return parameter_set(path, text, is_yours=is_yours)


def _check(one: ParameterSet, before: Library, after: Library) -> None:
    """Whether every model that reads a set can do so. Raises ParameterError."""
    readers = [each for each in models().values() if one.family in each.families]
    if not readers:
        families = sorted({name for each in models().values() for name in each.families})
        raise ParameterError(
            f"{one.path}: no model reads the family {one.family!r}; there are {', '.join(families)}"
        )
    for each in readers:
        refuse_unknown(one, each.schema)
        broken = _unbound(after, each.name, one.dated)
        if broken is not None and _unbound(before, each.name, one.dated) is None:
            raise broken


def _unbound(library: Library, name: str, at: datetime) -> RiskcoreError | None:
    """Why a model cannot be bound; None when it can."""
    try:
        library.bind(name, at)
    except RiskcoreError as error:
        return error
    return None


def _model(name: str) -> Any:
    venue = name.partition("/")[0]
    found = _of(venue) if venue in _modules() else {}
    if name not in found:
        raise ParameterError(
            f"no margin model is named {name!r}; there are {', '.join(sorted(models()))}"
        )
    return found[name]
