"""The user's own parameter files: the folder `parameters` beside the database."""

from collections.abc import Mapping
from pathlib import Path

FOLDER = "parameters"
MAX_FILES = 200
MAX_BYTES = 1_000_000  # of one file


def read_parameter_folder(database: Path) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """The TOML texts beside a database by the name they are called by, and what cannot be read.

    No folder is no texts. Only files that end in .toml and stand in the folder itself are read.
    """
    folder = database.absolute().parent / FOLDER
    try:
        found = sorted(each for each in folder.iterdir() if each.suffix == ".toml")
    except (FileNotFoundError, NotADirectoryError):
        return {}, ()
    except OSError as error:
        return {}, (f"{folder} cannot be read: {error.strerror or error}",)
    texts: dict[str, str] = {}
    refused: list[str] = []
    if len(found) > MAX_FILES:
        refused.append(
            f"{folder} holds {len(found)} files; the first {MAX_FILES} by name are read, "
            "which is the most it may hold"
        )
    for path in found[:MAX_FILES]:
        name = f"{FOLDER}/{path.name}"
        text, why = _text(path)
        if why:
            refused.append(f"{name} {why}")
        else:
            texts[name] = text
    return texts, tuple(refused)


def _text(path: Path) -> tuple[str, str]:
    """The text of a file, or why there is none."""
    try:
        if not path.is_file():
            return "", "is no file"
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            return "", f"is larger than {MAX_BYTES:,} bytes, the most a parameter file may have"
        return raw.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return "", "is not text in UTF-8"
    except OSError as error:
        return "", f"cannot be read: {error.strerror or error}"
