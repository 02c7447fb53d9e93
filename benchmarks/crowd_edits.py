"""What else people and servers do to a farm at once: grow and restart jobs, make filters, move, rename and delete."""

from __future__ import annotations

from benchmarks.crowd import LIMIT, NODES, QUERIES, Crowd
from plow_client.errors import NotFound
from plow_client.idl import (
    ActionType,
    DependSpecT,
    DependType,
    LayerSpecT,
    MatcherField,
    MatcherType,
    NodeState,
    ServiceT,
    TaskSpecT,
)
from plow_server.database import Database
from plow_server.handlers import filter, folder, job, layer, node, output, proc, project, quota, service
from plow_server.handlers.arguments import Id

FILTERS = 12
SILENT_S = 2.0

QUERIES |= {
    "some_finished": "select id from plow.job where state = 'FINISHED' order by stopped desc limit %(n)s",
    "some_all_layers": "select layer.id, layer.job_id, layer.range from plow.layer join plow.job on job.id = job_id"
    " where job.state <> 'FINISHED' order by random() limit %(n)s",
    "some_filters": "select id, project_id from plow.filter order by random() limit %(n)s",
    "some_matchers": "select id from plow.matcher order by random() limit %(n)s",
    "some_actions": "select id from plow.action order by random() limit %(n)s",
    "some_outputs": "select id from plow.output order by random() limit %(n)s",
    "some_services": "select id, name from plow.service order by random() limit %(n)s",
    "some_projects": "select id, code from plow.project where code <> 'default' order by random() limit %(n)s",
    "some_spare_quotas": "select quota.id from plow.quota join plow.project on project.id = project_id"
    " where code <> 'default' order by random() limit %(n)s",
    "some_folders_of": "select folder.id from plow.job join plow.folder using (project_id) where job.id = %(job)s"
    " order by random() limit 1",
    "frames_of_job": "select count(*) from plow.task where job_id = %(job)s",
}


