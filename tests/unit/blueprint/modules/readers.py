"""Which frames a command asks for, read the way its program reads it: independent of the code that wrote it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

Argv = Sequence[str]


def _after(argv: Argv, word: str) -> str:
    return argv[argv.index(word) + 1]


def _start_count_step(argv: Argv) -> list[int]:
    start, count, step = (int(_after(argv, f"--frame{word}")) for word in ("", "-count", "-inc"))
    return [start + number * step for number in range(count)]


def _start_end_by(argv: Argv) -> list[int]:
    start, end, by = (int(_after(argv, word)) for word in ("-s", "-e", "-b"))
    return list(range(start, end + 1, by))


def _nuke(argv: Argv) -> list[int]:
    found: list[int] = []
    for place, word in enumerate(argv):
        if word == "-F":
            match = re.fullmatch(r"(-?\d+)(?:-(\d+)(?:x(\d+))?)?", argv[place + 1])
            assert match, argv[place + 1]
            first = int(match[1])
            found += range(first, int(match[2] or first) + 1, int(match[3] or 1))
    return found


def _blender(argv: Argv) -> list[int]:
    if "--render-frame" in argv:
        text = _after(argv, "--render-frame")
        assert not text.startswith("-"), "to Blender that is a frame counted from the end"
        return [int(frame) for frame in text.split(",")]
    return [int(frame) for word in argv for frame in re.findall(r"frame_set\((-?\d+)\)", word)]


def _list_after(prefix: str) -> Callable[[Argv], list[int]]:
    def read(argv: Argv) -> list[int]:
        (text,) = [word.removeprefix(prefix) for word in argv if word.startswith(prefix)]
        return [int(frame) for frame in text.split(",")]

    return read


def _in_name(argv: Argv) -> list[int]:
    """One picture: the number in the last file named."""
    (number,) = re.findall(r"\.(-?\d{4})\.\w+$", argv[-1])
    return [int(number)]


def _povray(argv: Argv) -> list[int]:
    (picture,) = [word for word in argv if word.startswith("+O")]
    return _in_name([picture.strip("\"'")])


READERS: dict[str, Callable[[Argv], list[int]]] = {
    "arnold": _in_name,
    "blender": _blender,
    "houdini": _list_after("--frames="),
    "husk": _start_count_step,
    "iconvert": _in_name,
    "katana": _list_after("--t="),
    "mantra": _in_name,
    "maya": _start_end_by,
    "nuke": _nuke,
    "oiiotool": _in_name,
    "povray": _povray,
    "renderman": _in_name,
    "vray": _list_after("-frames="),
}
