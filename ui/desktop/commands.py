"""One undo step: everything as it was before an edit, and as it is after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtGui import QUndoCommand

from riskcore.holdings import Account


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every account in the user's order, and every group by its path."""

    accounts: tuple[Account, ...] = ()
    groups: tuple[str, ...] = ()

    def account(self, key: str) -> Account | None:
        """The account with this key."""
        return next((each for each in self.accounts if each.key == key), None)

    def with_account(self, account: Account) -> "Shelf":
        """The account in place of the one with its key, or at the end; its group exists."""
        known = self.account(account.key) is not None
        kept = tuple(account if each.key == account.key else each for each in self.accounts)
        groups = self.groups
        if account.group and account.group not in groups:
            groups = (*groups, account.group)
        return replace(self, accounts=kept if known else (*kept, account), groups=groups)

    def with_copy(self, key: str, copy: Account) -> "Shelf":
        """With a copy below the account with this key."""
        rows: list[Account] = []
        for each in self.accounts:
            rows += [each, copy] if each.key == key else [each]
        return replace(self, accounts=tuple(rows))

    def arranged(self, keys: Sequence[str]) -> "Shelf":
        """The accounts in this order; those not named come last."""
        place = {key: row for row, key in enumerate(keys)}
        rows = sorted(self.accounts, key=lambda each: place.get(each.key, len(place)))
        return replace(self, accounts=tuple(rows))

    def regrouped(self, path: str, new: str) -> "Shelf":
        """One group and those in it under another path; an empty one moves them to the top."""

        def moved(group: str) -> str:
            if group != path and not group.startswith(f"{path}/"):
                return group
            return (new + group[len(path) :]).strip("/")

        groups = dict.fromkeys(moved(each) for each in self.groups)
        groups.pop("", None)
        rows = tuple(replace(each, group=moved(each.group)) for each in self.accounts)
        return Shelf(rows, tuple(groups))

    def without(self, key: str) -> "Shelf":
        """Without the account with this key."""
        return replace(self, accounts=tuple(each for each in self.accounts if each.key != key))


class Step(QUndoCommand):
    """From one shelf to another. Steps with the same merge key become one."""

    def __init__(
        self,
        before: Shelf,
        after: Shelf,
        text: str,
        source: str,
        merge: str,
        put: Callable[[Shelf, str], None],
    ) -> None:
        super().__init__(text)
        self._before, self._after, self._source, self._merge = before, after, source, merge
        self._put = put
        self._done = False

    def id(self) -> int:
        """Qt offers two steps for merging only when this number is the same."""
        return 1 if self._merge else -1

    def redo(self) -> None:
        """Put the later shelf in place; the first time it is the edit itself."""
        self._put(self._after, "redo" if self._done else self._source)
        self._done = True

    def undo(self) -> None:
        """Put the earlier shelf in place."""
        self._put(self._before, "undo")

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take the newer step's end as this one's."""
        if not isinstance(other, Step) or other._merge != self._merge:
            return False
        self._after = other._after
        self.setObsolete(self._after == self._before)
        return True
