"""Writes a PNG: eight bits for each of red, green and blue."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path


def encode(width: int, rows: Sequence[bytes]) -> bytes:
    """A picture of rows of width * 3 bytes as the bytes of a file."""
    head = struct.pack(">IIBBBBB", width, len(rows), 8, 2, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def write(path: Path, width: int, rows: Sequence[bytes]) -> None:
    """Write the whole file or none of it: who looks while we write sees no half picture."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(encode(width, rows))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
