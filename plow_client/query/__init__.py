"""The language in which jobs, tasks and nodes are asked for: `state=dead and user=anna and ram>32g`.

query = parse("state=dead and layer~'beauty*'", "task")
write(query, "task")      # canonical text
to_wire(query)            # what a filter takes as `where`
"""

from plow_client.query.error import QueryError
from plow_client.query.field import FIELDS, KINDS, Field, FieldType, Kind
from plow_client.query.parse import parse
from plow_client.query.tree import NEVER, And, Moment, Not, Or, Query, Term, Value, all_of, any_of
from plow_client.query.wire import from_wire, to_wire
from plow_client.query.write import write

__all__ = [
    "FIELDS",
    "KINDS",
    "NEVER",
    "And",
    "Field",
    "FieldType",
    "Kind",
    "Moment",
    "Not",
    "Or",
    "Query",
    "QueryError",
    "Term",
    "Value",
    "all_of",
    "any_of",
    "from_wire",
    "parse",
    "to_wire",
    "write",
]
