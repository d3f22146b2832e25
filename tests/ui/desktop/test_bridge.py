"""ui/desktop/bridge.py."""

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from riskcore.errors import Refusal
from ui.desktop.bridge import Calculator, Clerk


@pytest.fixture
def calculator(qtbot: QtBot) -> Iterator[Calculator]:
    made = Calculator("test")
    yield made
    made.close()


def refuse() -> None:
    raise Refusal("write a number")


def test_a_job_runs_on_another_thread_and_is_answered_on_this_one(
    qtbot: QtBot, calculator: Calculator
) -> None:
    seen = []
    calculator.answered.connect(lambda answer: seen.append((answer, threading.get_ident())))
    with qtbot.waitSignal(calculator.answered):
        calculator.ask(threading.get_ident)
    worker, here = seen[0]
    assert worker != here == threading.get_ident()


def test_only_the_newest_answer_is_given(qtbot: QtBot, calculator: Calculator) -> None:
    gate, answers = threading.Event(), []
    calculator.answered.connect(answers.append)
    calculator.ask(gate.wait, 5)
    for number in range(100):
        calculator.ask(int, number)
    gate.set()
    qtbot.waitUntil(lambda: not calculator.is_busy)
    assert answers == [99]


def test_a_refusal_becomes_a_sentence(qtbot: QtBot, calculator: Calculator) -> None:
    with qtbot.waitSignal(calculator.failed) as caught:
        calculator.ask(refuse)
    assert caught.args == ["write a number"]


def test_a_bug_is_raised_on_this_thread(qtbot: QtBot, calculator: Calculator) -> None:
    with qtbot.captureExceptions() as raised:
        calculator.ask(divmod, 1, 0)
        qtbot.waitUntil(lambda: not calculator.is_busy)
    assert raised[0][0] is ZeroDivisionError


def test_a_clerk_does_everything_in_order_and_closing_waits_for_it(qtbot: QtBot) -> None:
    clerk, written, answers = Clerk("test"), [], []
    clerk.answered.connect(answers.append)
    for number in range(200):
        clerk.ask(written.append, number)
    clerk.close()
    assert written == list(range(200))
    assert len(answers) == 200
    clerk.ask(written.append, "late")
    assert written[-1] == 199
