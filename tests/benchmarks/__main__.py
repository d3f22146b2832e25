"""Every tests/benchmarks/bench_*.py in one table: `make bench`, or one with its name as argument.

Ends with status 1 when a figure is over its bound.
"""

import os
import platform
import sys
from importlib import import_module
from pathlib import Path

import numpy as np

from tests.benchmarks.row import Row

HEADER = ("what", "median", "bound", "", "remark")


def main(wanted: list[str]) -> int:
    """Measures, prints, and says by the status whether every bound holds."""
    found = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    unknown = set(wanted) - {name.removeprefix("bench_") for name in found}
    if unknown:
        print(f"no benchmark is named {', '.join(sorted(unknown))}")
        return 2
    print(machine())
    print()
    rows = []
    for name in found:
        if not wanted or name.removeprefix("bench_") in wanted:
            rows += import_module(f"tests.benchmarks.{name}").rows()
    print(table(rows))
    return int(any(row.verdict == "OVER" for row in rows))


def machine() -> str:
    """The processor, how busy it is, and the versions that matter."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{processor()}, {os.cpu_count()} cores{load}; {platform.system()} {platform.release()}; "
        f"Python {platform.python_version()}, numpy {np.__version__}"
    )


def processor() -> str:
    """The processor's own name, where the system tells it."""
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        for line in listing.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def table(rows: list[Row]) -> str:
    """The rows as aligned text."""
    cells = [HEADER] + [
        (
            row.what,
            f"{row.figure:,.3f} {row.unit}",
            "" if row.bound is None else f"{row.bound:g} {row.unit}",
            row.verdict,
            row.remark,
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADER))]
    lines = []
    for what, median, bound, verdict, remark in cells:
        aligned = (
            f"{what:<{widths[0]}}  {median:>{widths[1]}}  {bound:>{widths[2]}}  "
            f"{verdict:<{widths[3]}}  {remark}"
        )
        lines.append(aligned.rstrip())
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
