"""A query as it comes over the wire: under the limits, then read."""

from __future__ import annotations

from collections.abc import Sequence

from plow_client.errors import Invalid
from plow_client.idl import QueryTermT
from plow_client.query import Kind, Query, from_wire
from plow_server.config import Limit


def checked(terms: Sequence[QueryTermT], kind: Kind, limit: Limit) -> Query:
    """The query that terms say; Invalid where they are too many, too long or make no sense."""
    if len(terms) > limit.query_terms:
        raise Invalid(f"a query has at most {limit.query_terms} terms, this one has {len(terms)}")
    values = sum(len(term.texts or ()) + len(term.numbers or ()) for term in terms)
    if values > limit.query_values:
        raise Invalid(f"a query has at most {limit.query_values} values, this one has {values}")
    longest = max((len(text) for term in terms for text in (term.key or "", *(term.texts or ()))), default=0)
    if longest > limit.query_chars:
        raise Invalid(f"a text in a query has at most {limit.query_chars} characters, this one has {longest}")
    return from_wire(terms, kind, limit.query_depth)
