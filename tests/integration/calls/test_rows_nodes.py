"""Calls about nodes, procs, clusters and quotas, row by row of docs/reference/calls.csv."""

from __future__ import annotations

import pytest

from plow_client.errors import AlreadyExists, Invalid, NotAllowed, NotFound
from plow_client.idl import NodeFilterT, NodeState, ProcFilterT, QuotaFilterT, SlotMode
from tests.integration.calls.conftest import NOBODY, Scene
from tests.integration.dispatch_parts import wait_for


def test_row_066_a_node_by_name_and_by_id(scene: Scene) -> None:
    node = scene.node(cores=6, ram_mb=4000)
    found = scene.api.getNode(name=node.name)
    assert found == scene.api.getNode(name=found.id)
    assert (found.totalCores, found.idleCores, found.totalRamMb, found.state) == (6, 6, 4000, NodeState.UP)
    with pytest.raises(NotFound, match="no node 'nowhere'"):
        scene.api.getNode(name="nowhere")


def test_row_067_nodes_by_every_criterion(scene: Scene) -> None:
    """W20: the filter is obeyed."""
    one, two = scene.node(), scene.node()
    cluster = scene.api.createCluster(name=scene.key)
    scene.api.setNodeCluster(id=scene.node_id(two), clusterId=cluster.id)
    scene.api.setNodeLocked(id=scene.node_id(two), locked=True)

    def found(**criteria: object) -> list[str]:
        return [node.name for node in scene.api.getNodes(filter=NodeFilterT(**criteria))]

    assert found(hostnames=[one.name]) == found(hostIds=[scene.node_id(one)]) == [one.name]
    assert found(clusterIds=[cluster.id]) == found(regex=f"^{scene.key}-n1$") == [two.name]
    assert found(regex=f"^{scene.key}-", locked=True) == [two.name]
    assert found(regex=f"^{scene.key}-", states=[NodeState.UP]) == [one.name, two.name]
    assert found(regex=f"^{scene.key}-", states=[NodeState.DOWN]) == []
    assert {one.name, two.name} <= set(found())


def test_row_068_a_locked_node_gets_nothing_new(scene: Scene) -> None:
    """W43: what runs there goes on, and then nothing follows."""
    node = scene.node(cores=1)
    scene.launch()
    scene.start(node)
    scene.api.setNodeLocked(id=scene.node_id(node), locked=True)
    assert scene.api.getNode(name=node.name).locked
    node.finish(list(node.held))
    node.ping()
    assert (node.orders, node.held) == (1, {})
    scene.api.setNodeLocked(id=scene.node_id(node), locked=False)
    scene.start(node)


def test_row_069_a_moved_node_takes_the_clusters_tags(scene: Scene) -> None:
    node = scene.node(cores=1)
    job = scene.launch()
    scene.start(node)
    cluster = scene.api.createCluster(name=f"{scene.key}_sim")
    scene.api.setClusterTags(id=cluster.id, tags={"x", "y"})
    with pytest.raises(NotAllowed, match="has procs"):
        scene.api.setNodeCluster(id=scene.node_id(node), clusterId=cluster.id)
    scene.api.killJob(jobId=job.id, reason="")
    wait_for(lambda: scene.api.getNode(name=node.name).runProcs == 0)
    scene.api.setNodeCluster(id=scene.node_id(node), clusterId=cluster.id)
    found = scene.api.getNode(name=node.name)
    assert (found.clusterId, sorted(found.tags)) == (cluster.id, ["x", "y"])


def test_row_070_tags_of_a_node_are_replaced(scene: Scene) -> None:
    node = scene.node()
    scene.api.setNodeTags(id=scene.node_id(node), tags={"b", "a"})
    assert sorted(scene.api.getNode(name=node.name).tags) == ["a", "b"]


