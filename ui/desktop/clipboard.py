"""What goes to the clipboard and comes from it: tables, as spreadsheets give and take them."""

import csv
import io
from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser

from PySide6.QtCore import QMimeData

Table = list[list[str]]


def copied(header: Sequence[str], rows: Table) -> QMimeData:
    """A table for the clipboard, as text with tabs and as HTML."""
    plain = io.StringIO()
    writer = csv.writer(plain, delimiter="\t", lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    lines = [_html_row("th", header), *(_html_row("td", row) for row in rows)]
    mime = QMimeData()
    mime.setText(plain.getvalue())
    mime.setHtml(f"<table>{''.join(lines)}</table>")
    return mime


def pasted(mime: QMimeData) -> str:
    """The clipboard as lines of cells with tabs between: its HTML table, else its text.

    Rows stay as long as they are, a line break inside a cell becomes a space, and an empty last
    line is dropped. Text without tabs is left as it is.
    """
    if mime.hasHtml():
        table = _tables_in(mime.html())
        if table:
            return _lines(table)
    text = mime.text() if mime.hasText() else ""
    if "\t" not in text:
        return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    return _lines(list(csv.reader(io.StringIO(text, newline=""), delimiter="\t")))


def _lines(table: Table) -> str:
    while table and not any(cell.strip() for cell in table[-1]):
        table.pop()
    return "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in table)


def _html_row(tag: str, cells: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"


def _tables_in(html: str) -> Table:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.rows


class _Reader(HTMLParser):
    """The rows of the tables in an HTML text."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Table = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        match tag:
            case "tr":
                self.rows.append([])
                self._inside = False
            case "td" | "th" if self.rows:
                # LibreOffice writes the value behind a rounded figure as sdval.
                self.rows[-1].append(dict(attrs).get("sdval") or "")
                self._inside = not self.rows[-1][-1]
            case "br" if self._inside:
                self.rows[-1][-1] += " "
            case _:
                pass

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1] += data
