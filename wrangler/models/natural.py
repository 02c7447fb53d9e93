"""Natural order: what people mean by sorted names, `shot2` before `shot10`."""

from __future__ import annotations

import re
from typing import Any, Protocol, TypeAlias

_DIGITS = re.compile(r"([0-9]{1,18})")


class Comparable(Protocol):
    """Anything that `sorted` takes; one column gives keys of one kind."""

    def __lt__(self, other: Any, /) -> bool: ...


NaturalKey: TypeAlias = tuple[str | int, ...]


def natural_key(text: str) -> NaturalKey:
    """Words and numbers by turns, so that two keys always compare like with like."""
    return tuple(
        int(part) if place % 2 else part for place, part in enumerate(_DIGITS.split(text.casefold()))
    )
