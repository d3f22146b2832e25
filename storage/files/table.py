"""A CSV file as columns, every refusal naming the file and the line."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import nan
from pathlib import Path

from storage.errors import StorageError
from storage.files import packed

MAX_ROWS = 200_000
MAX = 1e300  # no price or size is larger


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts under a header."""

    name: str  # of the file
    header: tuple[str, ...]
    rows: tuple[Sequence[str], ...]
    lines: tuple[int, ...]  # of each row in the file, 1 is the first

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> tuple[str, ...]:
        """The texts of a column. Raises StorageError when there is none."""
        try:
            place = self.header.index(name)
        except ValueError:
            raise StorageError(f"{self.name}, line 1: the column {name!r} is missing") from None
        return tuple(row[place] for row in self.rows)

    def numbers(self, name: str, *, signed: bool = False) -> list[float]:
        """The numbers of a column, none negative unless signed; NaN where a cell is empty.

        Raises StorageError for a text that is not such a number.
        """
        texts = self.column(name)
        least = -MAX if signed else 0.0
        try:
            values = [float(each) if each else nan for each in texts]
        except ValueError:
            values = []
        pairs = zip(values, texts, strict=False)
        if len(values) == len(texts) and all(
            least <= each <= MAX or not cell for each, cell in pairs
        ):
            return values
        for row, cell in enumerate(texts):
            if cell and not _is_number(cell, least):
                kind = "a number" if signed else "a number of 0 or more"
                raise self.refusal(row, f"{name} is {cell!r}; {kind} is expected")
        raise AssertionError(f"{self.name}: {name} was refused for no reason")

    def refusal(self, row: int, why: str) -> StorageError:
        """What to say of a row."""
        return StorageError(f"{self.name}, line {self.lines[row]}: {why}")


def read(path: Path) -> Table:
    """The table in a file. Raises StorageError for rows of another width, or far too many."""
    return table(path.name, io.StringIO(packed.text(path), newline=""))


def table(name: str, text: Iterable[str], delimiter: str = ",") -> Table:
    """The table in these lines; blank lines are passed over."""
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    header: tuple[str, ...] = ()
    rows: list[list[str]] = []
    numbers: list[int] = []
    try:
        for row in reader:
            if not row:
                continue
            if not header:
                header = tuple(each.strip() for each in row)
            elif len(row) != len(header):
                raise StorageError(
                    f"{name}, line {reader.line_num}: it has {len(row)} cells "
                    f"where the header has {len(header)}"
                )
            else:
                rows.append(row)
                numbers.append(reader.line_num)
                if len(rows) > MAX_ROWS:
                    raise StorageError(f"{name} has more than {MAX_ROWS:,} rows; split it")
    except csv.Error as error:
        raise StorageError(f"{name}, line {reader.line_num}: {error}") from None
    return Table(name, header, tuple(rows), tuple(numbers))


def _is_number(text: str, least: float) -> bool:
    try:
        return least <= float(text) <= MAX
    except ValueError:
        return False
