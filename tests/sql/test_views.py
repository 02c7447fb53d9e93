"""Every view has exactly the columns that its struct has fields."""

from __future__ import annotations

import pytest

from plow_client import idl
from plow_client.names import to_snake
from plow_server.database import SQL, Database
from plow_server.rows import Shape, labels
from tests.sql.farm import Farm

STRUCTS = {
    "action": idl.ActionT, "attempt": idl.TaskStatsT, "avoid": idl.AvoidT, "cluster": idl.ClusterT,
    "depend": idl.DependT, "filter": idl.FilterT, "folder": idl.FolderT, "job": idl.JobT, "layer": idl.LayerT,
    "limit": idl.LimitT, "pool": idl.PoolT,
    "matcher": idl.MatcherT, "node": idl.NodeT, "output": idl.OutputT, "past_attempt": idl.AttemptT, "proc": idl.ProcT,
    "project": idl.ProjectT, "quota": idl.QuotaT, "service": idl.ServiceT, "task": idl.TaskT,
}  # fmt: skip


def test_every_view_is_compared() -> None:
    assert {path.stem for path in (SQL / "views").glob("*.sql")} == {f"{name}_view" for name in STRUCTS}


@pytest.mark.parametrize("name", STRUCTS)
def test_columns_are_fields(farm: Farm, name: str) -> None:
    columns = farm.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0", f"plow.{name}_view"
    )

    assert {row["attname"] for row in columns} == set(Shape(STRUCTS[name]).columns())


@pytest.mark.parametrize(
    "enum",
    [
        idl.JobState,
        idl.LimitPer,
        idl.TaskState,
        idl.NodeState,
        idl.SlotMode,
        idl.DependType,
        idl.AttemptEnd,
        idl.ProcState,
        idl.ActionType,
        idl.MatcherField,
        idl.MatcherType,
    ],
)
def test_enums_have_the_labels_of_the_idl_in_their_order(db: Database, farm: Farm, enum: type) -> None:
    found = farm.value(f"select enum_range(null::plow.{to_snake(enum.__name__)})::text[]")

    assert found == sorted(labels(enum), key=labels(enum).__getitem__)


@pytest.mark.parametrize("moment, ms", [("1970-01-01 00:00:01.5007+00", 1500), (None, 0)])
def test_times_are_milliseconds_and_none_is_0(farm: Farm, moment: str | None, ms: int) -> None:
    assert farm.value("select plow.ms(%s::timestamptz)", moment) == ms


def test_the_deviation_is_that_of_a_sample(farm: Farm) -> None:
    assert farm.value("select plow.sample_deviation(8, 3)") == 2
    assert farm.value("select plow.sample_deviation(0, 1)") == 0


def test_a_log_file_is_named_by_task_and_attempt(farm: Farm) -> None:
    assert (
        farm.value("select plow.task_log_path('/logs/shot', '0001-beauty', -1)")
        == "/logs/shot/0001-beauty.-1.log"
    )


def test_a_job_waits_for_others_while_an_active_depend_leads_to_one(farm: Farm) -> None:
    job, other = farm.job(), farm.job("other")
    mine, first, theirs = farm.layer(job, 2), farm.layer(job, 1, "first"), farm.layer(other, 1)
    seen = "select waits_for_others from plow.job_view where id = %s"
    sides = {"dependent_job_id": job, "dependent_layer_id": mine}
    farm.depend("LAYER_ON_LAYER", **sides, on_job_id=job, on_layer_id=first)
    assert farm.value(seen, job) is False

    task = farm.tasks(mine)[0]["id"]
    leads = farm.depend("TASK_ON_LAYER", **sides, dependent_task_id=task, on_job_id=other, on_layer_id=theirs)
    assert farm.value(seen, job) is True
    assert farm.value(seen, other) is False

    farm.execute("select plow.drop_depend(%s)", leads)
    assert farm.value(seen, job) is False
