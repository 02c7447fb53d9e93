"""What PostgreSQL's log says of deadlocks: who waited for whom, with which statement, called from where.

PostgreSQL tells a client that it was in a deadlock, but which statements met only its log knows; and where in the other
function the other one stood, only if it was made to log who waits (`tell_of_waits`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

# After so long PostgreSQL looks for a deadlock, or logs where the one stands who waits: so soon, to know of both.
WAIT = "20ms"
SETTINGS = {"deadlock_timeout": WAIT, "log_lock_waits": "on", "log_error_verbosity": "default"}
_HEAD = re.compile(r"^\d{4}-\d\d-\d\d [\d:.]+ \S+ \[(?P<pid>\d+)\] (?P<level>[A-Z]+\d?):  ")
_PARTS = {"DETAIL", "HINT", "QUERY", "CONTEXT", "STATEMENT"}
_WHO = re.compile(r"[Pp]rocess (\d+)")


@dataclass
class Entry:
    """A message of the log with what belongs to it."""

    pid: str
    text: str


def tell_of_waits(dsn: str) -> None:
    """From its next session on the database has its deadlocks found soon and its waits logged."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        for key, value in SETTINGS.items():
            connection.execute(
                sql.SQL("alter database {} set {} = {}").format(name, sql.Identifier(key), sql.Literal(value))
            )


class DeadlockLog:
    """The log of a server, from now on."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._from = file.stat().st_size

    def found(self) -> list[str]:
        """Each deadlock since, with what the others in it were doing."""
        with self._file.open(errors="replace") as log:
            log.seek(self._from)
            return deadlocks(log.read())


def deadlocks(log: str) -> list[str]:
    """Each deadlock that a log tells of, with the last that was said of how the others in it waited."""
    waits: dict[str, Entry] = {}
    found = []
    for entry in _entries(log):
        if "deadlock detected" in entry.text.partition("\n")[0]:
            others = dict.fromkeys(pid for pid in _WHO.findall(entry.text) if pid != entry.pid)
            found.append("\n".join([entry.text, *(waits[pid].text for pid in others if pid in waits)]))
        elif "still waiting for" in entry.text:
            waits[entry.pid] = entry
    return found


def _entries(log: str) -> Iterator[Entry]:
    """Messages with their parts."""
    last: Entry | None = None
    for line in log.splitlines():
        head = _HEAD.match(line)
        if head and head["level"] in _PARTS and last and last.pid == head["pid"]:
            last.text += "\n  " + line[head.start("level") :]
        elif head:
            if last:
                yield last
            last = Entry(head["pid"], line)
        elif last:
            last.text += "\n  " + line
    if last:
        yield last
