"""The demo reviewed in the terminal, where no window can be shown."""

from math import ceil

from riskcore.query import Report
from ui.cli import replay
from ui.cli.desk import Desk
from ui.cli.margin_text import heading, result_lines
from ui.cli.questions import Questions

STEPS = 12  # of the recording that are shown


def run(desk: Desk) -> int:
    """Play the demo in a few steps, then its main account in full at the worst of them."""
    desk.say("Here is no display, so the demo book is reviewed in the terminal.")
    desk.say()
    feed, accounts = desk.open_demo()
    questions = Questions(desk.library, accounts)
    every = ceil(len(feed.instants) / STEPS)
    replay.play(desk, feed, questions, every=every)
    main = Questions(desk.library, accounts[:1])
    worst: Report | None = None
    for step in range(0, len(feed.instants), every):
        report = main.answers(feed.snapshot(step))[0]
        if worst is None or _usage(report) > _usage(worst):
            worst = report
    if worst is not None:
        desk.say()
        desk.say(f"At its highest usage: {heading(worst, accounts[0].name)}")
        desk.say()
        for line in result_lines(worst, worst.results[0], desk.glossary()):
            desk.say(line)
    return 0


def _usage(report: Report) -> float:
    return report.results[0].nearest.requirement.trigger.nearness
