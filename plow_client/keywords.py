"""Keywords of filters under their other names: `jobIds=` and `job_ids=` say the same as `jobs=`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from plow_client.names import to_snake

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def also_known(
    **others: str,
) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]:
    """Let a function take camelCase keywords and those given here, as ``job_ids="jobs"``.

    Saying the same thing under two names is a TypeError, as with any keyword said twice.
    """

    def decorate(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        @functools.wraps(function)
        def call(*given: Arguments.args, **named: Arguments.kwargs) -> Result:
            known: dict[str, object] = {}
            for name, value in named.items():
                snake = to_snake(name)
                own = others.get(snake, snake)
                if own in known:
                    raise TypeError(f"{function.__name__}() was given '{own}' twice")
                known[own] = value
            return function(*given, **known)  # type: ignore[arg-type]

        return call

    return decorate
