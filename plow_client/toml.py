"""Reading TOML: with Python's own reader, or with tomli where Python is older than 3.11.

A DCC's Python 3.10 may have neither; everything but a settings file works there.
"""

from __future__ import annotations

import sys
from typing import Any

from plow_client.errors import Invalid


def loads(text: str) -> dict[str, Any]:
    """What the text says; a ValueError tells the line that is wrong."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        try:
            import tomli as tomllib
        except ImportError:
            raise Invalid(
                "settings written as TOML need the package tomli on Python 3.10: install it, or use the environment"
            ) from None
    return tomllib.loads(text)
