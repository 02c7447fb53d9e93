"""Rows A51 to A63: nodes, procs, clusters, quotas and filters."""

from __future__ import annotations

import pytest

import plow_client as plow
from tests.integration.client.conftest import Show
from tests.integration.dispatch_parts import wait_for


def test_row_a51_nodes_by_name_by_id_and_by_every_keyword(show: Show) -> None:
    first, then = show.seen(show.node(cores=1)), show.seen(show.node(cores=2))
    cluster = plow.create_cluster(show.key)
    then.set_cluster(cluster)
    first.lock()

    def found(**keywords: object) -> list[plow.Node]:
        return [node for node in plow.get_nodes(**keywords) if node.name.startswith(f"{show.key}-")]

    assert plow.get_node(first.name) == plow.get_node(first.id) == first
    assert found() == [first, then]
    assert found(hostIds=[then.id]) == found(nodes=then) == [then]
    assert found(clusterIds=[cluster.id]) == found(clusters=cluster) == [then]
    assert found(regex="n0$") == found(hostnames=first.name) == found(locked=True) == [first]
    assert found(hostnames=[first.name, then.name], locked=False) == [then]
    assert (found(states="up"), found(states=[plow.NodeState.DOWN])) == ([first, then], [])


def test_row_a52_a_nodes_lock_cluster_tags_and_mode_are_read_back(show: Show) -> None:
    node = show.node(cores=4)
    seen, cluster = show.seen(node), plow.create_cluster(show.key)
    plow.set_node_cluster(seen, cluster)
    seen.set_tags([show.key, "x"])
    plow.set_node_slot_mode(seen, plow.SlotMode.SLOTS, 2, 1024)
    plow.set_node_locked(seen, True)
    seen.refresh()

    assert (seen.get_cluster(), seen.cluster_name) == (cluster, show.key)
    assert (seen.tags, seen.locked) == ({show.key, "x"}, True)
    assert (seen.mode, seen.slot_cores, seen.slot_ram) == (plow.SlotMode.SLOTS, 2, 1024)
    quota = plow.create_quota(show.show, cluster, 1, 100)
    job = show.launch()
    open_node = show.node(cores=1)
    show.start(open_node)
    assert not node.starts
    seen.lock(False)
    show.start(node, 2)
    assert quota.get_procs()
    assert {proc.cores for proc in seen.get_procs()} == {2}
    job.kill("")


def test_row_a53_a_nodes_machine_is_the_one_of_its_last_ping(show: Show) -> None:
    node = show.node(cores=3, ram_mb=5000)
    told = node.message()
    told.hw.freeRamMb, told.hw.totalSwapMb, told.hw.freeSwapMb, told.hw.load = 4000, 10, 5, [0.5, 1.0, 2.0]
    node.ping(told)
    system = show.seen(node).system

    assert (system.physical_cores, system.logical_cores, system.cpu_model) == (3, 3, "none")
    assert (system.total_ram_mb, system.free_ram_mb) == (5000, 4000)
    assert (system.total_swap_mb, system.free_swap_mb, system.load) == (10, 5, [50, 100, 200])
    assert system.platform == "fake"


def test_row_a54_a_running_tasks_proc_by_all_eight_ids(show: Show) -> None:
    node = show.node(cores=1)
    job = show.launch()
    show.start(node)
    ((proc_id, command),) = node.held.items()
    proc, seen, (quota,) = plow.get_proc(proc_id), show.seen(node), show.show.get_quotas()
    assert (proc.task_name, proc.job_name, proc.node_id) == (command.taskName, job.name, seen.id)
    for keyword, value in {
        "projectIds": show.show.id, "folderIds": job.folder_id, "jobIds": job.id, "layerIds": command.layerId,
        "taskIds": command.taskId, "nodeIds": seen.id, "quotaIds": quota.id, "clusterIds": seen.cluster_id,
    }.items():  # fmt: skip
        assert proc in plow.get_procs(**{keyword: [value]})
        assert keyword == "clusterIds" or plow.get_procs(**{keyword: value}) == [proc]
    for thing in (
        show.show,
        job.get_folder(),
        job,
        *job.get_layers(),
        plow.get_task(command.taskId),
        seen,
        quota,
    ):
        assert thing.get_procs() == [proc]
    assert proc in seen.get_cluster().get_procs()


def test_rows_a55_a56_a57_a_cluster_from_its_making_to_its_end(show: Show) -> None:
    (default,) = [cluster for cluster in plow.get_clusters() if cluster.is_default]
    cluster = plow.create_cluster(show.key)
    assert plow.get_cluster(show.key) == plow.get_cluster(cluster.id) == cluster
    assert cluster in plow.get_clusters()
    plow.set_cluster_tags(cluster, ["gpu", show.key])
    assert plow.get_clusters_by_tag(show.key) == [cluster]
    cluster.refresh()
    assert cluster.tags == {"gpu", show.key}
    plow.set_cluster_name(cluster, f"{show.key}_new")
    assert plow.get_cluster(cluster.id).name == f"{show.key}_new"

    plow.set_default_cluster(cluster)
    try:
        busy, locked = show.node(cores=2), show.node(cores=3)
    finally:
        default.set_default()
    assert show.seen(busy).cluster_id == cluster.id
    show.seen(locked).lock()
    quota = plow.create_quota(show.show, cluster, 1, 10)
    show.launch(show.layer(range="1"))
    show.start(busy)
    cluster.refresh()
    total = cluster.total
    assert total.up_nodes + total.down_nodes + total.repair_nodes == total.nodes == 2
    assert total.run_cores + total.idle_cores == total.up_cores == total.cores == 5
    assert (total.locked_cores, total.unlocked_cores) == (3, 2)
    assert (total.run_cores, total.locked_nodes, total.unlocked_nodes) == (1, 1, 1)
    assert quota.get_procs() == cluster.get_procs()

    assert cluster.lock() is True
    assert plow.get_cluster(cluster.id).is_locked is cluster.is_locked is True
    assert plow.lock_cluster(cluster, False) is True
    with pytest.raises(plow.NotAllowed, match="has nodes"):
        plow.delete_cluster(cluster)
    other = plow.create_cluster(f"{show.key}_other")
    assert other.delete() is True
    with pytest.raises(plow.NotFound):
        other.refresh()


