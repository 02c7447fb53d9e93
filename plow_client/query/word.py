"""A query's text as words: brackets, commas, comparisons, quoted texts and what stands between."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from plow_client.query.error import QueryError

RESERVED: Final = frozenset({"and", "or", "not", "in"})
BARE: Final = re.compile(r"""[^\s()'",=!~<>\x00]+""")
"""What needs no quotes, unless it is reserved."""

_WORD = re.compile(
    r"""(?P<space>\s+)|(?P<mark>[(),])|(?P<op>!=|!~|<=|>=|==|[=~<>])"""
    r"""|(?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")|(?P<bare>""" + BARE.pattern + ")"
)


@dataclass(frozen=True)
class Word:
    """One word; `kind` is mark, op, text (it was quoted), bare, or end."""

    kind: str
    text: str
    position: int

    def says(self, *words: str) -> bool:
        """Whether it is one of these, unquoted and in any case."""
        return self.kind != "text" and self.text.lower() in words


def words_of(text: str) -> list[Word]:
    """All words and an end; QueryError where a quote stays open or a character can't be."""
    words: list[Word] = []
    position = 0
    while position < len(text):
        found = _WORD.match(text, position)
        if found is None:
            raise _stray(text, position)
        kind, said = str(found.lastgroup), found.group()
        if kind == "text":
            said = said[1:-1].replace(said[0] * 2, said[0])
        if kind != "space":
            words.append(Word(kind, "=" if said == "==" and kind == "op" else said, position))
        position = found.end()
    words.append(Word("end", "", len(text)))
    return words


def quoted(text: str) -> str:
    """A value as a query has it: as it is where that is clear, in quotes where not."""
    if BARE.fullmatch(text) and text.lower() not in RESERVED:
        return text
    return "'" + text.replace("'", "''") + "'"


def _stray(text: str, position: int) -> QueryError:
    sign = text[position]
    if sign in "'\"":
        return QueryError(f"the quote {sign} is not closed", text, position)
    if sign == "!":
        return QueryError("'!' alone says nothing: use != or !~, or the word not", text, position)
    return QueryError("a NUL can't be part of a query", text, position)
