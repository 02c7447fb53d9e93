"""The lasting rules of where a task may run, as the planner knows them; `place_for` in SQL judges by the same.

Pure. The codes are explain's, in the order in which SQL names them.
"""

from __future__ import annotations

from plow_server.snapshot import Node, Shape


def refused(node: Node, shape: Shape) -> list[str]:
    """Codes of the rules that keep tasks of this shape from the node, however idle it is."""
    cores, ram = node.size_for(shape)
    rules = {
        "tags": shape.tags.isdisjoint(node.tags),
        "pool": bool(shape.pools) and shape.pools.isdisjoint(node.pools),
        "exclusive": bool(node.exclusive) and shape.pools.isdisjoint(node.exclusive),
        "os": bool(shape.os) and shape.os != node.os,
        "machine": shape.node_cores > node.cores or shape.node_ram > node.ram,
        "cores": cores > node.cores,
        "ram": ram > node.ram,
        "gpus": sum(memory >= shape.gpu_ram for memory in node.gpus.values()) < shape.gpus,
    }
    return [code for code, refuses in rules.items() if refuses]


def may_run(node: Node, shape: Shape) -> bool:
    """Whether no rule refuses; cheap, for it is asked of every node."""
    return (
        not shape.tags.isdisjoint(node.tags)
        and node.id not in shape.avoid
        and (not shape.pools or not shape.pools.isdisjoint(node.pools))
        and (not node.exclusive or not shape.pools.isdisjoint(node.exclusive))
        and (not shape.os or shape.os == node.os)
        and shape.node_cores <= node.cores
        and shape.node_ram <= node.ram
    )
