"""The folder of the user's own parameter files."""

from pathlib import Path

import pytest

from storage.files import parameter_files
from storage.files.parameter_files import MAX_BYTES, read_parameter_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "parameters"
    made.mkdir()
    return made


def test_no_folder_is_no_file(tmp_path: Path) -> None:
    assert read_parameter_folder(tmp_path / "desk.db") == ({}, ())
    (tmp_path / "parameters").write_text("a file of that name")
    assert read_parameter_folder(tmp_path / "desk.db") == ({}, ())


def test_toml_files_of_the_folder_are_read_by_name(folder: Path) -> None:
    (folder / "b.toml").write_text("b = 1")
    (folder / "a.toml").write_bytes(b"\xef\xbb\xbfa = 1")
    (folder / "notes.txt").write_text("not one of them")
    (folder / "deeper").mkdir()
    (folder / "deeper" / "c.toml").write_text("c = 1")
    texts, refused = read_parameter_folder(folder.parent / "desk.db")
    assert texts == {"parameters/a.toml": "a = 1", "parameters/b.toml": "b = 1"}
    assert refused == ()


def test_what_cannot_be_read_is_named_and_stops_no_other(folder: Path) -> None:
    (folder / "big.toml").write_text("#" * (MAX_BYTES + 1))
    (folder / "good.toml").write_text("a = 1")
    (folder / "latin.toml").write_bytes(b"# \xe9")
    (folder / "odd.toml").mkdir()
    texts, refused = read_parameter_folder(folder.parent / "desk.db")
    assert list(texts) == ["parameters/good.toml"]
    assert refused == (
        "parameters/big.toml is larger than 1,000,000 bytes, the most a parameter file may have",
        "parameters/latin.toml is not text in UTF-8",
        "parameters/odd.toml is no file",
    )


def test_too_many_files_are_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameter_files, "MAX_FILES", 2)
    for name in "abc":
        (folder / f"{name}.toml").write_text("a = 1")
    texts, refused = read_parameter_folder(folder.parent / "desk.db")
    assert len(texts) == 2
    assert "holds 3 files; the first 2 by name are read" in refused[0]
