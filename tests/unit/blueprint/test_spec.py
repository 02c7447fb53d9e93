"""What the server is told of a job."""

from __future__ import annotations

from pathlib import Path

import pytest

from blueprint import Layer, Task
from blueprint.backends.plan import plan_tasks
from blueprint.job import Job, loading
from blueprint.modules.shell import Shell, ShellCommand
from blueprint.spec import to_job_spec
from plow_client.errors import Invalid
from plow_client.idl import DependType, NeedsT, RetryRulesT, RunSettingsT, TaskOrder


@pytest.fixture
def job():
    with loading(Job("shot")) as job:
        yield job


def layers(job, frames="1-4", **options):
    return {layer.name: layer for layer in to_job_spec(job, frames, **options).layers}


def test_rows_b12_b38_a_shell_layer_goes_to_the_farm_as_it_stands(job):
    Shell("a", cmd=["echo", "%{FRAME}"], chunk=2, threads=2, ram=900, tags="linux", service="x", retries=0)

    spec = layers(job)["a"]
    assert spec.command == ["echo", "%{FRAME}"]
    assert (spec.range, spec.chunk, spec.minCores, spec.minRam) == ("1-4", 2, 2, 900)
    assert (spec.tags, spec.serv, spec.maxRetries) == (["linux"], "x", 0)


def test_how_its_tasks_run_goes_along(job):
    Shell(
        "a", cmd="x", max_run_s=60, max_silence_s=0, niceness=5, kill_grace_s=30, wrapper=["rez", "maya"],
        log_rules="maya", before="mkdir", more_commands=[["b", "c"]], after=[],
    )  # fmt: skip
    Shell("b", cmd="x")

    assert layers(job)["a"].killGraceS == 30
    assert layers(job)["a"].run == RunSettingsT(
        maxRunS=60, maxSilenceS=0, niceness=5, wrapper=["rez", "maya"], logRules=["maya"], beforeCommand=["mkdir"],
        moreCommands=[["b", "c"]], afterCommand=[],
    )  # fmt: skip
    assert layers(job)["b"].run is None


def test_what_it_needs_of_a_node_goes_along(job):
    Shell(
        "a", cmd="x", pools="gpu", os="linux", node_cores=8, node_ram=0, whole_node=True, gpus=2, gpu_ram=8000,
        limits=["nuke"], max_per_node=1, fit_ram=False, retry_exits=[1, 139], retry_delay_s=30, retry_most_delay_s=60,
        task_order="every_nth", every_nth=10,
    )  # fmt: skip
    Shell("b", cmd="x", task_order="first_middle_last")
    job.pools = ["farm"]

    spec = layers(job)["a"]
    assert spec.needs == NeedsT(
        pools=["gpu"], os="linux", nodeCores=8, nodeRam=0, wholeNode=True, gpus=2, gpuRam=8000, limits=["nuke"],
        maxPerNode=1, fitRam=False,
    )  # fmt: skip
    assert spec.retryRules == RetryRulesT(exits=[1, 139], delayS=30, mostDelayS=60)
    assert (spec.taskOrder, spec.everyNth) == (TaskOrder.EVERY_NTH, 10)
    other = layers(job)["b"]
    assert (other.needs, other.retryRules, other.everyNth) == (None, None, None)
    assert other.taskOrder == TaskOrder.FIRST_MIDDLE_LAST
    assert to_job_spec(job, "1").pools == ["farm"]


@pytest.mark.parametrize(
    "options", [{"every_nth": 4}, {"task_order": "every_nth"}, {"task_order": "odd"}, {"os": "bsd"}]
)
def test_an_order_or_a_system_that_makes_no_sense_is_refused_at_the_artists_machine(job, options):
    with pytest.raises(Invalid):
        Shell("a", cmd="x", **options)


def test_what_is_not_said_is_not_sent(job):
    Shell("a", cmd="x")

    spec = layers(job)["a"]
    assert (spec.minCores, spec.maxCores, spec.minRam, spec.maxRam) == (None, None, None, None)
    assert (spec.tags, spec.serv, spec.maxRetries, spec.threadable) == (None, None, None, None)


def test_a_layer_that_may_use_more_cores_is_threadable(job):
    Shell("a", cmd="x", threads=1, max_threads=4)

    assert (layers(job)["a"].maxCores, layers(job)["a"].threadable) == (4, True)


def test_any_other_layer_goes_through_the_runner(job):
    Layer("a")

    command = layers(job, runner=["taskrun", "/archive"])["a"].command
    assert command == ["taskrun", "/archive", "--layer", "a", "--range=%{RANGE}"]


def test_a_shell_layer_with_outputs_goes_through_the_runner_that_looks_for_them(job):
    Shell("a", cmd="x").add_output("picture", "/out.####.png")

    assert layers(job)["a"].command[0] == "taskrun"


def test_the_layers_own_frames_win(job):
    Layer("a", frame_range="1-10x2")
    Layer("b")

    specs = layers(job, "3")
    assert (specs["a"].range, specs["b"].range) == ("1-10x2", "3")


