"""resources/setup/environment.py: what a fresh machine lacks."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def environment() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "environment", ROOT / "resources/setup/environment.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def debian(environment, monkeypatch):
    """A Debian with package lists, where nothing is installed."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(environment.shutil, "which", {"apt-get": "/usr/bin/apt-get"}.get)
    monkeypatch.setattr(environment, "update_first", list)
    monkeypatch.setattr(environment, "current_name", str)
    monkeypatch.setattr(environment, "has_venv", lambda: False)
    monkeypatch.setattr(environment, "venv_package", lambda: "python3-venv")
    monkeypatch.setattr(environment, "loads", lambda library: False)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return monkeypatch


def test_an_ordinary_user_is_told_one_line(environment, debian, capsys):
    debian.setattr(environment.os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit) as ending:
        environment.provide_system_packages(["display"])
    assert ending.value.code == 1
    assert capsys.readouterr().out == (
        "apt-get install -y --no-install-recommends python3-venv libgl1 libegl1 "
        "libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0\n"
    )


def test_only_what_is_missing_is_asked_for(environment, debian, capsys):
    debian.setattr(environment.os, "geteuid", lambda: 1000)
    debian.setattr(environment, "has_venv", lambda: True)
    debian.setattr(environment, "loads", lambda library: library != "libEGL.so.1")
    with pytest.raises(SystemExit):
        environment.provide_system_packages([])
    assert capsys.readouterr().out == "apt-get install -y --no-install-recommends libegl1\n"


def test_nothing_is_said_where_nothing_is_missing(environment, debian, capsys):
    debian.setattr(environment, "has_venv", lambda: True)
    debian.setattr(environment, "loads", lambda library: True)
    environment.provide_system_packages(["display"])
    assert capsys.readouterr() == ("", "")


def test_a_display_needs_its_own_libraries(environment, debian):
    debian.setenv("DISPLAY", ":0")
    assert "libxcb-cursor0" in environment.missing_packages(["display"])
    assert "libxcb-cursor0" not in environment.missing_packages([])


def test_the_virtual_display_is_looked_for_by_its_command(environment, debian):
    assert {"xvfb", "xauth", "libxcb-icccm4"} <= set(environment.missing_packages(["xvfb"]))


def test_another_system_is_told_what_it_lacks(environment, debian):
    debian.setattr(environment.shutil, "which", lambda command: None)
    with pytest.raises(SystemExit, match="needs what Debian calls python3-venv, libgl1"):
        environment.provide_system_packages([])


def test_an_old_python_is_refused_in_a_sentence(environment, monkeypatch):
    monkeypatch.setattr(environment, "OLDEST", (99, 0))
    with pytest.raises(SystemExit, match=r"Counterpoise needs Python 99\.0 or newer"):
        environment.main([])


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-bench.lock"])
def test_a_lock_holds_names_versions_and_hashes_only(lock):
    line = re.compile(
        r"[a-z0-9-]+==[\w.]+( ; [^\\]+)? \\"  # one package, for some Pythons perhaps
        r"|    --hash=sha256:[0-9a-f]{64}( \\)?"
        r"|    #[^/]*"  # who asked for it; no address
    )
    strange = [text for text in (ROOT / lock).read_text().splitlines() if not line.fullmatch(text)]
    assert strange == []
