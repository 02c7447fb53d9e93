"""Files that a layer reads and writes: a name, a path with a frame number in it, attributes."""

from __future__ import annotations

import getpass
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from plow_client.errors import Invalid

_TOKEN = re.compile(r"#+|%0?(\d*)d")


def has_frame(path: str | Path) -> bool:
    """Whether a path has a place for the frame number: ``####`` or ``%04d`` in its file name."""
    return _TOKEN.search(Path(path).name) is not None


def frame_path(path: str | Path, frame: int) -> Path:
    """The path of one frame; each ``#`` is a digit, so ``f.####.png`` gives ``f.0007.png``."""

    def number(width: int) -> str:
        return f"{frame:0{width}d}" if frame >= 0 else f"-{-frame:0{width}d}"

    return frame_word(path, number)


def frame_word(path: str | Path, word: Callable[[int], str]) -> Path:
    """The path with a word in the place of the frame number, made for its count of digits: ``f.$F4.png``."""
    whole = Path(path)
    return whole.with_name(_TOKEN.sub(lambda match: word(_digits(match)), whole.name))


def frame_digits(path: str | Path) -> int:
    """How many digits a frame number has at least; 1 without a place for it."""
    match = _TOKEN.search(Path(path).name)
    return _digits(match) if match else 1


def _digits(match: re.Match[str]) -> int:
    return len(match[0]) if match[0].startswith("#") else int(match[1] or 1)


@dataclass(frozen=True)
class Input:
    """Something a layer reads."""

    name: str
    path: str
    attrs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Output:
    """Something a layer writes. A task fails that ends well without having written its files."""

    name: str
    path: str
    attrs: Mapping[str, str] = field(default_factory=dict)

    def files(self, frames: Iterable[int]) -> list[Path]:
        """The files that these frames write, each once."""
        if not has_frame(self.path):
            return [Path(self.path)]
        return list(dict.fromkeys(frame_path(self.path, frame) for frame in frames))


def missing(outputs: Iterable[Output], frames: Iterable[int]) -> list[Path]:
    """Declared files that are absent or empty."""
    frames = list(frames)
    files = [file for output in outputs for file in output.files(frames)]
    return [file for file in files if not file.is_file() or not file.stat().st_size]


def make_folders(outputs: Iterable[Output], frames: Iterable[int]) -> None:
    """Make the folders that the files go to. The error says who could not: a task's user is often not the artist."""
    for output in outputs:
        for folder in {file.parent for file in output.files(frames)}:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise Invalid(f"{_user()} cannot make the folder '{folder}': {error.strerror}") from error


def _user() -> str:
    try:
        return f"user '{getpass.getuser()}'"
    except (KeyError, OSError):  # an id without a name
        return "the task's user"
