"""A table refuses by file and line."""

import io
import math

import pytest

from storage.errors import StorageError
from storage.files import table


def made(text):
    return table.table("chain.csv", io.StringIO(text, newline=""))


def test_columns_by_name_and_empty_cells_as_nan():
    read = made("name,mark\r\nA,0.5\r\n\r\nB,\r\n")
    assert read.column("name") == ("A", "B")
    mark = read.numbers("mark")
    assert mark[0] == 0.5
    assert math.isnan(mark[1])
    assert read.lines == (2, 4)


@pytest.mark.parametrize("cell", ["abc", "-1", "nan", "inf", "1e400", "0x1"])
def test_what_is_no_amount_is_refused_by_its_line(cell):
    with pytest.raises(StorageError, match=rf"chain\.csv, line 3: mark is '{cell}'; a number of 0"):
        made(f"name,mark\nA,1\nB,{cell}\n").numbers("mark")


def test_a_signed_column_takes_negative_numbers():
    read = made("funding\n-0.0001\nx\n")
    assert made("funding\n-0.0001\n").numbers("funding", signed=True) == [-0.0001]
    with pytest.raises(StorageError, match="line 3: funding is 'x'; a number is expected"):
        read.numbers("funding", signed=True)


def test_a_row_of_another_width_is_refused_by_its_line():
    with pytest.raises(StorageError, match="line 3: it has 1 cells where the header has 2"):
        made("name,mark\nA,1\nB\n")


def test_a_missing_column_is_refused():
    with pytest.raises(StorageError, match="line 1: the column 'bid' is missing"):
        made("name,mark\nA,1\n").column("bid")


def test_open_quotes_are_refused():
    with pytest.raises(StorageError, match=r"chain\.csv, line 2: unexpected end of data"):
        made('name,mark\n"A,1\n')


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(table, "MAX_ROWS", 2)
    with pytest.raises(StorageError, match="has more than 2 rows"):
        made("a\n1\n2\n3\n")
