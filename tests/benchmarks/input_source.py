"""Inputs that do not wait for the window: a process of its own writes when each was made.

The window reads them from a pipe, as it reads the display server's from a socket, so a window
that is busy makes them wait and an idle one gets them at once.
"""

import os
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

MOMENT = struct.Struct("d")


@contextmanager
def inputs(every: float) -> Iterator[int]:
    """The end of a pipe from which a moment of time.monotonic comes every so many seconds."""
    words = [sys.executable, "-S", __file__, str(every)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        try:
            yield process.stdout.fileno()
        finally:
            process.terminate()


def moments(pipe: int) -> list[float]:
    """What has come since the last time."""
    try:
        came = os.read(pipe, 512 * MOMENT.size)
    except BlockingIOError:
        return []
    return [moment for (moment,) in MOMENT.iter_unpack(came)]


def _send(every: float) -> None:
    next_one = time.monotonic()
    while True:
        next_one += every
        time.sleep(max(next_one - time.monotonic(), 0.0))
        os.write(sys.stdout.fileno(), MOMENT.pack(time.monotonic()))


if __name__ == "__main__":
    _send(float(sys.argv[1]))
