"""How a machine is divided among the nodes of a local farm."""

from __future__ import annotations

import pytest

from plow_client.errors import Invalid
from plow_client.local_farm import Share, share_machine


@pytest.mark.parametrize(
    ("nodes", "cores", "ram_mb", "shares"),
    [
        (2, 8, 20_000, [Share(4, 9000), Share(4, 9000)]),
        (2, 5, 20_000, [Share(3, 9000), Share(2, 9000)]),
        (2, 1, 20_000, [Share(1, 9000), Share(1, 9000)]),
        (3, 4, 2_000, [Share(2, 1024), Share(1, 1024), Share(1, 1024)]),
    ],
)
def test_a_machine_is_shared_by_its_nodes(nodes, cores, ram_mb, shares):
    assert share_machine(nodes, cores=cores, ram_mb=ram_mb) == shares


def test_cores_per_node_may_be_said():
    assert [share.cores for share in share_machine(2, 4, cores=2)] == [4, 4]


def test_this_machine_can_be_shared():
    assert all(share.cores >= 1 for share in share_machine(2))


@pytest.mark.parametrize(("nodes", "each"), [(0, None), (2, 0)])
def test_a_farm_needs_nodes_with_cores(nodes, each):
    with pytest.raises(Invalid, match="expected at least 1"):
        share_machine(nodes, each)
