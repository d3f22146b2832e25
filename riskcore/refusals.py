"""What msgspec refuses, in the words of a desk."""

import re
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

STEP = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<row>\d+)\]|(?P<any>\[\.\.\.\])")
_BOUNDS = {"<=": "at most", "<": "below", ">=": "at least", ">": "above"}
_KINDS = {
    "float": "a number",
    "int": "a whole number",
    "str": "a text",
    "bool": "true or false",
    "object": "an object {...}",
    "array": "a list [...]",
    "null": "null",
}


def plain(what: str, kind: Any = None) -> str:
    """What msgspec says of a value without its place, in words.

    kind  the type that the value should have, to name what it may be
    """
    if "matching regex" in what:
        return "a number is expected" if "[0-9]" in what else "a text other than blanks is expected"
    if invalid := re.fullmatch(r"Invalid enum value (.*)", what, re.DOTALL):
        allowed = ", ".join(choices(kind))
        return f"{invalid[1]} is not one of {allowed or 'the values this key may have'}"
    if sized := re.fullmatch(r"Expected `(str|array)` of length (<=|>=) (\d+)", what):
        one, many = ("character", "characters") if sized[1] == "str" else ("entry", "entries")
        bound = "at most" if sized[2] == "<=" else "at least"
        number = int(sized[3])
        unit = f"{one} is" if number == 1 else f"{many} are"
        return f"{bound} {number:,} {unit} accepted"
    if bounded := re.fullmatch(r"Expected `(?:float|int)` (<=|<|>=|>) (.*)", what):
        return f"it must be {_BOUNDS[bounded[1]]} {float(bounded[2]):g}"
    if what.startswith("Invalid RFC3339"):
        return "a date is expected, e.g. 2026-01-31"
    if kinds := re.fullmatch(r"Expected `(.*)`, got `(.*)`", what):
        wanted = " or ".join(_KINDS.get(each, each) for each in kinds[1].split(" | "))
        return f"{wanted} is expected, not {_KINDS.get(kinds[2], kinds[2])}"
    return what[:1].lower() + what[1:]


def placed(message: str) -> tuple[str, str]:
    """What msgspec says of a value, and where in it: "" or like `[0].key`."""
    what, _, path = message.rpartition(" - at `$")
    return (what, path.rstrip("`")) if what else (message, "")


def choices(kind: Any) -> tuple[str, ...]:
    """The texts that a type allows, wherever in it they stand; empty when it allows any."""
    if get_origin(kind) is Literal:
        return tuple(str(each) for each in get_args(kind))
    return tuple(text for each in get_args(kind) for text in choices(each))


def kind_at(path: str, kind: Any) -> Any:
    """The type of what stands at a path of a document; None where it is not told."""
    for step in STEP.finditer(path):
        if get_origin(kind) in (UnionType, Union):
            kind = next((each for each in get_args(kind) if each is not NoneType), None)
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        if step["name"] is not None:
            if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
                return None
            kind = get_type_hints(kind, include_extras=True).get(step["name"])
        else:
            kind = next((each for each in reversed(get_args(kind)) if each is not ...), None)
    return kind
