"""Writes resources/docs/verification.md: `python -m tests.verification`.

Ends with status 1 when a case that must pass does not, 2 when recorded vectors are not there.
"""

import sys

from tests.verification.case import RECORDED, cases
from tests.verification.page import PAGE, outcome, page


def main() -> int:
    """Writes the page and says what does not pass."""
    if not RECORDED.is_dir():
        print(f"the recorded vectors are not in {RECORDED}, so the page would lack cases")
        return 2
    PAGE.write_text(page(), "utf-8")
    failed = [
        f"{venue}: {case.name}"
        for venue, found in cases().items()
        for case in found
        if not case.except_ and not outcome(case).passed
    ]
    print(f"wrote {PAGE.name}: {sum(len(found) for found in cases().values())} cases")
    for each in failed:
        print(f"does not pass: {each}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
