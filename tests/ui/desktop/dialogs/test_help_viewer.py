"""ui/desktop/dialogs/help_viewer.py."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.desktop.stand_ins import RESOURCES
from ui.desktop import theme
from ui.desktop.dialogs.help_viewer import PAGES, HelpViewer

pytestmark = pytest.mark.window


@pytest.fixture
def viewer(qtbot: QtBot) -> HelpViewer:
    made = HelpViewer(RESOURCES / "docs", theme.load(RESOURCES))
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize("name", PAGES)
def test_every_panel_has_its_page(viewer: HelpViewer, name: str) -> None:
    viewer.open_page(name)
    assert (RESOURCES / "docs" / "panels" / f"{name}.md").is_file()
    assert len(viewer.text.toPlainText()) > 200


def test_every_page_is_set_without_a_word_from_qt(viewer: HelpViewer) -> None:
    for row in range(viewer.list.count()):
        viewer.list.setCurrentRow(row)
        assert viewer.text.toPlainText()


def test_no_title_is_cut(viewer: HelpViewer) -> None:
    metrics = viewer.list.fontMetrics()
    for row in range(viewer.list.count()):
        title = viewer.list.item(row).data(Qt.ItemDataRole.DisplayRole)
        assert metrics.horizontalAdvance(title) < viewer.list.width() - 24
