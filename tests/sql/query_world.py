"""A small farm in which every field of a query has many values, missing and odd ones too. The clock stands still."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta, timezone
from uuid import UUID

from plow_client.idl import AttemptEnd
from tests.sql.farm import Farm

NOW = datetime(2030, 1, 1, tzinfo=timezone.utc)
TEXTS = [
    "anna",
    "Bert",
    "50%_done",
    "a'b",
    'say "so"',
    "back\\slash",
    "*star?",
    "Éva",
    "two words",
    "and",
    "x" * 60,
]


def build(farm: Farm) -> None:
    """Fill an empty farm; the same each time."""
    chance = random.Random(6)
    pools = [farm.insert("pool", name=name) for name in ("fast", "Night%", "slow_one")]
    nodes = [_node(farm, chance, number, pools) for number in range(8)]
    for number in range(10):
        _job(farm, chance, number, pools, nodes)
    farm.execute(
        "update plow.layer_counter as counter set (total, waiting, running, dead, eaten, depend, succeeded) ="
        " (select count(*), count(*) filter (where state = 'WAITING'), count(*) filter (where state = 'RUNNING'),"
        "         count(*) filter (where state = 'DEAD'), count(*) filter (where state = 'EATEN'),"
        "         count(*) filter (where state = 'DEPEND'), count(*) filter (where state = 'SUCCEEDED')"
        "    from plow.task where task.layer_id = counter.layer_id), ready = 0"
    )
    farm.execute(
        "update plow.job_counter as counter set (total, waiting, running, dead, eaten, depend, succeeded) ="
        " (select sum(total), sum(waiting), sum(running), sum(dead), sum(eaten), sum(depend), sum(succeeded)"
        "    from plow.layer_counter join plow.layer on layer.id = layer_id where layer.job_id = counter.job_id)"
    )


def _node(farm: Farm, chance: random.Random, number: int, pools: list[UUID]) -> UUID:
    columns = {
        "tags": chance.sample(["render", "linux", "GPU_1", "a,b"], chance.randint(0, 3)),
        "state": chance.choice(["UP", "DOWN", "REPAIR"]),
        "state_reason": chance.choice(["", "it's broken", "100%"]),
        "is_locked": chance.random() < 0.5,
        "slot_mode": chance.choice(["DYNAMIC", "SINGLE", "SLOTS"]),
        "pools": sorted(chance.sample(pools, chance.randint(0, 2))),
        "created": _moment(chance),
        "is_rebooting": chance.random() < 0.3,
    }
    cores, ram = chance.choice([4, 16, 64]), chance.choice([8192, 65536, 131072])
    node = farm.node(f"r{number}{chance.choice(['', '_x', '%'])}", cores, ram, **columns)
    farm.execute("update plow.node_counter set idle_cores = %s, idle_ram = %s, run_procs = %s where node_id = %s",
                 chance.randint(0, cores), chance.choice([0, ram]), chance.randint(0, 3), node)  # fmt: skip
    gpus = chance.choice([None, [], [{"index": 0, "model": "RTX 4090", "memoryMb": 24576}]])
    report = {
        "updated": NOW - timedelta(seconds=chance.choice([1, 61, 7200])),
        "boot_time": chance.choice([None, NOW - timedelta(days=3)]),
        "ip": chance.choice(["", "10.0.0.7"]),
        "version": chance.choice([None, "1.0", "0.9"]),
        "is_draining": chance.random() < 0.5,
        "total_ram": ram,
        "free_ram": chance.choice([0, 100, ram]),
        "total_swap": chance.choice([0, 2048]),
        "free_swap": chance.choice([0, 1024]),
        "cpu_model": chance.choice(TEXTS),
        "platform": "Linux 6",
        "load": [chance.choice([0.0, 0.5, 3.25]), 0.0, 0.0],
        "os": chance.choice([None, "linux", "macos"]),
        "arch": chance.choice([None, "x86_64"]),
        "gpus": None if gpus is None else json.dumps(gpus),
        "disks": chance.choice(
            [None, '[{"path": "/", "totalMb": 10, "freeMb": 5}, {"path": "/x", "totalMb": 9, "freeMb": 7}]']
        ),
        "users": chance.choice([None, [], ["anna"], ["Bert", "anna"]]),
        "metrics": chance.choice([None, '{"room_c": 21.5}', '{"room_c": 30, "fan %": 80}']),
        "away_reason": chance.choice([None, "anna works here"]),
        "complaints": chance.choice([None, ["the disk is full"]]),
    }
    names = ", ".join(f"{name} = %s" for name in report)
    farm.execute(f"update plow.node_report set {names} where node_id = %s", *report.values(), node)
    if gpus:
        farm.insert_gpu(node, 0, 24576)
    if number == 3:
        farm.execute("insert into plow.uncallable values (%s, plow.now(), 3, 'no route', true)", node)
    return node


def _moment(chance: random.Random) -> datetime:
    return NOW - timedelta(milliseconds=chance.choice([1, 60_000, 3_600_000, 90_000_000, 900_000_000]))


def _job(farm: Farm, chance: random.Random, number: int, pools: list[UUID], nodes: list[UUID]) -> None:
    is_over = number % 4 == 3
    ended, going = {"end_reason": "killed", "ended_by": "bert"}, {"state": chance.choice(["RUNNING", "POST"])}
    name = f"{chance.choice(TEXTS[:9])}_{number}"
    columns = {
        "username": chance.choice(TEXTS),
        "paused": chance.random() < 0.5,
        "pause_reason": chance.choice(["", "too many failures"]),
        "priority": chance.choice([-5, 0, 7]),
        "min_cores": chance.choice([0, 4]),
        "max_cores": chance.choice([-1, 200]),
        "created": _moment(chance),
        "start_after": chance.choice([None, NOW + timedelta(hours=1)]),
        "predicted_end": chance.choice([None, NOW + timedelta(hours=2)]),
        "is_post": chance.random() < 0.3,
        "restarts": chance.randint(0, 2),
        "pools": sorted(chance.sample(pools, chance.randint(0, 2))),
        "attrs": json.dumps(chance.choice([{}, {"shot": "SC_020"}, {"shot": "sc%", "my key": "it's"}])),
        **(
            {"state": "FINISHED", "active_name": None, "stopped": _moment(chance), **ended}
            if is_over
            else going
        ),
    }
    job = farm.job(name, **columns)
    farm.execute("update plow.job_counter set run_cores = %s, run_procs = %s where job_id = %s",
                 chance.randint(0, 9), chance.randint(0, 3), job)  # fmt: skip
    farm.execute("update plow.job_stat set ram_high = %s, core_time_success = %s, core_time_fail = %s"
                 " where job_id = %s",
                 chance.choice([0, 700, 40000]), chance.choice([0, 60000]), chance.choice([0, 500]), job)  # fmt: skip
    for order, layer_name in enumerate(("beauty", "50%_comp")):
        layer = farm.layer(job, 4, layer_name, min_cores=chance.choice([1, 4]), gpus=chance.choice([0, 2]),
                           tags=chance.choice([["render"], ["linux", "GPU_1"]]),
                           service=chance.choice(["default", "Blender"]))  # fmt: skip
        farm.execute("update plow.layer set sort_order = %s where id = %s", order, layer)
        for row in farm.execute("select id from plow.task where layer_id = %s order by ord", layer):
            _task(farm, chance, (job, layer, row["id"]), nodes, is_over)
    farm.execute("delete from plow.waiting")


def _task(
    farm: Farm, chance: random.Random, ids: tuple[UUID, UUID, UUID], nodes: list[UUID], is_over: bool
) -> None:
    states = ["WAITING", "DEAD", "EATEN", "DEPEND", "SUCCEEDED"] + ([] if is_over else ["RUNNING", "RUNNING"])
    state = chance.choice(states)
    started = _moment(chance) if state not in ("WAITING", "DEPEND") or chance.random() < 0.4 else None
    ended = started is not None and state != "RUNNING"
    columns = {
        "state": state,
        "depend_count": 1 if state == "DEPEND" else 0,
        "retries": -1 if started is None else chance.randint(0, 3),
        "failures": chance.randint(0, 2),
        "min_ram": chance.choice([512, 4096]),
        "started": started,
        "stopped": started + timedelta(milliseconds=chance.choice([0, 1500, 7_200_000]))
        if started and ended
        else None,
        "updated": _moment(chance),
        "exit_status": chance.choice([0, 1, 137]) if ended else None,
        "exit_signal": chance.choice([0, 9]) if ended else None,
        "last_node": None if started is None else chance.choice(["r1", "R2", "gone%"]),
        "last_cores": None if started is None else chance.choice([1, 8]),
        "last_ram": None if started is None else chance.choice([512, 33000]),
        "high_ram": chance.choice([0, 300, 40000]),
    }
    names = ", ".join(f"{name} = %s" for name in columns)
    farm.execute(f"update plow.task set {names} where id = %s", *columns.values(), ids[2])
    if state == "RUNNING" or (state == "WAITING" and chance.random() < 0.2):
        _proc(farm, chance, ids, chance.choice(nodes), is_killing=state != "RUNNING")
    if ended and chance.random() < 0.8:
        end = chance.choice([end.name for end in AttemptEnd])
        farm.execute(
            "insert into plow.attempt (id, task_id, layer_id, job_id, number, node, cores, ram, started, stopped,"
            " exit_status, exit_signal, end_reason)"
            " values (plow.new_id(), %s, %s, %s, %s, 'r1', 1, 1, %s, %s, 0, 0, %s)",
            ids[2], ids[1], ids[0], max(0, int(str(columns["retries"])) - chance.randint(0, 1)),
            started, columns["stopped"], end,
        )  # fmt: skip


def _proc(
    farm: Farm, chance: random.Random, ids: tuple[UUID, UUID, UUID], node: UUID, is_killing: bool
) -> None:
    killing = ("KILLING", 9) if is_killing else ("RUNNING", None)
    proc = farm.value(
        "insert into plow.proc (id, task_id, layer_id, job_id, quota_id, node_id, cores, ram, state, kill_signal,"
        " attempt) values (plow.new_id(), %s, %s, %s, %s, %s, %s, %s, %s, %s, 0) returning id",
        ids[2], ids[1], ids[0], farm.quota, node, chance.choice([2, 16]), chance.choice([1024, 65536]), *killing,
    )  # fmt: skip
    if chance.random() < 0.7:
        farm.execute(
            "insert into plow.proc_use (proc_id, updated, rss, high_rss, cores, progress, last_log)"
            " values (%s, plow.now(), %s, %s, %s, %s, %s)",
            proc, chance.choice([10, 33000]), chance.choice([20, 34000]), chance.choice([0.0, 1.5]),
            chance.choice([0, 42]), chance.choice(["", "Fra:7 50% done_", "ERROR: no 'x'"]),
        )  # fmt: skip
