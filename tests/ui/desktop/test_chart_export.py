"""A chart as a picture and as a file of numbers."""

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel

from riskcore.errors import Refusal
from ui.desktop.chart_export import picture, save_numbers, save_picture
from ui.desktop.models.series import Column, Numbers

pytestmark = pytest.mark.window
NUMBERS = Numbers((Column("Usage", np.array([0.1 + 0.2])),))


@pytest.fixture
def label(qtbot) -> QLabel:
    made = QLabel("61.3 %")
    qtbot.addWidget(made)
    made.resize(200, 80)
    return made


def test_a_picture_is_drawn_again_at_twice_the_size(label) -> None:
    assert picture(label).size() == QSize(400, 160)


def test_png_and_svg_are_written_and_can_be_read(label, tmp_path: Path) -> None:
    save_picture(label, tmp_path / "usage.png")
    assert QImage(str(tmp_path / "usage.png")).size() == QSize(400, 160)
    save_picture(label, tmp_path / "usage.SVG")
    root = ET.parse(tmp_path / "usage.SVG").getroot()
    assert root.get("viewBox") == "0 0 200 80"
    assert any("61.3 %" in "".join(each.itertext()) for each in root.iter())


def test_another_ending_is_refused_with_what_would_do(label, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"cannot end in \.bmp; name it \.png or \.svg"):
        save_picture(label, tmp_path / "usage.bmp")


@pytest.mark.parametrize("name", ["usage.png", "usage.svg"])
def test_a_folder_that_is_not_there_is_refused(label, tmp_path: Path, name: str) -> None:
    with pytest.raises(Refusal, match="could not be written"):
        save_picture(label, tmp_path / "nowhere" / name)


def test_numbers_are_written_in_full_precision(tmp_path: Path) -> None:
    save_numbers(NUMBERS, tmp_path / "usage.csv")
    assert (tmp_path / "usage.csv").read_text(encoding="utf-8") == "Usage\n0.30000000000000004\n"


def test_numbers_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="could not be written: No such file"):
        save_numbers(NUMBERS, tmp_path / "nowhere" / "usage.csv")
