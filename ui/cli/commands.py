"""Which function does which command."""

from argparse import Namespace

from ui.cli import exchange, margin, models, replay
from ui.cli.desk import Desk

COMMANDS = {
    "margin": margin.run,
    "models": models.run,
    "import": exchange.bring,
    "export": exchange.hand_out,
    "replay": replay.run,
}


def run(asked: Namespace, desk: Desk) -> int:
    """Do a command; its exit status. Raises a Refusal for a mistake of the user."""
    return COMMANDS[asked.command](asked, desk)