def test_rows_a58_a59_a_quota_by_function_and_by_method(show: Show) -> None:
    cluster = plow.create_cluster(show.key)
    quota = plow.create_quota(show.show, cluster, 3, 50)
    assert (quota.size, quota.burst, quota.name) == (3, 50, f"{show.key}.{show.key}")
    assert plow.get_quota(quota.id) == quota
    assert plow.get_quotas(project=show.show, cluster=cluster) == plow.get_quotas(cluster=cluster) == [quota]
    assert quota in show.show.get_quotas()

    plow.set_quota_size(quota, 4)
    plow.set_quota_burst(quota, 60)
    plow.set_quota_locked(quota, True)
    quota.refresh()
    assert (quota.size, quota.burst, quota.is_locked) == (4, 60, True)
    quota.set_size(5)
    quota.set_burst(70)
    quota.set_locked(False)
    stored = plow.get_quota(quota.id)
    assert (stored.size, stored.burst, stored.is_locked) == (quota.size, quota.burst, quota.is_locked)
    assert (stored.size, stored.burst, stored.is_locked) == (5, 70, False)


def test_row_a60_filters_keep_the_order_that_was_asked_for(show: Show) -> None:
    a, b, c = (plow.create_filter(show.show, name) for name in "abc")

    def order() -> str:
        return "".join(one.name for one in show.show.get_filters())

    assert plow.get_filter(a.id) == a
    assert plow.get_filters(show.show) == [a, b, c]
    c.set_order(0)
    assert order() == "cab"
    plow.increase_filter_order(c)
    assert order() == "acb"
    plow.decrease_filter_order(b)
    assert order() == "abc"
    b.increase_order()
    c.decrease_filter_order()  # as Plow 2013 calls it
    plow.set_filter_order(c, 0)
    plow.set_filter_name(a, "x")
    assert order() == "cxb"
    b.delete()
    with pytest.raises(plow.NotFound):
        plow.get_filter(b.id)


def test_row_a61_a_filter_that_is_switched_off_leaves_jobs_alone(show: Show) -> None:
    rule = show.show.create_filter("pause")
    rule.create_field_matcher("user", "is", "anna")
    rule.create_action("pause", "true")
    rule.set_enabled(False)
    assert not show.launch().paused
    plow.set_filter_enabled(rule)

    assert show.launch(name=f"{show.key}_other").paused


@pytest.mark.parametrize(
    ("how", "value", "name"),
    [
        ("contains", "ligh", "a_light_v1"),
        ("not_contains", "comp", "a_light_v1"),
        ("is", "KEY_a_light_v1", "a_light_v1"),
        ("is_not", "KEY_b_comp_v1", "a_light_v1"),
        ("begins_with", "KEY_a", "a_light_v1"),
        ("ends_with", "light_v1", "a_light_v1"),
    ],
)
def test_row_a62_each_matcher_matches_the_right_one_of_two(
    show: Show, how: str, value: str, name: str
) -> None:
    by_name, by_attr = (show.show.create_filter(kind) for kind in ("name", "attr"))
    value = value.replace("KEY", show.key)
    matcher = by_name.create_field_matcher("job_name", how, value)
    other = plow.create_attr_matcher(by_attr, how, "shot", value)
    by_name.create_action("set_max_cores", "7")
    by_attr.create_action("set_min_cores", "5")
    assert by_name.get_matchers() == [matcher]
    assert plow.get_matcher(other.id).attr == "shot"
    assert matcher.type == plow.MatcherType[how.upper()]

    for one in ("a_light_v1", "b_comp_v1"):
        job = show.launch(name=f"{show.key}_{one}", attrs={"shot": f"{show.key}_{one}"})
        assert (job.max_cores == 7, job.min_cores == 5) == ((one == name), (one == name))


def test_row_a63_each_action_is_carried_out(show: Show) -> None:
    folder = show.show.create_folder("light")
    rule, later = show.show.create_filter("all"), show.show.create_filter("later")
    rule.create_field_matcher("user", "is", "anna")
    later.create_field_matcher("user", "is", "anna")
    for action, value in (
        ("set_folder", folder.id), ("set_min_cores", "3"), ("set_max_cores", "30"), ("pause", "true"),
        ("stop_processing", None),
    ):  # fmt: skip
        rule.create_action(action, value)
    later.create_action("set_max_cores", "1")
    kinds = [action.type for action in plow.get_actions(rule)]
    assert kinds == list(plow.ActionType)
    assert plow.get_action(rule.get_actions()[1].id).value == "3"
    job = show.launch()

    assert (job.folder_name, job.min_cores, job.max_cores, job.paused) == ("light", 3, 30, True)
    for action in rule.get_actions():
        action.delete()
    plow.delete_matcher(rule.get_matchers()[0])
    assert rule.get_actions() == rule.get_matchers() == []
    wait_for(lambda: plow.get_job(job.id).paused)
