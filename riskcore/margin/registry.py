"""Finds every margin model and binds one to the parameters that hold at an instant."""

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from riskcore.errors import ParameterError
from riskcore.margin import venues
from riskcore.margin.model import MarginModel
from riskcore.margin.parameters import ParameterSet, parameter_set, select


@cache
def models() -> Mapping[str, Any]:
    """Model classes by name: of every module in venues/, and of `models` in every package there."""
    found = pkgutil.iter_modules(venues.__path__, f"{venues.__name__}.")
    names = [f"{each.name}.models" if each.ispkg else each.name for each in found]
    return MappingProxyType(
        {model.name: model for name in sorted(names) for model in import_module(name).MODELS}
    )


@dataclass(frozen=True, slots=True)
class Library:
    """The parameter files there are: path under resources/parameters -> TOML text."""

    documents: Mapping[str, str]
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
        model, sets = _model(name), self._sets()
        # Between two dates of files the same values hold, and a live market asks at every tick.
        era = name, max((each.dated for each in sets if each.dated <= at), default=None)
        if not overrides and era in self._bound:
            return self._bound[era]
        selection = select(sets, model.families, model.schema, at, overrides or {})
        bound: MarginModel = model.bound(selection)
        if not overrides:
            self._bound[era] = bound
        return bound

    def _sets(self) -> tuple[ParameterSet, ...]:
        return tuple(_read(path, text) for path, text in sorted(self.documents.items()))


@lru_cache(maxsize=256)
def _read(path: str, text: str) -> ParameterSet:
    return parameter_set(path, text)


def _model(name: str) -> Any:
    found = models()
    if name not in found:
        raise ParameterError(
            f"no margin model is named {name!r}; there are {', '.join(sorted(found))}"
        )
    return found[name]
