"""The program that test_sigkill.py kills: it edits an account without a pause.

For every line of standard input, the path of a database, a child is made that opens it as the
window does and streams edits into it; what it has kept it says on standard output. Children are
forked from a process that has imported everything, so a kill may fall on any moment of a start.
"""

import os
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import storage.database.upgrade  # noqa: F401, imported before the fork
from riskcore.journal import changes
from riskcore.query import Sample
from storage.database.accounts import Accounts
from storage.database.engine import open_database
from storage.database.history import History
from tests.builders import NOON, account

STRIKES = range(20_000, 30_000, 250)


def say(line: str) -> None:
    """One line, whole even when several processes write."""
    os.write(1, f"{line}\n".encode())


def edit(path: Path) -> None:
    """Number every edit, write the number into every position, and say which edits are kept."""
    database = open_database(path)
    say(f"opened {database.recovered}")
    store, history = Accounts(database.sessions), History(database.sessions)
    (before,) = store.load() or (account("Desk"),)
    number = int(before.holdings.balances["BTC"].amount) if before.holdings.balances else 0
    while True:
        number += 1
        held = {f"BTC-27MAR26-{strike}-P": float(number) for strike in STRIKES}
        after = replace(
            account("Desk", held, {"BTC": float(number)}),
            excluded=frozenset({("deribit", str(number), "net", "cross")}),
        )
        at = NOON + timedelta(seconds=number)
        store.save(after, changes(before, after, at, "key"))
        history.append([Sample("desk", at, "m", 1.0, None, 1.0, 1.0, number, "")])
        say(f"kept {number}")
        before = after


def main() -> None:
    """One child for every line, until there are no more lines."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            edit(Path(line.strip()))
        say(f"started {child}")
        os.waitpid(child, 0)
        say("ended")


if __name__ == "__main__":
    main()
