"""What can go wrong, in one list: the same seven kinds in Python, on the wire (`code`) and in SQL.

A message is one sentence with the name in it: ``no job 'sc020_light'``.
"""

from __future__ import annotations

from typing import ClassVar, Final


class PlowError(Exception):
    """A fault of ours; the message carries the incident id under which the server logged it."""

    code: ClassVar[int] = 0

    def __init__(self, why: str = "") -> None:
        super().__init__(why)
        self.why: Final = why


class Internal(PlowError):
    """A fault inside Plow, told apart from the base class so that it can be raised by name."""


class NotFound(PlowError):
    """No such job, node, ... or you may not see it. Refresh."""

    code = 1


class AlreadyExists(PlowError):
    """The name is taken. Choose another."""

    code = 2


class Invalid(PlowError):
    """The request makes no sense. Correct it."""

    code = 3


class NotAllowed(PlowError):
    """Not in this state. Change the state first."""

    code = 4


class Denied(PlowError):
    """Not you. Ask someone who may."""

    code = 5


class Unavailable(PlowError):
    """Server, database or node out of reach, a lost race, or too many requests. Try again."""

    code = 6


PlowConnectionError = Unavailable
"""Its name in Plow 2013."""

_BY_CODE: Final[dict[int, type[PlowError]]] = {
    kind.code: kind for kind in (Internal, NotFound, AlreadyExists, Invalid, NotAllowed, Denied, Unavailable)
}


def from_code(code: int | None, why: str | None) -> PlowError:
    """The error a peer sent; a code we do not know yet is a fault, never something milder."""
    return _BY_CODE.get(code or 0, Internal)(why or "the server gave no reason")
