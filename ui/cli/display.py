"""Whether a window can be shown here: Qt ends the whole process when it cannot."""

import socket
import sys
from collections.abc import Mapping
from pathlib import Path

PATIENCE = 1.0  # seconds for a display on another machine
FIRST_PORT = 6000  # of X over the network
SOCKETS = "/tmp/.X11-unix/X"  # noqa: S108  where X has them


def has_display(environment: Mapping[str, str], system: str = sys.platform) -> bool:
    """Whether something answers where the environment says that windows are shown."""
    if system != "linux" or environment.get("QT_QPA_PLATFORM"):
        return True
    return _wayland(environment) or _x(environment.get("DISPLAY", ""))


def _wayland(environment: Mapping[str, str]) -> bool:
    name = environment.get("WAYLAND_DISPLAY", "")
    folder = environment.get("XDG_RUNTIME_DIR", "")
    return bool(name) and _answers(str(Path(folder) / name))


def _x(display: str) -> bool:
    host, colon, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    if not colon or not number.isdecimal():
        return False
    if host in ("", "unix"):
        path = f"{SOCKETS}{number}"
        return _answers(path) or _answers(f"\0{path}")  # a file, or a name without one
    try:
        socket.create_connection((host, FIRST_PORT + int(number)), PATIENCE).close()
    except OSError:
        return False
    return True


def _answers(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except OSError:
            return False
    return True
