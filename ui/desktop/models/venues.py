"""The account under every model, a line each, in the order of what they require."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from riskcore.analysis.comparison import Comparison, Standing
from ui.desktop import formats

Index = QModelIndex | QPersistentModelIndex
LINE = Qt.ItemDataRole.UserRole
REASONS = 2  # why something could not be mapped, below the line; the tooltip has all
TOLD = 12  # mapped positions a tooltip names; the report file has all


@dataclass(frozen=True, slots=True)
class VenueLine:
    """One model as it is drawn.

    trigger   how near the venue is to acting, 1 is reached
    share     of the largest requirement, the length of the bar; None for a refusal
    remark    what could not be mapped, or why the model refuses the account
    """

    model: str
    title: str
    amount: str = formats.ABSENT
    label: str = ""
    usage: str = ""
    used: float | None = None
    trigger: float = 0.0
    share: float | None = None
    remark: str = ""
    is_own: bool = False
    refuses: bool = False
    standing: Standing | None = field(default=None, compare=False, repr=False)  # for the tooltip


class VenuesModel(QAbstractListModel):
    """Keeps what is selected selected while the order changes."""

    def __init__(self, maker: "VenueLines", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._maker = maker
        self.lines: tuple[VenueLine, ...] = ()

    def show(self, lines: tuple[VenueLine, ...]) -> None:
        """Show these lines."""
        old, new = [each.model for each in self.lines], [each.model for each in lines]
        if old == new:
            is_changed, self.lines = lines != self.lines, lines
            if is_changed:
                self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))
        elif sorted(old) == sorted(new):
            self.layoutAboutToBeChanged.emit()
            before = self.persistentIndexList()
            after = [self.index(new.index(old[each.row()])) for each in before]
            self.lines = lines
            self.changePersistentIndexList(before, after)
            self.layoutChanged.emit()
        else:
            self.beginResetModel()
            self.lines = lines
            self.endResetModel()

    def row_of(self, model: str) -> int:
        """Where a model stands; -1 for nowhere."""
        found = (row for row, each in enumerate(self.lines) if each.model == model)
        return next(found, -1)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == LINE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return line.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._maker.tip(line)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            said = (line.title, line.amount, line.usage, line.label, line.remark)
            return ", ".join(each for each in said if each and each != formats.ABSENT)
        return None

    def text(self) -> str:
        """The table, to be pasted into a spreadsheet."""
        rows = [("model", "required", "usage", "label", "remark")]
        rows += [(each.title, each.amount, each.usage, each.label, each.remark)
                 for each in self.lines]  # fmt: skip
        return "\n".join("\t".join(row) for row in rows)


class VenueLines(QObject):
    """Makes the lines of a comparison, in the user's language."""

    def of(
        self, found: Comparison, own: str, unit: str, index: Mapping[str, float]
    ) -> tuple[VenueLine, ...]:
        """One line for each model.

        own   the account's model
        unit  the display currency; a sum of pools has no currency of its own and is in USD
        """
        largest = found.largest
        return tuple(
            self._line(each, each.model == own, largest, unit, index) for each in found.standings
        )

    def _line(
        self, of: Standing, is_own: bool, largest: float, unit: str, index: Mapping[str, float]
    ) -> VenueLine:
        if of.required is None:
            return VenueLine(
                of.model, of.title, remark=of.refusal, is_own=is_own, refuses=True, standing=of
            )
        amount, currency = formats.in_unit(
            of.required, "USD", "USD" if unit == formats.POOL else unit, index
        )
        usage = formats.percent(of.usage, 0) if of.usage is None or isfinite(of.usage) else "∞ %"
        return VenueLine(
            model=of.model,
            title=of.title,
            amount=formats.money(amount, currency),
            label=self._label(of),
            usage=usage,
            used=of.usage,
            trigger=of.nearness,
            share=of.required / largest if largest else 0.0,
            remark=self._remark(of),
            is_own=is_own,
            standing=of,
        )

    def _label(self, of: Standing) -> str:
        """How exact it is, in a word; a star says that the tooltip has the rest."""
        if of.label == "exact":
            return self.tr("exact")
        return self.tr("exact*") if of.label.startswith("exact") else self.tr("approx.*")

    def _remark(self, of: Standing) -> str:
        if not of.unmapped:
            return ""
        reasons = dict.fromkeys(each.partition(": ")[2] for each in of.unmapped)
        count = len(of.unmapped)
        words = self.tr("without {0} line") if count == 1 else self.tr("without {0} lines")
        told = list(reasons)[:REASONS]
        if more := len(reasons) - len(told):
            told.append(self.tr("and {0} more").format(more))
        return f"{words.format(count)}: {'; '.join(told)}"

    def tip(self, line: VenueLine) -> str:
        """Everything that is known of a model's answer; made when it is asked for."""
        of = line.standing
        if of is None or of.required is None:
            return f"{line.title}\n{line.remark}"
        what = self.tr("initial margin") if of.has_initial else self.tr("maintenance margin")
        lines = [
            of.title,
            f"{what} {formats.full(of.required)} USD",
            self.tr("usage {0} of equity").format(line.usage),
            of.label,
        ]
        if len(of.pools) > 1:
            lines.append(
                self.tr("{0} pools: an indicative sum, the usage is of the nearest").format(
                    len(of.pools)
                )
            )
        if of.unmapped:
            lines += [self.tr("Not mapped:"), *of.unmapped[:TOLD]]
        shown = len(of.summary) + TOLD
        if of.mapping:
            lines += [self.tr("Mapped:"), *of.mapping[:shown]]
        if len(of.mapping) > shown:
            lines.append(self.tr("and {0} more positions").format(len(of.mapping) - shown))
        return "\n".join(lines)
