"""The numbers of `plow.failure_setting`, from the server's settings."""

from __future__ import annotations

from plow_server.config import Failure


def rules_of(failure: Failure) -> dict[str, object]:
    """The arguments of set_failure_rules."""
    return {
        "avoid_after": failure.avoid_after,
        "avoid_first_s": failure.avoid_first_s,
        "avoid_most_s": failure.avoid_most_s,
        "node_failures": failure.node_failures,
        "node_jobs": failure.node_jobs,
        "nodes_most_percent": failure.nodes_most_percent,
        "job_failures": failure.job_failures,
        "job_nodes": failure.job_nodes,
        "poison_nodes": failure.poison_nodes,
        "final_ends": list(failure.final_ends),
    }
