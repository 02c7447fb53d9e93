"""The log of a task, piece by piece: from the file where this server sees it, else from the node that wrote it.

Whoever launches a job chooses where its logs lie and what its tasks are called: ownlogs.py says what of that the server
reads.
"""

from __future__ import annotations

from plow_client.errors import Invalid, NotAllowed, NotFound, PlowError, Unavailable
from plow_client.idl import LogT
from plow_client.logpiece import MOST_BYTES
from plow_server.asking import AskNode
from plow_server.database import Database, Row
from plow_server.ownlogs import OwnLogs

_MOST_OFFSET = 2**62


def log_of_task(
    db: Database,
    own_logs: OwnLogs | None,
    ask_node: AskNode,
    task_id: str,
    attempt: int,
    offset: int,
    length: int,
) -> LogT:
    """A piece of an attempt's log; attempt -1 is the newest, a negative offset counts from the end."""
    if attempt < -1:
        raise Invalid(f"attempt {attempt}: numbers begin at 0, and -1 is the newest")
    if length < 0 or abs(offset) > _MOST_OFFSET:
        raise Invalid("length is 0 or more, and offset is a place in a file")
    row = db.one("attempt_log", missing=f"no task '{task_id}'", task_id=task_id, attempt=attempt)
    if row["retries"] < 0:
        raise NotFound(f"task '{row['name']}' has no log: it has not run yet")
    if row["attempt"] > row["retries"]:
        raise NotFound(f"task '{row['name']}' has no attempt {attempt}: the newest is {row['retries']}")
    length = min(length, MOST_BYTES)
    piece = own_logs.read(row["path"], offset, length) if own_logs else None
    if piece is None:
        return _ask(ask_node, row, offset, length)
    return LogT(
        content=piece.content,
        offset=piece.offset,
        size=piece.size,
        path=row["path"],
        nodeName="",
        attempt=row["attempt"],
    )


def _ask(ask_node: AskNode, row: Row, offset: int, length: int) -> LogT:
    """Of the node that ran the attempt; the message names it, for that is where to look."""
    name, path = row["node_name"], row["path"]
    if row["address"] is None:
        where = f"node '{name}' is not known any more" if name else "no node is known to have it"
        raise NotFound(f"log '{path}' cannot be seen by the server, and {where}")
    if row["state"] == "DOWN":
        raise Unavailable(f"log '{path}' is on node '{name}', which is DOWN")
    try:
        log: LogT = ask_node(row["address"], "readLog", path=path, offset=offset, length=length)
    except Unavailable as error:
        raise Unavailable(f"log '{path}' is on node '{name}', which does not answer: {error.why}") from None
    except Invalid:
        raise NotAllowed(
            f"log '{path}' is on node '{name}', whose daemon is too old to be asked for it"
        ) from None
    except PlowError as error:
        raise type(error)(f"node '{name}': {error.why}") from None
    log.nodeName, log.attempt = name, row["attempt"]
    return log