def test_row_071_a_node_is_divided_as_asked(scene: Scene) -> None:
    """W3: the size of a proc is that of its slot, and the books hold it."""
    node = scene.node(cores=4, ram_mb=4096)
    set_mode = {"id": scene.node_id(node)}
    scene.api.setNodeSlotMode(**set_mode, mode=SlotMode.SLOTS, slotCores=2, slotRam=1024)
    found = scene.api.getNode(name=node.name)
    assert (found.mode, found.slotCores, found.slotRam) == (SlotMode.SLOTS, 2, 1024)
    job = scene.launch()
    scene.start(node, 2)
    assert {proc.cores for proc in scene.api.getProcs(filter=ProcFilterT(jobIds=[job.id]))} == {2}
    with pytest.raises(NotAllowed, match="has procs"):
        scene.api.setNodeSlotMode(**set_mode, mode=SlotMode.DYNAMIC, slotCores=0, slotRam=0)
    scene.api.killJob(jobId=job.id, reason="")
    wait_for(lambda: scene.api.getNode(name=node.name).runProcs == 0)
    with pytest.raises(Invalid):
        scene.api.setNodeSlotMode(**set_mode, mode=SlotMode.SLOTS, slotCores=0, slotRam=1024)
    scene.api.setNodeSlotMode(**set_mode, mode=SlotMode.SINGLE, slotCores=2, slotRam=1024)
    found = scene.api.getNode(name=node.name)
    assert (found.mode, found.slotCores, found.slotRam) == (SlotMode.SINGLE, 0, 0)


def test_rows_072_073_a_proc_by_each_criterion_and_by_id(scene: Scene) -> None:
    node = scene.node(cores=1)
    job = scene.launch()
    scene.start(node)
    (proc,) = node.held
    (command,) = node.held.values()
    shown = scene.api.getNode(name=node.name)
    (quota,) = scene.api.getQuotas(filter=QuotaFilterT(project=[scene.project.id]))
    for criterion, value in {
        "projectIds": scene.project.id, "folderIds": job.folderId, "jobIds": job.id, "layerIds": command.layerId,
        "taskIds": command.taskId, "nodeIds": shown.id, "quotaIds": quota.id,
    }.items():  # fmt: skip
        assert [one.id for one in scene.api.getProcs(filter=ProcFilterT(**{criterion: [value]}))] == [proc]
    assert proc in [one.id for one in scene.api.getProcs(filter=ProcFilterT(clusterIds=[shown.clusterId]))]
    found = scene.api.getProc(id=proc)
    assert (found.nodeId, found.jobName, found.taskName) == (shown.id, job.name, command.taskName)
    with pytest.raises(Invalid):
        scene.api.getProcs(filter=ProcFilterT(jobIds=["x"]))
    node.finish([proc])
    with pytest.raises(NotFound):
        scene.api.getProc(id=proc)


def test_row_074_a_cluster_by_name_and_by_id(scene: Scene) -> None:
    made = scene.api.createCluster(name=scene.key)
    assert scene.api.getCluster(name=scene.key) == scene.api.getCluster(name=made.id) == made
    with pytest.raises(NotFound):
        scene.api.getCluster(name="nowhere")


def test_row_075_clusters_by_an_exact_tag(scene: Scene) -> None:
    made = scene.api.createCluster(name=f"{scene.key}_long")
    assert scene.api.getClustersByTag(tag=f"{scene.key}_long") == [made]
    assert scene.api.getClustersByTag(tag=scene.key) == []


def test_rows_076_077_a_new_cluster_has_its_name_as_tag(scene: Scene) -> None:
    before = scene.api.getClusters()
    made = scene.api.createCluster(name=scene.key)
    assert len(scene.api.getClusters()) == len(before) + 1
    assert (list(made.tags), made.isLocked, made.isDefault) == ([scene.key], False, False)
    assert (made.total.nodes, made.total.cores, made.total.idleCores) == (0, 0, 0)
    with pytest.raises(AlreadyExists):
        scene.api.createCluster(name=scene.key)


def test_row_078_a_cluster_without_nodes_is_deleted(scene: Scene) -> None:
    made = scene.api.createCluster(name=scene.key)
    node = scene.node()
    scene.api.setNodeCluster(id=scene.node_id(node), clusterId=made.id)
    with pytest.raises(NotAllowed, match="has nodes"):
        scene.api.deleteCluster(id=made.id)
    other = scene.api.createCluster(name=f"{scene.key}_other")
    scene.api.createQuota(projectId=scene.project.id, clusterId=other.id, size=1, burst=1)
    assert scene.api.deleteCluster(id=other.id) is True
    assert other.id not in [quota.clusterId for quota in scene.api.getQuotas(filter=QuotaFilterT())]


