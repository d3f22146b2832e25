"""The words of the desk, from resources/glossary.toml: "Title: what it is, in one line"."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

Glossary = Mapping[str, str]


def load(resources: Path) -> Glossary:
    """Every term and its line."""
    found = tomllib.loads((resources / "glossary.toml").read_text(encoding="utf-8"))
    return {term: words for term, words in found.items() if isinstance(words, str)}


def title(term: str, glossary: Glossary) -> str:
    """A term in words: what stands before the colon of its line, if it has one."""
    words, colon, _ = glossary.get(term, "").partition(":")
    return words if colon else term.replace("_", " ").capitalize()
