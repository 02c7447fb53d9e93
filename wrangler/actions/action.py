"""What an action is: a description that menus, tool bars, keys and tests read alike."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

from plow_client.errors import PlowError, Unavailable
from plow_client.idl import RpcService
from wrangler.models.column import RowT
from wrangler.models.words import counted

MOST_IDS = 1000


def no_question(_: object) -> str:
    """For what is easily undone or changes nothing that took time to make."""
    return ""


@dataclass(frozen=True)
class Action(Generic[RowT]):
    """`call` runs on the session's thread and gets the selected rows that `applies` lets through.

    `question` gives the sentence to ask before it is done, with counts; an empty one asks nothing.
    `stale` names the panels that show something else afterwards. With `tell` it changes nothing: what that says of the
    first of the rows is shown in a window.
    """

    name: str
    text: str
    icon: str
    key: str
    noun: str
    past: str
    tip: str
    applies: Callable[[RowT], bool]
    call: Callable[[RpcService, Sequence[RowT]], None]
    stale: frozenset[str]
    question: Callable[[Sequence[RowT]], str] = no_question
    is_destructive: bool = False
    tell: Callable[[RpcService, RowT], str] | None = None

    def chosen(self, rows: Sequence[RowT]) -> list[RowT]:
        """Those of the selected rows that this is about."""
        return [row for row in rows if self.applies(row)]

    def done(self, rows: Sequence[RowT]) -> str:
        """``Killed 3 tasks``"""
        return f"{self.past} {counted(len(rows), self.noun)}"


def one_by_one(rows: Sequence[RowT], name: Callable[[RowT], str], call: Callable[[RowT], None]) -> None:
    """Do it for every row even where one is refused; say at the end what was."""
    refused: list[tuple[str, PlowError]] = []
    for row in rows:
        try:
            call(row)
        except Unavailable:
            raise
        except PlowError as error:
            refused.append((name(row), error))
    if refused:
        first_name, first = refused[0]
        count = f"{len(refused)} of {len(rows)} refused; " if len(rows) > 1 else ""
        raise type(first)(f"{count}{first_name}: {first}")


def in_slices(ids: Sequence[str], call: Callable[[list[str]], None]) -> None:
    """Long selections go in several messages, none of them too large."""
    for first in range(0, len(ids), MOST_IDS):
        call(list(ids[first : first + MOST_IDS]))


def signed() -> str:
    """Who did it and with what, for the reason that the server keeps."""
    return f"plow-wrangler - {getpass.getuser()}"
