"""resources/fonts: the faces that travel with the program."""

from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QRawFont

FOLDER = Path(__file__).parents[3] / "resources/fonts"
FILES = sorted(FOLDER.glob("*.ttf"))


def family(file: Path) -> str:
    return "Inter" if file.name.startswith("Inter") else "JetBrains Mono"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_is_small_and_belongs_to_its_family(file, qapp):
    assert file.stat().st_size < 150_000
    identity = QFontDatabase.addApplicationFont(str(file))
    assert family(file) in QFontDatabase.applicationFontFamilies(identity)


@pytest.mark.parametrize("name", ["Inter", "JetBrainsMono"])
def test_a_family_has_its_licence_and_four_styles(name):
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FOLDER / f"{name}-OFL.txt").read_text()
    assert {file.stem for file in FILES if file.stem.startswith(name)} == {
        f"{name}-{style}" for style in ("Regular", "Medium", "SemiBold", "Italic")
    }


def test_every_sign_is_in_one_of_the_two(qapp):
    faces = [
        QRawFont(str(FOLDER / f"{name}-Regular.ttf"), 13) for name in ("Inter", "JetBrainsMono")
    ]
    signs = "Zürich Łódź −–—…×·±≤≥≈∞√→←↑↓▾▸▴▼▲●○■□✓✗σΔΓΘνρ€₿"
    absent = [sign for sign in signs if not any(f.supportsCharacter(ord(sign)) for f in faces)]
    assert absent == []


@pytest.mark.parametrize("name", ["Inter", "JetBrains Mono"])
def test_figures_are_of_equal_width(name, qapp):
    for file in FILES:
        QFontDatabase.addApplicationFont(str(file))
    font = QFont(name)
    font.setPixelSize(13)
    font.setFeature(QFont.Tag("tnum"), 1)
    metrics = QFontMetricsF(font)
    assert len({metrics.horizontalAdvance(figure * 8) for figure in "0123456789"}) == 1
