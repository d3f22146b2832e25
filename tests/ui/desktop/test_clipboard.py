"""Tables go to spreadsheets and come back."""

from PySide6.QtCore import QMimeData

from ui.desktop import clipboard


def mime(text: str = "", html: str = "") -> QMimeData:
    made = QMimeData()
    if text:
        made.setText(text)
    if html:
        made.setHtml(html)
    return made


def test_a_copied_table_comes_back_as_it_was() -> None:
    rows = [["BTC-PERPETUAL", "-120.000000001"], ["a & b <c>", ""]]
    made = clipboard.copied(["Instrument", "Quantity"], rows)
    expected = "Instrument\tQuantity\nBTC-PERPETUAL\t-120.000000001\na & b <c>\t"
    assert clipboard.pasted(made) == expected
    assert clipboard.pasted(mime(text=made.text())) == expected


def test_the_table_of_a_spreadsheet_is_read_before_its_text() -> None:
    html = (
        "<html><style>td {color: red}</style><table><tr><td>BTC</td><td sdval='1.23456789'>1.23"
        "</td></tr><tr><td>two<br>lines</td></tr><tr><td> </td></tr></table></html>"
    )
    assert clipboard.pasted(mime("shown\t1.23", html)) == "BTC\t1.23456789\ntwo lines"


def test_html_without_a_table_leaves_the_text() -> None:
    assert clipboard.pasted(mime("BTC-PERPETUAL 5\r\n", "<b>BTC-PERPETUAL 5</b>")) == (
        "BTC-PERPETUAL 5"
    )


def test_a_line_break_inside_a_quoted_cell_does_not_end_the_row() -> None:
    assert clipboard.pasted(mime('"BTC\nPERP"\t5\nETH\t6\n\t\n')) == "BTC PERP\t5\nETH\t6"


def test_an_empty_clipboard_is_no_text() -> None:
    assert clipboard.pasted(QMimeData()) == ""
