"""plow-wrangler: the desktop window of the people who look after a farm. Here is only its door."""

from __future__ import annotations

import sys
from collections.abc import Sequence

QT_LIBRARIES = "libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0"


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window and stay until it is closed; 2 where it cannot be opened, with a line that says why."""
    try:
        from wrangler.app import run  # imports Qt, which not every installation has
    except ImportError as error:
        missing = _what_is_missing(error)
        if not missing:
            raise
        print(f"plow-wrangler: {missing}", file=sys.stderr)
        return 2
    return run(arguments)


def _what_is_missing(error: ImportError) -> str:
    """What to install, for a person; nothing where the fault is ours."""
    if (error.name or "").partition(".")[0] == "PySide6":
        return (
            "the window needs PySide6: in a checkout 'python3 run.py wrangler', else pip install 'plow[gui]'"
        )
    if "cannot open shared object file" in str(error):
        return f"{error}; on Debian: apt-get install -y --no-install-recommends {QT_LIBRARIES}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
