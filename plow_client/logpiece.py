"""Reads a piece of a log file, and nothing but a plain file: no link, no pipe, no device.

A daemon that is root has a process of its own do it, with the rights of the task's user:
``python logpiece.py PATH OFFSET LENGTH UID GID GROUP,…`` prints a line of JSON, then the bytes. For that,
only the standard library.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
from typing import NamedTuple

MOST_BYTES = 1024 * 1024
_LONGEST_STAMP = 40
_FLAGS = ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY")


class Piece(NamedTuple):
    """Some bytes, the place of the first, and how long the whole file is now."""

    content: bytes
    offset: int
    size: int


def read_piece(path: str, offset: int, length: int, begins: bytes = b"", folder: int | None = None) -> Piece:
    """Up to `length` bytes, at most 1 MiB; a negative offset counts from the end. OSError says why not.

    With `begins`, only of a file where these bytes follow upon its first time stamp. `folder` is an open folder that
    the path begins in.
    """
    flags = os.O_RDONLY
    for name in _FLAGS:
        flags |= getattr(os, name, 0)  # not every system has all of them
    descriptor = os.open(path, flags, dir_fd=folder)
    with open(descriptor, "rb", buffering=0) as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(errno.EINVAL, "not a plain file", path)
        if begins and not file.read(_LONGEST_STAMP + len(begins)).partition(b"]")[2].startswith(begins):
            raise OSError(errno.EACCES, "not the log of an attempt", path)
        size = facts.st_size
        start = max(size + offset, 0) if offset < 0 else min(offset, size)
        file.seek(start)
        return Piece(file.read(min(length, MOST_BYTES)), start, size)


def main(arguments: list[str]) -> None:
    """Become the user for good, then read."""
    path, offset, length, uid, gid, groups = arguments
    try:
        os.setgroups([int(group) for group in groups.split(",") if group])
        os.setgid(int(gid))
        os.setuid(int(uid))
        piece = read_piece(path, int(offset), int(length))
    except OSError as error:
        told: dict[str, object] = {"errno": error.errno or 0, "strerror": error.strerror or str(error)}
        piece = Piece(b"", 0, 0)
    else:
        told = {"offset": piece.offset, "size": piece.size}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + piece.content)


if __name__ == "__main__":
    main(sys.argv[1:])
