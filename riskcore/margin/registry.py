"""Finds every margin model and binds one to the parameters that hold at an instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from riskcore.margin.model import MarginModel


@dataclass(frozen=True, slots=True)
class Library:
    """The parameter files there are: path under resources/parameters -> TOML text."""

    documents: Mapping[str, str]

    def names(self) -> tuple[str, ...]:
        """Every model, by name."""
        raise NotImplementedError

    def title(self, name: str) -> str:
        """How a desk calls a model."""
        raise NotImplementedError

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
        raise NotImplementedError
