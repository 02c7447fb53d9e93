"""The order in words is the order in which the planner serves."""

from __future__ import annotations

import random

import pytest

from plow_server.order import in_words, line_of
from plow_server.planner import plan
from plow_server.snapshot import Folder, Job, Layer, Node, Quota, Shape, Snapshot

TAGS = frozenset({"render"})


@pytest.mark.parametrize("seed", range(60))
def test_who_is_first_in_line_is_served_first(seed: int) -> None:
    farm = some_farm(random.Random(seed))

    made = plan(farm, most=1, visit=1)

    assert [start.layer_id for start in made.starts] == [one.layer.id for one in line_of(farm)[:1]]


def some_farm(rng: random.Random) -> Snapshot:
    """Projects with quotas in one or two clusters, each with room for any task; few numbers, so that many are alike."""
    projects = [f"p{n}" for n in range(rng.randint(1, 4))]
    quotas = [
        Quota(
            f"{project}-{cluster}", project, cluster, rng.randint(0, 2), 99, rng.randint(0, 4), rng.choice([0.0, 1.5])
        )
        for project in projects
        for cluster in rng.sample(["main", "night"], rng.randint(1, 2))
    ]  # fmt: skip
    folders = {f"f{n}": Folder(f"f{n}", rng.randint(0, 2), -1, rng.randint(0, 3)) for n in range(2)}
    jobs = {
        project: [a_job(rng, f"{project}-{n}", project) for n in range(rng.randint(0, 4))]
        for project in projects
    }
    layers = {
        job.id: [
            Layer(
                f"{job.id}-{n}", job.id, Shape(TAGS, 1, 1), rng.randint(0, 2), n, rng.randint(0, 2), rng.randint(0, 1)
            )
            for n in range(rng.randint(1, 3))
        ]
        for mine in jobs.values()
        for job in mine
    }  # fmt: skip
    nodes = {name: [Node(name, name, TAGS, 8, 8, 8, 8, stamp=1)] for name in ("main", "night")}
    return Snapshot(nodes=nodes, quotas=quotas, folders=folders, jobs=jobs, layers=layers)


def a_job(rng: random.Random, name: str, project: str) -> Job:
    return Job(
        name, project, rng.choice(["f0", "f1"]), rng.randint(0, 2), -1, rng.randint(0, 2), float(rng.randint(0, 2)),
        rng.randint(0, 1),
    )  # fmt: skip


def test_a_project_without_a_quota_has_no_place() -> None:
    job, layer = Job("j", "poor", "f"), Layer("l", "j", Shape(TAGS, 1, 1), 3)
    farm = Snapshot({}, [], {"f": Folder("f")}, {"poor": [job]}, {"j": [layer]})

    assert line_of(farm) == []


def test_the_key_is_said_place_by_place_with_its_numbers() -> None:
    job = Job("j", "p", "f", min_cores=2, run_cores=6, priority=5)
    layer = Layer("l", "j", Shape(TAGS, 1, 1), 3, order=1, next_ord=12, priority=-1)
    folder, quota = Folder("f", 0, -1, 9), Quota("q", "p", "main", 4, 9, run_cores=9, lately=1.5)
    (one,) = line_of(Snapshot({}, [quota], {"f": folder}, {"p": [job]}, {"j": [layer]}))

    said = in_words(one, "ocean", "main", "comp")

    assert said.startswith(
        "project 'ocean' uses 9 cores and 1.5 of late for its 4 in cluster 'main' (2.62), job priority 5, "
        "job tier 3 (6 cores run, 2 wanted), tier of folder 'comp' 9 (9 cores run, 0 wanted), launched "
    )
    assert said.endswith(", layer priority -1, next task at place 12, layer 1")


@pytest.mark.parametrize(
    ("lately", "said"), [(0.0, "0"), (4.5e-6, "next to nothing"), (0.25, "0.25"), (12.0, "12")]
)
def test_what_was_used_of_late_is_a_number_worth_reading(lately: float, said: str) -> None:
    layer = Layer("l", "j", Shape(TAGS, 1, 1), 3)
    quota = Quota("q", "p", "main", 4, 9, run_cores=2, lately=lately)
    (one,) = line_of(Snapshot({}, [quota], {"f": Folder("f")}, {"p": [Job("j", "p", "f")]}, {"j": [layer]}))
    assert f"uses 2 cores and {said} of late" in in_words(one, "ocean", "main", "comp")
