"""What the window needs from outside. main.py hands it in; storage satisfies it unknowingly."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from riskcore.holdings import Account
from riskcore.journal import Change, ImportedPositions
from riskcore.margin.registry import Library
from riskcore.market import MarketSnapshot
from riskcore.query import Sample


class AccountStore(Protocol):
    """Where accounts live. Every call is one transaction."""

    def load(self) -> tuple[Account, ...]:
        """Every account, in the order the user gave them."""

    def groups(self) -> tuple[str, ...]:
        """Every group by its path, empty ones too."""

    def save(self, account: Account, changes: Sequence[Change]) -> None:
        """The account as it is now, and the audit lines of the edit."""

    def delete(self, key: str, changes: Sequence[Change]) -> None:
        """The account is gone; its audit lines stay."""

    def arrange(self, keys: Sequence[str], groups: Sequence[str]) -> None:
        """The order of the accounts and the groups there are."""

    def audit(self, account: str, newest: int) -> tuple[Change, ...]:
        """The newest audit lines of an account, newest first."""


class HistoryStore(Protocol):
    """Where margin history lives."""

    def append(self, samples: Sequence[Sample]) -> None:
        """Add points; one already stored for that account, model and instant is replaced."""

    def read(self, account: str, since: datetime) -> tuple[Sample, ...]:
        """The points of an account from an instant on, oldest first."""


class WorkspaceStore(Protocol):
    """Where window arrangements and settings live, by name."""

    def save(self, name: str, state: bytes) -> None:
        """Keep a state under a name, in place of what stood there."""

    def load(self, name: str) -> bytes | None:
        """The state under a name."""

    def names(self) -> tuple[str, ...]:
        """Every name."""


class Feed(Protocol):
    """A recorded or made market: one snapshot per step, played by the window at its own speed."""

    @property
    def name(self) -> str:
        """What it is called on the screen, e.g. "Replay 5 Feb 2026"."""

    @property
    def kind(self) -> str:
        """What it plays: "replay" or "snapshot"."""

    @property
    def synthetic(self) -> bool:
        """Whether its prices were made, not recorded; said wherever they are shown."""

    @property
    def instants(self) -> tuple[datetime, ...]:
        """When each step was, in order."""

    def snapshot(self, step: int) -> MarketSnapshot:
        """The market at a step. May read a file, so it is called on a worker thread."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the window is handed."""

    accounts: AccountStore
    history: HistoryStore
    workspaces: WorkspaceStore
    library: Library  # margin models and their dated parameters
    demo_feed: Feed
    demo_accounts: tuple[Account, ...]
    open_feed: Callable[[Path], Feed]  # raises Refusal
    read_positions: Callable[[str, str], ImportedPositions]  # pasted or CSV text, venue
    read_book: Callable[[Path], tuple[tuple[Account, ...], MarketSnapshot | None]]
    write_book: Callable[[Path, tuple[Account, ...], MarketSnapshot | None], None]
    resources: Path
    database: str  # how the status bar calls it
    recovered: str = ""  # what the start found and mended, a sentence
    version: str = ""  # of the program
    refused_parameters: tuple[str, ...] = ()  # the user's files that are left out, and why