def test_row_079_a_lock_says_whether_it_changed_something(scene: Scene) -> None:
    made = scene.api.createCluster(name=scene.key)
    wishes = (True, False, False)
    assert [scene.api.lockCluster(id=made.id, locked=locked) for locked in wishes] == [True, True, False]


def test_rows_080_081_a_cluster_takes_tags_and_a_name_and_its_nodes_keep_theirs(scene: Scene) -> None:
    made = scene.api.createCluster(name=scene.key)
    node = scene.node()
    scene.api.setNodeCluster(id=scene.node_id(node), clusterId=made.id)
    scene.api.setClusterTags(id=made.id, tags={"new"})
    scene.api.setClusterName(id=made.id, name=f"{scene.key}_new")
    found = scene.api.getCluster(name=made.id)
    assert (found.name, list(found.tags)) == (f"{scene.key}_new", ["new"])
    assert list(scene.api.getNode(name=node.name).tags) == [scene.key]
    with pytest.raises(AlreadyExists):
        scene.api.setClusterName(id=made.id, name="render")


def test_row_082_one_cluster_is_the_default(scene: Scene) -> None:
    (former,) = [one for one in scene.api.getClusters() if one.isDefault]
    made = scene.api.createCluster(name=scene.key)
    scene.api.setDefaultCluster(id=made.id)
    try:
        assert [one.id for one in scene.api.getClusters() if one.isDefault] == [made.id]
    finally:
        scene.api.setDefaultCluster(id=former.id)


def test_rows_083_084_085_a_quota_is_read_as_it_was_made(scene: Scene) -> None:
    """W16: size and burst are those asked for. W19: each is read from its own place."""
    cluster = scene.api.createCluster(name=scene.key)
    made = scene.api.createQuota(projectId=scene.project.id, clusterId=cluster.id, size=3, burst=7)
    assert (made.name, made.size, made.burst, made.isLocked) == (f"{scene.key}.{scene.key}", 3, 7, False)
    assert scene.api.getQuota(id=made.id) == made
    assert scene.api.getQuotas(filter=QuotaFilterT(project=[scene.project.id], cluster=[cluster.id])) == [
        made
    ]
    assert scene.api.getQuotas(filter=QuotaFilterT(cluster=[NOBODY])) == []
    with pytest.raises(Invalid):
        scene.api.getQuotas(filter=QuotaFilterT(cluster=["x"]))
    with pytest.raises(AlreadyExists):
        scene.api.createQuota(projectId=scene.project.id, clusterId=cluster.id, size=3, burst=7)


def test_rows_086_087_a_quota_takes_a_size_and_a_burst_no_less_than_in_use(scene: Scene) -> None:
    (quota,) = scene.api.getQuotas(filter=QuotaFilterT(project=[scene.project.id]))
    scene.api.setQuotaSize(id=quota.id, size=42)
    scene.api.setQuotaBurst(id=quota.id, burst=3)
    found = scene.api.getQuota(id=quota.id)
    assert (found.size, found.burst) == (42, 3)
    node = scene.node(cores=8)
    scene.launch()
    scene.start(node, 3)  # W44: no more than the burst
    with pytest.raises(NotAllowed, match="3 are in use"):
        scene.api.setQuotaBurst(id=quota.id, burst=2)


def test_row_088_nothing_is_booked_on_a_locked_quota(scene: Scene) -> None:
    """W19: the lock is read back."""
    (quota,) = scene.api.getQuotas(filter=QuotaFilterT(project=[scene.project.id]))
    scene.api.setQuotaLocked(id=quota.id, locked=True)
    assert scene.api.getQuota(id=quota.id).isLocked
    node = scene.node(cores=1)
    scene.launch()
    node.ping()
    assert node.orders == 0
    scene.api.setQuotaLocked(id=quota.id, locked=False)
    scene.start(node)
