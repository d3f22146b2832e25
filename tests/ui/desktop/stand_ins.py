"""Stores in memory and the services a window is handed, for tests of the window."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from riskcore.errors import Refusal
from riskcore.holdings import Account
from riskcore.journal import Change, ImportedPositions
from riskcore.margin.registry import Library
from riskcore.market import MarketSnapshot
from riskcore.query import Sample
from tests.builders import NOON, account, market
from ui.desktop.ports import Services
from ui.desktop.still import Still

RESOURCES = Path(__file__).resolve().parents[3] / "resources"


class DiskFull(Refusal):
    """What a store says that cannot write."""


@dataclass
class MemoryAccounts:
    """Accounts in a dictionary; `broken` makes every write fail with this sentence."""

    kept: dict[str, Account] = field(default_factory=dict)
    paths: tuple[str, ...] = ()
    lines: list[Change] = field(default_factory=list)
    broken: str = ""

    def load(self) -> tuple[Account, ...]:
        return tuple(self.kept.values())

    def groups(self) -> tuple[str, ...]:
        return self.paths

    def save(self, account: Account, changes: Sequence[Change]) -> None:
        self._check()
        self.kept[account.key] = account
        self.lines += changes

    def delete(self, key: str, changes: Sequence[Change]) -> None:
        self._check()
        self.kept.pop(key, None)
        self.lines += changes

    def arrange(self, keys: Sequence[str], groups: Sequence[str]) -> None:
        self._check()
        self.kept = {key: self.kept[key] for key in keys}
        self.paths = tuple(groups)

    def audit(self, account: str, newest: int) -> tuple[Change, ...]:
        found = [line for line in reversed(self.lines) if line.account == account]
        return tuple(found[:newest])

    def _check(self) -> None:
        if self.broken:
            raise DiskFull(self.broken)


@dataclass
class MemoryHistory:
    """Samples in a dictionary."""

    kept: dict[tuple[str, datetime], Sample] = field(default_factory=dict)

    def append(self, samples: Sequence[Sample]) -> None:
        self.kept |= {(each.account, each.as_of): each for each in samples}

    def read(self, account: str, since: datetime) -> tuple[Sample, ...]:
        mine = [each for (key, at), each in self.kept.items() if key == account and at >= since]
        return tuple(sorted(mine, key=lambda each: each.as_of))


@dataclass
class MemoryWorkspaces:
    """States in a dictionary."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def save(self, name: str, state: bytes) -> None:
        self.kept[name] = state

    def load(self, name: str) -> bytes | None:
        return self.kept.get(name)

    def names(self) -> tuple[str, ...]:
        return tuple(self.kept)


def library() -> Library:
    """The project's own models and parameters."""
    folder = RESOURCES / "parameters"
    paths = sorted(folder.rglob("*.toml"))
    return Library({path.relative_to(folder).as_posix(): path.read_text() for path in paths})


def services(
    accounts: MemoryAccounts | None = None,
    demo: tuple[Account, ...] = (),
    feed_market: MarketSnapshot | None = None,
    **others: object,
) -> Services:
    """Everything in memory, over one quiet market."""

    def refuse(*_: object) -> ImportedPositions:
        raise Refusal("nothing can be opened here")

    made = Services(
        accounts=accounts or MemoryAccounts(),
        history=MemoryHistory(),
        workspaces=MemoryWorkspaces(),
        library=library(),
        demo_feed=Still("Noon", feed_market or noon()),
        demo_accounts=demo or (desk(),),
        open_feed=refuse,
        read_positions=refuse,
        read_book=refuse,
        write_book=refuse,
        resources=RESOURCES,
        database="memory",
    )
    return replace(made, **others)


def noon(as_of: datetime = NOON, index: Mapping[str, float] | None = None) -> MarketSnapshot:
    """A market of what the desk holds."""
    names = ("BTC-PERPETUAL", "ETH-PERPETUAL", "BTC-27FEB26-60000-P", "BTC-27FEB26-80000-C")
    prices = index or {"BTC": 70_000.0, "ETH": 2_000.0, "USDC": 1.0}
    return market(*names, as_of=as_of, index=prices)


def desk(name: str = "Desk") -> Account:
    """A small book with something to net."""
    return account(
        name,
        {"BTC-PERPETUAL": 100_000.0, "BTC-27FEB26-60000-P": 5.0, "BTC-27FEB26-80000-C": -5.0},
        {"BTC": 2.0},
    )
