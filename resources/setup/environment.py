"""What a fresh machine lacks: system packages, the virtual environment, the locked packages.

Started by `make` with the Python that the environment shall have, whatever its version is:
so it keeps to the standard library and to the syntax of Python 3.6.

    python3 environment.py [display] [xvfb] [bench]

display  also what a window needs, if this machine has a display
xvfb     also the virtual display
bench    also the packages that the benchmarks compare with
"""

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, List

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "counterpoise-{}.stamp"

# Debian package -> the library in it that Qt loads; none of these packages pulls another.
QT = {
    "libgl1": "libGL.so.1",
    "libegl1": "libEGL.so.1",
    "libxkbcommon0": "libxkbcommon.so.0",
    "libdbus-1-3": "libdbus-1.so.3",
    "libfontconfig1": "libfontconfig.so.1",
    "libglib2.0-0": "libglib-2.0.so.0",
}
X11 = {
    "libxcb-cursor0": "libxcb-cursor.so.0",
    "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-keysyms1": "libxcb-keysyms.so.1",
    "libxcb-shape0": "libxcb-shape.so.0",
    "libxcb-xkb1": "libxcb-xkb.so.1",
    "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
}
WAYLAND = {
    "libwayland-client0": "libwayland-client.so.0",
    "libwayland-cursor0": "libwayland-cursor.so.0",
    "libwayland-egl1": "libwayland-egl.so.1",
}
XVFB = {"xvfb": "xvfb-run", "xauth": "xauth"}  # Debian package -> its command
RENAMED = {"libglib2.0-0": "libglib2.0-0t64"}  # since Debian 13 and Ubuntu 24.04


def main(wishes: List[str]) -> None:
    """Everything in order; a second run finds nothing to do."""
    if sys.version_info < OLDEST:
        sys.exit(
            "Counterpoise needs Python {}.{} or newer; {} is {}. "
            "Name a newer one: make PYTHON=python3.12 ...".format(
                *OLDEST, sys.executable, platform.python_version()
            )
        )
    provide_system_packages(wishes)
    provide_environment("requirements.lock")
    if "bench" in wishes:
        provide_environment("requirements-bench.lock")


def provide_system_packages(wishes: List[str]) -> None:
    """The missing ones installed, or one line for an administrator and a failure."""
    packages = missing_packages(wishes)
    if not packages:
        return
    if not shutil.which("apt-get"):
        sys.exit(
            "Counterpoise needs what Debian calls {}. "
            "Install your system's packages of that kind, then try again.".format(
                ", ".join(packages)
            )
        )
    if os.geteuid() != 0:
        print("Missing system packages. An administrator must type:", file=sys.stderr, flush=True)
        print(" ".join([*update_first(), *install(packages)]), flush=True)
        sys.exit(1)
    print("Installing system packages: {}".format(" ".join(packages)), flush=True)
    for command in (["apt-get", "update"], install(packages)):
        apt = subprocess.run(
            command,
            check=False,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if apt.returncode:
            sys.exit("{}\n{} failed.".format(apt.stdout.decode(), " ".join(command)))
    absent = missing_packages(wishes)
    if absent:
        sys.exit("Installed, but still not found: {}".format(", ".join(absent)))


def missing_packages(wishes: List[str]) -> List[str]:
    """Debian's names of what is really not there."""
    packages = [] if has_venv() else [venv_package()]
    if sys.platform != "linux":
        if packages:
            sys.exit(f"{sys.executable} cannot make virtual environments: it has no ensurepip.")
        return []
    libraries = dict(QT)
    if "xvfb" in wishes or ("display" in wishes and os.environ.get("DISPLAY")):
        libraries.update(X11)
    if "display" in wishes and os.environ.get("WAYLAND_DISPLAY"):
        libraries.update(WAYLAND)
    packages += [package for package, name in libraries.items() if not loads(name)]
    if "xvfb" in wishes:
        packages += [package for package, name in XVFB.items() if not shutil.which(name)]
    return packages


def has_venv() -> bool:
    """Whether the environment exists, or this Python can make it."""
    return PYTHON.exists() or importlib.util.find_spec("ensurepip") is not None


def venv_package() -> str:
    """Debian keeps ensurepip apart, in one package per Python."""
    usual = Path("/usr/bin/python3")
    if usual.exists() and usual.resolve() == Path(sys.executable).resolve():
        return "python3-venv"
    return "python{}.{}-venv".format(*sys.version_info)


def loads(library: str) -> bool:
    """Whether the system's loader finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install(packages: List[str]) -> List[str]:
    """The command that installs packages, by the names this system knows them under."""
    names = [current_name(package) for package in packages]
    return ["apt-get", "install", "-y", "--no-install-recommends", *names]


def current_name(package: str) -> str:
    """The newer name of a package where the system has it."""
    newer = RENAMED.get(package)
    if newer is None:
        return package
    return newer if succeeds(["apt-cache", "show", newer], capture_output=True) else package


def update_first() -> List[str]:
    """What to put before apt-get install where apt has no lists of packages yet."""
    known = any(Path("/var/lib/apt/lists").glob("*_Packages*"))
    return [] if known else ["apt-get", "update", "&&"]


def provide_environment(lock: str) -> None:
    """An environment with exactly the packages of a lock, made anew when the lock changed."""
    with (ROOT / lock).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # a second make waits until the first has finished
        identity = "\n".join(
            (hashlib.sha256(file.read()).hexdigest(), str(ROOT), sys.base_prefix, sys.version)
        )
        stamp = STAMP.with_name(STAMP.name.format(Path(lock).stem))
        if stamp.exists() and stamp.read_text() == identity and runs():
            return
        if lock == "requirements.lock":
            make_environment()
        install_locked(lock)
        stamp.write_text(identity)


def runs() -> bool:
    """Whether the environment's Python starts."""
    return succeeds([str(PYTHON), "-c", ""])


def make_environment() -> None:
    """An empty environment."""
    print(f"Making .venv with Python {platform.python_version()}", flush=True)
    base = getattr(sys, "_base_executable", sys.executable)  # also when started inside a venv
    if not succeeds([base, "-m", "venv", "--clear", str(VENV)]):
        sys.exit(f"{base} could not make a virtual environment, see above.")


def install_locked(lock: str) -> None:
    """Every package of a lock, each file checked against its hash."""
    print(f"Installing the packages of {lock}; the first time takes a few minutes", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    exactly = ["--require-hashes", "--no-deps", "--only-binary=:all:", "-r", str(ROOT / lock)]
    if not succeeds(pip + exactly):
        sys.exit(f"pip could not install {lock}, see above.")


def succeeds(command: List[str], **how: Any) -> bool:
    """Whether a command starts and ends with status 0."""
    try:
        return subprocess.run(command, check=False, **how).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    main(sys.argv[1:])