def test_the_blueprints_frames_stand_in(job):
    Layer("a")
    job.range = "7-9"

    assert layers(job, None)["a"].range == "7-9"


@pytest.mark.parametrize(
    ("frames", "said"), [(None, "layer 'a': no frames"), ("1-3,foo", "layer 'a': 'foo' is no frame")]
)
def test_frames_are_needed_and_checked(job, frames, said):
    Layer("a", frame_range=frames)

    with pytest.raises(Invalid, match=said):
        layers(job, None)


def test_wrong_frames_for_the_whole_job_are_not_blamed_on_a_layer(job):
    Layer("a")

    with pytest.raises(Invalid, match="^'x' is no frame"):
        layers(job, "x")


def test_a_job_of_tasks_needs_no_frames(job):
    ShellCommand("a", cmd="x")

    assert [task.name for task in layers(job, None)["a"].tasks] == ["a"]


def test_row_b14_tasks_of_a_group_are_one_layer_of_the_farm(job):
    for name in ("a", "b", "c"):
        ShellCommand(name, cmd="x", group="prep")

    spec = layers(job, None)["prep"]
    assert [task.name for task in spec.tasks] == ["a", "b", "c"]
    assert spec.command[-2:] == ["--task", "%{TASK}"]


def test_row_b13_a_task_alone_keeps_its_own_command(job):
    ShellCommand("a", cmd=["tar", "xf"])

    assert layers(job, None)["a"].command == ["tar", "xf"]


def kinds(spec):
    found = [*(spec.depends or []), *(on for task in spec.tasks or [] for on in task.depends or [])]
    return [(DependType(on.type).name, on.dependOnLayer, on.dependOnTask) for on in found]


def test_row_b11_every_kind_of_depend(job):
    Layer("a")
    Task("t", group="g")
    Layer("by_frame", depend="a")
    Layer("whole", depend="a:all")
    Layer("on_task", depend="t")
    Layer("on_group", depend="g")
    Task("task_on_layer", depend="a")
    Task("task_on_task", depend="t")

    specs = layers(job)
    assert kinds(specs["by_frame"]) == [("TASK_BY_TASK", "a", None)]
    assert kinds(specs["whole"]) == [("LAYER_ON_LAYER", "a", None)]
    assert kinds(specs["on_task"]) == [("LAYER_ON_TASK", "g", "t")]
    assert kinds(specs["on_group"]) == [("LAYER_ON_LAYER", "g", None)]
    assert kinds(specs["task_on_layer"]) == [("TASK_ON_LAYER", "a", None)]
    assert kinds(specs["task_on_task"]) == [("TASK_ON_TASK", "g", "t")]


def test_a_task_says_who_it_is_in_its_depends(job):
    Task("t", group="g")
    Task("u", group="g", depend="t")

    (depend,) = layers(job)["g"].tasks[1].depends
    assert (depend.dependentLayer, depend.dependentTask) == ("g", "u")


def test_post_layers_run_after_the_job(job):
    Layer("a")
    Layer("mail", post=True)

    assert [layers(job)[name].isPost for name in ("a", "mail")] == [False, True]


def test_the_project_is_the_callers_then_the_blueprints_then_the_default(job):
    Layer("a")
    assert to_job_spec(job, "1").project == "default"
    job.project = "film"
    assert to_job_spec(job, "1").project == "film"
    assert to_job_spec(job, "1", project="short", paused=True).project == "short"


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 256])
def test_a_job_name_is_checked(name):
    with pytest.raises(Invalid, match="is no job name"):
        Job(name, folder=Path("/"))


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        ("1-10", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("1-10x2", [1, 3, 5, 7, 9]),
        ("1-10y2", [2, 4, 6, 8, 10]),
        ("1-10:3", [1, 4, 7, 10, 3, 5, 9, 2, 6, 8]),
        ("1,5,9", [1, 5, 9]),
        ("-5-5", [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5]),
    ],
)
def test_row_b36_a_range_is_these_frames_in_this_order(job, text, frames):
    Shell("a", cmd=["x"])
    spec = to_job_spec(job, text)

    assert spec.layers[0].range == text  # which the server reads with the same function
    assert [frame for task in plan_tasks(spec) for frame in task.frames] == frames


def test_row_b38_what_a_layer_asks_for_is_in_the_launched_layer(job):
    Shell("a", cmd=["x"], threads=2, max_threads=8, ram=4096, tags=["linux"], chunk=5, frame_range="11-20")

    spec = layers(job)["a"]
    assert (spec.minCores, spec.maxCores, spec.minRam, spec.tags) == (2, 8, 4096, ["linux"])
    assert (spec.chunk, spec.range) == (5, "11-20")


def test_a_job_waits_for_others_by_name_or_id(job):
    job.wait_for = ["sc010_sim", "sc020_sim"]
    Shell("a", cmd=["true"])

    found = to_job_spec(job, "1").depends
    assert [(depend.type, depend.dependOnJob) for depend in found] == [
        (DependType.JOB_ON_JOB, "sc010_sim"),
        (DependType.JOB_ON_JOB, "sc020_sim"),
    ]
