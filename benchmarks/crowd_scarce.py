"""What else is asked of a farm at once: limits, pools, needs of layers, nodes that are kept, what is learnt."""

from __future__ import annotations

from pathlib import Path

from benchmarks.crowd import JOBS, LIMIT, NODES, QUERIES
from benchmarks.crowd_edits import Editors
from plow_client.idl import (
    DependSpecT,
    DependType,
    JobSpecT,
    LayerSpecT,
    LimitPer,
    NeedsT,
    RetryRulesT,
    ServiceT,
)
from plow_server.database import Database
from plow_server.handlers import avoid, job, layer, limit, node, pool, service

NAMES = 4  # of limits, and of pools: few, so that they are named, deleted and made again

QUERIES |= {
    "some_limits": "select id, name from plow.limit order by random() limit %(n)s",
    "some_pools": "select id, name from plow.pool order by random() limit %(n)s",
    "some_reservations": "select node_id from plow.reservation order by random() limit %(n)s",
    "some_avoids": "select job_id, node_id from plow.avoid order by random() limit %(n)s",
    "some_uncallable": "select node_id from plow.uncallable order by random() limit %(n)s",
}


class Everybody(Editors):
    """As the others, and whoever asks for what is scarce, or keeps it."""

    def __init__(self, db: Database, seed: int) -> None:
        super().__init__(db, seed)
        self.kinds = {
            **self.kinds,
            self.set_limit: 4,
            self.set_pool: 4,
            self.set_needs: 6,
            self.preset_needs: 3,
            self.launch_needing: 3,
            self.fall_short: 6,
            self.keep_room: 5,
            self.call_nodes: 3,
            self.forget_failures: 2,
            self.learn: 4,
            self.archive: 2,
        }

    # ---- people

    def set_limit(self) -> None:
        name, per = f"l{self.random.randrange(NAMES)}", self.random.choice(list(LimitPer))
        choice = self.random.randrange(5)
        if choice == 0:
            limit.create_limit(self.db, name, self.random.randint(1, 9), per)
        for row in self.some("limits", 1):
            if choice == 1:
                limit.delete_limit(self.db, row["id"])
            elif choice == 2:
                limit.clear_limit_wait(self.db, row["id"])
            else:
                limit.set_limit_total(self.db, row["id"], self.random.randint(1, 9))

    def set_pool(self) -> None:
        hosts = [f"n{number}" for number in self.random.sample(range(NODES), 4)]
        choice = self.random.randrange(5)
        if choice == 0:
            pool.create_pool(self.db, f"pool{self.random.randrange(NAMES)}", hosts, False)
        for row in self.some("pools", 1):
            if choice == 1:
                others = ["", *(other["name"] for other in self.some("pools", 1))]
                pool.delete_pool(self.db, row["id"], self.random.choice(others))
            elif choice == 2:
                pool.set_pool_exclusive(self.db, row["id"], self.random.random() < 0.2)
            else:
                pool.set_pool_hosts(self.db, row["id"], hosts)

    def needs(self) -> NeedsT:
        """Mostly nothing, or nothing would run."""
        pools = [row["name"] for row in self.some("pools", 1) if self.random.random() < 0.1]
        limits = [row["name"] for row in self.some("limits", 2) if self.random.random() < 0.5]
        return NeedsT(pools=pools, limits=limits, maxPerNode=self.random.choice((0, 0, 2)))

    def set_needs(self) -> None:
        for row in self.some("all_layers", 1):
            layer.set_layer_needs(self.db, row["id"], self.needs())
            layer.set_layer_retry_rules(self.db, row["id"], RetryRulesT(delayS=self.random.choice((0, 0, 1))))
        for row in self.some("jobs", 1):
            pool.set_job_pools(self.db, row["id"], self.needs().pools or [])

    def preset_needs(self) -> None:
        service.create_service(self.db, ServiceT(name=f"s{self.random.randrange(5)}", needs=self.needs()))

    def launch_needing(self) -> None:
        if self.db.value("living") >= JOBS:
            return
        needs = self.needs()
        waits = [
            DependSpecT(type=DependType.JOB_ON_JOB, dependOnJob=one["id"]) for one in self.some("jobs", 2)
        ]
        layers = [
            LayerSpecT(name=name, command=["true"], range="1-9", minRam=256, needs=needs) for name in "ab"
        ]
        name = f"job{self.random.randrange(4 * JOBS)}"
        spec = JobSpecT(
            name=name,
            project="default",
            username="bert",
            uid=0,
            layers=layers,
            depends=waits,
            pools=needs.pools,
        )
        job.launch(self.db, spec, limit=LIMIT, log_root=Path("/logs"))

    def forget_failures(self) -> None:
        for row in self.some("avoids", 1):
            both = (row["job_id"], row["node_id"])
            avoid.clear_avoids(self.db, *self.random.choice(((both[0], ""), ("", both[1]), both)))

    # ---- servers and nodes

    def fall_short(self) -> None:
        """Ends that more follows from than a try again."""
        procs = [row["id"] for row in self.some("procs", 4)]
        n = len(procs)
        endings = {
            "MEMORY": 6,
            "EXITED": 6,
            "LICENSE": 1,
            "ENVIRONMENT": 1,
        }  # the last make layers wait for long
        ends = self.random.choices(list(endings), weights=list(endings.values()), k=n)
        self.db.run(
            "complete_tasks", p_proc=procs, p_status=[1] * n, p_signal=[0] * n, p_end=ends, p_reason=[""] * n,
            p_high_ram=[9] * n, p_high_cores=[1.0] * n, p_clock_ms=[5] * n, p_cpu_ms=[5] * n,
            p_failure_line=["no file"] * n, p_fingerprint=[str(self.random.randrange(3)) for _ in procs],
        )  # fmt: skip
        self.db.run("release_later")

    def keep_room(self) -> None:
        waiting = [row["id"] for row in self.some("layers", 3)]
        self.db.run("reserve_nodes", p_layer=waiting, p_most=3)
        self.db.run("keep_headroom", p_layer=waiting)
        self.db.run("bring_forward")
        for row in self.some("reservations", 1):
            node.clear_reservation(self.db, row["node_id"])

    def call_nodes(self) -> None:
        for row in self.some("nodes", 2):
            self.db.run("note_uncallable", p_node=row["id"], p_why="no route", p_most=3)
        self.db.run("note_callable", p_node=[row["node_id"] for row in self.some("uncallable", 3)])

    def learn(self) -> None:
        self.db.run("learn_history", p_most=100)
        self.db.run("predict_ends")
        self.db.run("clear_past_use", p_days=self.random.choice((0.0, 9.0)))
        self.db.run("sweep_avoids")

    def archive(self) -> None:
        self.db.run("archive_jobs", p_days=2 / 86400, p_most=50)
