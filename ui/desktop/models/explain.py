"""The requirement as a tree of lines, each the exact sum of the lines below it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import (
    QT_TRANSLATE_NOOP,
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from riskcore.margin.requirement import Component, Rule
from ui.desktop.glossary import Glossary, title

UNSEEN = 1e-6  # of any currency: below the last digit on the screen
Index = QModelIndex | QPersistentModelIndex
Money = Callable[[float, bool], str]  # amount in the pool's currency, whether to show its sign

TERM, RULE, AMOUNT = range(3)
SIGNS = {
    Rule.SUM: "Σ",
    Rule.WORST: "worst",
    Rule.LARGER_OF: "max",
    Rule.SMALLER_OF: "min",
    Rule.SCALED: "×",
    Rule.ROOT: "√",
}
MEANING = {
    Rule.SUM: QT_TRANSLATE_NOOP("ExplainModel", "the sum of the lines below it"),
    Rule.WORST: QT_TRANSLATE_NOOP("ExplainModel", "the losses in the worst scenario, added up"),
    Rule.LARGER_OF: QT_TRANSLATE_NOOP("ExplainModel", "the larger of the alternatives below it"),
    Rule.SMALLER_OF: QT_TRANSLATE_NOOP("ExplainModel", "the smaller of the alternatives below it"),
    Rule.SCALED: QT_TRANSLATE_NOOP("ExplainModel", "the first line below it, times a factor"),
    Rule.ROOT: QT_TRANSLATE_NOOP("ExplainModel", "a square root, split so that its parts add up"),
}
_CLAUSE = re.compile("[:;,] ")  # where a fact may end early


@dataclass(slots=True, eq=False)
class Line:
    """One line of the tree and where it hangs.

    path    term by term from the root, the same after a refresh
    losing  whether it, or a line above it, was considered and did not bind
    against the figure it lost against; None for a line that counts
    """

    component: Component
    parent: "Line | None"
    row: int
    path: tuple[str, ...]
    losing: bool = False
    against: float | None = None
    lines: list["Line"] = field(default_factory=list)
    number: int = 0

    @property
    def is_instrument(self) -> bool:
        """Whether it is the figure of one instrument."""
        return self.component.rule is Rule.POSITION

    def walk(self) -> Iterator["Line"]:
        """This line and every line below it, what was only considered too."""
        yield self
        for each in self.lines:
            yield from each.walk()


def tree(component: Component, *, is_whole: bool = False) -> Line:
    """The lines of a requirement; what was considered stands after what counts.

    A rounding too small to be shown is left out, unless the whole tree is asked for.
    """
    root = Line(component, None, 0, (component.term,))
    _grow(root, is_whole)
    return root


def _grow(line: Line, is_whole: bool) -> None:
    counted: dict[str, int] = {}
    component = line.component
    for binding, group in ((True, component.parts), (False, component.considered)):
        for each in group:
            if each.term == "rounding" and abs(each.amount) < UNSEEN and not is_whole:
                continue
            key = each.term if binding else f"({each.term})"
            counted[key] = counted.get(key, 0) + 1
            name = key if counted[key] == 1 else f"{key} {counted[key]}"
            below = Line(
                each,
                line,
                len(line.lines),
                (*line.path, name),
                losing=line.losing or not binding,
                against=None if binding else component.amount,
            )
            _grow(below, is_whole)
            line.lines.append(below)


def opens(line: Line) -> bool:
    """Whether a line is open at first: the root, and what leads to a worst scenario."""
    if line.losing or not line.lines:
        return False
    leads = any(each.component.rule is Rule.WORST for each in line.walk() if not each.losing)
    return line.parent is None or leads


class ExplainModel(QAbstractItemModel):
    """Lines of one requirement: term, rule, amount. A refresh in the same shape keeps indexes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root: Line | None = None
        self._lines: list[Line] = []
        self._glossary: Glossary = {}
        self._money: Money = _plain

    def set_words(self, glossary: Glossary, money: Money) -> None:
        """How terms and amounts are written from the next requirement on."""
        self._glossary, self._money = glossary, money

    def show(
        self,
        component: Component | None,
        is_open: Callable[[QModelIndex], bool] = QModelIndex.isValid,
    ) -> bool:
        """Put a requirement in place of the last one; whether every index stayed what it was.

        is_open  whether the lines below an index are on the screen and worth a signal; None: all
        """
        fresh = None if component is None else tree(component)
        lines = [] if fresh is None else list(fresh.walk())
        same = [each.path for each in lines] == [each.path for each in self._lines]
        if not same:
            self.beginResetModel()
        self._root, self._lines = fresh, lines
        for number, line in enumerate(lines):
            line.number = number
        if same:
            self._touch(is_open)
        else:
            self.endResetModel()
        return same

    def _touch(self, is_open: Callable[[QModelIndex], bool] | None) -> None:
        if self._root is None:
            return
        last = self.columnCount() - 1
        self.dataChanged.emit(self.createIndex(0, 0, 0), self.createIndex(0, last, 0))
        seen = [self._root]
        while seen:
            line = seen.pop()
            if line.lines and (is_open is None or is_open(self.index_of(line))):
                top, bottom = line.lines[0], line.lines[-1]
                self.dataChanged.emit(
                    self.createIndex(top.row, 0, top.number),
                    self.createIndex(bottom.row, last, bottom.number),
                )
                seen += line.lines

    def line(self, index: Index) -> Line | None:
        """The line at an index."""
        return self._lines[index.internalId()] if index.isValid() else None

    def lines(self) -> Sequence[Line]:
        """Every line, from top to bottom."""
        return self._lines

    def index_of(self, line: Line) -> QModelIndex:
        """Where a line stands."""
        return self.createIndex(line.row, 0, line.number)

    def find(self, path: tuple[str, ...]) -> QModelIndex:
        """The index of the line with this path, or an invalid one."""
        for line in self._lines:
            if line.path == path:
                return self.index_of(line)
        return QModelIndex()

    def find_term(self, term: str) -> QModelIndex:
        """The index of the first line of this term, those that count before those that lost."""
        found = [line for line in self._lines if line.component.term == term]
        if not found:
            return QModelIndex()
        line = min(found, key=lambda each: (each.losing, each.number))
        return self.createIndex(line.row, 0, line.number)

    def title(self, line: Line) -> str:
        """The term of a line in words; an instrument's own name as it is."""
        term = line.component.term
        return term if line.is_instrument else title(term, self._glossary)

    def remark(self, line: Line) -> str:
        """What stands dim behind the term: the deciding fact, or by how much it lost."""
        because = line.component.because
        lost = self._lost(line)
        return " · ".join(text for text in (because, lost) if text)

    def remarks(self, line: Line) -> tuple[str, ...]:
        """The wordings of the remark, the fullest first; what is left out is marked."""
        because, lost = line.component.because, self._lost(line)
        words = [self.remark(line), lost, lost.rpartition(", ")[2]]
        if not lost:
            cuts = [found.start() for found in _CLAUSE.finditer(because)]
            words += [f"{because[:cut]} …" for cut in reversed(cuts)]
        return tuple(dict.fromkeys(text for text in words if text))

    def _lost(self, line: Line) -> str:
        above = line.parent
        if line.against is None or above is None:
            return ""
        short = abs(line.against - line.component.amount)
        match above.component.rule:
            case Rule.ROOT:
                return self.tr("alone, before correlation")
            case Rule.SMALLER_OF:
                return self.tr("not binding, over by {0}").format(self._money(short, False))
            case _ if short == 0:
                return self.tr("not binding, equal")
            case _:
                return self.tr("not binding, short by {0}").format(self._money(short, False))

    def sign(self, line: Line) -> str:
        """How a line comes out of the lines below it, as a sign or a short word."""
        return SIGNS.get(line.component.rule, "") if line.lines else ""

    def amount(self, line: Line) -> str:
        """The amount of a line; what instruments and adjustments add carries its sign."""
        signed = line.is_instrument or line.component.amount < 0
        return self._money(line.component.amount, signed)

    def text(self) -> str:
        """The whole tree, two spaces a level, as it is copied."""
        rows = []
        whole = () if self._root is None else tree(self._root.component, is_whole=True).walk()
        for line in whole:
            indent = "  " * (len(line.path) - 1)
            sign, remark = self.sign(line), self.remark(line)
            words = f"{indent}{self.title(line)}" + (f" ({remark})" if remark else "")
            rows.append("\t".join((words, sign, repr(line.component.amount))))
        return "\n".join(rows)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, as Qt declares it
        """How many lines stand below an index."""
        if parent.column() > 0:
            return 0
        line = self.line(parent)
        if line is None:
            return 0 if self._root is None else 1
        return len(line.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008
        """Term, rule, amount."""
        return 3

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """The index of a line below another."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        above = self.line(parent)
        line = self._root if above is None else above.lines[row]
        assert line is not None, "hasIndex has looked"
        return self.createIndex(row, column, line.number)

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """The index of the line above another."""
        line = self.line(index)
        if line is None or line.parent is None:
            return QModelIndex()
        return self.createIndex(line.parent.row, 0, line.parent.number)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words and figures of a line; its tooltip says the meaning, the rule and the source."""
        line = self.line(index)
        if line is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._display(line, index.column())
            case Qt.ItemDataRole.ToolTipRole:
                return self._tooltip(line, index.column())
            case Qt.ItemDataRole.TextAlignmentRole if index.column() != TERM:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.AccessibleTextRole:
                words = (self.title(line), self.remark(line), self.amount(line))
                return ", ".join(each for each in words if each)
            case _:
                return None

    def _display(self, line: Line, column: int) -> str:
        if column == TERM:
            return self.title(line)
        if column == AMOUNT:
            return self.amount(line)
        return self.sign(line)

    def _tooltip(self, line: Line, column: int) -> str:
        if column == AMOUNT:
            return f"{line.component.amount:,.12g}"
        component = line.component
        words = (
            self._glossary.get(component.term, ""),
            self.remark(line),
            self.tr(str(MEANING[component.rule]))
            if line.lines and component.rule in MEANING
            else "",
            component.source,
        )
        return "\n".join(each for each in words if each) or self.title(line)


def _plain(amount: float, signed: bool) -> str:
    return f"{amount:+,.2f}" if signed else f"{amount:,.2f}"
