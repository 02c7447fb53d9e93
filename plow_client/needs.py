"""What a layer or service needs of nodes beside cores, memory and tags, and when its failures are tried again."""

from __future__ import annotations

from dataclasses import dataclass

from plow_client.idl import NeedsT, RetryRulesT
from plow_client.spec import Spec


@dataclass
class Needs(Spec):
    """Needs of a layer or service; None is not said, an empty list, "" or 0 takes a need away. Memory is MB.

    `pools` are names, one of which the node must be in; unset in a layer: its job's. `os` is "linux", "macos" or
    "windows". `node_cores` and `node_ram` are of the whole machine. `gpus` are devices for each task, `gpu_ram` the
    memory of each. Each task uses one of each of `limits`. With `fit_ram` history may book less than `min_ram`.
    """

    _struct = NeedsT
    pools: list[str] | None = None
    os: str | None = None
    node_cores: int | None = None
    node_ram: int | None = None
    whole_node: bool | None = None
    gpus: int | None = None
    gpu_ram: int | None = None
    limits: list[str] | None = None
    max_per_node: int | None = None
    fit_ram: bool | None = None


@dataclass
class RetryRules(Spec):
    """When a failed attempt is tried again; None is not said, times are seconds.

    Only after `exits`, unset = any exit status. After `delay_s`, twice as long with each failure, never longer than
    `most_delay_s`.
    """

    _struct = RetryRulesT
    exits: list[int] | None = None
    delay_s: int | None = None
    most_delay_s: int | None = None
