"""camelCase is the wire's, snake_case is Python's and SQL's: the way there and back.

The way back is not always the same word (`diskIO` and `disk_io`), so a list of known names decides first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@lru_cache(maxsize=4096)
def to_snake(camel: str) -> str:
    """``dependOnJobId`` becomes ``depend_on_job_id``, ``diskIO`` becomes ``disk_io``."""
    return _HUMP.sub("_", camel).lower()


@lru_cache(maxsize=4096)
def to_camel(snake: str) -> str:
    """``depend_on_job_id`` becomes ``dependOnJobId``; a camelCase name stays as it is."""
    first, *rest = snake.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def wire_names(camel: Iterable[str]) -> dict[str, str]:
    """snake_case to the exact camelCase of a known set of names; two that collide are an error."""
    names: dict[str, str] = {}
    for name in camel:
        snake = to_snake(name)
        if names.setdefault(snake, name) != name:
            raise ValueError(f"'{name}' and '{names[snake]}' are both '{snake}'")
    return names
