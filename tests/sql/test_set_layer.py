"""set_layer and checked_tags: what a layer asks for, within bounds."""

from __future__ import annotations

import pytest

from plow_client.errors import Invalid, NotFound
from plow_server.database import Database
from tests.sql.farm import Farm
from tests.sql.launching import launch

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    "given, expected",
    [
        ({"p_min_cores": 0}, {"min_cores": 1}),
        ({"p_min_cores": 12}, {"min_cores": 12, "max_cores": 12}),
        ({"p_max_cores": 40000}, {"max_cores": 32767}),
        ({"p_min_ram": 8}, {"min_ram": 256}),
        ({"p_min_ram": 50000}, {"min_ram": 50000, "max_ram": 50000}),
        ({"p_threadable": True}, {"threadable": True, "min_cores": 1}),
        ({"p_tags": ["t1", "t2", "t3", "t1"]}, {"tags": ["t1", "t2", "t3"]}),
    ],
)
def test_values_are_kept_within_bounds(farm: Farm, db: Database, given: dict, expected: dict) -> None:
    job = launch(db)

    db.run("set_layer", p_layer=job.layers["beauty"], **given)

    row = farm.counter("layer", id=job.layers["beauty"])
    assert {key: row[key] for key in expected} == expected


@pytest.mark.parametrize(
    "given",
    [{"p_tags": []}, {"p_tags": [""]}, {"p_tags": ["a\nb"]}, {"p_max_cores": 0}, {"p_min_cores": 99999}],
)
def test_what_makes_no_sense_is_refused(farm: Farm, db: Database, given: dict) -> None:
    job = launch(db)

    with pytest.raises(Invalid):
        db.run("set_layer", p_layer=job.layers["beauty"], **given)


def test_an_unknown_layer_is_told(db: Database) -> None:
    with pytest.raises(NotFound, match="no layer '0000"):
        db.run("set_layer", p_layer=NOBODY, p_threadable=True)
