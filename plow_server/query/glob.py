"""A glob as a LIKE pattern."""

from __future__ import annotations

import re
import string

_SIGN = re.compile(r"\\(.)|(.)", re.DOTALL)
_WILD = {"*": "%", "?": "_"}
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def like(glob: str) -> str:
    """`*` is any text, `?` any character, a backslash takes the next one as it is; A-Z become a-z."""
    pattern: list[str] = []
    for escaped, sign in _SIGN.findall(glob):
        part = _literal(escaped) if escaped else _WILD.get(sign) or _literal(sign)
        if part != "%" or pattern[-1:] != ["%"]:  # each % costs a search of its own
            pattern.append(part)
    return "".join(pattern).translate(_LOWER)


def _literal(sign: str) -> str:
    return f"\\{sign}" if sign in "%_\\" else sign
