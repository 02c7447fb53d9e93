"""Text on its way to a terminal."""

from __future__ import annotations


def visible(text: str) -> str:
    """The text without control characters: what others have named could talk to the terminal."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else "?" for letter in text)
