"""One format: what `plow farm` reads and writes is simulated, and what is simulated is no fault to `plow farm`."""

from __future__ import annotations

from pathlib import Path

import yaml

from plow_client.farm_file.reading import read_file
from plow_client.farm_file.things import wanted_things
from plow_server.simulator.reading import make_world

SAMPLE = Path(__file__).parents[3] / "etc" / "farm.yaml"
FARM = """
clusters: [{name: render, default: true, locked: false, tags: [render]}]
pools: [{name: gpu, hosts: [r2], exclusive: true}]
limits: [{name: karma, total: 60, per: node, held_back: 10}]
services: [{name: maya, min_ram: 4096}]
projects:
- name: feature
  title: The Feature
  active: true
  quotas: [{cluster: render, size: 40, burst: 64, locked: false}]
  filters: [{name: f, enabled: false, matchers: [], actions: []}]
nodes:
- {name: r1, cluster: render, slot_mode: dynamic, cores: 32, ram: 64000}
- {name: R2.farm, cluster: render, cores: 32, ram: 64000}
- {name: x, cluster: other, cores: 32, ram: 64000}
jobs: [{name: shot, project: feature, layers: [{name: beauty, tasks: 4, cores: 1, ram: 1024}]}]
"""


def test_a_farm_file_is_simulated_with_its_quotas_pools_and_limits():
    world = make_world(yaml.safe_load(FARM), 1)

    assert {node.id: (node.pools, node.exclusive) for node in world.nodes} == {
        "r1": (frozenset(), frozenset()),
        "R2.farm": (frozenset({"gpu"}), frozenset({"gpu"})),
        "x": (frozenset(), frozenset()),
    }
    assert [(quota.id, quota.size, quota.burst) for quota in world.quotas] == [("feature.render", 40, 64)]
    assert [(limit.per, limit.free) for limit in world.limits] == [("NODE", 50)]


def test_the_sample_of_the_simulator_is_a_farm_file():
    names = {thing.path for thing in wanted_things(read_file(SAMPLE), ["render"])}

    assert {
        ("pool", "gpu"),
        ("limit", "karma"),
        ("quota", "advert", "render"),
        ("folder", "series", "dailies"),
    } <= names
