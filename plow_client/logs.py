"""Log lines of every program: an event in the past tense, then key=value, ids last.

    task started task=0007-beauty job=sc020_light node=r12 cores=4

Only the standard logging module; `event` makes the line, `set_up` says where lines go.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from pathlib import Path
from typing import TextIO

_PLAIN = re.compile(r"[^\s\"=\x00-\x1f\x7f]+")


class Lines(logging.Formatter):
    """``2026-11-20T07:41:02.123Z INFO plow_server.app: server started port=11336``"""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """Always UTC, so that lines of several machines can be laid side by side."""
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"


def event(what: str, **facts: object) -> str:
    """The text of a log line: `log.info(event("task started", task=name, cores=4))`."""
    return " ".join([what, *(f"{key}={_shown(value)}" for key, value in facts.items())])


def set_up(*, debug: bool = False, file: Path | None = None, stream: TextIO | None = None) -> None:
    """Send every log line to standard error (or a file); `--debug` adds the small steps.

    Safe to call again: the last call holds.
    """
    handler: logging.Handler
    handler = (
        logging.FileHandler(file, encoding="utf-8") if file else logging.StreamHandler(stream or sys.stderr)
    )
    handler.setFormatter(Lines())
    logging.basicConfig(level=logging.DEBUG if debug else logging.INFO, handlers=[handler], force=True)
    logging.getLogger("psycopg.pool").setLevel(
        logging.ERROR
    )  # tells each attempt to connect; we tell the first
    logging.getLogger("asyncio").setLevel(logging.INFO if debug else logging.WARNING)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    text = str(value)
    if _PLAIN.fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=False)
