"""A limit of a filter: so many of what matches, with a query and without."""

from __future__ import annotations

import pytest

from plow_client.errors import Invalid
from plow_client.idl import JobFilterT, NodeFilterT
from plow_client.query import parse, to_wire
from tests.integration.api.conftest import Api, Launch
from tests.sql.farm import Farm


@pytest.mark.parametrize("where", [None, "user=anna"])
def test_the_newest_jobs_come(api: Api, launch: Launch, where: str | None) -> None:
    for name in ("first", "second", "third"):
        launch(name=name)

    def names(limit: int | None) -> list[str]:
        terms = to_wire(parse(where, "job")) if where else None
        return [job.name for job in api.getJobs(filter=JobFilterT(where=terms, limit=limit))]

    assert names(2) == ["third", "second"]
    assert names(0) == names(None) == ["third", "second", "first"]


@pytest.mark.parametrize("where", [None, "state=up"])
def test_the_first_nodes_by_name_come(api: Api, farm: Farm, where: str | None) -> None:
    for name in ("r3", "r1", "r2"):
        farm.node(name)

    def names(limit: int | None) -> list[str]:
        terms = to_wire(parse(where, "node")) if where else None
        return [node.name for node in api.getNodes(filter=NodeFilterT(where=terms, limit=limit))]

    assert names(2) == ["r1", "r2"]
    assert names(0) == names(None) == ["r1", "r2", "r3"]


def test_a_limit_below_nothing_is_refused(api: Api) -> None:
    with pytest.raises(Invalid, match="0 or more"):
        api.getJobs(filter=JobFilterT(limit=-1))
