"""A broken parameter file of the user's never keeps the window from opening."""

import pytest
from PySide6.QtWidgets import QMessageBox

from tests.ui.desktop.whole import KEY, WAIT, program, shown

pytestmark = pytest.mark.window


def test_the_window_opens_and_says_which_file_is_left_out(qtbot, tmp_path) -> None:
    folder = tmp_path / "parameters"
    folder.mkdir()
    start = 'family = "deribit/portfolio"\nobserved_on = 2026-11-20\nsource = "me"\n'
    (folder / "bad.toml").write_text(f"{start}[parameters.BTC]\nprice_range = 30.0\n")
    (folder / "good.toml").write_text(f"{start}[parameters.BTC]\nprice_range = 0.3\n")
    with program(qtbot, tmp_path / "desk.db", is_paused=True) as here:
        qtbot.waitUntil(lambda: len(shown(QMessageBox)) == 1, timeout=WAIT)
        (box,) = shown(QMessageBox)
        said = box.informativeText()
        assert "parameters/bad.toml: BTC.price_range is 30: it must be" in said
        assert "good.toml" not in said
        assert here.session.report is not None
        assert list(here.session.services.library.yours) == ["parameters/good.toml"]
        qtbot.keyClick(box, KEY.Key_Return)
        qtbot.waitUntil(lambda: not shown(QMessageBox), timeout=WAIT)


def test_without_such_a_folder_nothing_is_said(qtbot, tmp_path) -> None:
    with program(qtbot, tmp_path / "desk.db", is_paused=True):
        assert not shown(QMessageBox)
