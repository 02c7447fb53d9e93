"""Environments for commands: a kind and its words, as a job says them, become the command that this node puts before.

A wrapped command says a marker before it begins. An attempt that ends badly without it was failed by the wrapper,
not by the command. Also used by the shim, so only the standard library.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rndaemon.config import Config

_CONTAINER = "run --rm --init --network=host --volume={temp}:{temp} --env=TMPDIR {env} {word}"
READY: Mapping[str, str] = {
    "rez": "rez-env --quiet {words} --",
    "conda": "conda run --no-capture-output --name {word}",
    "docker": f"docker {_CONTAINER}",
    "podman": f"podman {_CONTAINER}",
    "apptainer": "apptainer exec --bind {temp} {word}",
}
_TOKENS = ("words", "word", "temp", "env")
_MARK = b"PLOW_COMMAND_BEGINS "


class NoWrapper(Exception):
    """This node cannot make the environment; the message is the reason that people see."""


def resolve(words: Sequence[str], config: Config, env: Iterable[str] = (), temp: str = "/tmp") -> list[str]:
    """The words to put before a command, or NoWrapper. `env` names the variables that a container gets."""
    if not words:
        return []
    kind, given = words[0], list(words[1:])
    template = {**READY, **config.wrappers.commands}.get(kind, "")
    if not template:
        raise NoWrapper(f"this node has no wrapper '{kind}'")
    for word in given:
        if word.startswith("-") or not word:
            raise NoWrapper(f"'{word}' cannot be given to wrapper '{kind}': it would be an option of it")
    made: list[str] = []
    for part in shlex.split(template):
        if part == "{words}":
            made += given
        elif part == "{env}":
            made += [f"--env={name}" for name in sorted(set(env))]
        else:
            made.append(_filled(kind, part, given, temp))
    return made


def check_template(kind: str, template: str) -> None:
    """ValueError where a node could not use this."""
    try:
        parts = shlex.split(template)
    except ValueError as error:
        raise ValueError(f"wrapper '{kind}': {error}") from None
    if any("{words}" in part and part != "{words}" for part in parts):
        raise ValueError(f"wrapper '{kind}': {{words}} stands for several words and must stand alone")
    for token in re.findall(r"{(\w+)}", template):
        if token not in _TOKENS:
            raise ValueError(f"wrapper '{kind}': {{{token}}} means nothing; there are " + _listed(_TOKENS))


def wrap(prefix: Sequence[str], command: Sequence[str], script: str) -> list[str]:
    """The whole command line: the wrapper, then a shell that runs the script; without a wrapper just the command.

    Nothing of the command goes through the wrapper, for some give their words to a shell that reads them again
    (rez-env puts them between double quotes, conda knows no line ends).
    """
    return [*prefix, "/bin/sh", script] if prefix else list(command)


def script_of(command: Sequence[str], marker: str) -> str:
    """What the script holds: it says the marker and becomes the command."""
    return f"printf '%s\\n' {shlex.quote(marker)}\nexec {shlex.join(command)}\n"


def marker_of(proc_id: str) -> str:
    """What a wrapped command of this attempt says first, on a line of its own."""
    return _MARK.decode() + proc_id


class Threshold:
    """Looks for the marker in the output: what comes before it is the wrapper's, what follows the command's."""

    def __init__(self, marker: str) -> None:
        self._marker = marker.encode() + b"\n"
        self._kept = b""
        self.is_passed = False

    def feed(self, piece: bytes) -> bytes:
        """The output without the marker; a little may be kept until more has come."""
        if self.is_passed:
            return piece
        text = self._kept + piece
        before, found, after = text.partition(self._marker)
        if found:
            self.is_passed, self._kept = True, b""
            return before + after
        keep = _overlap(text, self._marker)
        self._kept = text[len(text) - keep :]
        return text[: len(text) - keep]

    def finish(self) -> bytes:
        """What was kept."""
        kept, self._kept = self._kept, b""
        return kept


def _overlap(text: bytes, marker: bytes) -> int:
    """How many of the last bytes may be the beginning of the marker."""
    longest = min(len(text), len(marker) - 1)
    return next((size for size in range(longest, 0, -1) if text.endswith(marker[:size])), 0)


def _listed(tokens: Iterable[str]) -> str:
    return ", ".join(f"{{{token}}}" for token in tokens)


def _filled(kind: str, part: str, given: Sequence[str], temp: str) -> str:
    if "{word}" in part and len(given) != 1:
        raise NoWrapper(f"wrapper '{kind}' takes one word, not {len(given)}")
    return part.replace("{temp}", temp).replace("{word}", given[0] if given else "")
