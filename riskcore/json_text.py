"""JSON text -> a typed document, refusing with the path of the key."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any, TypeVar

import msgspec

from riskcore.errors import BookError
from riskcore.refusals import STEP, kind_at, plain

Document = TypeVar("Document")

_PLACE = re.compile(r"(?P<what>.*?)(?: - at (?P<key>`key` in )?`(?P<path>\$.*)`)?", re.DOTALL)
_HALF = re.compile(r"\\u[dD][89a-fA-F]")  # half of a character, perhaps without its other half
_LINE = 200  # characters of an object that stays on one line


def decode(
    text: str | bytes, kind: type[Document], form: str, limit: int, values: Mapping[str, Any]
) -> Document:
    """The document a text holds.

    form    what its key "format" must say
    limit   bytes it may have
    values  key of a free mapping -> type of its values, to name the one that is wrong

    Raises BookError.
    """
    if len(text) > limit:
        raise BookError(
            f"the file has {len(text):,} bytes; at most {limit:,} are read, so split it in two"
        )
    raw = _parsed(text)
    if isinstance(raw, dict) and (said := raw.get("format")) != form:
        was = "is missing" if said is None else f"says {said!r:.80}"
        raise BookError(f'format: this key {was}; "{form}" is what can be read here')
    try:
        return msgspec.convert(raw, kind, strict=True)
    except msgspec.ValidationError as error:
        raise BookError(_sentence(str(error), raw, kind, values)) from None
    except OverflowError:
        raise BookError("a number in the file is larger than any that can be computed") from None


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which numbers a key may have."""

    low: float = -inf
    high: float = inf
    open_low: bool = False  # whether `low` itself is refused

    def __str__(self) -> str:
        low = f"{'above' if self.open_low else 'at least'} {self.low:g}"
        if self.high < inf:
            return f"{low} and at most {self.high:g}"
        return "a finite number" if self.low == -inf else low


ANY = Bounds()
POSITIVE = Bounds(0.0, open_low=True)
NOT_NEGATIVE = Bounds(0.0)
FRACTION = Bounds(0.0, 1.0)


def number(value: float | str, place: str, bounds: Bounds = ANY) -> float:
    """A number, also when it is written as a text. Raises BookError."""
    found = float(value)
    too_low = found <= bounds.low if bounds.open_low else found < bounds.low
    if too_low or found > bounds.high or not isfinite(found):
        raise BookError(f"{place}: {value} cannot be; it must be {bounds}")
    return found


def laid_out(value: object, indent: int = 0) -> str:
    """A document as JSON text in which everything short enough stands on one line."""
    flat = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if not isinstance(value, dict | list) or not value or (indent and len(flat) <= _LINE):
        return flat
    margin = " " * (indent + 2)
    if isinstance(value, dict):
        rows = [
            f"{margin}{json.dumps(key, ensure_ascii=False)}: {laid_out(each, indent + 2)}"
            for key, each in value.items()
        ]
    else:
        rows = [margin + laid_out(each, indent + 2) for each in value]
    ends = "{}" if isinstance(value, dict) else "[]"
    return f"{ends[0]}\n" + ",\n".join(rows) + f"\n{' ' * indent}{ends[1]}"


def _parsed(text: str | bytes) -> object:
    try:
        read = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        found = json.loads(read, object_pairs_hook=_object, parse_constant=_refuse_constant)
        if _HALF.search(read):
            json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise BookError("a text in the file holds half a character (\\ud800 to \\udfff)") from None
    except UnicodeDecodeError as error:
        raise BookError(
            f"byte {error.start} of the file is not UTF-8 text; save it as UTF-8 JSON"
        ) from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BookError(f"{place}: the file is not valid JSON ({error.msg.lower()})") from None
    except RecursionError:
        raise BookError("the file nests objects or lists too deeply") from None
    except ValueError:  # a whole number of more digits than Python converts
        raise BookError("a number in the file has too many digits") from None
    return found


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for row, name in enumerate(names) if name in names[:row])
        raise BookError(f"the key {twice!r} stands twice in one object; keep one of them")
    return found


def _refuse_constant(word: str) -> object:
    raise BookError(f"{word} is not a number that can be used; leave the key out if it is unknown")


def _sentence(message: str, raw: object, kind: Any, values: Mapping[str, Any]) -> str:
    """A refusal of msgspec's as a sentence that begins with the path."""
    found = _PLACE.fullmatch(message)
    assert found is not None
    path = _named(found["path"] or "$", raw, values)
    what = found["what"]
    words = plain(what, kind_at(found["path"] or "$", kind))
    if found["key"]:
        return f"{path or 'the file'}: a key has {words}"
    if unknown := re.fullmatch(r"Object contains unknown field `(.*)`", what, re.DOTALL):
        return f"{_joined(path, unknown[1])}: this key is unknown; correct its name or remove it"
    if missing := re.fullmatch(r"Object missing required field `(.*)`", what):
        return f"{_joined(path, missing[1])}: this key is missing"
    return f"{path or 'the file'}: {words}"


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _named(path: str, raw: object, values: Mapping[str, Any]) -> str:
    """The path with the names of free keys in it, which msgspec leaves out."""
    kind: Any = None
    words = ""
    for step in STEP.finditer(path):
        if step["any"] is None:
            key: Any = step["name"] or int(step["row"])
            kind = values.get(step["name"], kind)
        else:
            key = next(_wrong(raw, kind), None)
            kind = getattr(kind, "__args__", (None, kind))[1] if kind is not None else None
        if key is None:
            return words
        raw = raw[key] if isinstance(raw, dict | list) else None
        words = f"{words}[{key}]" if isinstance(key, int) else _joined(words, str(key))
    return words


def _wrong(raw: object, kind: Any) -> Iterator[str]:
    """Keys of a mapping whose values are not of the kind, or hold one that is not."""
    assert isinstance(raw, dict)
    for key, value in raw.items():
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError:
            yield key
