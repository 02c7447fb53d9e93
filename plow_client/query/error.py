"""What is wrong with a query, and where."""

from __future__ import annotations

from collections.abc import Iterable

from plow_client.errors import Invalid

EXCERPT = 24


class QueryError(Invalid):
    """A query that can't be read. `position` counts characters from 0; `pointed` shows the place under the text."""

    def __init__(self, reason: str, text: str, position: int) -> None:
        super().__init__(f"{reason} ({_place(text, position)})")
        self.reason = reason
        self.text = text
        self.position = position

    def pointed(self) -> str:
        """The line of the query and an arrow below the place, for a terminal."""
        start = max(0, self.position - 60)
        shown = _printable(self.text[start : self.position + 40])
        return f"{shown}\n{' ' * (self.position - start)}^"


def nearest(word: str, known: Iterable[str]) -> str:
    """`; nearest: user, name`, or nothing where nothing is near."""
    from difflib import get_close_matches  # 2 ms that only a mistake costs

    names = list(known)
    near = get_close_matches(word[:40].lower(), names, n=3, cutoff=0.6)
    near += [name for name in names if len(word) >= 2 and name.startswith(word.lower()) and name not in near]
    return f"; nearest: {', '.join(near[:3])}" if near else ""


def shown(text: str) -> str:
    """A piece of a query in quotes, cut and without control characters."""
    cut = text if len(text) <= EXCERPT else text[: EXCERPT - 3] + "..."
    return f"'{_printable(cut)}'"


def _place(text: str, position: int) -> str:
    if position >= len(text):
        before = text[max(0, position - EXCERPT) : position].strip()
        return f"at the end, after {shown(before)}" if before else "at character 1"
    return f"at character {position + 1}: {shown(text[position : position + EXCERPT])}"


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in text)
