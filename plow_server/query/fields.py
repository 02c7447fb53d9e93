"""The SQL of each field, read from sql/where once: fixed text, into which nothing of the wire is ever written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from psycopg import sql

from plow_client.query.field import FIELDS, NUMBER, TASK_STATES, FieldType, Kind
from plow_server.database import SQL
from plow_server.queries import parse

FOLDER = SQL / "where"


@dataclass(frozen=True)
class Column:
    """How a field is read and compared."""

    type: FieldType
    sql: sql.SQL


Columns = Mapping[str, Column]


@cache
def columns_of(kind: Kind) -> Columns:
    """The fields of jobs, tasks or nodes."""
    types = {name: field.type for name, field in FIELDS[kind].items()}
    text = (_text("layer") if kind == "task" else {}) | _text(kind)
    return {name: Column(types[name], sql.SQL(text[name])) for name in types}


@cache
def columns_of_layers() -> Columns:
    """What of a task's fields its layer and job tell, and how many tasks of the layer are in a state."""
    types = {name: field.type for name, field in FIELDS["task"].items()}
    counts = {label.lower(): NUMBER for label in TASK_STATES}
    return {name: Column((types | counts)[name], sql.SQL(text)) for name, text in _text("layer").items()}


@cache
def sources() -> Mapping[str, str]:
    """The parts of a query of tasks."""
    return _text("source")


def _text(name: str) -> dict[str, str]:
    return parse((FOLDER / f"{name}.sql").read_text(encoding="utf-8"), f"{name}.sql")
