"""What fails on real nodes is found, named, contained, and undone by one call."""

from __future__ import annotations

from collections.abc import Callable

from plow_client.idl import JobT, NodeState, TaskFilterT
from tests.e2e.conftest import Row, Story, wait_for

LOST_SOON = ("node.ping_interval_s=1", "node.silent_s=3", "node.lost_after_s=4", "housekeeping.silent_every_s=0.5",
             "housekeeping.lost_every_s=0.5", "failure.poison_nodes=2")  # fmt: skip


def node(story: Story, name: str) -> Row:
    return story.query("select * from plow.node_view where name = %s", name)[0]


def job(story: Story, one: JobT) -> Row:
    return story.query("select * from plow.job_view where id = %s", one.id)[0]


def procs(story: Story) -> list[str]:
    """Names of the nodes that run something."""
    rows = story.query("select node.name from plow.proc join plow.node on node.id = proc.node_id order by 1")
    return [row["name"] for row in rows]


def test_a_node_where_everything_fails_is_set_aside_while_the_others_go_on(
    begin: Callable[..., Story],
) -> None:
    story = begin(nodes=2, cores=2)
    broken = story.farm.nodes[1]
    broken.stop()
    story.farm.node_options.append('task.env={BROKEN = "1"}')
    broken.start()
    script = 'if [ -n "$BROKEN" ]; then echo "error: cannot open /show/wood_$$.tx"; exit 3; fi; sleep 0.3'

    jobs = [story.launch(story.layer("1-12", script, maxRetries=9), name=f"shot{n}") for n in range(3)]
    wait_for(lambda: node(story, broken.name)["state"] == "REPAIR", 60, story.troubles)

    assert "of 3 jobs failed here in a row; the last, " in node(story, broken.name)["state_reason"]
    (failure,) = story.call("getNodeFailures", nodeId=str(node(story, broken.name)["id"]), hours=1)
    assert (failure.nodes, failure.line[:29]) == ([broken.name], "error: cannot open /show/wood")
    for one in jobs:
        story.wait_for_end(one)
    assert story.tasks() == {"SUCCEEDED": 36}

    story.call("setNodeState", id=str(node(story, broken.name)["id"]), state=NodeState.UP)
    assert (node(story, broken.name)["state"], node(story, broken.name)["state_reason"]) == ("UP", None)


def test_a_job_that_fails_on_every_node_of_a_small_farm_is_paused(begin: Callable[..., Story]) -> None:
    story = begin(nodes=2, cores=2)
    failing = story.launch(
        story.layer("1-40", "echo 'error: no plate'; exit 2", maxRetries=9), name="failing"
    )
    sound = story.launch(story.layer("1-4", "sleep 0.1"), name="sound")

    wait_for(lambda: job(story, failing)["paused"], 60, story.troubles)

    assert "on 2 nodes failed without one success" in job(story, failing)["pause_reason"]
    assert "error: no plate" in story.call("explain", id=failing.id).sentence
    story.wait_for_end(sound)
    wait_for(lambda: procs(story) == [])
    story.call("pauseJob", jobId=failing.id, paused=False)
    wait_for(
        lambda: len([row for row in story.attempts() if row["job_id"] == job(story, failing)["id"]]) > 14, 60
    )
    story.call("killJob", jobId=failing.id, reason="enough")


def test_a_task_under_which_its_nodes_are_lost_is_dead_until_somebody_retries_it(
    begin: Callable[..., Story],
) -> None:
    story = begin(nodes=3, cores=1, options=LOST_SOON)
    poison = story.launch(story.layer("1-1", "sleep 600", maxRetries=9), name="poison")
    lost = []
    for _ in range(2):
        wait_for(lambda: len(set(procs(story)) - set(lost)) == 1, 60, story.troubles)
        (name,) = set(procs(story)) - set(lost)
        lost.append(name)
        story.farm.kill(next(one for one in story.farm.nodes if one.name == name))

    wait_for(lambda: story.tasks() == {"DEAD": 1}, 60, story.troubles)
    said = f"poison: its node was lost under it 2 times, {', '.join(sorted(lost))}; the node was silent for"
    assert story.attempts()[-1]["reason"].startswith(said)

    story.call("retryTasks", filter=TaskFilterT(jobId=poison.id))
    wait_for(lambda: set(procs(story)) - set(lost), 60, story.troubles)
    story.call("killJob", jobId=poison.id, reason="enough")
