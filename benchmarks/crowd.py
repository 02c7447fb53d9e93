"""Those who act on a farm at once: servers, nodes and people, each choosing at random what to do next."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from plow_client.errors import AlreadyExists, Invalid, NotAllowed, NotFound
from plow_client.idl import (
    DependSpecT,
    DependType,
    JobFilterT,
    JobSpecT,
    JobState,
    LayerSpecT,
    TaskFilterT,
    TaskState,
)
from plow_server.config import Limit
from plow_server.database import Database
from plow_server.handlers import cluster, depend, folder, job, layer, node, project, quota, task
from plow_server.handlers.arguments import Id
from plow_server.handlers.release import release_dependents

REFUSALS = (NotFound, AlreadyExists, Invalid, NotAllowed)
LIMIT = Limit(jobs_per_user_minute=0)
JOBS = 16  # alive at once: few, so that all meet
NODES = 12

QUERIES = {
    "some_layers": "select layer_id as id, job_id from plow.layer join plow.layer_counter on layer_id = id"
    " where ready > 0 order by random() limit %(n)s",
    "some_procs": "select id, node_id from plow.proc order by random() limit %(n)s",
    "some_tasks": "select task.id, task.job_id, task.layer_id from plow.job join plow.task on task.job_id = job.id"
    " where job.state <> 'FINISHED' order by random() limit %(n)s",
    "some_jobs": "select id, name from plow.job where state <> 'FINISHED' order by random() limit %(n)s",
    "some_depends": "select id from plow.depend order by random() limit %(n)s",
    "some_nodes": "select id, name from plow.node order by random() limit %(n)s",
    "some_clusters": "select id from plow.cluster order by random() limit %(n)s",
    "some_quotas": "select id from plow.quota order by random() limit %(n)s",
    "some_folders": "select id, project_id from plow.folder order by random() limit %(n)s",
    "living": "select count(*) from plow.job where state <> 'FINISHED'",
    "held": "select array(select id from plow.proc where node_id = %(node)s)",
    "work_done": "select (select count(*) from plow.attempt) as attempts, count(*) as jobs,"
    " count(*) filter (where state = 'FINISHED') as over, sum(restarts)::int as restarts from plow.job",
    "deadlocks": "select deadlocks from pg_stat_database where datname = current_database()",
}


class Crowd:
    """One of those who act: everything it does goes through the functions that clients, nodes and servers call."""

    def __init__(self, db: Database, seed: int) -> None:
        self.db = db
        self.random = random.Random(seed)
        self.kinds: Mapping[Callable[[], object], int] = {
            self.launch: 6,
            self.book: 30,
            self.complete: 30,
            self.ping: 6,
            self.release: 6,
            self.kill_tasks: 6,
            self.retry_tasks: 6,
            self.eat_tasks: 6,
            self.kill_job: 2,
            self.pause_job: 3,
            self.set_job: 2,
            self.set_layer: 3,
            self.set_node: 4,
            self.set_folder: 2,
            self.set_quota: 3,
            self.set_cluster: 3,
            self.set_project: 1,
            self.add_depend: 8,
            self.drop_depend: 4,
            self.activate_depend: 4,
            self.read: 4,
        }

    def act(self) -> tuple[str, bool]:
        """Do one thing; its name, and whether it was carried out."""
        (kind,) = self.random.choices(list(self.kinds), weights=list(self.kinds.values()))
        name = str(getattr(kind, "__name__", kind))
        try:
            kind()
        except REFUSALS:
            return name, False
        return name, True

    # ---- servers and nodes

    def book(self) -> None:
        layers, nodes = self.some("layers", 6), self.some("nodes", 6)
        n = min(len(layers), len(nodes))
        values = {"p_layer": [row["id"] for row in layers[:n]], "p_node": [row["id"] for row in nodes[:n]]}
        self.db.run("commit_plan", **values, p_n=[self.random.randint(1, 4) for _ in range(n)])

    def complete(self) -> None:
        procs = [row["id"] for row in self.some("procs", 8)]
        endings = ["EXITED"] * 5 + ["KILLED", "LOST", "NODE_LOST", "ABORTED", "MEMORY"]
        ends = [self.random.choice(endings) for _ in procs]
        told: dict[str, object] = {
            "signal": 0,
            "reason": "",
            "high_ram": 9,
            "high_cores": 1.0,
            "clock_ms": 5,
            "cpu_ms": 5,
        }
        columns = {f"p_{name}": [value] * len(procs) for name, value in told.items()}
        status = [self.random.choice((0, 0, 0, 1)) for _ in procs]
        rings = self.random.random() < 0.5
        self.db.run("complete_tasks", p_proc=procs, p_status=status, p_end=ends, **columns, p_ring=rings)

    def ping(self) -> None:
        held = []
        name = f"n{self.random.randrange(NODES)}"
        for row in self.db.all("some_nodes", n=NODES):
            if row["name"] == name:
                held = self.db.value("held", node=row["id"])
        self.random.shuffle(held)
        ping_node(self.db, name, self.random.choice((8, 16, 16)), held[:20])
        n = len(held)
        use: dict[str, list[object]] = {
            "p_rss": [self.random.randrange(99)] * n, "p_high_rss": [9] * n, "p_cores": [1.0] * n,
            "p_high_cores": [1.0] * n, "p_progress": [self.random.randrange(99)] * n, "p_last_log": [""] * n,
            "p_io": [1, 2, 3, 4] * n,
        }  # fmt: skip
        self.db.run("record_use", p_proc=held, **use)

    def release(self) -> None:
        release_dependents(self.db)

    # ---- people

    def launch(self) -> None:
        if self.db.value("living") >= JOBS:
            return
        kinds = self.random.sample(list(DependType), 2)
        depends = [one for kind in kinds if (one := self.spec_depend(kind)) is not None]
        layers = [
            LayerSpecT(
                name="a", command=["true"], range="1-12", minRam=256, minCores=self.random.randint(1, 3)
            ),
            LayerSpecT(name="b", command=["true"], range="1-12", minRam=256, maxRetries=0),
            LayerSpecT(name="c", command=["true"], range="1-3", minRam=256, depends=depends),
        ]
        if self.random.random() < 0.3:
            layers.append(LayerSpecT(name="p", command=["true"], range="1", minRam=256, isPost=True))
        name = f"job{self.random.randrange(4 * JOBS)}"
        job.launch(
            self.db,
            JobSpecT(
                name=name, project="default", username="anna", uid=0, layers=layers, depends=self.spec_waits()
            ),
            limit=LIMIT,
            log_root=Path("/logs"),
        )

    def spec_depend(self, kind: DependType) -> DependSpecT | None:
        if kind is DependType.TASK_BY_TASK:
            return DependSpecT(type=kind, dependOnLayer=self.random.choice("ab"))
        if kind is DependType.LAYER_ON_TASK:
            return DependSpecT(type=kind, dependOnTask=f"000{self.random.randint(1, 9)}-a")
        if kind is DependType.LAYER_ON_LAYER:
            return DependSpecT(type=kind, dependOnLayer=self.random.choice("ab"))
        return None

    def spec_waits(self) -> list[DependSpecT]:
        """One time in four, the whole job waits for another."""
        others = self.some("jobs", 1) if self.random.random() < 0.25 else []
        return [DependSpecT(type=DependType.JOB_ON_JOB, dependOnJob=one["id"]) for one in others]

    def kill_tasks(self) -> None:
        task.kill_tasks(self.db, self.filter(), limit=LIMIT)

    def retry_tasks(self) -> None:
        task.retry_tasks(self.db, self.filter(), limit=LIMIT)

    def eat_tasks(self) -> None:
        task.eat_tasks(self.db, self.filter(), limit=LIMIT)

    def filter(self) -> TaskFilterT:
        """Tasks of a job, of layers of several jobs, of nodes, or some here and there."""
        tasks, states = (
            self.some("tasks", 4),
            [int(state) for state in self.random.sample(list(TaskState), 4)],
        )
        choice = self.random.randrange(4)
        if choice == 0 and tasks:
            return TaskFilterT(jobId=tasks[0]["job_id"], states=states, limit=self.random.choice((0, 3, 8)))
        if choice == 1:
            return TaskFilterT(layerIds=[row["layer_id"] for row in tasks], states=states, limit=5)
        if choice == 2:
            return TaskFilterT(nodeIds=[row["id"] for row in self.some("nodes", 2)], limit=4)
        return TaskFilterT(taskIds=[row["id"] for row in tasks])

    def kill_job(self) -> None:
        for row in self.some("jobs", 1):
            job.kill_job(self.db, row["id"], "because")

    def pause_job(self) -> None:
        for row in self.some("jobs", 1):
            job.pause_job(self.db, row["id"], self.random.random() < 0.3)

    def set_job(self) -> None:
        for row in self.some("jobs", 1):
            job.set_job_min_cores(self.db, row["id"], self.random.randrange(9))
            job.set_job_max_cores(self.db, row["id"], self.random.choice((-1, 8, 20)))

    def set_layer(self) -> None:
        for row in self.some("layers", 1):
            layer.set_layer_min_cores_per_task(self.db, row["id"], self.random.randint(1, 3))
            layer.set_layer_min_ram_per_task(self.db, row["id"], self.random.choice((256, 512)))

    def set_node(self) -> None:
        for row in self.some("nodes", 1):
            node.set_node_locked(self.db, row["id"], self.random.random() < 0.3)
            node.set_node_tags(self.db, row["id"], self.random.choice((["render"], ["render", "gpu"])))
            if self.random.random() < 0.3:
                node.set_node_slot_mode(self.db, row["id"], self.random.randrange(3), 2, 1024)
            for other in self.some("clusters", 1):
                node.set_node_cluster(self.db, row["id"], other["id"])

    def set_folder(self) -> None:
        for row in self.some("folders", 1):
            folder.set_folder_max_cores(self.db, row["id"], self.random.choice((-1, 30, 60)))
            if self.random.random() < 0.3:
                made = folder.create_folder(self.db, row["project_id"], f"f{self.random.randrange(9)}")
                folder.delete_folder(self.db, Id(made.id))

    def set_quota(self) -> None:
        for row in self.some("quotas", 1):
            quota.set_quota_locked(self.db, row["id"], self.random.random() < 0.2)
            quota.set_quota_size(self.db, row["id"], self.random.randint(1, 20))
            quota.set_quota_burst(self.db, row["id"], self.random.choice((20, 60, 1000)))

    def set_cluster(self) -> None:
        for row in self.some("clusters", 1):
            cluster.lock_cluster(self.db, row["id"], self.random.random() < 0.2)
        made = cluster.create_cluster(self.db, f"c{self.random.randrange(30)}")
        for row in self.db.all("active_projects"):
            quota.create_quota(self.db, row["id"], Id(made.id), 10, 100)
        cluster.set_default_cluster(self.db, Id(made.id))
        for row in self.some("clusters", 1):
            cluster.set_default_cluster(self.db, row["id"])
        cluster.delete_cluster(self.db, Id(made.id))

    def set_project(self) -> None:
        for row in self.some("folders", 1):
            project.set_project_active(self.db, row["project_id"], self.random.random() < 0.9)
        project.create_project(self.db, "Another", f"p{self.random.randrange(99)}")

    def add_depend(self) -> None:
        tasks = self.some("tasks", 2)
        if len(tasks) == 2:
            one, other = tasks
            kind = self.random.choice(list(DependType))
            depend.create_depend(
                self.db,
                DependSpecT(
                    type=kind, dependentJob=one["job_id"], dependentLayer=one["layer_id"], dependentTask=one["id"],
                    dependOnJob=other["job_id"], dependOnLayer=other["layer_id"], dependOnTask=other["id"],
                ),
            )  # fmt: skip

    def drop_depend(self) -> None:
        for row in self.some("depends", 1):
            depend.drop_depend(self.db, row["id"])

    def activate_depend(self) -> None:
        for row in self.some("depends", 1):
            depend.activate_depend(self.db, row["id"])

    def read(self) -> None:
        folder.get_job_board(self.db, "default")
        job.get_jobs(self.db, JobFilterT(states=[JobState.RUNNING], regex="job.*1"), limit=LIMIT)
        for row in self.some("jobs", 1):
            task.get_tasks(self.db, TaskFilterT(jobId=row["id"]), limit=LIMIT)

    def some(self, what: str, n: int) -> list[Any]:
        return self.db.all(f"some_{what}", n=n)


def ping_node(db: Database, name: str, cores: int, held: list[str]) -> None:
    """A sign of life as rnd.py stores it."""
    system = {f"p_{part}": 0 for part in ("total_ram", "free_ram", "total_swap", "free_swap")}
    db.run(
        "ping_node", p_name=name, p_address="127.0.0.1:1", p_ip="", p_boot_time=None, p_boot_id="b", p_sequence=None,
        p_daemon_id=None, p_version=None, p_is_draining=False, p_is_reboot=False, p_physical_cores=16,
        p_logical_cores=16, **system, p_cpu_model="", p_platform="", p_load=[0.0, 0.0, 0.0], p_cores=cores,
        p_ram=32768, p_held=held,
    )  # fmt: skip
