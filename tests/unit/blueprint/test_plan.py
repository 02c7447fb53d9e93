"""The tasks of a spec, as the farm makes them."""

from __future__ import annotations

from blueprint import Layer, Task
from blueprint.backends.plan import plan_tasks
from blueprint.job import Job, loading
from blueprint.modules.shell import Shell
from blueprint.spec import to_job_spec


def plan(job, frames="1-4"):
    tasks = plan_tasks(to_job_spec(job, frames, runner=["taskrun", "A"]))
    return {task.name: task for task in tasks}, {
        task.name: {tasks[on].name for on in task.waits_for} for task in tasks
    }


def test_row_b37_frames_are_cut_into_chunks_and_named_by_their_first():
    with loading(Job("j")) as job:
        Shell("a", cmd=["x", "%{FRAME}-%{RANGE}-%{START}-%{END}-%{STEP}-%{TASK}"], chunk=4)
    tasks, _ = plan(job, "1-10x2")

    assert list(tasks) == ["0001-a", "0009-a"]
    with loading(Job("k")) as job:
        Shell("b", cmd="x", chunk=4)
    chunks, _ = plan(job, "1-10")
    assert [list(task.frames) for task in chunks.values()] == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]]
    assert tasks["0001-a"].command == ("x", "1-1-7x2-1-7-2-0001-a")
    assert tasks["0009-a"].command == ("x", "9-9-9-9-1-0009-a")


def test_row_b08_frame_by_frame_means_the_chunk_that_holds_the_frame():
    with loading(Job("j")) as job:
        Layer("a", chunk=2)
        Layer("b", depend="a", frame_range="2-5")
    _, waits = plan(job)

    assert waits["0002-b"] == {"0001-a"}
    assert waits["0003-b"] == {"0003-a"}
    assert waits["0005-b"] == set()


def test_row_b09_the_whole_of_a_layer_is_all_its_tasks():
    with loading(Job("j")) as job:
        Layer("a")
        Task("t", depend="a:all")
        Layer("b", depend="t", chunk=0)
    _, waits = plan(job, "1-3")

    assert waits["t"] == {"0001-a", "0002-a", "0003-a"}
    assert waits["0001-b"] == {"t"}


def test_post_layers_wait_for_everything():
    with loading(Job("j")) as job:
        Layer("mail", post=True, frame_range="1")
        Layer("a")
    _, waits = plan(job, "1-2")

    assert waits["0001-mail"] == {"0001-a", "0002-a"}


def test_a_task_knows_the_environment_of_job_and_layer():
    with loading(Job("j")) as job:
        job.env = {"A": "job", "B": "job"}
        Layer("a", env={"A": "layer"}, threads=3)
    tasks, _ = plan(job, "1")

    assert tasks["0001-a"].env == {"A": "layer", "B": "job"}
    assert tasks["0001-a"].cores == 3
