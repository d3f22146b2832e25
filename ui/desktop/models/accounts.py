"""Groups and their accounts as a tree of two levels."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, isfinite
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from riskcore.holdings import Account
from riskcore.query import Report
from ui.desktop import formats

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
NODE = Qt.ItemDataRole.UserRole
MIME = "application/x-counterpoise-account"


@dataclass(frozen=True, slots=True)
class Node:
    """What one row of the tree shows."""

    key: str  # of an account, or the path of a group
    name: str
    is_group: bool
    usage: float | None = None
    trigger: float = 0.0  # its figure over its level: 1 is reached
    usage_text: str = formats.ABSENT
    lines: tuple[str, ...] = ("",)  # the longest first; the first that fits is shown
    trouble: str = ""  # why there is no current report
    tip: str = ""
    equity: float | None = None  # display currency
    children: tuple["Node", ...] = ()


class AccountsModel(QAbstractItemModel):
    """Every group with its accounts, then the accounts in no group."""

    renamed = Signal(str, str, bool)  # key or path, new name, whether it is a group
    moved = Signal(str, str, str)  # account, group, account before which it goes (empty: the end)
    arranged = Signal()  # other rows than before

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.nodes: tuple[Node, ...] = ()

    def show(
        self,
        accounts: Sequence[Account],
        groups: Sequence[str],
        reports: Mapping[str, Report],
        refusals: Mapping[str, str],
        unit: str,
        title: Callable[[str], str],
    ) -> None:
        """Show these accounts with the figures of their newest reports."""
        single = {
            each.key: self._account(
                each, reports.get(each.key), refusals.get(each.key, ""), unit, title
            )
            for each in accounts
        }
        nodes = []
        for path in dict.fromkeys((*groups, *(each.group for each in accounts if each.group))):
            members = tuple(single[each.key] for each in accounts if each.group == path)
            nodes.append(self._group(path, members, unit))
        nodes += [single[each.key] for each in accounts if not each.group]
        if _keys(nodes) == _keys(self.nodes):
            self.nodes = tuple(nodes)
            self._announce()
            return
        self.beginResetModel()
        self.nodes = tuple(nodes)
        self.endResetModel()
        self.arranged.emit()

    def node(self, index: Index) -> Node | None:
        """What a row shows."""
        if not index.isValid():
            return None
        above = index.internalId()
        return (self.nodes[above - 1].children if above else self.nodes)[index.row()]

    def index_of(self, key: str, *, is_group: bool = False) -> QModelIndex:
        """The row of an account or a group."""
        for top, node in enumerate(self.nodes):
            if node.key == key and node.is_group is is_group:
                return self.createIndex(top, 0, 0)
            for row, child in enumerate(node.children):
                if child.key == key and not is_group:
                    return self.createIndex(row, 0, top + 1)
        return QModelIndex()

    # Qt's protocol.

    def index(self, row: int, column: int, parent: Index = NOWHERE) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index = NOWHERE) -> QModelIndex:  # type: ignore[override]
        above = index.internalId() if index.isValid() else 0
        return self.createIndex(above - 1, 0, 0) if above else QModelIndex()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        if not parent.isValid():
            return len(self.nodes)
        node = self.node(parent)
        return len(node.children) if node is not None and not parent.internalId() else 0

    def columnCount(self, _parent: Index = NOWHERE) -> int:
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        node = self.node(index)
        if node is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return node.name
            case Qt.ItemDataRole.ToolTipRole:
                return node.tip
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(
                    filter(None, (node.name, node.usage_text, node.lines[0], node.trouble))
                )
            case _ if role == NODE:
                return node
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        node = self.node(index)
        name = str(value).strip()
        if node is None or role != Qt.ItemDataRole.EditRole or not name:
            return False
        if name != node.name:
            self.renamed.emit(node.key, name, node.is_group)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsDropEnabled
        node = self.node(index)
        if node is None:
            return flags
        flags |= Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable
        return flags if node.is_group else flags | Qt.ItemFlag.ItemIsDragEnabled

    # Dragging.

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        mime = QMimeData()
        keys = [node.key for index in indexes if (node := self.node(index)) is not None]
        mime.setData(MIME, "\n".join(keys).encode())
        return mime

    def dropMimeData(
        self, data: QMimeData, _action: Qt.DropAction, row: int, _column: int, parent: Index
    ) -> bool:
        """Ask for the move. Nothing is taken out: the accounts change, and the tree follows."""
        if not data.hasFormat(MIME):
            return False
        key = bytes(data.data(MIME).data()).decode().partition("\n")[0]
        target = self.node(parent)
        before = ""
        if target is None:
            group = ""
            below = self.nodes[row:] if row >= 0 else ()
            before = next((each.key for each in below if not each.is_group), "")
        elif target.is_group:
            group = target.key
            before = target.children[row].key if 0 <= row < len(target.children) else ""
        else:  # onto an account: before it, in its group
            above = self.node(self.parent(parent))
            group, before = ("" if above is None else above.key), target.key
        if key != before:
            self.moved.emit(key, group, before)
        return False

    # What is shown.

    def _account(
        self,
        account: Account,
        report: Report | None,
        trouble: str,
        unit: str,
        title: Callable[[str], str],
    ) -> Node:
        model = title(account.model)
        state = "" if account.holdings.positions else self.tr("no positions")
        if report is None or not report.results:
            waiting = trouble or self.tr("waiting for a market")
            lines = tuple(dict.fromkeys((state or model, state)))
            return Node(
                account.key,
                account.name,
                False,
                lines=lines,
                trouble=trouble,
                tip=f"{account.name}\n{model}\n{waiting}",
            )
        result = report.results[0]
        nearest = result.nearest.requirement
        usage = nearest.initial_usage
        which = self.tr("initial usage")
        if usage is None:
            usage, which = nearest.maintenance_usage, self.tr("maintenance usage")
        amounts = [
            formats.in_unit(
                pool.requirement.equity.amount, pool.requirement.currency, unit, report.index
            )
            for pool in result.pools
        ]
        currencies = {currency for _, currency in amounts}
        equity = fsum(amount or 0.0 for amount, _ in amounts) if len(currencies) == 1 else None
        currency = next(iter(currencies))
        worth = " + ".join(f"{formats.money(amount, name)} {name}" for amount, name in amounts)
        if equity is not None:
            worth = f"{formats.money(equity, currency)} {currency}"
        short = worth if equity is None else f"{formats.short(equity)} {currency}"
        has_usage = nearest.equity.amount > 0 or nearest.headline.amount
        text = usage_text(usage) if has_usage else formats.ABSENT  # nothing over no equity
        tip = [account.name, model, f"{which} {text}", self.tr("equity {0}").format(worth)]
        pools: tuple[str, ...] = ()  # said where currencies are many and a sum there is none
        if len(result.pools) > 1:
            pools = (self.tr("{0} pools").format(len(result.pools)),)
            tip.append(self.tr("{0} pools; the usage is that of {1}, nearest its trigger").format(
                len(result.pools), nearest.pool))  # fmt: skip
        return Node(
            account.key,
            account.name,
            False,
            usage,
            nearest.trigger.nearness,
            text,
            (f"{worth} · {state or model}", f"{short} · {state or model}", worth, short, *pools),
            trouble,
            "\n".join((*tip, *filter(None, (state, trouble)))),
            equity,
        )

    def _group(self, path: str, members: tuple[Node, ...], unit: str) -> Node:
        used = [each for each in members if each.usage is not None]
        worst = max(used, key=lambda each: (each.trigger, each.usage or 0.0), default=None)
        known = [each.equity for each in members if each.equity is not None]
        lines = [self.tr("no accounts") if not members else ""]
        if known and len(known) == len(members) and unit != formats.POOL:
            lines = [self.tr("{0} {1} equity").format(formats.short(fsum(known)), unit)]
        if refused := sum(bool(each.trouble) for each in members):
            lines = [self.tr("▲ {0} of {1} not computed").format(refused, len(members))]
        tip = [path]
        if worst is not None:
            tip.append(self.tr("the usage is that of {0}").format(worst.name))
        return Node(
            path,
            path,
            True,
            worst.usage if worst else None,
            worst.trigger if worst else 0.0,
            worst.usage_text if worst else formats.ABSENT,
            tuple(lines),
            tip="\n".join(tip),
            children=members,
        )

    def _announce(self) -> None:
        if not self.nodes:
            return
        self.dataChanged.emit(self.index(0, 0), self.index(len(self.nodes) - 1, 0))
        for top, node in enumerate(self.nodes):
            if node.children:
                above = self.index(top, 0)
                last = self.index(len(node.children) - 1, 0, above)
                self.dataChanged.emit(self.index(0, 0, above), last)


def usage_text(usage: float | None) -> str:
    """A usage in whole per cent."""
    if usage is not None and not isfinite(usage):
        return formats.INFINITE
    return formats.percent(usage, 0)


def _keys(nodes: Sequence[Node]) -> list[tuple[object, ...]]:
    return [(node.is_group, node.key, *(child.key for child in node.children)) for node in nodes]
