"""Failures through the interface, from the result of a node to the answer, and what undoes what the farm did."""

from __future__ import annotations

import pytest

from plow_client.errors import Invalid, NotFound
from plow_client.idl import AttemptEnd, NodeState, RetryRulesT, RunTaskResult
from plow_server.handlers.rnd import ending_of
from plow_server.inbox import columns_of
from tests.integration.api.conftest import Api, Launch, layer
from tests.sql.farm import Farm

NOBODY = "00000000-0000-0000-0000-000000000000"


def end(farm: Farm, proc: object, **said: object) -> None:
    """What the dispatcher stores when a node says so."""
    told = {"exitStatus": 1, "endReason": AttemptEnd.EXITED, "signal": 0, **said}
    result = RunTaskResult(procId=str(proc), taskId=NOBODY, jobId=NOBODY, **told)
    columns = columns_of([ending_of(result)])
    columns["p_end"] = [str(columns["p_end"][0])]
    named = ", ".join(
        f"{name} => %s{'::plow.attempt_end[]' if name == 'p_end' else _KIND.get(name, '')}"
        for name in columns
    )
    farm.execute(f"select * from plow.complete_tasks({named})", *columns.values())


_KIND = {
    "p_proc": "::uuid[]", "p_failure_line": "::text[]", "p_fingerprint": "::text[]", "p_reason": "::text[]",
    "p_command_index": "::int[]", "p_warnings": "::int[]", "p_high_cores": "::float8[]", "p_clock_ms": "::bigint[]",
    "p_cpu_ms": "::bigint[]",
}  # fmt: skip


def test_a_jobs_failures_are_one_line_for_the_same_last_words(api: Api, farm: Farm, launch: Launch) -> None:
    node = farm.node("r1")
    job = launch()
    (beauty,) = api.getLayers(jobId=job.id)
    for place, proc in enumerate(farm.book((beauty.id, node, 2))):  # type: ignore[arg-type]
        end(farm, proc["proc_id"], failureLine=f"cannot open /show/wood_{place:04}.tx", exitStatus=3)

    (failure,) = api.getJobFailures(jobId=job.id, deadOnly=False)

    assert failure.sentence == "2 tasks on 1 node: cannot open /show/wood_####.tx"
    assert failure.line in ("cannot open /show/wood_0000.tx", "cannot open /show/wood_0001.tx")
    assert (failure.attempts, failure.nodes, failure.layers, len(failure.taskIds)) == (
        2,
        ["r1"],
        ["beauty"],
        2,
    )
    assert 0 < failure.firstTime <= failure.lastTime
    (here,) = api.getNodeFailures(nodeId=str(node), hours=1)
    assert here.sentence == "2 tasks of 1 job: cannot open /show/wood_####.tx"
    assert here.fingerprint == failure.fingerprint


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (
            {"endReason": AttemptEnd.RUN_TIME, "reason": "ran for 20 s, longer than 10 s"},
            "ran for 20 s, longer than 10 s",
        ),
        ({"endReason": AttemptEnd.SILENCE, "reason": "wrote nothing for 9 s"}, "wrote nothing for 9 s"),
        ({"endReason": AttemptEnd.MEMORY, "reason": "used 9 GB of 8", "maxRssMb": 100_000}, "used 9 GB of 8"),
        ({"endReason": None, "signal": None, "exitSignal": -11}, "ended by signal 11"),
        ({"endReason": None, "signal": None, "exitStatus": 7}, "exit status 7"),
    ],
)
def test_what_has_no_line_is_told_by_its_reason_or_its_status(
    api: Api, farm: Farm, launch: Launch, said: dict[str, object], line: str
) -> None:
    job, node = launch(layer(maxRetries=0)), farm.node()
    (beauty,) = api.getLayers(jobId=job.id)
    (proc,) = farm.book((beauty.id, node, 1))  # type: ignore[arg-type]
    end(farm, proc["proc_id"], **said)

    (failure,) = api.getJobFailures(jobId=job.id, deadOnly=True)

    assert failure.line == line


def test_what_the_farm_set_aside_is_taken_back_by_one_call(api: Api, farm: Farm, launch: Launch) -> None:
    bad = farm.node("r1", cores=8)
    farm.node("r2")
    jobs = [launch(layer(range="1-5", retryRules=RetryRulesT(exits=[3])), name=f"shot{n}") for n in range(3)]
    layers = [api.getLayers(jobId=job.id)[0].id for job in jobs]
    for layer_id in (*layers, *layers[:2]):
        (proc,) = farm.book((layer_id, bad, 1))  # type: ignore[arg-type]
        end(farm, proc["proc_id"], failureLine="no such file")

    node = api.getNode(name="r1")
    assert node.state == NodeState.REPAIR
    assert node.stateReason.startswith(
        "5 attempts of 3 jobs failed here in a row; the last, 0002-beauty of shot1: no such file"
    )
    (failure,) = api.getNodeFailures(nodeId=node.id, hours=1)
    assert failure.layers == ["shot0/beauty", "shot1/beauty", "shot2/beauty"]
    api.setNodeState(id=node.id, state=NodeState.UP)
    assert api.getNode(name="r1").stateReason is None


def test_failures_of_what_is_not_there_are_refused(api: Api, farm: Farm) -> None:
    with pytest.raises(NotFound, match=NOBODY):
        api.getJobFailures(jobId=NOBODY, deadOnly=False)
    with pytest.raises(NotFound, match=NOBODY):
        api.getNodeFailures(nodeId=NOBODY, hours=1)
    with pytest.raises(Invalid, match="0 hours"):
        api.getNodeFailures(nodeId=str(farm.node()), hours=0)