class Editors(Crowd):
    """As the others, and everything that may be done to a farm besides."""

    def __init__(self, db: Database, seed: int) -> None:
        super().__init__(db, seed)
        self.kinds = {
            **self.kinds,
            self.restart_job: 4,
            self.append_layers: 3,
            self.append_frames: 3,
            self.append_tasks: 3,
            self.set_chunk: 3,
            self.set_command: 2,
            self.set_more_of_layer: 3,
            self.make_filter: 4,
            self.change_filter: 6,
            self.move_job: 4,
            self.set_more_of_job: 3,
            self.kill_proc: 3,
            self.set_node_state: 3,
            self.reboot_node: 2,
            self.delete_node: 2,
            self.order_folders: 2,
            self.delete_quota: 2,
            self.delete_project: 2,
            self.set_service: 2,
            self.set_output: 2,
            self.keep_house: 4,
        }

    # ---- jobs

    def restart_job(self) -> None:
        for row in self.some("finished", 1):
            job.restart_job(self.db, row["id"], self.random.random() < 0.5, "because")

    def append_layers(self) -> None:
        for row in self.some("jobs", 1):
            self.refuse_large(row["id"])
            name = f"x{self.random.randrange(9)}"
            waits = [DependSpecT(type=DependType.LAYER_ON_LAYER, dependOnLayer=self.random.choice("abc"))]
            waits += [
                DependSpecT(
                    type=DependType.TASK_BY_TASK, dependOnJob=one["job_id"], dependOnLayer=one["layer_id"]
                )
                for one in self.some("tasks", 1)
            ]
            chosen = self.random.sample(waits, self.random.randint(0, len(waits)))
            frames = LayerSpecT(name=name, command=["true"], range="1-6", minRam=256, depends=chosen)
            named = LayerSpecT(
                name=f"{name}n", command=["true"], minRam=256, tasks=[TaskSpecT(name=f"{name}-0")]
            )
            job.append_layers(self.db, row["id"], self.random.choice(([frames], [named])), limit=LIMIT)

    def append_frames(self) -> None:
        for row in self.some("all_layers", 1):
            self.refuse_large(row["job_id"])
            layer.append_frames(self.db, row["id"], str(self.random.randint(13, 60)), limit=LIMIT)

    def append_tasks(self) -> None:
        for row in self.some("all_layers", 6):
            if row["range"] is None:
                self.refuse_large(row["job_id"])
                task = TaskSpecT(name=f"t{self.random.randrange(30)}")
                if self.random.random() < 0.5:
                    task.depends = [DependSpecT(type=DependType.TASK_ON_LAYER, dependOnLayer="a")]
                layer.append_tasks(self.db, row["id"], [task], limit=LIMIT)

    def refuse_large(self, job_id: str) -> None:
        """That jobs stay small, or the storm would be over before it has begun."""
        if self.db.value("frames_of_job", job=job_id) > 80:
            raise NotFound("large enough")

    def move_job(self) -> None:
        for row in self.some("jobs", 1):
            for other in self.db.all("some_folders_of", job=row["id"]):
                job.set_job_folder(self.db, row["id"], other["id"])

    def set_more_of_job(self) -> None:
        for row in self.some("jobs", 1):
            job.set_job_priority(self.db, row["id"], self.random.randrange(9))
            job.set_job_start_after(self.db, row["id"], self.random.choice((0, 0, 0, 0, 4_000_000_000_000)))
            job.set_job_attrs(self.db, row["id"], {"show": str(self.random.randrange(3))}, limit=LIMIT)

    def kill_proc(self) -> None:
        for row in self.some("procs", 1):
            proc.kill_proc(self.db, row["id"], "because")

    # ---- layers

    def set_chunk(self) -> None:
        for row in self.some("all_layers", 1):
            layer.set_layer_chunk(self.db, row["id"], self.random.randint(1, 4), limit=LIMIT)

    def set_command(self) -> None:
        for row in self.some("all_layers", 1):
            layer.set_layer_command(self.db, row["id"], ["false"], {"A": "b"}, "because", limit=LIMIT)

    def set_more_of_layer(self) -> None:
        for row in self.some("all_layers", 1):
            layer.set_layer_max_ram_per_task(self.db, row["id"], self.random.choice((1024, 4096)))
            layer.set_layer_max_retries(self.db, row["id"], self.random.randrange(4))
            layer.set_layer_priority(self.db, row["id"], self.random.randrange(9))
            for one in self.some("services", 1):
                layer.set_layer_service(self.db, row["id"], one["name"])

    def set_output(self) -> None:
        for row in self.some("all_layers", 1):
            if self.random.random() < 0.1:
                output.add_output(self.db, row["id"], "/out/a.####.exr", {}, limit=LIMIT)
        for row in self.some("outputs", 1):
            output.update_output_attrs(
                self.db, row["id"], {"size": str(self.random.randrange(9))}, limit=LIMIT
            )

    def set_service(self) -> None:
        preset = ServiceT(
            name=f"s{self.random.randrange(5)}", minCores=1, maxRam=self.random.choice((2048, 4096))
        )
        if self.random.random() < 0.5:
            service.create_service(self.db, preset)
        for row in self.some("services", 1):
            if self.random.random() < 0.5:
                preset.id = row["id"]
                service.update_service(self.db, preset)
            else:
                service.delete_service(self.db, row["id"])

    # ---- filters

    def make_filter(self) -> None:
        if len(self.some("filters", FILTERS)) == FILTERS:
            return
        for row in self.some("folders", 1):
            made = Id(filter.create_filter(self.db, row["project_id"], "sieve", limit=LIMIT).id)
            filter.create_field_matcher(
                self.db,
                made,
                MatcherField.JOB_NAME,
                MatcherType.CONTAINS,
                str(self.random.randrange(9)),
                limit=LIMIT,
            )
            for kind, value in self.deeds(row["id"]):
                filter.create_action(self.db, made, kind, value, limit=LIMIT)

    def deeds(self, folder_id: str) -> list[tuple[ActionType, str]]:
        all_of_them = [
            (ActionType.SET_FOLDER, folder_id),
            (ActionType.SET_MIN_CORES, "2"),
            (ActionType.SET_MAX_CORES, "20"),
            (ActionType.PAUSE, "false"),
            (ActionType.STOP_PROCESSING, ""),
        ]
        return self.random.sample(all_of_them, 2)

    def change_filter(self) -> None:
        for row in self.some("filters", 1):
            choice = self.random.randrange(6)
            if choice == 0:
                filter.set_filter_order(self.db, row["id"], self.random.randrange(4))
            elif choice == 1:
                filter.increase_filter_order(self.db, row["id"])
            elif choice == 2:
                filter.decrease_filter_order(self.db, row["id"])
            elif choice == 3:
                filter.set_filter_enabled(self.db, row["id"], self.random.random() < 0.7)
            elif choice == 4:
                filter.delete_filter(self.db, row["id"])
            else:
                filter.set_filter_name(self.db, row["id"], "other")
        self.change_parts()

    def change_parts(self) -> None:
        for row in self.some("actions", 1):
            change = filter.get_action(self.db, row["id"])
            if self.random.random() < 0.5:
                filter.update_action(self.db, change)
            else:
                filter.delete_action(self.db, row["id"])
        for row in self.some("matchers", 1):
            filter.update_matcher(self.db, filter.get_matcher(self.db, row["id"]))

    # ---- nodes

    def set_node_state(self) -> None:
        for row in self.some("nodes", 1):
            node.set_node_state(
                self.db, row["id"], self.random.choice((NodeState.REPAIR, *[NodeState.UP] * 5))
            )

    def reboot_node(self) -> None:
        for row in self.some("nodes", 1):
            self.db.run("begin_reboot", p_node=row["id"])
            self.db.run("drop_reboot", p_node=row["id"])

    def delete_node(self) -> None:
        self.db.run("sweep_silent", p_silent_s=SILENT_S, p_gap_s=60.0)
        for row in self.some("nodes", NODES // 4):
            node.delete_node(self.db, row["id"], silent_s=SILENT_S)

    # ---- what jobs are in

    def order_folders(self) -> None:
        for row in self.some("folders", 1):
            folder.set_folder_order(self.db, row["id"], self.random.randrange(4))
        for row in self.some("folders", 1):
            folder.set_folder_name(self.db, row["id"], f"g{self.random.randrange(9)}")

    def delete_quota(self) -> None:
        for row in self.some("projects", 1):
            for other in self.some("clusters", 1):
                quota.create_quota(self.db, row["id"], other["id"], 5, 50)
        for row in self.some("spare_quotas", 1):
            quota.delete_quota(self.db, row["id"])

    def delete_project(self) -> None:
        for row in self.some("projects", 1):
            project.delete_project(self.db, row["id"])

    # ---- servers

    def keep_house(self) -> None:
        self.db.run("keep_listening", p_gap_s=60.0)
        self.db.run("number_events")
        choice = self.random.randrange(4)
        if choice == 0:
            self.db.run("clear_history", p_blame_days=0.0, p_event_days=0.0)
        elif choice == 1:
            self.db.run("sweep_partitions", p_months=self.random.randint(1, 3))
        elif choice == 2:
            self.db.run("sweep_use")
        else:
            held = [row["id"] for row in self.some("procs", 5)]
            self.db.run("raise_ram", p_proc=held, p_rss=[300] * len(held))
