"""The same folder has another name on each platform: paths in commands, variables and log files are turned. Pure.

A rule turns one prefix into another: `/mnt/show` into `P:\\show`. It holds for whole names only (`/mnt/showreel`
is another folder), the longest prefix wins, and what was turned is not turned again. Sources with a drive or a
server (`P:\\show`, `\\\\server\\show`) are found in any case and with either slash.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rndaemon.config import Config

_DRIVE = re.compile(r"[A-Za-z]:(?=[\\/]|$)")
# What an option puts before its value: --out=, NAME=, -I
_HEAD = re.compile(r"-{1,2}[\w-]+=|[A-Za-z_]\w*=|-[A-Za-z](?=[\\/]|[A-Za-z]:[\\/])")
_BEFORE = r"""(?<![^\s=:;,"'(\[{<>|&@])"""
_AFTER = r"""(?=[\\/\s:;,"'()\[\]{}<>|&]|$)"""
_NO_ADDRESS = r"(?<![A-Za-z0-9][A-Za-z0-9]:)"  # http://server/… is no path
_PATH_END = re.compile(r"""[:;,"'<>|&\n]""")
_WORD_END = re.compile(r"""[\s:;,"'()\[\]{}<>|&]""")
_MORE_WORDS = re.compile(r"\s([-/\\]|[A-Za-z]:[\\/])")


class PathMap:
    """The rules of one node."""

    def __init__(self, rules: Mapping[str, str]) -> None:
        """Source to target; ValueError names a rule that makes no sense."""
        self._targets: list[str] = []
        parts = []
        for source, target in sorted(rules.items(), key=lambda rule: -len(_trimmed(rule[0]))):
            check_rule(source, target)
            self._targets.append(_trimmed(target))
            parts.append(f"({_pattern(_trimmed(source))})")
        self._found = re.compile(f"{_BEFORE}(?:{'|'.join(parts)}){_AFTER}") if parts else None

    @classmethod
    def from_config(cls, config: Config, platform: str = "") -> PathMap:
        """The rules for all platforms and those for this one, which win."""
        paths = config.paths
        named = {"linux": paths.linux, "darwin": paths.macos, "win32": paths.windows}
        return cls({**paths.everywhere, **named.get(platform or sys.platform, {})})

    def apply(self, text: str) -> str:
        """Turn each path in a word, the value of a variable, or a list of paths with : or ; between them."""
        head = _HEAD.match(text)
        at = head.end() if head else 0
        if not self._found or not self._found.search(text[at:]):
            return text
        several = self._list(text[at:])
        return text[:at] + (self._turned(text[at:]) if several is None else several)

    def _list(self, text: str) -> str | None:
        """A list of paths of one kind that become the other kind: it gets the other kind's separator too."""
        for separator, other, is_path in ((":", ";", _is_posix), (";", ":", is_windows)):
            parts = text.split(separator)
            if len(parts) > 1 and all(is_path(part) or not part for part in parts):
                turned = [self._turned(part) for part in parts]
                changed = any(new != old and not is_path(new) for old, new in zip(parts, turned, strict=True))
                return (other if changed else separator).join(turned)
        return None

    def _turned(self, text: str) -> str:
        made: list[str] = []
        at = 0
        while self._found and (found := self._found.search(text, at)):
            assert found.lastindex
            source, target = found.group(), self._targets[found.lastindex - 1]
            end = _end_of_path(text, found)
            made += [text[at : found.start()], _joined(target, source, text[found.end() : end])]
            at = end
        return "".join([*made, text[at:]])


def check_rule(source: str, target: str) -> None:
    """ValueError where this could not be a rule."""
    for path in (source, target):
        if not is_windows(path) and not _is_posix(path):
            raise ValueError(f"'{path}' is not a whole path: expected /a/b, P:\\a or \\\\server\\a")
    if not _trimmed(source):
        raise ValueError(f"'{source}' is every path: expected a folder in it")


def is_windows(path: str) -> bool:
    """Whether this has a drive or a server."""
    return bool(_DRIVE.match(path)) or path.startswith(("\\\\", "//"))


def _is_posix(path: str) -> bool:
    return path.startswith("/") and not path.startswith("//")


def _trimmed(path: str) -> str:
    return path.rstrip("\\/" if is_windows(path) else "/")


def _pattern(source: str) -> str:
    if not is_windows(source):
        return "/" + "/+".join(re.escape(name) for name in source.split("/") if name)
    names = [re.escape(name) for name in re.split(r"[\\/]+", source) if name]
    body = r"[\\/]+".join(names)
    is_server = not _DRIVE.match(source)
    return f"{_NO_ADDRESS}(?i:[\\\\/]{{2,4}}{body})" if is_server else f"(?i:{body})"


def _end_of_path(text: str, found: re.Match[str]) -> int:
    """A path that begins its text may hold blanks, unless options or paths follow them; others end at the first."""
    begins = found.start() == 0 and not _MORE_WORDS.search(text, found.end())
    end = (_PATH_END if begins else _WORD_END).search(text, found.end())
    return end.start() if end else len(text)


def _joined(target: str, source: str, rest: str) -> str:
    """Target and rest, with the slashes of the target's platform; a bare drive is its root."""
    if not is_windows(target):
        rest = re.sub(r"\\+", "/", rest) if is_windows(source) else rest
        return target + rest or "/"
    if "\\" in target or not target.startswith("//"):
        return target + (rest.replace("/", "\\") or "\\" * (target[-1] == ":"))
    return target + rest.replace("\\", "/")  # the rule is written with forward slashes: it wants them
