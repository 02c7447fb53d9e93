"""Where in a blueprint something was written, so that an error can point at the line."""

from __future__ import annotations

import sys
import traceback
from dataclasses import dataclass

from plow_client.errors import Invalid


@dataclass(frozen=True)
class Place:
    """A line of a file; line 0 means the file as a whole. Reads ``shot.bp:12``."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


NOWHERE = Place("")


def problem(place: Place, text: str) -> Invalid:
    """The error that says where and what, in one line."""
    return Invalid(f"{place}: {text}" if place.file else text)


def line_of_caller(file: str) -> Place:
    """The line of `file` that is being executed right now, however deep below it we are."""
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename == file:
            return Place(file, frame.f_lineno)
        if frame.f_back is None:
            break
        frame = frame.f_back
    return Place(file)


def called_by(thing: object) -> bool:
    """Whether who calls the caller is a method of this thing."""
    frame = sys._getframe(2)
    return frame.f_locals.get("self") is thing


def line_of_error(error: BaseException, file: str) -> int:
    """The last line of `file` that was being executed when it happened, or 0."""
    lines = [
        frame.lineno or 0 for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file
    ]
    return lines[-1] if lines else 0
