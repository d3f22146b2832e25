"""The command `models`: what there is to compute with, since when and after whom."""

from argparse import Namespace
from collections.abc import Iterable, Iterator
from itertools import groupby

from riskcore.errors import Refusal
from riskcore.margin.model import Calibration, Origin
from riskcore.naming import directory
from ui.cli.desk import Desk
from ui.cli.wrapping import INDENT, listed, wrapped
from ui.desktop.formats import date

NAME = 26  # characters of a model's name in the list


def run(asked: Namespace, desk: Desk) -> int:
    """List the models, or print one in full. Raises a Refusal for a name there is not."""
    at = asked.parameters_as_of or desk.now()
    if asked.model is not None:
        calibration = desk.library.bind(asked.model, at).calibration
        desk.say(f"{asked.model}  {desk.library.title(asked.model)}")
        if card := _card(desk, asked.model).strip("\n"):
            desk.say()
            desk.say(card)
        desk.say()
        desk.say(f"Parameters in force on {date(at)}")
        for line in _in_full(calibration):
            desk.say(line)
        return 0
    for number, (venue, names) in enumerate(groupby(desk.library.names(), _venue)):
        if number:
            desk.say()
        desk.say(directory.title(venue))
        sources: dict[str, None] = {}
        for name in names:
            calibration = desk.library.bind(name, at).calibration
            sources |= dict.fromkeys(calibration.sources)
            title = f"{desk.library.title(name)}, parameters of {date(calibration.dated)}"
            desk.say(f"{INDENT}{f'{name}  ':<{NAME}}{title}")
            if label := card_label(_card(desk, name)):
                for line in wrapped(f"label: {label}", 2 * INDENT, 3 * INDENT):
                    desk.say(line)
        for line in _titled("sources", sources):
            desk.say(line)
    return 0


def _in_full(calibration: Calibration) -> Iterator[str]:
    """The date, the sources, what is our own reading, and every value with its file."""
    yield f"{INDENT}parameters of {date(calibration.dated)}"
    yield from _titled("sources", calibration.sources)
    told = {each.note for each in calibration.sets}
    yield from _titled("notes", (note for note in calibration.notes if note not in told))
    yield from _titled("replaced by files of yours", calibration.overrides)
    yield "Where the values come from"
    by_file: dict[str, list[Origin]] = {}
    for origin in calibration.origins:
        by_file.setdefault(origin.file, []).append(origin)
    for file, origins in by_file.items():
        yield f"{INDENT}{file}"
        for section, found in groupby(origins, lambda each: each.section):
            text = f"{section}: {', '.join(each.said for each in found)}"
            yield from wrapped(text, 2 * INDENT, 3 * INDENT)


def _venue(model: str) -> str:
    return model.partition("/")[0]


def _titled(title: str, texts: Iterable[str]) -> Iterator[str]:
    lines = [line for text in texts for line in listed(text, 2 * INDENT)]
    if lines:
        yield f"{INDENT}{title}"
        yield from lines


def _card(desk: Desk, name: str) -> str:
    """The card, or nothing: a model is named even when its card is missing."""
    try:
        return desk.card(name)
    except Refusal:
        return ""


def card_label(card: str) -> str:
    """What a model's card says of how exact it is: the text behind "Label:" up to a blank line."""
    lines = card.splitlines()
    start = next((row for row, line in enumerate(lines) if _label_of(line)), None)
    if start is None:
        return ""
    end = next((row for row in range(start, len(lines)) if not lines[row].strip()), len(lines))
    text = " ".join(line.strip() for line in lines[start:end])
    return _label_of(text).replace("`", "")


def _label_of(line: str) -> str:
    plain = line.replace("*", "").strip()
    return plain.removeprefix("Label:").strip() if plain.startswith("Label:") else ""
