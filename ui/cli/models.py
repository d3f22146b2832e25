"""The command `models`: what there is to compute with, since when and after whom."""

from argparse import Namespace
from textwrap import wrap

from riskcore.errors import Refusal
from riskcore.margin.model import MarginModel
from ui.cli.desk import Desk, printable
from ui.desktop.formats import date

WIDTH = 100


def run(asked: Namespace, desk: Desk) -> int:
    """List the models, or print one in full. Raises a Refusal for a name there is not."""
    at = asked.parameters_as_of or desk.now()
    if asked.model is not None:
        model = desk.library.bind(asked.model, at)
        desk.say(f"{asked.model}  {desk.library.title(asked.model)}")
        if card := _card(desk, asked.model).strip("\n"):
            desk.say()
            desk.say(card)
        desk.say()
        desk.say(f"Parameters in force on {date(at)}")
        _say_calibration(desk, model)
        for note in model.calibration.notes:
            _say_wrapped(desk, f"- {note}")
        if model.calibration.overrides:
            desk.say("Replaced by files of yours")
        for key in model.calibration.overrides:
            _say_wrapped(desk, f"- {key}")
        desk.say("Where the values come from")
        for origin in model.calibration.origins:
            _say_wrapped(desk, f"- {origin}")
        return 0
    for row, name in enumerate(desk.library.names()):
        if row:
            desk.say()
        model = desk.library.bind(name, at)
        desk.say(f"{name}  {desk.library.title(name)}")
        if label := card_label(_card(desk, name)):
            _say_wrapped(desk, f"label: {label}")
        _say_calibration(desk, model)
    return 0


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


def _say_calibration(desk: Desk, model: MarginModel) -> None:
    calibration = model.calibration
    desk.say(f"  parameters of {date(calibration.dated)}")
    for source in calibration.sources:
        _say_wrapped(desk, f"source: {source}")


def _say_wrapped(desk: Desk, text: str) -> None:
    lines = wrap(
        printable(text),
        WIDTH,
        initial_indent="  ",
        subsequent_indent="    ",
        break_on_hyphens=False,
    )
    for line in lines:
        desk.say(line)
