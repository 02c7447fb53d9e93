"""Farms by chance: small, crowded and with every rule, for trying the planner. The same for the same seed. Pure."""

from __future__ import annotations

import random

from plow_server.simulator.world import Arrival, Spread, Times, World
from plow_server.snapshot import Folder, Job, Layer, Limit, Node, Quota, Shape

RENDER, GPU = frozenset({"render"}), frozenset({"gpu"})
TAGS = (RENDER, RENDER, RENDER, GPU, RENDER | GPU)
MODES = (("DYNAMIC", 0, 0),) * 5 + (("SINGLE", 0, 0), ("SLOTS", 2, 4000))
PROJECTS = ("ant", "bee", "cat")


def world_by_chance(seed: int) -> World:
    """A farm with more work than room, for an hour or so."""
    rng = random.Random(seed)
    nodes = [_node(rng, n) for n in range(rng.randint(2, 7))]
    quotas = [
        Quota(f"{project}.{cluster}", project, cluster, rng.choice([0, 5, 10, 20]), rng.choice([8, 30, 200]))
        for project in PROJECTS
        for cluster in sorted({node.cluster_id for node in nodes})
        if rng.random() < 0.9
    ]
    folders = [
        Folder(f"{project}/{name}", rng.choice([0, 0, 10]), rng.choice([-1, -1, 24]))
        for project in PROJECTS
        for name in "fg"
    ]
    limits = [Limit(per, per, rng.randint(0, 6)) for per in ("TASK", "NODE", "USER")]
    arrivals = [_arrival(rng, n) for n in range(rng.randint(3, 9))]
    return World(nodes, quotas, folders, arrivals, limits, seed)


def _node(rng: random.Random, n: int) -> Node:
    mode, slot_cores, slot_ram = rng.choice(MODES)
    cores = rng.choice([2, 4, 8, 16])
    ram = cores * rng.choice([2000, 4000])
    pools = frozenset(rng.sample(["p", "q", "only"], rng.choice([0, 0, 1, 2])))
    return Node(
        f"n{n}",
        rng.choice("ccd"),
        rng.choice(TAGS),
        cores,
        ram,
        cores,
        ram,
        mode,
        slot_cores,
        slot_ram,
        pools,
        pools & {"only"},
        rng.choice(["linux", "linux", "windows"]),
        {index: rng.choice([8000, 24000]) for index in range(rng.choice([0, 0, 2, 3]))},
    )


def _arrival(rng: random.Random, n: int) -> Arrival:
    project, at_s = rng.choice(PROJECTS), rng.choice([0.0, 0.0, rng.uniform(0, 1800)])
    job = Job(
        f"j{n}",
        project,
        f"{project}/{rng.choice('fg')}",
        rng.choice([0, 0, 4]),
        rng.choice([-1, -1, -1, 12]),
        age=at_s,
        priority=rng.choice([0, 0, 0, 1, 5]),
        user=rng.choice(["anna", "ben"]),
    )
    layers = []
    times: dict[str, Times] = {}
    for order in range(rng.randint(1, 3)):
        layer, spread = _layer(rng, job.id, order)
        layers.append(layer)
        times[layer.id] = spread
    return Arrival(at_s, job, tuple(layers), times)


def _layer(rng: random.Random, job_id: str, order: int) -> tuple[Layer, Spread]:
    layer_id = f"{job_id}.{order}"
    cores = rng.choice([1, 1, 1, 2, 4, 8])
    spread = Spread(
        rng.choice([20.0, 60.0, 300.0, 900.0]), rng.choice([0.0, 0.3, 0.8]), rng.choice([0.0, 0.0, 0.1])
    )
    per_node = rng.choice([0, 0, 0, 0, 2])
    gpus = rng.choice([0, 0, 0, 0, 1, 2])
    shape = Shape(
        rng.choice(TAGS),
        cores,
        cores * rng.choice([500, 1500, 3000]),
        frozenset(rng.sample(["n0", "n1"], rng.choice([0, 0, 0, 1]))),
        frozenset(rng.sample(["p", "q", "only"], rng.choice([0, 0, 0, 1]))),
        rng.choice(["", "", "", "linux"]),
        rng.choice([0, 0, 0, 4]),
        whole_node=rng.random() < 0.05,
        gpus=gpus,
        gpu_ram=rng.choice([0, 10000]) if gpus else 0,
        crowd=layer_id if per_node else "",
    )
    layer = Layer(
        layer_id,
        job_id,
        shape,
        rng.randint(1, 120 if cores == 1 else 20),
        order,
        priority=rng.choice([0, 0, 0, 1]),
        max_cores=rng.choice([0, 0, 0, 2 * cores]),
        limits=tuple(rng.sample(["TASK", "NODE", "USER"], rng.choice([0, 0, 0, 1, 2]))),
        max_per_node=per_node,
        clock_s=spread.expected_s() if rng.random() < 0.7 else None,
    )
    return layer, spread
